//! The newest samples of both channels as complex numbers, `left + i right`, and the same at a quarter of
//! the rate.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};
use rustfft::num_complex::Complex;

use crate::FRAME;
use crate::simd::instruction_set::Implementation;
use crate::tame::tiers::STEP;

/// A ring that is written twice, so that the newest samples are always one slice.
#[derive(Debug, Clone)]
pub struct History {
    samples: Vec<Complex<f32>>,
    len: usize,
    at: usize,
}

impl History {
    /// Remembers `len` samples.
    pub fn new(len: usize) -> Self {
        Self {
            samples: vec![Complex::default(); 2 * len],
            len,
            at: 0,
        }
    }

    /// Back to silence.
    pub fn reset(&mut self) {
        self.samples.fill(Complex::default());
        self.at = 0;
    }

    /// Appends samples.
    #[inline(always)]
    pub fn push(&mut self, new: &[Complex<f32>]) {
        let mut new = new;
        while !new.is_empty() {
            let (now, later) = new.split_at(new.len().min(self.len - self.at));
            let (first, second) = self.samples.split_at_mut(self.len);
            copy_twice(now, [&mut first[self.at..], &mut second[self.at..]]);
            self.at = (self.at + now.len()) % self.len;
            new = later;
        }
    }

    /// The newest `count` samples, the oldest of them first.
    #[inline(always)]
    pub fn newest(&self, count: usize) -> &[Complex<f32>] {
        &self.samples[self.at + self.len - count..][..count]
    }
}

/// Copies to two places at once; stretches are too short for anything that asks how long they are.
#[inline(always)]
fn copy_twice(from: &[Complex<f32>], [first, second]: [&mut [Complex<f32>]; 2]) {
    let (fours, rest) = from.as_chunks::<4>();
    let done = 4 * fours.len();
    let to = first.as_chunks_mut::<4>().0.iter_mut();
    for (four, (first, second)) in fours.iter().zip(to.zip(second.as_chunks_mut::<4>().0)) {
        (*first, *second) = (*four, *four);
    }
    let to = first[done..].iter_mut().zip(&mut second[done..]);
    for (x, (first, second)) in rest.iter().zip(to) {
        (*first, *second) = (*x, *x);
    }
}

/// Taps of a decimator over its factor.
const TAPS: usize = 10;
/// Cut-off of its low-pass as a share of the new Nyquist frequency, and the shape of its window.
const CUT_OFF: f64 = 0.95;
const KAISER: f64 = 5.0;

/// A low-pass that keeps one sample in `factor`: a sinc in Kaiser's window, flat within 0.4 dB up to 0.72 of the new
/// Nyquist frequency, 53 dB down from where aliases fall below that and 60 dB from where they fall below 0.58 of it.
#[derive(Debug, Clone)]
pub struct Decimator {
    factor: usize,
    /// Each tap twice, for the two parts of a number.
    taps: Vec<[f32; 2]>,
    waiting: usize,
}

impl Decimator {
    /// One in `factor`.
    pub fn new(factor: usize) -> Self {
        let len = if factor == 1 { 1 } else { TAPS * factor };
        #[allow(clippy::cast_precision_loss)] // small indices
        let exact: Vec<f64> = (0..len)
            .map(|n| {
                let t = 2.0 * (n as f64 + 0.5) / len as f64 - 1.0;
                let x = std::f64::consts::PI * CUT_OFF * 0.5 * t * len as f64 / factor as f64;
                let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
                sinc * bessel(KAISER * (1.0 - t * t).sqrt())
            })
            .collect();
        let sum: f64 = exact.iter().sum();
        #[allow(clippy::cast_possible_truncation)] // to the precision of the samples
        let taps = exact.iter().map(|h| [(h / sum) as f32; 2]).collect();
        Self {
            factor,
            taps,
            waiting: 0,
        }
    }

    /// Whether it does anything.
    pub fn is_needed(&self) -> bool {
        self.factor > 1
    }

