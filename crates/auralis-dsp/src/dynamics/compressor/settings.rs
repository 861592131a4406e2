//! What the compressor is told, and the static curve that follows from it.

use crate::basics::decibel::{db_to_gain, gain_to_db};
use crate::dynamics::gain_computer::GainComputer;
use crate::options::Detector;

/// What the compressor is told, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompressorSettings {
    /// Off fades the gain to unity; the latency stays.
    pub on: bool,
    /// Threshold, ratio and knee.
    pub curve: GainComputer,
    /// Attack in ms.
    pub attack_ms: f32,
    /// Release in ms.
    pub release_ms: f32,
    /// Programme-dependent release.
    pub auto_release: bool,
    /// What is measured.
    pub detector: Detector,
    /// Stereo link, 0 (each channel by itself) to 1 (the louder one leads).
    pub link: f32,
    /// Corner of the detector's high-pass in Hz; 20 is off.
    pub sidechain_hpf_hz: f32,
    /// Crossover in Hz below which a second band works, from 40 Hz on; 0 is one band.
    pub low_split_hz: f32,
    /// Look-ahead in ms, 0 to 5.
    pub lookahead_ms: f32,
    /// Makeup gain in dB.
    pub makeup_db: f32,
    /// Whether the curve's own makeup is added.
    pub auto_makeup: bool,
    /// Share of the compressed signal, 0 to 1.
    pub mix: f32,
}

impl CompressorSettings {
    /// The makeup that is set and, if asked for, the curve's own, in dB.
    pub fn whole_makeup_db(&self) -> f32 {
        let auto_db = if self.auto_makeup {
            self.curve.auto_makeup_db()
        } else {
            0.0
        };
        self.makeup_db + auto_db
    }

    /// Gain in dB of a signal that `reduction_db` is taken from: that, makeup and mix.
    pub fn gain_db(&self, reduction_db: f32) -> f32 {
        let mix = if self.on { self.mix } else { 0.0 };
        let wet = db_to_gain(self.whole_makeup_db() - reduction_db);
        gain_to_db(1.0 + mix * (wet - 1.0))
    }

    /// Gain in dB at which a steady `level_db` at the detector settles.
    pub fn static_gain_db(&self, level_db: f32) -> f32 {
        self.gain_db(self.curve.reduction_db(level_db))
    }
}
