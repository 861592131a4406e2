//! What the analysis knows, for people to look at.

use crate::ear::desk::DeskReading;
use crate::ear::target::Target;
use auralis_dsp::bands::{BANDS, PerBand};
use auralis_dsp::basics::decibel::SILENCE_DB;

/// A picture of the analysis after a hop.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// Short-term level of each band of the input, in dB.
    pub input_db: PerBand,
    /// Long-term level of each band of the input, in dB.
    pub long_term_db: PerBand,
    /// The target on the programme's level, comparable with `long_term_db`, in dB.
    pub target_db: PerBand,
    /// Standard deviation of recordings around the target, in dB: what is usual.
    pub target_spread_db: PerBand,
    /// The captured reference on the programme's level, in dB, whatever its share of the target.
    pub reference_db: Option<PerBand>,
    /// Level of the programme's side over that of its mid, in dB; [`SILENCE_DB`] where there is none.
    pub side_db: f32,
    /// Adaptive gain of each band, in dB.
    pub adaptive_db: PerBand,
    /// Profiles in use with their weights, heaviest first; they sum to 1.
    pub profiles: Vec<(Target, f32)>,
    /// The programme in words: "bright, dense, 128 BPM".
    pub reason: String,
    /// Whether the gate is open: false when the programme is silent and nothing moves.
    pub listening: bool,
    /// Hops since the last reset.
    pub hops: u64,
    /// Momentary, short-term and integrated loudness of the input, in LUFS.
    pub input_loudness: [f32; 3],
    /// Momentary, short-term and integrated loudness of the output, in LUFS.
    pub output_loudness: [f32; 3],
    /// What the desk reads; none while nobody looks at it.
    pub desk: Option<DeskReading>,
}

impl Default for View {
    /// Nothing heard yet.
    fn default() -> Self {
        Self {
            input_db: [SILENCE_DB; BANDS],
            long_term_db: [SILENCE_DB; BANDS],
            target_db: [SILENCE_DB; BANDS],
            target_spread_db: [0.0; BANDS],
            reference_db: None,
            side_db: SILENCE_DB,
            adaptive_db: [0.0; BANDS],
            profiles: Vec::new(),
            reason: String::new(),
            listening: false,
            hops: 0,
            input_loudness: [SILENCE_DB; 3],
            output_loudness: [SILENCE_DB; 3],
            desk: None,
        }
    }
}
