//! Two channels as complex numbers, and back.

use fearless_simd::{Simd, f32x8, prelude::*};
use realfft::num_complex::Complex;

use crate::Frame;
use crate::eq::partition_spectra::LANES;

/// Frames of both channels as the numbers `left + i right`; without a right channel it is silent.
#[inline(always)]
pub fn join<S: Simd>(simd: S, audio: &[Frame], to: &mut [Complex<f32>]) {
    let to = to.as_chunks_mut::<LANES>().0.iter_mut();
    match audio {
        [left, right] => {
            let both = left
                .as_chunks::<LANES>()
                .0
                .iter()
                .zip(right.as_chunks::<LANES>().0);
            for (to, (left, right)) in to.zip(both) {
                let right = f32x8::from_slice(simd, right);
                interleave(f32x8::from_slice(simd, left), right, to);
            }
        }
        [left] => {
            for (to, left) in to.zip(left.as_chunks::<LANES>().0) {
                interleave(f32x8::from_slice(simd, left), f32x8::splat(simd, 0.0), to);
            }
        }
        _ => {}
    }
}

/// The opposite of [`join`].
#[inline(always)]
pub fn part<S: Simd>(simd: S, from: &[Complex<f32>], audio: &mut [Frame]) {
    let from = from.as_chunks::<LANES>().0.iter();
    match audio {
        [left, right] => {
            let left = left.as_chunks_mut::<LANES>().0.iter_mut();
            let both = left.zip(right.as_chunks_mut::<LANES>().0);
            for (from, (left, right)) in from.zip(both) {
                let (re, im) = deinterleave(simd, from);
                re.store_slice(left);
                im.store_slice(right);
            }
        }
        [left] => {
            for (from, left) in from.zip(left.as_chunks_mut::<LANES>().0) {
                deinterleave(simd, from).0.store_slice(left);
            }
        }
        _ => {}
    }
}

#[inline(always)]
fn interleave<S: Simd>(re: f32x8<S>, im: f32x8<S>, to: &mut [Complex<f32>; LANES]) {
    let (low, high) = re.interleave(im);
    let floats: &mut [f32] = bytemuck::cast_slice_mut(to);
    low.store_slice(&mut floats[..8]);
    high.store_slice(&mut floats[8..16]);
}

#[inline(always)]
fn deinterleave<S: Simd>(simd: S, from: &[Complex<f32>; LANES]) -> (f32x8<S>, f32x8<S>) {
    let floats: &[f32] = bytemuck::cast_slice(from);
    let low = f32x8::from_slice(simd, &floats[..8]);
    low.deinterleave(f32x8::from_slice(simd, &floats[8..16]))
}
