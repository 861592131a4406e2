//! Levels of a finished signal: loudness after ITU-R BS.1770-5 and EBU R 128, peaks, DC, clipped runs.

use crate::ear::meters::loudness::LoudnessMeter;
use serde::Serialize;

use auralis_dsp::basics::decibel::gain_to_db;
use auralis_dsp::limiter::true_peak_meter::TruePeakMeter;

/// Samples at least this large, linear, are at the top of their scale: within a step of 16 bits of it.
const TOP: f32 = 1.0 - 1.0 / 32_768.0;
/// So many of them in a row are a clipped run: two happen by chance.
const RUN: usize = 3;

/// All levels of a signal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Levels {
    /// Frames that were measured.
    pub frames: u64,
    /// Integrated loudness, gated, in LUFS; none of what never passes the gate.
    pub integrated_lufs: Option<f64>,
    /// Largest momentary loudness (400 ms), in LUFS.
    pub max_momentary_lufs: f64,
    /// Largest short-term loudness (3 s) in LUFS; none of less than 3 s.
    pub max_short_term_lufs: Option<f64>,
    /// Loudness range (EBU Tech 3342) in LU.
    pub range_lu: f64,
    /// Largest true peak of any channel, in dBTP.
    pub true_peak_dbtp: f64,
    /// Largest sample of any channel, in dBFS.
    pub sample_peak_db: f64,
    /// Mean of each channel, linear.
    pub dc: Vec<f64>,
    /// Runs of three or more samples at full scale or beyond.
    pub clipped_runs: u64,
    /// Samples that were NaN or infinite; they count as 0.
    pub non_finite: u64,
}

/// One channel's share of the levels.
#[derive(Debug, Clone)]
struct Channel {
    true_peak: TruePeakMeter,
    sum: f64,
    peak: f32,
    /// Samples at the top up to now.
    run: usize,
    clipped_runs: u64,
    non_finite: u64,
    /// The block with 0 for what is not finite.
    finite: Vec<f32>,
}

impl Channel {
    fn new() -> Self {
        Self {
            true_peak: TruePeakMeter::new(),
            sum: 0.0,
            peak: 0.0,
            run: 0,
            clipped_runs: 0,
            non_finite: 0,
            finite: Vec::new(),
        }
    }

    fn push(&mut self, block: &[f32]) {
        self.finite.clear();
        self.finite.extend_from_slice(block);
        // Zero times what is not finite is not zero.
        if self.finite.iter().any(|x| x * 0.0 != 0.0) {
            for x in self.finite.iter_mut().filter(|x| !x.is_finite()) {
                *x = 0.0;
                self.non_finite += 1;
            }
        }
        let (block_peak, sum) = peak_and_sum(&self.finite);
        self.sum += sum;
        self.peak = self.peak.max(block_peak);
        self.count_runs(block_peak);
        self.true_peak.push(&self.finite);
    }

    /// Counts the runs of a block with this peak.
    fn count_runs(&mut self, block_peak: f32) {
        if block_peak < TOP {
            self.run = 0;
            return;
        }
        for x in &self.finite {
            self.run = if x.abs() >= TOP { self.run + 1 } else { 0 };
            self.clipped_runs += u64::from(self.run == RUN);
        }
    }
}

/// Largest magnitude and sum, in lanes that the compiler makes vectors of.
fn peak_and_sum(samples: &[f32]) -> (f32, f64) {
    const LANES: usize = 16;
    let (mut peak, mut sum) = (0.0_f32, 0.0);
    for chunk in samples.chunks(1024) {
        let (mut peaks, mut sums) = ([0.0_f32; LANES], [0.0_f32; LANES]);
        let (groups, rest) = chunk.as_chunks::<LANES>();
        for group in groups {
            for (lane, x) in group.iter().enumerate() {
                let magnitude = x.abs();
                peaks[lane] = if magnitude > peaks[lane] {
                    magnitude
                } else {
                    peaks[lane]
                };
                sums[lane] += x;
            }
        }
        let rest_peak = rest.iter().fold(0.0, |peak: f32, x| peak.max(x.abs()));
        peak = peaks
            .iter()
            .fold(peak.max(rest_peak), |peak, x| peak.max(*x));
        let of_lanes = sums.iter().chain(rest);
        sum += of_lanes.map(|x| f64::from(*x)).sum::<f64>();
    }
    (peak, sum)
}

/// Measures the levels of a signal in blocks of any length.
#[derive(Debug, Clone)]
pub struct LevelMeter {
    loudness: LoudnessMeter,
    channels: Vec<Channel>,
    silence: Vec<f32>,
    frames: u64,
    max_momentary_lufs: f32,
    max_short_term_lufs: Option<f32>,
}

impl LevelMeter {
    /// A meter of `channels` (1 or 2) at `sample_rate` Hz.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        Self {
            loudness: LoudnessMeter::new(sample_rate),
            channels: vec![Channel::new(); channels.clamp(1, 2)],
            silence: Vec::new(),
            frames: 0,
            max_momentary_lufs: f32::NEG_INFINITY,
            max_short_term_lufs: None,
        }
    }

    /// Takes a block: one slice a channel, all of one length.
    pub fn push(&mut self, block: &[&[f32]]) {
        let length = block.first().map_or(0, |channel| channel.len());
        for (channel, samples) in self.channels.iter_mut().zip(block) {
            channel.push(samples);
        }
        if self.silence.len() < length {
            self.silence.resize(length, 0.0);
        }
        // A momentary loudness every 10 ms at least, the grid of the meter.
        let step = self.loudness.segment_samples();
        let mut at = 0;
        while at < length {
            let end = length.min(at + step);
            let [left, right] = [0, 1].map(|i| match self.channels.get(i) {
                Some(channel) => &channel.finite[at..end],
                None => &self.silence[at..end],
            });
            let silence = &self.silence[at..end];
            self.loudness.push([left, right, silence, silence]);
            self.note_largest();
            at = end;
        }
        self.frames += length as u64;
    }

    fn note_largest(&mut self) {
        let meter = &self.loudness.input;
        if meter.is_full_momentary() {
            self.max_momentary_lufs = self.max_momentary_lufs.max(meter.momentary_lufs());
        }
        if let Some(lufs) = meter.full_short_term_lufs() {
            let largest = self.max_short_term_lufs.unwrap_or(f32::NEG_INFINITY);
            self.max_short_term_lufs = Some(largest.max(lufs));
        }
    }

    /// The levels of everything that was taken.
    pub fn finish(mut self) -> Levels {
        let true_peak = self.channels.iter_mut().map(|c| c.true_peak.finish());
        let true_peak = true_peak.fold(0.0, f32::max);
        let peak = self.channels.iter().fold(0.0, |peak, c| c.peak.max(peak));
        let frames = self.frames.max(1) as f64;
        Levels {
            frames: self.frames,
            integrated_lufs: self.loudness.input.gated_lufs(),
            max_momentary_lufs: self.max_momentary_lufs.into(),
            max_short_term_lufs: self.max_short_term_lufs.map(f64::from),
            range_lu: self.loudness.input.range_lu().into(),
            true_peak_dbtp: gain_to_db(true_peak).into(),
            sample_peak_db: gain_to_db(peak).into(),
            dc: self.channels.iter().map(|c| c.sum / frames).collect(),
            clipped_runs: self.channels.iter().map(|c| c.clipped_runs).sum(),
            non_finite: self.channels.iter().map(|c| c.non_finite).sum(),
        }
    }
}
