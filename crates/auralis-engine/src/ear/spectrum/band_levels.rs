//! Power per critical band of a programme, short-term and long-term.
//!
//! The powers of a hop come from its [window](super::transform). Short-term: one-pole of 0.4 s.
//! Long-term: mean of power (so loud parts weigh most) over the hops the caller lets in, a true mean
//! first and exponential with `LONG_TERM_S` later.

use crate::ear::average::{Span, WarmMean, one_pole};
use auralis_dsp::bands::BANDS;
use auralis_dsp::basics::decibel::{db_to_power, power_to_db};

/// Time constant of the short-term spectrum, in seconds.
const SHORT_TERM_S: f64 = 0.4;
/// Time constant of the long-term spectrum once it is warm, in seconds.
pub const LONG_TERM_S: f64 = 20.0;

/// The spectrum of a programme in so many bands.
#[derive(Debug, Clone)]
pub struct BandLevels<const N: usize = BANDS> {
    band_power: [f64; N],
    short_term: [f64; N],
    long_term: [f64; N],
    short_weight: f64,
    long_weights: WarmMean,
}

impl<const N: usize> BandLevels<N> {
    /// Nothing heard yet; hops of `hop_s` seconds.
    pub fn new(hop_s: f64, span: Span) -> Self {
        Self {
            band_power: [0.0; N],
            short_term: [0.0; N],
            long_term: [0.0; N],
            short_weight: one_pole(hop_s, SHORT_TERM_S),
            long_weights: WarmMean::new(hop_s, span.time_constant_s(LONG_TERM_S)),
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.gap();
        self.band_power = [0.0; N];
        self.long_term = [0.0; N];
        self.long_weights.reset();
    }

    /// A hop was lost: the short-term spectrum begins anew.
    pub fn gap(&mut self) {
        self.short_term = [0.0; N];
    }

    /// Takes the powers of a hop.
    pub fn push(&mut self, band_power: &[f64; N]) {
        self.band_power = *band_power;
        for (mean, power) in self.short_term.iter_mut().zip(band_power) {
            *mean += self.short_weight * (power - *mean);
        }
    }

    /// Takes the last hop into the long-term spectrum.
    pub fn accumulate(&mut self) {
        let weight = self.long_weights.weigh();
        for (mean, power) in self.long_term.iter_mut().zip(&self.band_power) {
            *mean += weight * (power - *mean);
        }
    }

    /// Goes on from a long-term spectrum in dB that `hops` have gone into; after a reset.
    pub fn resume(&mut self, long_term_db: &[f32; N], hops: f64) {
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

    /// Short-term level of each band, in dB.
    pub fn short_term_db(&self) -> [f32; N] {
        self.short_term.map(|power| power_to_db(power) as f32)
    }

    /// Long-term level of each band, in dB.
    pub fn long_term_db(&self) -> [f32; N] {
        self.long_term.map(|power| power_to_db(power) as f32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::spectrum::transform::Windows;
    use crate::ear::test_signals::{Noise, hop_samples, signal};
    use auralis_dsp::bands::PerBand;
    use auralis_dsp::bands::{EDGES_HZ, center_hz};

    /// Long-term spectrum of a programme, the same in every channel.
    fn long_term(sample_rate: f64, channels: usize, samples: &[f32]) -> (PerBand, usize) {
        let hop = hop_samples(sample_rate);
        let mut windows = Windows::new(sample_rate, channels, hop);
        let mut spectrum = BandLevels::<BANDS>::new(hop as f64 / sample_rate, Span::Recent);
        for chunk in samples.chunks_exact(hop) {
            if let Some(power) = windows.push(&vec![chunk; channels]) {
                spectrum.push(&power);
                spectrum.accumulate();
            }
        }
        (spectrum.long_term_db(), windows.transform().usable_bands())
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
}
