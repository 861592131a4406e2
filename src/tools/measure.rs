//! Measurements of a finished piece: loudness after EBU R 128, peaks, and the long-term spectrum.
//!
//! Mono counts as one channel (ITU-R BS.1770-5), 3 LU below the same signal on both channels of
//! stereo. Samples that are not finite count as 0.

mod hops;
mod spectrum;

use anyhow::{Context, Result};
use ebur128::{EbuR128, Mode};
use rayon::prelude::*;

use crate::analysis::measures::HopMeasures;
use crate::audio_file::Audio;
use crate::dsp::decibel::{SILENCE_DB, gain_to_db, power_to_db};
pub use hops::measure_hops;
pub use spectrum::{Spectrum, long_term_spectrum, spectral_distance_db};

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

/// All that is measured of a piece. Levels of nothing are [`SILENCE_DB`].
#[derive(Debug, Clone, PartialEq)]
pub struct Measurement {
    /// Integrated loudness, gated.
    pub integrated_lufs: f64,
    /// Largest momentary loudness, of every 100 ms.
    pub max_momentary_lufs: f64,
    /// Largest short-term loudness, of every 100 ms from 3 s on; of what there is in a shorter piece.
    pub max_short_term_lufs: f64,
    /// Loudness range (EBU Tech 3342) in LU.
    pub range_lu: f64,
    /// True peak of the loudest channel.
    pub true_peak_dbtp: f64,
    /// Sample peak of the loudest channel in dBFS.
    pub sample_peak_db: f64,
    /// Root mean square over all channels in dBFS.
    pub rms_db: f64,
    /// Sample peak over RMS in dB.
    pub crest_db: f64,
    /// Long-term power per critical band, level-free.
    pub spectrum: Spectrum,
    /// What each hop says by itself.
    pub hops: Vec<HopMeasures>,
    /// Loudness every 100 ms.
    pub loudness: Vec<LoudnessPoint>,
}

impl Measurement {
    /// Peak to loudness ratio in dB: true peak minus integrated loudness (AES TD1004).
    pub fn plr_db(&self) -> f64 {
        self.true_peak_dbtp - self.integrated_lufs
    }

    /// The single numbers, as a JSON object with the units in the names.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "integrated_lufs": self.integrated_lufs,
            "max_momentary_lufs": self.max_momentary_lufs,
            "max_short_term_lufs": self.max_short_term_lufs,
            "range_lu": self.range_lu,
            "true_peak_dbtp": self.true_peak_dbtp,
            "sample_peak_db": self.sample_peak_db,
            "rms_db": self.rms_db,
            "crest_db": self.crest_db,
            "plr_db": self.plr_db(),
        })
    }
}

/// Measures the whole piece, on as many threads as there are; the result does not depend on them.
///
/// # Errors
/// When the audio has no channel, or a sample rate that no loudness meter accepts.
pub fn measure(audio: &Audio) -> Result<Measurement> {
    let audio = audio.finite();
    let channels = audio.channels.as_slice();
    let rate = audio.sample_rate;
    let (loudness, (true_peak_dbtp, hops)) = rayon::join(
        || Loudness::of(channels, rate),
        || {
            rayon::join(
                || true_peak_dbtp(channels, rate),
                || measure_hops(channels, rate),
            )
        },
    );
    let (loudness, rms_db) = (loudness?, rms_db(channels));
    let sample_peak_db = sample_peak_db(channels);
    Ok(Measurement {
        integrated_lufs: loudness.integrated_lufs,
        max_momentary_lufs: highest(loudness.points.iter().map(|point| point.momentary_lufs)),
        max_short_term_lufs: max_short_term_lufs(&loudness.points),
        range_lu: loudness.range_lu,
        true_peak_dbtp: true_peak_dbtp?,
        sample_peak_db,
        rms_db,
        crest_db: sample_peak_db - rms_db,
        spectrum: long_term_spectrum(&hops),
        loudness: loudness.points,
        hops,
    })
}

