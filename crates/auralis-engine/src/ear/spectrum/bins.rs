//! The loops over samples and bins, compiled for the best instruction set there is.
//!
//! Sums run in eight lanes, so their order is the same whatever the instructions.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};
use rustfft::num_complex::Complex;

use auralis_dsp::basics::log_exp::fast_power_to_db;
use auralis_dsp::simd::instruction_set::InstructionSet;

/// Lanes of a sum.
const LANES: usize = 8;
/// Smallest step that enters a plateau: four of a 16-bit converter.
const PLATEAU_STEP: f32 = 4.0 / 32_768.0;

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

    /// Half the power of the difference of the two parts of a transform (the side of left and right), from
    /// bin 0 to half its length.
    pub fn side_powers(self, powers: &mut [f32], frame: &[Complex<f32>]) {
        dispatch!(self.0.level(), _simd => mirrored_side_powers(powers, frame));
    }

    /// Sum of powers.
    pub fn sum(self, powers: &[f32]) -> f64 {
        dispatch!(self.0.level(), _simd => sum(powers))
    }

    /// Sum of the magnitudes, and their sum times the index. Whole eights only.
    pub fn magnitudes(self, powers: &[f32]) -> [f64; 2] {
        dispatch!(self.0.level(), simd => magnitudes(simd, powers))
    }

    /// Sum of the powers in dB, not below -200 dB. Whole eights only.
    pub fn decibels(self, powers: &[f32]) -> f64 {
        dispatch!(self.0.level(), simd => decibels(simd, powers))
    }

    /// Largest magnitude of two channels of one length, sums of their squares, and of their products.
    /// Whole eights only.
    pub fn levels(self, channels: [&[f32]; 2]) -> (f32, [f64; 3]) {
        dispatch!(self.0.level(), simd => levels(simd, channels))
    }

    /// Largest magnitude.
    pub fn peak(self, channel: &[f32]) -> f32 {
        dispatch!(self.0.level(), _simd => peak(channel))
    }

    /// Runs of three or more equal samples of magnitude `rail` or more, entered by a step. Four
    /// samples at least.
    pub fn plateaus(self, channel: &[f32], rail: f32) -> u32 {
        dispatch!(self.0.level(), _simd => plateaus(channel, rail))
    }
}

#[inline(always)]
fn peak(channel: &[f32]) -> f32 {
    let (chunks, rest) = channel.as_chunks::<LANES>();
    let mut lanes = [0.0_f32; LANES];
    for chunk in chunks {
        for lane in 0..LANES {
            lanes[lane] = lanes[lane].max(chunk[lane].abs());
        }
    }
    let rest = rest.iter().map(|x| x.abs());
    lanes.into_iter().chain(rest).fold(0.0, f32::max)
}

#[inline(always)]
fn plateaus(channel: &[f32], rail: f32) -> u32 {
    let mut count = 0;
    for (((before, first), second), third) in channel
        .iter()
        .zip(&channel[1..])
        .zip(&channel[2..])
        .zip(&channel[3..])
    {
        let is_flat = (first == second) & (second == third);
        let is_entered = (first - before).abs() > PLATEAU_STEP;
        count += u32::from(is_flat & is_entered & (first.abs() >= rail));
    }
    count
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

/// With `z = L + iR` and its mirror `m`, `|L|^2 + |R|^2` is the mean of their powers, and `2 Re(L R*)` the imaginary
/// part of their product.
#[inline(always)]
fn mirrored_side_powers(powers: &mut [f32], frame: &[Complex<f32>]) {
    let side = |z: &Complex<f32>, m: &Complex<f32>| {
        let both = 0.5 * (z.norm_sqr() + m.norm_sqr());
        let product = z.re * m.im + z.im * m.re;
        (0.5 * (both - product)).max(0.0)
    };
    let Some((direct, inner)) = powers.split_first_mut() else {
        return;
    };
    *direct = side(&frame[0], &frame[0]);
    let mirrored = frame.iter().rev();
    for ((power, z), m) in inner.iter_mut().zip(&frame[1..]).zip(mirrored) {
        *power = side(z, m);
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

/// A sum over the lanes, in `f64`.
#[inline(always)]
fn total<S: Simd>(lanes: f32x8<S>) -> f64 {
    let mut values = [0.0_f32; LANES];
    lanes.store_slice(&mut values);
    let mut total = 0.0;
    for value in values {
        total += f64::from(value);
    }
    total
}

#[inline(always)]
fn magnitudes<S: Simd>(simd: S, powers: &[f32]) -> [f64; 2] {
    let zero = f32x8::splat(simd, 0.0);
    let (mut sum, mut moment) = (zero, zero);
    let mut index = f32x8::from_slice(simd, &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]);
    for powers in powers.as_chunks::<LANES>().0 {
        let magnitude = f32x8::from_slice(simd, powers).sqrt();
        sum += magnitude;
        moment = magnitude.mul_add(index, moment);
        index += LANES as f32;
    }
    [total(sum), total(moment)]
}

#[inline(always)]
fn decibels<S: Simd>(simd: S, powers: &[f32]) -> f64 {
    let mut sum = f32x8::splat(simd, 0.0);
    for powers in powers.as_chunks::<LANES>().0 {
        sum += fast_power_to_db(f32x8::from_slice(simd, powers));
    }
    total(sum)
}

#[inline(always)]
fn levels<S: Simd>(simd: S, [left, right]: [&[f32]; 2]) -> (f32, [f64; 3]) {
    let zero = f32x8::splat(simd, 0.0);
    let (mut peak, mut sums) = (zero, [zero; 3]);
    let channels = left.as_chunks::<LANES>().0.iter();
    for (left, right) in channels.zip(right.as_chunks::<LANES>().0) {
        let (left, right) = (
            f32x8::from_slice(simd, left),
            f32x8::from_slice(simd, right),
        );
        peak = peak.max(left.abs()).max(right.abs());
        sums[0] = left.mul_add(left, sums[0]);
        sums[1] = right.mul_add(right, sums[1]);
        sums[2] = left.mul_add(right, sums[2]);
    }
    (
        peak.reduce_max(),
        [total(sums[0]), total(sums[1]), total(sums[2])],
    )
}
