//! Seeded test signals and measurements that several test files share.
#![allow(dead_code, missing_docs)] // each test file uses its part

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use auralis_dsp::chain::Adaptive;
#[allow(unused_imports)] // each test file uses its part
pub use auralis_dsp::signals::{noise, sine};
use auralis_engine::ear::learned::Learned;
use auralis_engine::ear::reference::{Reference, ReferenceCapture};
use auralis_engine::ear::settings::AnalysisSettings;
use auralis_engine::knowledge::Knowledge;
use auralis_engine::knowledge::memory::Memory;
use auralis_engine::params::Values;
use auralis_engine::session::Draw;
use auralis_engine::{Processor, ProcessorSettings, Stream};

/// How long a test waits for an answer of the ear: far longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Audio as `[channel][sample]`.
pub type Audio = Vec<Vec<f32>>;

/// Stereo programme with beats, a moving tone and noise, about -20 dBFS: every processor has work.
pub fn programme(rate: f64, seconds: f64) -> Audio {
    let len = (rate * seconds) as usize;
    let hiss = [noise(1, len), noise(2, len)];
    (0..2)
        .map(|channel| {
            (0..len)
                .map(|n| {
                    let t = n as f64 / rate;
                    let beat = (-((t * 2.0).fract() * 9.0)).exp();
                    let kick = (std::f64::consts::TAU * 55.0 * t).sin() * beat * 0.5;
                    let tone = 440.0 + 110.0 * (t * 0.5).sin() + 3.0 * channel as f64;
                    let lead = (std::f64::consts::TAU * tone * t).sin() * 0.12;
                    let hat = f64::from(hiss[channel][n])
                        * (0.02 + 0.2 * (-((t * 4.0).fract() * 40.0)).exp());
                    (kick + lead + hat) as f32
                })
                .collect()
        })
        .collect()
}

/// The settings of a new instance.
pub fn defaults() -> ProcessorSettings {
    Values::default().settings()
}

/// Every processor off: what comes out is what went in, later.
pub fn all_off() -> ProcessorSettings {
    let mut settings = defaults();
    settings.chain.eq_on = false;
    settings.chain.compressor.on = false;
    settings.chain.limiter.on = false;
    settings.analysis.eq_on = false;
    settings.analysis.comp_on = false;
    settings.analysis.loud_on = false;
    settings
}

/// Everything on, nothing adaptive.
pub fn static_on() -> ProcessorSettings {
    let mut settings = defaults();
    settings.analysis = AnalysisSettings {
        eq_amount: 0.0,
        comp_adapt: 0.0,
        loud_on: false,
        ..settings.analysis
    };
    settings
}

/// A processor of a stream that publishes nowhere.
pub fn processor(stream: Stream, settings: &ProcessorSettings) -> Processor {
    let knowledge = Knowledge::default();
    let mut processor = Processor::new(stream, settings, knowledge, Arc::new(|_| false));
    processor.reset();
    processor
}

/// What a memory alone knows.
pub fn taught_by(memory: &Memory) -> Knowledge {
    Knowledge {
        memory: memory.clone(),
        ..Knowledge::default()
    }
}

/// An offline stream.
pub fn offline(sample_rate: f64, channels: usize) -> Stream {
    Stream {
        sample_rate,
        channels,
        offline: true,
    }
}

/// A processor in undisturbed real time: the analysis has answered every tick before the next one.
pub struct RealTime {
    /// The processor.
    pub processor: Processor,
    /// Loudness gain in dB after each frame.
    pub gains_db: Vec<f32>,
    /// The adaptive values after each frame.
    pub adaptive: Vec<Adaptive>,
    answers: Arc<AtomicUsize>,
    ticks: usize,
}

