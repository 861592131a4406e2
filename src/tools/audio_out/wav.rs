//! WAV: integers of 16 or 24 bits, or 32-bit floats; tags in the chunks behind the audio.

use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};

use anyhow::{Context, Result};
use hound::{SampleFormat, WavSpec, WavWriter};

use super::dither::Quantizer;
use super::tags::Chunk;
use super::{AudioWriter, Depth, Shape, Tags};

/// A WAV that is being written.
pub struct WavFile {
    writer: WavWriter<BufWriter<File>>,
    /// None for floats.
    quantizer: Option<Quantizer>,
    /// The same file, for what comes behind the audio.
    file: File,
    chunks: Vec<Chunk>,
}

impl WavFile {
    /// Begins a file.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(file: File, depth: Depth, shape: Shape, tags: &Tags, seed: u64) -> Result<Self> {
        let is_float = depth == Depth::Float32;
        let spec = WavSpec {
            channels: u16::try_from(shape.channels).context("too many channels")?,
            sample_rate: shape.sample_rate,
            bits_per_sample: depth.bits(),
            sample_format: if is_float {
                SampleFormat::Float
            } else {
                SampleFormat::Int
            },
        };
        let again = file.try_clone()?;
        Ok(Self {
            writer: WavWriter::new(BufWriter::with_capacity(1 << 16, file), spec)?,
            quantizer: (!is_float).then(|| Quantizer::new(depth.bits(), shape.channels, seed)),
            file: again,
            chunks: tags.wav_chunks()?,
        })
    }
}

/// Writes the samples in the order of the file, frame by frame.
fn interleave<S: hound::Sample + Copy>(
    writer: &mut WavWriter<BufWriter<File>>,
    block: &[Vec<S>],
) -> Result<()> {
    for frame in 0..block.first().map_or(0, Vec::len) {
        for channel in block {
            writer.write_sample(channel[frame])?;
        }
    }
    Ok(())
}

impl AudioWriter for WavFile {
    fn write(&mut self, block: &[Vec<f32>]) -> Result<()> {
        match &mut self.quantizer {
            Some(quantizer) => interleave(&mut self.writer, quantizer.quantize(block)),
            None => interleave(&mut self.writer, block),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<()> {
        self.writer.finalize()?;
        append(&mut self.file, &self.chunks)
    }
}

/// Appends chunks to a finished file and corrects its length.
fn append(file: &mut File, chunks: &[Chunk]) -> Result<()> {
    if chunks.is_empty() {
        return Ok(());
    }
    let end = file.seek(SeekFrom::End(0))?;
    // Chunks begin at even places.
    let mut bytes = vec![0; usize::from(end % 2 == 1)];
    for chunk in chunks {
        bytes.extend(chunk.id);
        bytes.extend(u32::try_from(chunk.data.len())?.to_le_bytes());
        bytes.extend(&chunk.data);
        bytes.extend(&[0][..chunk.data.len() % 2]);
    }
    file.write_all(&bytes)?;
    let length = u32::try_from(end + bytes.len() as u64 - 8);
    file.seek(SeekFrom::Start(4))?;
    file.write_all(&length.context("more than a WAV holds")?.to_le_bytes())?;
    Ok(())
}
