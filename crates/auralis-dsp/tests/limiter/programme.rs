//! The release chosen by the programme.

use crate::gain::with_gain;
use crate::*;

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
        for (hz, db) in [(40.0, 6.0), (50.0, 3.0), (50.0, 6.0), (100.0, 6.0)] {
            let bass = louder(&sine(hz, 1.0, rate, samples(1.0, rate)), db - 1.0);
            let (_, gains) = with_gain(&bass, &settings, rate, way);
            let settled = &gains[samples(0.5, rate)..samples(0.95, rate)];
            let least = settled.iter().fold(1.0_f64, |m, gain| m.min(*gain));
            let most = settled.iter().fold(0.0_f64, |m, gain| m.max(*gain));
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
