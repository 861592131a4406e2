//! What stands out of the programme's own smoothed spectrum, for how long, and how far beyond what is
//! usual around it.
//!
//! A resonance and the partial of a note both are peaks. What tells them apart: a resonance stays where it
//! is while the notes move, so the excess is averaged over a time, faster downwards than upwards; it
//! rises above its surroundings by a few to some twenty dB, where the partial of a note played alone
//! rises by thirty or more, so an excess beyond `TONE_DB` counts less and less; and it is alone, where
//! the partials of a chord are many, so it must stand out of the usual height of the peaks around it.

use std::ops::Range;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::{larger, smaller};
use crate::simd::instruction_set::Implementation;
use crate::tame::analysis::Levels;
use crate::tame::grid::{Grid, Reach};

/// An excess up to the first is believed in full, one from the second on not at all, in dB.
const TONE_DB: [f32; 2] = [18.0, 32.0];
/// The smallest excess that is kept: a valley leaves no debt behind.
const LOWEST_DB: f32 = -6.0;
/// At an edge of the spectrum the smoothed one is not more than this below its upper side, in dB.
const EDGE_DB: f32 = 5.0;
/// How much faster the average falls than it rises.
const FALL: f32 = 2.0;
/// The average excess of noise, in dB: the mean of its levels lies below the level of its mean power, and
/// the average falls faster than it rises. What bands have on the average is taken off, down to here.
pub const NOISE_DB: f32 = -4.0;
/// Excess beyond the usual height of peaks from which it counts, and from which it counts in full, in dB.
pub const GATE_DB: [f32; 2] = [4.5, 8.0];
/// A peak that is cut already may be so much lower, in dB.
pub const KNOWN_DB: f32 = 6.5;
/// Share that averaging over bins and over time leaves of a resonance's excess.
const LEFT: f32 = 1.0 / 1.9;
/// How far around a peak others are looked at, in octaves.
const AROUND_OCTAVES: f32 = 0.7;
/// Below this level of the loudest band, in dB, there is no programme.
const SILENCE_DB: f32 = -95.0;

/// Bins of a vector.
const LANES: usize = 8;
/// Bins before the first and after the last, so that others can be looked at around them.
const MARGIN: usize = 16;

/// The averaged excess of one spectrum.
#[derive(Debug, Clone)]
pub struct StandOut {
    /// Averaged excess of each bin over the smoothed spectrum and over what is common around, smoothed as a
    /// resonance is wide, in dB.
    pub excess_db: Vec<f32>,
    /// The same beyond the usual height of peaks around, in dB.
    pub beyond_db: Vec<f32>,
    /// Averaged excess over the smoothed spectrum, [`MARGIN`] bins late.
    average_db: Vec<f32>,
    /// The newest, [`MARGIN`] bins late.
    now_db: Vec<f32>,
    /// Of all averages of a tier before each bin, [`MARGIN`] bins late.
    sums: Vec<f32>,
    /// The smoothed spectrum at each band, in dB.
    smooth_db: Vec<f32>,
    /// Averaged excess of each band, in dB.
    means_db: Vec<f32>,
    /// Height of the highest peak of each band, in dB.
    heights_db: Vec<f32>,
    /// Mean excess around each band and at each bin, in dB.
    mean_db: [Vec<f32>; 2],
    /// Usual height of peaks around each band and at each bin, in dB.
    usual_db: [Vec<f32>; 2],
    sides: [Vec<f32>; 2],
    is_silence: bool,
}

impl StandOut {
    /// Nothing stands out yet.
    pub fn new(grid: &Grid) -> Self {
        let bands = || vec![0.0; grid.bands.len()];
        let bins = || vec![0.0; grid.len + 2 * MARGIN];
        let mut new = Self {
            excess_db: bins(),
            beyond_db: bins(),
            average_db: bins(),
            now_db: bins(),
            sums: bins(),
            smooth_db: bands(),
            means_db: bands(),
            heights_db: bands(),
            mean_db: [bands(), bins()],
            usual_db: [bands(), bins()],
            sides: [bands(), bands()],
            is_silence: true,
        };
        new.reset();
        new
    }

