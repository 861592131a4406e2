//! A button that stands for no parameter, and a line of text.

use egui::{Align2, Color32, Rect, Response, Sense, Ui, pos2};

use super::super::theme;

/// Draws a small button in `rect`; its text is its identity.
pub fn button(ui: &Ui, rect: Rect, text: &str) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(text), Sense::CLICK);
    let fill = if response.hovered() {
        theme::LINE
    } else {
        theme::RAISED
    };
    let (painter, font) = (ui.painter(), theme::font(theme::LABEL_SIZE));
    painter.rect_filled(rect, theme::ROUNDING, fill);
    painter.text(
        rect.center(),
        Align2::CENTER_CENTER,
        text,
        font,
        theme::TEXT,
    );
    response
}

/// One line of text, cut with an ellipsis where `room` ends.
pub fn line(ui: &Ui, room: Rect, y: f32, text: &str, color: Color32) {
    let mut job =
        egui::text::LayoutJob::simple_singleline(text.to_owned(), theme::font(12.5), color);
    job.wrap = egui::text::TextWrapping::truncate_at_width(room.width() - 8.0);
    let galley = ui.painter().layout_job(job);
    let at = pos2(room.left(), y - 0.5 * galley.size().y);
    ui.painter().galley(at, galley, color);
}
