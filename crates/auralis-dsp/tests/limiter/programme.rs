//! The release chosen by the programme.

use crate::gain::with_gain;
use crate::*;

/// Least and most.
fn range(gains: &[f64]) -> (f64, f64) {
    let wider = |(least, most): (f64, f64), gain: &f64| (least.min(*gain), most.max(*gain));
    gains.iter().fold((f64::INFINITY, 0.0), wider)
}

#[test]
fn by_the_programme_a_peak_and_a_burst_leave_no_hole() {
    let settings = LimiterSettings {
        auto_release: true,
        true_peak: false,
        ..SETTINGS
    };
    for rate in RATES {
        let burst = samples(1.0, rate);
        let tone = louder(&sine(1000.0, 1.0, rate, burst), 6.0);
        for way in ways() {
            for (what, loud) in [("click", constants(&[(6.0, 1)])), ("burst", tone.clone())] {
                let rest = vec![1e-3; samples(0.1, rate)];
                let signal = [&rest[..], &loud, &rest].concat();
                let (_, gains) = with_gain(&signal, &settings, rate, way);
                let end = samples(0.1, rate) + loud.len();
                let what = format!("{what}, {rate} Hz, {}", name(way));
                let deepest = gains.iter().fold(1.0_f64, |m, gain| m.min(*gain));
                assert!(to_db(deepest) < -6.9, "{what}: {deepest}");
                // The look-ahead, and ten times the fast release of 1 ms: 7 dB are 0.03 dB then.
                let after = end + samples(0.012, rate);
                let db = to_db(gains[after]);
                assert!(db > -0.04, "{what}: {db} dB 12 ms later");
            }
        }
    }
}

#[test]
fn by_the_programme_the_gain_stands_still_under_a_bass() {
    let rate = 48_000.0;
    let settings = LimiterSettings {
        auto_release: true,
        ..SETTINGS
    };
    for way in ways() {
        // The low-pass takes 1 dB from 100 Hz, so it counts as bass in a mix, and waits as long.
        for (hz, db, settled_s) in [
            (40.0, 6.0, 0.5),
            (50.0, 3.0, 0.5),
            (50.0, 6.0, 0.5),
            (100.0, 6.0, 2.5),
        ] {
            let len = samples(settled_s + 0.5, rate);
            let bass = louder(&sine(hz, 1.0, rate, len), db - 1.0);
            let (_, gains) = with_gain(&bass, &settings, rate, way);
            let settled = &gains[samples(settled_s, rate)..samples(settled_s + 0.45, rate)];
            let (least, most) = range(settled);
            // The first part of a wave, and what a sampled crest varies. A gain of one release of 20 ms
            // moves by 1.5 dB here, and the bass has 2 % of distortion.
            let moved = to_db(most / least);
            assert!(
                moved < 0.01,
                "{hz} Hz, {db} dB, {}: the gain moves by {moved} dB",
                name(way)
            );
            assert_near(to_db(least), -db, 0.02, "the gain it needs");
        }
    }
}

#[test]
fn by_the_programme_bass_in_a_mix_is_held_only_once_it_goes_on() {
    let rate = 48_000.0;
    let settings = LimiterSettings {
        auto_release: true,
        ..SETTINGS
    };
    let len = samples(3.0, rate);
    let (bass, high) = (sine(50.0, 0.8, rate, len), sine(3000.0, 0.2, rate, len));
    let mix: Vec<f32> = bass.iter().zip(&high).map(|(x, y)| x + y).collect();
    for way in ways() {
        let (_, gains) = with_gain(&louder(&mix, 5.0), &settings, rate, way);
        let moved_db = |from_s, to_s| {
            let (least, most) = range(&gains[samples(from_s, rate)..samples(to_s, rate)]);
            to_db(most / least)
        };
        // Between the crests of the first waves it comes back by most of the 6 dB (at 30 ms of attack, by
        // 3); in the end half a decibel is left, which the bass alone does not need.
        let (early, late) = (moved_db(0.03, 0.06), moved_db(2.9, 2.95));
        let what = name(way);
        assert!(early > 4.0, "{what}: first it moves by {early} dB");
        assert!(late < 1.0, "{what}: in the end it moves by {late} dB");
    }
}

#[test]
fn by_the_programme_a_bass_lets_go_in_the_release_time() {
    let rate = 48_000.0;
    for release_ms in [50.0, 200.0] {
        let settings = LimiterSettings {
            auto_release: true,
            true_peak: false,
            release_ms,
            ..SETTINGS
        };
        let loud = samples(1.0, rate);
        let bass = louder(&sine(50.0, 1.0, rate, loud), 5.0);
        let signal = [&bass[..], &vec![0.0; loud]].concat();
        for way in ways() {
            let (_, gains) = with_gain(&signal, &settings, rate, way);
            let left = (1.0 - gains[loud]) * (-1.0_f64).exp();
            let gone = gains[loud..].iter().position(|gain| 1.0 - gain <= left);
            let got = gone.expect("the gain comes back") as f64 / rate;
            // It is held for 12 to 14 ms more.
            let expected = 1e-3 * f64::from(release_ms) + 0.013;
            assert_near(
                got,
                expected,
                0.005,
                &format!("{release_ms} ms, {}", name(way)),
            );
        }
    }
}