    /// Forgets what stood out.
    pub fn reset(&mut self) {
        self.average_db.fill(0.0);
        self.means_db.fill(0.0);
        self.excess_db.fill(0.0);
        self.beyond_db.fill(0.0);
        self.mean_db.iter_mut().for_each(|mean| mean.fill(0.0));
        self.usual_db.iter_mut().for_each(|usual| usual.fill(0.0));
    }

    /// Goes on from what stood out of another spectrum of the same grid; the memory stays.
    pub fn take_over(&mut self, other: &Self) {
        self.excess_db.copy_from_slice(&other.excess_db);
        self.beyond_db.copy_from_slice(&other.beyond_db);
        self.average_db.copy_from_slice(&other.average_db);
        self.now_db.copy_from_slice(&other.now_db);
        self.sums.copy_from_slice(&other.sums);
        self.smooth_db.copy_from_slice(&other.smooth_db);
        self.means_db.copy_from_slice(&other.means_db);
        self.heights_db.copy_from_slice(&other.heights_db);
        let pairs = [
            (&mut self.mean_db, &other.mean_db),
            (&mut self.usual_db, &other.usual_db),
            (&mut self.sides, &other.sides),
        ];
        for (own, other) in pairs {
            for (own, other) in own.iter_mut().zip(other) {
                own.copy_from_slice(other);
            }
        }
        self.is_silence = other.is_silence;
    }

    /// The programme's smoothed spectrum at the bands.
    #[inline(always)]
    pub fn smooth(&mut self, levels: &Levels, reach: &Reach) {
        let [below, above] = &mut self.sides;
        reach.around(&levels.bands_db, below, above);
        for (smooth, (below, above)) in self.smooth_db.iter_mut().zip(below.iter().zip(above)) {
            let higher = larger(*below, *above);
            *smooth = larger(0.5 * (*below + *above), higher - EDGE_DB);
        }
        let loudest = levels.bands_db.iter().fold(f32::MIN, |a, b| larger(a, *b));
        self.is_silence = loudest < SILENCE_DB;
    }

