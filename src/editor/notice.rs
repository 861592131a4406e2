//! The notice about a state, or about the ear.

use egui::{Rect, Ui, pos2, vec2};

use super::controls::{button, whole_line};
use super::theme;
use crate::params::AuralisParams;
use auralis_engine::knowledge::status::EarState;

/// Height of the notice, in points.
pub const HEIGHT: f32 = 26.0;

/// Shows what is to be known, with a button that dismisses it.
pub fn show(ui: &Ui, rect: Rect, params: &AuralisParams, text: &str) {
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
    whole_line(ui, room, rect.center().y, text, theme::TEXT);
    if button(ui, place, "Dismiss").clicked() {
        params.persisted.set_notice(String::new());
        params.persisted.status.set(EarState::Well);
    }
}
