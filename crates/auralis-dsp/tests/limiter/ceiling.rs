//! The ceiling, what stays under it, and the latency.

use crate::*;

/// Over the ceiling in dB: a sample peak, and a peak between samples.
fn excess_db(out: &[f32], ceiling_db: f32, is_full_band: bool) -> [f64; 2] {
    let read = if is_full_band {
        built_true_peak
    } else {
        true_peak
    };
    [f64::from(peak(out)), read(out)].map(|x| to_db(x) - f64::from(ceiling_db))
}

#[test]
fn the_ceiling_holds_for_samples_and_between_them() {
    for rate in RATES {
        for (signal, audio) in hard_signals(rate) {
            for (way, ceiling_db) in ways().into_iter().flat_map(|w| [(w, -1.0), (w, -9.0)]) {
                let settings = LimiterSettings {
                    ceiling_db,
                    ..SETTINGS
                };
                let out = limit(&vec![audio.clone()], &settings, rate, way);
                let is_full_band = matches!(signal, "white noise" | "alternating" | "square");
                let [sample_db, true_db] = excess_db(&out[0], ceiling_db, is_full_band);
                let what = format!("{signal}, {rate} Hz, {}, {ceiling_db} dB", name(way));
                // f32 rounding of the ceiling itself.
                assert!(sample_db < 1e-5, "{what}: samples {sample_db} dB over");
                // What the design allows of signals like these; below, what two interpolations differ by
                // at the Nyquist frequency.
                assert!(true_db < 0.06, "{what}: {true_db} dB over between samples");
                assert!(true_db > -0.3, "{what}: limited by {true_db} dB in vain");
            }
        }
    }
}

#[test]
fn the_ceiling_is_used_to_a_hundredth_of_a_decibel_by_what_music_is_made_of() {
    for rate in [44_100.0, 48_000.0] {
        let audio = chords_and_drums(rate);
        for way in ways() {
            for release_ms in [10.0, 100.0] {
                let settings = LimiterSettings {
                    auto_release: true,
                    release_ms,
                    ..SETTINGS
                };
                let out = limit(&vec![audio.clone()], &settings, rate, way);
                let over_db = to_db(true_peak(&out[0])) - f64::from(settings.ceiling_db);
                assert!(
                    (-0.01..0.01).contains(&over_db),
                    "{rate} Hz, {}, {release_ms} ms: {over_db} dB over",
                    name(way)
                );
            }
        }
    }
}

#[test]
fn without_true_peak_samples_alone_are_held() {
    let settings = LimiterSettings {
        true_peak: false,
        ..SETTINGS
    };
    for rate in RATES {
        for (signal, audio) in hard_signals(rate) {
            for way in ways() {
                let out = limit(&vec![audio.clone()], &settings, rate, way);
                let [sample_db, true_db] = excess_db(&out[0], settings.ceiling_db, false);
                let what = format!("{signal}, {rate} Hz, {}", name(way));
                // f32 rounding above; below, what the smoothing of 1e-9 steps and rounding take.
                assert!(
                    (-0.001..1e-5).contains(&sample_db),
                    "{what}: samples {sample_db} dB over"
                );
                // A quarter of the rate has 3.01 dB more between its samples.
                if signal == "quarter of the rate" {
                    assert!(true_db > 3.0, "{what}: only {true_db} dB between samples");
                }
            }
        }
    }
}

#[test]
fn what_stays_under_the_ceiling_is_delayed_bit_for_bit() {
    for rate in RATES {
        let loud = below(&noise(3, samples(0.3, rate)), 0.45);
        // 0.2 dB under the ceiling: two interpolations of noise up to 0.45 of the rate differ by less.
        let scale = 1.0 / true_peak(&loud);
        let audio = vec![
            louder(&loud, to_db(scale) - 1.2),
            noise(4, loud.len()).iter().map(|x| 0.2 * x).collect(),
        ];
        for way in ways() {
            for (what, settings) in [
                ("true peak", SETTINGS),
                (
                    "sample peak",
                    LimiterSettings {
                        true_peak: false,
                        ..SETTINGS
                    },
                ),
                (
                    "off",
                    LimiterSettings {
                        on: false,
                        ceiling_db: -30.0,
                        ..SETTINGS
                    },
                ),
            ] {
                let out = limit(&audio, &settings, rate, way);
                let what = format!("{what}, {rate} Hz, {}", name(way));
                assert_delayed(&out, &audio, latency(rate), &what);
            }
        }
    }
}

#[test]
fn the_latency_is_where_an_impulse_comes_out() {
    for rate in RATES {
        let audio = vec![impulse(0.5, 100, samples(0.05, rate)); 2];
        for way in ways() {
            for (on, true_peak, ceiling_db) in [
                (true, true, -1.0),
                (true, false, -1.0),
                (true, true, -12.0),
                (false, true, -1.0),
            ] {
                let settings = LimiterSettings {
                    on,
                    true_peak,
                    ceiling_db,
                    ..SETTINGS
                };
                let out = limit(&audio, &settings, rate, way);
                assert_eq!(
                    place_of_peak(&out[1]),
                    100 + latency(rate),
                    "{rate} Hz, {}, {settings:?}",
                    name(way)
                );
            }
        }
    }
}

#[test]
fn a_lower_ceiling_holds_once_the_look_ahead_is_over() {
    for way in ways() {
        let (rate, change) = (48_000.0, 100);
        let audio = vec![louder(&noise(7, samples(0.5, rate)), 6.0)];
        let mut limiter = Limiter::new(rate, 1);
        let out = play(&audio, |index, frame| {
            let settings = LimiterSettings {
                ceiling_db: if index < change { -1.0 } else { -6.0 },
                ..SETTINGS
            };
            limiter.process(frame, &settings, way);
        });
        let settled = auralis_dsp::FRAME * change + 2 * latency(rate);
        let db = to_db(peak(&out[0][settled..]).into());
        assert!(db < -6.0 + 1e-5, "{}: {db} dB", name(way));
    }
}
