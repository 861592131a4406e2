//! What goes into the chain beside audio, and what it tells, in plain numbers.

use crate::MAX_CHANNELS;
use crate::chain::adaptive::Adaptive;
use crate::chain::monitor::MonitorSettings;
use crate::dynamics::compressor::CompressorSettings;
use crate::limiter::LimiterSettings;
use crate::options::EngineKind;

/// What the user set, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainSettings {
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
    /// The adaptive values in use at the end of the frame: gains as far as they have glided.
    pub adaptive: Adaptive,
    /// Threshold in use in dB.
    pub threshold_db: f32,
    /// Ratio in use.
    pub ratio: f32,
    /// Whether the input held NaN, infinities or absurd levels; such a frame is not analysed.
    pub faulty: bool,
}
