//! Power per critical band of one window, by itself.
//!
//! A periodic Hann window over two hops, one FFT for all channels. Bin powers are scaled so that all
//! bins add up to the mean square of the signal (Parseval, with the window's own power taken out),
//! summed over the channels: a sine of amplitude `a` in one channel has `a*a/2`, in both channels
//! twice that. A bin that straddles a band edge is shared in proportion.
//!
//! A window says the same whatever was analysed before it, so that those of a long piece may be
//! analysed in any order, by several threads.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::ear::spectrum::bins::Bins;
use crate::ear::spectrum::tone::{BinPowers, Tone};
use auralis_dsp::bands::{BANDS, EDGES_HZ, LOW_BANDS, LOW_EDGES_HZ};

/// Power of each band, mean square.
pub type BandPower = [f64; BANDS];
/// Power of each part of the lowest band, mean square. The window tells apart what lies 23 Hz apart.
pub type LowPower = [f64; LOW_BANDS];

/// The bins of a band: `first..=last`, with the shares of the outer two.
#[derive(Debug, Clone, Copy)]
struct BinRange {
    first: usize,
    last: usize,
    first_share: f64,
    last_share: f64,
}

/// From two hops to the powers of their bands.
#[derive(Clone)]
pub struct Transform {
    bins: Bins,
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// Both channels, in time or frequency.
    frame: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// Power of each FFT bin of the last window.
    bin_power: Vec<f32>,
    /// The same of the side.
    side_bin_power: Vec<f32>,
    is_stereo: bool,
    bin_hz: f64,
    /// Bins of the bands below the Nyquist frequency.
    ranges: Vec<BinRange>,
    /// Bins of the parts of the lowest band.
    low_ranges: Vec<BinRange>,
}

impl Transform {
    /// A transform of `channels` (1 or 2) at `sample_rate` Hz in hops of `hop_samples`.
    pub fn new(sample_rate: f64, channels: usize, hop_samples: usize) -> Self {
        let length = 2 * hop_samples;
        let fft = FftPlanner::new().plan_fft_forward(length);
        let bin_hz = sample_rate / length as f64;
        Self {
            bins: Bins::new(),
            window: scaled_hann(length, channels),
            frame: vec![Complex::default(); length],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            bin_power: vec![0.0; hop_samples + 1],
            side_bin_power: vec![0.0; hop_samples + 1],
            is_stereo: channels == 2,
            bin_hz,
            ranges: bin_ranges(&EDGES_HZ, bin_hz, 0.5 * sample_rate),
            low_ranges: bin_ranges(&LOW_EDGES_HZ, bin_hz, 0.5 * sample_rate),
            fft,
        }
    }

    /// Power of each band in the window over the hops `before` and `now`, a slice a channel.
    pub fn band_power<C: AsRef<[f32]>>(&mut self, before: &[C], now: &[&[f32]]) -> BandPower {
        self.measure_bins(before, now);
        self.of_bands(&self.bin_power)
    }

    /// Power of each band of the side `(L - R) / sqrt 2` in the last window; 0 in mono.
    pub fn side_power(&mut self) -> BandPower {
        if !self.is_stereo {
            return [0.0; BANDS];
        }
        self.bins.side_powers(&mut self.side_bin_power, &self.frame);
        self.of_bands(&self.side_bin_power)
    }

    /// Power of each part of the lowest band in the last window.
    pub fn low_power(&self) -> LowPower {
        self.sums(&self.bin_power, &self.low_ranges)
    }

    /// Sums of the powers of the bins of each band.
    fn of_bands(&self, bin_power: &[f32]) -> BandPower {
        self.sums(bin_power, &self.ranges)
    }

    /// Sums of the powers of the bins of each range.
    fn sums<const N: usize>(&self, bin_power: &[f32], ranges: &[BinRange]) -> [f64; N] {
        let mut power = [0.0; N];
        for (power, range) in power.iter_mut().zip(ranges) {
            *power = self
                .bins
                .sum(&bin_power[range.first + 1..range.last.max(range.first + 1)])
                + range.first_share * f64::from(bin_power[range.first])
                + range.last_share * f64::from(bin_power[range.last]);
        }
        power
    }

    /// Tone of the last window, whose bands have this power.
    pub fn tone(&self, band_power: &BandPower) -> Tone {
        let bins = BinPowers {
            powers: &self.bin_power,
            bin_hz: self.bin_hz,
        };
        Tone::of(bins, &band_power[..self.usable_bands()])
    }

