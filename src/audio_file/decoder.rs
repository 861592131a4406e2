//! One file while it is decoded: what its header says, then block after block.

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecodeError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;
use symphonia::core::packet::Packet;

use super::{Block, SAMPLE_RATES_HZ};

/// Formats, as symphonia calls them, whose headers tell the number of frames for certain.
const FIRM_FORMATS: [&str; 4] = ["wave", "aiff", "flac", "isomp4"];

/// Decodes one file from its start to its end.
pub struct Decoder {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: Track,
    channels: Vec<Vec<f32>>,
    /// Frames so far.
    frames: u64,
    /// Sample rate and channels; 0 before the first frame.
    shape: (u32, usize),
}

impl Decoder {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// When there is none, or it is nothing that [`decode`](super::decode) takes.
    pub fn open(path: &Path) -> Result<Self> {
        let stream = open(path)?;
        let mut hint = Hint::new();
        if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
            hint.with_extension(extension);
        }
        let (options, meta) = (FormatOptions::default(), MetadataOptions::default());
        let format = symphonia::default::get_probe()
            .probe(&hint, stream, options, meta)
            .map_err(refused)?;
        let track = format.default_track(TrackType::Audio);
        let track = track.context("it holds no audio track")?.clone();
        Ok(Self {
            decoder: make_decoder(&track)?,
            format,
            track,
            channels: Vec::new(),
            frames: 0,
            shape: (0, 0),
        })
    }

    /// The format, as symphonia calls it.
    pub fn format_name(&self) -> &'static str {
        self.format.format_info().short_name
    }

    /// The codec, as symphonia calls it.
    pub fn codec_name(&self) -> &'static str {
        self.decoder.codec_info().short_name
    }

    /// What the header says of the audio.
    pub fn parameters(&self) -> Option<&AudioCodecParameters> {
        parameters(&self.track)
    }

    /// Frames that the header promises.
    pub fn promised_frames(&self) -> Option<u64> {
        self.track.num_frames
    }

    /// The next block, none at the end, even an early one. Packets that do not decode are left out.
    ///
    /// # Errors
    /// When the data are damaged, or their shape changes or is none of ours.
    pub fn next_block(&mut self) -> Result<Option<Block<'_>>> {
        while let Some(packet) = next_packet(self.format.as_mut())? {
            if packet.track_id != self.track.id {
                continue;
            }
            let decoded = match self.decoder.decode(&packet) {
                Ok(decoded) => decoded,
                Err(DecodeError::DecodeError(_)) => continue,
                Err(DecodeError::IoError(e)) if is_end(&e) => break,
                Err(error) => return Err(error).context("its data are damaged"),
            };
            if decoded.frames() > 0 {
                decoded.copy_to_vecs_planar(&mut self.channels);
                let sample_rate = decoded.spec().rate();
                self.count(sample_rate)?;
                return Ok(Some(Block {
                    sample_rate,
                    channels: &self.channels,
                }));
            }
        }
        ensure!(self.frames > 0, "it has 0 frames of audio");
        Ok(None)
    }

    /// Counts the block at hand, which must be of the shape of those before it.
    fn count(&mut self, sample_rate: u32) -> Result<()> {
        let shape = (sample_rate, self.channels.len());
        if self.frames == 0 {
            check_channels(shape.1)?;
            check_rate(shape.0)?;
            self.shape = shape;
        }
        ensure!(
            shape == self.shape,
            "its sample rate or channels change midway"
        );
        self.frames += self.channels[0].len() as u64;
        Ok(())
    }

    /// Refuses a file of a format with a firm length that holds less than its header promises.
    ///
    /// # Errors
    /// When it is one.
    pub fn check_complete(&self) -> Result<()> {
        let firm = FIRM_FORMATS.contains(&self.format_name());
        let promised = self.promised_frames().unwrap_or(0);
        let seconds = |frames: u64| frames as f64 / f64::from(self.shape.0);
        ensure!(
            !firm || self.frames >= promised,
            "it is cut off or damaged: its header promises {promised} frames ({:.1} s), {} are there ({:.1} s)",
            seconds(promised),
            self.frames,
            seconds(self.frames),
        );
        Ok(())
    }
}

/// What the reader says to a file whose beginning it does not accept.
fn refused(error: DecodeError) -> anyhow::Error {
    let text = "it is not audio in a known format (WAV, AIFF, FLAC, OGG Vorbis, MP3, M4A)";
    match error {
        DecodeError::Unsupported(_) => anyhow::anyhow!("{text}"),
        DecodeError::IoError(_) => anyhow::anyhow!("{text}, or cut off in its header"),
        other => anyhow::Error::new(other).context(text),
    }
}

/// Opens the file, refusing what cannot be one.
fn open(path: &Path) -> Result<MediaSourceStream<'static>> {
    let file = File::open(path)?;
    let about = file.metadata()?;
    ensure!(!about.is_dir(), "it is a directory");
    ensure!(about.len() > 0, "the file is empty (0 bytes)");
    Ok(MediaSourceStream::new(Box::new(file), Default::default()))
}

fn parameters(track: &Track) -> Option<&AudioCodecParameters> {
    track.codec_params.as_ref()?.audio()
}

/// A decoder for the track, once its header has passed.
fn make_decoder(track: &Track) -> Result<Box<dyn AudioDecoder>> {
    let parameters = parameters(track).context("it holds no audio track")?;
    if let Some(channels) = &parameters.channels {
        check_channels(channels.count())?;
    }
    if let Some(rate) = parameters.sample_rate {
        check_rate(rate)?;
    }
    symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|_| {
            anyhow::anyhow!("its codec is not among PCM, FLAC, ALAC, Vorbis, MP3 and AAC-LC")
        })
}

fn check_channels(count: usize) -> Result<()> {
    ensure!(count > 0, "it has no channels");
    ensure!(count <= 2, "it has {count} channels: mono and stereo only");
    Ok(())
}

fn check_rate(rate: u32) -> Result<()> {
    let (low, high) = (SAMPLE_RATES_HZ.start(), SAMPLE_RATES_HZ.end());
    ensure!(
        SAMPLE_RATES_HZ.contains(&rate),
        "its sample rate is {rate} Hz; Auralis works from {low} to {high} Hz"
    );
    Ok(())
}

/// The next packet, or none at the end, even an early one.
fn next_packet(format: &mut dyn FormatReader) -> Result<Option<Packet>> {
    match format.next_packet() {
        Ok(packet) => Ok(packet),
        Err(DecodeError::IoError(e)) if is_end(&e) => Ok(None),
        Err(error) => Err(error).context("its data are damaged"),
    }
}

fn is_end(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::UnexpectedEof
}
