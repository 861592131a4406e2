//! Four times the sample rate, and back: what a curve needs so that its harmonics do not fold.
//!
//! Up: samples, the points halfway and a quarter to either side of those ([`Interpolator`]), so that every
//! fourth point is a sample, exactly. Down: a low-pass of 103 taps, of which every fourth point is
//! computed; -0.2 dB at 0.375 of the sample rate (18 kHz at 48 kHz), -72 dB at 0.52 of it. Both have linear phase.
//! A frame of each phase is made at a time; together they are [`LATENCY`] samples late.

use std::f64::consts::PI;
use std::sync::OnceLock;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::larger;
use crate::limiter::interpolator::{HALF_REACH, Interpolator, bessel_i0};
use crate::simd::instruction_set::Implementation;
use crate::simd::scan::narrow;
use crate::{FRAME, Frame};

/// Samples by which audio that went up and down is late.
pub const LATENCY: usize = REACH + SIDE - 1;
/// No point is larger than the largest sample around it by more than this factor: the sum of the
/// magnitudes of all weights is 2.111 halfway between samples and less elsewhere.
pub const GAIN_BOUND: f32 = 2.12;

/// Samples on either side of a half point; with [`HALF_BETA`] images are 75 dB down from 0.63 of the
/// sample rate on, which is 30 kHz at 48 kHz.
const HALF_SIDE: usize = 10;
/// Kaiser's beta of the half points.
const HALF_BETA: f64 = 7.5;
/// Samples that must follow a point before it can be computed.
const REACH: usize = HALF_SIDE + HALF_REACH;
/// Samples on either side that the low-pass takes.
const SIDE: usize = 13;
/// Kaiser's beta of the low-pass, and its corner (-6 dB) as a share of the sample rate.
const LOW_PASS: (f64, f64) = (6.0, 0.43);
/// Samples that are kept before a frame.
const PAST: usize = 32;
/// Points of each phase that are kept before a frame.
const KEPT: usize = 32;
/// Samples of half a frame, which the low-pass computes at a time, and groups of lanes in it.
const HALF: usize = 32;
const GROUPS: usize = HALF / LANES;
/// Half points of a frame, in whole vectors.
const HALVES: usize = FRAME + LANES;
/// Samples that the kernels take at a time.
const LANES: usize = 8;

/// A frame at four times the rate: `[phase][sample]`, phase 0 are the samples themselves.
pub type Upsampled = [Frame; 4];

/// The points of a channel.
#[derive(Debug, Clone)]
pub struct Upsampler {
    filter: Interpolator,
    /// The samples before the frame, the frame, and nothing, which whole vectors read and leave out.
    samples: [f32; PAST + FRAME + LANES],
}

impl Upsampler {
    /// Silence before the first frame.
    pub fn new() -> Self {
        Self {
            filter: Interpolator::new(HALF_SIDE, HALF_BETA),
            samples: [0.0; PAST + FRAME + LANES],
        }
    }

    /// Forgets all samples.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
    }

    /// Takes the next frame.
    #[inline(always)]
    pub fn write(&mut self, frame: &Frame) {
        self.samples.copy_within(FRAME..FRAME + PAST, 0);
        self.samples[PAST..PAST + FRAME].copy_from_slice(frame);
    }

    /// Largest magnitude of the samples that the points of this frame come from.
    #[inline(always)]
    pub fn peak(&self) -> f32 {
        // Eight at a time, for which the compiler has vectors.
        let mut lanes = [0.0; LANES];
        for samples in self.samples.as_chunks::<LANES>().0 {
            for (lane, x) in lanes.iter_mut().zip(samples) {
                *lane = larger(*lane, x.abs());
            }
        }
        lanes.iter().fold(0.0, |peak, x| larger(peak, *x))
    }

    /// The samples [`LATENCY`] ago.
    #[inline(always)]
    pub fn read_delayed(&self, out: &mut Frame) {
        out.copy_from_slice(&self.samples[PAST - LATENCY..][..FRAME]);
    }

    /// The points of a frame, as plain code.
    pub fn upsample(&self, points: &mut Upsampled) {
        let mut halves = [0.0; HALVES];
        let first = PAST - REACH - HALF_REACH;
        self.filter.half_points(&self.samples, first, &mut halves);
        for i in 0..FRAME {
            let samples = &self.samples[first + i..];
            let [second, fourth] = self.filter.quarters(samples, &halves[i..]);
            (points[0][i], points[1][i]) = (samples[HALF_REACH], second);
            (points[2][i], points[3][i]) = (halves[HALF_REACH + i], fourth);
        }
    }

    /// The same in vectors.
    #[inline(always)]
    pub fn fast_upsample<S: Simd>(&self, simd: S, points: &mut Upsampled) {
        let mut halves = [0.0; HALVES];
        let first = PAST - REACH - HALF_REACH;
        self.filter
            .fast_half_points(simd, &self.samples, first, &mut halves);
        for at in (0..FRAME).step_by(LANES) {
            let samples = &self.samples[first + at..];
            let quarters = self.filter.fast_quarters(simd, samples, &halves[at..]);
            let to = at..at + LANES;
            quarters[0].store_slice(&mut points[1][to.clone()]);
            quarters[1].store_slice(&mut points[3][to]);
        }
        points[0].copy_from_slice(&self.samples[PAST - REACH..][..FRAME]);
        points[2].copy_from_slice(&halves[HALF_REACH..][..FRAME]);
    }
}

