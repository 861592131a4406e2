//! Cost of the chain and of its processors, a second of audio at 44.1 kHz each, for comparing two
//! versions of the code. `auralis bench` tells users the same about their machine.
//!
//! `cargo bench` prints the times; the real-time factor is one second over the time. The transforms
//! alone are the floor that the EQ cannot go below.
#![allow(missing_docs)]

use std::sync::Arc;

use auralis_dsp::clipper::{Clipper, ClipperSettings};
use auralis_dsp::dynamics::branching::Branching;
use auralis_dsp::dynamics::compressor::Compressor;
use auralis_dsp::dynamics::envelope::{Decoupled, Times};
use auralis_dsp::eq::design::{Curve, EqDesigner, EqSizes, Kernel};
use auralis_dsp::eq::fft_eq::FftEq;
use auralis_dsp::limiter::Limiter;
use auralis_dsp::options::{EngineKind, EqPhase};
use auralis_dsp::signals::Noise;
use auralis_dsp::simd::instruction_set::{Implementation, InstructionSet};
use auralis_dsp::tame::Tame;
use auralis_dsp::{FRAME, Frame};
use auralis_engine::knowledge::Knowledge;
use auralis_engine::params::Values;
use auralis_engine::{Processor, Stream};
use divan::{Bencher, black_box};
use realfft::RealFftPlanner;

const RATE: f64 = 44_100.0;
const FRAMES: usize = 44_100 / FRAME;

fn main() {
    divan::main();
}

/// Seeded noise at about -15 dBFS.
fn audio() -> Vec<[Frame; 2]> {
    let mut noise = Noise::new(1);
    (0..FRAMES)
        .map(|_| [0, 1].map(|_| std::array::from_fn(|_| noise.white() * 0.3)))
        .collect()
}

fn kernel(phase: EqPhase) -> Box<Kernel> {
    let gains_db = [3.0; 25];
    Box::new(EqDesigner::new(RATE).design(Curve::new(gains_db, phase)))
}

/// Host block, channels and engine of the whole chain.
const CHAINS: [(usize, usize, EngineKind); 12] = {
    use EngineKind::{Scalar, Vectorized};
    [
        (32, 1, Vectorized),
        (64, 1, Vectorized),
        (512, 1, Vectorized),
        (32, 2, Vectorized),
        (64, 2, Vectorized),
        (512, 2, Vectorized),
        (32, 1, Scalar),
        (64, 1, Scalar),
        (512, 1, Scalar),
        (32, 2, Scalar),
        (64, 2, Scalar),
        (512, 2, Scalar),
    ]
};

/// FIFO, engine and what goes to the analysis, as a host calls it.
#[divan::bench(args = CHAINS)]
fn whole_chain(bencher: Bencher, (block, channels, engine): (usize, usize, EngineKind)) {
    let mut settings = Values::default().settings();
    settings.chain.engine = engine;
    let stream = Stream {
        sample_rate: RATE,
        channels,
        offline: false,
    };
    let knowledge = Knowledge::default();
    let mut processor = Processor::new(stream, &settings, knowledge, Arc::new(|_| false));
    processor.reset();
    let frames = audio();
    let flat = |channel: usize| frames.iter().flat_map(move |frame| frame[channel]);
    let source: Vec<Vec<f32>> = (0..channels).map(|c| flat(c).collect()).collect();
    bencher
        .with_inputs(|| source.clone())
        .bench_local_values(|mut audio| {
            for start in (0..FRAMES * FRAME / block * block).step_by(block) {
                let mut slices: Vec<&mut [f32]> = audio
                    .iter_mut()
                    .map(|channel| &mut channel[start..start + block])
                    .collect();
                processor.process(&mut slices, None, &settings, |_| {});
            }
            audio
        });
}

/// The plain and the best vectorised implementation.
const WAYS: [&str; 2] = ["vectorised", "reference"];

fn way(name: &str) -> Implementation {
    match name {
        "reference" => Implementation::Scalar,
        _ => Implementation::Vectorized(InstructionSet::best()),
    }
}

/// Every stereo frame of a second through a processor.
fn run(bencher: Bencher, mut process: impl FnMut(&mut [Frame; 2])) {
    let audio = audio();
    bencher.bench_local(|| {
        for frame in &audio {
            let mut frame = *frame;
            process(&mut frame);
            black_box(&frame);
        }
    });
}

