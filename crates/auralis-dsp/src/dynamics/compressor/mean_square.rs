//! The level of the RMS detector: a mean of squares that does not lag behind a step.
//!
//! A one-pole of [`RMS_S`], in chunks of eight samples. By itself it would add its own time to the attack,
//! and falls by 4.3 dB in a time constant, whatever the release is. But the audio is delayed by the longest
//! look-ahead anyway, so the mean of the squares that *follow* is known too: where the sound rises by more
//! than 3 dB, and where no sample that follows reaches the average, the average goes on from that mean, as edge-preserving
//! smoothing does (M. Kuwahara et al., "Processing of RI-angiocardiographic images", 1976). A tone from 50 Hz on
//! never meets either condition while it is steady.
//!
//! Sums and maxima of the chunks are taken in vectors; both implementations round alike.

use fearless_simd::{Simd, dispatch, f32x4, f32x8, prelude::*};

use crate::basics::log_exp::{larger, smaller};
use crate::basics::smoothing::coefficient;
use crate::simd::instruction_set::Implementation;
use crate::simd::scan::{narrow, transpose_block};
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Integration time in seconds.
const RMS_S: f64 = 0.010;
/// Samples of a chunk, and chunks of a frame.
const CHUNK: usize = 8;
const CHUNKS: usize = FRAME / CHUNK;
/// A rise by this factor of power is a step: more than a tone of 50 Hz shows within its period.
const STEP: f32 = 2.0;
/// Averages below this are 300 dB down: cleared before they become subnormal.
const TINY: f32 = 1e-30;

/// The mean square of a channel.
#[derive(Debug, Clone)]
pub struct MeanSquare {
    /// Share of the average that is left after a chunk.
    kept: f32,
    average: f32,
    /// Chunks that follow.
    ahead: usize,
    /// Sum and maximum of the squares of each chunk: `ahead` and two more before the newest frame, and its
    /// own.
    sums: Box<[f32]>,
    peaks: Box<[f32]>,
}

impl MeanSquare {
    /// At rest; the newest sample is at most so many samples ahead of those that are measured.
    pub fn new(sample_rate: f64, lookahead_samples: usize) -> Self {
        let ahead = (lookahead_samples / CHUNK).max(CHUNKS);
        let chunks = vec![0.0; ahead + 1 + CHUNKS].into_boxed_slice();
        #[allow(clippy::cast_precision_loss)] // 8
        let kept = narrow(coefficient(RMS_S, sample_rate / CHUNK as f64));
        Self {
            kept,
            average: 0.0,
            ahead,
            sums: chunks.clone(),
            peaks: chunks,
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.average = 0.0;
        self.sums.fill(0.0);
        self.peaks.fill(0.0);
    }

    /// Leaves the mean squares of frames of samples; `newest` are those that came last. All channels at once:
    /// one's chunks wait for each other, not for another's.
    #[inline(always)]
    pub fn process(
        channels: &mut [Self],
        newest: [&Frame; MAX_CHANNELS],
        measured: [&Frame; MAX_CHANNELS],
        out: &mut [Frame],
        implementation: Implementation,
    ) {
        let mut known = [Known::NOTHING; MAX_CHANNELS];
        for (n, channel) in channels.iter_mut().enumerate() {
            known[n] = channel.take(newest[n], measured[n], implementation);
        }
        for n in 0..CHUNKS {
            let all = channels.iter_mut().zip(&known).zip(measured).zip(&mut *out);
            for (((channel, known), samples), out) in all {
                let (samples, out) = (&samples.as_chunks().0[n], &mut out.as_chunks_mut().0[n]);
                channel.average = channel.measure(samples, known, n, out);
            }
        }
        for channel in channels {
            if channel.average < TINY {
                channel.average = 0.0;
            }
        }
    }

    /// Takes the newest frame; what is known of each chunk of that which is measured.
    #[inline(always)]
    fn take(&mut self, newest: &Frame, measured: &Frame, implementation: Implementation) -> Known {
        let (newest, own) = match implementation {
            Implementation::Scalar => (Chunks::of(newest), Chunks::of(measured)),
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                (Chunks::fast_of(simd, newest), Chunks::fast_of(simd, measured))
            }),
        };
        self.push(&newest);
        Known {
            own,
            following: self.following(),
            peaks: self.peaks(),
        }
    }

    /// Takes the squares of the newest frame.
    #[inline(always)]
    fn push(&mut self, newest: &Chunks) {
        let old = self.ahead + 1;
        self.sums.copy_within(CHUNKS.., 0);
        self.peaks.copy_within(CHUNKS.., 0);
        self.sums[old..].copy_from_slice(&newest.sums);
        self.peaks[old..].copy_from_slice(&newest.peaks);
    }

    /// For each chunk the mean of the squares that follow it.
    #[inline(always)]
    fn following(&self) -> [f32; CHUNKS] {
        // Anew in each frame, so that a loud sample leaves no rounding behind it.
        let first = sum(&self.sums[2..2 + self.ahead]);
        #[allow(clippy::cast_precision_loss)] // a few thousand
        let scale = 1.0 / (CHUNK * self.ahead) as f64;
        let mut sum = first;
        let mut means = [0.0; CHUNKS];
        for (n, mean) in means.iter_mut().enumerate() {
            if n > 0 {
                sum += f64::from(self.sums[n + 1 + self.ahead]) - f64::from(self.sums[n + 1]);
            }
            *mean = narrow(sum.max(0.0) * scale);
        }
        means
    }

    /// For each chunk the largest square in it and after it.
    #[inline(always)]
    fn peaks(&self) -> [f32; CHUNKS] {
        let window = self.ahead + 2;
        let mut peaks = [largest(&self.peaks[CHUNKS - 1..window]); CHUNKS];
        let (mut first, mut last) = (0.0, 0.0);
        for n in 1..CHUNKS {
            last = larger(last, self.peaks[window + n - 1]);
            peaks[n] = larger(peaks[n], last);
            let n = CHUNKS - 1 - n;
            first = larger(first, self.peaks[n]);
            peaks[n] = larger(peaks[n], first);
        }
        peaks
    }

    /// Leaves the mean squares of chunk `n`; the average after it.
    #[inline(always)]
    fn measure(
        &self,
        samples: &[f32; CHUNK],
        known: &Known,
        n: usize,
        out: &mut [f32; CHUNK],
    ) -> f32 {
        #[allow(clippy::cast_precision_loss)] // 8
        let mean = known.own.sums[n] / CHUNK as f32;
        let following = known.following[n];
        let before = self.average;
        let after = mean + self.kept * (before - mean);
        if smaller(following, known.own.peaks[n]) > STEP * after {
            // The sound begins in this chunk, at the sample that says so.
            for (out, x) in out.iter_mut().zip(samples) {
                *out = larger(before, smaller(following, *x * *x));
            }
            following
        } else if known.peaks[n] < after {
            out.fill(following);
            following
        } else {
            for (out, ramp) in out.iter_mut().zip(&RAMP) {
                *out = before + (after - before) * ramp;
            }
            after
        }
    }
}

