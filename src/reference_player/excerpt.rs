//! The loudest minute of a file, at the host's rate, over and over.

use std::ops::ControlFlow;
use std::path::Path;

use anyhow::{Context, Result, bail};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler};

use crate::audio_file;
use auralis_engine::reference::playback::Port;

/// Longest part that is played, in seconds.
const LONGEST_S: usize = 60;
/// Length of the fades where it begins again, in seconds.
const FADE_S: f64 = 0.02;
/// Frames that the resampler takes at once.
const CHUNK: usize = 1024;

/// The loudest part of a file.
#[derive(Debug)]
pub struct Excerpt {
    sample_rate: u32,
    /// `[channel][frame]`, one or two channels.
    channels: Vec<Vec<f32>>,
}

impl Excerpt {
    /// The loudest minute of a file, all of a shorter one; empty once it is not wanted any more.
    pub fn read(path: &Path, is_wanted: &dyn Fn() -> bool) -> Result<Self> {
        let (sample_rate, powers) = powers(path, is_wanted)?;
        let start_s = loudest(&powers);
        let [first, end] = [start_s, start_s + LONGEST_S].map(|s| s * sample_rate as usize);
        let mut channels: Vec<Vec<f32>> = Vec::new();
        let mut at = 0;
        audio_file::decode(path, &mut |block| {
            channels.resize(block.channels.len(), Vec::new());
            let frames = block.channels.first().map_or(0, Vec::len);
            let from = first.saturating_sub(at).min(frames);
            let to = end.saturating_sub(at).min(frames);
            for (kept, new) in channels.iter_mut().zip(block.channels) {
                kept.extend(new[from..to].iter().copied().map(sound));
            }
            at += frames;
            if at < end && is_wanted() {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        if channels.first().is_none_or(Vec::is_empty) && is_wanted() {
            bail!("{} holds no audio", path.display());
        }
        Ok(Self {
            sample_rate,
            channels,
        })
    }
}

/// 0 for what is not finite.
fn sound(sample: f32) -> f32 {
    if sample.is_finite() { sample } else { 0.0 }
}

/// Sample rate of a file, and the power of each of its seconds.
fn powers(path: &Path, is_wanted: &dyn Fn() -> bool) -> Result<(u32, Vec<f64>)> {
    let (mut sample_rate, mut powers, mut at) = (0, Vec::new(), 0);
    audio_file::decode(path, &mut |block| {
        sample_rate = block.sample_rate;
        let frames = block.channels.first().map_or(0, Vec::len);
        for n in 0..frames {
            let second = (at + n) / sample_rate as usize;
            if powers.len() <= second {
                powers.push(0.0);
            }
            let squares = block
                .channels
                .iter()
                .map(|c| f64::from(sound(c[n])).powi(2));
            powers[second] += squares.sum::<f64>();
        }
        at += frames;
        if is_wanted() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok((sample_rate, powers))
}

/// The second that the loudest minute begins with.
fn loudest(powers: &[f64]) -> usize {
    let sums = powers.windows(LONGEST_S).map(|s| s.iter().sum::<f64>());
    let most = sums.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    most.map_or(0, |(second, _)| second)
}

/// An excerpt at the host's rate, played over and over.
pub struct Loop {
    /// Interleaved, two samples a frame.
    frames: Vec<[f32; 2]>,
    next: usize,
}

impl Loop {
    /// `excerpt` at a rate, faded at its ends.
    pub fn new(excerpt: &Excerpt, rate: f64) -> Result<Self> {
        let mut frames = resampled(excerpt, rate)?;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a thousand
        let fade = ((FADE_S * rate) as usize).clamp(1, frames.len() / 2 + 1);
        let len = frames.len();
        for n in 0..fade.min(len) {
            let share = n as f32 / fade as f32;
            for place in [n, len - 1 - n] {
                frames[place] = frames[place].map(|x| x * share);
            }
        }
        Ok(Self { frames, next: 0 })
    }

    /// Highest sample, linear.
    pub fn peak(&self) -> f32 {
        let samples = self.frames.iter().flatten();
        samples.fold(0.0, |peak: f32, x| peak.max(x.abs()))
    }

    /// Fills the ring.
    pub fn fill(&mut self, port: &mut Port) {
        for _ in 0..port.room() {
            let Some([left, right]) = self.frames.get(self.next).copied() else {
                return;
            };
            let frame = if port.channels == 1 {
                [0.5 * (left + right); 2]
            } else {
                [left, right]
            };
            port.write(frame);
            self.next = (self.next + 1) % self.frames.len();
        }
    }
}

/// An excerpt at another rate in Hz, a mono one on both sides.
fn resampled(excerpt: &Excerpt, rate: f64) -> Result<Vec<[f32; 2]>> {
    let (channels, len) = (
        excerpt.channels.len(),
        excerpt.channels.first().map_or(0, Vec::len),
    );
    if len == 0 {
        return Ok(Vec::new());
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a sample rate
    let (from, to) = (excerpt.sample_rate as usize, rate.round() as usize);
    let pair = |frame: &[f32]| [frame[0], *frame.last().unwrap_or(&frame[0])];
    if from == to {
        let frame = |n: usize| excerpt.channels.iter().map(|c| c[n]).collect::<Vec<_>>();
        return Ok((0..len).map(|n| pair(&frame(n))).collect());
    }
    let input = SequentialSliceOfVecs::new(&excerpt.channels, channels, len)
        .context("the excerpt's channels differ")?;
    let mut resampler = Fft::<f32>::new(from, to, CHUNK, channels, FixedSync::Both)
        .with_context(|| format!("no way from {from} to {to} Hz"))?;
    let output = resampler
        .process_all(&input, len, None)
        .context("the reference cannot be brought to the host's sample rate")?;
    Ok(output
        .take_data()
        .chunks_exact(channels)
        .map(pair)
        .collect())
}

#[cfg(test)]
pub mod tests {
    use std::path::PathBuf;

    use super::*;

    const RATE: u32 = 44_100;

    /// A WAV file of 16 bits in which each second has an amplitude of its own, a sine of 441 Hz on the left
    /// and its opposite on the right.
    pub fn song(folder: &Path, amplitudes: &[f32]) -> PathBuf {
        let path = folder.join("song.wav");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: RATE,
            bits_per_sample: 16,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).unwrap();
        for (second, amplitude) in amplitudes.iter().enumerate() {
            for n in 0..RATE {
                let phase = 0.01 * std::f32::consts::TAU * (second as f32 * RATE as f32 + n as f32);
                let sample = (32_767.0 * amplitude * phase.sin()) as i16;
                writer.write_sample(sample).unwrap();
                writer.write_sample(-sample).unwrap();
            }
        }
        writer.finalize().unwrap();
        path
    }

    #[test]
    fn the_loudest_minute_is_found_and_a_short_file_is_all_of_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut amplitudes = [0.1; 70];
        amplitudes[8..68].fill(0.2);
        let long = Excerpt::read(&song(folder.path(), &amplitudes), &|| true).unwrap();
        assert_eq!(long.channels[0].len(), 60 * RATE as usize);
        let quietest_second = long.channels[0]
            .chunks(RATE as usize)
            .map(|second| second.iter().fold(0.0, |peak: f32, x| peak.max(x.abs())));
        for (second, peak) in quietest_second.enumerate() {
            // 16 bits.
            assert!((peak - 0.2).abs() < 1e-4, "second {second}: {peak}");
        }
        let short = Excerpt::read(&song(folder.path(), &[0.1; 3]), &|| true).unwrap();
        assert_eq!(short.channels[1].len(), 3 * RATE as usize);
    }

    #[test]
    fn any_rate_of_a_file_is_played_at_any_rate_of_a_host_and_what_is_no_number_is_silence() {
        for (from, to) in [(8_000, 192_000.0), (192_000, 8_000.0), (44_100, 47_999.0)] {
            let mut channel = vec![0.25; from as usize];
            (channel[100], channel[101]) = (f32::NAN, f32::INFINITY);
            let channel = channel.into_iter().map(sound).collect();
            let excerpt = Excerpt {
                sample_rate: from,
                channels: vec![channel],
            };
            let played = Loop::new(&excerpt, to).unwrap();
            let len = played.frames.len() as f64;
            assert!((len - to).abs() < 2.0, "{from} to {to} Hz: {len} frames");
            let middle = played.frames[played.frames.len() / 2];
            assert!(
                middle.iter().all(|x| (x - 0.25).abs() < 1e-3) && played.peak() < 0.5,
                "{from} to {to} Hz: {middle:?}, peak {}",
                played.peak()
            );
        }
    }
}
