//! Controls of switches and of choices.

use egui::WidgetInfo;
use egui::{Align2, Color32, ComboBox, Rect, Response, Sense, Stroke, StrokeKind, Ui, UiBuilder};
use nice_plug::prelude::{BoolParam, Param};

use super::{Writer, explain};
use crate::editor::theme;

/// A lit or dark button in `rect`.
fn lamp(ui: &Ui, rect: Rect, response: &Response, text: &str, lit: bool, color: Color32) {
    let fill = if lit {
        theme::faded(color, 0.30)
    } else {
        theme::RAISED
    };
    let edge = match (lit, response.hovered()) {
        (true, _) => color,
        (false, true) => theme::DIM,
        (false, false) => theme::LINE,
    };
    let stroke = Stroke::new(1.0, edge);
    ui.painter()
        .rect(rect, theme::ROUNDING, fill, stroke, StrokeKind::Inside);
    let ink = if lit { theme::TEXT } else { theme::DIM };
    let font = theme::font(theme::LABEL_SIZE);
    ui.painter()
        .with_clip_rect(rect)
        .text(rect.center(), Align2::CENTER_CENTER, text, font, ink);
}

/// A button that is lit or dark and stands for no parameter.
pub fn lamp_button(ui: &Ui, rect: Rect, text: &str, lit: bool, color: Color32) -> Response {
    let response = ui.interact(rect, ui.scope_id().with(("lamp", text)), Sense::CLICK);
    response.widget_info(|| WidgetInfo::selected(egui::Role::Switch, true, lit, text));
    lamp(ui, rect, &response, text, lit, color);
    response
}

/// A switch in `rect`, lit in `color` while it is on.
pub fn toggle(
    ui: &Ui,
    rect: Rect,
    writer: &Writer,
    param: &BoolParam,
    (text, help): (&str, &str),
    color: Color32,
) {
    writer.note(param);
    let response = ui.interact(rect, ui.scope_id().with(param.name()), Sense::CLICK);
    if response.clicked() {
        writer.once(param, if param.value() { 0.0 } else { 1.0 });
    }
    let on = param.value();
    response.widget_info(|| WidgetInfo::selected(egui::Role::Switch, true, on, text));
    lamp(ui, rect, &response, text, on, color);
    explain(&response, param, help, "Click to switch.");
}

/// The names of the values of a parameter with steps, with their normalised values.
fn variants<P: Param>(param: &P) -> Vec<(f32, String)> {
    let last = param.step_count().unwrap_or(1).max(1);
    (0..=last)
        .map(|i| {
            let normalized = i as f32 / last as f32;
            (
                normalized,
                param.normalized_value_to_string(normalized, true),
            )
        })
        .collect()
}

/// A choice in `rect` as buttons side by side, each as wide as its name needs.
pub fn segments<P: Param>(ui: &Ui, rect: Rect, writer: &Writer, param: &P, help: &str) {
    writer.note(param);
    let variants = variants(param);
    let current = param.to_string();
    let font = theme::font(theme::LABEL_SIZE);
    let width = |name: &str| {
        let galley = ui
            .painter()
            .layout_no_wrap(name.to_owned(), font.clone(), theme::TEXT);
        galley.size().x
    };
    let texts: f32 = variants.iter().map(|(_, name)| width(name)).sum();
    let spare = (rect.width() - texts) / variants.len() as f32;
    let mut left = rect.left();
    for (i, (normalized, name)) in variants.iter().enumerate() {
        let right = left + width(name) + spare;
        let cell = Rect::from_x_y_ranges(left..=right - 2.0, rect.y_range());
        left = right;
        let id = ui.scope_id().with((param.name(), i));
        let response = ui.interact(cell, id, Sense::CLICK);
        if response.clicked() {
            writer.once(param, *normalized);
        }
        let lit = *name == current;
        response.widget_info(|| WidgetInfo::selected(egui::Role::RadioButton, true, lit, name));
        lamp(ui, cell, &response, name, lit, theme::ACCENT);
        explain(&response, param, help, "Click to choose.");
    }
}

/// A choice in `rect` as a list that drops down.
pub fn combo<P: Param>(ui: &mut Ui, rect: Rect, writer: &Writer, param: &P, help: &str) {
    writer.note(param);
    let current = param.to_string();
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).id_salt(param.name()));
    let list = ComboBox::from_id_salt("list")
        .selected_text(&current)
        .width(rect.width())
        .height(420.0)
        .truncate()
        .show_ui(&mut child, |ui| {
            for (normalized, name) in variants(param) {
                if ui.selectable_label(name == current, &name).clicked() {
                    writer.once(param, normalized);
                }
            }
        });
    explain(&list.response, param, help, "Click to choose.");
}
