//! How far the level around each bin lies above the levels of its flanks.
//!
//! Both are means of dB, not of power: noise has as much of them at either place, and a partial in a flank
//! counts for as little as one bin may.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::larger;
use crate::simd::instruction_set::Implementation;
use crate::tame::tiers::{LANES, Run, SIZE, Tier};

/// Where the spectrum falls off, the flank below its edge counts as if the one above were as far below it, in dB.
const EDGE_DB: f32 = 3.0;

/// Sums of the levels of a spectrum, and the contrast of its bins.
#[derive(Debug, Clone)]
pub struct Contrast {
    /// Of all levels before each bin in dB, and some behind the last.
    sums: Vec<f32>,
    /// Contrast of each bin that is used, in dB, and of some behind the last.
    pub db: Vec<f32>,
}

impl Default for Contrast {
    fn default() -> Self {
        Self {
            sums: vec![0.0; SIZE / 2 + 2 * LANES],
            db: vec![0.0; SIZE / 2],
        }
    }
}

impl Contrast {
    /// That of a tier's newest levels in dB, whose mean it returns.
    #[inline(always)]
    pub fn take(&mut self, tier: &Tier, levels_db: &[f32], implementation: Implementation) -> f32 {
        self.add_up(&levels_db[..tier.count()]);
        let runs = tier.runs.iter().zip(self.db.as_chunks_mut().0);
        match implementation {
            Implementation::Scalar => {
                for (run, db) in runs {
                    compare(&self.sums, run, db);
                }
            }
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                for (run, db) in runs {
                    fast_compare(simd, &self.sums, run, db);
                }
            }),
        }
        #[allow(clippy::cast_precision_loss)] // small
        let len = tier.count() as f32;
        self.sums[tier.count()] / len
    }

    #[inline(always)]
    fn add_up(&mut self, levels_db: &[f32]) {
        let mut sum = 0.0;
        // Four at once, so that they wait for one addition.
        let fours = levels_db.as_chunks::<4>().0.iter();
        for (before, [a, b, c, d]) in self.sums.as_chunks_mut().0.iter_mut().zip(fours) {
            let two = a + b;
            *before = [sum, sum + a, sum + two, sum + (two + c)];
            sum += two + (c + d);
        }
        self.sums[levels_db.len()..][..2 * LANES].fill(sum);
    }
}

fn compare(sums: &[f32], run: &Run, contrast_db: &mut [f32; LANES]) {
    for (bin, contrast) in contrast_db.iter_mut().enumerate() {
        let mean = |span: usize| {
            let [from, to] = run.spans[span];
            run.shares[span] * (sums[to + bin] - sums[from + bin])
        };
        let (below, above) = (mean(1), mean(2));
        let higher = larger(below, above) - EDGE_DB;
        *contrast = mean(0) - larger(0.5 * (below + above), higher);
    }
}

/// The same, all eight at a time.
#[inline(always)]
fn fast_compare<S: Simd>(simd: S, sums: &[f32], run: &Run, contrast_db: &mut [f32; LANES]) {
    let centre = fast_mean(simd, sums, run, 0);
    let below = fast_mean(simd, sums, run, 1);
    let above = fast_mean(simd, sums, run, 2);
    let around = ((below + above) * 0.5).max(below.max(above) - EDGE_DB);
    (centre - around).store_slice(contrast_db);
}

/// The means of the levels in a span of eight bins.
#[inline(always)]
fn fast_mean<S: Simd>(simd: S, sums: &[f32], run: &Run, span: usize) -> f32x8<S> {
    let [from, to] = run.spans[span];
    let (from, to) = (&sums[from..from + LANES], &sums[to..to + LANES]);
    (f32x8::from_slice(simd, to) - f32x8::from_slice(simd, from)) * run.shares[span]
}
