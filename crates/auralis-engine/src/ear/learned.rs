//! What the ear has learned of a programme, as plain numbers that a state can keep.
//!
//! All are `f32`: a float of that size survives the way through JSON bit for bit. States keep
//! everything by name (`learned/saved.rs`), so that one of an older version loads.

mod plausible;
mod saved;

use serde::{Deserialize, Serialize};

use crate::ear::content::features::Features;
use crate::ear::content::rhythm::RhythmState;
use crate::ear::meters::level_range::Percentiles;
use crate::ear::target::Target;
use crate::ear::timeline::Timeline;
use auralis_dsp::bands::{PerBand, PerLowBand};
#[cfg(doc)]
use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_dsp::chain::Adaptive;
use saved::Saved;

/// Levels that are believed, in dB: far beyond what any programme has.
const LEVELS_DB: std::ops::RangeInclusive<f32> = -400.0..=100.0;
/// Largest gain that is believed, in dB: twice the largest that any parameter allows.
const MAX_GAIN_DB: f32 = 48.0;

/// What was learned; independent of sample rate, channels and settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(from = "Saved", into = "Saved")]
pub struct Learned {
    /// Programme heard, in seconds.
    pub heard_s: f32,
    /// Long-term level of each band of the input, in dB.
    pub long_term_db: PerBand,
    /// The same of the side; [`SILENCE_DB`] where there is none, or nothing is known of it.
    pub side_db: PerBand,
    /// The same of each part of the lowest band.
    pub low_db: PerLowBand,
    /// The adaptive values in use.
    pub adaptive: Adaptive,
    /// Weight of each of [`Target::PROFILES`] in `Auto`.
    pub profiles: [f32; Target::PROFILES.len()],
    /// The features.
    pub features: Features,
    /// Tempo and speech cues.
    pub rhythm: RhythmState,
    /// Distribution of the input's peak level per hop, in dBFS.
    pub levels: Percentiles,
    /// What the loudness gain follows.
    pub loudness: LearnedLoudness,
    /// Where in the song it was learned.
    pub timeline: Timeline,
}

/// What the loudness gain follows.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct LearnedLoudness {
    /// Gated loudness of the input, in LUFS, if anything passed the gates.
    pub input_lufs: Option<f32>,
    /// Loudness of its loudest 3 s, in LUFS, once there were 3 s.
    pub loudest_lufs: Option<f32>,
    /// What the processors take from it, in dB.
    pub loss_db: f32,
}

impl Learned {
    /// Whether a programme can have taught this. Anything else comes from a damaged state.
    pub fn is_plausible(&self) -> bool {
        let levels = [
            self.levels.quiet_db,
            self.levels.middle_db,
            self.levels.loud_db,
            self.loudness.input_lufs.unwrap_or(0.0),
            self.loudness.loudest_lufs.unwrap_or(0.0),
        ];
        let bands = self.long_term_db.iter().chain(&self.side_db);
        let bands = bands.chain(&self.low_db);
        let mut levels_db = bands.chain(&levels);
        self.heard_s > 0.0
            && self.heard_s.is_finite()
            && levels_db.all(|db| LEVELS_DB.contains(db))
            && self.loudness.loss_db.abs() <= MAX_GAIN_DB
            && self.adaptive.is_plausible()
            && self.timeline.is_plausible()
            && self.profiles.iter().all(|w| (0.0..=1.0).contains(w))
            && plausible::features(&self.features)
            && plausible::rhythm(&self.rhythm)
    }
}
