//! Measurements of a finished piece: loudness after EBU R 128, peaks, and the long-term spectrum.
//!
//! Mono counts as one channel (ITU-R BS.1770-5), 3 LU below the same signal on both channels of
//! stereo. Samples that are not finite count as 0.

mod spectrum;

use anyhow::{Context, Result};
use ebur128::{EbuR128, Mode};

use crate::audio_file::Audio;
use crate::dsp::decibel::{SILENCE_DB, gain_to_db, power_to_db};
pub use spectrum::{Spectrum, long_term_spectrum, spectral_distance_db};

/// Points of the loudness curves a second.
const POINTS_PER_SECOND: u32 = 10;

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
    /// Loudness every 100 ms.
    pub loudness: Vec<LoudnessPoint>,
}

impl Measurement {
    /// The single numbers, as a JSON object with the units in the names.
    pub fn to_json(&self) -> serde_json::Value {
        serde_json::json!({
            "integrated_lufs": self.integrated_lufs,
            "range_lu": self.range_lu,
            "true_peak_dbtp": self.true_peak_dbtp,
            "sample_peak_db": self.sample_peak_db,
            "rms_db": self.rms_db,
            "crest_db": self.crest_db,
        })
    }
}

/// Measures the whole piece.
///
/// # Errors
/// When the audio has no channel, or a sample rate that no loudness meter accepts.
pub fn measure(audio: &Audio) -> Result<Measurement> {
    let channels = finite(audio);
    let count = u32::try_from(channels.len()).context("too many channels")?;
    let mode = Mode::I | Mode::LRA | Mode::TRUE_PEAK | Mode::SAMPLE_PEAK;
    let mut meter = EbuR128::new(count, audio.sample_rate, mode)
        .with_context(|| format!("no loudness at {} Hz", audio.sample_rate))?;
    let loudness = feed(&mut meter, &channels, audio.sample_rate)?;
    let peak = |read: &dyn Fn(u32) -> Result<f64, ebur128::Error>| -> Result<f64> {
        let peaks: Result<Vec<f64>, _> = (0..count).map(read).collect();
        Ok(gain_to_db(peaks?.into_iter().fold(0.0, f64::max) as f32).into())
    };
    let sample_peak_db = peak(&|channel| meter.sample_peak(channel))?;
    let rms_db = rms_db(&channels);
    Ok(Measurement {
        integrated_lufs: at_least_silence(meter.loudness_global()?),
        range_lu: meter.loudness_range()?,
        true_peak_dbtp: peak(&|channel| meter.true_peak(channel))?,
        sample_peak_db,
        rms_db,
        crest_db: sample_peak_db - rms_db,
        spectrum: long_term_spectrum(&channels, audio.sample_rate),
        loudness,
    })
}

/// Level of every 100 ms in dB (mean square over the channels), for curves over time.
pub fn levels_db(audio: &Audio) -> Vec<f64> {
    let hop = hop_frames(audio.sample_rate);
    let channels = finite(audio);
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

/// The channels, with 0 for what is not finite.
fn finite(audio: &Audio) -> Vec<Vec<f32>> {
    let clean = |&x: &f32| if x.is_finite() { x } else { 0.0 };
    let channels = audio.channels.iter();
    channels
        .map(|channel| channel.iter().map(clean).collect())
        .collect()
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
