//! Names and stable ids of the enum parameters, for the framework.
//!
//! The enums themselves belong to the DSP, which does not know the framework.

use nice_plug::prelude::Enum;

use crate::dsp::options::{Detector, EngineKind, EqPhase, Listen, Target};

/// Implements the framework's `Enum`: variant, state id (for ever), name (the contract's).
macro_rules! named {
    ($type:ty: $($variant:ident $id:literal $name:literal;)*) => {
        impl Enum for $type {
            fn variants() -> &'static [&'static str] {
                &[$($name),*]
            }

            fn ids() -> Option<&'static [&'static str]> {
                Some(&[$($id),*])
            }

            fn to_index(self) -> usize {
                const ORDER: &[$type] = &[$(<$type>::$variant),*];
                ORDER.iter().position(|v| *v == self).unwrap_or(0)
            }

            fn from_index(index: usize) -> Self {
                const ORDER: &[$type] = &[$(<$type>::$variant),*];
                ORDER.get(index).copied().unwrap_or(ORDER[0])
            }
        }
    };
}

named! { Listen:
    Output "output" "Output";
    Delta "delta" "Delta";
    MatchedInput "matched_input" "Matched Input";
}

named! { EngineKind:
    Vectorized "vectorized" "Vectorized";
    Reference "reference" "Reference";
}

named! { EqPhase:
    Linear "linear" "Linear";
    Minimum "minimum" "Minimum";
}

named! { Detector:
    Peak "peak" "Peak";
    Rms "rms" "RMS";
}

named! { Target:
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
