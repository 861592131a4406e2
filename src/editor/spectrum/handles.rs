//! The handles of the manual band gains.

use egui::{Align2, Painter, Pos2, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::super::controls::{Entry, MOVES, Writer, drive, explain};
use super::super::scale::Scale;
use super::super::theme;
use crate::params::AuralisParams;
use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand, center_hz};
use auralis_engine::ear::view::View;

/// Range of a manual gain, in dB.
const MANUAL_SPAN_DB: f32 = 24.0;

/// Draws the handles of the bands that are set, of all while the pointer is over the plot, and lets the user
/// move them.
pub fn show(ui: &mut Ui, scale: &Scale, params: &AuralisParams, view: &View, writer: &Writer) {
    let is_near = ui.rect_contains_pointer(scale.plot);
    for band in 0..BANDS {
        handle(
            ui,
            scale,
            params,
            &view.adaptive_db,
            writer,
            (band, is_near),
        );
    }
}

/// One handle: dragged up and down, clicked to type.
fn handle(
    ui: &mut Ui,
    scale: &Scale,
    params: &AuralisParams,
    adaptive_db: &PerBand,
    writer: &Writer,
    (band, is_near): (usize, bool),
) {
    let param = params.band(band);
    writer.note(param);
    let id = ui.scope_id().with(("band", band));
    let at = pos2(scale.x(center_hz(band)), scale.gain_y(param.value()));
    let (left, right) = (scale.x(EDGES_HZ[band]), scale.x(EDGES_HZ[band + 1]));
    let reach = (0.5 * (right - left)).min(14.0);
    let grip = Rect::from_center_size(at, vec2(2.0 * reach, 30.0));
    let response = ui
        .interact(grip, id, Sense::CLICK | Sense::DRAG)
        .on_hover_cursor(egui::CursorIcon::ResizeVertical);
    let travel = MANUAL_SPAN_DB * scale.points_per_gain_db();
    drive(ui, &response, param, writer, travel);
    let typing = id.with("entry");
    if response.double_clicked() || response.secondary_clicked() {
        Entry::close(ui, typing);
    } else if response.clicked() && !ui.input(|i| i.modifiers.command) {
        Entry::open(ui, typing, param);
    }
    let active = response.hovered() || response.dragged() || Entry::is_open(ui, typing);
    let is_set = param.value() != 0.0;
    if is_set || is_near || active {
        dot(ui.painter(), at, is_set, active);
    }
    let field = Rect::from_center_size(at - vec2(0.0, 24.0), vec2(72.0, 18.0));
    if Entry::is_open(ui, typing) {
        Entry::show(ui, typing, inside(field, scale.plot), param, writer);
    } else if active {
        tag(ui.painter(), inside(field, scale.plot), param.value());
    }
    if !response.dragged() {
        let help = format!(
            "{:.0} to {:.0} Hz. Manual gain, added to the adaptive gain ({:+.2} dB now).",
            EDGES_HZ[band],
            EDGES_HZ[band + 1],
            adaptive_db[band]
        );
        explain(&response, param, &help, MOVES);
    }
}

/// `rect` moved as little as needed to lie in `bounds`.
fn inside(rect: Rect, bounds: Rect) -> Rect {
    let room = Rect::from_min_max(bounds.min, bounds.max - rect.size());
    Rect::from_min_size(room.clamp(rect.min), rect.size())
}

/// The dot of a handle.
fn dot(painter: &Painter, at: Pos2, moved: bool, active: bool) {
    let radius = if active { 6.0 } else { 4.5 };
    let fill = if moved || active {
        theme::ACCENT
    } else {
        theme::RAISED
    };
    let edge = if active { theme::TEXT } else { theme::DIM };
    painter.circle(at, radius, fill, Stroke::new(1.5, edge));
}

/// The gain beside a handle that is held.
fn tag(painter: &Painter, rect: Rect, db: f32) {
    painter.rect_filled(rect, theme::ROUNDING, theme::faded(theme::BACKGROUND, 0.85));
    let text = format!("{db:+.2} dB");
    let font = theme::font(theme::LABEL_SIZE);
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        font,
        theme::TEXT,
    );
}
