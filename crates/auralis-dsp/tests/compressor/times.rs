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
            let settings = CompressorSettings {
                attack_ms,
                release_ms,
                ..SETTINGS
            };
            let [attack, release] = [attack_ms, release_ms].map(|ms| f64::from(ms) * 1e-3 * rate);
            let (quiet, loud) = (1000, (12.0 * (attack + release)) as usize);
            let rest = (4.0 * (attack + release)) as usize;
            let signal = constants(&[(-40.0, quiet), (-10.0, loud), (-40.0, rest)]);
            for way in ways() {
                let gains = &gains_db(&vec![signal.clone()], &settings, rate, way)[0];
                let (up, down) = gains.split_at(quiet + loud);
                let full = gains[quiet + loud - 1];
                let what = format!("{attack_ms}/{release_ms} ms, {rate} Hz, {}", name(way));
                assert_near(full, -15.0, 1e-3, &what);
                let rose = up[quiet..].iter().position(|db| *db <= covered() * full);
                let fell = down.iter().position(|db| *db >= (1.0 - covered()) * full);
                for (stage, got, expected) in [("attack", rose, attack), ("release", fell, release)]
                {
                    let got = 1.0 + got.expect("the step is covered") as f64;
                    // 1 % as the design asks, or the sample grid.
                    let tolerance = (0.01 * expected).max(1.0);
                    assert_near(got, expected, tolerance, &format!("{what}: {stage}"));
                }
            }
        }
    }
}

#[test]
fn the_programme_dependent_release_is_slower_after_long_reduction_only() {
    let settings = CompressorSettings {
        auto_release: true,
        attack_ms: 0.5,
        ..SETTINGS
    };
    let release = f64::from(settings.release_ms) * 1e-3 * RATE;
    for way in ways() {
        let times = [0.005, 2.0].map(|loud_s| {
            let loud = samples(loud_s, RATE);
            let signal = constants(&[(-10.0, loud), (-40.0, samples(0.6, RATE))]);
            let gains = &gains_db(&vec![signal], &settings, RATE, way)[0];
            let left = (1.0 - covered()) * gains[loud - 1];
            let gone = gains[loud..].iter().position(|db| *db >= left);
            gone.expect("the reduction goes") as f64 / release
        });
        let (way, [short, long]) = (name(way), times);
        assert!(
            (0.98..1.2).contains(&short),
            "{way}: {short} times the release after a short peak"
        );
        // The slow average has four times the release, which the release itself still feeds.
        assert!(
            (3.5..6.0).contains(&long),
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