#[divan::bench(args = WAYS)]
fn envelope_decoupled(bencher: Bencher, name: &str) {
    let mut detector = Decoupled::new(RATE);
    detector.set_times(Times {
        attack_s: 0.01,
        release_s: 0.15,
        auto_release: false,
    });
    run(bencher, |frame| detector.process(frame, way(name)));
}

#[divan::bench(args = WAYS)]
fn envelope_branching(bencher: Bencher, name: &str) {
    let mut detector = Branching::new(0.01, 0.15, RATE);
    run(bencher, |frame| detector.process(frame, way(name)));
}

#[divan::bench(args = WAYS)]
fn eq_linear(bencher: Bencher, name: &str) {
    let mut eq = FftEq::new(RATE, 2, kernel(EqPhase::Linear));
    run(bencher, |frame| {
        eq.process(frame, true, way(name));
    });
}

#[divan::bench(args = WAYS)]
fn eq_mixed(bencher: Bencher, name: &str) {
    let mut eq = FftEq::new(RATE, 2, kernel(EqPhase::Mixed));
    run(bencher, |frame| {
        eq.process(frame, true, way(name));
    });
}

#[divan::bench(args = WAYS)]
fn eq_minimum(bencher: Bencher, name: &str) {
    let mut eq = FftEq::new(RATE, 2, kernel(EqPhase::Minimum));
    run(bencher, |frame| {
        eq.process(frame, true, way(name));
    });
}

#[divan::bench(args = WAYS)]
fn tame(bencher: Bencher, name: &str) {
    let mut settings = Values::default().settings().chain.tame;
    settings.on = true;
    let mut tame = Tame::new(RATE);
    run(bencher, |frame| {
        tame.process(frame, &settings, way(name));
    });
}

#[divan::bench(args = WAYS)]
fn compressor(bencher: Bencher, name: &str) {
    let settings = Values::default().settings().chain.compressor;
    let mut compressor = Compressor::new(RATE, 2);
    run(bencher, |frame| {
        compressor.process(frame, None, &settings, way(name));
    });
}

#[divan::bench(args = WAYS)]
fn compressor_of_two_bands(bencher: Bencher, name: &str) {
    let mut settings = Values::default().settings().chain.compressor;
    settings.low_split_hz = 120.0;
    let mut compressor = Compressor::new(RATE, 2);
    run(bencher, |frame| {
        compressor.process(frame, None, &settings, way(name));
    });
}

/// Of 6 dB below a ceiling of -9 dB, where a tenth of the noise is clipped.
#[divan::bench(args = WAYS)]
fn clipper(bencher: Bencher, name: &str) {
    let settings = ClipperSettings { amount_db: 6.0 };
    let mut clipper = Clipper::new(RATE, 2);
    run(bencher, |frame| {
        clipper.process(frame, &settings, -9.0, way(name));
    });
}

#[divan::bench(args = WAYS)]
fn limiter(bencher: Bencher, name: &str) {
    let settings = Values::default().settings().chain.limiter;
    let mut limiter = Limiter::new(RATE, 2);
    run(bencher, |frame| {
        limiter.process(frame, &settings, way(name));
    });
}

/// Of a kernel, off the audio thread.
#[divan::bench(args = [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed])]
fn eq_design(bencher: Bencher, phase: EqPhase) {
    let mut designer = EqDesigner::new(RATE);
    bencher.bench_local(|| designer.design(Curve::new(black_box([3.0; 25]), phase)));
}

#[divan::bench]
fn bare_transforms_of_the_eq(bencher: Bencher) {
    let block = EqSizes::new(EqPhase::Linear, RATE).partition;
    let mut planner = RealFftPlanner::<f32>::new();
    let (forward, inverse) = (
        planner.plan_fft_forward(2 * block),
        planner.plan_fft_inverse(2 * block),
    );
    let (mut time, mut spectrum) = (forward.make_input_vec(), forward.make_output_vec());
    let mut scratch = forward.make_scratch_vec();
    scratch.resize(
        scratch.len().max(inverse.get_scratch_len()),
        Default::default(),
    );
    bencher.bench_local(|| {
        for _ in 0..2 * 44_100 / block {
            let _ = black_box(forward.process_with_scratch(&mut time, &mut spectrum, &mut scratch));
            let _ = black_box(inverse.process_with_scratch(&mut spectrum, &mut time, &mut scratch));
            time.fill(0.1);
        }
    });
}
