//! In which groups of samples an interpolator may find something, without asking it.

use std::ops::Range;

use fearless_simd::{Simd, f32x8, prelude::*};

use crate::basics::log_exp::larger;
use crate::limiter::interpolator::Interpolator;
use crate::limiter::true_peak::points::points;
use crate::limiter::true_peak::{FIRST, FRAMES, Frame, GROUP, GROUPS, KEPT};

/// Blocks that the points of a group are made of: five on either side.
const REACH: usize = 11;

/// Largest magnitude of each block of the last frames.
pub type BlockPeaks = [[f32; GROUPS]; FRAMES];

/// Some groups of the frame, a bit for each.
#[derive(Debug, Clone, Copy, Default)]
pub struct Groups(u64);

impl Groups {
    /// Adds a group.
    #[inline(always)]
    pub fn insert(&mut self, group: usize) {
        self.0 |= 1 << group;
    }

    /// Those that are in both.
    #[inline(always)]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether there is none.
    #[inline(always)]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// From the first to the last; there must be one.
    #[inline(always)]
    pub fn range(self) -> Range<usize> {
        self.0.trailing_zeros() as usize..(u64::BITS - self.0.leading_zeros()) as usize
    }
}

/// Bounds of a group's points, with their crests, over the largest sample of each block in reach.
#[derive(Debug, Clone)]
pub struct Bounds {
    steep: [f32; REACH],
    gentle: [f32; REACH],
    /// Of the difference of both interpolators' points.
    difference: [f32; REACH],
}

/// Where the interpolators have to look.
pub struct Suspects {
    /// The groups in which one of them may find something.
    pub any: Groups,
    /// Those in which the steep one may.
    pub steep: Groups,
    /// How much more the steep one may find in each group than the gentle one.
    pub more: [f32; GROUPS],
}

impl Bounds {
    /// The bounds of two interpolators.
    pub fn new(steep: &Interpolator, gentle: &Interpolator) -> Self {
        let difference = |samples: &[f32; KEPT]| {
            let (steep, gentle) = (around(steep, samples), around(gentle, samples));
            std::array::from_fn(|n| steep[n] - gentle[n])
        };
        Self {
            steep: bound(|samples| around(steep, samples)),
            gentle: bound(|samples| around(gentle, samples)),
            difference: bound(difference),
        }
    }

    /// Where the interpolators may find more than `floor`.
    #[inline(always)]
    pub fn suspects<S: Simd>(&self, simd: S, blocks: &BlockPeaks, floor: f32) -> Suspects {
        let reach = reach(simd, blocks);
        let steep = bound_groups(&reach, &self.steep);
        let gentle = bound_groups(&reach, &self.gentle);
        let steep = steep.simd_gt(floor).to_bitmask();
        let mut suspects = Suspects {
            any: Groups(steep | gentle.simd_gt(floor).to_bitmask()),
            steep: Groups(steep),
            more: [0.0; GROUPS],
        };
        if steep != 0 {
            let more = bound_groups(&reach, &self.difference);
            more.store_slice(&mut suspects.more);
        }
        suspects
    }
}

/// The blocks in reach of each group, from the oldest to the newest. Slid out of whole frames: loads
/// across what was stored in pieces would wait for it.
#[inline(always)]
fn reach<S: Simd>(simd: S, blocks: &BlockPeaks) -> [f32x8<S>; REACH] {
    let a = f32x8::from_slice(simd, &blocks[0]);
    let b = f32x8::from_slice(simd, &blocks[1]);
    let c = f32x8::from_slice(simd, &blocks[2]);
    [
        a.slide::<6>(b),
        a.slide::<7>(b),
        b,
        b.slide::<1>(c),
        b.slide::<2>(c),
        b.slide::<3>(c),
        b.slide::<4>(c),
        b.slide::<5>(c),
        b.slide::<6>(c),
        b.slide::<7>(c),
        c,
    ]
}

