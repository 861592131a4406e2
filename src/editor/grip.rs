//! The corner by which the panel is resized, for hosts whose windows have no edges to drag.
//!
//! The new size is asked for once, when the corner is let go. A request a frame, as the framework's
//! own corner sends, meets the host's delayed answers to the requests before it, and in some hosts
//! the two go on resizing each other for ever.

use egui::{Align2, CursorIcon, Rect, Sense, Stroke, Ui, Vec2, pos2, vec2};

use super::theme;
use super::window;

/// Side of the corner, in points.
const SIDE: f32 = 14.0;

/// Shows the corner of `area` and resizes to where it is dragged, not below `min`.
pub fn show(ui: &Ui, area: Rect, min: Vec2) {
    let corner = Rect::from_min_max(area.max - vec2(SIDE, SIDE), area.max);
    let response = ui
        .interact(corner, ui.scope_id().with("grip"), Sense::DRAG)
        .on_hover_and_drag_cursor(CursorIcon::ResizeNwSe);
    let color = if response.hovered() || response.dragged() {
        theme::TEXT
    } else {
        theme::DIM
    };
    for inset in [4.0, 8.0, 12.0] {
        let ends = [
            pos2(area.right() - inset, area.bottom() - 2.0),
            pos2(area.right() - 2.0, area.bottom() - inset),
        ];
        ui.painter().line_segment(ends, Stroke::new(1.0, color));
    }
    let id = response.id.with("size");
    if response.dragged()
        && let Some(moved) = response.total_drag_delta()
    {
        let size = (area.size() + moved).max(min).round();
        ui.data_mut(|data| data.insert_temp(id, size));
        preview(ui, area, size);
    } else if let Some(size) = ui.data_mut(|data| data.remove_temp::<Vec2>(id)) {
        window::request_size(ui.ctx(), size);
    }
}

/// Shows the size that letting go would give.
fn preview(ui: &Ui, window: Rect, size: Vec2) {
    let painter = ui.ctx().debug_painter();
    let outline = Rect::from_min_size(window.min, size);
    let stroke = Stroke::new(2.0, theme::ACCENT);
    painter.rect_stroke(outline, 0.0, stroke, egui::StrokeKind::Inside);
    let at = outline.intersect(window).max - vec2(20.0, 20.0);
    let plate = Rect::from_min_max(at - vec2(96.0, 24.0), at);
    painter.rect_filled(plate, theme::ROUNDING, theme::BACKGROUND);
    let text = format!("{:.0} x {:.0}", size.x, size.y);
    let font = theme::font(13.0);
    painter.text(
        plate.center(),
        Align2::CENTER_CENTER,
        text,
        font,
        theme::TEXT,
    );
}
