//! The reference and the vectorised engine are one sound, on every instruction set, and neither
//! keeps a subnormal number.
#![allow(missing_docs)]

mod common;

use auralis_dsp::bands::PerBand;
use auralis_dsp::basics::high_pass::HighPass;
use auralis_dsp::chain::{Chain, ChainSettings};
use auralis_dsp::dynamics::compressor::Compressor;
use auralis_dsp::eq::design::{Curve, EqDesigner, Kernel};
use auralis_dsp::limiter::Limiter;
use auralis_dsp::options::{Detector, EngineKind, EqPhase};
use auralis_dsp::simd::instruction_set::{Implementation, InstructionSet};
use auralis_dsp::{FRAME, Frame};
use auralis_engine::params::{TABLE, Values};
use common::{noise, programme};

const RATE: f64 = 48_000.0;

fn frames(channels: &[Vec<f32>]) -> Vec<[Frame; 2]> {
    let count = channels[0].len() / FRAME;
    (0..count)
        .map(|n| {
            let frame = |channel: &Vec<f32>| {
                let mut frame = [0.0; FRAME];
                frame.copy_from_slice(&channel[n * FRAME..(n + 1) * FRAME]);
                frame
            };
            [frame(&channels[0]), frame(&channels[1])]
        })
        .collect()
}

/// Every other one differs for mid and side.
fn kernel(step: usize, phase: EqPhase) -> Box<Kernel> {
    let gains = |step| -> PerBand { std::array::from_fn(|band| ((band + step) % 7) as f32 - 3.0) };
    let mut curve = Curve::new(gains(3 * step), phase);
    curve.side = (step % 2 == 1).then(|| gains(3 * step + 2).into());
    Box::new(EqDesigner::new(RATE).design(curve))
}

fn engine(phase: EqPhase, set: InstructionSet) -> Chain {
    let mut engine = Chain::new(RATE, 2, kernel(0, phase));
    engine.use_instruction_set(set);
    engine
}

/// Everything on and working hard: unlinked RMS detection, a driven limiter, a narrowed image.
fn settings(kind: EngineKind) -> ChainSettings {
    let mut values = Values::default();
    let switches = TABLE.iter().filter(|row| row.id.ends_with("_on"));
    switches.for_each(|row| values.set(row.param, 1.0));
    let mut settings = values.settings().chain;
    settings.engine = kind;
    settings.compressor.detector = Detector::Rms;
    settings.compressor.link = 0.5;
    settings.compressor.curve.threshold_db = -30.0;
    settings.compressor.curve.ratio = 4.0;
    settings.compressor.makeup_db = 6.0;
    settings.limiter.drive_db = 6.0;
    settings.width = 0.8;
    settings.input_hpf_hz = 20.0;
    settings
}

/// All frames through an engine, with a new kernel every 200 of them; `kind_at` says which engine
/// runs a frame.
fn play(
    input: &[[Frame; 2]],
    phase: EqPhase,
    set: InstructionSet,
    kind_at: impl Fn(usize) -> EngineKind,
) -> Vec<[Frame; 2]> {
    let mut engine = engine(phase, set);
    let mut played = Vec::new();
    for (index, frame) in input.iter().enumerate() {
        if index % 200 == 100 {
            engine.load(kernel(index / 200 + 1, phase));
        }
        while engine.take_retired().is_some() {}
        let mut audio = *frame;
        engine.process(&mut audio, None, &settings(kind_at(index)));
        played.push(audio);
    }
    played
}

fn assert_close(got: &[[Frame; 2]], expected: &[[Frame; 2]], what: &str) {
    // Full scale is 1. Transforms and scans round to f32 at every step, 1e-7 each; the compressor
    // and the limiter turn them into gains that differ by less than 1e-5.
    let tolerance = 2e-5;
    for (index, (got, expected)) in got.iter().zip(expected).enumerate() {
        for (i, (got, expected)) in got
            .as_flattened()
            .iter()
            .zip(expected.as_flattened())
            .enumerate()
        {
            assert!(
                (got - expected).abs() <= tolerance,
                "{what}, frame {index}, sample {i}: got {got}, expected {expected}"
            );
        }
    }
}

