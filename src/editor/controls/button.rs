//! A button that stands for no parameter, and a line of text.

use egui::text::{LayoutJob, TextWrapping};
use egui::{Color32, Rect, Response, Sense, Ui, pos2};

use super::super::theme;

/// Draws a small button in `rect`; its text, cut with an ellipsis where there is no room for it, is its
/// identity.
pub fn button(ui: &Ui, rect: Rect, text: &str) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(text), Sense::CLICK);
    let fill = if response.hovered() {
        theme::LINE
    } else {
        theme::RAISED
    };
    ui.painter().rect_filled(rect, theme::ROUNDING, fill);
    let font = theme::font(theme::LABEL_SIZE);
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, theme::TEXT);
    job.wrap = TextWrapping::truncate_at_width(rect.width() - 6.0);
    let galley = ui.painter().layout_job(job);
    let (at, is_cut) = (rect.center() - 0.5 * galley.size(), galley.elided);
    ui.painter().galley(at, galley, theme::TEXT);
    if is_cut {
        return response.on_hover_text(text);
    }
    response
}

/// The same as [`line`], with all of a text that was cut in a tooltip.
pub fn whole_line(ui: &Ui, room: Rect, y: f32, text: &str, color: Color32) {
    if line(ui, room, y, text, color) {
        let id = ui.scope_id().with(("line", text));
        ui.interact(room, id, Sense::empty()).on_hover_text(text);
    }
}

/// One line of text, cut with an ellipsis where `room` ends; whether it was cut.
pub fn line(ui: &Ui, room: Rect, y: f32, text: &str, color: Color32) -> bool {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), theme::font(12.5), color);
    job.wrap = TextWrapping::truncate_at_width(room.width() - 8.0);
    let galley = ui.painter().layout_job(job);
    let at = pos2(room.left(), y - 0.5 * galley.size().y);
    let is_cut = galley.elided;
    ui.painter().galley(at, galley, color);
    is_cut
}
