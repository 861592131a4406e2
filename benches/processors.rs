//! Cost of the chain and of its parts, a second of stereo audio at 44.1 kHz each.
//!
//! `cargo bench` prints the times; the real-time factor is one second over the time. The transforms
//! alone are the floor that the EQ cannot go below.
#![allow(missing_docs)]

use auralis::dsp::engine::{Engine, Settings};
use auralis::dsp::eq_design::{Curve, EqDesigner, EqSizes};
use auralis::dsp::options::{EngineKind, EqPhase};
use auralis::dsp::{FRAME, Frame};
use auralis::params::AuralisParams;
use divan::{Bencher, black_box};
use realfft::RealFftPlanner;

const RATE: f64 = 44_100.0;
const FRAMES: usize = 44_100 / FRAME;

fn main() {
    divan::main();
}

/// Seeded noise at about -15 dBFS.
fn audio() -> Vec<[Frame; 2]> {
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / 8_388_608.0 - 1.0) * 0.3
    };
    (0..FRAMES)
        .map(|_| [0, 1].map(|_| std::array::from_fn(|_| next())))
        .collect()
}

/// One second through an engine with these settings.
fn run(bencher: Bencher, change: impl Fn(&mut Settings)) {
    let mut settings = AuralisParams::default().settings().engine;
    change(&mut settings);
    let curve = Curve {
        gains_db: [3.0; 25],
        phase: EqPhase::Linear,
    };
    let kernel = Box::new(EqDesigner::new(RATE).design(curve));
    let mut engine = Engine::new(RATE, 2, kernel.clone(), kernel);
    let audio = audio();
    bencher.bench_local(|| {
        for frame in &audio {
            let mut frame = *frame;
            black_box(engine.process(&mut frame, None, &settings));
        }
    });
}

#[divan::bench]
fn whole_chain(bencher: Bencher) {
    run(bencher, |_| {});
}

#[divan::bench]
fn whole_chain_reference(bencher: Bencher) {
    run(bencher, |s| s.engine = EngineKind::Reference);
}

#[divan::bench]
fn without_eq(bencher: Bencher) {
    run(bencher, |s| s.eq_on = false);
}

#[divan::bench]
fn without_limiter(bencher: Bencher) {
    run(bencher, |s| s.limiter.on = false);
}

#[divan::bench]
fn limiter_on_sample_peaks(bencher: Bencher) {
    run(bencher, |s| s.limiter.true_peak = false);
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