    /// Takes the newest spectrum of a tier in with a weight, unless it is silence.
    #[inline(always)]
    pub fn update(
        &mut self,
        grid: &Grid,
        tier: usize,
        levels: &Levels,
        weight: f32,
        implementation: Implementation,
    ) {
        let bins = grid.tier(tier);
        if self.is_silence || bins.is_empty() {
            return;
        }
        let weights = [weight, smaller(FALL * weight, 1.0)];
        match implementation {
            Implementation::Scalar => self.take_in(grid, tier, bins, levels, weights),
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                self.fast_take_in(simd, grid, tier, bins, levels, weights);
            }),
        }
        for band in grid.bands_of_tier[tier].clone() {
            let bins = &grid.bands[band].bins;
            let [from, to] = [bins.start, bins.end].map(|bin| self.sums[MARGIN + bin]);
            self.means_db[band] = grid.bands[band].share * (to - from);
        }
    }

    fn take_in(
        &mut self,
        grid: &Grid,
        tier: usize,
        bins: Range<usize>,
        levels: &Levels,
        weights: [f32; 2],
    ) {
        let (pairs, late) = (grid.between_of_tier[tier].clone(), late(&bins));
        let now_db = &mut self.now_db[MARGIN..];
        grid.subtract(pairs, &self.smooth_db, &levels.bins_db, now_db);
        let around_db = &self.now_db[late.start - 2..late.end + 2];
        average(around_db, &mut self.average_db[late], weights);
        self.add_up(bins);
        for (bins, half) in &grid.runs[tier] {
            self.widen(bins.clone(), *half);
        }
    }

    #[inline(always)]
    fn fast_take_in<S: Simd>(
        &mut self,
        simd: S,
        grid: &Grid,
        tier: usize,
        bins: Range<usize>,
        levels: &Levels,
        weights: [f32; 2],
    ) {
        let (pairs, late) = (grid.between_of_tier[tier].clone(), late(&bins));
        let now_db = &mut self.now_db[MARGIN..];
        grid.fast_subtract(simd, pairs, &self.smooth_db, &levels.bins_db, now_db);
        let around_db = &self.now_db[late.start - 2..late.end + 2];
        fast_average(simd, around_db, &mut self.average_db[late], weights);
        self.add_up(bins.clone());
        for (run, half) in &grid.runs[tier] {
            self.fast_widen(simd, run.clone(), *half, bins.end);
        }
    }

    /// Sums of the averages from some bins before the tier on.
    #[inline(always)]
    fn add_up(&mut self, bins: Range<usize>) {
        let late = bins.start + MARGIN - LANES..bins.end + MARGIN + LANES;
        let mut sum = 0.0;
        let averages = &self.average_db[late.clone()];
        for (before, average) in self.sums[late].iter_mut().zip(averages) {
            *before = sum;
            sum += average;
        }
    }

    /// Averages over the bins that a resonance is wide, and takes off what is common and what is usual.
    #[inline(always)]
    fn widen(&mut self, bins: Range<usize>, half: usize) {
        let share = share(half);
        for bin in bins {
            let (from, to) = (MARGIN + bin - half, MARGIN + bin + half + 1);
            let wide_db = share * (self.sums[to] - self.sums[from]);
            self.excess_db[bin] = wide_db - self.mean_db[1][bin];
            self.beyond_db[bin] = self.excess_db[bin] - self.usual_db[1][bin];
        }
    }

    /// The same, eight bins at a time: what lies beyond a run is put right with the next one, and what would
    /// lie beyond the tier is left out.
    #[inline(always)]
    fn fast_widen<S: Simd>(&mut self, simd: S, bins: Range<usize>, half: usize, end: usize) {
        let whole = bins
            .len()
            .next_multiple_of(LANES)
            .min((end - bins.start) / LANES * LANES);
        let split = bins.start + whole;
        self.fast_widen_whole(simd, bins.start..split, half);
        self.widen(split..bins.end, half);
    }

    #[inline(always)]
    fn fast_widen_whole<S: Simd>(&mut self, simd: S, bins: Range<usize>, half: usize) {
        let share = share(half);
        let from = &self.sums[MARGIN + bins.start - half..][..bins.len()];
        let to = &self.sums[MARGIN + bins.start + half + 1..][..bins.len()];
        let sums = from
            .as_chunks::<LANES>()
            .0
            .iter()
            .zip(to.as_chunks::<LANES>().0);
        let mean = self.mean_db[1][bins.clone()].as_chunks::<LANES>().0;
        let usual = self.usual_db[1][bins.clone()].as_chunks::<LANES>().0;
        let excess = self.excess_db[bins.clone()].as_chunks_mut::<LANES>().0;
        let beyond = self.beyond_db[bins].as_chunks_mut::<LANES>().0;
        let common = mean.iter().zip(usual);
        for (((excess, beyond), (from, to)), (mean, usual)) in
            excess.iter_mut().zip(beyond).zip(sums).zip(common)
        {
            let sum = f32x8::from_slice(simd, to) - f32x8::from_slice(simd, from);
            let here = sum * share - f32x8::from_slice(simd, mean);
            here.store_slice(excess);
            (here - f32x8::from_slice(simd, usual)).store_slice(beyond);
        }
    }

    /// What is common around each band.
    #[inline(always)]
    pub fn compare(&mut self, grid: &Grid, around: &Reach, implementation: Implementation) {
        let ([mean_db, at_bins], [above, _]) = (&mut self.mean_db, &mut self.sides);
        around.around(&self.means_db, mean_db, above);
        for (mean, above) in mean_db.iter_mut().zip(above.iter()) {
            *mean = larger(smaller(0.5 * (*mean + *above), 0.0), NOISE_DB);
        }
        grid.spread(mean_db, at_bins, implementation);
    }

    /// How high peaks usually are around each band.
    #[inline(always)]
    pub fn get_used(&mut self, grid: &Grid, around: &Reach, implementation: Implementation) {
        for (height, band) in self.heights_db.iter_mut().zip(&grid.bands) {
            let excess = &self.excess_db[band.bins.clone()];
            *height = excess.iter().fold(0.0, |a, b| larger(a, *b));
        }
        let ([usual_db, at_bins], [above, _]) = (&mut self.usual_db, &mut self.sides);
        around.around(&self.heights_db, usual_db, above);
        for (usual, above) in usual_db.iter_mut().zip(above.iter()) {
            *usual = 0.5 * (*usual + *above);
        }
        grid.spread(usual_db, at_bins, implementation);
    }

    /// What of a bin's excess is a resonance's, in dB: all or nothing but for a soft threshold, the given
    /// excess beyond what is usual.
    #[inline(always)]
    pub fn resonance_db(&self, bin: usize, gate_db: f32) -> f32 {
        let open = (self.beyond_db[bin] - gate_db) / (GATE_DB[1] - GATE_DB[0]);
        let open = open.clamp(0.0, 1.0);
        self.excess_db[bin] / LEFT * open * open * (3.0 - 2.0 * open)
    }
}

