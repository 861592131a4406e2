//! What the programme is like, in numbers: averaged over about 5 s of what passes the gate.
//!
//! Definitions as in Peeters, "A large set of audio features for sound description" (2004), and
//! Tzanetakis and Cook, IEEE TSAP 10(5), 2002; differences are said at the fields.

use serde::{Deserialize, Serialize};

use super::average::WarmMean;
use super::bins::Bins;
use super::rhythm::Rhythm;
use super::spectrum::Spectrum;
use super::tone::Tone;
use crate::dsp::bands::BANDS;
use crate::dsp::decibel::{SILENCE_DB, gain_to_db, power_to_db};
use crate::dsp::stereo::side_to_mid_db;

/// Time constant of the averages, in seconds.
const AVERAGE_S: f64 = 5.0;
/// Window of the crest factor, in seconds.
const CREST_S: f64 = 3.0;
/// Fall of the held peak of the PLR, in dB a second.
const PEAK_FALL_DB_PER_S: f64 = 0.1;

/// Features of a programme.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Features {
    /// Spectral centroid in Hz: mean frequency weighted by magnitude, 20 Hz to 20 kHz.
    pub centroid_hz: f32,
    /// Frequency in Hz below which 85 % of the power lie.
    pub rolloff_hz: f32,
    /// Spectral flatness, 0 (a tone) to 1 (white noise; its periodogram reads 0.56): geometric over
    /// arithmetic mean of the bins' power from 100 Hz to 10 kHz.
    pub flatness: f32,
    /// Crest factor in dB: sample peak over RMS of the louder channel, over 3 s.
    pub crest_db: f32,
    /// Peak to loudness ratio in dB: held sample peak minus integrated loudness.
    pub plr_db: f32,
    /// Share of the power below 200 Hz.
    pub low_share: f32,
    /// Share of the power between 200 Hz and 4.4 kHz.
    pub mid_share: f32,
    /// Share of the power above 4.4 kHz, the band edge nearest to 4 kHz.
    pub high_share: f32,
    /// Correlation of left and right, -1 to 1; 1 for mono.
    pub correlation: f32,
    /// Onsets a second, from the rise of the band levels (spectral flux in dB).
    pub onset_rate_hz: f32,
    /// Tempo in beats a minute, 0 when there is none.
    pub tempo_bpm: f32,
    /// Strength of the tempo, 0 to 1.
    pub tempo_strength: f32,
    /// Likeness to speech, 0 to 1.
    pub speech: f32,
}

impl Default for Features {
    fn default() -> Self {
        Self {
            centroid_hz: 0.0,
            rolloff_hz: 0.0,
            flatness: 0.0,
            crest_db: 0.0,
            plr_db: 0.0,
            low_share: 0.0,
            mid_share: 0.0,
            high_share: 0.0,
            correlation: 1.0,
            onset_rate_hz: 0.0,
            tempo_bpm: 0.0,
            tempo_strength: 0.0,
            speech: 0.0,
        }
    }
}

/// Peak and powers of the samples of a hop.
#[derive(Debug, Clone, Copy, Default)]
pub struct HopLevels {
    /// Largest magnitude of any channel.
    pub peak: f32,
    /// Mean square of each channel.
    pub power: [f64; 2],
    /// Mean product of left and right.
    pub product: f64,
}

impl HopLevels {
    /// Levels of a hop of one or two channels.
    pub fn of(channels: &[&[f32]]) -> Self {
        let Some(left) = channels.first() else {
            return Self::default();
        };
        let right = channels.get(1).unwrap_or(left);
        let (peak, sums) = Bins::new().levels([left, right]);
        let [ll, rr, lr] = sums.map(|sum| sum / left.len().max(1) as f64);
        Self {
            peak,
            power: [ll, rr],
            product: lr,
        }
    }
}

/// Follows the features of a programme.
#[derive(Debug, Clone)]
pub struct FeatureTracker {
    hop_s: f64,
    weights: WarmMean,
    now: Features,
    /// Peak and mean square of the last 3 s of hops, as a ring.
    recent: Vec<(f32, f64)>,
    next: usize,
    held_peak_db: f64,
    /// Averages of left square, right square and product.
    stereo: [f64; 3],
    /// Band levels of the hop before, in dB.
    band_db: [f64; BANDS],
    has_band_db: bool,
    mean_flux_db: f64,
    last_flux_db: f64,
    rising: bool,
}

