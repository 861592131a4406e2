//! The laws of the clipper: what it takes off, what it leaves alone, and what folds.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

use auralis_dsp::clipper::{Clipper, ClipperSettings};
use auralis_dsp::signals::{noise, sine};
use auralis_dsp::simd::instruction_set::Implementation;
use common::*;

const RATE: f64 = 48_000.0;
const CEILING_DB: f32 = -1.0;

/// Audio through a clipper whose amount may change with the frame.
fn clip(audio: &Audio, amount_db: impl Fn(usize) -> f32, way: Implementation) -> Audio {
    let mut clipper = Clipper::new(RATE, audio.len());
    play(audio, |index, frames| {
        let settings = ClipperSettings {
            amount_db: amount_db(index),
        };
        clipper.process(frames, &settings, CEILING_DB, way);
    })
}

fn latency() -> usize {
    Clipper::new(RATE, 1).latency_samples()
}

/// Half of the knee in dB.
fn half_knee_db(amount_db: f64) -> f64 {
    3.67 * amount_db.sqrt()
}

/// What the curve makes of a level in dB.
fn curve_db(level_db: f64, amount_db: f64) -> f64 {
    let ceiling_db = f64::from(CEILING_DB);
    let [start, end] = [-1.0, 1.0].map(|side| to_gain(ceiling_db + side * half_knee_db(amount_db)));
    let x = ((to_gain(level_db) - start) / (end - start)).clamp(0.0, 1.0);
    let share = x.powi(3) * (x * (6.0 * x - 15.0) + 10.0);
    to_db(to_gain(level_db) * (1.0 - share * (1.0 - to_gain(-amount_db))))
}

#[test]
fn off_and_below_the_knee_every_bit_is_the_delayed_input() {
    let begin_db = f64::from(CEILING_DB) - half_knee_db(6.0);
    // No point between the samples is more than 6.5 dB over them.
    let quiet = to_gain(begin_db - 6.6) as f32;
    for (amount_db, gain) in [(0.0, 1.0), (6.0, quiet)] {
        let channel = |seed| {
            let white = noise(seed, samples(0.1, RATE));
            white.iter().map(|x| gain * x).collect()
        };
        let audio: Audio = vec![channel(1), channel(2)];
        for way in ways() {
            let out = clip(&audio, |_| amount_db, way);
            let what = format!("{}, {amount_db} dB", name(way));
            assert_delayed(&out, &audio, latency(), &what);
        }
    }
}

#[test]
fn a_level_loses_what_the_curve_says_and_never_more_than_the_amount() {
    let hold = samples(0.005, RATE);
    let levels: Vec<f64> = (-15..=15).map(f64::from).collect();
    let parts: Vec<(f64, usize)> = levels.iter().map(|level| (*level, hold)).collect();
    for way in ways() {
        for amount_db in [0.5, 3.0, 6.0] {
            let out = clip(&vec![constants(&parts)], |_| amount_db as f32, way);
            for (index, level) in levels.iter().enumerate() {
                // The middle of the part: a step rings for 23 samples to either side.
                let got = to_db(out[0][hold * index + hold / 2 + latency()].into());
                let what = format!("{}, {amount_db} dB, level {level} dB", name(way));
                // 1e-5 of the ceiling, and weights in f32.
                assert_near(got, curve_db(*level, amount_db), 2e-4, &what);
                assert!(got > level - amount_db - 2e-4, "{what}: {got}");
            }
        }
    }
}

#[test]
fn both_channels_are_clipped_and_late_by_the_latency() {
    let audio = vec![impulse(0.3, 1000, 4800), impulse(-1.0, 1100, 4800)];
    for way in ways() {
        let out = clip(&audio, |_| 6.0, way);
        assert_eq!(place_of_peak(&out[0]), 1000 + latency(), "{}", name(way));
        assert_eq!(out[0][1000 + latency()], 0.3, "{}", name(way));
        assert_eq!(place_of_peak(&out[1]), 1100 + latency(), "{}", name(way));
        assert!(out[1][1100 + latency()] > -0.98, "{}", name(way));
    }
}

