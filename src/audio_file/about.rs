//! What a file says of itself, before it is played.

use std::path::Path;

use anyhow::{Context, Result};

use super::decoder::Decoder;
use super::guarded;

/// A file, by its header and its first block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Container, such as `wave`, `flac`, `isomp4`.
    pub format: &'static str,
    /// Codec, such as `pcm_s24le`, `vorbis`.
    pub codec: &'static str,
    /// Bits of a sample, where the codec has any.
    pub bits: Option<u32>,
    /// Frames a second.
    pub sample_rate: u32,
    /// 1 or 2.
    pub channels: usize,
    /// Number of frames, where the header tells.
    pub frames: Option<u64>,
}

impl About {
    /// Duration in seconds, where the header tells.
    pub fn seconds(&self) -> Option<f64> {
        Some(self.frames? as f64 / f64::from(self.sample_rate))
    }
}

/// Reads the header and the first block of a file.
///
/// # Errors
/// As [`decode`](super::decode), as far as that shows at the start.
pub fn about(path: &Path) -> Result<About> {
    guarded(path, || {
        let mut decoder = Decoder::open(path)?;
        let block = decoder.next_block()?.context("it has 0 frames of audio")?;
        let (sample_rate, channels) = (block.sample_rate, block.channels.len());
        Ok(About {
            format: decoder.format_name(),
            codec: decoder.codec_name(),
            bits: decoder.parameters().and_then(|p| p.bits_per_sample),
            sample_rate,
            channels,
            frames: decoder.promised_frames(),
        })
    })
}