impl FeatureTracker {
    /// A tracker of hops of `hop_s` seconds.
    pub fn new(hop_s: f64) -> Self {
        Self {
            hop_s,
            weights: WarmMean::new(hop_s, AVERAGE_S),
            now: Features::default(),
            recent: vec![(0.0, 0.0); (CREST_S / hop_s).ceil().max(1.0) as usize],
            next: 0,
            held_peak_db: f64::from(SILENCE_DB),
            stereo: [0.0; 3],
            band_db: [0.0; BANDS],
            has_band_db: false,
            mean_flux_db: 0.0,
            last_flux_db: 0.0,
            rising: false,
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new(self.hop_s);
    }

    /// Goes on from features that `hops` have gone into, of a programme of this `power`.
    pub fn resume(&mut self, features: &Features, power: f64, hops: f64) {
        self.now = *features;
        self.weights.resume(hops);
        let correlation = f64::from(features.correlation);
        self.stereo = [1.0, 1.0, correlation].map(|share| 0.5 * share * power);
    }

    /// A hop was lost: its neighbours are not compared.
    pub fn gap(&mut self) {
        self.has_band_db = false;
        self.recent.fill((0.0, 0.0));
    }

    /// The features.
    pub fn features(&self) -> &Features {
        &self.now
    }

    /// Level of the side `(L - R) / sqrt 2` over that of the mid `(L + R) / sqrt 2`, in dB;
    /// [`SILENCE_DB`] where there is no side, as in mono.
    pub fn side_db(&self) -> f32 {
        let [left, right, product] = self.stereo;
        side_to_mid_db(left + right + 2.0 * product, left + right - 2.0 * product)
    }

    /// Takes a hop that passed the gate.
    pub fn learn(
        &mut self,
        spectrum: &Spectrum,
        levels: &HopLevels,
        rhythm: &Rhythm,
        integrated_lufs: f32,
    ) {
        let weight = self.weights.weigh();
        let tone = Tone::of(spectrum);
        let blend =
            |mean: &mut f32, value: f64| *mean += (weight * (value - f64::from(*mean))) as f32;
        blend(&mut self.now.centroid_hz, tone.centroid_hz);
        blend(&mut self.now.rolloff_hz, tone.rolloff_hz);
        blend(&mut self.now.flatness, tone.flatness);
        blend(&mut self.now.low_share, tone.shares[0]);
        blend(&mut self.now.mid_share, tone.shares[1]);
        blend(&mut self.now.high_share, tone.shares[2]);
        let onset = if self.is_onset(spectrum) {
            1.0 / self.hop_s
        } else {
            0.0
        };
        blend(&mut self.now.onset_rate_hz, onset);
        let crest_db = self.crest_db(levels);
        blend(&mut self.now.crest_db, crest_db);
        self.follow_peak(levels, integrated_lufs);
        self.follow_correlation(levels, weight);
        self.now.tempo_bpm = rhythm.tempo_bpm();
        self.now.tempo_strength = rhythm.tempo_strength();
        self.now.speech = rhythm.speech_likeness();
    }

    fn crest_db(&mut self, levels: &HopLevels) -> f64 {
        self.recent[self.next] = (levels.peak, levels.power[0].max(levels.power[1]));
        self.next = (self.next + 1) % self.recent.len();
        let peak = self
            .recent
            .iter()
            .fold(0.0_f32, |peak, hop| peak.max(hop.0));
        let heard = self.recent.iter().filter(|hop| hop.1 > 0.0).count().max(1);
        let power = self.recent.iter().map(|hop| hop.1).sum::<f64>() / heard as f64;
        (f64::from(gain_to_db(peak)) - power_to_db(power)).clamp(0.0, 60.0)
    }

    fn follow_peak(&mut self, levels: &HopLevels, integrated_lufs: f32) {
        let fallen = self.held_peak_db - PEAK_FALL_DB_PER_S * self.hop_s;
        self.held_peak_db = fallen.max(f64::from(gain_to_db(levels.peak)));
        if integrated_lufs > SILENCE_DB {
            self.now.plr_db = (self.held_peak_db - f64::from(integrated_lufs)) as f32;
        }
    }

    fn follow_correlation(&mut self, levels: &HopLevels, weight: f64) {
        let values = [levels.power[0], levels.power[1], levels.product];
        for (mean, value) in self.stereo.iter_mut().zip(values) {
            *mean += weight * (value - *mean);
        }
        let scale = (self.stereo[0] * self.stereo[1]).sqrt();
        let correlation = if scale > 1e-15 {
            self.stereo[2] / scale
        } else {
            1.0
        };
        self.now.correlation = correlation.clamp(-1.0, 1.0) as f32;
    }

    /// Whether the flux rises clearly above its mean: one onset a rise.
    fn is_onset(&mut self, spectrum: &Spectrum) -> bool {
        let flux_db = self.flux_db(spectrum);
        let threshold_db = 1.5 * self.mean_flux_db + 1.5;
        let above = flux_db > threshold_db && flux_db > self.last_flux_db;
        let onset = above && !self.rising;
        self.rising = above;
        self.last_flux_db = flux_db;
        self.mean_flux_db +=
            super::average::one_pole(self.hop_s, 2.0) * (flux_db - self.mean_flux_db);
        onset
    }

    /// Mean rise of the band levels since the last hop, in dB; bands 50 dB under the loudest are held there.
    fn flux_db(&mut self, spectrum: &Spectrum) -> f64 {
        let powers = &spectrum.band_power()[..spectrum.usable_bands()];
        let floor = powers.iter().fold(1e-12_f64, |max, power| max.max(*power)) * 1e-5;
        let mut rise = 0.0;
        for (last, power) in self.band_db.iter_mut().zip(powers) {
            let level = power_to_db(power.max(floor));
            if self.has_band_db {
                rise += (level - *last).max(0.0);
            }
            *last = level;
        }
        self.has_band_db = true;
        rise / powers.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::test_signals::{Noise, signal};

    fn features_of(left: &[f32], right: &[f32]) -> Features {
        let mut spectrum = Spectrum::new(48_000.0, 2, 2048);
        let mut tracker = FeatureTracker::new(2048.0 / 48_000.0);
        for (l, r) in left.chunks_exact(2048).zip(right.chunks_exact(2048)) {
            let hop = [l, r];
            if spectrum.push(&hop) {
                tracker.learn(&spectrum, &HopLevels::of(&hop), &Rhythm::new(), -20.0);
            }
        }
        *tracker.features()
    }

    #[test]
    fn a_sine_reads_as_a_sine() {
        let sine = signal(240_000, |i| {
            0.5 * (std::f32::consts::TAU * (i % 48) as f32 / 48.0).sin()
        });
        let minus: Vec<f32> = sine.iter().map(|v| -v).collect();
        let f = features_of(&sine, &minus);
        // The window's skirt over 20 kHz moves the magnitude-weighted mean a little.
        assert!(
            (f.centroid_hz - 1000.0).abs() < 30.0,
            "centroid {} Hz, expected 1000",
            f.centroid_hz
        );
        assert!(
            (f.rolloff_hz - 1000.0).abs() < 80.0,
            "roll-off {} Hz, within the band",
            f.rolloff_hz
        );
        assert!(
            (f.crest_db - 3.01).abs() < 0.05,
            "crest {} dB, expected 3.01",
            f.crest_db
        );
        assert!(
            (f.plr_db - 13.98).abs() < 0.6,
            "PLR {} dB, expected -6.02 + 20",
            f.plr_db
        );
        assert!(
            (f.correlation + 1.0).abs() < 1e-3,
            "correlation {}, expected -1",
            f.correlation
        );
        assert!(f.flatness < 0.01, "flatness {}", f.flatness);
        assert!(f.mid_share > 0.999, "mid share {}", f.mid_share);
    }

    #[test]
    fn white_noise_reads_as_white_noise() {
        let mut noise = Noise::new(11);
        let left = signal(480_000, |_| noise.white());
        let right = signal(480_000, |_| noise.white());
        let f = features_of(&left, &right);
        assert!(
            (f.centroid_hz - 10_010.0).abs() < 150.0,
            "centroid {} Hz, expected 10010",
            f.centroid_hz
        );
        assert!(
            (f.rolloff_hz - 17_000.0).abs() < 200.0,
            "roll-off {} Hz, expected 17000",
            f.rolloff_hz
        );
        // Two channels of a periodogram: exp(digamma(2)) / 2 = 0.763.
        assert!(
            (f.flatness - 0.763).abs() < 0.03,
            "flatness {}, expected 0.763",
            f.flatness
        );
        assert!(
            (f.crest_db - 4.77).abs() < 0.1,
            "crest {} dB, expected 4.77",
            f.crest_db
        );
        assert!(f.correlation.abs() < 0.05, "correlation {}", f.correlation);
        assert!(
            (f.high_share - 0.781).abs() < 0.02,
            "high share {}, expected 15.6/19.98",
            f.high_share
        );
        assert!(f.onset_rate_hz < 0.5, "onsets {}", f.onset_rate_hz);
    }

    #[test]
    fn onsets_are_counted() {
        let mut noise = Noise::new(12);
        // Bursts with a short decay, four a second.
        let bursts = signal(480_000, |i| {
            let t = (i % 12_000) as f32 / 48_000.0;
            noise.white() * ((-t / 0.03).exp() + 0.001)
        });
        let got = features_of(&bursts, &bursts).onset_rate_hz;
        assert!((got - 4.0).abs() < 0.6, "{got} onsets a second, expected 4");
    }
}