impl RealTime {
    /// A stereo one at a sample rate in Hz that goes on from `memory`.
    pub fn new(sample_rate: f64, settings: &ProcessorSettings, memory: &Memory) -> Self {
        let stream = Stream {
            offline: false,
            ..offline(sample_rate, 2)
        };
        let answers = Arc::new(AtomicUsize::new(0));
        let count = answers.clone();
        let publish = Arc::new(move |_: Draw<'_>| {
            count.fetch_add(1, Ordering::SeqCst);
            true
        });
        let mut processor = Processor::new(stream, settings, taught_by(memory), publish);
        processor.reset();
        Self {
            processor,
            gains_db: Vec::new(),
            adaptive: Vec::new(),
            answers,
            ticks: 0,
        }
    }

    /// Goes on after a bounce, whose answers nobody counted.
    pub fn resume(&mut self, settings: &ProcessorSettings) {
        self.processor.set_offline(false, settings);
        self.ticks = self.answers.load(Ordering::SeqCst);
    }

    /// Processes whole hops of audio, the first one right after a reset or a whole hop.
    pub fn render(&mut self, audio: &Audio, settings: &ProcessorSettings, hop: usize) -> Audio {
        let mut out = audio.clone();
        for at in (0..audio[0].len()).step_by(hop) {
            let mut slices: Vec<&mut [f32]> =
                out.iter_mut().map(|c| &mut c[at..at + hop]).collect();
            let (gains_db, adaptive) = (&mut self.gains_db, &mut self.adaptive);
            self.processor
                .process(&mut slices, None, settings, |frame| {
                    gains_db.push(frame.adaptive.loudness_gain_db);
                    adaptive.push(frame.adaptive);
                });
            self.ticks += 1;
            let start = Instant::now();
            while self.answers.load(Ordering::SeqCst) < self.ticks {
                assert!(
                    start.elapsed() < PATIENCE,
                    "the ear gave {} answers to {} ticks",
                    self.answers.load(Ordering::SeqCst),
                    self.ticks
                );
                std::thread::sleep(Duration::from_micros(200));
            }
        }
        out
    }
}

/// Processes audio in blocks whose lengths repeat; the output still has the latency.
pub fn render(
    processor: &mut Processor,
    audio: &Audio,
    settings: &ProcessorSettings,
    blocks: &[usize],
) -> Audio {
    let mut out = audio.clone();
    let len = audio[0].len();
    let (mut at, mut block) = (0, 0);
    while at < len {
        let now = blocks[block % blocks.len()].min(len - at);
        let mut slices: Vec<&mut [f32]> = out.iter_mut().map(|c| &mut c[at..at + now]).collect();
        processor.process(&mut slices, None, settings, |_| {});
        at += now;
        block += 1;
    }
    out
}

/// Level of `out` minus `expected` delayed by `latency`, relative to `expected`, in dB; the first
/// `skip` samples do not count.
pub fn residual_db(out: &[f32], expected: &[f32], latency: usize, skip: usize) -> f64 {
    assert_eq!(out.len(), expected.len());
    let (mut error, mut power) = (0.0_f64, 1e-30_f64);
    for n in latency + skip..out.len() {
        let want = f64::from(expected[n - latency]);
        error += (f64::from(out[n]) - want).powi(2);
        power += want * want;
    }
    10.0 * (error / power).max(1e-30).log10()
}

/// Fails at the first sample that differs in any bit.
pub fn assert_identical(got: &Audio, expected: &Audio, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: channels");
    for (channel, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert_eq!(
            got.len(),
            expected.len(),
            "{what}: length of channel {channel}"
        );
        for (n, (got, expected)) in got.iter().zip(expected).enumerate() {
            assert!(
                got.to_bits() == expected.to_bits(),
                "{what}: channel {channel} [{n}] got {got}, expected {expected}"
            );
        }
    }
}

/// Whole hops of the programme.
pub fn music(hops: usize) -> Audio {
    let mut audio = programme(48_000.0, (hops * 2048) as f64 / 48_000.0 + 0.1);
    audio.iter_mut().for_each(|c| c.truncate(hops * 2048));
    audio
}

/// A memory that `hops` of the programme have taught.
pub fn taught(hops: usize) -> Memory {
    let memory = Memory::default();
    let mut playing = RealTime::new(48_000.0, &defaults(), &memory);
    playing.render(&music(hops), &defaults(), 2048);
    memory
}

/// What a memory holds.
pub fn learned(memory: &Memory) -> Learned {
    memory.recall().1.expect("something was learned")
}

/// Stereo noise through a one-pole low-pass, `share` of the way a sample, so dull where it is small.
pub fn dull_noise(seed: u32, seconds: f64, share: f32) -> Audio {
    (0..2)
        .map(|channel| {
            let mut low = 0.0;
            let white = noise(seed + channel, (48_000.0 * seconds) as usize);
            white
                .iter()
                .map(|x| {
                    low += share * (0.3 * x - low);
                    low
                })
                .collect()
        })
        .collect()
}

pub fn captured(audio: &Audio) -> Reference {
    let mut capture = ReferenceCapture::new(48_000.0, audio.len(), 2048);
    for at in (0..audio[0].len() / 2048).map(|hop| hop * 2048) {
        let hop: Vec<&[f32]> = audio.iter().map(|c| &c[at..at + 2048]).collect();
        capture.push(&hop);
    }
    capture.finish("captured").unwrap()
}
