//! Samples of both channels by turns, two of them a step, as the bells take them.

use fearless_simd::{Simd, f32x4, f32x8, prelude::*, u64x2, u64x4};

use crate::{FRAME, Frame, MAX_CHANNELS};

/// Samples of a step.
pub const STEP: usize = 2;

/// Both channels of two samples.
pub type Two = [f32; STEP * MAX_CHANNELS];
/// Samples of both channels by turns.
pub type Both = [Two; FRAME / STEP];

/// A sample of both channels, for every bell.
#[inline(always)]
pub fn in_all_bells<S: Simd>(simd: S, sample: [f32; MAX_CHANNELS]) -> f32x8<S> {
    u64x4::splat(simd, bytemuck::cast(sample)).bitcast()
}

/// The sums over the bells of two samples, of both channels each.
#[inline(always)]
pub fn totals<S: Simd>([first, second]: [f32x8<S>; STEP]) -> f32x4<S> {
    let ((a, b), (c, d)) = (first.split(), second.split());
    let first = (a + b).bitcast::<u64x2<S>>();
    let second = (c + d).bitcast::<u64x2<S>>();
    let even = first.zip_low(second).bitcast::<f32x4<S>>();
    even + first.zip_high(second).bitcast::<f32x4<S>>()
}

/// A frame of both channels by turns.
#[inline(always)]
pub fn interleaved<S: Simd>(simd: S, [left, right]: &[Frame; MAX_CHANNELS]) -> Both {
    let mut both = [[0.0; STEP * MAX_CHANNELS]; FRAME / STEP];
    let from = left.as_chunks::<8>().0.iter().zip(right.as_chunks::<8>().0);
    let to = both.as_flattened_mut().as_chunks_mut::<16>().0;
    for (to, (left, right)) in to.iter_mut().zip(from) {
        let left = f32x8::from_slice(simd, left);
        let (first, second) = left.interleave(f32x8::from_slice(simd, right));
        first.store_slice(&mut to[..8]);
        second.store_slice(&mut to[8..]);
    }
    both
}

/// Back to a frame of each channel.
#[inline(always)]
pub fn separate<S: Simd>(simd: S, both: &Both, [left, right]: &mut [Frame; MAX_CHANNELS]) {
    let from = both.as_flattened().as_chunks::<16>().0;
    let to = left
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip(right.as_chunks_mut::<8>().0);
    for ((left, right), from) in to.zip(from) {
        let first = f32x8::from_slice(simd, &from[..8]);
        let (of_left, of_right) = first.deinterleave(f32x8::from_slice(simd, &from[8..]));
        of_left.store_slice(left);
        of_right.store_slice(right);
    }
}
