//! Plays a reference from its file, to compare with: its loudest minute, over and over, on a thread of its own.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Resampler};

use crate::audio_file;
use auralis_dsp::basics::decibel::gain_to_db;
use auralis_engine::reference::playback::Port;
use auralis_engine::reference::{PlaybackSlot, ReferenceSlot};

/// Longest part that is played, in seconds.
const LONGEST_S: usize = 60;
/// Length of the fades where it begins again, in seconds.
const FADE_S: f64 = 0.02;
/// Time between two looks at the ring, which holds more than ten times as much.
const LOOK: Duration = Duration::from_millis(20);
/// Frames that the resampler takes at once.
const CHUNK: usize = 1024;

#[derive(Debug, Default)]
struct Inner {
    /// Number of the last request: what was started for an older one ends.
    request: AtomicU32,
    /// Bits of the highest sample peak of what plays, in dBFS.
    peak_db: AtomicU32,
}

/// Who plays the references of an instance. Dropped, it ends.
#[derive(Debug)]
pub struct ReferencePlayer {
    playback: PlaybackSlot,
    inner: Arc<Inner>,
}

impl ReferencePlayer {
    /// Plays into `playback`.
    pub fn new(playback: PlaybackSlot) -> Self {
        Self {
            playback,
            inner: Arc::default(),
        }
    }

    /// Whether something plays, or will when its file has been read.
    pub fn is_on(&self) -> bool {
        self.playback.is_on()
    }

    /// Plays a file instead of what played before. `slot` is told when it cannot.
    pub fn start(&self, path: PathBuf, slot: ReferenceSlot) {
        let request = self.inner.request.fetch_add(1, Ordering::AcqRel) + 1;
        self.set_peak_db(0.0);
        self.playback.set_on(true);
        let job = Job {
            inner: Arc::downgrade(&self.inner),
            playback: self.playback.clone(),
            request,
        };
        let thread = std::thread::Builder::new().name("auralis-reference".to_owned());
        let failed = slot.clone();
        let started = thread.spawn(move || {
            if let Err(error) = job.play(&path) {
                job.playback.set_on(false);
                slot.fail(&format!("{error:#}."));
            }
        });
        if started.is_err() {
            self.stop();
            failed.fail("The system gives no thread to play a file.");
        }
    }

    /// Ends what plays.
    pub fn stop(&self) {
        self.inner.request.fetch_add(1, Ordering::AcqRel);
        self.playback.set_on(false);
    }

    /// Makes what plays, which has `lufs`, as loud as `wanted_lufs`, as far as full scale allows.
    pub fn match_loudness(&self, lufs: f32, wanted_lufs: f32) {
        let peak_db = f32::from_bits(self.inner.peak_db.load(Ordering::Relaxed));
        self.playback
            .set_gain_db((wanted_lufs - lufs).min(-peak_db));
    }

    /// The gain at which it plays, in dB.
    pub fn gain_db(&self) -> f32 {
        self.playback.gain_db()
    }

    fn set_peak_db(&self, db: f32) {
        self.inner.peak_db.store(db.to_bits(), Ordering::Relaxed);
    }
}

impl Drop for ReferencePlayer {
    fn drop(&mut self) {
        self.stop();
    }
}

/// What a thread plays for a request.
struct Job {
    inner: Weak<Inner>,
    playback: PlaybackSlot,
    request: u32,
}

impl Job {
    /// Whether anybody still listens.
    fn is_wanted(&self) -> bool {
        let inner = self.inner.upgrade();
        inner.is_some_and(|inner| inner.request.load(Ordering::Acquire) == self.request)
    }

    /// Plays until nobody listens.
    fn play(&self, path: &Path) -> Result<()> {
        let excerpt = Excerpt::read(path, &|| self.is_wanted())?;
        if let Some(inner) = self.inner.upgrade().filter(|_| self.is_wanted()) {
            let peak_db = gain_to_db(excerpt.peak());
            inner.peak_db.store(peak_db.to_bits(), Ordering::Relaxed);
        }
        let mut loops = None;
        while self.is_wanted() {
            // Before the first activation there is no ring.
            let rate = self.playback.feed(|port| port.sample_rate);
            if let Some(rate) = rate {
                let fits = loops.as_ref().is_some_and(|(at, _)| *at == rate);
                if !fits {
                    loops = Some((rate, Loop::new(&excerpt, rate)?));
                }
                if let Some((_, loops)) = &mut loops {
                    self.playback.feed(|port| loops.fill(port));
                }
            }
            std::thread::sleep(LOOK);
        }
        Ok(())
    }
}

