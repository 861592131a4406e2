//! What happens to a song over time, in bounded memory.

use crate::tools::measure::{Measurement, RunningMeasurement};
use crate::tools::report::Series;
use auralis_dsp::FRAME;
use auralis_dsp::chain::FrameReport;
use auralis_engine::master::Levels;

/// Points of a curve: more than a picture shows.
const POINTS: f64 = 3000.0;
/// Least time between two points, in seconds.
const LEAST_STEP_S: f64 = 0.1;

/// The curves of a song and of its master.
pub struct Trace {
    sample_rate: u32,
    channels: usize,
    step_s: f64,
    before: RunningMeasurement,
    after: RunningMeasurement,
    /// Gain of the compressor and of the limiter over time, in dB.
    gains: [Lowest; 2],
    frames: u64,
}

/// The lowest value of each step.
#[derive(Debug, Default)]
struct Lowest {
    points: Vec<(f64, f64)>,
}

impl Trace {
    /// For a song of so many seconds, if it tells.
    pub fn new(sample_rate: u32, channels: usize, seconds: Option<f64>) -> Self {
        let step_s = (seconds.unwrap_or(0.0) / POINTS).max(LEAST_STEP_S);
        Self {
            sample_rate,
            channels,
            step_s,
            before: RunningMeasurement::new(sample_rate, channels, step_s),
            after: RunningMeasurement::new(sample_rate, channels, step_s),
            gains: Default::default(),
            frames: 0,
        }
    }

    /// The song begins.
    pub fn begin_before(&mut self) {
        self.before = RunningMeasurement::new(self.sample_rate, self.channels, self.step_s);
    }

    /// The master begins.
    pub fn begin_after(&mut self) {
        self.after = RunningMeasurement::new(self.sample_rate, self.channels, self.step_s);
        self.gains = Default::default();
        self.frames = 0;
    }

    /// The next block of the song.
    pub fn before(&mut self, block: &[&[f32]]) {
        self.before.push(block);
    }

    /// The next block of the master.
    pub fn after(&mut self, block: &[&[f32]]) {
        self.after.push(block);
    }

    /// The next frame of the chain; it is ahead of the master by the latency, less than a step.
    pub fn frame(&mut self, report: &FrameReport) {
        let seconds = (self.frames * FRAME as u64) as f64 / f64::from(self.sample_rate);
        self.frames += 1;
        let reductions = [report.compressor_reduction_db, report.limiter_reduction_db];
        for (gain, reduction) in self.gains.iter_mut().zip(reductions) {
            gain.note(seconds, -f64::from(reduction), self.step_s);
        }
    }

    /// Measurements of the song and of the master, whose levels are these; the gains.
    pub fn finish(self, before: &Levels, after: &Levels) -> ([Measurement; 2], Vec<Series>) {
        let series = self.gains.into_iter().zip(["compressor", "limiter"]);
        let series = series.map(|(gain, label)| Series {
            label: label.to_owned(),
            points: gain.points,
        });
        let measured = [self.before.finish(before), self.after.finish(after)];
        (measured, series.collect())
    }
}

impl Lowest {
    fn note(&mut self, seconds: f64, value: f64, step_s: f64) {
        match self.points.last_mut() {
            Some(last) if seconds < last.0 + step_s => last.1 = last.1.min(value),
            _ => self.points.push((seconds, value)),
        }
    }
}
