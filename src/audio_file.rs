//! Audio files in: WAV, AIFF, FLAC, OGG Vorbis, MP3 and M4A (AAC, ALAC), through symphonia.
//!
//! A file that promises more frames in its header than it holds (WAV, AIFF, FLAC, M4A) is refused:
//! half a song must not be mastered as if it were the whole. OGG and MP3 are streams without such a
//! promise; of those, what decodes is the audio. What an encoder added at the ends of an MP3 or OGG
//! is left out where the file tells; symphonia does not tell it of AAC.
//!
//! - [`read`] is a whole file in memory, [`decode`] one block by block.
//! - [`about`] is what its header says.
//! - [`FileSong`] plays one as often as it is asked, decoded on a thread of its own.

mod about;
mod decoder;
mod guard;
pub mod song;

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use anyhow::{Context, Result, bail};

pub use about::{About, about};
use decoder::Decoder;
pub use song::FileSong;

/// Sample rates that a DAW may use, in Hz.
pub const SAMPLE_RATES_HZ: std::ops::RangeInclusive<u32> = 8_000..=768_000;

/// Audio in memory.
#[derive(Debug, Clone, PartialEq)]
pub struct Audio {
    /// Frames a second.
    pub sample_rate: u32,
    /// The samples, `[channel][frame]`, full scale 1. All channels are equally long.
    pub channels: Vec<Vec<f32>>,
}

impl Audio {
    /// Number of frames.
    pub fn frames(&self) -> usize {
        self.channels.first().map_or(0, Vec::len)
    }

    /// Duration in seconds.
    pub fn seconds(&self) -> f64 {
        self.frames() as f64 / f64::from(self.sample_rate)
    }

    /// Silence.
    pub fn silence(sample_rate: u32, channels: usize, frames: usize) -> Self {
        Self {
            sample_rate,
            channels: vec![vec![0.0; frames]; channels],
        }
    }

    /// Number of samples that are NaN or infinite.
    pub fn non_finite(&self) -> usize {
        let samples = self.channels.iter().flatten();
        samples.filter(|sample| !sample.is_finite()).count()
    }

    /// The same with 0 for what is not finite.
    pub fn finite(&self) -> Cow<'_, Self> {
        if self.non_finite() == 0 {
            return Cow::Borrowed(self);
        }
        let mut finite = self.clone();
        let samples = finite.channels.iter_mut().flatten();
        for sample in samples.filter(|sample| !sample.is_finite()) {
            *sample = 0.0;
        }
        Cow::Owned(finite)
    }
}

/// Part of a file.
#[derive(Debug, Clone, Copy)]
pub struct Block<'a> {
    /// Frames a second; the same in every block of a file.
    pub sample_rate: u32,
    /// The samples, `[channel][frame]`: as many channels in every block of a file, equally long.
    pub channels: &'a [Vec<f32>],
}

/// What takes a file block by block, until it breaks off.
pub type Hear<'a> = &'a mut dyn FnMut(Block<'_>) -> ControlFlow<()>;

/// Reads a mono or stereo file into memory.
///
/// # Errors
/// As [`decode`].
pub fn read(path: &Path) -> Result<Audio> {
    let mut audio = Audio::silence(0, 0, 0);
    decode(path, &mut |block| {
        if audio.channels.is_empty() {
            audio = Audio::silence(block.sample_rate, block.channels.len(), 0);
        }
        for (all, new) in audio.channels.iter_mut().zip(block.channels) {
            all.extend_from_slice(new);
        }
        ControlFlow::Continue(())
    })?;
    Ok(audio)
}

/// Decodes a mono or stereo file block by block; how much of it is there is known at its end only.
///
/// # Errors
/// When there is no such file, or it is empty, no audio in a known format, cut off, without a
/// frame, of more than two channels, or of a sample rate outside [`SAMPLE_RATES_HZ`].
pub fn decode(path: &Path, hear: Hear<'_>) -> Result<()> {
    guarded(path, || {
        let mut decoder = Decoder::open(path)?;
        while let Some(block) = decoder.next_block()? {
            if hear(block).is_break() {
                return Ok(());
            }
        }
        decoder.check_complete()
    })
}

/// Runs what decodes this file; a slip of a decoder and every error name the file.
fn guarded<T>(path: &Path, work: impl FnOnce() -> Result<T>) -> Result<T> {
    guard::caught(AssertUnwindSafe(work))
        .unwrap_or_else(|| bail!("its data are damaged: the decoder gives up"))
        .with_context(|| format!("cannot read {}", path.display()))
}
