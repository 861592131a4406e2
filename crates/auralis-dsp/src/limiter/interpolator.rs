//! Interpolation by four: by two, and by two again.
//!
//! A windowed sinc gives the points halfway between samples. Samples and half points together are
//! the signal at twice the rate, of which the lower half of the spectrum is used; there a short
//! filter gives the points halfway between those, a quarter and three quarters from each sample.

use fearless_simd::{Simd, f32x8, prelude::*};

/// Most taps of the filter of the half points.
pub const HALF_TAPS: usize = 64;
/// Taps of the filter of the quarters, on either side.
const QUARTER_SIDE: usize = 4;
/// Kaiser's beta of that filter: within 0.01 dB up to 0.49 of the sample rate.
const QUARTER_BETA: f64 = 6.25;
/// Samples before and behind the first that quarters are asked for, which half points must exist
/// for.
pub const HALF_REACH: usize = 2;

/// The filters.
#[derive(Debug, Clone)]
pub struct Interpolator {
    /// Of the half points, the tap of the oldest sample first; `2 * side` are used.
    half: [f32; HALF_TAPS],
    /// Taps on either side of a half point.
    pub side: usize,
    /// Of the quarters, from the point outwards on both sides.
    quarter: [f32; QUARTER_SIDE],
}

impl Interpolator {
    /// Half points from `side` samples on either side under a Kaiser window of this beta.
    pub fn new(side: usize, beta: f64) -> Self {
        let mut half = [0.0; HALF_TAPS];
        for (tap, weight) in windowed_sinc(side, beta).into_iter().enumerate() {
            half[side + tap] = weight;
            half[side - 1 - tap] = weight;
        }
        let mut quarter = [0.0; QUARTER_SIDE];
        quarter.copy_from_slice(&windowed_sinc(QUARTER_SIDE, QUARTER_BETA));
        Self {
            half,
            side,
            quarter,
        }
    }

    /// The half points after samples `first..first + halves.len()`.
    pub fn half_points(&self, samples: &[f32], first: usize, halves: &mut [f32]) {
        let taps = &self.half[..2 * self.side];
        for (n, half) in halves.iter_mut().enumerate() {
            let from = &samples[first + n + 1 - self.side..];
            *half = taps.iter().zip(from).map(|(h, x)| h * x).sum();
        }
    }

    /// The quarters after a sample: a quarter of the way to the next, and three. Of the slices, of
    /// which the first five are read, `samples[2]` and `halves[2]` are those of the sample itself.
    pub fn quarters(&self, samples: &[f32], halves: &[f32]) -> [f32; 2] {
        let (w, x, h) = (&self.quarter, samples, halves);
        let first = w[0] * (x[2] + h[2])
            + w[1] * (h[1] + x[3])
            + w[2] * (x[1] + h[3])
            + w[3] * (h[0] + x[4]);
        let third = w[0] * (h[2] + x[3])
            + w[1] * (x[2] + h[3])
            + w[2] * (h[1] + x[4])
            + w[3] * (x[1] + h[4]);
        [first, third]
    }

    /// [`Interpolator::half_points`] in vectors over the points, whose number is a multiple of 8; up
    /// to 24 points more are read and left out.
    #[inline(always)]
    pub fn fast_half_points<S: Simd>(
        &self,
        simd: S,
        samples: &[f32],
        mut first: usize,
        halves: &mut [f32],
    ) {
        let mut chunks = halves.as_chunks_mut::<8>().0;
        while !chunks.is_empty() {
            // An odd chunk more costs less than a pass of its own.
            let now = if chunks.len() % 4 == 1 { 5 } else { 4 }.min(chunks.len());
            let (pass, rest) = chunks.split_at_mut(now);
            if now == 5 {
                self.pass::<S, 5>(simd, samples, first, pass);
            } else {
                self.pass::<S, 4>(simd, samples, first, pass);
            }
            first += 8 * now;
            chunks = rest;
        }
    }

