//! A rotary knob with its name above and its value below.

use std::f32::consts::{PI, TAU};

use egui::{
    Align2, Color32, Id, Pos2, Rect, Response, Sense, Shape, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use nice_plug::prelude::Param;

use super::menu::menu;
use super::tooltip::explain_in_use;
use super::{Entry, MOVES, Writer, drive, keys};
use crate::editor::theme;

/// Angle of the low end, clockwise from three o'clock; the sweep is 270 degrees.
const START: f32 = 0.75 * PI;
/// Angle between the ends.
const SWEEP: f32 = 0.75 * TAU;
/// Height of the name and of the value, in points.
const TEXT_ROW: f32 = 15.0;
/// Height of the value in use, in points.
pub const IN_USE_ROW: f32 = 12.0;
/// Least space between a knob and the one below, in points.
const GAP: f32 = 3.0;
/// Size of the value in use, and of a name with little room, in points.
const SMALL_SIZE: f32 = 10.0;
/// Drag over the whole range, in points.
const TRAVEL: f32 = 220.0;
/// Largest and smallest diameter, in points.
const DIAMETER: std::ops::RangeInclusive<f32> = 22.0..=64.0;

/// One knob, to be shown in a rectangle.
pub struct Knob<'a, P: Param> {
    /// What it sets.
    pub param: &'a P,
    /// Its name on the panel, shorter than the parameter's.
    pub label: &'a str,
    /// What it does, in a line.
    pub help: &'a str,
    /// Normalised value that the analysis has made of the setting, if it has.
    pub adapted: Option<f32>,
    /// Whether there is a row for that below the value, in use or not.
    pub has_in_use_row: bool,
}

impl<P: Param> Knob<'_, P> {
    /// Draws the knob and lets the user move it; `lively` is false where it does nothing.
    pub fn show(&self, ui: &mut Ui, rect: Rect, writer: &Writer, lively: bool) {
        writer.note(self.param);
        let id = ui.scope_id().with(self.param.name());
        let [name, dial, value, in_use] = rows(rect, self.has_in_use_row);
        let response = ui.interact(dial, id, Sense::click_and_drag());
        drive(ui, &response, self.param, writer, TRAVEL);
        let normalized = self.param.unmodulated_normalized_value();
        response.widget_info(|| WidgetInfo::slider(true, f64::from(normalized), self.label));
        let strength: f32 = if lively { 1.0 } else { 0.45 };
        label(
            ui,
            name,
            self.label,
            theme::faded(theme::DIM, strength.max(0.75)),
        );
        self.dial(ui, dial, &response, strength);
        self.value(ui, value, writer, (id, strength.max(0.75)));
        if let Some(adapted) = self.adapted.filter(|_| self.has_in_use_row) {
            let text = fitting(ui, self.param, adapted, in_use.width());
            small(ui, in_use, &text, theme::TARGET);
        }
        keys::ring(ui, rect.expand2(vec2(2.5, 2.0)), &response);
        if !response.dragged() {
            self.explain(&response, MOVES);
        }
    }

    fn explain(&self, response: &Response, usage: &str) {
        explain_in_use(response, self.param, self.adapted, self.help, usage);
    }

    /// Draws the dial.
    fn dial(&self, ui: &Ui, rect: Rect, response: &Response, strength: f32) {
        let painter = ui.painter();
        let radius = 0.5 * rect.height().min(rect.width()) - 2.0;
        let center = rect.center();
        let width = (radius * 0.16).clamp(2.5, 4.5);
        let at = self.param.unmodulated_normalized_value();
        let track = Stroke::new(width, theme::LINE);
        let fill = Stroke::new(width, theme::faded(theme::ACCENT, strength));
        painter.add(arc(center, radius, 0.0, 1.0, track));
        painter.add(arc(center, radius, origin(self.param), at, fill));
        let active = response.hovered() || response.dragged();
        let cap = if active { theme::LINE } else { theme::RAISED };
        painter.circle_filled(center, radius - 1.6 * width, cap);
        let hand = |share: f32| on_circle(center, radius * share, at);
        let color = theme::faded(theme::TEXT, strength);
        painter.line_segment([hand(0.25), hand(0.66)], Stroke::new(2.0, color));
        if let Some(adapted) = self.adapted.filter(|adapted| (adapted - at).abs() > 1e-3) {
            let dot = on_circle(center, radius, adapted);
            painter.circle_filled(dot, 0.8 * width, theme::faded(theme::TARGET, strength));
        }
    }

    /// Draws the value, which turns into a field when it is clicked.
    fn value(&self, ui: &mut Ui, rect: Rect, writer: &Writer, (dial, strength): (Id, f32)) {
        let id = dial.with("entry");
        if Entry::is_open(ui, id) {
            Entry::show(ui, id, rect.expand2(vec2(2.0, 3.0)), self.param, writer);
            return;
        }
        let response = ui
            .interact(rect, dial.with("value"), Sense::CLICK)
            .on_hover_cursor(egui::CursorIcon::Text);
        if response.clicked() {
            Entry::open(ui, id, self.param);
        }
        if response.hovered() {
            ui.painter()
                .rect_filled(rect, theme::ROUNDING, theme::RAISED);
        }
        let at = self.param.unmodulated_normalized_value();
        let text = fitting(ui, self.param, at, rect.width());
        menu(&response, self.param, writer, Some(id));
        label(ui, rect, &text, theme::faded(theme::TEXT, strength));
        self.explain(&response, "Click to type; Enter sets, Escape leaves.");
    }
}

