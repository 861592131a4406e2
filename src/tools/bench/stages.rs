//! The processors one by one, and the chain without what is around it.

use std::hint::black_box;
use std::time::Instant;

use realfft::RealFftPlanner;
use realfft::num_complex::Complex;
use rustfft::FftPlanner;
use serde_json::{Value, json};

use super::RATE;
use super::programme::{Programme, chain, kernel, mid_side_kernel};
use auralis_dsp::basics::decibel::db_to_gain;
use auralis_dsp::clipper::{Clipper, ClipperSettings};
use auralis_dsp::dynamics::branching::Branching;
use auralis_dsp::dynamics::compressor::Compressor;
use auralis_dsp::dynamics::envelope::{Decoupled, Times};
use auralis_dsp::eq::design::{EqSizes, Kernel};
use auralis_dsp::eq::fft_eq::FftEq;
use auralis_dsp::limiter::Limiter;
use auralis_dsp::options::{EngineKind, EqPhase};
use auralis_dsp::signals::Noise;
use auralis_dsp::simd::instruction_set::{Implementation, InstructionSet};
use auralis_dsp::tame::{Tame, TameSettings};
use auralis_dsp::{FRAME, Frame};

/// Name of the envelope's stage.
pub const ENVELOPE: &str = "envelope";
/// Rounds in a row of which the best counts.
const ROUNDS: usize = 10;
/// Times that both implementations are measured, by turns: what slows the machine down for a while
/// slows both.
const TURNS: usize = 4;

/// What one processor costs.
#[derive(Debug, Clone)]
pub struct Stage {
    /// What runs.
    pub name: &'static str,
    /// Nanoseconds per stereo frame, vectorised.
    pub ns_per_frame: f64,
    /// The same of the reference.
    pub ns_per_frame_reference: f64,
}

impl Stage {
    /// How many times the reference's speed the vectorised one has.
    pub fn speedup(&self) -> f64 {
        self.ns_per_frame_reference / self.ns_per_frame
    }

    pub(super) fn to_json(&self) -> Value {
        json!({
            "name": self.name,
            "ns_per_frame": self.ns_per_frame,
            "ns_per_frame_reference": self.ns_per_frame_reference,
        })
    }
}

/// A processor that takes frames.
type Process = Box<dyn FnMut(&mut [Frame; 2])>;