/// The loudness of a piece.
struct Loudness {
    integrated_lufs: f64,
    range_lu: f64,
    points: Vec<LoudnessPoint>,
}

impl Loudness {
    fn of(channels: &[Vec<f32>], rate: u32) -> Result<Self> {
        let mut meter = meter(channels.len(), rate, Mode::I | Mode::LRA)?;
        let points = feed(&mut meter, channels, rate)?;
        Ok(Self {
            integrated_lufs: at_least_silence(meter.loudness_global()?),
            range_lu: meter.loudness_range()?,
            points,
        })
    }
}

/// A meter of EBU R 128.
fn meter(channels: usize, rate: u32, mode: Mode) -> Result<EbuR128> {
    let count = u32::try_from(channels).context("too many channels")?;
    EbuR128::new(count, rate, mode).with_context(|| format!("no loudness at {rate} Hz"))
}

/// True peak of the loudest channel, each measured by itself.
fn true_peak_dbtp(channels: &[Vec<f32>], rate: u32) -> Result<f64> {
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

/// Largest sample of any channel in dBFS.
fn sample_peak_db(channels: &[Vec<f32>]) -> f64 {
    let samples = channels.iter().flatten();
    let peak = samples.fold(0.0_f32, |peak, x| peak.max(x.abs()));
    gain_to_db(peak).into()
}

/// The largest value, [`SILENCE_DB`] at least.
fn highest(values: impl Iterator<Item = f64>) -> f64 {
    values.fold(SILENCE_DB.into(), f64::max)
}

/// The largest short-term loudness over full windows, as far as there are any.
fn max_short_term_lufs(points: &[LoudnessPoint]) -> f64 {
    let full = points
        .iter()
        .position(|point| point.seconds >= SHORT_TERM_S);
    let from = full.unwrap_or(points.len().saturating_sub(1));
    highest(points[from..].iter().map(|point| point.short_term_lufs))
}

/// Level of every 100 ms in dB (mean square over the channels), for curves over time.
pub fn levels_db(audio: &Audio) -> Vec<f64> {
    let hop = hop_frames(audio.sample_rate);
    let audio = audio.finite();
    let channels = &audio.channels;
    (0..audio.frames() / hop)
        .map(|i| {
            let range = i * hop..(i + 1) * hop;
            let parts: Vec<&[f32]> = channels.iter().map(|c| &c[range.clone()]).collect();
            rms_db(&parts)
        })
        .collect()
}

/// Frames between two points of a curve over time.
fn hop_frames(sample_rate: u32) -> usize {
    (sample_rate / POINTS_PER_SECOND).max(1) as usize
}

/// Feeds everything to the meter and reads the loudness on the way.
fn feed(
    meter: &mut EbuR128,
    channels: &[Vec<f32>],
    sample_rate: u32,
) -> Result<Vec<LoudnessPoint>> {
    let hop = hop_frames(sample_rate);
    let frames = channels.first().map_or(0, Vec::len);
    let mut points = Vec::with_capacity(frames / hop + 1);
    for start in (0..frames).step_by(hop) {
        let end = (start + hop).min(frames);
        let block: Vec<&[f32]> = channels.iter().map(|c| &c[start..end]).collect();
        meter.add_frames_planar_f32(&block)?;
        points.push(LoudnessPoint {
            seconds: end as f64 / f64::from(sample_rate),
            momentary_lufs: at_least_silence(meter.loudness_momentary()?),
            short_term_lufs: at_least_silence(meter.loudness_shortterm()?),
        });
    }
    Ok(points)
}

/// Minus infinity as a finite level.
fn at_least_silence(lufs: f64) -> f64 {
    lufs.max(SILENCE_DB.into())
}

/// Root mean square over all channels in dBFS.
fn rms_db<C: AsRef<[f32]>>(channels: &[C]) -> f64 {
    let samples = channels.iter().flat_map(|c| c.as_ref());
    let (sum, count) = samples.fold((0.0, 0_usize), |(sum, count), &x| {
        (sum + f64::from(x) * f64::from(x), count + 1)
    });
    power_to_db(sum / count.max(1) as f64)
}
