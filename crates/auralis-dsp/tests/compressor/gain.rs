//! The static curve, and what is applied of it.

use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_dsp::signals::{noise, sine};

use crate::*;

#[test]
fn the_static_curve_is_the_textbook_formula_up_to_the_edges_of_the_knee() {
    for (threshold_db, ratio) in [(-20.0, 2.0), (-30.0, 4.0), (-12.0, 20.0), (-40.0, 1.0)] {
        for knee_db in [0.0, 6.0, 24.0] {
            let settings = curve(threshold_db, ratio, knee_db);
            let threshold = f64::from(threshold_db);
            let mut levels: Vec<f64> = (0..=24).map(|n| -60.0 + 2.5 * f64::from(n)).collect();
            for edge in [-0.5, 0.5].map(|side| threshold + side * f64::from(knee_db)) {
                levels.extend([edge - 0.05, edge, edge + 0.05]);
            }
            levels.sort_by(f64::total_cmp);
            // Rising levels: only the attack of 0.1 ms has to settle.
            let hold = samples(0.005, RATE);
            let parts: Vec<(f64, usize)> = levels.iter().map(|level| (*level, hold)).collect();
            for way in ways() {
                let gains = &gains_db(&vec![constants(&parts)], &settings, RATE, way)[0];
                for (index, level) in levels.iter().enumerate() {
                    let expected = textbook_gain_db(*level, &settings.curve);
                    let what = format!("{}, {:?}, {level} dB", name(way), settings.curve);
                    // The design asks for 0.1 dB; a constant has no ripple, and logarithm and
                    // exponential are within 1e-4 dB.
                    assert_near(gains[(index + 1) * hold - 1], expected, 1e-3, &what);
                }
            }
        }
    }
}

#[test]
fn a_sine_is_compressed_by_its_peak_level() {
    let settings = CompressorSettings {
        release_ms: 2000.0,
        ..curve(-20.0, 4.0, 6.0)
    };
    for way in ways() {
        for level in [-26.0, -22.0, -18.0, -10.0, 0.0] {
            let signal = sine(997.0, to_gain(level), RATE, samples(1.0, RATE));
            let expected = textbook_gain_db(level, &settings.curve);
            let what = format!("{} at {level} dB", name(way));
            // What the release lets go between two peaks is below 0.01 dB; the design asks for 0.1.
            let got = steady_gain_db(&signal, &settings, way);
            assert_near(got, expected, 0.05, &what);
        }
    }
}

#[test]
fn mix_and_makeup_are_applied_as_they_are_said() {
    let len = samples(0.1, RATE);
    let audio = vec![constants(&[(-10.0, len)])];
    for way in ways() {
        for (mix, makeup_db, auto_makeup) in [
            (1.0, 0.0, false),
            (0.5, 0.0, false),
            (0.25, 6.0, false),
            (1.0, -12.0, false),
            (1.0, 0.0, true),
            (1.0, 3.0, true),
            (0.0, 6.0, true),
        ] {
            let settings = CompressorSettings {
                mix,
                makeup_db,
                auto_makeup,
                ..SETTINGS
            };
            // Above the threshold of -30 dB a level of -10 dB loses 15 dB; one of 0 dB loses 22.5 dB,
            // of which the automatic makeup gives half back.
            let auto_db = if auto_makeup { 11.25 } else { 0.0 };
            let wet = to_gain(-15.0 + f64::from(makeup_db) + auto_db);
            let expected = to_db(1.0 + f64::from(mix) * (wet - 1.0));
            let got = gains_db(&audio, &settings, RATE, way)[0][len - 1];
            let what = format!("{}, {mix} {makeup_db} {auto_makeup}", name(way));
            assert_near(got, expected, 1e-3, &what);
        }
    }
}