    /// Half points in `CHUNKS` chunks of eight, which share their loads of the taps; as many chunks
    /// of them as `halves` has are kept.
    #[inline(always)]
    fn pass<S: Simd, const CHUNKS: usize>(
        &self,
        simd: S,
        samples: &[f32],
        first: usize,
        halves: &mut [[f32; 8]],
    ) {
        let side = self.side;
        let samples = &samples[first + 1 - side..][..8 * CHUNKS + 2 * side - 1];
        let mut sums = [f32x8::splat(simd, 0.0); CHUNKS];
        // The filter is symmetric: two samples share a tap.
        for (tap, weight) in self.half[..side].iter().enumerate() {
            let weight = f32x8::splat(simd, *weight);
            let old = samples[tap..tap + 8 * CHUNKS].as_chunks::<8>().0;
            let new = &samples[2 * side - 1 - tap..][..8 * CHUNKS];
            for ((sum, old), new) in sums.iter_mut().zip(old).zip(new.as_chunks::<8>().0) {
                let pair = f32x8::from_slice(simd, old) + f32x8::from_slice(simd, new);
                *sum = weight.mul_add(pair, *sum);
            }
        }
        for (sum, halves) in sums.iter().zip(halves) {
            sum.store_slice(halves);
        }
    }

    /// [`Interpolator::quarters`] of eight samples in a row; of the slices twelve are read.
    #[inline(always)]
    pub fn fast_quarters<S: Simd>(
        &self,
        simd: S,
        samples: &[f32],
        halves: &[f32],
    ) -> [f32x8<S>; 2] {
        let (x0, x1) = (eight(simd, samples, 1), eight(simd, samples, 2));
        let (x2, x3) = (eight(simd, samples, 3), eight(simd, samples, 4));
        let (h0, h1, h2) = (
            eight(simd, halves, 0),
            eight(simd, halves, 1),
            eight(simd, halves, 2),
        );
        let (h3, h4) = (eight(simd, halves, 3), eight(simd, halves, 4));
        let weight = |n: usize| f32x8::splat(simd, self.quarter[n]);
        let mut first = weight(0) * (x1 + h2);
        first = weight(1).mul_add(h1 + x2, first);
        first = weight(2).mul_add(x0 + h3, first);
        first = weight(3).mul_add(h0 + x3, first);
        let mut third = weight(0) * (h2 + x2);
        third = weight(1).mul_add(x1 + h3, third);
        third = weight(2).mul_add(h1 + x3, third);
        third = weight(3).mul_add(x0 + h4, third);
        [first, third]
    }
}

#[inline(always)]
fn eight<S: Simd>(simd: S, from: &[f32], at: usize) -> f32x8<S> {
    f32x8::from_slice(simd, &from[at..at + 8])
}

/// Weights of the samples 1/2, 3/2, .. away from a point halfway between two, `side` of them, under
/// a Kaiser window: sinc interpolation with unity gain at DC.
pub(crate) fn windowed_sinc(side: usize, beta: f64) -> Vec<f32> {
    #[allow(clippy::cast_precision_loss)] // small indices
    let exact: Vec<f64> = (0..side)
        .map(|n| {
            let t = n as f64 + 0.5;
            let inside = 1.0 - (t / side as f64).powi(2);
            sinc(t) * bessel_i0(beta * inside.sqrt())
        })
        .collect();
    let sum = 2.0 * exact.iter().sum::<f64>();
    #[allow(clippy::cast_possible_truncation)] // to the precision of the samples
    exact.iter().map(|h| (h / sum) as f32).collect()
}

fn sinc(t: f64) -> f64 {
    let x = std::f64::consts::PI * t;
    if x.abs() < 1e-12 { 1.0 } else { x.sin() / x }
}

/// Modified Bessel function of the first kind of order 0, by its power series.
pub(crate) fn bessel_i0(x: f64) -> f64 {
    let quarter = x * x / 4.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..40 {
        term *= quarter / f64::from(k * k);
        sum += term;
    }
    sum
}
