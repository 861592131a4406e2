//! The level of the RMS detector: a mean of squares that does not lag behind a step.
//!
//! A one-pole of [`RMS_S`], in chunks of eight samples. By itself it would add its own time to the attack,
//! and falls by 4.3 dB in a time constant, whatever the release is. But the audio is delayed by the longest
//! look-ahead anyway, so the mean of the squares that *follow* is known too: where the sound rises by more
//! than 3 dB, and where no sample that follows reaches the average, the average goes on from that mean, as edge-preserving
//! smoothing does (M. Kuwahara et al., "Processing of RI-angiocardiographic images", 1976). A tone from 50 Hz on
//! never meets either condition while it is steady.

use crate::basics::log_exp::larger;
use crate::basics::smoothing::coefficient;
use crate::simd::scan::narrow;
use crate::{FRAME, Frame};

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

    /// Replaces a frame of samples by their mean squares; `newest` are those that came last.
    #[inline(always)]
    pub fn process(&mut self, newest: &Frame, frame: &mut Frame) {
        self.push(newest);
        let (mut following, mut peak) = (self.following(), self.peaks());
        for ((chunk, following), peak) in frame
            .as_chunks_mut::<CHUNK>()
            .0
            .iter_mut()
            .zip(&mut following)
            .zip(&mut peak)
        {
            self.measure(chunk, *following, *peak);
        }
        if self.average < TINY {
            self.average = 0.0;
        }
    }

    /// Takes the squares of the newest frame.
    #[inline(always)]
    fn push(&mut self, newest: &Frame) {
        let old = self.ahead + 1;
        self.sums.copy_within(CHUNKS.., 0);
        self.peaks.copy_within(CHUNKS.., 0);
        let chunks = self.sums[old..].iter_mut().zip(&mut self.peaks[old..]);
        for ((sum, peak), chunk) in chunks.zip(newest.as_chunks::<CHUNK>().0) {
            (*sum, *peak) = (sum_of_squares(chunk), peak_of_squares(chunk));
        }
    }

    /// For each chunk the mean of the squares that follow it.
    #[inline(always)]
    fn following(&self) -> [f32; CHUNKS] {
        // Anew in each frame, so that a loud sample leaves no rounding behind it.
        let first: f64 = self.sums[2..2 + self.ahead]
            .iter()
            .map(|x| f64::from(*x))
            .sum();
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
        let largest = |chunks: &[f32]| chunks.iter().fold(0.0, |a: f32, b| larger(a, *b));
        let common = largest(&self.peaks[CHUNKS - 1..window]);
        let mut peaks = [common; CHUNKS];
        for (n, peak) in peaks.iter_mut().enumerate() {
            let (first, last) = (&self.peaks[n..CHUNKS - 1], &self.peaks[window..window + n]);
            *peak = larger(larger(common, largest(first)), largest(last));
        }
        peaks
    }

    /// Replaces a chunk by its mean squares.
    #[inline(always)]
    fn measure(&mut self, chunk: &mut [f32; CHUNK], following: f32, peak: f32) {
        #[allow(clippy::cast_precision_loss)] // 8
        let mean = sum_of_squares(chunk) / CHUNK as f32;
        let before = self.average;
        let after = mean + self.kept * (before - mean);
        if following.min(peak_of_squares(chunk)) > STEP * after {
            // The sound begins in this chunk, at the sample that says so.
            for x in chunk {
                *x = before.max(following.min(*x * *x));
            }
            self.average = following;
        } else if peak < after {
            chunk.fill(following);
            self.average = following;
        } else {
            for (n, x) in chunk.iter_mut().enumerate() {
                *x = before + (after - before) * RAMP[n];
            }
            self.average = after;
        }
    }
}

/// How far a chunk has come at each sample.
const RAMP: [f32; CHUNK] = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0];

#[inline(always)]
fn sum_of_squares(chunk: &[f32; CHUNK]) -> f32 {
    // In pairs, as vectors add.
    let [a, b, c, d, e, f, g, h] = *chunk;
    ((a * a + b * b) + (c * c + d * d)) + ((e * e + f * f) + (g * g + h * h))
}

#[inline(always)]
fn peak_of_squares(chunk: &[f32; CHUNK]) -> f32 {
    let [a, b, c, d, e, f, g, h] = chunk.map(f32::abs);
    let half = |a: f32, b, c, d| larger(larger(a, b), larger(c, d));
    let peak = larger(half(a, b, c, d), half(e, f, g, h));
    peak * peak
}
