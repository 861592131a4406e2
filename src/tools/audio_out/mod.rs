//! Audio files out: WAV and FLAC, block by block, in bounded memory.
//!
//! A [`Draft`] has a temporary name beside its place until it is whole; an [`Encoder`] writes what is
//! rendered into it on a thread of its own. Integers are [dithered](dither).

pub mod dither;
mod draft;
mod encoder;
mod flac;
mod tags;
mod wav;

use std::fmt;
use std::fs::File;

use anyhow::{Result, ensure};

pub use draft::Draft;
pub use encoder::Encoder;
pub use tags::Tags;

/// What a file is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileKind {
    /// The container.
    pub container: Container,
    /// What a sample is.
    pub depth: Depth,
}

/// Containers that are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Container {
    /// Up to 4 GB
    #[default]
    Wav,
    /// Lossless, about half the size
    Flac,
}

/// What a sample is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Depth {
    /// 16-bit integers
    #[value(name = "16")]
    Int16,
    /// 24-bit integers
    #[default]
    #[value(name = "24")]
    Int24,
    /// 32-bit floats
    #[value(name = "32f")]
    Float32,
}

/// The shape of what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Frames a second.
    pub sample_rate: u32,
    /// 1 or 2.
    pub channels: usize,
    /// Frames, where they are known.
    pub frames: Option<u64>,
}

/// Room that is left for header and tags in a WAV, which counts its bytes in 32 bits.
const WAV_EXTRA_BYTES: u64 = 64 << 20;
/// Highest sample rate of a FLAC in Hz: 20 bits of its header.
const MOST_FLAC_HZ: u32 = (1 << 20) - 1;

impl Container {
    /// The file extension.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Wav => "wav",
            Self::Flac => "flac",
        }
    }
}

impl Depth {
    /// Bits of a sample.
    pub fn bits(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.container {
            Container::Wav => "WAV",
            Container::Flac => "FLAC",
        };
        let float = if self.depth == Depth::Float32 {
            " float"
        } else {
            ""
        };
        write!(f, "{name} {} bit{float}", self.depth.bits())
    }
}

impl FileKind {
    /// Refuses what the container cannot hold.
    ///
    /// # Errors
    /// With what would hold it.
    pub fn check(self, shape: Shape) -> Result<()> {
        match self.container {
            Container::Wav => {
                let frame_bytes = u64::from(self.depth.bits() / 8) * shape.channels as u64;
                let bytes = shape.frames.unwrap_or(0).saturating_mul(frame_bytes);
                ensure!(
                    bytes <= u64::from(u32::MAX) - WAV_EXTRA_BYTES,
                    "it would be a WAV of {:.1} GB, and a WAV holds 4 GB: --format flac holds it",
                    bytes as f64 / 1e9
                );
            }
            Container::Flac => ensure!(
                shape.sample_rate <= MOST_FLAC_HZ,
                "a FLAC has at most {MOST_FLAC_HZ} Hz, and this is {} Hz: --format wav holds it",
                shape.sample_rate
            ),
        }
        Ok(())
    }

    /// Begins a file of this kind.
    ///
    /// # Errors
    /// When it cannot be written, or not hold what is to be written.
    pub fn begin(
        self,
        file: File,
        shape: Shape,
        tags: &Tags,
        seed: u64,
    ) -> Result<Box<dyn AudioWriter>> {
        self.check(shape)?;
        Ok(match self.container {
            Container::Wav => Box::new(wav::WavFile::begin(file, self.depth, shape, tags, seed)?),
            Container::Flac => {
                Box::new(flac::FlacFile::begin(file, self.depth, shape, tags, seed)?)
            }
        })
    }
}

/// A file that is being written.
pub trait AudioWriter: Send {
    /// Writes a block: one vector a channel, all of one length.
    ///
    /// # Errors
    /// When it cannot be written.
    fn write(&mut self, block: &[Vec<f32>]) -> Result<()>;

    /// Writes what is left, with the tags.
    ///
    /// # Errors
    /// When it cannot be written.
    fn finish(self: Box<Self>) -> Result<()>;
}
