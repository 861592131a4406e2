//! A and B: two settings of everything that makes the sound, one in use, one put aside.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use auralis_engine::params::{ParamId, Values};
use auralis_engine::presets::Preset;

/// What is the same in both: how one listens, and which implementation runs.
const SHARED: [ParamId; 3] = [ParamId::Bypass, ParamId::Listen, ParamId::Engine];

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Side {
    /// The first.
    #[default]
    A,
    /// The second.
    B,
}

impl Side {
    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct State {
    side: Side,
    /// The settings that are put aside; none while both are the same.
    aside: Option<Values>,
}

/// As a saved state has it.
#[derive(Serialize, Deserialize)]
struct Saved {
    side: Side,
    /// A preset's document of what is put aside.
    aside: Option<String>,
}

/// The two, shared by clones. Not for the audio thread.
#[derive(Debug, Clone, Default)]
pub struct Compare(Arc<Mutex<State>>);

impl Compare {
    /// The one in use.
    pub fn side(&self) -> Side {
        self.lock().side
    }

    /// Puts `current` aside for the other one, whose settings are returned.
    pub fn switch(&self, current: &Values) -> Values {
        let mut state = self.lock();
        let mut wanted = state.aside.replace(*current).unwrap_or(*current);
        for param in SHARED {
            wanted.set(param, current.get(param));
        }
        state.side = state.side.other();
        wanted
    }

    /// Makes the one put aside the same as `current`.
    pub fn copy(&self, current: &Values) {
        self.lock().aside = Some(*current);
    }

    /// Whether the one put aside sounds different from `current`.
    pub fn differs(&self, current: &Values) -> bool {
        let Some(mut aside) = self.lock().aside else {
            return false;
        };
        for param in SHARED {
            aside.set(param, current.get(param));
        }
        aside != *current
    }

    /// As JSON for a state.
    pub fn to_json(&self) -> Option<String> {
        let State { side, aside } = *self.lock();
        let aside = aside.map(|values| Preset::of("aside", "", &values).to_json());
        serde_json::to_string(&Saved { side, aside }).ok()
    }

    /// Takes over what a state has; without any, or when it is damaged, nothing is put aside.
    pub fn load(&self, json: Option<&String>) {
        let saved = json.and_then(|json| serde_json::from_str::<Saved>(json).ok());
        let aside = |text: String| {
            let mut values = Values::default();
            Preset::parse(&text).ok()?.apply(&mut values);
            Some(values)
        };
        *self.lock() = saved.map_or_else(State::default, |saved| State {
            side: saved.side,
            aside: saved.aside.and_then(aside),
        });
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tilted(text: &str) -> Values {
        let mut values = Values::default();
        values.set_text("eq_tilt", text).unwrap();
        values
    }

    #[test]
    fn the_two_are_switched_copied_and_kept() {
        let (compare, a, b) = (Compare::default(), tilted("0.5"), tilted("-0.5"));
        assert_eq!(compare.switch(&a), a, "at first both are the same");
        assert_eq!((compare.side(), compare.differs(&a)), (Side::B, false));
        assert!(compare.differs(&b));
        assert_eq!(compare.switch(&b), a);
        let again = Compare::default();
        again.load(compare.to_json().as_ref());
        assert_eq!(again.side(), Side::A);
        assert_eq!(again.switch(&a), b, "what a state has kept");
        again.copy(&b);
        assert_eq!(again.switch(&b), b);
    }

    #[test]
    fn how_one_listens_is_not_switched() {
        let (compare, mut a) = (Compare::default(), tilted("1"));
        compare.switch(&a);
        a.set(ParamId::Bypass, 1.0);
        assert!(compare.switch(&a).is_on(ParamId::Bypass));
    }

    #[test]
    fn nonsense_in_a_state_puts_nothing_aside() {
        let compare = Compare::default();
        compare.copy(&tilted("1"));
        for json in [
            "",
            "null",
            "{\"side\":\"C\"}",
            "{\"side\":\"B\",\"aside\":\"x\"}",
        ] {
            compare.load(Some(&json.to_owned()));
            assert!(!compare.differs(&Values::default()), "{json}");
        }
    }
}
