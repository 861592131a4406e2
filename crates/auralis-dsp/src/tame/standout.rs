//! What stands out of the programme's own smoothed spectrum, for how long, and how far beyond what is
//! usual around it.
//!
//! A resonance and the partial of a note both are peaks. What tells them apart: a resonance stays where it
//! is while the notes move, so the excess is averaged over a time, faster downwards than upwards; it
//! rises above its surroundings by a few to some twenty dB, where the partial of a note played alone
//! rises by thirty or more, so an excess beyond `TONE_DB` counts less and less; and it is alone, where
//! the partials of a chord are many, so it must stand out of the usual height of the peaks around it.

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

/// Looks from which one is taken to find what is usual.
const LOOKS: usize = 4;
/// Bins of a vector.
const LANES: usize = 8;
/// Bins before the first of those that others are looked at around.
const MARGIN: usize = 8;

/// The averaged excess of one spectrum.
#[derive(Debug, Clone)]
pub struct StandOut {
    /// Averaged excess of each bin over the smoothed spectrum, smoothed as a resonance is wide, in dB.
    pub wide_db: Vec<f32>,
    /// The same before it is smoothed.
    average_db: Vec<f32>,
    /// The newest, [`MARGIN`] bins late.
    now_db: Vec<f32>,
    /// Of all averages before each bin, [`MARGIN`] bins late.
    sums: Vec<f32>,
    /// The smoothed spectrum at each band in dB, later the height of its peak.
    of_bands: Vec<f32>,
    /// Mean excess around each band, in dB.
    mean_db: Vec<f32>,
    /// Usual height of peaks around each band, in dB.
    usual_db: Vec<f32>,
    sides: [Vec<f32>; 2],
    /// Looks since what is usual was last found.
    looks: usize,
}

impl StandOut {
    /// Nothing stands out yet.
    pub fn new(grid: &Grid) -> Self {
        let bands = || vec![0.0; grid.bands.len()];
        let padded = grid.len.next_multiple_of(LANES);
        Self {
            wide_db: vec![NOISE_DB; padded],
            average_db: vec![0.0; padded],
            now_db: vec![0.0; padded + 2 * MARGIN],
            sums: vec![0.0; padded + 2 * MARGIN],
            of_bands: bands(),
            mean_db: bands(),
            usual_db: bands(),
            sides: [bands(), bands()],
            looks: 0,
        }
    }

    /// Forgets what stood out.
    pub fn reset(&mut self) {
        self.wide_db.fill(NOISE_DB);
        self.average_db.fill(0.0);
        self.mean_db.fill(NOISE_DB);
        self.usual_db.fill(0.0);
        self.looks = 0;
    }

    /// Goes on from what stood out of another spectrum.
    pub fn take_over(&mut self, other: &Self) {
        self.average_db.copy_from_slice(&other.average_db);
    }

    /// Takes the newest spectrum in with a weight, unless it is silence.
    #[inline(always)]
    pub fn update(
        &mut self,
        grid: &Grid,
        levels: &Levels,
        reaches: [&Reach; 2],
        weight: f32,
        implementation: Implementation,
    ) {
        let loudest = levels.bands_db.iter().fold(f32::MIN, |a, b| larger(a, *b));
        if loudest < SILENCE_DB {
            return;
        }
        let [reach, around] = reaches;
        self.smooth(&levels.bands_db, reach);
        grid.subtract(&self.of_bands, &levels.bins_db, &mut self.now_db[MARGIN..]);
        let weights = [weight, smaller(FALL * weight, 1.0)];
        match implementation {
            Implementation::Scalar => {
                average(&self.now_db, &mut self.average_db, weights);
                self.add_up(grid);
                widen(grid, &self.sums, &mut self.wide_db);
            }
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                fast_average(simd, &self.now_db, &mut self.average_db, weights);
                self.add_up(grid);
                fast_widen(simd, grid, &self.sums, &mut self.wide_db);
            }),
        }
        // What is usual changes slowly.
        if self.looks == 0 {
            self.compare(grid, around);
        }
        self.looks = (self.looks + 1) % LOOKS;
    }

    /// The programme's smoothed spectrum at the bands.
    #[inline(always)]
    fn smooth(&mut self, bands_db: &[f32], reach: &Reach) {
        let [below, above] = &mut self.sides;
        reach.around(bands_db, below, above);
        for (smooth, (below, above)) in self.of_bands.iter_mut().zip(below.iter().zip(above)) {
            let higher = larger(*below, *above);
            *smooth = larger(0.5 * (*below + *above), higher - EDGE_DB);
        }
    }

    #[inline(always)]
    fn add_up(&mut self, grid: &Grid) {
        let mut sum = 0.0;
        let averages = &self.average_db[..grid.len];
        for (before, average) in self.sums[MARGIN..].iter_mut().zip(averages) {
            *before = sum;
            sum += average;
        }
        self.sums[MARGIN + grid.len..].fill(sum);
    }

    /// What is common around each band, and how high peaks usually are there.
    #[inline(always)]
    fn compare(&mut self, grid: &Grid, around: &Reach) {
        let [of_bands, above] = [&mut self.of_bands, &mut self.sides[0]];
        for (mean, band) in of_bands.iter_mut().zip(&grid.bands) {
            let ends = [band.bins.start, band.bins.end].map(|bin| self.sums[MARGIN + bin]);
            *mean = band.share * (ends[1] - ends[0]);
        }
        around.around(of_bands, &mut self.mean_db, above);
        for (mean, above) in self.mean_db.iter_mut().zip(above.iter()) {
            *mean = larger(smaller(0.5 * (*mean + *above), 0.0), NOISE_DB);
        }
        for ((height, band), mean) in of_bands.iter_mut().zip(&grid.bands).zip(&self.mean_db) {
            let wide = &self.wide_db[band.bins.clone()];
            let highest = wide.iter().fold(f32::MIN, |a, b| larger(a, *b));
            *height = larger(highest - mean, 0.0);
        }
        around.around(of_bands, &mut self.usual_db, above);
        for (usual, above) in self.usual_db.iter_mut().zip(above) {
            *usual = 0.5 * (*usual + *above);
        }
    }

    /// Excess of a bin over the smoothed spectrum and over what is common around, in dB.
    #[inline(always)]
    pub fn excess_db(&self, grid: &Grid, bin: usize) -> f32 {
        self.wide_db[bin] - grid.at(&self.mean_db, bin)
    }

    /// Excess of a bin over the usual height of peaks around it, in dB.
    #[inline(always)]
    pub fn beyond_usual_db(&self, grid: &Grid, bin: usize) -> f32 {
        self.excess_db(grid, bin) - grid.at(&self.usual_db, bin)
    }

    /// What of a bin's excess is a resonance's, in dB: all or nothing but for a soft threshold, which is
    /// lower where it is cut already.
    #[inline(always)]
    pub fn resonance_db(&self, grid: &Grid, bin: usize, is_known: bool) -> f32 {
        let known_db = if is_known { KNOWN_DB } else { 0.0 };
        let open =
            (self.beyond_usual_db(grid, bin) + known_db - GATE_DB[0]) / (GATE_DB[1] - GATE_DB[0]);
        let open = open.clamp(0.0, 1.0);
        self.excess_db(grid, bin) / LEFT * open * open * (3.0 - 2.0 * open)
    }
}

