//! Seeded test signals and measurements that several test files share.
#![allow(dead_code, missing_docs)] // each test file uses its part

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use auralis::params::{AuralisParams, state};
use auralis_engine::ear::settings::AnalysisSettings;
use auralis_engine::knowledge::Knowledge;
use auralis_engine::memory::Memory;
use auralis_engine::processor::{Processor, ProcessorSettings, Stream};
use auralis_engine::session::Draw;
use nice_plug::prelude::{Params, PluginState};

/// Audio as `[channel][sample]`.
pub type Audio = Vec<Vec<f32>>;

/// White noise between -1 and 1, the same for the same seed.
pub fn noise(seed: u32, len: usize) -> Vec<f32> {
    let mut state = seed.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        })
        .collect()
}

/// A sine of `amplitude`.
pub fn sine(hz: f64, amplitude: f64, rate: f64, len: usize) -> Vec<f32> {
    (0..len)
        .map(|n| (amplitude * (std::f64::consts::TAU * hz * n as f64 / rate).sin()) as f32)
        .collect()
}

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

/// Loads a state of this version whose `field` holds this JSON, or that has no such field.
pub fn load_with(params: &AuralisParams, field: &str, json: Option<String>) {
    let mut fields = params.serialize_fields();
    match json {
        Some(json) => fields.insert(field.to_owned(), json),
        None => fields.remove(field),
    };
    let mut state = PluginState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        params: BTreeMap::new(),
        fields,
    };
    state::filter(&mut state, env!("CARGO_PKG_VERSION"));
    params.deserialize_fields(&state.fields);
}

/// The contract's defaults.
pub fn defaults() -> ProcessorSettings {
    AuralisParams::default().settings()
}

/// Every processor off: what comes out is what went in, later.
pub fn all_off() -> ProcessorSettings {
    let mut settings = defaults();
    settings.engine.eq_on = false;
    settings.engine.compressor.on = false;
    settings.engine.limiter.on = false;
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
    let mut processor = Processor::new(stream, settings, knowledge, Box::new(|_| false));
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
        let publish = Box::new(move |_: Draw<'_>| {
            count.fetch_add(1, Ordering::SeqCst);
            true
        });
        let mut processor = Processor::new(stream, settings, taught_by(memory), publish);
        processor.reset();
        Self {
            processor,
            gains_db: Vec::new(),
            answers,
            ticks: 0,
        }
    }

    /// Processes whole hops of audio, the first one right after a reset or a whole hop.
    pub fn render(&mut self, audio: &Audio, settings: &ProcessorSettings, hop: usize) -> Audio {
        let mut out = audio.clone();
        for at in (0..audio[0].len()).step_by(hop) {
            let mut slices: Vec<&mut [f32]> =
                out.iter_mut().map(|c| &mut c[at..at + hop]).collect();
            let gains_db = &mut self.gains_db;
            self.processor
                .process(&mut slices, None, settings, |frame| {
                    gains_db.push(frame.loudness_gain_db);
                });
            self.ticks += 1;
            while self.answers.load(Ordering::SeqCst) < self.ticks {
                std::thread::sleep(std::time::Duration::from_micros(200));
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
