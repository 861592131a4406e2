//! The way up: a frame's points at four times the rate.

use fearless_simd::{Simd, f32x8, prelude::*};

use super::{GROUPS, HALF_SIDE, LANES, LATENCY, REACH, Upsampled};
use crate::limiter::interpolator::{HALF_REACH, Interpolator};
use crate::{FRAME, Frame};

/// No point is larger than the largest sample around it by more than this factor: the sum of the
/// magnitudes of all weights is 2.111 halfway between samples and less elsewhere.
const GAIN_BOUND: f32 = 2.12;
/// Kaiser's beta of the half points: images are 75 dB down from 0.63 of the sample rate on, which is 30 kHz
/// at 48 kHz.
const HALF_BETA: f64 = 7.5;
/// Samples that are kept before a frame.
const PAST: usize = 32;
/// The sample of the first half point, which is for the quarters of the first group.
const FIRST: usize = PAST - REACH - HALF_REACH;
/// Nothing behind the frame, which whole passes of the interpolator read and leave out.
const SPARE: usize = 32;
/// Half points of a frame, in whole groups.
const HALVES: usize = FRAME + LANES;

/// The points halfway between samples.
pub type Halves = [f32; HALVES];

/// The points of a channel.
#[derive(Debug, Clone)]
pub struct Upsampler {
    filter: Interpolator,
    /// The samples before the frame, the frame, and nothing.
    samples: [f32; PAST + FRAME + SPARE],
}

impl Upsampler {
    /// Silence before the first frame.
    pub fn new() -> Self {
        Self {
            filter: Interpolator::new(HALF_SIDE, HALF_BETA),
            samples: [0.0; PAST + FRAME + SPARE],
        }
    }

    /// Forgets all samples.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
    }

    /// Takes the next frame, and leaves in its place the samples [`LATENCY`] ago.
    #[inline(always)]
    pub fn delay(&mut self, frame: &mut Frame) {
        self.samples.copy_within(FRAME..FRAME + PAST, 0);
        self.samples[PAST..PAST + FRAME].copy_from_slice(frame);
        frame.copy_from_slice(&self.samples[PAST - LATENCY..][..FRAME]);
    }

    /// The points of a frame, as plain code.
    pub fn upsample(&self, points: &mut Upsampled) {
        let mut halves = [0.0; HALVES];
        self.filter.half_points(&self.samples, FIRST, &mut halves);
        for i in 0..FRAME {
            let samples = &self.samples[FIRST + i..];
            let [second, fourth] = self.filter.quarters(samples, &halves[i..]);
            (points[0][i], points[1][i]) = (samples[HALF_REACH], second);
            (points[2][i], points[3][i]) = (halves[HALF_REACH + i], fourth);
        }
    }

    /// The groups of the frame, a bit for each, in which a point may be larger than `level`.
    #[inline(always)]
    pub fn suspects<S: Simd>(&self, simd: S, level: f32) -> u32 {
        let block = |n: usize| f32x8::from_slice(simd, &self.samples[LANES * n..][..LANES]).abs();
        let level = f32x8::splat(simd, level / GAIN_BOUND);
        let mut suspects = 0;
        // The points of a group come from the samples of four blocks.
        let (mut a, mut b, mut c) = (block(1), block(2), block(3));
        for group in 0..GROUPS {
            let d = block(group + 4);
            let largest = a.max(b).max(c.max(d));
            suspects |= u32::from(largest.simd_gt(level).any_true()) << group;
            (a, b, c) = (b, c, d);
        }
        suspects
    }

    /// The half points that the points of some groups need; a bit for each group, and not none.
    #[inline(always)]
    pub fn fast_halves<S: Simd>(&self, simd: S, groups: u32, halves: &mut Halves) {
        let first = LANES * groups.trailing_zeros() as usize;
        let end = LANES * (u32::BITS - groups.leading_zeros() + 1) as usize;
        let halves = &mut halves[first..end];
        self.filter
            .fast_half_points(simd, &self.samples, FIRST + first, halves);
    }

    /// The points of a group.
    #[inline(always)]
    pub fn fast_points<S: Simd>(&self, simd: S, halves: &Halves, group: usize) -> [f32x8<S>; 4] {
        let samples = &self.samples[FIRST + LANES * group..];
        let halves = &halves[LANES * group..];
        let [second, fourth] = self.filter.fast_quarters(simd, samples, halves);
        let here = HALF_REACH..HALF_REACH + LANES;
        [
            f32x8::from_slice(simd, &samples[here.clone()]),
            second,
            f32x8::from_slice(simd, &halves[here]),
            fourth,
        ]
    }
}

impl Default for Upsampler {
    fn default() -> Self {
        Self::new()
    }
}

/// Half points for [`Upsampler::fast_halves`] to fill.
pub const NO_HALVES: Halves = [0.0; HALVES];
