//! Nothing on the audio thread allocates or frees, on any path. In a bounce the caller runs the ear,
//! which may.
#![allow(missing_docs)]

mod common;

use std::time::{Duration, Instant};

use assert_no_alloc::{AllocDisabler, assert_no_alloc};
use auralis_dsp::options::{Detector, EngineKind, EqPhase, Listen};
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

/// Every setting far from where it was, one after the other.
fn jumps() -> Vec<ProcessorSettings> {
    let mut all = Vec::new();
    let mut push = |change: &dyn Fn(&mut ProcessorSettings)| {
        let mut settings = defaults();
        change(&mut settings);
        all.push(settings);
    };
    push(&|s| s.analysis.manual_db = [9.0; 25]);
    push(&|s| s.analysis.manual_db = [-9.0; 25]);
    push(&|s| s.analysis.eq_tilt_db_per_oct = 1.5);
    push(&|s| s.analysis.eq_phase = EqPhase::Minimum);
    push(&|s| s.chain.eq_on = false);
    push(&|s| s.chain.engine = EngineKind::Scalar);
    push(&|s| s.chain.monitor.listen = Listen::Delta);
    push(&|s| s.chain.monitor.listen = Listen::MatchedInput);
    push(&|s| s.chain.monitor.bypass = true);
    push(&|s| s.chain.monitor.mix = 0.3);
    push(&|s| s.chain.compressor.detector = Detector::Rms);
    push(&|s| s.chain.compressor.on = false);
    push(&|s| s.chain.compressor.sidechain_hpf_hz = 300.0);
    push(&|s| s.chain.compressor.attack_ms = 200.0);
    push(&|s| s.chain.compressor.lookahead_ms = 5.0);
    push(&|s| s.chain.limiter.on = false);
    push(&|s| s.chain.limiter.true_peak = false);
    push(&|s| s.chain.limiter.release_ms = 1.0);
    push(&|s| s.chain.limiter.drive_db = 24.0);
    push(&|s| s.chain.width = 2.0);
    all
}

/// Plays until a kernel of the other phase has been taken, and one of the first again: the guard was
/// there when kernels came and went.
fn assert_phases_are_swapped(processor: &mut Processor, audio: &Audio) {
    let linear = processor.latency_samples();
    let mut minimum = defaults();
    minimum.analysis.eq_phase = EqPhase::Minimum;
    for (settings, is_linear) in [(minimum, false), (defaults(), true)] {
        let start = Instant::now();
        while (processor.latency_samples() == linear) != is_linear {
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
