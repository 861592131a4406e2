//! What goes into the chain beside audio, and what it tells, in plain numbers.

use crate::MAX_CHANNELS;
use crate::chain::adaptive::Adaptive;
use crate::chain::audition::Audition;
use crate::chain::monitor::MonitorSettings;
use crate::clipper::ClipperSettings;
use crate::dynamics::compressor::CompressorSettings;
use crate::dynamics::gain_computer::GainComputer;
use crate::limiter::LimiterSettings;
use crate::options::{Detector, EngineKind, Listen};
use crate::tame::TameSettings;

/// What the user set, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChainSettings {
    /// Which implementation runs.
    pub engine: EngineKind,
    /// Gain before everything, in dB.
    pub input_gain_db: f32,
    /// Corner of the input's high-pass in Hz; 0 is off.
    pub input_hpf_hz: f32,
    /// Whether the EQ filters.
    pub eq_on: bool,
    /// The suppressor of resonances.
    pub tame: TameSettings,
    /// The compressor before adaptation.
    pub compressor: CompressorSettings,
    /// Whether the compressor's detector hears the sidechain input, where there is one.
    pub sidechain_external: bool,
    /// Scale of the side signal: 1 is untouched.
    pub width: f32,
    /// Gain before the limiter, in dB.
    pub output_gain_db: f32,
    /// The clipper before the limiter, towards the limiter's ceiling.
    pub clipper: ClipperSettings,
    /// The limiter.
    pub limiter: LimiterSettings,
    /// Mix, listen, bypass.
    pub monitor: MonitorSettings,
    /// What is heard for a moment instead of it; not in a bounce.
    pub audition: Audition,
}

impl ChainSettings {
    /// Every processor off and every gain 0: what comes out is the delayed input. A start for those
    /// who use the chain without the table of parameters.
    pub const OFF: Self = Self {
        engine: EngineKind::Vectorized,
        input_gain_db: 0.0,
        input_hpf_hz: 0.0,
        eq_on: false,
        tame: TameSettings {
            on: false,
            depth: 0.4,
            sharpness: 0.5,
            speed_ms: 40.0,
            low_hz: 100.0,
            high_hz: 16_000.0,
            link: 1.0,
        },
        compressor: CompressorSettings {
            on: false,
            curve: GainComputer {
                threshold_db: -30.0,
                ratio: 4.0,
                knee_db: 6.0,
            },
            attack_ms: 1.0,
            release_ms: 50.0,
            auto_release: false,
            detector: Detector::Peak,
            link: 1.0,
            sidechain_hpf_hz: 20.0,
            low_split_hz: 0.0,
            lookahead_ms: 0.0,
            makeup_db: 0.0,
            auto_makeup: false,
            mix: 1.0,
        },
        sidechain_external: false,
        width: 1.0,
        output_gain_db: 0.0,
        clipper: ClipperSettings { amount_db: 0.0 },
        limiter: LimiterSettings {
            on: false,
            drive_db: 6.0,
            ceiling_db: -1.0,
            release_ms: 50.0,
            auto_release: true,
            true_peak: true,
            link: 1.0,
        },
        monitor: MonitorSettings {
            bypass: false,
            mix: 1.0,
            listen: Listen::Output,
        },
        audition: Audition::Off,
    };
}

/// What one frame did, for meters and analysis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrameReport {
    /// Peak of each input channel, linear.
    pub input_peak: [f32; MAX_CHANNELS],
    /// Peak of each output channel, linear.
    pub output_peak: [f32; MAX_CHANNELS],
    /// Deepest cut of Tame in dB, >= 0.
    pub tame_cut_db: f32,
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
