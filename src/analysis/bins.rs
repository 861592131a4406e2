//! The loops over samples and bins, plain code that is compiled for the best instruction set there
//! is.
//!
//! Sums run in eight lanes, so their order, and with it every bit of the result, is the same
//! whatever the instructions.

use fearless_simd::dispatch;
use rustfft::num_complex::Complex;

use crate::dsp::instruction_set::InstructionSet;

/// Lanes of a sum.
const LANES: usize = 8;

/// The kernels for one instruction set.
#[derive(Debug, Clone, Copy)]
pub struct Bins(InstructionSet);

impl Bins {
    /// The kernels for the best instruction set of this machine.
    pub fn new() -> Self {
        Self(InstructionSet::best())
    }

    /// Both channels times the window, as real and imaginary parts; all of one length.
    pub fn window(self, frame: &mut [Complex<f32>], channels: [&[f32]; 2], window: &[f32]) {
        dispatch!(self.0.level(), _simd => windowed(frame, channels, window));
    }

    /// Mean of the powers at `k` and at `-k` of a transform, from bin 0 to half its length.
    pub fn powers(self, powers: &mut [f32], frame: &[Complex<f32>]) {
        dispatch!(self.0.level(), _simd => mirrored_powers(powers, frame));
    }

    /// Sum of powers.
    pub fn sum(self, powers: &[f32]) -> f64 {
        dispatch!(self.0.level(), _simd => sum(powers))
    }
}

#[inline(always)]
fn windowed(frame: &mut [Complex<f32>], [left, right]: [&[f32]; 2], window: &[f32]) {
    for (((z, w), l), r) in frame.iter_mut().zip(window).zip(left).zip(right) {
        *z = Complex::new(l * w, r * w);
    }
}

#[inline(always)]
fn mirrored_powers(powers: &mut [f32], frame: &[Complex<f32>]) {
    let Some((direct, inner)) = powers.split_first_mut() else {
        return;
    };
    *direct = frame[0].norm_sqr();
    let mirrored = frame.iter().rev();
    for ((power, z), m) in inner.iter_mut().zip(&frame[1..]).zip(mirrored) {
        *power = 0.5 * (z.norm_sqr() + m.norm_sqr());
    }
}

#[inline(always)]
fn sum(powers: &[f32]) -> f64 {
    let (chunks, rest) = powers.as_chunks::<LANES>();
    let mut lanes = [0.0_f64; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] += f64::from(chunk[lane]);
        }
    }
    let rest = rest.iter().map(|power| f64::from(*power));
    lanes.into_iter().chain(rest).sum()
}
