//! Who has the keyboard: the host, but for as long as a field of the panel uses it.
//!
//! The framework returns unused keys on macOS. On X11 and Windows it cannot, so that the panel does not
//! have the keyboard there unless it is needed (see [`super::native`]). A control that was clicked or
//! reached by Tab uses a few keys only, never the space bar: on X11 these alone are taken, on macOS all
//! but the space bar. On Windows there is no such middle way, and the keyboard stays the host's.

use egui::Context;
use nice_plug_egui::KeyCapture;

use super::native::Native;

/// Who of the panel uses the keyboard.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum User {
    /// Nobody.
    #[default]
    Nobody,
    /// A control: arrows, Tab, Enter and the like.
    Control,
    /// A field that is typed into: every key.
    Field,
}

impl User {
    /// Who it is now.
    pub fn of(ctx: &Context) -> Self {
        if ctx.text_edit_focused() {
            Self::Field
        } else if ctx.egui_wants_keyboard_input() {
            Self::Control
        } else {
            Self::Nobody
        }
    }

    /// What the framework may keep from the host where it can return a key.
    pub fn capture(self) -> KeyCapture {
        match self {
            Self::Field => KeyCapture::CaptureAll,
            Self::Control => KeyCapture::IgnoreKeys(" ".parse().into_iter().collect()),
            Self::Nobody => KeyCapture::IgnoreAll,
        }
    }
}

/// What a frame has seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// Who of the panel uses the keyboard.
    pub user: User,
    /// The window has the keyboard.
    pub has_focus: bool,
    /// A button of the pointer is held.
    pub is_held: bool,
    /// The pointer is over the panel.
    pub is_over: bool,
}

/// What is to be done about the keyboard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is where it belongs.
    Stay,
    /// The panel takes it; true where the window must ask for the focus.
    Take(bool),
    /// It goes back to the host.
    GiveBack,
    /// It is somebody else's, who may get it back later.
    Remember,
}

/// The state between frames.
#[derive(Debug, Default)]
pub struct Keys {
    user: User,
}

impl Keys {
    /// What follows from what a frame has seen.
    pub fn step(&mut self, seen: Seen) -> Step {
        let uses_all = seen.user == User::Field;
        let began = uses_all && self.user != User::Field;
        self.user = seen.user;
        if began {
            // Once, when the field opens: whoever goes on in the host with the field open may do so.
            Step::Take(!seen.has_focus)
        } else if !uses_all && seen.has_focus && !seen.is_held {
            Step::GiveBack
        } else if seen.is_over && !seen.has_focus {
            Step::Remember
        } else {
            Step::Stay
        }
    }

    /// Who has the keyboard.
    pub fn user(&self) -> User {
        self.user
    }
}

/// Does what a step asks for; true where the window is to take the focus.
pub fn apply(step: Step, native: &mut Native, user: User) -> bool {
    native.take_keys(user == User::Field);
    native.take_control_keys(user == User::Control);
    match step {
        Step::Remember => native.remember_focus(),
        Step::GiveBack => native.give_focus_back(),
        Step::Take(focus) => return focus,
        Step::Stay => {}
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(flags: &str) -> Seen {
        Seen {
            user: match flags {
                _ if flags.contains('k') => User::Field,
                _ if flags.contains('c') => User::Control,
                _ => User::Nobody,
            },
            has_focus: flags.contains('f'),
            is_held: flags.contains('h'),
            is_over: flags.contains('o'),
        }
    }

    #[test]
    fn the_keyboard_is_the_hosts_but_for_a_field_that_uses_it() {
        let mut keys = Keys::default();
        for (flags, expected) in [
            ("", Step::Stay),
            ("o", Step::Remember),
            ("foh", Step::Stay), // the click that turns a knob has taken the focus
            ("fo", Step::GiveBack),
            ("o", Step::Remember),
            ("ko", Step::Take(true)), // a field opens
            ("kfo", Step::Stay),
            ("ko", Step::Remember), // the user has gone on in the host: the field must not fetch it back
            ("k", Step::Stay),
            ("kf", Step::Stay),
            ("f", Step::GiveBack), // the field closes
            ("kf", Step::Take(false)),
            ("cf", Step::GiveBack), // Enter: the control has its keys, the host its focus and the rest
            ("co", Step::Remember),
            ("kfo", Step::Take(false)),
        ] {
            assert_eq!(keys.step(seen(flags)), expected, "{flags:?}");
            assert_eq!(keys.user(), seen(flags).user, "{flags:?}");
        }
    }

    #[test]
    fn the_space_bar_is_the_hosts_unless_a_field_is_open() {
        let is_ignored = |user: User| match user.capture() {
            KeyCapture::IgnoreAll => true,
            KeyCapture::IgnoreKeys(keys) => keys == [" ".parse().unwrap()],
            KeyCapture::CaptureAll | KeyCapture::CaptureKeys(_) => false,
        };
        assert_eq!(
            [User::Nobody, User::Control, User::Field].map(is_ignored),
            [true, true, false]
        );
    }
}
