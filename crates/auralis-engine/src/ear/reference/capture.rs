//! Captures a reference from hops of audio.

use crate::ear::meters::loudness::LoudnessMeter;
use crate::ear::reference::{Reference, shown};
use crate::ear::spectrum::transform::{BandPower, LowPower, Windows};
use auralis_dsp::bands::{BANDS, PerBand};
use auralis_dsp::basics::decibel::{SILENCE_DB, power_to_db};

/// Momentary loudness below this is silence, in LUFS: the absolute gate of ITU-R BS.1770-5...
const GATE_LUFS: f32 = -70.0;
/// ...and what is this far below the loudness so far does not count, in LU: its relative gate.
const GATE_BELOW_INTEGRATED_LU: f32 = 10.0;
/// Shortest audio that makes a reference, in seconds.
const SHORTEST_S: f64 = 3.0;
/// Samples beyond this are no audio.
const LARGEST_SAMPLE: f32 = 1e3;

/// Measures a recording hop by hop.
///
/// The curves are means of power over all hops that pass the gates, so that a part that is 10 dB
/// louder weighs ten times as much, and an intro or a fade-out counts for nothing.
pub struct ReferenceCapture {
    hop_s: f64,
    loudness: LoudnessMeter,
    /// Windows over the mid and, in stereo, over the side.
    windows: Vec<Windows>,
    /// Sums of power of each band over the hops that counted, as the windows.
    sums: Vec<[f64; BANDS]>,
    /// The same of the parts of the lowest band, mid and side together.
    low_sums: LowPower,
    counted: u32,
    /// Left and right with what is no audio taken out.
    channels: Vec<Vec<f32>>,
    /// Mid, or side, of the hop at hand.
    part: Vec<f32>,
    silence: Vec<f32>,
}

impl std::fmt::Debug for ReferenceCapture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReferenceCapture")
            .field("counted", &self.counted)
            .finish_non_exhaustive()
    }
}

impl ReferenceCapture {
    /// A capture of `channels` (1 or 2) at `sample_rate` Hz in hops of `hop_samples`.
    pub fn new(sample_rate: f64, channels: usize, hop_samples: usize) -> Self {
        let channels = channels.clamp(1, 2);
        let windows = || Windows::new(sample_rate, 1, hop_samples);
        Self {
            hop_s: hop_samples as f64 / sample_rate,
            loudness: LoudnessMeter::new(sample_rate),
            windows: (0..channels).map(|_| windows()).collect(),
            sums: vec![[0.0; BANDS]; channels],
            low_sums: LowPower::default(),
            counted: 0,
            channels: vec![vec![0.0; hop_samples]; channels],
            part: vec![0.0; hop_samples],
            silence: vec![0.0; hop_samples],
        }
    }

    /// Audio is missing between the last hop and the next.
    pub fn gap(&mut self) {
        self.windows.iter_mut().for_each(Windows::gap);
    }

    /// Duration of what counted so far, in seconds.
    pub fn seconds(&self) -> f64 {
        f64::from(self.counted) * self.hop_s
    }

    /// Hears a hop, one slice of `hop_samples` a channel.
    pub fn push(&mut self, hop: &[&[f32]]) {
        for (own, heard) in self.channels.iter_mut().zip(hop) {
            for (own, heard) in own.iter_mut().zip(*heard) {
                *own = audible(*heard);
            }
        }
        let silence = self.silence.as_slice();
        let right = self.channels.get(1).map_or(silence, Vec::as_slice);
        self.loudness
            .push([&self.channels[0], right, silence, silence]);
        let passed = self.passes_gates();
        for index in 0..self.windows.len() {
            self.take_part(index);
            let power = self.windows[index].push(&[&self.part]);
            if let Some(power) = power.filter(|_| passed) {
                self.sum(index, &power);
                let parts = self.windows[index].low_power();
                self.low_sums
                    .iter_mut()
                    .zip(parts)
                    .for_each(|(sum, power)| *sum += power);
            }
        }
    }

    /// Whether the last 400 ms count.
    fn passes_gates(&self) -> bool {
        let meter = &self.loudness.input;
        let momentary = meter.momentary_lufs();
        momentary > GATE_LUFS && momentary > meter.integrated_lufs() - GATE_BELOW_INTEGRATED_LU
    }

    /// Puts the mid (0) or the side (1) of the hop into `part`; a single channel is its own mid.
    fn take_part(&mut self, index: usize) {
        let [left, right] = &self.channels[..] else {
            self.part.copy_from_slice(&self.channels[0]);
            return;
        };
        let sign = if index == 0 { 1.0 } else { -1.0 };
        let pairs = left.iter().zip(right);
        for (part, (left, right)) in self.part.iter_mut().zip(pairs) {
            *part = std::f32::consts::FRAC_1_SQRT_2 * (left + sign * right);
        }
    }

    /// Counts the last hop of one spectrum.
    fn sum(&mut self, index: usize, power: &BandPower) {
        for (sum, power) in self.sums[index].iter_mut().zip(power) {
            *sum += power;
        }
        self.counted += u32::from(index == 0);
    }

    /// The reference, or `None` when less than 3 s counted.
    pub fn finish(&self, name: &str) -> Option<Reference> {
        if self.seconds() < SHORTEST_S {
            return None;
        }
        #[allow(clippy::cast_possible_truncation)] // for display
        let seconds = self.seconds() as f32;
        Some(Reference {
            name: shown(name),
            loudness_lufs: self.loudness.input.integrated_lufs(),
            seconds,
            mid_db: self.mean_db(0),
            side_db: self.mean_db(1),
            low_db: self.low_sums.map(|sum| self.level_db(sum)),
            file: None,
        })
        .filter(Reference::is_plausible)
    }