/// The bound of the points in each group.
#[inline(always)]
fn bound_groups<S: Simd>(reach: &[f32x8<S>; REACH], weights: &[f32; REACH]) -> f32x8<S> {
    // Even and odd blocks apart: shorter chains of sums.
    let mut sums = [reach[0] * weights[0], reach[1] * weights[1]];
    for block in 2..REACH {
        sums[block % 2] = reach[block].mul_add(weights[block], sums[block % 2]);
    }
    sums[0] + sums[1]
}

/// The largest magnitude of each group.
pub fn group_peaks(frame: &Frame) -> [f32; GROUPS] {
    let mut peaks = [0.0; GROUPS];
    for (i, x) in frame.iter().enumerate() {
        peaks[i / GROUP] = larger(peaks[i / GROUP], x.abs());
    }
    peaks
}

/// [`group_peaks`] in vectors: three times the larger of neighbours, the first two times within 128
/// bits.
#[inline(always)]
pub fn fast_group_peaks<S: Simd>(simd: S, frame: &Frame) -> [f32; GROUPS] {
    let mut rows = [f32x8::splat(simd, 0.0); GROUPS];
    for (row, group) in rows.iter_mut().zip(frame.as_chunks::<GROUP>().0) {
        *row = f32x8::from_slice(simd, group).abs();
    }
    let (low, high) = (largest_of_four(&rows, 0), largest_of_four(&rows, 4));
    let ((a, b), (c, d)) = (low.split(), high.split());
    let mut peaks = [0.0; GROUPS];
    a.max(b).combine(c.max(d)).store_slice(&mut peaks);
    peaks
}

/// Of four rows, the largest of their low halves and the largest of their high halves.
#[inline(always)]
fn largest_of_four<S: Simd>(rows: &[f32x8<S>; GROUPS], at: usize) -> f32x8<S> {
    let first = larger_neighbours(rows[at], rows[at + 1]);
    larger_neighbours(first, larger_neighbours(rows[at + 2], rows[at + 3]))
}

/// The larger of neighbours: of the low halves of both rows, then of their high halves.
#[inline(always)]
fn larger_neighbours<S: Simd>(a: f32x8<S>, b: f32x8<S>) -> f32x8<S> {
    let ((a_low, a_high), (b_low, b_high)) = (a.split(), b.split());
    let (low, high) = (a_low.deinterleave(b_low), a_high.deinterleave(b_high));
    low.0.max(low.1).combine(high.0.max(high.1))
}

/// The points of the frame's first group, a quarter of a sample apart, and one on either side.
fn around(filter: &Interpolator, samples: &[f32; KEPT]) -> [f32; 4 * GROUP + 2] {
    let found = points(filter, samples);
    std::array::from_fn(|n| {
        let n = 4 * GROUP - 1 + n;
        match n % 4 {
            0 => samples[FIRST - GROUP + n / 4],
            1 => found.firsts[n / 4],
            2 => found.halves[n / 4],
            _ => found.thirds[n / 4],
        }
    })
}

/// Bound of the points of a group over the largest sample of each block in reach: the largest sum
/// that the magnitudes of any point's weights give on that block, with an eighth of the difference
/// of its neighbours for the crest. Found by interpolating a unit sample at every place.
fn bound(around: impl Fn(&[f32; KEPT]) -> [f32; 4 * GROUP + 2]) -> [f32; REACH] {
    let reach = GROUP * (REACH / 2);
    let mut sums = [[0.0_f32; 4 * GROUP]; REACH];
    for offset in 0..GROUP * REACH {
        let mut samples = [0.0; KEPT];
        samples[FIRST + offset - reach] = 1.0;
        let points = around(&samples);
        for (sum, three) in sums[offset / GROUP].iter_mut().zip(points.windows(3)) {
            *sum += three[1].abs() + (three[0] - three[2]).abs() / 8.0;
        }
    }
    // A little more, for what rounding may take off.
    sums.map(|sums| 1.0001 * sums.iter().fold(0.0_f32, |m, s| m.max(*s)))
}
