//! Loudness of a finished piece: over the whole, and over time.
//!
//! The whole is measured by the crate `ebur128`. The curves come from the meter of the plug-in, which
//! its tests hold to that crate: there each query sums all samples of its window anew, 30 times each
//! sample for the short-term loudness.

use anyhow::{Context, Result};
use ebur128::{EbuR128, Mode};
use rayon::prelude::*;

use super::highest;
use auralis_dsp::basics::decibel::{SILENCE_DB, gain_to_db};
use auralis_engine::ear::meters::loudness::LoudnessMeter as Meter;

/// Points of the loudness curves a second.
const POINTS_PER_SECOND: u32 = 10;
/// Window of the short-term loudness.
const SHORT_TERM_S: f64 = 3.0;

/// Momentary and short-term loudness at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LoudnessPoint {
    /// End of the windows, in seconds from the start.
    pub seconds: f64,
    /// Loudness of the last 400 ms.
    pub momentary_lufs: f64,
    /// Loudness of the last 3 s.
    pub short_term_lufs: f64,
}

/// The loudness of a piece.
pub struct Loudness {
    /// Integrated loudness, gated, in LUFS.
    pub integrated_lufs: f64,
    /// Loudness range in LU.
    pub range_lu: f64,
    /// Momentary and short-term loudness every 100 ms.
    pub points: Vec<LoudnessPoint>,
}

impl Loudness {
    /// Measures equally long channels of finite samples.
    ///
    /// # Errors
    /// When there is no channel, or the sample rate is one that no loudness meter accepts.
    pub fn of(channels: &[Vec<f32>], rate: u32) -> Result<Self> {
        let (whole, points) = rayon::join(|| whole(channels, rate), || points(channels, rate));
        let [integrated_lufs, range_lu] = whole?;
        Ok(Self {
            integrated_lufs,
            range_lu,
            points,
        })
    }

    /// The largest momentary loudness, in LUFS.
    pub fn max_momentary_lufs(&self) -> f64 {
        highest(self.points.iter().map(|point| point.momentary_lufs))
    }

    /// The largest short-term loudness over full windows, as far as there are any, in LUFS.
    pub fn max_short_term_lufs(&self) -> f64 {
        let is_full = |point: &LoudnessPoint| point.seconds >= SHORT_TERM_S;
        let full = self.points.iter().position(is_full);
        let from = full.unwrap_or(self.points.len().saturating_sub(1));
        highest(
            self.points[from..]
                .iter()
                .map(|point| point.short_term_lufs),
        )
    }
}

/// Integrated loudness in LUFS and loudness range in LU.
fn whole(channels: &[Vec<f32>], rate: u32) -> Result<[f64; 2]> {
    let mut meter = meter(channels.len(), rate, Mode::I | Mode::LRA)?;
    let planar: Vec<&[f32]> = channels.iter().map(Vec::as_slice).collect();
    meter.add_frames_planar_f32(&planar)?;
    // Minus infinity is a level of nothing.
    let integrated_lufs = meter.loudness_global()?.max(SILENCE_DB.into());
    Ok([integrated_lufs, meter.loudness_range()?])
}

/// Loudness every 100 ms, and at the end.
fn points(channels: &[Vec<f32>], rate: u32) -> Vec<LoudnessPoint> {
    let mut meter = Meter::new(f64::from(rate));
    let (step, frames) = (point_frames(rate), channels.first().map_or(0, Vec::len));
    let silence = vec![0.0; step];
    let end = |start: usize| (start + step).min(frames);
    let point = |start: usize| {
        let part = |channel: usize| {
            let channel = channels.get(channel);
            channel.map_or(&silence[..end(start) - start], |c| &c[start..end(start)])
        };
        let quiet = &silence[..end(start) - start];
        meter.push([part(0), part(1), quiet, quiet]);
        LoudnessPoint {
            seconds: end(start) as f64 / f64::from(rate),
            momentary_lufs: meter.input.momentary_lufs().into(),
            short_term_lufs: meter.input.short_term_lufs().into(),
        }
    };
    (0..frames).step_by(step).map(point).collect()
}

/// Frames between two points of a curve over time.
pub fn point_frames(sample_rate: u32) -> usize {
    (sample_rate / POINTS_PER_SECOND).max(1) as usize
}

/// A meter of EBU R 128.
fn meter(channels: usize, rate: u32, mode: Mode) -> Result<EbuR128> {
    let count = u32::try_from(channels).context("too many channels")?;
    EbuR128::new(count, rate, mode).with_context(|| format!("no loudness at {rate} Hz"))
}

/// True peak of the loudest channel in dBTP, each measured by itself.
///
/// # Errors
/// As [`Loudness::of`].
pub fn true_peak_dbtp(channels: &[Vec<f32>], rate: u32) -> Result<f64> {
    let peaks: Result<Vec<f64>> = channels
        .par_iter()
        .map(|channel| {
            let mut meter = meter(1, rate, Mode::TRUE_PEAK)?;
            meter.add_frames_planar_f32(&[channel])?;
            Ok(meter.true_peak(0)?)
        })
        .collect();
    let peak = peaks?.into_iter().fold(0.0, f64::max);
    Ok(gain_to_db(peak as f32).into())
}
