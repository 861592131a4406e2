//! The laws of the compressor: its gain, its times, and what the detector hears.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod detector;
mod gain;
mod low_split;
mod times;

use auralis_dsp::dynamics::compressor::{Compressor, CompressorSettings};
use auralis_dsp::dynamics::gain_computer::GainComputer;
use auralis_dsp::options::Detector;
use auralis_dsp::simd::instruction_set::Implementation;
use common::*;

const RATE: f64 = 48_000.0;

const SETTINGS: CompressorSettings = CompressorSettings {
    on: true,
    curve: GainComputer {
        threshold_db: -30.0,
        ratio: 4.0,
        knee_db: 0.0,
    },
    attack_ms: 0.1,
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
};

fn curve(threshold_db: f32, ratio: f32, knee_db: f32) -> CompressorSettings {
    let curve = GainComputer {
        threshold_db,
        ratio,
        knee_db,
    };
    CompressorSettings { curve, ..SETTINGS }
}

/// Compresses audio, with a sidechain of as many channels or none.
fn compress(
    audio: &Audio,
    sidechain: Option<&Audio>,
    settings: &CompressorSettings,
    rate: f64,
    way: Implementation,
) -> Audio {
    let mut compressor = Compressor::new(rate, audio.len());
    play(audio, |index, frame| {
        let sidechain = sidechain.map(|sidechain| frame_of(sidechain, index));
        compressor.process(frame, sidechain.as_deref(), settings, way);
    })
}

fn latency(rate: f64) -> usize {
    Compressor::new(rate, 1).latency_samples()
}

/// Gains in dB of the samples of each channel, which are not 0; the latency is taken off.
fn gains_db(
    audio: &Audio,
    settings: &CompressorSettings,
    rate: f64,
    way: Implementation,
) -> Vec<Vec<f64>> {
    let latency = latency(rate);
    let mut longer = audio.clone();
    for channel in &mut longer {
        channel.resize(channel.len() + latency, 0.0);
    }
    let out = compress(&longer, None, settings, rate, way);
    let gain_db = |(out, x): (&f32, &f32)| to_db(f64::from(*out) / f64::from(*x));
    let channels = out.iter().zip(audio);
    channels
        .map(|(out, audio)| out[latency..].iter().zip(audio).map(gain_db).collect())
        .collect()
}

/// Giannoulis, Massberg, Reiss, JAES 60(6) 2012, eq. 4: the output level less the input level.
fn textbook_gain_db(level: f64, curve: &GainComputer) -> f64 {
    let (threshold, ratio) = (f64::from(curve.threshold_db), f64::from(curve.ratio));
    let (over, knee) = (level - threshold, f64::from(curve.knee_db));
    if 2.0 * over < -knee {
        0.0
    } else if 2.0 * over.abs() <= knee && knee > 0.0 {
        (1.0 / ratio - 1.0) * (over + knee / 2.0).powi(2) / (2.0 * knee)
    } else {
        threshold + over / ratio - level
    }
}

/// Steady gain in dB of a mono sine that the compressor has heard for a second.
fn steady_gain_db(signal: &[f32], settings: &CompressorSettings, way: Implementation) -> f64 {
    let out = compress(&vec![signal.to_vec()], None, settings, RATE, way);
    let power = |x: &[f32]| x.iter().map(|x| f64::from(*x).powi(2)).sum::<f64>();
    let tail = signal.len() / 2;
    let latency = latency(RATE);
    10.0 * (power(&out[0][tail + latency..]) / power(&signal[tail..signal.len() - latency])).log10()
}
