//! What is a resonance's of the contrast of each bin.
//!
//! A resonance and the partial of a note both stand out. What tells them apart is how the contrast of a bin
//! usually moves: it is averaged over a few seconds, with its spread, and over the shorter time that the speed
//! asks for. A **settled** resonance is one whose mean lies above what its spread explains: notes come and
//! go, a resonance stays. A **sudden** one is what stands out so far as the bin's own past makes unlikely.

use std::ops::Range;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::{larger, smaller};
use crate::simd::instruction_set::Implementation;
use crate::tame::peaks::width_q;
use crate::tame::tiers::{LANES, TIERS, Tier};

/// Spread before anything was heard, in dB.
const SPREAD_DB: f32 = 4.0;
/// A spread is this in dB at least.
const LEAST_SPREAD_DB: f32 = 1.0;
/// The least contrast that is remembered, in dB.
const LOWEST_DB: f32 = -12.0;
/// Share of the usual height of what stands out around that a settled one must be higher: the partials of a chord
/// are many, a resonance is alone.
const USUAL: f32 = 1.4;
/// Spreads that the mean of a settled resonance is lowered by.
const SETTLED_SPREADS: f32 = 0.5;
/// What is left then counts from the first on and in full from the second, in dB, by tier: the lower, the more partials
/// of notes are told apart.
const SETTLED_DB: [[f32; 2]; TIERS] = [[2.0, 3.0], [3.0, 4.2], [4.8, 6.2]];
/// Spreads above the mean from which a sudden one counts, and counts in full.
const SUDDEN_SPREADS: [f32; 2] = [1.1, 1.6];
/// Share of what all bins of the tier lie beside their means, in spreads, that a sudden one must stand out more: a note
/// that begins moves many of them, a resonance is alone.
const UNREST: f32 = 1.5;
/// Contrast from which a sudden one counts, and counts in full, in dB.
const SUDDEN_DB: [f32; 2] = [4.0, 6.0];
/// A bin of a working voice counts as before from this contrast on, in dB.
const KNOWN_DB: [f32; 2] = [5.0, 7.0];

/// Weights of a new spectrum of a tier.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Weights {
    /// In the average over the time that the speed asks for.
    pub sudden: f32,
    /// In the mean and the spread over the long time.
    pub settled: f32,
    /// In the same while next to nothing was heard.
    pub beginning: f32,
    /// A contrast up to the first is believed in full, one from the second on not at all, in dB: the partial of a note
    /// played alone rises by thirty dB and more, a resonance by a few to some twenty.
    pub tone_db: [f32; 2],
}

/// The memory of the bins of one tier of one spectrum.
#[derive(Debug, Clone)]
pub struct Memory {
    /// Averages over the short and the long time, in dB.
    short_db: Vec<f32>,
    mean_db: Vec<f32>,
    /// Mean square of what lies beside the mean, in dB².
    variance: Vec<f32>,
    /// What is a resonance's, in dB.
    pub height_db: Vec<f32>,
    /// How far that is settled, 0 to 1.
    settled: Vec<f32>,
    /// Root mean square of the means around each vector of bins, in dB.
    usual_db: Vec<f32>,
    /// How far all bins lay beside their means in the last spectrum, in spreads, on the average.
    unrest: f32,
    /// One over the number of bins.
    share: f32,
}

impl Memory {
    /// Nothing was heard yet.
    pub fn new(tier: &Tier) -> Self {
        let bins = || vec![0.0; tier.padded()];
        let mut new = Self {
            short_db: bins(),
            mean_db: bins(),
            variance: bins(),
            height_db: bins(),
            settled: bins(),
            usual_db: vec![0.0; tier.runs.len()],
            unrest: 0.0,
            #[allow(clippy::cast_precision_loss)] // small
            share: 1.0 / tier.padded() as f32,
        };
        new.reset();
        new
    }

    /// Forgets what it heard.
    pub fn reset(&mut self) {
        self.short_db.fill(0.0);
        self.mean_db.fill(0.0);
        self.variance.fill(SPREAD_DB * SPREAD_DB);
        self.height_db.fill(0.0);
        self.settled.fill(0.0);
        self.usual_db.fill(0.0);
        self.unrest = 0.0;
    }

