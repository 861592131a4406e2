//! WAV: integers of 16 or 24 bits, or 32-bit floats; tags in the chunks behind the audio.
//!
//! The header is the crate's; the samples are written a block at once, which is five times as fast as
//! one by one.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use anyhow::{Context, Result};
use hound::{SampleFormat, WavSpec};

use super::dither::Quantizer;
use super::tags::Chunk;
use super::{AudioWriter, Depth, Shape, Tags};

/// A WAV that is being written.
pub struct WavFile {
    file: BufWriter<File>,
    /// Length of the header, whose last four bytes are the length of the audio.
    header_bytes: u64,
    audio_bytes: u64,
    depth: Depth,
    quantizer: Quantizer,
    chunks: Vec<Chunk>,
    /// A block as it is in the file.
    bytes: Vec<u8>,
}

impl WavFile {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(file: File, depth: Depth, shape: Shape, tags: &Tags, seed: u64) -> Result<Self> {
        let spec = WavSpec {
            channels: u16::try_from(shape.channels).context("too many channels")?,
            sample_rate: shape.sample_rate,
            bits_per_sample: depth.bits(),
            sample_format: match depth {
                Depth::Float32 => SampleFormat::Float,
                Depth::Int16 | Depth::Int24 => SampleFormat::Int,
            },
        };
        // The lengths are those of an endless file until the end is known.
        let header = spec.into_header_for_infinite_file();
        let mut file = BufWriter::with_capacity(1 << 16, file);
        file.write_all(&header)?;
        Ok(Self {
            file,
            header_bytes: header.len() as u64,
            audio_bytes: 0,
            depth,
            quantizer: Quantizer::new(depth.bits().min(24), shape.channels, seed),
            chunks: tags.wav_chunks()?,
            bytes: Vec::new(),
        })
    }
}

/// The samples in the order of the file, frame by frame.
fn interleave<S: Copy, const BYTES: usize>(
    block: &[Vec<S>],
    bytes: &mut Vec<u8>,
    as_bytes: impl Fn(S) -> [u8; BYTES],
) {
    let frames = block.first().map_or(0, Vec::len);
    bytes.resize(frames * block.len() * BYTES, 0);
    for (index, channel) in block.iter().enumerate() {
        let places = bytes
            .chunks_exact_mut(BYTES)
            .skip(index)
            .step_by(block.len());
        for (place, sample) in places.zip(channel) {
            place.copy_from_slice(&as_bytes(*sample));
        }
    }
}

impl AudioWriter for WavFile {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<()> {
        let bytes = &mut self.bytes;
        match self.depth {
            Depth::Float32 => interleave(block, bytes, f32::to_le_bytes),
            Depth::Int24 => interleave(self.quantizer.quantize(block), bytes, |x| {
                let [low, middle, high, _] = x.to_le_bytes();
                [low, middle, high]
            }),
            Depth::Int16 => interleave(self.quantizer.quantize(block), bytes, |x| {
                let [low, high, ..] = x.to_le_bytes();
                [low, high]
            }),
        }
        self.file.write_all(bytes)?;
        self.audio_bytes += bytes.len() as u64;
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        // Chunks begin at even places.
        let mut behind = vec![0; usize::from(self.audio_bytes % 2 == 1)];
        for chunk in &self.chunks {
            behind.extend(chunk.id);
            behind.extend(u32::try_from(chunk.data.len())?.to_le_bytes());
            behind.extend(&chunk.data);
            behind.extend(&[0][..chunk.data.len() % 2]);
        }
        self.file.write_all(&behind)?;
        let whole = self.header_bytes + self.audio_bytes + behind.len() as u64;
        self.put_length(4, whole - 8)?;
        self.put_length(self.header_bytes - 4, self.audio_bytes)?;
        Ok(self.file.flush()?)
    }
}

impl WavFile {
    /// Puts a length in its place.
    fn put_length(&mut self, place: u64, length: u64) -> Result<()> {
        let length = u32::try_from(length).context("it is more than the 4 GB of a WAV")?;
        self.file.seek(SeekFrom::Start(place))?;
        Ok(self.file.write_all(&length.to_le_bytes())?)
    }
}
