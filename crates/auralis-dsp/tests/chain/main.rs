//! The laws of the chain: what comes out, what the ear decided, and latency.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod adaptive;
mod audition;
mod high_pass;
mod latency;
mod output;

use auralis_dsp::FRAME;
use auralis_dsp::bands::{BANDS, PerBand};
use auralis_dsp::chain::{Chain, ChainSettings};
use auralis_dsp::eq::design::{Curve, EqDesigner, Kernel};
use auralis_dsp::options::{Detector, EngineKind, EqPhase, Listen};
use auralis_dsp::signals::{noise, sine};
use auralis_dsp::simd::instruction_set::Implementation;
use common::*;

const RATE: f64 = 48_000.0;
const PHASES: [EqPhase; 3] = [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed];

/// Every processor off.
const OFF: ChainSettings = ChainSettings::OFF;

/// Everything on and at work.
fn all_on() -> ChainSettings {
    let mut settings = OFF;
    settings.eq_on = true;
    settings.compressor.on = true;
    settings.clipper.amount_db = 2.0;
    settings.limiter.on = true;
    settings.width = 1.4;
    settings.input_gain_db = 2.0;
    settings.output_gain_db = 3.0;
    settings
}

fn kernel(gains_db: PerBand, phase: EqPhase, rate: f64) -> Box<Kernel> {
    Box::new(EqDesigner::new(rate).design(Curve::new(gains_db, phase)))
}

fn flat(phase: EqPhase) -> Box<Kernel> {
    kernel([0.0; BANDS], phase, RATE)
}

/// A chain that computes in one way, and its settings.
fn chain(
    kernel: Box<Kernel>,
    rate: f64,
    channels: usize,
    settings: &ChainSettings,
    way: Implementation,
) -> (Chain, ChainSettings) {
    let mut chain = Chain::new(rate, channels, kernel);
    let mut settings = *settings;
    settings.engine = EngineKind::Scalar;
    if let Implementation::Vectorized(set) = way {
        settings.engine = EngineKind::Vectorized;
        chain.use_instruction_set(set);
    }
    (chain, settings)
}

/// Audio through a chain with a flat EQ in linear phase at 48 kHz, and its latency.
fn master(audio: &Audio, settings: &ChainSettings, way: Implementation) -> (Audio, usize) {
    let (mut chain, settings) = chain(flat(PHASES[0]), RATE, audio.len(), settings, way);
    let out = play(audio, |_, frame| {
        chain.process(frame, None, &settings);
    });
    (out, chain.latency_samples())
}

/// Two channels of noise of 0.3 at most, 6 dB apart.
fn programme(seconds: f64) -> Audio {
    let channel = |seed, gain: f32| {
        let white = noise(seed, samples(seconds, RATE));
        white.iter().map(|x| gain * x).collect()
    };
    vec![channel(1, 0.3), channel(2, 0.15)]
}
