//! Audio files out: 32-bit float WAV.

use std::path::Path;

use anyhow::{Context, Result, ensure};

use crate::audio_file::Audio;

/// Writes 32-bit float WAV.
///
/// # Errors
/// When the file cannot be written, or the audio has no channel.
pub fn write_wav(path: &Path, audio: &Audio) -> Result<()> {
    write_frames(path, audio).with_context(|| format!("cannot write {}", path.display()))
}

fn write_frames(path: &Path, audio: &Audio) -> Result<()> {
    ensure!(!audio.channels.is_empty(), "the audio has no channel");
    let spec = hound::WavSpec {
        channels: u16::try_from(audio.channels.len()).context("too many channels")?,
        sample_rate: audio.sample_rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec)?;
    for frame in 0..audio.frames() {
        for channel in &audio.channels {
            writer.write_sample(channel[frame])?;
        }
    }
    writer.finalize()?;
    Ok(())
}