/// All stages on the programme.
pub fn all(programme: &Programme, set: InstructionSet) -> Vec<Stage> {
    let makers: [(&'static str, &dyn Fn(Implementation) -> Process); 8] = [
        ("eq", &|way| eq(kernel(RATE, EqPhase::Linear), way)),
        ("eq, mid and side", &|way| eq(mid_side_kernel(RATE), way)),
        ("tame", &|way| tame(programme, way)),
        ("compressor", &|way| compressor(programme, way)),
        ("compressor, two bands", &|way| {
            compressor_of_two_bands(programme, way)
        }),
        ("clipper, 3 dB driven by 6 dB", &|way| {
            clipper(programme, way)
        }),
        ("limiter", &|way| limiter(programme, 0.0, way)),
        ("limiter driven by 6 dB", &|way| {
            limiter(programme, 6.0, way)
        }),
    ];
    let ways = [Implementation::Scalar, Implementation::Vectorized(set)];
    // Levels are not negative.
    let mut levels = programme.frames.clone();
    for x in levels.as_flattened_mut().as_flattened_mut() {
        *x = x.abs();
    }
    let costs = by_turns(|| ways.map(|way| in_place_ns(&mut levels, &mut *envelope(way))));
    let mut stages = vec![stage(ENVELOPE, costs)];
    let costs = by_turns(|| ways.map(|way| in_place_ns(&mut levels, &mut *branching(way))));
    stages.push(stage("envelope, branching", costs));
    for (name, make) in makers {
        let costs = by_turns(|| ways.map(|way| best_ns(programme, &mut *make(way))));
        stages.push(stage(name, costs));
    }
    stages.push(stage("chain", whole_chain(programme, set, true)));
    stages
}

fn stage(name: &'static str, [plain, fast]: [f64; 2]) -> Stage {
    Stage {
        name,
        ns_per_frame: fast,
        ns_per_frame_reference: plain,
    }
}

/// The chain without EQ: nanoseconds per frame of the reference, then vectorised.
pub fn chain_without_eq(programme: &Programme, set: InstructionSet) -> [f64; 2] {
    whole_chain(programme, set, false)
}

/// The chain: nanoseconds per frame of the reference, then vectorised.
fn whole_chain(programme: &Programme, set: InstructionSet, eq_on: bool) -> [f64; 2] {
    let kinds = [EngineKind::Scalar, EngineKind::Vectorized];
    by_turns(|| {
        kinds.map(|kind| {
            let mut settings = programme.chain_settings(kind);
            settings.eq_on = eq_on;
            let mut chain = chain(RATE, set);
            best_ns(programme, &mut |audio| {
                chain.process(audio, None, &settings);
            })
        })
    })
}

/// The least of several measurements of two costs, in ns.
fn by_turns(mut costs: impl FnMut() -> [f64; 2]) -> [f64; 2] {
    (0..TURNS).fold([f64::INFINITY; 2], |[plain, fast], _| {
        let now = costs();
        [plain.min(now[0]), fast.min(now[1])]
    })
}

fn envelope(way: Implementation) -> Process {
    let mut detector = Decoupled::new(RATE);
    detector.set_times(Times {
        attack_s: 0.01,
        release_s: 0.15,
        auto_release: false,
    });
    Box::new(move |levels| detector.process(levels, way))
}

fn branching(way: Implementation) -> Process {
    let mut detector = Branching::new(0.01, 0.15, RATE);
    Box::new(move |levels| detector.process(levels, way))
}

fn eq(kernel: Box<Kernel>, way: Implementation) -> Process {
    let mut eq = FftEq::new(RATE, 2, kernel);
    Box::new(move |audio| {
        eq.process(audio, true, way);
    })
}

fn tame(programme: &Programme, way: Implementation) -> Process {
    let settings = TameSettings {
        on: true,
        ..programme.settings.chain.tame
    };
    let mut tame = Tame::new(RATE);
    Box::new(move |audio| {
        tame.process(audio, &settings, way);
    })
}

fn compressor(programme: &Programme, way: Implementation) -> Process {
    let settings = programme.settings.chain.compressor;
    let mut compressor = Compressor::new(RATE, 2);
    Box::new(move |audio| {
        compressor.process(audio, None, &settings, way);
    })
}

fn compressor_of_two_bands(programme: &Programme, way: Implementation) -> Process {
    let mut settings = programme.settings.chain.compressor;
    settings.low_split_hz = 120.0;
    let mut compressor = Compressor::new(RATE, 2);
    Box::new(move |audio| {
        compressor.process(audio, None, &settings, way);
    })
}

fn clipper(programme: &Programme, way: Implementation) -> Process {
    let settings = ClipperSettings { amount_db: 3.0 };
    let ceiling_db = programme.settings.chain.limiter.ceiling_db;
    let drive = db_to_gain(6.0);
    let mut clipper = Clipper::new(RATE, 2);
    Box::new(move |audio| {
        for x in audio.as_flattened_mut() {
            *x *= drive;
        }
        clipper.process(audio, &settings, ceiling_db, way);
    })
}

fn limiter(programme: &Programme, drive_db: f32, way: Implementation) -> Process {
    let settings = programme.settings.chain.limiter;
    let drive = db_to_gain(drive_db);
    let mut limiter = Limiter::new(RATE, 2);
    Box::new(move |audio| {
        for x in audio.as_flattened_mut() {
            *x *= drive;
        }
        limiter.process(audio, &settings, way);
    })
}

/// The transforms of the EQ alone per stereo frame: one real pair per channel, and one complex pair
/// for both channels.
pub fn transforms() -> (f64, f64) {
    let block = EqSizes::new(EqPhase::Linear, RATE).partition;
    let len = 2 * block;
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
    let (mut time, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
    let scratch_len = forward.get_scratch_len().max(inverse.get_scratch_len());
    let mut scratch = vec![Complex::default(); scratch_len];
    let real = best_of(1000, || {
        time.fill(0.1);
        let _ = black_box(forward.process_with_scratch(&mut time, &mut spectrum, &mut scratch));
        let _ = black_box(inverse.process_with_scratch(&mut spectrum, &mut time, &mut scratch));
    });
    let mut planner = FftPlanner::<f32>::new();
    let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
    let mut buffer = vec![Complex::default(); len];
    let scratch_len = forward
        .get_inplace_scratch_len()
        .max(inverse.get_inplace_scratch_len());
    let mut scratch = vec![Complex::default(); scratch_len];
    let shared = best_of(1000, || {
        buffer.fill(Complex::new(0.1, 0.1));
        forward.process_with_scratch(&mut buffer, &mut scratch);
        inverse.process_with_scratch(&mut buffer, &mut scratch);
        black_box(&mut buffer);
    });
    #[allow(clippy::cast_precision_loss)] // at most a few thousand
    let per_frame = FRAME as f64 / block as f64;
    (2.0 * real * per_frame, shared * per_frame)
}

/// The largest ratio of the cost of silence after loud noise to the cost of the noise.
pub fn silence_ratio(set: InstructionSet) -> f64 {
    let programme = Programme::new();
    let way = Implementation::Vectorized(set);
    let settings = programme.chain_settings(EngineKind::Vectorized);
    let mut whole = chain(RATE, set);
    let processors: [Process; 8] = [
        envelope(way),
        eq(mid_side_kernel(RATE), way),
        tame(&programme, way),
        compressor(&programme, way),
        compressor_of_two_bands(&programme, way),
        clipper(&programme, way),
        limiter(&programme, 6.0, way),
        Box::new(move |audio| {
            whole.process(audio, None, &settings);
        }),
    ];
    let noise = noise(350);
    let silence = vec![[[0.0; FRAME]; 2]; 350];
    let ratios = processors.into_iter().map(|mut process| {
        // Twenty stretches of half a second of noise, then of silence: wherever states decay to, none may be
        // slow. What disturbs a stretch in one round spares it in another.
        let mut costs = [[f64::INFINITY; 20]; 2];
        for _ in 0..15 {
            for (audio, costs) in [&noise, &silence].into_iter().zip(&mut costs) {
                for cost in costs {
                    *cost = cost.min(round_ns(audio, &mut *process));
                }
            }
        }
        let [running, silent] = costs.map(|costs| costs.into_iter().fold(0.0, f64::max));
        silent / running
    });
    ratios.fold(0.0, f64::max)
}

/// Seeded noise at full scale.
fn noise(frames: usize) -> Vec<[Frame; 2]> {
    let mut noise = Noise::new(1);
    (0..frames)
        .map(|_| [0, 1].map(|_| std::array::from_fn(|_| noise.white())))
        .collect()
}

/// Nanoseconds per frame of the best of several rounds through the programme.
fn best_ns(programme: &Programme, process: &mut dyn FnMut(&mut [Frame; 2])) -> f64 {
    best_round_ns(&programme.frames, process)
}

fn best_round_ns(frames: &[[Frame; 2]], process: &mut dyn FnMut(&mut [Frame; 2])) -> f64 {
    let rounds = (0..ROUNDS).map(|_| round_ns(frames, process));
    rounds.fold(f64::INFINITY, f64::min)
}

fn round_ns(frames: &[[Frame; 2]], process: &mut dyn FnMut(&mut [Frame; 2])) -> f64 {
    let start = Instant::now();
    for frame in frames {
        let mut audio = *frame;
        process(&mut audio);
        black_box(&audio);
    }
    #[allow(clippy::cast_precision_loss)] // a few thousand
    let count = frames.len() as f64;
    start.elapsed().as_secs_f64() / count * 1e9
}

/// Nanoseconds per frame of the best of several rounds, each on what the one before left: for
/// something so quick that copying its input would count.
fn in_place_ns(frames: &mut [[Frame; 2]], process: &mut dyn FnMut(&mut [Frame; 2])) -> f64 {
    #[allow(clippy::cast_possible_truncation)] // a few thousand
    let count = frames.len() as u32;
    best_of(1, || frames.iter_mut().for_each(&mut *process)) / f64::from(count)
}

/// Nanoseconds of one call, the best of several rounds of `calls`.
fn best_of(calls: u32, mut call: impl FnMut()) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        (0..calls).for_each(|_| call());
        start.elapsed().as_secs_f64() / f64::from(calls) * 1e9
    });
    rounds.fold(f64::INFINITY, f64::min)
}
