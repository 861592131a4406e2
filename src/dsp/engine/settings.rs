//! What goes into the chain beside audio, and what it tells, in plain numbers.

use crate::dsp::MAX_CHANNELS;
use crate::dsp::compressor::CompressorSettings;
use crate::dsp::limiter::LimiterSettings;
use crate::dsp::monitor::MonitorSettings;
use crate::dsp::options::EngineKind;

/// What the user set, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// Which implementation runs.
    pub engine: EngineKind,
    /// Gain before everything, in dB.
    pub input_gain_db: f32,
    /// Whether the EQ filters.
    pub eq_on: bool,
    /// The compressor before adaptation.
    pub compressor: CompressorSettings,
    /// Whether the compressor's detector hears the sidechain input, where there is one.
    pub sidechain_external: bool,
    /// Scale of the side signal: 1 is untouched.
    pub width: f32,
    /// Gain before the limiter, in dB.
    pub output_gain_db: f32,
    /// The limiter.
    pub limiter: LimiterSettings,
    /// Mix, listen, bypass.
    pub monitor: MonitorSettings,
}

/// What the analysis adds to the settings, beside the EQ's kernel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Adaptation {
    /// Added to the compressor's threshold, in dB.
    pub threshold_offset_db: f32,
    /// Compressor ratio to use instead of the set one; `None` before the first decision.
    pub ratio: Option<f32>,
    /// Loudness gain in dB.
    pub loudness_gain_db: f32,
    /// Gain in dB that gives back what the processors take.
    pub makeup_gain_db: f32,
    /// Gain in dB that brings the input to the output's loudness.
    pub matched_gain_db: f32,
}

/// Before anything was heard.
pub(super) const NEUTRAL: Adaptation = Adaptation {
    threshold_offset_db: 0.0,
    ratio: None,
    loudness_gain_db: 0.0,
    makeup_gain_db: 0.0,
    matched_gain_db: 0.0,
};

/// What one frame did, for meters and analysis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameReport {
    /// Peak of each input channel, linear.
    pub input_peak: [f32; MAX_CHANNELS],
    /// Peak of each output channel, linear.
    pub output_peak: [f32; MAX_CHANNELS],
    /// Deepest reduction of the compressor in dB, >= 0.
    pub compressor_reduction_db: f32,
    /// Deepest reduction of the limiter in dB, >= 0.
    pub limiter_reduction_db: f32,
    /// Loudness gain at the end of the frame in dB.
    pub loudness_gain_db: f32,
    /// Makeup gain of the loudness control at the end of the frame in dB.
    pub makeup_gain_db: f32,
    /// Threshold in use in dB.
    pub threshold_db: f32,
    /// Ratio in use.
    pub ratio: f32,
    /// Whether the input held NaN, infinities or absurd levels; such a frame is not analysed.
    pub faulty: bool,
}
