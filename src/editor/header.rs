//! The top of the panel: target and why, what is heard, and the notice about a state.

use egui::{Align2, Rect, Sense, Stroke, Ui, pos2, vec2};

use super::controls::{Knob, Writer, button, combo, line, segments, toggle};
use super::theme;
use crate::params::AuralisParams;
use auralis_engine::ear::target::Target;
use auralis_engine::ear::view::View;
use auralis_engine::knowledge::status::EarState;
use auralis_engine::params::{Choices, ParamId};

/// Height of the row, in points.
pub const HEIGHT: f32 = 54.0;
/// Height of the notice, in points.
pub const NOTICE_HEIGHT: f32 = 26.0;
/// Width of the controls of what is heard, in points.
const MONITOR_WIDTH: f32 = 498.0;
/// Sizes of the panel a user can choose, in percent.
const ZOOMS: [u8; 5] = [75, 100, 125, 150, 200];
/// Width of the button that clears what was learned, in points.
const RELEARN_WIDTH: f32 = 52.0;
/// Profiles named beside the target.
const PROFILES_SHOWN: usize = 3;

/// Draws the row in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, params: &AuralisParams, view: &View, writer: &Writer) {
    let split = rect.right() - MONITOR_WIDTH;
    let (left, right) = rect.split_left_right_at_x(split);
    target(
        ui,
        left.with_max_x(split - theme::GAP),
        params,
        view,
        writer,
    );
    monitor(ui, right, params, writer);
}

/// Name of a profile.
fn profile(target: Target) -> &'static str {
    target.name()
}

/// What the target is made of and why, in a line.
fn verdict(chosen: Target, view: &View) -> String {
    if view.hops == 0 {
        return String::from("Waiting for audio");
    }
    if chosen != Target::Auto {
        return profile(chosen).to_owned();
    }
    let mix: Vec<String> = view
        .profiles
        .iter()
        .take(PROFILES_SHOWN)
        .filter(|(_, weight)| *weight >= 0.01)
        .map(|(target, weight)| format!("{} {weight:.2}", profile(*target)))
        .collect();
    format!("{}: {}", profile(chosen), mix.join(", "))
}

/// Name, target selector, profiles and reason.
fn target(ui: &mut Ui, rect: Rect, params: &AuralisParams, view: &View, writer: &Writer) {
    ui.painter()
        .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
    let middle = rect.center().y;
    let at = pos2(rect.left() + 12.0, middle - 9.0);
    let painter = ui.painter();
    painter.text(
        at,
        Align2::LEFT_CENTER,
        "Auralis",
        theme::font(18.0),
        theme::ACCENT,
    );
    let at = pos2(rect.left() + 12.0, middle + 11.0);
    let small = theme::font(theme::LABEL_SIZE);
    painter.text(at, Align2::LEFT_CENTER, "Target", small.clone(), theme::DIM);
    let list = Rect::from_center_size(pos2(rect.left() + 136.0, middle), vec2(106.0, 24.0));
    let help = "The tone that the EQ works towards. Auto mixes profiles by what the programme is.";
    combo(ui, list, writer, params.choice(ParamId::Target), help);
    let corner = rect.right_top() + vec2(-6.0, 6.0);
    let again = Rect::from_min_max(corner - vec2(RELEARN_WIDTH, 0.0), corner + vec2(0.0, 18.0));
    relearn(ui, again, params);
    let room = Rect::from_min_max(pos2(list.right() + 10.0, rect.top()), rect.max)
        .with_max_x(again.left());
    let is_bypassed = params.switch(ParamId::Bypass).value();
    let state = match (view.hops, view.listening) {
        _ if is_bypassed => "Bypassed: the input is passed on as it is.",
        (0, _) => "The target follows the programme.",
        (_, true) => view.reason.as_str(),
        (_, false) => "Holding: the input is silent.",
    };
    let lines = [
        (verdict(params.values().choice(ParamId::Target), view), -9.0),
        (state.to_owned(), 9.0),
    ];
    for (i, (text, shift)) in lines.iter().enumerate() {
        let color = if i == 0 { theme::TARGET } else { theme::DIM };
        line(ui, room, middle + shift, text, color);
    }
    let hover = ui.interact(room, ui.scope_id().with("verdict"), Sense::empty());
    hover.on_hover_text(format!("{}\n{}", lines[0].0, lines[1].0));
}

