//! Signals of the tests: seeded, so that a failure repeats.

use crate::ear::analyst::{Analyst, Hop};
use crate::ear::settings::AnalysisSettings;
use auralis_dsp::chain::Adaptive;

pub use auralis_dsp::signals::Noise;

/// Hop length of a sample rate: 2048 at 44.1 and 48 kHz, doubling per octave.
pub fn hop_samples(sample_rate: f64) -> usize {
    let octaves = (sample_rate / 44_100.0).log2().floor().clamp(-3.0, 5.0);
    (2048.0 * octaves.exp2()) as usize
}

/// One channel of `length` samples from a function of the index.
pub fn signal(length: usize, f: impl FnMut(usize) -> f32) -> Vec<f32> {
    (0..length).map(f).collect()
}

/// Runs an analyst over a stereo programme whose output is the input times the loudness gain that
/// was decided a hop before; returns every decision.
pub fn run(
    analyst: &mut Analyst,
    left: &[f32],
    right: &[f32],
    hop: usize,
    settings: &AnalysisSettings,
) -> Vec<Adaptive> {
    let mut gain_db = 0.0;
    let mut decisions = Vec::new();
    for (l, r) in left.chunks_exact(hop).zip(right.chunks_exact(hop)) {
        let gain = auralis_dsp::basics::decibel::db_to_gain(gain_db);
        let out: Vec<Vec<f32>> = [l, r]
            .iter()
            .map(|c| c.iter().map(|v| v * gain).collect())
            .collect();
        let hop = Hop {
            input: &[l, r],
            output: &[&out[0], &out[1]],
            loudness_gain_db: gain_db,
            again: false,
        };
        let measures = analyst.measure(&hop);
        let decision = analyst.hop(&hop, &measures, settings);
        gain_db = decision.loudness_gain_db + decision.makeup_gain_db;
        decisions.push(decision);
    }
    decisions
}
