//! Measurements of a finished piece: loudness after EBU R 128, peaks, and the long-term spectrum.
//!
//! Mono counts as one channel (ITU-R BS.1770-5), 3 LU below the same signal on both channels of
//! stereo. Samples that are not finite count as 0.

mod hops;
mod loudness;
mod running;
mod spectrum;

use anyhow::Result;

use crate::audio_file::Audio;
use auralis_dsp::basics::decibel::{SILENCE_DB, gain_to_db, power_to_db};
use auralis_engine::ear::spectrum::measures::HopMeasures;
pub use hops::measure_hops;
pub use loudness::LoudnessPoint;
use loudness::{Loudness, point_frames, true_peak_dbtp};
pub use running::RunningMeasurement;
pub use spectrum::{Spectrum, long_term_spectrum, spectral_distance_db};

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
    measure_and(audio, |_| ()).map(|(measurement, ())| measurement)
}

/// Measures the whole piece as [`measure`], and meanwhile does what is to be done with its hops.
///
/// # Errors
/// As [`measure`].
pub fn measure_and<T: Send>(
    audio: &Audio,
    follow: impl FnOnce(&[HopMeasures]) -> T + Send,
) -> Result<(Measurement, T)> {
    let audio = audio.finite();
    let (channels, rate) = (audio.channels.as_slice(), audio.sample_rate);
    let follow_hops = || {
        let hops = measure_hops(channels, rate);
        let followed = follow(&hops);
        (hops, followed)
    };
    let levels = || {
        let levels = [sample_peak_db(channels), rms_db(channels)];
        (true_peak_dbtp(channels, rate), levels)
    };
    let (loudness, ((true_peak, [sample_peak_db, rms_db]), (hops, followed))) = rayon::join(
        || Loudness::of(channels, rate),
        || rayon::join(levels, follow_hops),
    );
    let loudness = loudness?;
    let measurement = Measurement {
        integrated_lufs: loudness.integrated_lufs,
        max_momentary_lufs: loudness.max_momentary_lufs(),
        max_short_term_lufs: loudness.max_short_term_lufs(),
        range_lu: loudness.range_lu,
        true_peak_dbtp: true_peak?,
        sample_peak_db,
        rms_db,
        crest_db: sample_peak_db - rms_db,
        spectrum: long_term_spectrum(&hops),
        loudness: loudness.points,
        hops,
    };
    Ok((measurement, followed))
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

/// Level of every 100 ms in dB (mean square over the channels), for curves over time.
pub fn levels_db(audio: &Audio) -> Vec<f64> {
    let hop = point_frames(audio.sample_rate);
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

/// Root mean square over all channels in dBFS.
fn rms_db<C: AsRef<[f32]>>(channels: &[C]) -> f64 {
    let samples = channels.iter().flat_map(|c| c.as_ref());
    let (sum, count) = samples.fold((0.0, 0_usize), |(sum, count), &x| {
        (sum + f64::from(x) * f64::from(x), count + 1)
    });
    power_to_db(sum / count.max(1) as f64)
}
