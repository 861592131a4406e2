//! What playing teaches: kept, taken up again, never changed by a bounce, and safe to load.
#![allow(missing_docs)]

mod common;

use std::sync::Arc;

use auralis_engine::knowledge::memory::Memory;
use auralis_engine::processor::{Processor, ProcessorSettings};
use common::*;

const RATE: f64 = 48_000.0;
const HOP: usize = 2048;

/// A bounce of a new activation, and the loudness gain after each frame.
fn bounce(rate: f64, audio: &Audio, memory: &Memory) -> (Audio, Vec<f32>) {
    let settings: ProcessorSettings = defaults();
    let stream = offline(rate, 2);
    let mut processor = Processor::new(stream, &settings, taught_by(memory), Arc::new(|_| false));
    processor.reset();
    let (mut out, mut gains_db) = (audio.clone(), Vec::new());
    let mut slices: Vec<&mut [f32]> = out.iter_mut().map(Vec::as_mut_slice).collect();
    processor.process(&mut slices, None, &settings, |frame| {
        gains_db.push(frame.adaptive.loudness_gain_db);
    });
    (out, gains_db)
}

#[test]
fn undisturbed_real_time_is_the_bounce_bit_for_bit() {
    let (audio, memory) = (music(120), Memory::default());
    let (expected, _) = bounce(RATE, &audio, &memory);
    let played = RealTime::new(RATE, &defaults(), &memory).render(&audio, &defaults(), HOP);
    assert_identical(&played, &expected, "real time");
}

#[test]
fn every_bounce_after_playing_starts_from_what_playing_learned() {
    let memory = taught(150);
    let before = learned(&memory);
    let audio = music(60);
    let (first, gains_db) = bounce(RATE, &audio, &memory);
    // What was still to go when playing ended is still to go, to the rounding of f32.
    let error = gains_db[0] - before.adaptive.loudness_gain_db;
    assert!(
        error.abs() < 1e-3,
        "{} dB, played {}",
        gains_db[0],
        before.adaptive.loudness_gain_db
    );
    assert!(
        gains_db[0].abs() > 1.0,
        "the programme wants gain: {} dB",
        gains_db[0]
    );
    let (second, _) = bounce(RATE, &audio, &memory);
    assert_identical(&second, &first, "second bounce");
    assert_eq!(learned(&memory), before, "a bounce teaches nothing");
}

#[test]
fn learning_survives_reset_reactivation_and_another_sample_rate() {
    let (memory, settings) = (Memory::default(), defaults());
    let mut playing = RealTime::new(RATE, &settings, &memory);
    playing.render(&music(100), &settings, HOP);
    let gain_db = *playing.gains_db.last().unwrap();
    playing.processor.reset();
    playing.render(&music(1), &settings, HOP);
    let after_reset = playing.gains_db[100 * HOP / 64];
    // The last decision of the first epoch is a hop younger than the gain in use.
    assert!(
        (after_reset - gain_db).abs() < 0.3,
        "{after_reset} dB, was {gain_db}"
    );
    drop(playing);
    for rate in [RATE, 44_100.0, 96_000.0, 8_000.0] {
        let again = bounce(rate, &music(3), &memory).1[0];
        assert!(
            (again - gain_db).abs() < 0.3,
            "{rate} Hz: {again} dB, was {gain_db}"
        );
    }
}

#[test]
fn learning_anew_forgets_without_a_jump() {
    let (memory, settings) = (Memory::default(), defaults());
    let mut playing = RealTime::new(RATE, &settings, &memory);
    playing.render(&music(150), &settings, HOP);
    let heard_s = learned(&memory).heard_s;
    assert!(heard_s > 4.0, "{heard_s} s of 6.4 heard");
    memory.replace(None);
    playing.render(&music(50), &settings, HOP);
    let heard_s = learned(&memory).heard_s;
    assert!(heard_s < 2.2, "{heard_s} s heard after 2.1");
    let steps = playing.gains_db.windows(2).skip(150 * HOP / 64 - 2);
    let largest = steps.map(|g| (g[1] - g[0]).abs()).fold(0.0, f32::max);
    // 12 dB a second is the quick way, over frames of 1.3 ms; the glide to it takes 0.1 s.
    assert!(largest < 0.05, "{largest} dB from frame to frame");
}

#[test]
fn what_is_switched_off_is_at_rest_from_the_first_frame_whatever_was_learned() {
    let memory = taught(150);
    let gains = |memory: &Memory| learned(memory).adaptive;
    assert!(
        gains(&memory).loudness_gain_db.abs() > 1.0,
        "{:?}",
        gains(&memory)
    );
    assert!(
        gains(&memory).eq_db.iter().any(|db| db.abs() > 0.3),
        "{:?}",
        gains(&memory)
    );
    let settings = static_on();
    let bounce = |memory: &Memory| {
        let stream = offline(RATE, 2);
        let knowledge = taught_by(memory);
        let mut processor = Processor::new(stream, &settings, knowledge, Arc::new(|_| false));
        processor.reset();
        render(&mut processor, &music(20), &settings, &[512])
    };
    let (untaught, taught) = (bounce(&Memory::default()), bounce(&memory));
    assert_identical(&taught, &untaught, "everything adaptive off");
}
