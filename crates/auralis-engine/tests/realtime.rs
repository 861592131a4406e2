//! Nothing on the audio thread allocates or frees, on any path. In a bounce the caller runs the ear,
//! which may.
#![allow(missing_docs)]

mod common;

use std::time::{Duration, Instant};

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use auralis_dsp::FRAME;
use auralis_dsp::bands::BANDS;
use auralis_dsp::chain::{Chain, ChainSettings};
use auralis_dsp::eq::design::{Curve, EqDesigner};
use auralis_dsp::options::{EngineKind, EqPhase};
use auralis_engine::params::{TABLE, Values};
use auralis_engine::{Processor, ProcessorSettings, Stream};
use common::*;

/// Aborts the test process at an allocation inside `assert_no_alloc`.
#[global_allocator]
static GUARD: AllocDisabler = AllocDisabler;

/// How long a test waits for a kernel: far longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(60);

/// Processes `audio` in place under the guard.
fn guarded(processor: &mut Processor, audio: &mut Audio, settings: &ProcessorSettings) {
    let mut slices: Vec<&mut [f32]> = audio.iter_mut().map(Vec::as_mut_slice).collect();
    if processor.is_offline() {
        processor.process(&mut slices, None, settings, |_| {});
    } else {
        assert_no_alloc(|| processor.process(&mut slices, None, settings, |_| {}));
    }
}

/// Every parameter of the table at both its ends, one after the other, all others at their defaults.
fn jumps() -> impl Iterator<Item = ProcessorSettings> {
    TABLE.iter().flat_map(|row| {
        let (min, max) = row.kind.range();
        [min, max].map(|end| {
            let mut values = Values::default();
            values.set(row.param, end);
            values.settings()
        })
    })
}

/// Plays until a kernel of another phase has been taken, and one of the first again: the guard was
/// there when kernels came and went.
fn assert_phases_are_swapped(processor: &mut Processor, audio: &Audio) {
    let of_default = processor.latency_samples();
    let mut minimum = defaults();
    minimum.analysis.eq_phase = EqPhase::Minimum;
    for (settings, is_default) in [(minimum, false), (defaults(), true)] {
        let start = Instant::now();
        while (processor.latency_samples() == of_default) != is_default {
            assert!(start.elapsed() < PATIENCE, "no kernel came to be swapped");
            guarded(processor, &mut audio.clone(), &settings);
        }
    }
}

#[test]
fn no_path_of_process_and_reset_allocates() {
    let stream = Stream {
        offline: false,
        ..offline(48_000.0, 2)
    };
    let mut processor = processor(stream, &defaults());
    let audio = programme(48_000.0, 0.5);
    for settings in jumps() {
        guarded(&mut processor, &mut audio.clone(), &settings);
        // Real time passes, so that kernels arrive and are swapped.
        std::thread::sleep(std::time::Duration::from_millis(30));
        guarded(&mut processor, &mut audio.clone(), &defaults());
    }
    assert_phases_are_swapped(&mut processor, &audio);
    assert_no_alloc(|| processor.reset());
    guarded(&mut processor, &mut audio.clone(), &defaults());
    assert_no_alloc(|| processor.reset());
    assert_no_alloc(|| processor.reset());
    guarded(&mut processor, &mut audio.clone(), &defaults());
}

#[test]
fn coming_back_from_a_bounce_neither_allocates_nor_frees() {
    let settings = defaults();
    let stream = Stream {
        offline: false,
        ..offline(48_000.0, 2)
    };
    let mut processor = processor(stream, &settings);
    let audio = programme(48_000.0, 0.5);
    for _ in 0..3 {
        guarded(&mut processor, &mut audio.clone(), &settings);
        processor.set_offline(true, &settings);
        guarded(&mut processor, &mut audio.clone(), &settings);
        assert_no_alloc(|| processor.set_offline(false, &settings));
    }
    guarded(&mut processor, &mut audio.clone(), &settings);
}

#[test]
fn bad_audio_is_survived_without_a_non_finite_sample() {
    let settings = defaults();
    for channels in [1, 2] {
        let mut processor = processor(offline(48_000.0, channels), &settings);
        for bad in [
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            1e30,
            f32::MAX,
            1e-40,
            -1e-45,
        ] {
            let mut audio = programme(48_000.0, 0.5);
            audio.truncate(channels);
            audio[0][1000..1500].fill(bad);
            guarded(&mut processor, &mut audio, &settings);
            for (n, x) in audio.iter().flatten().enumerate() {
                assert!(x.is_finite(), "{bad}: sample {n} is {x}");
            }
        }
        // A second later it sounds as if nothing had been: the ceiling holds and there is signal.
        let mut audio = programme(48_000.0, 2.0);
        audio.truncate(channels);
        guarded(&mut processor, &mut audio, &settings);
        let tail = &audio[0][48_000..];
        let peak = tail.iter().fold(0.0_f32, |p, x| p.max(x.abs()));
        assert!(
            (0.05..=0.892).contains(&peak),
            "{channels} channels: peak {peak}"
        );
    }
}

#[test]
fn kernels_that_differ_for_mid_and_side_come_and_go_without_an_allocation() {
    let mut designer = EqDesigner::new(48_000.0);
    let mut kernel = |step: usize| {
        let phase = [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed][step / 3 % 3];
        let mut curve = Curve::new([step as f32; BANDS], phase);
        curve.side = (!step.is_multiple_of(3)).then(|| [-(step as f32); BANDS].into());
        Box::new(designer.design(curve))
    };
    for engine in [EngineKind::Scalar, EngineKind::Vectorized] {
        let settings = ChainSettings {
            engine,
            ..defaults().chain
        };
        let mut chain = Chain::new(48_000.0, 2, kernel(0));
        for step in 1..10 {
            let kernel = kernel(step);
            assert_no_alloc(|| {
                chain.load(kernel);
                for _ in 0..200 {
                    chain.process(&mut [[0.1; FRAME]; 2], None, &settings);
                }
            });
            let old = std::iter::from_fn(|| chain.take_retired()).count();
            assert_eq!(old, 1, "{engine:?}: kernel {step} has come");
        }
    }
}