#[test]
fn both_engines_agree_on_music_and_noise_with_every_instruction_set() {
    let music = programme(RATE, 4.0);
    let loud: Vec<Vec<f32>> = (0..2).map(|c| noise(c, 96_000)).collect();
    for (name, input) in [("music", music), ("noise", loud)] {
        let input = frames(&input);
        for phase in [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed] {
            let best = InstructionSet::best();
            let expected = play(&input, phase, best, |_| EngineKind::Scalar);
            for set in InstructionSet::available() {
                let got = play(&input, phase, set, |_| EngineKind::Vectorized);
                assert_close(
                    &got,
                    &expected,
                    &format!("{name}, {phase:?}, {}", set.name()),
                );
            }
        }
    }
}

#[test]
fn switching_the_engine_while_it_plays_changes_nothing() {
    let input = frames(&programme(RATE, 4.0));
    let set = InstructionSet::best();
    for phase in [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed] {
        let expected = play(&input, phase, set, |_| EngineKind::Scalar);
        // Every 37 frames: anywhere in a block of the EQ and in its crossfades.
        let got = play(&input, phase, set, |index| match index / 37 % 2 {
            0 => EngineKind::Vectorized,
            _ => EngineKind::Scalar,
        });
        assert_close(&got, &expected, &format!("{phase:?}"));
    }
}

/// The numbers in what `{:?}` prints, which is all that a processor holds.
fn assert_no_subnormal(state: &impl std::fmt::Debug, what: &str) {
    let text = format!("{state:?}");
    let numbers = text.split(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let mut count = 0;
    for word in numbers {
        let Ok(number) = word.parse::<f64>() else {
            continue;
        };
        count += 1;
        let is_subnormal = number != 0.0 && number.abs() < f64::from(f32::MIN_POSITIVE);
        // The name of the field stands before it.
        let before = text.split(word).next().unwrap_or_default();
        let place: String = before.chars().rev().take(120).collect();
        let place: String = place.chars().rev().collect();
        assert!(!is_subnormal, "{what} holds {number:e} after {place}");
    }
    assert!(
        count > 50,
        "{what}: only {count} numbers found in its state"
    );
}

#[test]
fn no_state_is_left_subnormal_by_silence_after_noise() {
    let settings = settings(EngineKind::Vectorized);
    let loud = frames(&(0..2).map(|c| noise(c, 48_000)).collect::<Vec<_>>());
    let sets = InstructionSet::available().into_iter();
    let ways = sets.map(Implementation::Vectorized);
    for way in std::iter::once(Implementation::Scalar).chain(ways) {
        let (mut compressor, mut limiter) = (Compressor::new(RATE, 2), Limiter::new(RATE, 2));
        let mut high_pass = HighPass::new(RATE);
        for audio in &loud {
            let mut audio = *audio;
            high_pass.process(&mut audio, 20.0, way);
            compressor.process(&mut audio, None, &settings.compressor, way);
            limiter.process(&mut audio, &settings.limiter, way);
        }
        // Twenty seconds, looked at every 67 ms: every decade of every decay is met.
        for index in 0..15_000 {
            let mut audio = [[0.0; FRAME]; 2];
            high_pass.process(&mut audio, 20.0, way);
            compressor.process(&mut audio, None, &settings.compressor, way);
            limiter.process(&mut audio, &settings.limiter, way);
            if index % 50 == 0 {
                assert_no_subnormal(&high_pass, &format!("{way:?}: the high-pass"));
                assert_no_subnormal(&compressor, &format!("{way:?}: the compressor"));
                assert_no_subnormal(&limiter, &format!("{way:?}: the limiter"));
            }
        }
    }
}
