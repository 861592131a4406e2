//! The order in which a host may call a plug-in.

use std::sync::atomic::{AtomicU8, Ordering};

/// How far a plug-in has come; later stages include the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Stage {
    /// Made, or on its way out: nothing but `init` and `destroy` is allowed.
    Created,
    /// The host answers questions.
    Initialised,
    /// On the way between inactive and active.
    Changing,
    /// Sample rate and layout are fixed.
    Active,
    /// Audio may come.
    Processing,
}

/// The stage of one plug-in. Any thread may ask.
#[derive(Debug)]
pub struct Lifecycle(AtomicU8);

impl Lifecycle {
    /// A plug-in that was just made.
    pub fn new() -> Self {
        Self(AtomicU8::new(Stage::Created as u8))
    }

    /// The present stage.
    pub fn stage(&self) -> Stage {
        match self.0.load(Ordering::Acquire) {
            1 => Stage::Initialised,
            2 => Stage::Changing,
            3 => Stage::Active,
            4 => Stage::Processing,
            _ => Stage::Created,
        }
    }

    /// Whether `stage` is reached.
    pub fn has_reached(&self, stage: Stage) -> bool {
        self.stage() >= stage
    }

    /// Goes from one stage to another; false, and no change, when the plug-in is not at `from`.
    pub fn go(&self, from: Stage, to: Stage) -> bool {
        let done =
            self.0
                .compare_exchange(from as u8, to as u8, Ordering::AcqRel, Ordering::Acquire);
        done.is_ok()
    }

    /// Back to the start: the plug-in goes. Returns where it was.
    pub fn end(&self) -> Stage {
        let stage = self.stage();
        self.0.store(Stage::Created as u8, Ordering::Release);
        stage
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_stage_it_is_at_can_be_left() {
        let lifecycle = Lifecycle::new();
        assert!(!lifecycle.go(Stage::Initialised, Stage::Active), "skipped");
        assert!(lifecycle.go(Stage::Created, Stage::Initialised));
        assert!(!lifecycle.go(Stage::Created, Stage::Initialised), "twice");
        assert!(lifecycle.has_reached(Stage::Initialised));
        assert!(!lifecycle.has_reached(Stage::Changing));
        for (from, to) in [
            (Stage::Initialised, Stage::Changing),
            (Stage::Changing, Stage::Active),
            (Stage::Active, Stage::Processing),
        ] {
            assert!(lifecycle.go(from, to), "{from:?} to {to:?}");
            assert_eq!(lifecycle.stage(), to);
        }
        assert_eq!(lifecycle.end(), Stage::Processing);
        assert_eq!(lifecycle.stage(), Stage::Created);
    }
}
