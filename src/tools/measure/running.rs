//! The same measurement of a piece that comes block by block and is never in memory as a whole.

use super::spectrum::MeanSpectrum;
use super::{LoudnessPoint, Measurement};
use auralis_dsp::basics::decibel::{SILENCE_DB, power_to_db};
use auralis_engine::ear::meters::loudness::LoudnessMeter;
use auralis_engine::ear::spectrum::transform::Windows;
use auralis_engine::master::Levels;
use auralis_engine::timing::Timing;

/// Curves and spectrum of what has come so far.
pub struct RunningMeasurement {
    sample_rate: f64,
    loudness: LoudnessMeter,
    windows: Windows,
    spectrum: MeanSpectrum,
    /// The hop at hand.
    hop: Vec<Vec<f32>>,
    hop_samples: usize,
    /// Frames between two points of the curves, and those since the last one.
    step: usize,
    since: usize,
    frames: u64,
    square_sum: f64,
    points: Vec<LoudnessPoint>,
}

impl RunningMeasurement {
    /// Of 1 or 2 channels, with a point of the curves every `step_s` seconds.
    pub fn new(sample_rate: u32, channels: usize, step_s: f64) -> Self {
        let sample_rate = f64::from(sample_rate);
        let hop_samples = Timing::new(sample_rate).hop_samples;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        // a small number of frames
        let step = (sample_rate * step_s).max(1.0) as usize;
        Self {
            sample_rate,
            loudness: LoudnessMeter::new(sample_rate),
            windows: Windows::new(sample_rate, channels, hop_samples),
            spectrum: MeanSpectrum::default(),
            hop: vec![Vec::with_capacity(hop_samples); channels],
            hop_samples,
            step,
            since: 0,
            frames: 0,
            square_sum: 0.0,
            points: Vec::new(),
        }
    }

    /// Takes a block of finite samples: one slice a channel, all of one length.
    pub fn push(&mut self, block: &[&[f32]]) {
        let length = block.first().map_or(0, |channel| channel.len());
        let mut at = 0;
        while at < length {
            let to_point = self.step - self.since;
            let to_hop = self.hop_samples - self.hop[0].len();
            let end = length.min(at + to_point.min(to_hop));
            let part: Vec<&[f32]> = block.iter().map(|channel| &channel[at..end]).collect();
            self.push_part(&part);
            at = end;
        }
    }

    /// Takes what ends no later than the next point and the hop.
    fn push_part(&mut self, part: &[&[f32]]) {
        let silence = vec![0.0; part[0].len()];
        let right = part.get(1).copied().unwrap_or(&silence);
        self.loudness.push([part[0], right, &silence, &silence]);
        for (hop, channel) in self.hop.iter_mut().zip(part) {
            hop.extend_from_slice(channel);
            let squares = channel.iter().map(|x| f64::from(*x) * f64::from(*x));
            self.square_sum += squares.sum::<f64>();
        }
        self.frames += part[0].len() as u64;
        self.since += part[0].len();
        if self.since == self.step {
            self.note_point();
        }
        if self.hop[0].len() == self.hop_samples {
            self.take_hop();
        }
    }

    fn note_point(&mut self) {
        self.since = 0;
        self.points.push(LoudnessPoint {
            seconds: self.frames as f64 / self.sample_rate,
            momentary_lufs: self.loudness.input.momentary_lufs().into(),
            short_term_lufs: self.loudness.input.short_term_lufs().into(),
        });
    }

    fn take_hop(&mut self) {
        let hop: Vec<&[f32]> = self.hop.iter().map(Vec::as_slice).collect();
        let power = self.windows.push(&hop);
        let usable = self.windows.transform().usable_bands();
        if let Some(power) = power {
            self.spectrum.push(&power, usable);
        }
        self.hop.iter_mut().for_each(Vec::clear);
    }

    /// The measurement of all that came, whose levels are these.
    pub fn finish(mut self, levels: &Levels) -> Measurement {
        if self.since > 0 {
            self.note_point();
        }
        let samples = self.frames as f64 * self.hop.len() as f64;
        let rms_db = power_to_db(self.square_sum / samples.max(1.0));
        let silence = f64::from(SILENCE_DB);
        Measurement {
            integrated_lufs: levels.integrated_lufs.unwrap_or(silence),
            max_momentary_lufs: levels.max_momentary_lufs.max(silence),
            max_short_term_lufs: levels.max_short_term_lufs.unwrap_or(silence),
            range_lu: levels.range_lu,
            true_peak_dbtp: levels.true_peak_dbtp,
            sample_peak_db: levels.sample_peak_db,
            rms_db,
            crest_db: levels.sample_peak_db - rms_db,
            spectrum: self.spectrum.spectrum(),
            loudness: self.points,
            hops: Vec::new(),
        }
    }
}
