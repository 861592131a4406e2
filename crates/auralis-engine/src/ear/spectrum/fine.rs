//! A fine spectrum for people to look at: 24 points an octave from 20 Hz on.
//!
//! A Hann window over a third of a second, so that bins lie 3 Hz apart, transformed once a hop. A point is the mean power
//! density around it times the width of the critical band there, so that the line lies where the levels
//! of the bands do: what is drawn over it can be compared.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use auralis_dsp::bands::{EDGES_HZ, PerBand};
use auralis_dsp::basics::decibel::{SILENCE_DB, power_to_db};
use auralis_dsp::eq::curve::Places;

/// Points of the line.
pub const FINE_POINTS: usize = 241;
/// Points of an octave.
const PER_OCTAVE: f32 = 24.0;
/// Shortest window, in seconds; the real one is the next power of two.
const WINDOW_S: f64 = 0.2;
/// Time constant of the average, in seconds.
const AVERAGE_S: f64 = 0.15;

/// Frequency of a point, in Hz.
#[allow(clippy::cast_precision_loss)] // 241 points
pub fn fine_hz(point: usize) -> f32 {
    EDGES_HZ[0] * (point as f32 / PER_OCTAVE).exp2()
}

/// What a point is made of: bins and the factor of their mean power.
#[derive(Debug, Clone, Copy)]
struct Span {
    /// First bin and the share of the next one, where the point lies between two bins.
    first: usize,
    share: f64,
    /// Bins whose mean it is; 1 where it lies between two.
    bins: usize,
    scale: f64,
}

/// The spectrum of one signal.
pub struct FineSpectrum {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// The last samples of both channels, as a ring.
    recent: Vec<Complex<f32>>,
    next: usize,
    frame: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    spans: Vec<Span>,
    /// Averaged power of each point.
    power: Vec<f64>,
    keep: f64,
}

impl std::fmt::Debug for FineSpectrum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FineSpectrum")
            .field("samples", &self.window.len())
            .finish_non_exhaustive()
    }
}

impl FineSpectrum {
    /// A spectrum of silence at `sample_rate` Hz, of hops of `hop_samples`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // thousands of samples
    #[allow(clippy::cast_precision_loss)]
    pub fn new(sample_rate: f64, hop_samples: usize) -> Self {
        let length = ((WINDOW_S * sample_rate) as usize)
            .next_power_of_two()
            .max(2 * hop_samples.next_power_of_two());
        let fft = FftPlanner::new().plan_fft_forward(length);
        let hop_s = hop_samples as f64 / sample_rate;
        Self {
            window: (0..length).map(|i| hann(i, length)).collect(),
            recent: vec![Complex::default(); length],
            next: 0,
            frame: vec![Complex::default(); length],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            spans: spans(sample_rate, length),
            power: vec![0.0; FINE_POINTS],
            keep: (-hop_s / AVERAGE_S).exp(),
            fft,
        }
    }

    /// Silence again.
    pub fn reset(&mut self) {
        self.recent.fill(Complex::default());
        self.power.fill(0.0);
    }

    /// Takes a hop, one slice a channel; the second may be the first again.
    pub fn push(&mut self, left: &[f32], right: &[f32]) {
        for (l, r) in left.iter().zip(right) {
            self.recent[self.next] = Complex::new(*l, *r);
            self.next = (self.next + 1) % self.recent.len();
        }
        let (newer, older) = self.recent.split_at(self.next);
        let ordered = older.iter().chain(newer).zip(&self.window);
        for (z, (x, w)) in self.frame.iter_mut().zip(ordered) {
            *z = x * w;
        }
        self.fft
            .process_with_scratch(&mut self.frame, &mut self.scratch);
        let length = self.frame.len();
        let power = |k: usize| {
            let mirror = (length - k) % length;
            f64::from(0.5 * (self.frame[k].norm_sqr() + self.frame[mirror].norm_sqr()))
        };
        for (average, span) in self.power.iter_mut().zip(&self.spans) {
            let now = if span.bins > 1 {
                let sum: f64 = (span.first..span.first + span.bins).map(power).sum();
                #[allow(clippy::cast_precision_loss)] // hundreds
                let mean = sum / span.bins as f64;
                mean
            } else {
                power(span.first) * (1.0 - span.share) + power(span.first + 1) * span.share
            };
            *average = self.keep * *average + (1.0 - self.keep) * now * span.scale;
        }
    }

