//! The low end of a channel at a low rate: a windowed sinc (Oppenheim and Schafer, "Discrete-time signal
//! processing", section 7.5; Blackman's window, 74 dB) that is read at every `factor`-th sample only.
//!
//! Up to 0.22 of the low rate it is flat within 0.01 dB and free of aliases.

use std::f64::consts::{PI, TAU};

use auralis_dsp::simd::instruction_set::InstructionSet;
use fearless_simd::dispatch;

/// Taps for every sample of the low rate: the transition ends where aliases would reach 0.22.
const TAPS_PER_SAMPLE: usize = 12;
/// Lanes of a sum.
const LANES: usize = 16;

/// The decimator of one channel.
#[derive(Debug, Clone)]
pub struct Decimator {
    factor: usize,
    taps: Vec<f32>,
    /// What came before the block, then the block.
    samples: Vec<f32>,
}

impl Decimator {
    /// Keeps one of `factor` samples, a multiple of four.
    pub fn new(factor: usize) -> Self {
        let count = TAPS_PER_SAMPLE * factor;
        let centre = 0.5 * (count as f64 - 1.0);
        let tap = |n: usize| {
            let t = (n as f64 - centre) / factor as f64;
            let phase = TAU * (n as f64 + 0.5) / count as f64;
            let window = 0.42 - 0.5 * phase.cos() + 0.08 * (2.0 * phase).cos();
            window * (PI * t).sin() / (PI * t)
        };
        let taps: Vec<f64> = (0..count).map(tap).collect();
        let sum: f64 = taps.iter().sum();
        Self {
            factor,
            taps: taps.iter().map(|tap| (tap / sum) as f32).collect(),
            samples: vec![0.0; count],
        }
    }

    /// Takes a block of whole `factor`s and appends what is left of it.
    pub fn push(&mut self, block: &[f32], low: &mut Vec<f32>) {
        let history = self.taps.len();
        self.samples.truncate(history);
        self.samples.extend_from_slice(block);
        let set = InstructionSet::best();
        for end in (self.factor..=block.len()).step_by(self.factor) {
            let window = &self.samples[end..end + history];
            low.push(dispatch!(set.level(), _simd => product(window, &self.taps)));
        }
        self.samples.drain(..block.len());
    }
}

/// Sum of the products, in lanes.
#[inline(always)]
fn product(samples: &[f32], taps: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; LANES];
    let pairs = samples.as_chunks::<LANES>().0.iter();
    for (samples, taps) in pairs.zip(taps.as_chunks::<LANES>().0) {
        for lane in 0..LANES {
            lanes[lane] += samples[lane] * taps[lane];
        }
    }
    lanes.iter().sum()
}