    /// Samples of its input that it looks back over.
    pub fn reach(&self) -> usize {
        self.taps.len() + self.factor
    }

    /// As new.
    pub fn reset(&mut self) {
        self.waiting = 0;
    }

    /// Appends to `to` what the newest `added` samples of `from` give, at most a frame, and tells how many
    /// those are.
    #[inline(always)]
    pub fn pass(
        &mut self,
        from: &History,
        added: usize,
        to: &mut History,
        implementation: Implementation,
    ) -> usize {
        self.waiting += added;
        let count = self.waiting / self.factor;
        self.waiting -= count * self.factor;
        let mut kept = [Complex::default(); FRAME];
        let kept = &mut kept[..count];
        if count > 0 {
            let span = self.taps.len() + (count - 1) * self.factor + self.waiting;
            let heard = from.newest(span);
            match implementation {
                Implementation::Scalar => self.keep(heard, kept),
                Implementation::Vectorized(set) => {
                    dispatch!(set.level(), simd => self.fast_keep(simd, heard, kept));
                }
            }
            to.push(kept);
        }
        count
    }

    fn keep(&self, heard: &[Complex<f32>], kept: &mut [Complex<f32>]) {
        for (n, kept) in kept.iter_mut().enumerate() {
            let pairs = self.taps.iter().zip(&heard[n * self.factor..]);
            *kept = pairs.map(|(tap, x)| x * tap[0]).sum();
        }
    }

    /// The same, four numbers at a time as far as there are four.
    #[inline(always)]
    fn fast_keep<S: Simd>(&self, simd: S, heard: &[Complex<f32>], kept: &mut [Complex<f32>]) {
        let taps = self.taps.as_flattened().as_chunks::<8>().0;
        // By four, as nearly always: loops of a length that the compiler knows.
        match <&[[f32; 8]; TAPS * STEP / 4]>::try_from(taps) {
            Ok(taps) => self.fast_keep_by(simd, taps, heard, kept),
            Err(_) => self.fast_keep_by(simd, taps, heard, kept),
        }
    }

    #[inline(always)]
    fn fast_keep_by<S: Simd>(
        &self,
        simd: S,
        taps: &[[f32; 8]],
        heard: &[Complex<f32>],
        kept: &mut [Complex<f32>],
    ) {
        let (fours, rest) = kept.as_chunks_mut::<4>();
        let done = fours.len() * 4;
        let heard: &[f32] = bytemuck::cast_slice(heard);
        let hop = 2 * self.factor;
        for (n, kept) in fours.iter_mut().enumerate() {
            *kept = sums(simd, taps, &heard[4 * n * hop..], hop);
        }
        for (n, kept) in rest.iter_mut().enumerate() {
            [*kept] = sums(simd, taps, &heard[(done + n) * hop..], hop);
        }
    }
}

/// The modified Bessel function of the first kind and order 0, by its power series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..32 {
        term *= (0.5 * x / f64::from(n)).powi(2);
        sum += term;
    }
    sum
}

/// The weighted sums of `N` stretches of complex numbers, each `hop` floats after the one before.
#[inline(always)]
fn sums<S: Simd, const N: usize>(
    simd: S,
    taps: &[[f32; 8]],
    heard: &[f32],
    hop: usize,
) -> [Complex<f32>; N] {
    let from: [&[[f32; 8]]; N] =
        std::array::from_fn(|n| &heard[n * hop..].as_chunks().0[..taps.len()]);
    let mut sums = [f32x8::splat(simd, 0.0); N];
    for (at, taps) in taps.iter().enumerate() {
        let taps = f32x8::from_slice(simd, taps);
        for (sum, from) in sums.iter_mut().zip(&from) {
            *sum = taps.mul_add(f32x8::from_slice(simd, &from[at]), *sum);
        }
    }
    let mut kept = [Complex::default(); N];
    for (kept, sum) in kept.iter_mut().zip(sums) {
        let (low, high) = sum.split();
        let four = low + high;
        *kept = Complex::new(four[0] + four[2], four[1] + four[3]);
    }
    kept
}
