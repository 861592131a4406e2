//! The static curve, and what is applied of it.

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
