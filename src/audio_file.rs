//! Audio files: WAV, FLAC, OGG Vorbis and MP3 in, through symphonia.
//!
//! A file that promises more frames in its header than it holds (WAV, FLAC) is refused: half a
//! song must not be mastered as if it were the whole. OGG and MP3 are streams without such a
//! promise; of those, what decodes is the audio.

mod guard;

use std::borrow::Cow;
use std::fs::File;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error as DecodeError;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

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
    guard::caught(AssertUnwindSafe(|| decode_file(path, hear)))
        .unwrap_or_else(|| bail!("its data are damaged: the decoder gives up"))
        .with_context(|| format!("cannot read {}", path.display()))
}

fn decode_file(path: &Path, hear: Hear<'_>) -> Result<()> {
    let stream = open(path)?;
    let mut hint = Hint::new();
    if let Some(extension) = path.extension().and_then(|e| e.to_str()) {
        hint.with_extension(extension);
    }
    let (format, meta) = (FormatOptions::default(), MetadataOptions::default());
    let mut format = symphonia::default::get_probe()
        .probe(&hint, stream, format, meta)
        .map_err(refused)?;
    let track = format.default_track(TrackType::Audio);
    let track = track.context("it holds no audio track")?.clone();
    let mut decoder = make_decoder(&track)?;
    match decode_all(format.as_mut(), decoder.as_mut(), &track, hear)? {
        ControlFlow::Continue(held) => {
            check_complete(held, &track, format.format_info().short_name)
        }
        ControlFlow::Break(()) => Ok(()),
    }
}

/// What the reader says to a file whose beginning it does not accept.
fn refused(error: DecodeError) -> anyhow::Error {
    let text = "it is not audio in a known format (WAV, FLAC, OGG Vorbis, MP3)";
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

/// A decoder for the track, once its header has passed.
fn make_decoder(track: &Track) -> Result<Box<dyn AudioDecoder>> {
    let parameters = track.codec_params.as_ref().and_then(|p| p.audio());
    let parameters = parameters.context("it holds no audio track")?;
    if let Some(channels) = &parameters.channels {
        check_channels(channels.count())?;
    }
    if let Some(rate) = parameters.sample_rate {
        check_rate(rate)?;
    }
    symphonia::default::get_codecs()
        .make_audio_decoder(parameters, &AudioDecoderOptions::default())
        .map_err(|_| anyhow::anyhow!("its codec is not among PCM, FLAC, Vorbis and MP3"))
}

fn check_channels(count: usize) -> Result<()> {
    ensure!(count > 0, "it has no channels");
    ensure!(
        count <= 2,
        "it has {count} channels; Auralis masters mono and stereo"
    );
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

/// What a track holds.
#[derive(Debug, Clone, Copy, Default)]
struct Held {
    /// Frames so far.
    frames: u64,
    /// Sample rate and channels; 0 before the first frame.
    shape: (u32, usize),
}

impl Held {
    /// Counts a block, of the shape of those before it.
    fn add(&mut self, block: Block<'_>) -> Result<()> {
        let shape = (block.sample_rate, block.channels.len());
        if self.frames == 0 {
            check_channels(shape.1)?;
            check_rate(shape.0)?;
            self.shape = shape;
        }
        ensure!(
            shape == self.shape,
            "its sample rate or channels change midway"
        );
        self.frames += block.channels[0].len() as u64;
        Ok(())
    }
}

/// Decodes the track to its end, unless `hear` breaks off. Packets that do not decode are left out.
fn decode_all(
    format: &mut dyn FormatReader,
    decoder: &mut dyn AudioDecoder,
    track: &Track,
    hear: Hear<'_>,
) -> Result<ControlFlow<(), Held>> {
    let mut held = Held::default();
    let mut channels: Vec<Vec<f32>> = Vec::new();
    while let Some(packet) = next_packet(format)? {
        if packet.track_id != track.id {
            continue;
        }
        let decoded = match decoder.decode(&packet) {
            Ok(decoded) => decoded,
            Err(DecodeError::DecodeError(_)) => continue,
            Err(DecodeError::IoError(e)) if is_end(&e) => break,
            Err(error) => return Err(error).context("its data are damaged"),
        };
        if decoded.frames() == 0 {
            continue;
        }
        decoded.copy_to_vecs_planar(&mut channels);
        let block = Block {
            sample_rate: decoded.spec().rate(),
            channels: &channels,
        };
        held.add(block)?;
        if hear(block).is_break() {
            return Ok(ControlFlow::Break(()));
        }
    }
    ensure!(held.frames > 0, "it has 0 frames of audio");
    Ok(ControlFlow::Continue(held))
}

/// The next packet, or none at the end, even an early one.
fn next_packet(format: &mut dyn FormatReader) -> Result<Option<symphonia::core::packet::Packet>> {
    match format.next_packet() {
        Ok(packet) => Ok(packet),
        Err(DecodeError::IoError(e)) if is_end(&e) => Ok(None),
        Err(error) => Err(error).context("its data are damaged"),
    }
}

fn is_end(error: &std::io::Error) -> bool {
    error.kind() == std::io::ErrorKind::UnexpectedEof
}

/// Refuses a file of a format with a firm length that holds less than its header promises.
fn check_complete(held: Held, track: &Track, format: &str) -> Result<()> {
    let firm = matches!(format, "wave" | "flac");
    let promised = track.num_frames.unwrap_or(0);
    let seconds = |frames: u64| frames as f64 / f64::from(held.shape.0);
    ensure!(
        !firm || held.frames >= promised,
        "it is cut off or damaged: its header promises {promised} frames ({:.1} s), {} are there ({:.1} s)",
        seconds(promised),
        held.frames,
        seconds(held.frames),
    );
    Ok(())
}
