//! Who has the keyboard: the host, but for as long as a field of the panel uses it.
//!
//! The framework returns unused keys on macOS. On X11 and Windows it cannot, so that the panel does not
//! have the keyboard there unless it is needed (see [`super::native`]).

use super::native::Native;

/// What a frame has seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// A field of the panel uses the keyboard.
    pub uses_keys: bool,
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
    are_taken: bool,
}

impl Keys {
    /// What follows from what a frame has seen.
    pub fn step(&mut self, seen: Seen) -> Step {
        let began = seen.uses_keys && !self.are_taken;
        self.are_taken = seen.uses_keys;
        if began {
            // Once, when the field opens: whoever goes on in the host with the field open may do so.
            Step::Take(!seen.has_focus)
        } else if !seen.uses_keys && seen.has_focus && !seen.is_held {
            Step::GiveBack
        } else if seen.is_over && !seen.has_focus {
            Step::Remember
        } else {
            Step::Stay
        }
    }

    /// Whether a field has the keyboard.
    pub fn are_taken(&self) -> bool {
        self.are_taken
    }
}

/// Does what a step asks for; true where the window is to take the focus.
pub fn apply(step: Step, native: &mut Native, are_taken: bool) -> bool {
    native.take_keys(are_taken);
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
            uses_keys: flags.contains('k'),
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
        ] {
            assert_eq!(keys.step(seen(flags)), expected, "{flags:?}");
            assert_eq!(keys.are_taken(), flags.contains('k'), "{flags:?}");
        }
    }
}