/// Level of the strongest partial that is no harmonic, over that of the tone, in dB.
fn aliases_db(hz: f64, over_db: f64, amount_db: f32, way: Implementation) -> f64 {
    const LEN: usize = 1 << 14;
    // A whole and odd number of periods, so that what folds lies between the harmonics.
    let periods = (hz * LEN as f64 / RATE) as usize | 1;
    let tone_hz = periods as f64 * RATE / LEN as f64;
    let gain = to_gain(f64::from(CEILING_DB) + over_db);
    let tone = sine(tone_hz, gain, RATE, LEN + 4800);
    let out = clip(&vec![tone], |_| amount_db, way);
    let part = &out[0][4800..];
    let level = |bin: usize| at_hz(part, bin as f64 * RATE / LEN as f64, RATE).norm();
    // Of odd harmonics only: the curve is odd.
    let folds = (2..60).map(|n| (2 * n + 1) * periods % LEN);
    let folds = folds.map(|bin| bin.min(LEN - bin));
    let folds = folds.filter(|bin| !bin.is_multiple_of(periods));
    let worst = folds.map(level).fold(0.0, f64::max);
    to_db(worst / level(periods))
}

#[test]
fn nothing_that_folds_is_above_80_db_below_a_tone_of_5_khz() {
    for way in ways() {
        for (amount_db, over_db) in [(6.0, 1.0), (6.0, 6.0), (6.0, 9.0), (3.0, 6.0), (1.0, 6.0)] {
            let got = aliases_db(5000.0, over_db, amount_db, way);
            let what = name(way);
            assert!(
                got < -80.0,
                "{what}, {amount_db} dB at {over_db} dB over: {got} dB"
            );
        }
    }
}

#[test]
fn implementations_agree_while_the_amount_moves() {
    let channel = |seed| {
        noise(seed, samples(0.5, RATE))
            .iter()
            .map(|x| 1.5 * x)
            .collect()
    };
    let audio: Audio = vec![channel(3), channel(4)];
    let amount_db = |index: usize| [0.0, 6.0, 0.3, 2.0][index / 40 % 4];
    let [plain, vectors @ ..] = &ways()[..] else {
        panic!("no ways")
    };
    let expected = clip(&audio, amount_db, *plain);
    for way in vectors {
        let got = clip(&audio, amount_db, *way);
        for (channel, (got, expected)) in got.iter().zip(&expected).enumerate() {
            for (n, (got, expected)) in got.iter().zip(expected).enumerate() {
                let what = format!("{}, channel {channel} [{n}]", name(*way));
                // Sums of a hundred products in f32.
                assert_near((*got).into(), (*expected).into(), 1e-5, &what);
            }
        }
    }
}

#[test]
fn a_jump_of_the_amount_is_no_click() {
    let tone = sine(100.0, to_gain(5.0), RATE, samples(0.4, RATE));
    // Largest second difference: what a step of the curve would raise.
    let bend = |signal: &[f32]| {
        let bends = signal.windows(3).map(|x| (x[0] - 2.0 * x[1] + x[2]).abs());
        bends.fold(0.0, f32::max)
    };
    for way in ways() {
        let still = clip(&vec![tone.clone()], |_| 6.0, way);
        let moved = clip(&vec![tone.clone()], |index| [0.0, 6.0][index / 75 % 2], way);
        let [still, moved] = [&still[0], &moved[0]].map(|out| bend(&out[2000..]));
        assert!(moved < 1.2 * still, "{}: {moved} beside {still}", name(way));
    }
}

#[test]
fn huge_samples_leave_finite_ones_and_are_forgotten() {
    let mut audio = vec![noise(5, 9600)];
    audio[0][1000] = 1e15;
    let plain = vec![noise(5, 9600)];
    for way in ways() {
        let (out, expected) = (clip(&audio, |_| 6.0, way), clip(&plain, |_| 6.0, way));
        assert!(out[0].iter().all(|x| x.is_finite()), "{}", name(way));
        let after = 1000 + 2 * latency() + 64;
        assert_eq!(out[0][after..], expected[0][after..], "{}", name(way));
    }
}