/// Rectangles of the name, the dial, the value and the value in use in `rect`, the dial as large as it may
/// be; without a row for the value in use that is empty.
fn rows(rect: Rect, has_in_use_row: bool) -> [Rect; 4] {
    let in_use = if has_in_use_row { IN_USE_ROW } else { 0.0 };
    let diameter = (rect.height() - 2.0 * TEXT_ROW - in_use - GAP)
        .min(rect.width() - 4.0)
        .clamp(*DIAMETER.start(), *DIAMETER.end());
    let heights = [TEXT_ROW, diameter, TEXT_ROW - 1.0, in_use];
    let mut top = rect.center().y - 0.5 * heights.iter().sum::<f32>();
    heights.map(|height| {
        let width = if height == diameter {
            diameter
        } else {
            rect.width()
        };
        let size = vec2(width, height);
        let place = Rect::from_min_size(pos2(rect.center().x - 0.5 * width, top), size);
        top += height;
        place
    })
}

/// A value with its unit or, where that is too wide, without: the unit is in the tooltip too.
fn fitting<P: Param>(ui: &Ui, param: &P, normalized: f32, width: f32) -> String {
    let text = param.normalized_value_to_string(normalized, true);
    let font = theme::font(theme::LABEL_SIZE);
    let galley = ui.painter().layout_no_wrap(text.clone(), font, theme::TEXT);
    if galley.size().x <= width {
        text
    } else {
        param.normalized_value_to_string(normalized, false)
    }
}

/// Smaller text in the middle of `rect`.
fn small(ui: &Ui, rect: Rect, text: &str, color: Color32) {
    let font = theme::font(SMALL_SIZE);
    ui.painter()
        .text(rect.center(), Align2::CENTER_CENTER, text, font, color);
}

/// Text in the middle of `rect`, a little smaller where it is too wide.
fn label(ui: &Ui, rect: Rect, text: &str, color: Color32) {
    let galley = |size| {
        ui.painter()
            .layout_no_wrap(text.to_owned(), theme::font(size), color)
    };
    let mut text = galley(theme::LABEL_SIZE);
    if text.size().x > rect.width() {
        text = galley(SMALL_SIZE);
    }
    ui.painter()
        .galley(rect.center() - 0.5 * text.size(), text, color);
}

/// Where the filled arc of a knob begins: at zero if the range goes either way from it, else at the
/// low end.
fn origin<P: Param>(param: &P) -> f32 {
    param
        .string_to_normalized_value("0")
        .filter(|zero| *zero < 1.0)
        .unwrap_or(0.0)
}

/// The point of a dial's circle at a normalised value.
fn on_circle(center: Pos2, radius: f32, normalized: f32) -> Pos2 {
    center + radius * egui::Vec2::angled(START + SWEEP * normalized)
}

/// A part of a dial's circle, between two normalised values.
fn arc(center: Pos2, radius: f32, from: f32, to: f32, stroke: Stroke) -> Shape {
    let steps = (48.0 * (to - from).abs()).ceil().max(1.0);
    let points = (0..=steps as usize)
        .map(|i| on_circle(center, radius, from + (to - from) * i as f32 / steps))
        .collect();
    Shape::line(points, stroke)
}
