//! The attack: two boxes, together as long as the look-ahead.
//!
//! In whole numbers, so that the sums never drift and are zero as soon as every depth in the boxes is:
//! without limiting the gain is exactly 1. Depths are rounded up; the output is an average of depths
//! that are all deep enough.

use fearless_simd::{Simd, dispatch, f32x8, i32x8, prelude::*};

use crate::basics::sliding::SlidingSum;
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame};

/// One of depth, in whole numbers.
#[allow(clippy::cast_precision_loss)] // a power of two
const ONE: f32 = (1_u32 << 30) as f32;

/// Both boxes.
#[derive(Debug, Clone)]
pub struct Smoothing {
    boxes: [SlidingSum; 2],
    /// One over the sum that the boxes give for a depth of one.
    scale: f64,
}

impl Smoothing {
    /// Boxes of half the look-ahead each.
    pub fn new(lookahead: usize) -> Self {
        let lengths = [lookahead / 2, lookahead - lookahead / 2];
        Self {
            boxes: lengths.map(SlidingSum::new),
            #[allow(clippy::cast_precision_loss)] // below 2^53
            scale: 1.0 / ((lengths[0] * lengths[1]) as f64 * f64::from(ONE)),
        }
    }

    /// Forgets all depths.
    pub fn reset(&mut self) {
        self.boxes.iter_mut().for_each(SlidingSum::reset);
    }

    /// Takes over the depths of another of the same length.
    pub fn copy_from(&mut self, other: &Self) {
        for (own, other) in self.boxes.iter_mut().zip(&other.boxes) {
            own.copy_from(other);
        }
    }

    /// Whether no depth is left in the boxes.
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.boxes.iter().all(SlidingSum::is_zero)
    }

    /// Smooths a frame of depths, 0 to 1.
    #[inline(always)]
    pub fn process(&mut self, depth: &mut Frame, implementation: Implementation) {
        let mut sums = [0; FRAME];
        match implementation {
            Implementation::Scalar => {
                for (sum, depth) in sums.iter_mut().zip(depth.iter()) {
                    #[allow(clippy::cast_possible_truncation)] // at most 2^30
                    let whole = (depth * ONE).ceil() as i32;
                    *sum = i64::from(whole);
                }
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => whole(simd, depth, &mut sums));
            }
        }
        for sliding in &mut self.boxes {
            sliding.process(&mut sums);
        }
        for (depth, sum) in depth.iter_mut().zip(sums) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
            // at most 2^53 in, at most 1 out
            let smoothed = (sum as f64 * self.scale) as f32;
            *depth = smoothed;
        }
    }
}

/// Depths in the whole numbers of the smoothing, rounded up.
#[inline(always)]
fn whole<S: Simd>(simd: S, depth: &Frame, sums: &mut [i64; FRAME]) {
    let mut whole = [0; FRAME];
    for (whole, depth) in whole
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip(depth.as_chunks::<8>().0)
    {
        let scaled = (f32x8::from_slice(simd, depth) * ONE).ceil();
        scaled.to_int::<i32x8<S>>().store_slice(whole);
    }
    for (sum, whole) in sums.iter_mut().zip(whole) {
        *sum = i64::from(whole);
    }
}