    /// Takes a new contrast in, and tells what of it is a resonance's.
    #[inline(always)]
    pub fn take(
        &mut self,
        contrast_db: &[f32],
        tier: &Tier,
        weights: Weights,
        implementation: Implementation,
    ) {
        match implementation {
            Implementation::Scalar => self.take_in(contrast_db, tier, weights),
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                self.fast_take_in(simd, contrast_db, tier, weights);
            }),
        }
    }

    fn take_in(&mut self, contrast_db: &[f32], tier: &Tier, weights: Weights) {
        let (bar, mut sum) = (UNREST * self.unrest, 0.0);
        for (bin, contrast) in contrast_db[..tier.padded()].iter().enumerate() {
            let (short, mean) = (&mut self.short_db[bin], &mut self.mean_db[bin]);
            let variance = &mut self.variance[bin];
            let believed = larger(*contrast, LOWEST_DB) * (1.0 - open(*contrast, weights.tone_db));
            *short += weights.sudden * (believed - *short);
            let away = *short - *mean;
            let spread = variance.sqrt();
            let settled = open(
                *mean - SETTLED_SPREADS * spread - USUAL * self.usual_db[bin / LANES],
                SETTLED_DB[tier.number],
            );
            let spreads = away / (spread + LEAST_SPREAD_DB);
            sum += spreads.abs();
            let sudden = open(spreads - bar, SUDDEN_SPREADS) * open(*short, SUDDEN_DB);
            self.settled[bin] = settled;
            self.height_db[bin] = larger(*mean * settled, *short * sudden * (1.0 - settled))
                * tier.runs[bin / LANES].over_left;
            *mean += weights.settled * away;
            *variance += weights.settled * (away * away - *variance);
        }
        self.unrest = sum * self.share;
    }

    #[inline(always)]
    fn fast_take_in<S: Simd>(
        &mut self,
        simd: S,
        contrast_db: &[f32],
        tier: &Tier,
        weights: Weights,
    ) {
        let (bar, mut sum) = (UNREST * self.unrest, f32x8::splat(simd, 0.0));
        let contrast = contrast_db.as_chunks::<LANES>().0.iter();
        let averages = self
            .short_db
            .as_chunks_mut::<LANES>()
            .0
            .iter_mut()
            .zip(self.mean_db.as_chunks_mut::<LANES>().0);
        let settled_to = self.settled.as_chunks_mut::<LANES>().0.iter_mut();
        let rest = self
            .variance
            .as_chunks_mut::<LANES>()
            .0
            .iter_mut()
            .zip(self.height_db.as_chunks_mut::<LANES>().0);
        for (
            (((contrast, (short_to, mean_to)), (variance_to, height_to)), settled_to),
            (usual, run),
        ) in contrast
            .zip(averages)
            .zip(rest)
            .zip(settled_to)
            .zip(self.usual_db.iter().zip(&tier.runs))
        {
            let contrast = f32x8::from_slice(simd, contrast);
            let tone = fast_open(simd, contrast, weights.tone_db);
            let contrast = contrast.max(LOWEST_DB);
            let believed = contrast - contrast * tone;
            let short = f32x8::from_slice(simd, short_to);
            let mean = f32x8::from_slice(simd, mean_to);
            let variance = f32x8::from_slice(simd, variance_to);
            let short = (believed - short).mul_add(weights.sudden, short);
            let away = short - mean;
            let spread = variance.sqrt();
            let settled = fast_open(
                simd,
                mean - spread * SETTLED_SPREADS - USUAL * usual,
                SETTLED_DB[tier.number],
            );
            let spreads = away / (spread + LEAST_SPREAD_DB);
            sum += spreads.abs();
            let sudden =
                fast_open(simd, spreads - bar, SUDDEN_SPREADS) * fast_open(simd, short, SUDDEN_DB);
            settled.store_slice(settled_to);
            ((mean * settled).max(short * sudden * (1.0 - settled)) * run.over_left)
                .store_slice(height_to);
            away.mul_add(weights.settled, mean).store_slice(mean_to);
            (away * away - variance)
                .mul_add(weights.settled, variance)
                .store_slice(variance_to);
            short.store_slice(short_to);
        }
        let (low, high) = sum.split();
        let four = low + high;
        self.unrest = ((four[0] + four[1]) + (four[2] + four[3])) * self.share;
    }

    /// How high what stands out usually is around each bin.
    #[inline(always)]
    pub fn get_used(&mut self, tier: &Tier, sums: &mut [f32]) {
        let mut sum = 0.0;
        for (before, mean) in sums.iter_mut().zip(&self.mean_db) {
            *before = sum;
            let above = larger(*mean, 0.0);
            sum += above * above;
        }
        for (run, usual) in tier.runs.iter().zip(&mut self.usual_db) {
            let [[a, b], [c, d]] = run.beside;
            #[allow(clippy::cast_precision_loss)] // small
            let count = (b - a + d - c).max(1) as f32;
            *usual = ((sums[b] - sums[a] + sums[d] - sums[c]) / count).sqrt();
        }
    }

    /// The quality of the peak at a bin: of the average that its contrast is higher in.
    pub fn quality(&self, tier: &Tier, bin: usize) -> f32 {
        let average_db = if self.short_db[bin] > self.mean_db[bin] {
            &self.short_db
        } else {
            &self.mean_db
        };
        width_q(average_db, bin, tier)
    }

    /// Bins where one is cut already need less to be a resonance's.
    #[inline(always)]
    pub fn keep(&mut self, tier: &Tier, bins: Range<usize>) {
        for bin in bins {
            let short = self.short_db[bin];
            let kept = short * open(short, KNOWN_DB) * (1.0 - self.settled[bin]);
            let kept = kept * tier.runs[bin / LANES].over_left;
            self.height_db[bin] = larger(self.height_db[bin], kept);
        }
    }

    /// Goes on from what another heard.
    pub fn take_over(&mut self, other: &Self) {
        self.short_db.copy_from_slice(&other.short_db);
        self.mean_db.copy_from_slice(&other.mean_db);
        self.variance.copy_from_slice(&other.variance);
        self.height_db.copy_from_slice(&other.height_db);
        self.settled.copy_from_slice(&other.settled);
    }
}

/// From 0 to 1 between two values.
#[inline(always)]
fn open(value: f32, [shut, open]: [f32; 2]) -> f32 {
    let way = (value - shut) * (1.0 / (open - shut));
    smaller(larger(way, 0.0), 1.0)
}

#[inline(always)]
fn fast_open<S: Simd>(_: S, value: f32x8<S>, [shut, open]: [f32; 2]) -> f32x8<S> {
    ((value - shut) * (1.0 / (open - shut))).max(0.0).min(1.0)
}
