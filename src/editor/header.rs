//! What the ear has heard and wants, and the notice about a state.

use egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use super::controls::{Writer, button, combo, line};
use super::history::Change;
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
/// Width of the button that clears what was learned, in points.
const RELEARN_WIDTH: f32 = 52.0;
/// Profiles named beside the target.
const PROFILES_SHOWN: usize = 3;

/// Draws the row in `rect`.
pub fn show(ui: &mut Ui, rect: Rect, params: &AuralisParams, view: &View, writer: &Writer) {
    target(ui, rect, params, view, writer);
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
    let at = pos2(rect.left() + 12.0, middle);
    let small = theme::font(theme::LABEL_SIZE);
    ui.painter()
        .text(at, Align2::LEFT_CENTER, "Target", small, theme::DIM);
    let list = Rect::from_center_size(pos2(rect.left() + 110.0, middle), vec2(106.0, 24.0));
    let help = "The tone that the EQ works towards. Auto mixes profiles by what the programme is.";
    combo(ui, list, writer, params.choice(ParamId::Target), help);
    let corner = rect.right_top() + vec2(-6.0, 6.0);
    let again = Rect::from_min_max(corner - vec2(RELEARN_WIDTH, 0.0), corner + vec2(0.0, 18.0));
    relearn(ui, again, params, writer);
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
fn relearn(ui: &Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let help = "Forgets what was learned of the programme and learns it anew. \
        Playing teaches; a bounce starts from what playing has taught.";
    let response = button(ui, rect, "Relearn").on_hover_text(help);
    if response.clicked() {
        let memory = &params.persisted.memory;
        let before = memory.recall_songs().1;
        memory.replace(None);
        let after = memory.recall_songs().1;
        writer.did("Relearn", Change::Learned(Box::new([before, after])));
    }
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