/// Averages over time; each bin is believed as the highest of the five around it allows.
fn average(now_db: &[f32], average_db: &mut [f32], [rise, fall]: [f32; 2]) {
    let around = now_db[MARGIN - 2..].windows(5);
    for (average, around) in average_db.iter_mut().zip(around) {
        let highest = around.iter().fold(f32::MIN, |a, b| larger(a, *b));
        let share = (TONE_DB[1] - highest) * (1.0 / (TONE_DB[1] - TONE_DB[0]));
        let believed = larger(around[2], LOWEST_DB) * larger(smaller(share, 1.0), 0.0);
        let step = believed - *average;
        *average += step * if step > 0.0 { rise } else { fall };
    }
}

#[inline(always)]
fn fast_average<S: Simd>(simd: S, now_db: &[f32], average_db: &mut [f32], [rise, fall]: [f32; 2]) {
    let (rise, fall) = (f32x8::splat(simd, rise), f32x8::splat(simd, fall));
    for (n, average_db) in average_db.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
        let around = &now_db[MARGIN - 2 + n * LANES..][..LANES + 4];
        let at = |n: usize| f32x8::from_slice(simd, &around[n..n + LANES]);
        let highest = at(0).max(at(1)).max(at(3)).max(at(4)).max(at(2));
        let share = (f32x8::splat(simd, TONE_DB[1]) - highest) * (1.0 / (TONE_DB[1] - TONE_DB[0]));
        let believed = at(2).max(LOWEST_DB) * share.min(1.0).max(0.0);
        let average = f32x8::from_slice(simd, average_db);
        let step = believed - average;
        let weight = step.simd_gt(0.0).select(rise, fall);
        weight.mul_add(step, average).store_slice(average_db);
    }
}

/// Averages over the bins that a resonance is wide.
fn widen(grid: &Grid, sums: &[f32], wide_db: &mut [f32]) {
    for (bins, half) in &grid.runs {
        let (from, to) = (
            &sums[MARGIN + bins.start - half..],
            &sums[MARGIN + bins.start + half + 1..],
        );
        let share = share(*half);
        for ((wide, from), to) in wide_db[bins.clone()].iter_mut().zip(from).zip(to) {
            *wide = share * (to - from);
        }
    }
}

#[inline(always)]
fn fast_widen<S: Simd>(simd: S, grid: &Grid, sums: &[f32], wide_db: &mut [f32]) {
    for (bins, half) in &grid.runs {
        let (from, to) = (
            &sums[MARGIN + bins.start - half..],
            &sums[MARGIN + bins.start + half + 1..],
        );
        let share = share(*half);
        let (chunks, rest) = wide_db[bins.clone()].as_chunks_mut::<LANES>();
        let done = chunks.len() * LANES;
        let pairs = from
            .as_chunks::<LANES>()
            .0
            .iter()
            .zip(to.as_chunks::<LANES>().0);
        for (wide, (from, to)) in chunks.iter_mut().zip(pairs) {
            let sum = f32x8::from_slice(simd, to) - f32x8::from_slice(simd, from);
            (sum * share).store_slice(wide);
        }
        for ((wide, from), to) in rest.iter_mut().zip(&from[done..]).zip(&to[done..]) {
            *wide = share * (to - from);
        }
    }
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
