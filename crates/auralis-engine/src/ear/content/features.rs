//! What the programme is like, in numbers: averaged over about 5 s of what passes the gate, or over
//! all of it.
//!
//! Definitions as in Peeters, "A large set of audio features for sound description" (2004), and
//! Tzanetakis and Cook, IEEE TSAP 10(5), 2002, unless said at the fields. The power of each critical
//! band is in the [spectrum](crate::ear::spectrum); the beat and speech are defined in the
//! [rhythm](super::rhythm). Levels are of samples; true peaks, which can lie some tenths of a dB
//! higher, are left to meters that run over a finished piece.

use serde::{Deserialize, Serialize};

use crate::ear::average::{Span, WarmMean};
use crate::ear::content::onsets::Onsets;
use crate::ear::content::rhythm::Rhythm;
use crate::ear::content::tempo_votes::TempoVotes;
use crate::ear::meters::levels::HopLevels;
use crate::ear::meters::loudness::SegmentMeter;
use crate::ear::meters::peaks::Peaks;
use crate::ear::spectrum::measures::{HopMeasures, HopSpectrum};
use crate::ear::spectrum::noise_floor::NoiseFloor;
use crate::ear::spectrum::transform::BandPower;
use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_dsp::chain::stereo::side_to_mid_db;

/// Time constant of the averages, in seconds.
const AVERAGE_S: f64 = 5.0;
/// Time constant with which the tempo's votes fade, in seconds.
const TEMPO_S: f64 = 30.0;

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
    /// Peak to loudness ratio (PLR) in dB: held sample peak minus integrated loudness (AES TD1004).
    pub plr_db: f32,
    /// Peak to short-term loudness ratio (PSR) in dB: sample peak of the last 3 s minus their
    /// short-term loudness (AES TD1004); 0 before the first 3 s.
    pub psr_db: f32,
    /// Loudness range in LU since the last reset (EBU Tech 3342).
    pub lra_lu: f32,
    /// Dynamic range in dB: 90th minus 10th percentile of the peak level per hop (after Kirchberger
    /// and Russo, Trends in Hearing 20, 2016, who take 125 ms).
    pub dynamic_range_db: f32,
    /// Share of the power below 200 Hz.
    pub low_share: f32,
    /// Share of the power between 200 Hz and 4.4 kHz.
    pub mid_share: f32,
    /// Share of the power above 4.4 kHz, the band edge nearest to 4 kHz.
    pub high_share: f32,
    /// Correlation of left and right, -1 to 1; 1 for mono.
    pub correlation: f32,
    /// Width in dB: level of the side `(L - R) / sqrt 2` over that of the mid `(L + R) / sqrt 2`;
    /// [`SILENCE_DB`] where there is no side, as in mono.
    pub side_db: f32,
    /// Level in dBFS of what is left in quiet moments, summed over the channels, as
    /// [`NoiseFloor`] defines it; [`SILENCE_DB`] when nothing was heard.
    pub noise_floor_db: f32,
    /// Clipped runs a second, of all channels, as [`HopLevels::clipped_runs`] defines them.
    pub clipped_runs_per_s: f32,
    /// Onsets a second, from the rise of the band levels (spectral flux in dB).
    pub onset_rate_hz: f32,
    /// Tempo in beats a minute, 0 when [none is sure](TempoVotes).
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
            psr_db: 0.0,
            lra_lu: 0.0,
            dynamic_range_db: 0.0,
            low_share: 0.0,
            mid_share: 0.0,
            high_share: 0.0,
            correlation: 1.0,
            side_db: SILENCE_DB,
            noise_floor_db: SILENCE_DB,
            clipped_runs_per_s: 0.0,
            onset_rate_hz: 0.0,
            tempo_bpm: 0.0,
            tempo_strength: 0.0,
            speech: 0.0,
        }
    }
}

/// What windows longer than a hop say at a hop.
#[derive(Debug, Clone, Copy)]
pub struct LongerWindows<'a> {
    /// Beat and speech.
    pub rhythm: &'a Rhythm,
    /// Loudness of the programme.
    pub loudness: &'a SegmentMeter,
    /// Range of its levels, in dB.
    pub range_db: f32,
}

