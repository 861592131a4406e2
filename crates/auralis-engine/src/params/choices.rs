//! The choices of the parameters that are lists, with their ids (for ever) and names (the contract's).

use auralis_dsp::options::{Detector, EngineKind, EqPhase, Listen};

use crate::ear::{AdaptMode, Target};

/// A list of choices, in the order of the parameter's values; new ones come at the end.
pub trait Choices: Copy + PartialEq + 'static {
    /// All of them.
    const ALL: &'static [Self];
    /// Their stable ids.
    const IDS: &'static [&'static str];
    /// Their names.
    const NAMES: &'static [&'static str];

    /// The choice at a place of the list; the first one for a place beyond it.
    fn at(index: usize) -> Self {
        Self::ALL.get(index).copied().unwrap_or(Self::ALL[0])
    }

    /// The place in the list.
    fn index(self) -> usize {
        Self::ALL.iter().position(|c| *c == self).unwrap_or(0)
    }

    /// The name.
    fn name(self) -> &'static str {
        Self::NAMES[self.index()]
    }
}

/// Declares the choices of a type: variant, id, name.
macro_rules! choices {
    ($type:ident: $($variant:ident $id:literal $name:literal;)*) => {
        impl Choices for $type {
            const ALL: &'static [Self] = &[$(Self::$variant),*];
            const IDS: &'static [&'static str] = &[$($id),*];
            const NAMES: &'static [&'static str] = &[$($name),*];
        }
    };
}

choices! { Listen:
    Output "output" "Output";
    Delta "delta" "Delta";
    MatchedInput "matched_input" "Matched Input";
}

choices! { EngineKind:
    Vectorized "vectorized" "Vectorized";
    Scalar "reference" "Reference";
}

choices! { EqPhase:
    Linear "linear" "Linear";
    Minimum "minimum" "Minimum";
    Mixed "mixed" "Mixed";
}

choices! { Detector:
    Peak "peak" "Peak";
    Rms "rms" "RMS";
}

choices! { AdaptMode:
    Learn "learn" "Learn";
    Hold "hold" "Hold";
    Follow "follow" "Follow";
}

choices! { Target:
    Auto "auto" "Auto";
    Balanced "balanced" "Balanced";
    Warm "warm" "Warm";
    Bright "bright" "Bright";
    Pop "pop" "Pop";
    Rock "rock" "Rock";
    Electronic "electronic" "Electronic";
    HipHop "hip_hop" "Hip-Hop";
    Jazz "jazz" "Jazz";
    Classical "classical" "Classical";
    Acoustic "acoustic" "Acoustic";
    Ambient "ambient" "Ambient";
    Speech "speech" "Speech";
}