    /// Level of each point in dB, comparable with the levels of critical bands.
    #[allow(clippy::cast_possible_truncation)] // decibels
    pub fn levels_db(&self) -> Vec<f32> {
        let db = |power: &f64| (power_to_db(*power) as f32).max(SILENCE_DB);
        self.power.iter().map(db).collect()
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // thousands of samples
fn hann(i: usize, length: usize) -> f32 {
    (0.5 - 0.5 * (std::f64::consts::TAU * i as f64 / length as f64).cos()) as f32
}

/// Bins and scales of all points. Points above the Nyquist frequency are those of silence.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // below half the length
#[allow(clippy::cast_precision_loss)]
fn spans(sample_rate: f64, length: usize) -> Vec<Span> {
    let bin_hz = sample_rate / length as f64;
    let widths: PerBand = std::array::from_fn(|band| EDGES_HZ[band + 1] - EDGES_HZ[band]);
    let mut width_hz = [0.0; FINE_POINTS];
    Places::of((0..FINE_POINTS).map(fine_hz)).draw(&widths, &mut width_hz);
    // Both halves of the transform; a periodic Hann window of this length has 3/8 of its power.
    let whole = 2.0 / (0.375 * (length as f64).powi(2));
    let half_step = f64::from((0.5 / PER_OCTAVE).exp2());
    (0..FINE_POINTS)
        .map(|point| {
            let hz = f64::from(fine_hz(point));
            let (low, high) = (hz / half_step / bin_hz, hz * half_step / bin_hz);
            let (first, last) = (low.ceil() as usize, high.floor() as usize);
            let scale = if hz < 0.5 * sample_rate {
                whole * f64::from(width_hz[point]) / bin_hz
            } else {
                0.0
            };
            if scale > 0.0 && last > first && last < length / 2 {
                return Span {
                    first,
                    share: 0.0,
                    bins: last - first + 1,
                    scale,
                };
            }
            let at = (hz / bin_hz).min((length / 2 - 1) as f64);
            Span {
                first: at as usize,
                share: at.fract(),
                bins: 1,
                scale,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_dsp::bands::{BANDS, center_hz};
    use auralis_dsp::signals::Noise;

    #[test]
    fn noise_of_equal_power_in_each_hertz_lies_at_its_bands_levels() {
        let (rate, hop) = (48_000.0, 2048);
        let mut spectrum = FineSpectrum::new(rate, hop);
        let mut noise = Noise::new(7);
        let mut mean = vec![0.0; FINE_POINTS];
        for round in 0..400 {
            let channels = [0, 1].map(|_| (0..hop).map(|_| noise.white()).collect::<Vec<f32>>());
            spectrum.push(&channels[0], &channels[1]);
            if round >= 40 {
                let levels = spectrum.levels_db();
                for (mean, db) in mean.iter_mut().zip(levels) {
                    *mean += 10.0_f64.powf(f64::from(db) / 10.0) / 360.0;
                }
            }
        }
        // Both channels together; uniform noise in -1 to 1 has a mean square of a third.
        for band in 0..BANDS {
            let width = f64::from(EDGES_HZ[band + 1] - EDGES_HZ[band]);
            let expected = 10.0 * (2.0 / 3.0 * width / (0.5 * rate)).log10();
            let hz = center_hz(band);
            let near = (0..FINE_POINTS).min_by(|a, b| {
                (fine_hz(*a) - hz)
                    .abs()
                    .total_cmp(&(fine_hz(*b) - hz).abs())
            });
            let got = 10.0 * mean[near.unwrap()].log10();
            // 15 s of a line a few bins wide vary by some 5 %; bands of a hundred bins less.
            assert!(
                (got - expected).abs() < 1.0,
                "band {}: {got} dB, {expected}",
                band + 1
            );
        }
    }

    #[test]
    fn two_tones_a_third_of_an_octave_apart_in_the_bass_are_two() {
        let (rate, hop) = (48_000.0, 2048);
        let mut spectrum = FineSpectrum::new(rate, hop);
        let tone = |i: usize| {
            let phase = std::f32::consts::TAU * i as f32 / rate as f32;
            (40.0 * phase).sin() + (63.0 * phase).sin()
        };
        for at in 0..40 {
            let channel: Vec<f32> = (0..hop).map(|i| tone(at * hop + i)).collect();
            spectrum.push(&channel, &channel);
        }
        let levels = spectrum.levels_db();
        let at = |hz: f32| levels[(24.0 * (hz / 20.0).log2()).round() as usize];
        assert!(at(40.0) > at(50.0) + 10.0 && at(63.0) > at(50.0) + 10.0);
    }
}
