//! Power per critical band, short-term and long-term.
//!
//! A periodic Hann window over two hops, every hop (50 % overlap), one FFT for all channels. Bin
//! powers are scaled so that all bins add up to the mean square of the signal (Parseval, with the
//! window's own power taken out), summed over the channels: a sine of amplitude `a` in one channel
//! has `a*a/2`, in both channels twice that. A bin that straddles a band edge is shared in
//! proportion. Short-term: one-pole of 0.4 s. Long-term: mean of power (so loud parts weigh most)
//! over the hops the caller lets in, a true mean first and exponential with `LONG_TERM_S` later.

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use super::average::{WarmMean, one_pole};
use super::bins::Bins;
use crate::dsp::bands::{BANDS, EDGES_HZ, PerBand};
use crate::dsp::decibel::{db_to_power, power_to_db};

/// Time constant of the short-term spectrum, in seconds.
const SHORT_TERM_S: f64 = 0.4;
/// Time constant of the long-term spectrum once it is warm, in seconds.
const LONG_TERM_S: f64 = 20.0;

/// Power of each band, mean square.
type BandPower = [f64; BANDS];

/// The bins of a band: `first..=last`, with the shares of the outer two.
#[derive(Debug, Clone, Copy)]
struct BinRange {
    first: usize,
    last: usize,
    first_share: f64,
    last_share: f64,
}

/// The spectrum of a programme.
pub struct Spectrum {
    bins: Bins,
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    /// The hop before, one buffer a channel.
    previous: Vec<Vec<f32>>,
    has_previous: bool,
    /// Both channels, in time or frequency.
    frame: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    bin_power: Vec<f32>,
    bin_hz: f64,
    /// Bins of the bands below the Nyquist frequency.
    ranges: Vec<BinRange>,
    band_power: BandPower,
    short_term: BandPower,
    long_term: BandPower,
    short_weight: f64,
    long_weights: WarmMean,
}

