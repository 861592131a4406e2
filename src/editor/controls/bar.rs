//! A value as a bar with its name: a knob where there is no room for one.

use egui::{Align2, Rect, Sense, StrokeKind, Ui, WidgetInfo, vec2};
use nice_plug::prelude::Param;

use super::{Entry, MOVES, Writer, drive, explain, keys};
use crate::editor::theme;

/// Drag over the whole range, in points.
const TRAVEL: f32 = 220.0;

/// One bar, to be shown in a rectangle.
pub struct Bar<'a, P: Param> {
    /// What it sets.
    pub param: &'a P,
    /// Its name on the panel.
    pub label: &'a str,
    /// What it does, in a line.
    pub help: &'a str,
}

impl<P: Param> Bar<'_, P> {
    /// Draws the bar and lets the user move it.
    pub fn show(&self, ui: &mut Ui, rect: Rect, writer: &Writer) {
        writer.note(self.param);
        // A knob may set the same.
        let id = ui.scope_id().with((self.param.name(), "bar"));
        let typing = id.with("entry");
        if Entry::is_open(ui, typing) {
            Entry::show(ui, typing, rect, self.param, writer);
            return;
        }
        let response = ui
            .interact(rect, id, Sense::click_and_drag())
            .on_hover_cursor(egui::CursorIcon::ResizeVertical);
        drive(ui, &response, self.param, writer, TRAVEL);
        if response.clicked() && !response.double_clicked() && !ui.input(|i| i.modifiers.command) {
            Entry::open(ui, typing, self.param);
        }
        let at = self.param.unmodulated_normalized_value();
        response.widget_info(|| WidgetInfo::slider(true, f64::from(at), self.label));
        let painter = ui.painter();
        let filled = Rect::from_min_size(rect.min, vec2(rect.width() * at, rect.height()));
        let edge = if response.hovered() {
            theme::DIM
        } else {
            theme::LINE
        };
        painter.rect_filled(rect, theme::ROUNDING, theme::RAISED);
        painter.rect_filled(filled, theme::ROUNDING, theme::faded(theme::ACCENT, 0.30));
        let stroke = egui::Stroke::new(1.0, edge);
        painter.rect_stroke(rect, theme::ROUNDING, stroke, StrokeKind::Inside);
        let text = format!(
            "{} {}",
            self.label,
            self.param.normalized_value_to_string(at, true)
        );
        let font = theme::font(theme::LABEL_SIZE);
        painter.text(
            rect.center(),
            Align2::CENTER_CENTER,
            text,
            font,
            theme::TEXT,
        );
        keys::ring(ui, rect, &response);
        if !response.dragged() {
            explain(&response, self.param, self.help, MOVES);
        }
    }
}
