//! The shelf: a chip for each place.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, Rect, Response, RichText, Sense, Stroke, StrokeKind, Ui, pos2, vec2};

use super::super::controls::{wheel_lines, whole_line};
use super::super::theme;
use crate::params::AuralisParams;
use crate::shelf::{Kept, PLACES, Shelved};
use auralis_engine::ear::reference::{MONO_DB, Reference, matching_width};
use auralis_engine::params::ParamId;

/// Largest width of a chip, in points.
const WIDEST: f32 = 170.0;
/// Side of the cross that empties a place, in points.
const CROSS: f32 = 18.0;
/// Change of a share with a line of the wheel.
const WHEEL_STEP: f32 = 0.05;

/// Draws the shelf in `room`; the programme has this level of the side over the mid.
pub fn show(ui: &mut Ui, room: Rect, params: &AuralisParams, side_db: f32) {
    let kept = &params.persisted;
    let before = kept.shelf.get();
    if (0..PLACES).all(|place| before.at(place).is_none()) {
        let text =
            "None yet. Load a file, or play one into the input or the sidechain and learn it.";
        whole_line(ui, room, room.center().y, text, theme::DIM);
        return;
    }
    let width = (room.width() / PLACES as f32 - theme::GAP).min(WIDEST);
    let mut after = before.clone();
    for place in 0..PLACES {
        let left = room.left() + place as f32 * (width + theme::GAP);
        let rect = Rect::from_min_size(pos2(left, room.top()), vec2(width, room.height()));
        let id = ui.scope_id().with(("reference", place));
        match before.at(place) {
            Some(held) => {
                let response = ui.interact(rect, id, Sense::CLICK);
                chip(ui, rect, place, held, before.parts() > 1, &response);
                change(ui, place, &before, &mut after, &response);
                let blend = params.number(ParamId::RefBlend).value();
                explain(&response, held, blend, side_db);
                if response.contains_pointer() && cross(ui, rect, place) {
                    after.clear(place);
                }
            }
            None => empty(ui, rect, place),
        }
    }
    if after != before {
        kept.shelf.put(after, &kept.reference);
    }
}

/// What the pointer does with a place.
fn change(ui: &Ui, place: usize, before: &Shelved, after: &mut Shelved, response: &Response) {
    let Some(held) = before.at(place) else { return };
    if response.clicked() {
        let is_added = ui.input(|i| i.modifiers.command || i.modifiers.shift);
        match (is_added, held.weight > 0.0) {
            (false, _) => after.use_only(place),
            (true, true) => after.weigh(place, 0.0),
            (true, false) => after.weigh(place, 1.0),
        }
    }
    let lines = wheel_lines(ui, response);
    if lines != 0.0 && before.parts() > 1 && held.weight > 0.0 {
        // The wheel makes a share small, but takes nothing out.
        let weight = (held.weight + WHEEL_STEP * lines).clamp(WHEEL_STEP, 1.0);
        after.weigh(place, weight);
    }
}

/// A reference in its place, with its share where several are mixed.
fn chip(ui: &Ui, rect: Rect, place: usize, held: &Kept, is_mixed: bool, response: &Response) {
    let painter = ui.painter();
    let lit = held.weight > 0.0;
    let (fill, edge, ink) = match (lit, response.hovered()) {
        (true, _) => (
            theme::faded(theme::REFERENCE, 0.25),
            theme::REFERENCE,
            theme::TEXT,
        ),
        (false, true) => (theme::RAISED, theme::DIM, theme::DIM),
        (false, false) => (theme::RAISED, theme::LINE, theme::DIM),
    };
    painter.rect(
        rect,
        theme::ROUNDING,
        fill,
        Stroke::new(1.0, edge),
        StrokeKind::Inside,
    );
    if lit && is_mixed {
        let share = Rect::from_min_size(
            rect.left_bottom() - vec2(0.0, 3.0),
            vec2(rect.width() * held.weight, 3.0),
        );
        painter.rect_filled(share, 1.0, theme::REFERENCE);
    }
    let text = format!("{}  {}", place + 1, held.reference.name());
    one_line(ui, rect.shrink2(vec2(8.0, 0.0)), text, ink);
}

/// A place where nothing lies.
fn empty(ui: &Ui, rect: Rect, place: usize) {
    let stroke = Stroke::new(1.0, theme::GRID);
    ui.painter()
        .rect_stroke(rect, theme::ROUNDING, stroke, StrokeKind::Inside);
    let color = theme::faded(theme::DIM, 0.6);
    one_line(
        ui,
        rect.shrink2(vec2(8.0, 0.0)),
        format!("{}", place + 1),
        color,
    );
}

/// Text that ends where its room does.
fn one_line(ui: &Ui, room: Rect, text: String, color: Color32) {
    let mut job = LayoutJob::simple_singleline(text, theme::font(theme::LABEL_SIZE), color);
    job.wrap = TextWrapping::truncate_at_width(room.width());
    let galley = ui.painter().layout_job(job);
    let at = pos2(room.left(), room.center().y - 0.5 * galley.size().y);
    ui.painter().galley(at, galley, color);
}

/// The cross that empties a place; whether it was clicked.
fn cross(ui: &Ui, chip: Rect, place: usize) -> bool {
    let at = chip.right_center() - vec2(0.5 * CROSS + 1.0, 0.0);
    let rect = Rect::from_center_size(at, vec2(CROSS, CROSS));
    let response = ui.interact(rect, ui.scope_id().with(("cross", place)), Sense::CLICK);
    let fill = if response.hovered() {
        theme::LINE
    } else {
        theme::RAISED
    };
    ui.painter().rect_filled(rect, theme::ROUNDING, fill);
    let font = theme::font(theme::LABEL_SIZE);
    ui.painter()
        .text(at, Align2::CENTER_CENTER, "x", font, theme::TEXT);
    response.on_hover_text("Takes it off the shelf.").clicked()
}

/// What a reference is and how its chip is used.
fn explain(response: &Response, held: &Kept, blend_percent: f32, side_db: f32) {
    response.clone().on_hover_ui(|ui| {
        let reference = &held.reference;
        ui.label(RichText::new(reference.name()).strong());
        ui.label(summary(reference));
        if let Some(text) = comparison(reference, side_db) {
            ui.label(text);
        }
        if held.weight > 0.0 && blend_percent <= 0.0 {
            ui.label("Turn up Use to work towards it.");
        }
        let usage = "Click: uses it alone. Ctrl-click: mixes it with the others. Wheel: its share in the mix.";
        ui.label(RichText::new(usage).color(theme::DIM));
    });
}

/// A reference in a line.
fn summary(reference: &Reference) -> String {
    format!(
        "{:.1} LUFS, {}. {:.0} s of it count, those within 10 LU of the mean loudness; the loudest weigh most.",
        reference.loudness_lufs(),
        side(reference.side_db()),
        reference.seconds(),
    )
}

/// The level of the side in words.
fn side(side_db: f32) -> String {
    if side_db > MONO_DB {
        format!("side {side_db:.1} dB")
    } else {
        String::from("mono")
    }
}

/// The width that would make the programme as wide as a reference.
fn comparison(reference: &Reference, side_db: f32) -> Option<String> {
    let width = matching_width(side_db, reference.side_db())?;
    Some(format!(
        "The side over the mid: {side_db:.1} dB in the input. A Width of {:.0} % would make them alike.",
        100.0 * width,
    ))
}
