//! Signals of the tests: seeded, so that a failure repeats.

use super::{AnalysisSettings, Analyst, Decision, Hop};

/// Hop length of a sample rate: 2048 at 44.1 and 48 kHz, doubling per octave.
pub fn hop_samples(sample_rate: f64) -> usize {
    let octaves = (sample_rate / 44_100.0).log2().floor().clamp(-3.0, 5.0);
    (2048.0 * octaves.exp2()) as usize
}

/// Noise from a linear congruential generator.
pub struct Noise {
    state: u32,
    pink: [f32; 7],
}

impl Noise {
    pub fn new(seed: u32) -> Self {
        Self {
            state: seed,
            pink: [0.0; 7],
        }
    }

    /// Uniform in -1..1.
    pub fn white(&mut self) -> f32 {
        self.state = self
            .state
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        (self.state >> 8) as f32 / 8_388_608.0 - 1.0
    }

    /// Pink within 0.05 dB above 10 Hz at 44.1 kHz (Kellet's filter), about -17 dB RMS.
    pub fn pink(&mut self) -> f32 {
        let white = self.white();
        let p = &mut self.pink;
        p[0] = 0.99886 * p[0] + white * 0.055_517_9;
        p[1] = 0.99332 * p[1] + white * 0.075_075_9;
        p[2] = 0.96900 * p[2] + white * 0.153_852;
        p[3] = 0.86650 * p[3] + white * 0.310_485_6;
        p[4] = 0.55000 * p[4] + white * 0.532_952_2;
        p[5] = -0.7616 * p[5] - white * 0.016_898;
        let sum: f32 = p.iter().sum::<f32>() + white * 0.5362;
        p[6] = white * 0.115_926;
        0.11 * sum
    }
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
) -> Vec<Decision> {
    let mut gain_db = 0.0;
    let mut decisions = Vec::new();
    for (l, r) in left.chunks_exact(hop).zip(right.chunks_exact(hop)) {
        let gain = crate::dsp::decibel::db_to_gain(gain_db);
        let out: Vec<Vec<f32>> = [l, r]
            .iter()
            .map(|c| c.iter().map(|v| v * gain).collect())
            .collect();
        let decision = analyst.hop(
            &Hop {
                input: &[l, r],
                output: &[&out[0], &out[1]],
                loudness_gain_db: gain_db,
            },
            settings,
        );
        gain_db = decision.loudness_gain_db + decision.makeup_gain_db;
        decisions.push(decision);
    }
    decisions
}
