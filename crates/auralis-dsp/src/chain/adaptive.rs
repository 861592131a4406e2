//! What the ear decides, as one record from its decision over the chain to the meters and the state.

use crate::bands::{BANDS, LOW_BANDS, PerBand, PerLowBand};
use crate::dynamics::compressor::CompressorSettings;

/// Declares the record: each scalar with its range.
macro_rules! adaptive {
    ($($(#[$doc:meta])* $field:ident $range:expr;)*) => {
        /// The adaptive values: all zero before anything was heard, all relative to what the user set.
        #[derive(Debug, Clone, Copy, PartialEq)]
        pub struct Adaptive {
            /// Gain of each critical band of the EQ, in dB; the kernel carries it to the chain.
            pub eq_db: PerBand,
            /// What the side gets of each band beyond that, in dB.
            pub eq_side_db: PerBand,
            /// What each part of the lowest band gets beyond it, in dB.
            pub eq_low_db: PerLowBand,
            $($(#[$doc])* pub $field: f32,)*
        }

        impl Adaptive {
            /// Nothing is moved.
            pub const NEUTRAL: Self = Self {
                eq_db: [0.0; BANDS],
                eq_side_db: [0.0; BANDS],
                eq_low_db: [0.0; LOW_BANDS],
                $($field: 0.0,)*
            };

            /// Names of the scalars, for ever: states keep them.
            pub const NAMES: &'static [&'static str] = &[$(stringify!($field)),*];

            /// The scalars in the order of [`NAMES`](Self::NAMES).
            pub fn scalars(&self) -> [f32; Self::NAMES.len()] {
                [$(self.$field),*]
            }

            /// The scalar of a name, to be set.
            pub fn scalar_mut(&mut self, name: &str) -> Option<&mut f32> {
                match name {
                    $(stringify!($field) => Some(&mut self.$field),)*
                    _ => None,
                }
            }

            /// Whether every value is one that the ear can have decided.
            pub fn is_plausible(&self) -> bool {
                let bands = self.eq_db.iter().chain(&self.eq_side_db);
                let mut gains = bands.chain(&self.eq_low_db);
                gains.all(|db| EQ_DB.contains(db))
                    $(&& ($range).contains(&self.$field))*
            }
        }
    };
}

/// Largest adaptive gain of a band, in dB: far beyond the largest `eq_range`.
const EQ_DB: std::ops::RangeInclusive<f32> = -24.0..=24.0;

adaptive! {
    /// Added to the compressor's threshold, in dB.
    threshold_offset_db -60.0..=60.0;
    /// Added to the compressor's ratio, which stays at least 1.
    ratio_offset -20.0..=20.0;
    /// Loudness gain, in dB.
    loudness_gain_db -48.0..=48.0;
    /// Makeup gain for the loss in EQ, compressor and limiter, in dB.
    makeup_gain_db -48.0..=48.0;
    /// Gain that brings the input to the output's loudness, in dB.
    matched_gain_db -48.0..=48.0;
}

impl Adaptive {
    /// The compressor's settings as the ear moves them.
    pub fn moved(&self, settings: &CompressorSettings) -> CompressorSettings {
        let curve = &settings.curve;
        let mut moved = *settings;
        moved.curve.threshold_db = (curve.threshold_db + self.threshold_offset_db).min(0.0);
        moved.curve.ratio = (curve.ratio + self.ratio_offset).max(1.0);
        moved
    }
}

impl Default for Adaptive {
    fn default() -> Self {
        Self::NEUTRAL
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_ear_decides_is_implausible() {
        assert!(Adaptive::NEUTRAL.is_plausible());
        for name in Adaptive::NAMES {
            for value in [f32::NAN, f32::INFINITY, 1e6] {
                let mut adaptive = Adaptive::NEUTRAL;
                *adaptive.scalar_mut(name).unwrap() = value;
                assert!(!adaptive.is_plausible(), "{name} {value}");
            }
        }
        let mut adaptive = Adaptive::NEUTRAL;
        adaptive.eq_db[7] = f32::NAN;
        assert!(!adaptive.is_plausible(), "a band that is NaN");
    }
}
