//! What the analysis has learned of a programme, as plain numbers that a state can keep.
//!
//! All are `f32`: a float of that size survives the way through JSON bit for bit.

use serde::{Deserialize, Serialize};

use super::features::Features;
use super::level_range::Percentiles;
use super::rhythm::RhythmState;
use crate::dsp::bands::PerBand;
use crate::dsp::options::Target;

/// Loudest level that is believed, in dB: far above what any programme has.
const LOUDEST_DB: f32 = 100.0;
/// Largest gain that any parameter allows, in dB.
const MAX_GAIN_DB: f32 = 24.0;

/// What was learned; independent of sample rate, channels and settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Programme heard, in seconds.
    pub heard_s: f32,
    /// Long-term level of each band of the input, in dB.
    pub long_term_db: PerBand,
    /// Adaptive gain of each band, in dB.
    pub adaptive_db: PerBand,
    /// Weight of each of [`Target::PROFILES`] in `Auto`.
    pub profiles: [f32; Target::PROFILES.len()],
    /// The features.
    pub features: Features,
    /// Tempo and speech cues.
    pub rhythm: RhythmState,
    /// Distribution of the input's peak level per hop, in dBFS.
    pub levels: Percentiles,
    /// Gain that brings the input to the output's loudness, in dB.
    pub matched_gain_db: f32,
    /// The loudness gain and what it follows.
    pub loudness: LearnedLoudness,
}

/// The loudness gain and what it follows.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct LearnedLoudness {
    /// Gated loudness of the input, in LUFS, if anything passed the gates.
    pub input_lufs: Option<f32>,
    /// What the processors take from it, in dB.
    pub loss_db: f32,
    /// Loudness gain in use, in dB.
    pub gain_db: f32,
    /// Makeup gain in use, in dB.
    pub makeup_db: f32,
    /// Where both together were on their way to, in dB.
    pub aim_db: f32,
}

impl Learned {
    /// Whether a programme can have taught this. Anything else comes from a damaged state.
    pub fn is_plausible(&self) -> bool {
        let within = |values: &[f32], most: f32| values.iter().all(|v| v.abs() <= most);
        let levels = [
            self.levels.quiet_db,
            self.levels.middle_db,
            self.levels.loud_db,
            self.loudness.input_lufs.unwrap_or(0.0),
        ];
        let levels_db = self.long_term_db.iter().chain(&levels);
        let gains_db = [
            self.matched_gain_db,
            self.loudness.loss_db,
            self.loudness.gain_db,
            self.loudness.makeup_db,
            self.loudness.aim_db,
        ];
        self.heard_s > 0.0
            && self.heard_s.is_finite()
            && levels_db
                .into_iter()
                .all(|db| *db <= LOUDEST_DB && db.is_finite())
            && within(&self.adaptive_db, MAX_GAIN_DB)
            && self.profiles.iter().all(|w| (0.0..=1.0).contains(w))
            && within(&gains_db, 2.0 * MAX_GAIN_DB)
    }
}