    /// Bands that lie below the Nyquist frequency as a whole; the others are never measured.
    pub fn usable_bands(&self) -> usize {
        self.ranges.len()
    }

    /// Both channels in one transform, as real and imaginary part: their powers together are the
    /// mean of those of the bins at `k` and at `-k`. A single channel is both parts, of half the
    /// power each.
    fn measure_bins<C: AsRef<[f32]>>(&mut self, before: &[C], now: &[&[f32]]) {
        let before = [0, before.len() - 1].map(|channel| before[channel].as_ref());
        let now = [0, now.len() - 1].map(|channel| now[channel]);
        let hop = self.frame.len() / 2;
        let halves = self.frame.chunks_exact_mut(hop);
        let halves = halves.zip(self.window.chunks_exact(hop));
        for ((half, window), source) in halves.zip([before, now]) {
            self.bins.window(half, source, window);
        }
        self.fft
            .process_with_scratch(&mut self.frame, &mut self.scratch);
        self.bins.powers(&mut self.bin_power, &self.frame);
    }
}

/// Windows over the hops of a stream: each hop with the one before it.
pub struct Windows {
    transform: Transform,
    /// The hop before, one buffer a channel.
    previous: Vec<Vec<f32>>,
    has_previous: bool,
}

impl Windows {
    /// Windows of `channels` (1 or 2) at `sample_rate` Hz in hops of `hop_samples`.
    pub fn new(sample_rate: f64, channels: usize, hop_samples: usize) -> Self {
        Self {
            transform: Transform::new(sample_rate, channels, hop_samples),
            previous: vec![vec![0.0; hop_samples]; channels],
            has_previous: false,
        }
    }

    /// A hop was lost: the next has no neighbour to be analysed with.
    pub fn gap(&mut self) {
        self.has_previous = false;
    }

    /// Analyses a hop, one slice of `hop_samples` a channel; `None` when it has no neighbour yet.
    pub fn push(&mut self, hop: &[&[f32]]) -> Option<BandPower> {
        let power = self
            .has_previous
            .then(|| self.transform.band_power(&self.previous, hop));
        for (previous, channel) in self.previous.iter_mut().zip(hop) {
            previous.copy_from_slice(channel);
        }
        self.has_previous = true;
        power
    }

    /// The transform, which knows the tone of the last window.
    pub fn transform(&self) -> &Transform {
        &self.transform
    }

    /// Power of each part of the lowest band in the last window.
    pub fn low_power(&self) -> LowPower {
        self.transform.low_power()
    }

    /// Power of each band of the side in the last window.
    pub fn side_power(&mut self) -> BandPower {
        self.transform.side_power()
    }
}

/// A periodic Hann window, scaled so that `|X|^2` of an inner bin is its two-sided mean square, of
/// both parts of the transform together.
fn scaled_hann(length: usize, channels: usize) -> Vec<f32> {
    let parts_per_channel = if channels == 1 { 2.0 } else { 1.0 };
    // The squares of a periodic Hann window add up to 3/8 of its length.
    let scale = (2.0 / (parts_per_channel * length as f64 * 0.375 * length as f64)).sqrt();
    (0..length)
        .map(|i| {
            let phase = std::f64::consts::TAU * i as f64 / length as f64;
            (scale * (0.5 - 0.5 * phase.cos())) as f32
        })
        .collect()
}

/// Bins of each band between these edges whose upper edge is not above `nyquist_hz`. Bin `k` spans
/// `k - 0.5..k + 0.5`.
fn bin_ranges(edges_hz: &[f32], bin_hz: f64, nyquist_hz: f64) -> Vec<BinRange> {
    let usable = edges_hz[1..]
        .iter()
        .take_while(|edge| f64::from(**edge) <= nyquist_hz)
        .count();
    (0..usable)
        .map(|band| {
            let [low, high] = [edges_hz[band], edges_hz[band + 1]].map(|hz| f64::from(hz) / bin_hz);
            let (first, last) = ((low + 0.5).floor(), (high + 0.5).floor());
            BinRange {
                first: first as usize,
                last: last as usize,
                first_share: first + 0.5 - low,
                last_share: high - (last - 0.5),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_not_analysed_across() {
        let mut windows = Windows::new(48_000.0, 1, 2048);
        let hop = [&[0.1; 2048][..]];
        assert_eq!(windows.push(&hop), None, "the first hop has no neighbour");
        assert!(windows.push(&hop).is_some());
        windows.gap();
        assert_eq!(windows.push(&hop), None, "nor has the first after a gap");
    }
}
