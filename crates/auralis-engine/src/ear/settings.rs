//! What the user has set, as far as the analysis needs it: plain numbers, units in the names.

use crate::ear::target::Target;
use auralis_dsp::bands::PerBand;
use auralis_dsp::options::EqPhase;

/// How decisions follow what is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AdaptMode {
    /// They follow the estimate of the whole song, which is kept over passes.
    #[default]
    Learn,
    /// Every adaptive value stands still.
    Hold,
    /// They follow the last seconds: for streams and speech.
    Follow,
}

/// Stages whose adaptive values stand still whatever the mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Locks {
    /// The adaptive EQ.
    pub eq: bool,
    /// Threshold and ratio of the compressor.
    pub compressor: bool,
    /// Loudness and makeup gain.
    pub loudness: bool,
}

/// The parameters that the analysis reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AnalysisSettings {
    /// Whether the EQ runs at all; off lets the adaptive gains glide to 0 dB.
    pub eq_on: bool,
    /// Share of the correction that is applied, 0 to 1.
    pub eq_amount: f32,
    /// Largest adaptive gain of a band either way, in dB.
    pub eq_range_db: f32,
    /// Time constant of the adaptation, in seconds.
    pub eq_speed_s: f32,
    /// Phase response of the EQ.
    pub eq_phase: EqPhase,
    /// Tilt added to the manual gains, in dB per octave around 1 kHz.
    pub eq_tilt_db_per_oct: f32,
    /// Manual gain of each band, in dB.
    pub manual_db: PerBand,
    /// The tonal target.
    pub target: Target,
    /// Share of the captured reference in the target, 0 to 1.
    pub ref_blend: f32,
    /// Whether the compressor runs.
    pub comp_on: bool,
    /// How far the analysis moves threshold and ratio, 0 to 1.
    pub comp_adapt: f32,
    /// Threshold as set, in dBFS.
    pub comp_threshold_db: f32,
    /// Ratio as set, to 1.
    pub comp_ratio: f32,
    /// How decisions follow what is heard.
    pub mode: AdaptMode,
    /// What stands still beside that.
    pub locks: Locks,
    /// Changes with every setting that the loss of the processors depends on.
    pub loss_mark: u32,
    /// Whether the loudness gain is in use; off lets it glide to 0 dB.
    pub loud_on: bool,
    /// Integrated loudness to land on, in LUFS.
    pub loud_target_lufs: f32,
    /// Largest loudness gain either way, in dB.
    pub loud_range_db: f32,
}

impl AnalysisSettings {
    /// Whether loudness and makeup gain stand still.
    pub fn stands_loudness(&self) -> bool {
        self.mode == AdaptMode::Hold || self.locks.loudness
    }

    /// Whether the adaptive EQ is to do anything.
    pub fn wants_correction(&self) -> bool {
        self.eq_on && self.eq_amount > 0.0 && self.eq_range_db > 0.0
    }
}