/// The loudest part of a file.
#[derive(Debug)]
struct Excerpt {
    sample_rate: u32,
    /// `[channel][frame]`, one or two channels.
    channels: Vec<Vec<f32>>,
}

impl Excerpt {
    /// The loudest minute of a file, all of a shorter one; empty once it is not wanted any more.
    fn read(path: &Path, is_wanted: &dyn Fn() -> bool) -> Result<Self> {
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

    /// Highest sample, linear.
    fn peak(&self) -> f32 {
        let samples = self.channels.iter().flatten();
        samples.fold(0.0, |peak: f32, x| peak.max(x.abs()))
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
struct Loop {
    /// Interleaved, two samples a frame.
    frames: Vec<[f32; 2]>,
    next: usize,
}

impl Loop {
    /// `excerpt` at a rate, faded at its ends.
    fn new(excerpt: &Excerpt, rate: f64) -> Result<Self> {
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

    /// Fills the ring.
    fn fill(&mut self, port: &mut Port) {
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
mod tests {
    use std::time::Instant;

    use super::*;
    use auralis_engine::{Knowledge, Processor, Stream, params::Values};

    const RATE: u32 = 44_100;

    /// A WAV file of 16 bits in which each second has an amplitude of its own, a sine of 441 Hz on the left
    /// and its opposite on the right.
    fn song(folder: &Path, amplitudes: &[f32]) -> PathBuf {
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
    fn it_is_heard_in_the_processor_as_loud_as_asked_and_the_result_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = song(folder.path(), &[0.25; 2]);
        let knowledge = Knowledge::default();
        let stream = Stream {
            sample_rate: 48_000.0,
            channels: 2,
            offline: false,
        };
        let settings = Values::default().settings();
        let publish = Arc::new(|_: auralis_engine::session::Draw<'_>| false);
        let mut processor = Processor::new(stream, &settings, knowledge.clone(), publish);
        let player = ReferencePlayer::new(knowledge.playback.clone());
        player.start(path, ReferenceSlot::default());
        let begun = Instant::now();
        let mut peak = 0.0;
        // A second of it, once its file has been read.
        let mut left = 48_000 / 480;
        while left > 0 {
            player.match_loudness(-12.0, -18.0);
            let mut audio = [vec![0.0_f32; 480], vec![0.0; 480]];
            let mut slices = audio.each_mut().map(|c| &mut c[..]);
            processor.process(&mut slices, None, &settings, |_| {});
            let block = audio.iter().flatten().fold(0.0, |p: f32, x| p.max(x.abs()));
            peak = f32::max(peak, block);
            if block > 0.0 {
                left -= 1;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(60),
                "nothing is heard"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        // A quarter, 6 dB lower; the resampler keeps 441 Hz within 0.1 %.
        assert!((peak - 0.1253).abs() < 3e-4, "peak {peak}");
        player.stop();
        let mut audio = [vec![0.0_f32; 9600], vec![0.0; 9600]];
        let mut slices = audio.each_mut().map(|c| &mut c[..]);
        processor.process(&mut slices, None, &settings, |_| {});
        assert!(
            audio[0][4800..].iter().all(|x| *x == 0.0),
            "it is still heard"
        );
    }

    #[test]
    fn what_cannot_be_played_is_told_and_full_scale_is_the_limit() {
        let slot = ReferenceSlot::default();
        let player = ReferencePlayer::new(PlaybackSlot::default());
        player.start(PathBuf::from("/no/such/song.wav"), slot.clone());
        let begun = Instant::now();
        while slot.failure().is_empty() {
            assert!(begun.elapsed() < Duration::from_secs(60), "nothing is told");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(
            slot.failure().contains("/no/such/song.wav"),
            "{}",
            slot.failure()
        );
        assert!(!player.is_on());
        player.set_peak_db(-3.0);
        player.match_loudness(-20.0, -14.0);
        assert_eq!(player.gain_db(), 3.0);
    }
}
