//! Attack, release and look-ahead.

use crate::*;

/// Share of a step that is covered in a time constant.
fn covered() -> f64 {
    1.0 - (-1.0_f64).exp()
}

#[test]
fn attack_and_release_cover_63_percent_in_their_times() {
    for rate in RATES {
        for (attack_ms, release_ms) in [
            (0.1, 5.0),
            (1.0, 50.0),
            (10.0, 150.0),
            (30.0, 66.0),
            (100.0, 20.0),
        ] {
            for (detector, quiet_db) in [
                (Detector::Peak, -40.0),
                (Detector::Rms, -40.0),
                (Detector::Rms, -26.0),
            ] {
                let settings = CompressorSettings {
                    attack_ms,
                    release_ms,
                    detector,
                    ..SETTINGS
                };
                for way in ways() {
                    assert_times(quiet_db, &settings, rate, way);
                }
            }
        }
    }
}

/// Measures both times on a step from a level to -10 dB and back.
fn assert_times(quiet_db: f64, settings: &CompressorSettings, rate: f64, way: Implementation) {
    let [attack, release] =
        [settings.attack_ms, settings.release_ms].map(|ms| f64::from(ms) * 1e-3 * rate);
    // At first and last the level itself has to settle.
    let quiet = 2400 + (12.0 * attack) as usize;
    let loud = (12.0 * (attack + release)) as usize;
    let rest = (4.0 * (attack + release)) as usize;
    let signal = constants(&[(quiet_db, quiet), (-10.0, loud), (quiet_db, rest)]);
    let gains = &gains_db(&vec![signal], settings, rate, way)[0];
    let (up, down) = gains.split_at(quiet + loud);
    let full = gains[quiet + loud - 1];
    let none = textbook_gain_db(quiet_db, &settings.curve);
    let what = format!(
        "{:?} from {quiet_db} dB, {}/{} ms, {rate} Hz, {}",
        settings.detector,
        settings.attack_ms,
        settings.release_ms,
        name(way)
    );
    // Within a chunk the mean square of its end shows at its beginning.
    let early = if settings.detector == Detector::Rms {
        0.05
    } else {
        1e-3
    };
    assert_near(full, -15.0, early, &what);
    let risen = none + covered() * (full - none);
    let fallen = full + covered() * (none - full);
    let rose = up[quiet..].iter().position(|db| *db <= risen);
    let fell = down.iter().position(|db| *db >= fallen);
    // The mean square tells an end in chunks of eight samples, at most two too late.
    let chunks = if settings.detector == Detector::Rms {
        16.0
    } else {
        1.0
    };
    for (stage, got, expected, grid) in [
        ("attack", rose, attack, 1.0),
        ("release", fell, release, chunks),
    ] {
        let got = 1.0 + got.expect("the step is covered") as f64;
        // 1 % as the design asks, or the grid.
        let tolerance = (0.01 * expected).max(grid);
        assert_near(got, expected, tolerance, &format!("{what}: {stage}"));
    }
}

#[test]
fn the_programme_dependent_release_is_short_after_a_hit_and_long_after_long_reduction() {
    let settings = CompressorSettings {
        auto_release: true,
        attack_ms: 10.0,
        release_ms: 150.0,
        ..SETTINGS
    };
    let release = f64::from(settings.release_ms) * 1e-3 * RATE;
    for way in ways() {
        let times = [0.01, 2.0].map(|loud_s| {
            let loud = samples(loud_s, RATE);
            let signal = constants(&[(-10.0, loud), (-40.0, samples(1.5, RATE))]);
            let gains = &gains_db(&vec![signal], &settings, RATE, way)[0];
            let deepest = gains.iter().fold(0.0, |a: f64, b| a.min(*b));
            [1.0 - covered(), 0.1].map(|left| {
                let gone = gains[loud..].iter().position(|db| *db >= left * deepest);
                gone.expect("the reduction goes") as f64 / release
            })
        });
        let (way, [[short, shorter_tail], [long, _]]) = (name(way), times);
        // A third of the release, and the attack that rounds its start.
        assert!(
            (0.3..0.45).contains(&short),
            "{way}: {short} times the release after a hit"
        );
        assert!(
            shorter_tail < 1.0,
            "{way}: {shorter_tail} times the release until a tenth is left after a hit"
        );
        // Two poles of 1.9 times the release let go of 63 % in 2.15 times theirs, and the fast release
        // follows.
        assert!(
            (4.1..5.2).contains(&long),
            "{way}: {long} times the release after long reduction"
        );
    }
}

#[test]
fn look_ahead_starts_the_reduction_so_much_earlier_and_leaves_the_latency() {
    for rate in RATES {
        let (quiet, loud) = (samples(0.02, rate), samples(0.02, rate));
        let signal = constants(&[(-40.0, quiet), (-10.0, loud)]);
        for way in ways() {
            for lookahead_ms in [0.0, 2.5, 5.0] {
                let settings = CompressorSettings {
                    lookahead_ms,
                    ..SETTINGS
                };
                let what = format!("{lookahead_ms} ms, {rate} Hz, {}", name(way));
                let gains = &gains_db(&vec![signal.clone()], &settings, rate, way)[0];
                let start = gains.iter().position(|db| *db < -0.1);
                let ahead = samples(f64::from(lookahead_ms) * 1e-3, rate);
                // The first sample of an attack of 0.1 ms takes more than 0.1 dB already.
                assert_eq!(start, Some(quiet - ahead), "{what}: start");
                let click = vec![impulse(0.01, 100, samples(0.05, rate))];
                let out = compress(&click, None, &settings, rate, way);
                let place = place_of_peak(&out[0]);
                assert_eq!(place, 100 + latency(rate), "{what}: latency");
            }
        }
    }
}