/// Follows the features of a programme.
#[derive(Debug, Clone)]
pub struct FeatureTracker {
    hop_s: f64,
    span: Span,
    weights: WarmMean,
    psr_weights: WarmMean,
    now: Features,
    peaks: Peaks,
    onsets: Onsets,
    noise_floor: NoiseFloor,
    tempo_votes: TempoVotes,
    /// Estimates of the rhythm that have become votes.
    estimates: u64,
    /// Averages of left square, right square and product.
    stereo: [f64; 3],
}

impl FeatureTracker {
    /// A tracker of hops of `hop_s` seconds.
    pub fn new(hop_s: f64, span: Span) -> Self {
        let weights = WarmMean::new(hop_s, span.time_constant_s(AVERAGE_S));
        Self {
            hop_s,
            span,
            psr_weights: weights.clone(),
            weights,
            now: Features::default(),
            peaks: Peaks::new(hop_s, span),
            onsets: Onsets::new(hop_s),
            noise_floor: NoiseFloor::new(hop_s, span),
            tempo_votes: TempoVotes::new(span.time_constant_s(TEMPO_S)),
            estimates: 0,
            stereo: [0.0; 3],
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new(self.hop_s, self.span);
    }

    /// Goes on from features that `hops` have gone into, of a programme of this `power`.
    pub fn resume(&mut self, features: &Features, power: f64, hops: f64) {
        self.now = *features;
        self.weights.resume(hops);
        self.psr_weights.resume(hops);
        self.tempo_votes.resume(features.tempo_bpm);
        let correlation = f64::from(features.correlation);
        self.stereo = [1.0, 1.0, correlation].map(|share| 0.5 * share * power);
    }

    /// A hop was lost: its neighbours are not compared.
    pub fn gap(&mut self) {
        self.onsets.gap();
        self.peaks.gap();
    }

    /// The features.
    pub fn features(&self) -> &Features {
        &self.now
    }

    /// Takes the bands of any hop, whether it passes the gate or not: noise is heard in pauses.
    pub fn hear_noise(&mut self, band_power: &BandPower) {
        self.noise_floor.push(band_power);
    }

    /// Takes a hop that passed the gate.
    pub fn hear(&mut self, measures: &HopMeasures, longer: &LongerWindows<'_>) {
        let Some(spectrum) = &measures.spectrum else {
            return;
        };
        let weight = self.weights.weigh();
        self.hear_tone(spectrum, weight);
        self.hear_levels(&measures.levels, longer, weight);
        self.hear_stereo(&measures.levels, weight);
        self.hear_rhythm(longer.rhythm, weight);
        self.now.dynamic_range_db = longer.range_db;
        self.now.noise_floor_db = self.noise_floor.db();
    }

    fn hear_tone(&mut self, spectrum: &HopSpectrum, weight: f64) {
        let (now, tone) = (&mut self.now, &spectrum.tone);
        blend(&mut now.centroid_hz, tone.centroid_hz, weight);
        blend(&mut now.rolloff_hz, tone.rolloff_hz, weight);
        blend(&mut now.flatness, tone.flatness, weight);
        blend(&mut now.low_share, tone.shares[0], weight);
        blend(&mut now.mid_share, tone.shares[1], weight);
        blend(&mut now.high_share, tone.shares[2], weight);
        let onsets = f64::from(u8::from(self.onsets.is_onset(spectrum.usable())));
        blend(&mut now.onset_rate_hz, onsets / self.hop_s, weight);
    }

    fn hear_levels(&mut self, levels: &HopLevels, longer: &LongerWindows<'_>, weight: f64) {
        self.peaks.push(levels);
        let (now, peaks, loudness) = (&mut self.now, &self.peaks, longer.loudness);
        blend(&mut now.crest_db, peaks.crest_db(), weight);
        let clipped = f64::from(levels.clipped_runs) / self.hop_s;
        blend(&mut now.clipped_runs_per_s, clipped, weight);
        let integrated = loudness.integrated_lufs();
        if integrated > SILENCE_DB {
            now.plr_db = (peaks.held_db() - f64::from(integrated)) as f32;
        }
        if let Some(short_term) = loudness.full_short_term_lufs() {
            let psr_db = peaks.recent_db() - f64::from(short_term);
            blend(&mut now.psr_db, psr_db, self.psr_weights.weigh());
        }
        now.lra_lu = loudness.range_lu();
    }

    fn hear_stereo(&mut self, levels: &HopLevels, weight: f64) {
        let values = [levels.power[0], levels.power[1], levels.product];
        for (mean, value) in self.stereo.iter_mut().zip(values) {
            *mean += weight * (value - *mean);
        }
        let [left, right, product] = self.stereo;
        let scale = (left * right).sqrt();
        let correlation = if scale > 1e-15 { product / scale } else { 1.0 };
        self.now.correlation = correlation.clamp(-1.0, 1.0) as f32;
        let [mid, side] = [1.0, -1.0].map(|sign| left + right + sign * 2.0 * product);
        self.now.side_db = side_to_mid_db(mid, side);
    }

    /// The rhythm follows the last seconds by itself; over a whole piece its cues are averaged.
    fn hear_rhythm(&mut self, rhythm: &Rhythm, weight: f64) {
        let (strength, speech) = (rhythm.tempo_strength(), rhythm.speech_likeness());
        if self.estimates != rhythm.estimates() {
            self.estimates = rhythm.estimates();
            self.tempo_votes.push(rhythm.tempo_bpm(), strength);
        }
        let now = &mut self.now;
        now.tempo_bpm = self.tempo_votes.bpm();
        match self.span {
            Span::Recent => (now.tempo_strength, now.speech) = (strength, speech),
            Span::Whole => {
                blend(&mut now.tempo_strength, strength.into(), weight);
                blend(&mut now.speech, speech.into(), weight);
            }
        }
    }
}

/// Moves a mean towards a value by this weight.
fn blend(mean: &mut f32, value: f64, weight: f64) {
    *mean += (weight * (value - f64::from(*mean))) as f32;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::meters::loudness::LoudnessMeter;
    use crate::ear::spectrum::transform::Windows;
    use crate::ear::test_signals::{Noise, signal};

    fn features_of(left: &[f32], right: &[f32]) -> Features {
        let mut windows = Windows::new(48_000.0, 2, 2048);
        let mut loudness = LoudnessMeter::new(48_000.0);
        let mut tracker = FeatureTracker::new(2048.0 / 48_000.0, Span::Recent);
        for (l, r) in left.chunks_exact(2048).zip(right.chunks_exact(2048)) {
            loudness.push([l, r, l, r]);
            let longer = LongerWindows {
                rhythm: &Rhythm::new(),
                loudness: &loudness.input,
                range_db: 7.0,
            };
            let measures = HopMeasures::next(&mut windows, &[l, r]);
            if let Some(spectrum) = &measures.spectrum {
                tracker.hear_noise(&spectrum.band_power);
            }
            tracker.hear(&measures, &longer);
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
        // A sine of 1 kHz in both channels is as loud in LUFS as its peak in dBFS.
        for (name, got) in [("PLR", f.plr_db), ("PSR", f.psr_db)] {
            assert!(got.abs() < 0.1, "{name} {got} dB, expected 0");
        }
        assert!(f.lra_lu < 0.2, "LRA {} LU, expected 0", f.lra_lu);
        assert!(f.side_db > 60.0, "side {} dB, without a mid", f.side_db);
        assert_eq!(f.clipped_runs_per_s, 0.0, "clipped runs");
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
        assert!(f.side_db.abs() < 0.3, "side {} dB, expected 0", f.side_db);
        // What never pauses is its own floor: 1/3 of power in each channel, 20/24 of it below 20 kHz,
        // and the tenth percentile some tenths below the mean.
        assert!(
            (f.noise_floor_db + 2.56).abs() < 0.8,
            "noise floor {} dB, expected -2.6",
            f.noise_floor_db
        );
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