impl Spectrum {
    /// A spectrum of `channels` at `sample_rate` Hz in hops of `hop_samples`.
    pub fn new(sample_rate: f64, channels: usize, hop_samples: usize) -> Self {
        let length = 2 * hop_samples;
        let fft = FftPlanner::new().plan_fft_forward(length);
        let hop_s = hop_samples as f64 / sample_rate;
        let bin_hz = sample_rate / length as f64;
        Self {
            bins: Bins::new(),
            window: scaled_hann(length, channels),
            previous: vec![vec![0.0; hop_samples]; channels],
            has_previous: false,
            frame: vec![Complex::default(); length],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            bin_power: vec![0.0; hop_samples + 1],
            bin_hz,
            ranges: bin_ranges(bin_hz, 0.5 * sample_rate),
            band_power: [0.0; BANDS],
            short_term: [0.0; BANDS],
            long_term: [0.0; BANDS],
            short_weight: one_pole(hop_s, SHORT_TERM_S),
            long_weights: WarmMean::new(hop_s, LONG_TERM_S),
            fft,
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.gap();
        self.band_power = [0.0; BANDS];
        self.long_term = [0.0; BANDS];
        self.bin_power.fill(0.0);
        self.long_weights.reset();
    }

    /// A hop was lost: the next has no neighbour to be analysed with.
    pub fn gap(&mut self) {
        self.has_previous = false;
        self.short_term = [0.0; BANDS];
    }

    /// Analyses a hop, one slice of `hop_samples` a channel. False when it has no neighbour yet.
    pub fn push(&mut self, channels: &[&[f32]]) -> bool {
        let ready = self.has_previous;
        if ready {
            self.measure_bins(channels);
        }
        for (previous, channel) in self.previous.iter_mut().zip(channels) {
            previous.copy_from_slice(channel);
        }
        self.has_previous = true;
        if ready {
            self.sum_bands();
        }
        ready
    }

    /// Both channels in one transform, as real and imaginary part: their powers together are the
    /// mean of those of the bins at `k` and at `-k`. A single channel is both parts, of half the
    /// power each.
    fn measure_bins(&mut self, channels: &[&[f32]]) {
        let hop = self.previous[0].len();
        let halves = self.frame.chunks_exact_mut(hop);
        let halves = halves.zip(self.window.chunks_exact(hop));
        let before = [0, self.previous.len() - 1].map(|channel| &self.previous[channel][..]);
        let now = [0, channels.len() - 1].map(|channel| channels[channel]);
        for ((half, window), source) in halves.zip([before, now]) {
            self.bins.window(half, source, window);
        }
        self.fft
            .process_with_scratch(&mut self.frame, &mut self.scratch);
        self.bins.powers(&mut self.bin_power, &self.frame);
    }

    fn sum_bands(&mut self) {
        for (band, range) in self.ranges.iter().enumerate() {
            self.band_power[band] = self.bins.sum(&self.bin_power[range.first + 1..range.last])
                + range.first_share * f64::from(self.bin_power[range.first])
                + range.last_share * f64::from(self.bin_power[range.last]);
        }
        for (mean, power) in self.short_term.iter_mut().zip(&self.band_power) {
            *mean += self.short_weight * (power - *mean);
        }
    }

    /// Takes the last hop into the long-term spectrum.
    pub fn learn(&mut self) {
        let weight = self.long_weights.weigh();
        for (mean, power) in self.long_term.iter_mut().zip(&self.band_power) {
            *mean += weight * (power - *mean);
        }
    }

    /// Goes on from a long-term spectrum in dB that `hops` have gone into; after a reset.
    pub fn resume(&mut self, long_term_db: &PerBand, hops: f64) {
        for (power, db) in self.long_term.iter_mut().zip(long_term_db) {
            *power = db_to_power(f64::from(*db));
        }
        self.long_weights.resume(hops.max(1.0));
    }

    /// Long-term power of all bands, mean square.
    pub fn long_term_power(&self) -> f64 {
        self.long_term.iter().sum()
    }

    /// Whether the long-term spectrum holds anything.
    pub fn has_learned(&self) -> bool {
        !self.long_weights.is_empty()
    }

    /// Bands that lie below the Nyquist frequency as a whole; the others are never measured.
    pub fn usable_bands(&self) -> usize {
        self.ranges.len()
    }

    /// Power of each band in the last hop, mean square.
    pub fn band_power(&self) -> &BandPower {
        &self.band_power
    }

    /// Power of each FFT bin in the last hop, mean square.
    pub fn bin_power(&self) -> &[f32] {
        &self.bin_power
    }

    /// Distance of the bins, in Hz.
    pub fn bin_hz(&self) -> f64 {
        self.bin_hz
    }

    /// Short-term level of each band, in dB.
    pub fn short_term_db(&self) -> PerBand {
        self.short_term.map(|power| power_to_db(power) as f32)
    }

    /// Long-term level of each band, in dB.
    pub fn long_term_db(&self) -> PerBand {
        self.long_term.map(|power| power_to_db(power) as f32)
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

/// Bins of each band whose upper edge is not above `nyquist_hz`. Bin `k` spans `k - 0.5..k + 0.5`.
fn bin_ranges(bin_hz: f64, nyquist_hz: f64) -> Vec<BinRange> {
    let usable = EDGES_HZ[1..]
        .iter()
        .take_while(|edge| f64::from(**edge) <= nyquist_hz)
        .count();
    (0..usable)
        .map(|band| {
            let [low, high] = [EDGES_HZ[band], EDGES_HZ[band + 1]].map(|hz| f64::from(hz) / bin_hz);
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
    use crate::analysis::test_signals::{Noise, hop_samples, signal};
    use crate::dsp::bands::center_hz;

    /// Long-term spectrum of a programme, the same in every channel.
    fn long_term(sample_rate: f64, channels: usize, samples: &[f32]) -> (PerBand, usize) {
        let hop = hop_samples(sample_rate);
        let mut spectrum = Spectrum::new(sample_rate, channels, hop);
        for chunk in samples.chunks_exact(hop) {
            if spectrum.push(&vec![chunk; channels]) {
                spectrum.learn();
            }
        }
        (spectrum.long_term_db(), spectrum.usable_bands())
    }

    #[test]
    fn a_sine_lands_in_its_band_at_its_level() {
        for sample_rate in [8_000.0, 44_100.0, 48_000.0, 192_000.0] {
            let usable = EDGES_HZ[1..]
                .iter()
                .filter(|e| f64::from(**e) <= 0.5 * sample_rate)
                .count();
            for band in (0..usable).step_by(3) {
                let omega = std::f64::consts::TAU * f64::from(center_hz(band)) / sample_rate;
                let sine = signal(sample_rate as usize, |i| {
                    (0.1 * (omega * i as f64).sin()) as f32
                });
                let (levels, got_usable) = long_term(sample_rate, 2, &sine);
                assert_eq!(got_usable, usable, "bands at {sample_rate} Hz");
                // 0.1^2 / 2 in each of two channels is -20 dB; the main lobe (4 bins) fits the band.
                let got = levels[band];
                assert!(
                    (got + 20.0).abs() < 0.1,
                    "{sample_rate} Hz, band {band}: {got} dB, expected -20"
                );
                for (other, level) in levels
                    .iter()
                    .enumerate()
                    .filter(|(o, _)| o.abs_diff(band) > 1)
                {
                    assert!(
                        *level < -60.0,
                        "{sample_rate} Hz, sine in band {band}: {level} dB in {other}"
                    );
                }
            }
        }
    }

    #[test]
    fn noises_have_their_slopes() {
        let mut noise = Noise::new(1);
        let white = signal(960_000, |_| noise.white());
        let pink = signal(960_000, |_| noise.pink());
        let (white, _) = long_term(48_000.0, 1, &white);
        let (pink, _) = long_term(48_000.0, 1, &pink);
        // White noise of uniform samples has 1/3, spread evenly over 24 kHz.
        for band in 0..BANDS {
            let width = EDGES_HZ[band + 1] - EDGES_HZ[band];
            let expected = 10.0 * (width / 24_000.0 / 3.0).log10();
            // 20 s of it: about 1 500 effective averages times 7 bins at least, 0.25 dB is 4 sigma.
            let got = white[band];
            assert!(
                (got - expected).abs() < 0.4,
                "white, band {band}: {got}, expected {expected} dB"
            );
        }
        // Pink noise has equal power in equal ratios: a band has log2(upper / lower) octaves.
        let octaves = |band: usize| (EDGES_HZ[band + 1] / EDGES_HZ[band]).log2();
        for band in 2..BANDS - 1 {
            let expected = pink[8] + 10.0 * (octaves(band) / octaves(8)).log10();
            let got = pink[band];
            assert!(
                (got - expected).abs() < 0.7,
                "pink, band {band}: {got}, expected {expected} dB"
            );
        }
    }

    #[test]
    fn a_gap_is_not_analysed_across() {
        let mut spectrum = Spectrum::new(48_000.0, 1, 2048);
        let hop = [&[0.1; 2048][..]];
        assert!(!spectrum.push(&hop), "the first hop has no neighbour");
        assert!(spectrum.push(&hop));
        spectrum.gap();
        assert!(!spectrum.push(&hop), "nor has the first after a gap");
    }
}