/// The button that clears what was learned.
fn relearn(ui: &Ui, rect: Rect, params: &AuralisParams) {
    let help = "Forgets what was learned of the programme and learns it anew. \
        Playing teaches; a bounce starts from what playing has taught.";
    let response = button(ui, rect, "Relearn").on_hover_text(help);
    if response.clicked() {
        params.persisted.memory.replace(None);
    }
}

/// Mix, listen, engine, size and bypass.
fn monitor(ui: &mut Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    ui.painter()
        .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
    let place = |left: f32, width: f32| {
        let center = pos2(rect.left() + left + 0.5 * width, rect.center().y + 8.0);
        Rect::from_center_size(center, vec2(width, 22.0))
    };
    title(ui, place(64.0, 212.0), "Listen");
    let help = "Output: the result. Delta: only what the processing changed. \
        Matched Input: the input at the output's loudness.";
    segments(
        ui,
        place(64.0, 212.0),
        writer,
        params.choice(ParamId::Listen),
        help,
    );
    title(ui, place(280.0, 100.0), "Engine");
    let help = "Vectorized: the fast one. Reference: the plain textbook one, to fall back on.";
    combo(
        ui,
        place(280.0, 100.0),
        writer,
        params.choice(ParamId::Engine),
        help,
    );
    title(ui, place(386.0, 46.0), "Size");
    zoom(ui, place(386.0, 46.0));
    let help = "Passes the input on, delayed by the latency.";
    let look = ("Bypass", help);
    toggle(
        ui,
        place(438.0, 54.0),
        writer,
        params.switch(ParamId::Bypass),
        look,
        theme::ALARM,
    );
    let knob = Knob {
        param: params.number(ParamId::Mix),
        label: "Mix",
        help: "0 %: the input, delayed by the latency. 100 %: the result.",
        adapted: None,
    };
    let at = Rect::from_min_size(rect.min + vec2(4.0, 0.0), vec2(60.0, rect.height()));
    knob.show(ui, at, writer, true);
}

/// A name above a control.
fn title(ui: &Ui, below: Rect, text: &str) {
    let at = pos2(below.left() + 1.0, below.top() - 9.0);
    let font = theme::font(theme::LABEL_SIZE);
    ui.painter()
        .text(at, Align2::LEFT_CENTER, text, font, theme::DIM);
}

/// The menu of the panel's size.
fn zoom(ui: &mut Ui, rect: Rect) {
    let response = ui
        .interact(rect, ui.scope_id().with("zoom"), Sense::CLICK)
        .on_hover_text("Size of the panel");
    let stroke = Stroke::new(1.0, theme::LINE);
    let kind = egui::StrokeKind::Inside;
    let painter = ui.painter();
    painter.rect(rect, theme::ROUNDING, theme::RAISED, stroke, kind);
    let font = theme::font(theme::LABEL_SIZE);
    let text = format!("{:.0} %", 100.0 * ui.ctx().zoom_factor());
    let center = rect.center();
    painter.text(center, Align2::CENTER_CENTER, text, font, theme::TEXT);
    egui::Popup::menu(&response).width(72.0).show(|ui| {
        for percent in ZOOMS {
            let factor = f32::from(percent) / 100.0;
            let lit = (ui.ctx().zoom_factor() - factor).abs() < 0.01;
            if ui.selectable_label(lit, format!("{percent} %")).clicked() {
                ui.ctx().set_zoom_factor(factor);
            }
        }
    });
}

/// Shows what is to be known about the state, with a button that dismisses it.
pub fn notice(ui: &Ui, rect: Rect, params: &AuralisParams, text: &str) {
    let painter = ui.painter();
    painter.rect_filled(rect, theme::ROUNDING, theme::faded(theme::TARGET, 0.22));
    let place = Rect::from_min_max(
        pos2(rect.right() - 70.0, rect.top() + 3.0),
        rect.max - vec2(4.0, 3.0),
    );
    let room = Rect::from_min_max(
        rect.min + vec2(10.0, 0.0),
        pos2(place.left(), rect.bottom()),
    );
    line(ui, room, rect.center().y, text, theme::TEXT);
    if button(ui, place, "Dismiss").clicked() {
        params.persisted.set_notice(String::new());
        params.persisted.status.set(EarState::Well);
    }
}