/// What is known of each chunk that is measured: its squares, the mean of those that follow it, and the
/// largest from here on.
struct Known {
    own: Chunks,
    following: [f32; CHUNKS],
    peaks: [f32; CHUNKS],
}

impl Known {
    const NOTHING: Self = Self {
        own: Chunks::NOTHING,
        following: [0.0; CHUNKS],
        peaks: [0.0; CHUNKS],
    };
}

/// Sum and maximum of the squares of each chunk of a frame.
struct Chunks {
    sums: [f32; CHUNKS],
    peaks: [f32; CHUNKS],
}

impl Chunks {
    const NOTHING: Self = Self {
        sums: [0.0; CHUNKS],
        peaks: [0.0; CHUNKS],
    };

    fn of(frame: &Frame) -> Self {
        let squares = frame.map(|x| x * x);
        let chunks = squares.as_chunks::<CHUNK>().0;
        // In pairs, as vectors add.
        let total =
            |[a, b, c, d, e, f, g, h]: [f32; CHUNK]| ((a + e) + (b + f)) + ((c + g) + (d + h));
        Self {
            sums: std::array::from_fn(|n| total(chunks[n])),
            peaks: std::array::from_fn(|n| chunks[n].iter().fold(0.0, |a, x| larger(a, *x))),
        }
    }

    #[inline(always)]
    fn fast_of<S: Simd>(simd: S, frame: &Frame) -> Self {
        let mut chunks = Self::NOTHING;
        for half in 0..2 {
            let mut sums = [f32x4::splat(simd, 0.0); 4];
            let mut peaks = sums;
            for n in 0..4 {
                let at = CHUNK * (4 * half + n);
                let x = f32x8::from_slice(simd, &frame[at..at + CHUNK]);
                let (low, high) = (x * x).split();
                (sums[n], peaks[n]) = (low + high, low.max(high));
            }
            let [a, b, c, d] = transpose_block(sums);
            ((a + b) + (c + d)).store_slice(&mut chunks.sums[4 * half..4 * half + 4]);
            let [a, b, c, d] = transpose_block(peaks);
            let peaks = a.max(b).max(c.max(d));
            peaks.store_slice(&mut chunks.peaks[4 * half..4 * half + 4]);
        }
        chunks
    }
}

/// The sum of many numbers.
#[inline(always)]
fn sum(of: &[f32]) -> f64 {
    // Several at a time, for which the compiler has vectors.
    let (chunks, rest) = of.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane += f64::from(*x);
        }
    }
    let rest: f64 = rest.iter().map(|x| f64::from(*x)).sum();
    lanes.iter().sum::<f64>() + rest
}

/// The largest of many numbers, 0 at least.
#[inline(always)]
fn largest(of: &[f32]) -> f32 {
    let (chunks, rest) = of.as_chunks::<8>();
    let mut lanes = [0.0; 8];
    for chunk in chunks {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*x, *lane);
        }
    }
    let rest = rest.iter().fold(0.0, |most, x| larger(*x, most));
    lanes.iter().fold(rest, |most, x| larger(*x, most))
}

/// How far a chunk has come at each sample.
const RAMP: [f32; CHUNK] = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0];
