//! The laws of the limiter: nothing over the ceiling, and the gain that sees to it.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod ceiling;
mod gain;
mod link;
mod programme;

use std::f64::consts::TAU;

use auralis_dsp::limiter::{Limiter, LimiterSettings};
use auralis_dsp::signals::{Noise, noise, sine};
use auralis_dsp::simd::instruction_set::Implementation;
use common::*;

const SETTINGS: LimiterSettings = LimiterSettings {
    on: true,
    drive_db: 0.0,
    ceiling_db: -1.0,
    release_ms: 100.0,
    auto_release: false,
    true_peak: true,
    link: 1.0,
};

fn limit(audio: &Audio, settings: &LimiterSettings, rate: f64, way: Implementation) -> Audio {
    let mut limiter = Limiter::new(rate, audio.len());
    play(audio, |_, frame| {
        limiter.process(frame, settings, way);
    })
}

fn latency(rate: f64) -> usize {
    Limiter::new(rate, 2).latency_samples()
}

/// Clicks of one to three samples, of either sign, at seeded places.
fn clicks(len: usize) -> Vec<f32> {
    let (mut noise, mut signal) = (Noise::new(5), vec![0.0; len]);
    for _ in 0..len / 400 {
        let at = noise.below(len - 3);
        let width = 1 + noise.below(3);
        for x in &mut signal[at..at + width] {
            *x = if noise.white() > 0.0 { 1.0 } else { -1.0 };
        }
    }
    signal
}

/// Full-scale signals with peaks that are hard to foresee, 12 dB too loud; and a step by 40 dB.
fn hard_signals(rate: f64) -> Vec<(&'static str, Vec<f32>)> {
    let len = samples(0.25, rate);
    let square: Vec<f32> = sine(441.0, 1.0, rate, len)
        .iter()
        .map(|x| x.signum())
        .collect();
    // A quarter of the rate, sampled at 45 degrees: 3 dB between the samples.
    let quarter: Vec<f32> = (0..len)
        .map(|n| (TAU * (n as f64 / 4.0 + 0.125)).sin() as f32)
        .collect();
    let tone = sine(3000.0, 1.0, rate, len);
    let hiss = noise(2, len);
    let is_loud = |n: usize, every: usize| n % samples(0.05, rate) < samples(0.05, rate) / every;
    let mut bursts = tone.clone();
    for (n, x) in bursts.iter_mut().enumerate() {
        *x = if is_loud(n, 4) { *x } else { 0.01 * hiss[n] };
    }
    let alternating: Vec<f32> = (0..len)
        .map(|n| if n % 2 == 0 { 1.0 } else { -1.0 })
        .collect();
    let mut edge = louder(&sine(200.0, 1.0, rate, len), -20.0);
    let late = len / 2;
    edge[late..].iter_mut().for_each(|x| *x *= 100.0);
    let driven = [
        ("square", louder(&square, 12.0)),
        ("quarter of the rate", louder(&quarter, 12.0)),
        ("clicks", louder(&clicks(len), 12.0)),
        ("white noise", louder(&hiss, 12.0)),
        ("programme noise", louder(&below(&hiss, 0.45), 12.0)),
        ("bursts", louder(&bursts, 12.0)),
        ("alternating", louder(&alternating, 12.0)),
        ("edge", edge),
    ];
    let silence = vec![0.0; samples(0.02, rate)];
    driven
        .map(|(name, signal)| (name, [&silence[..], &signal, &silence].concat()))
        .to_vec()
}

/// A bass, a chord, and bursts of noise up to 12 kHz that decay as drums do, 10 dB too loud; silence at
/// either end.
fn chords_and_drums(rate: f64) -> Vec<f32> {
    let len = samples(1.0, rate);
    let hits = below(&noise(6, len), 12_000.0 / rate);
    let beat = samples(0.12, rate);
    let notes = [
        (55.0, 0.5),
        (330.0, 0.2),
        (415.0, 0.2),
        (494.0, 0.2),
        (1976.0, 0.1),
    ];
    let mut music: Vec<f32> = (0..len)
        .map(|n| hits[n] * (-((n % beat) as f32) / (0.02 * rate as f32)).exp())
        .collect();
    for (hz, level) in notes {
        let note = sine(hz, level, rate, len);
        music.iter_mut().zip(note).for_each(|(x, note)| *x += note);
    }
    // Faded: a cut would have energy up to half the rate.
    let fade = samples(0.02, rate);
    for n in 0..fade {
        let gain = 0.5 - 0.5 * (std::f32::consts::PI * n as f32 / fade as f32).cos();
        music[n] *= gain;
        music[len - 1 - n] *= gain;
    }
    let silence = vec![0.0; fade];
    [&silence[..], &louder(&music, 10.0), &silence].concat()
}
