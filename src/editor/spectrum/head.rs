//! The row above the plot: the curves' names, which hide and show them, and the buttons.

use egui::{Rect, Sense, Ui, pos2, vec2};

use super::super::controls::{Writer, button, lamp_button};
use super::super::history::Change;
use super::super::theme;
use super::look::{CurveKind, SpectrumLook};
use crate::params::AuralisParams;
use crate::shared::Picture;
use auralis_dsp::bands::BANDS;
use auralis_engine::params::ParamId;

/// Width of a button, in points.
const BUTTON_WIDTH: f32 = 54.0;

/// Draws the row at the top of `rect`.
pub fn show(
    ui: &Ui,
    rect: Rect,
    params: &AuralisParams,
    picture: &Picture,
    look: &mut SpectrumLook,
    writer: &Writer,
) {
    let y = rect.top() + 12.0;
    let font = theme::font(theme::LABEL_SIZE);
    let mut x = rect.left() + 8.0;
    for curve in CurveKind::ALL {
        let lit = look.shows(curve);
        let color = theme::faded(curve.color(), if lit { 1.0 } else { 0.3 });
        let ink = theme::faded(theme::DIM, if lit { 1.0 } else { 0.5 });
        let galley = ui
            .painter()
            .layout_no_wrap(curve.name().to_owned(), font.clone(), ink);
        let place = Rect::from_min_max(
            pos2(x, y - 9.0),
            pos2(x + 17.0 + galley.size().x + 8.0, y + 9.0),
        );
        let id = ui.scope_id().with(("curve", curve.name()));
        let response = ui.interact(place, id, Sense::CLICK);
        if response
            .on_hover_text("Click to hide or show this curve.")
            .clicked()
        {
            look.toggle(curve);
        }
        let swatch = Rect::from_center_size(pos2(x + 6.0, y), vec2(12.0, 3.0));
        ui.painter().rect_filled(swatch, 1.0, color);
        ui.painter()
            .galley(pos2(x + 16.0, y - 0.5 * galley.size().y), galley, ink);
        x = place.right() + 2.0;
    }
    let mut right = rect.right() - 4.0;
    let mut place = || {
        let place = Rect::from_min_max(pos2(right - BUTTON_WIDTH, y - 9.0), pos2(right, y + 9.0));
        right = place.left() - 4.0;
        place
    };
    let range = format!("\u{b1}{} dB", look.gain_db());
    let help = "Range of the gain axis at the right. Click for the next.";
    if button(ui, place(), &range).on_hover_text(help).clicked() {
        look.next_range();
    }
    let help = "Lets the picture stand still.";
    let frozen = lamp_button(ui, place(), "Freeze", look.is_frozen(), theme::TARGET);
    if frozen.on_hover_text(help).clicked() {
        look.toggle_freeze(picture);
    }
    let help = "Holds the peaks of the output's spectrum.";
    let holds = lamp_button(ui, place(), "Hold", look.is_holding(), theme::TARGET);
    if holds.on_hover_text(help).clicked() {
        look.toggle_hold();
    }
    let help = "Draw the manual gains over the bands.";
    let draws = lamp_button(ui, place(), "Draw", look.is_drawing(), theme::ACCENT);
    if draws.on_hover_text(help).clicked() {
        look.toggle_draw();
    }
    flatten(ui, place(), params, writer);
}

/// The button that takes all manual gains back to zero.
fn flatten(ui: &Ui, place: Rect, params: &AuralisParams, writer: &Writer) {
    let mut flat = params.values();
    for band in 0..BANDS {
        flat.set(ParamId::eq_band(band), 0.0);
    }
    if flat == params.values() {
        return;
    }
    let help = "Sets all manual band gains to 0 dB.";
    if button(ui, place, "Flatten").on_hover_text(help).clicked() {
        let moves = writer.put_all(params, &flat);
        writer.did("Flatten the bands", Change::Params(moves));
    }
}