#[test]
fn off_is_a_delay_bit_for_bit() {
    for rate in RATES {
        let audio = vec![noise(1, samples(0.1, rate)), noise(2, samples(0.1, rate))];
        for way in ways() {
            for settings in [
                CompressorSettings {
                    on: false,
                    makeup_db: 6.0,
                    detector: Detector::Rms,
                    ..SETTINGS
                },
                CompressorSettings {
                    mix: 0.0,
                    makeup_db: 6.0,
                    ..SETTINGS
                },
            ] {
                let out = compress(&audio, None, &settings, rate, way);
                let what = format!("{rate} Hz, {}", name(way));
                assert_delayed(&out, &audio, latency(rate), &what);
            }
        }
    }
}

#[test]
fn the_curve_that_is_shown_is_the_gain_that_settles_with_mix_and_makeup() {
    let hold = samples(0.1, RATE);
    for (mix, makeup_db, auto_makeup) in [(1.0, 0.0, false), (0.4, 3.0, false), (0.7, -6.0, true)] {
        let settings = CompressorSettings {
            mix,
            makeup_db,
            auto_makeup,
            ..curve(-24.0, 3.0, 12.0)
        };
        for way in ways() {
            for level in [-50.0, -30.0, -24.0, -18.0, -6.0, 0.0] {
                let audio = vec![constants(&[(level, hold)])];
                let got = gains_db(&audio, &settings, RATE, way)[0][hold - 1];
                let expected = f64::from(settings.static_gain_db(level as f32));
                let what = format!("{}, mix {mix}, makeup {makeup_db}, {level} dB", name(way));
                // The fast logarithm and exponential are within 1e-4 dB; a constant has no ripple.
                assert_near(got, expected, 1e-3, &what);
            }
        }
    }
    let off = CompressorSettings {
        on: false,
        makeup_db: 6.0,
        ..SETTINGS
    };
    assert_eq!(off.static_gain_db(0.0), 0.0);
}

#[test]
fn the_report_says_what_each_detector_hears_and_takes_away() {
    let rate = RATE as f32;
    let tone = |hz: f32, level: f64| {
        let gain = to_gain(level) as f32;
        move |i: usize| gain * (std::f32::consts::TAU * hz * i as f32 / rate).sin()
    };
    let (bass, treble) = (tone(60.0, -6.0), tone(3000.0, -20.0));
    let split = CompressorSettings {
        low_split_hz: 300.0,
        release_ms: 500.0,
        ..curve(-30.0, 4.0, 0.0)
    };
    for way in ways() {
        for (settings, main, low) in [
            // In one band the peaks of both add up to -4.4 dB.
            (
                CompressorSettings {
                    low_split_hz: 0.0,
                    ..split
                },
                -4.4,
                None,
            ),
            (split, -20.0, Some(-6.0)),
        ] {
            let mut compressor = Compressor::new(RATE, 1);
            let (mut highest, mut deepest) = ([-200.0_f32; 2], [0.0_f32; 2]);
            for frame in 0..600 {
                let at = |i: usize| bass(64 * frame + i) + treble(64 * frame + i);
                let mut audio = [std::array::from_fn(at)];
                let report = compressor.process(&mut audio, None, &settings, way);
                if frame < 300 {
                    continue;
                }
                for (i, point) in [report.main, report.low].into_iter().enumerate() {
                    highest[i] = highest[i].max(point.level_db);
                    deepest[i] = deepest[i].max(point.reduction_db);
                }
                let both = [report.main.reduction_db, report.low.reduction_db];
                assert_eq!(report.reduction_db(), both[0].max(both[1]));
            }
            let what = |band: &str| format!("{} {band}, {highest:?} {deepest:?}", name(way));
            // The slopes of the crossover let a little of the other tone through, which is 14 dB louder.
            assert_near(highest[0].into(), main, 0.8, &what("level"));
            let expected = f64::from(settings.curve.reduction_db(highest[0]));
            // An attack of 0.1 ms and a release of 0.5 s follow the peaks closely.
            assert_near(deepest[0].into(), expected, 0.3, &what("reduction"));
            match low {
                Some(low) => assert_near(highest[1].into(), low, 0.5, &what("low level")),
                None => assert_eq!(
                    (highest[1], deepest[1]),
                    (SILENCE_DB, 0.0),
                    "{}",
                    what("low")
                ),
            }
        }
    }
}