    /// Mean level of each band of the mid (0) or the side (1), in dB.
    fn mean_db(&self, index: usize) -> PerBand {
        let sums = self.sums.get(index);
        sums.map_or([SILENCE_DB; BANDS], |sums| {
            sums.map(|sum| self.level_db(sum))
        })
    }

    /// Mean level of what adds up to this over all hops that counted, in dB.
    #[allow(clippy::cast_possible_truncation)] // decibels
    fn level_db(&self, sum: f64) -> f32 {
        power_to_db(sum / f64::from(self.counted.max(1))) as f32
    }
}

/// The sample, or silence where it is no audio.
fn audible(sample: f32) -> f32 {
    if sample.abs() <= LARGEST_SAMPLE {
        sample
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::average::Span;
    use crate::ear::spectrum::band_levels::BandLevels;
    use crate::ear::test_signals::{Noise, signal};

    const RATE: f64 = 48_000.0;
    const HOP: usize = 2048;

    fn capture(channels: &[&[f32]]) -> Option<Reference> {
        let mut capture = ReferenceCapture::new(RATE, channels.len(), HOP);
        for at in (0..channels[0].len() / HOP).map(|hop| hop * HOP) {
            let hop: Vec<&[f32]> = channels.iter().map(|c| &c[at..at + HOP]).collect();
            capture.push(&hop);
        }
        capture.finish("test")
    }

    /// `seconds` of pink noise, dull when `share` is small, at `level`.
    fn pink(seed: u32, seconds: usize, share: f32, level: f32) -> Vec<f32> {
        let (mut noise, mut low) = (Noise::new(seed), 0.0_f32);
        signal(seconds * 48_000, |_| {
            low += share * (noise.pink() - low);
            level * low
        })
    }

    #[test]
    fn the_loudest_parts_weigh_most() {
        let bright_and_loud = pink(1, 5, 1.0, 0.5);
        let dull = |level| pink(2, 20, 0.05, level);
        let tone = |audio: &[f32]| capture(&[audio]).unwrap().tone_db();
        let expected = tone(&bright_and_loud);
        // The dull part comes before and after and is four times as long each time.
        for (level, tolerance_db) in [(0.3, 1.5), (0.05, 0.5)] {
            let song = [&bright_and_loud[..], &dull(level), &bright_and_loud].concat();
            let got = tone(&song);
            let shift = got[10] - expected[10];
            for band in 10..24 {
                let error = got[band] - shift - expected[band];
                assert!(
                    error.abs() < tolerance_db,
                    "dull at {level}, band {band}: {error} dB"
                );
            }
        }
    }

    #[test]
    fn mid_and_side_are_told_apart_and_their_sum_is_the_programme_s_spectrum() {
        let left = pink(3, 6, 1.0, 0.3);
        let right = pink(4, 6, 1.0, 0.3);
        let wide = capture(&[&left, &right]).unwrap();
        let mono = capture(&[&left, &left]).unwrap();
        let single = capture(&[&left]).unwrap();
        let mut windows = Windows::new(RATE, 2, HOP);
        let mut spectrum = BandLevels::new(HOP as f64 / RATE, Span::Whole);
        for (l, r) in left.chunks_exact(HOP).zip(right.chunks_exact(HOP)) {
            if let Some(power) = windows.push(&[l, r]) {
                spectrum.push(&power);
                spectrum.accumulate();
            }
        }
        for band in 3..BANDS {
            // Independent noises: as much side as mid, within what 6 s of noise leave uncertain.
            let side_db = wide.side_db[band] - wide.mid_db[band];
            assert!(side_db.abs() < 1.5, "wide, band {band}: {side_db} dB");
            assert_eq!(mono.side_db[band], SILENCE_DB, "mono, band {band}");
            let three_db = mono.tone_db()[band] - single.tone_db()[band];
            assert!((three_db - 3.01).abs() < 0.01, "band {band}: {three_db} dB");
            // One hop more or less at the gate.
            let error = wide.tone_db()[band] - spectrum.long_term_db()[band];
            assert!(error.abs() < 0.2, "band {band}: {error} dB");
        }
    }

    #[test]
    fn a_sine_reads_its_loudness() {
        let amplitude = 10_f32.powf(-23.0 / 20.0);
        let sine = signal(480_000, |i| {
            amplitude * (std::f32::consts::TAU * (i % 48) as f32 / 48.0).sin()
        });
        let got = capture(&[&sine, &sine]).unwrap();
        assert!((got.loudness_lufs() + 23.0).abs() < 0.1, "{got:?}");
        assert!((got.seconds() - 9.9).abs() < 0.2, "{} s", got.seconds());
    }

    #[test]
    fn silence_a_moment_and_nonsense_make_no_reference() {
        assert_eq!(capture(&[&vec![0.0; 480_000]]), None);
        assert_eq!(capture(&[&pink(5, 2, 1.0, 0.3)]), None);
        for bad in [f32::NAN, f32::INFINITY, 1e30] {
            assert_eq!(capture(&[&vec![bad; 480_000]]), None, "{bad}");
            let mut audio = pink(6, 6, 1.0, 0.3);
            audio[50_000..60_000].fill(bad);
            assert!(capture(&[&audio]).unwrap().is_plausible(), "{bad}");
        }
    }
}