/// Averages over time; each bin is believed as the highest of the five around it allows.
fn average(around_db: &[f32], average_db: &mut [f32], [rise, fall]: [f32; 2]) {
    for (average, around) in average_db.iter_mut().zip(around_db.windows(5)) {
        let highest = around.iter().fold(f32::MIN, |a, b| larger(a, *b));
        let share = (TONE_DB[1] - highest) * (1.0 / (TONE_DB[1] - TONE_DB[0]));
        let believed = larger(around[2], LOWEST_DB) * larger(smaller(share, 1.0), 0.0);
        let step = believed - *average;
        *average += step * if step > 0.0 { rise } else { fall };
    }
}

#[inline(always)]
fn fast_average<S: Simd>(simd: S, around_db: &[f32], average_db: &mut [f32], weights: [f32; 2]) {
    let [rise, fall] = weights.map(|weight| f32x8::splat(simd, weight));
    let (chunks, rest) = average_db.as_chunks_mut::<LANES>();
    let done = chunks.len() * LANES;
    for (n, average_db) in chunks.iter_mut().enumerate() {
        let around = &around_db[n * LANES..][..LANES + 4];
        let at = |n: usize| f32x8::from_slice(simd, &around[n..n + LANES]);
        let highest = at(0).max(at(1)).max(at(3)).max(at(4)).max(at(2));
        let share = (f32x8::splat(simd, TONE_DB[1]) - highest) * (1.0 / (TONE_DB[1] - TONE_DB[0]));
        let believed = at(2).max(LOWEST_DB) * share.min(1.0).max(0.0);
        let average = f32x8::from_slice(simd, average_db);
        let step = believed - average;
        let weight = step.simd_gt(0.0).select(rise, fall);
        weight.mul_add(step, average).store_slice(average_db);
    }
    average(&around_db[done..], rest, weights);
}

/// Bins in lists that begin a margin late.
#[inline(always)]
fn late(bins: &Range<usize>) -> Range<usize> {
    bins.start + MARGIN..bins.end + MARGIN
}

/// One over the number of bins with so many on either side.
#[inline(always)]
fn share(half: usize) -> f32 {
    #[allow(clippy::cast_precision_loss)] // small counts
    let count = (2 * half + 1) as f32;
    1.0 / count
}

/// Weights for what is around a peak.
pub fn around(grid: &Grid) -> Reach {
    Reach::new(&grid.bands, AROUND_OCTAVES)
}
