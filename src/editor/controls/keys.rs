//! A control that has the keyboard: what its keys do, and the ring around it.
//!
//! The space bar is never among them: it is the host's.

use egui::{Event, EventFilter, Key, PointerButton, Rect, Response, Stroke, StrokeKind, Ui};
use nice_plug::prelude::Param;

use super::Writer;
use crate::editor::theme;

/// Normalised change of an arrow key, and of one with Shift.
const STEP: f32 = 0.01;
const FINE_STEP: f32 = 0.001;
/// Normalised change of a page key.
const PAGE: f32 = 0.1;

/// The arrows move the control, not the focus; Tab moves the focus.
const FILTER: EventFilter = EventFilter {
    tab: false,
    horizontal_arrows: true,
    vertical_arrows: true,
    escape: false,
};

/// What a key does with a control.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Action {
    /// Moves it by a normalised step.
    By(f32),
    /// Moves it to a normalised value.
    To(f32),
    /// Sets the default.
    Reset,
    /// Opens the field of a number, turns a switch over.
    Enter,
}

/// What `key` does; of a list with `steps` steps, an arrow goes one on.
fn action(key: Key, is_fine: bool, steps: Option<usize>) -> Option<Action> {
    let step = match steps {
        Some(steps) => 1.0 / steps.max(1) as f32,
        None if is_fine => FINE_STEP,
        None => STEP,
    };
    // A list reads downwards, a number grows upwards.
    let up = if steps.is_some() { -step } else { step };
    let page = if steps.is_some() { -step } else { PAGE };
    Some(match key {
        Key::ArrowRight => Action::By(step),
        Key::ArrowLeft => Action::By(-step),
        Key::ArrowUp => Action::By(up),
        Key::ArrowDown => Action::By(-up),
        Key::PageUp => Action::By(page),
        Key::PageDown => Action::By(-page),
        Key::Home => Action::To(0.0),
        Key::End => Action::To(1.0),
        Key::Delete | Key::Backspace => Action::Reset,
        Key::Enter => Action::Enter,
        _ => return None,
    })
}

/// Moves `param` by the keys that were pressed while `response` has the keyboard, which a click gives it.
/// True when the enter key was pressed.
pub fn listen<P: Param>(ui: &Ui, response: &Response, param: &P, writer: &Writer) -> bool {
    let is_taken = response.clicked_by(PointerButton::Primary)
        || response.drag_started_by(PointerButton::Primary);
    if is_taken && response.sense.is_focusable() {
        response.request_focus();
    }
    if !response.has_focus() {
        return false;
    }
    if response.gained_focus() {
        // The arrows are ours from the frame after this one on.
        ui.request_repaint();
    }
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, FILTER));
    let before = param.unmodulated_normalized_value();
    let (mut at, mut enters) = (before, false);
    for action in pressed(ui, param.step_count()) {
        match action {
            Action::By(step) => at = (at + step).clamp(0.0, 1.0),
            Action::To(end) => at = end,
            Action::Reset => at = param.default_normalized_value(),
            Action::Enter => enters = true,
        }
    }
    if at != before {
        writer.once(param, at);
    }
    enters
}

/// The actions of this frame's keys, which nobody else gets then.
fn pressed(ui: &Ui, steps: Option<usize>) -> Vec<Action> {
    let mut actions = Vec::new();
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key {
                key,
                pressed: true,
                modifiers,
                ..
            } = event
            else {
                return true;
            };
            let is_ours = !modifiers.command && !modifiers.alt;
            let action = action(*key, modifiers.shift, steps).filter(|_| is_ours);
            actions.extend(action);
            action.is_none()
        });
    });
    actions
}

/// Draws the ring around what has the keyboard.
pub fn ring(ui: &Ui, rect: Rect, response: &Response) {
    if response.has_focus() {
        let stroke = Stroke::new(1.5, theme::TEXT);
        ui.painter()
            .rect_stroke(rect, theme::ROUNDING, stroke, StrokeKind::Inside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_is_a_hundredth_a_page_a_tenth_and_shift_is_fine() {
        for (key, is_fine, expected) in [
            (Key::ArrowUp, false, Some(Action::By(0.01))),
            (Key::ArrowDown, false, Some(Action::By(-0.01))),
            (Key::ArrowUp, true, Some(Action::By(0.001))),
            (Key::PageUp, false, Some(Action::By(0.1))),
            (Key::PageDown, false, Some(Action::By(-0.1))),
            (Key::Home, false, Some(Action::To(0.0))),
            (Key::End, false, Some(Action::To(1.0))),
            (Key::Delete, false, Some(Action::Reset)),
            (Key::Backspace, false, Some(Action::Reset)),
            (Key::Enter, false, Some(Action::Enter)),
            (Key::Space, false, None),
            (Key::A, false, None),
        ] {
            assert_eq!(
                action(key, is_fine, None),
                expected,
                "{key:?}, fine {is_fine}"
            );
        }
    }

    #[test]
    fn an_arrow_goes_on_in_a_list_as_it_reads() {
        for (key, expected) in [
            (Key::ArrowRight, 0.5),
            (Key::ArrowDown, 0.5),
            (Key::ArrowLeft, -0.5),
            (Key::ArrowUp, -0.5),
        ] {
            assert_eq!(
                action(key, true, Some(2)),
                Some(Action::By(expected)),
                "{key:?}"
            );
        }
    }
}