impl Default for Upsampler {
    fn default() -> Self {
        Self::new()
    }
}

/// Weights of the low-pass: `[phase][sample]`, oldest first, and how many samples it takes.
type Taps = [[f32; 2 * SIDE]; 4];

/// The low-pass back to the sample rate, of a channel.
#[derive(Debug, Clone)]
pub struct Decimator {
    taps: &'static Taps,
    /// Of each phase, the points before the frame.
    past: [[f32; KEPT]; 4],
    is_silent: bool,
}

impl Decimator {
    /// Silence before the first frame.
    pub fn new() -> Self {
        static TAPS: OnceLock<Taps> = OnceLock::new();
        Self {
            taps: TAPS.get_or_init(low_pass),
            past: [[0.0; KEPT]; 4],
            is_silent: true,
        }
    }

    /// Forgets all points.
    pub fn reset(&mut self) {
        self.past = [[0.0; KEPT]; 4];
        self.is_silent = true;
    }

    /// Whether all points that are still to be heard are 0.
    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Adds the next points, low-passed, to a frame.
    #[inline(always)]
    pub fn add_to(&mut self, audio: &mut Frame, fresh: &Upsampled, implementation: Implementation) {
        let mut points = [[0.0; KEPT + FRAME]; 4];
        for ((points, past), fresh) in points.iter_mut().zip(&mut self.past).zip(fresh) {
            points[..KEPT].copy_from_slice(past);
            points[KEPT..].copy_from_slice(fresh);
            past.copy_from_slice(&points[FRAME..]);
        }
        match implementation {
            Implementation::Scalar => self.low_pass(&points, audio),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.fast_low_pass(simd, &points, audio));
            }
        }
        self.is_silent = self.past.as_flattened().iter().all(|x| *x == 0.0);
    }

    fn low_pass(&self, points: &[[f32; KEPT + FRAME]; 4], audio: &mut Frame) {
        for (i, sample) in audio.iter_mut().enumerate() {
            let first = KEPT + i + 1 - 2 * SIDE;
            for (taps, points) in self.taps.iter().zip(points) {
                let pairs = taps.iter().zip(&points[first..]);
                *sample += pairs.map(|(tap, point)| tap * point).sum::<f32>();
            }
        }
    }

    /// The same of half a frame at a time, and only where there are points that are not 0.
    #[inline(always)]
    fn fast_low_pass<S: Simd>(
        &self,
        simd: S,
        points: &[[f32; KEPT + FRAME]; 4],
        audio: &mut Frame,
    ) {
        for (half, samples) in audio.as_chunks_mut::<HALF>().0.iter_mut().enumerate() {
            // The low-pass reaches over the half itself and the one before it.
            let at = HALF * half;
            let near = points.iter().map(|points| &points[at..at + 2 * HALF]);
            if near.flatten().all(|point| *point == 0.0) {
                continue;
            }
            let first = KEPT + at + 1 - 2 * SIDE;
            // Two sets of sums, so that none has to wait for the one before it.
            let mut sums = [[f32x8::splat(simd, 0.0); GROUPS]; 2];
            for (taps, points) in self.taps.as_chunks().0.iter().zip(points.as_chunks().0) {
                let [even, odd]: &[[f32; KEPT + FRAME]; 2] = points;
                let [even_taps, odd_taps]: &[[f32; 2 * SIDE]; 2] = taps;
                for tap in 0..2 * SIDE {
                    let at = first + tap..first + tap + HALF;
                    let (even, odd) = (&even[at.clone()], &odd[at]);
                    let even_tap = f32x8::splat(simd, even_taps[tap]);
                    let odd_tap = f32x8::splat(simd, odd_taps[tap]);
                    for group in 0..GROUPS {
                        let at = LANES * group..LANES * (group + 1);
                        let [evens, odds] = &mut sums;
                        let point = f32x8::from_slice(simd, &even[at.clone()]);
                        evens[group] = point.mul_add(even_tap, evens[group]);
                        let point = f32x8::from_slice(simd, &odd[at]);
                        odds[group] = point.mul_add(odd_tap, odds[group]);
                    }
                }
            }
            for (group, samples) in samples.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let sum = sums[0][group] + sums[1][group];
                (f32x8::from_slice(simd, samples) + sum).store_slice(samples);
            }
        }
    }
}

impl Default for Decimator {
    fn default() -> Self {
        Self::new()
    }
}

/// The low-pass: a sinc under Kaiser's window, with unity gain at DC.
fn low_pass() -> Taps {
    let (beta, corner) = LOW_PASS;
    let sides = SIDE as f64;
    // `t` in samples from the middle; nothing at the very end.
    let weight = |t: f64| {
        let x = 2.0 * PI * corner * t;
        let sinc = if t == 0.0 { 1.0 } else { x.sin() / x };
        let inside = 1.0 - (t / sides).powi(2);
        if inside > 0.0 {
            sinc * bessel_i0(beta * inside.sqrt())
        } else {
            0.0
        }
    };
    let at = |phase: usize, sample: usize| weight(sample as f64 - sides + phase as f64 / 4.0);
    let places = (0..4).flat_map(|phase| (0..2 * SIDE).map(move |sample| (phase, sample)));
    let sum: f64 = places.map(|(phase, sample)| at(phase, sample)).sum();
    std::array::from_fn(|phase| std::array::from_fn(|sample| narrow(at(phase, sample) / sum)))
}
