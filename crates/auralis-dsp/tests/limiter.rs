//! The laws of the limiter: nothing over the ceiling, the gain down before the peak, its release.
#![allow(missing_docs)]

mod common;

use std::f64::consts::TAU;

use auralis_dsp::limiter::true_peak::TRUE_PEAK_LATENCY;
use auralis_dsp::limiter::{Limiter, LimiterSettings};
use auralis_dsp::signals::{Noise, noise, sine};
use auralis_dsp::simd::instruction_set::Implementation;
use common::*;

const SETTINGS: LimiterSettings = LimiterSettings {
    on: true,
    drive_db: 0.0,
    ceiling_db: -1.0,
    release_ms: 100.0,
    auto_release: false,
    true_peak: true,
};

/// The faint constant that a second channel has: a power of two, so that dividing by it is exact.
const FAINT: f32 = 1.0 / 1024.0;

fn limit(audio: &Audio, settings: &LimiterSettings, rate: f64, way: Implementation) -> Audio {
    let mut limiter = Limiter::new(rate, audio.len());
    play(audio, |_, frame| {
        limiter.process(frame, settings, way);
    })
}

fn latency(rate: f64) -> usize {
    Limiter::new(rate, 2).latency_samples()
}

/// Samples from the first sign of a peak to the peak itself.
fn lookahead(rate: f64) -> usize {
    latency(rate) - TRUE_PEAK_LATENCY
}

/// A limited signal, both without the latency, and the gain that each of its samples had: what a
/// faint constant in the second channel was multiplied by.
fn with_gain(
    signal: &[f32],
    settings: &LimiterSettings,
    rate: f64,
    way: Implementation,
) -> (Vec<f32>, Vec<f64>) {
    let latency = latency(rate);
    let mut signal = signal.to_vec();
    signal.resize(signal.len() + latency, 0.0);
    let faint = vec![FAINT; signal.len()];
    let out = limit(&vec![signal, faint], settings, rate, way);
    let gains = out[1][latency..].iter().map(|x| f64::from(x / FAINT));
    (out[0][latency..].to_vec(), gains.collect())
}

/// Clicks of one to three samples, of either sign, at seeded places.
fn clicks(len: usize) -> Vec<f32> {
    let (mut noise, mut signal) = (Noise::new(5), vec![0.0; len]);
    for _ in 0..len / 400 {
        let at = noise.below(len - 3);
        let width = 1 + noise.below(3);
        for x in &mut signal[at..at + width] {
            *x = if noise.white() > 0.0 { 1.0 } else { -1.0 };
        }
    }
    signal
}

/// Full-scale signals with peaks that are hard to foresee, 12 dB too loud; and a step by 40 dB.
fn hard_signals(rate: f64) -> Vec<(&'static str, Vec<f32>)> {
    let len = samples(0.25, rate);
    let square: Vec<f32> = sine(441.0, 1.0, rate, len)
        .iter()
        .map(|x| x.signum())
        .collect();
    // A quarter of the rate, sampled at 45 degrees: 3 dB between the samples.
    let quarter: Vec<f32> = (0..len)
        .map(|n| (TAU * (n as f64 / 4.0 + 0.125)).sin() as f32)
        .collect();
    let tone = sine(3000.0, 1.0, rate, len);
    let hiss = noise(2, len);
    let is_loud = |n: usize, every: usize| n % samples(0.05, rate) < samples(0.05, rate) / every;
    let mut bursts = tone.clone();
    for (n, x) in bursts.iter_mut().enumerate() {
        *x = if is_loud(n, 4) { *x } else { 0.01 * hiss[n] };
    }
    let mut edge = louder(&sine(200.0, 1.0, rate, len), -20.0);
    let late = len / 2;
    edge[late..].iter_mut().for_each(|x| *x *= 100.0);
    let driven = [
        ("square", louder(&square, 12.0)),
        ("quarter of the rate", louder(&quarter, 12.0)),
        ("clicks", louder(&clicks(len), 12.0)),
        ("white noise", louder(&hiss, 12.0)),
        ("programme noise", louder(&below(&hiss, 0.45), 12.0)),
        ("bursts", louder(&bursts, 12.0)),
        ("edge", edge),
    ];
    let silence = vec![0.0; samples(0.02, rate)];
    driven
        .map(|(name, signal)| (name, [&silence[..], &signal, &silence].concat()))
        .to_vec()
}

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
                let is_full_band = signal == "white noise";
                let [sample_db, true_db] = excess_db(&out[0], ceiling_db, is_full_band);
                let what = format!("{signal}, {rate} Hz, {}, {ceiling_db} dB", name(way));
                // f32 rounding of the ceiling itself.
                assert!(sample_db < 1e-5, "{what}: samples {sample_db} dB over");
                // What the design allows; 0.05 dB at most are given away, and what a steep
                // interpolation reads more than a gentle one.
                assert!(true_db < 0.1, "{what}: {true_db} dB over between samples");
                assert!(true_db > -0.2, "{what}: limited by {true_db} dB in vain");
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
        // 0.2 dB under a ceiling that 0.05 dB are taken off.
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
fn the_gain_is_down_before_each_peak_and_moves_no_faster_than_the_look_ahead_allows() {
    for rate in RATES {
        // The steepest slope of a gain that falls from 1 to 0 smoothed by two boxes, each half as
        // long as the look-ahead.
        let steepest = 2.0 / lookahead(rate) as f64;
        for (signal, audio) in hard_signals(rate) {
            for true_peak in [true, false] {
                let settings = LimiterSettings {
                    true_peak,
                    release_ms: 1.0,
                    ..SETTINGS
                };
                for way in ways() {
                    let (out, gains) = with_gain(&audio, &settings, rate, way);
                    let what = format!("{signal}, {rate} Hz, {}, {true_peak}", name(way));
                    let ceiling = to_gain(settings.ceiling_db.into());
                    for (n, (gain, x)) in gains.iter().zip(&audio).enumerate() {
                        let wanted = gain * f64::from(*x);
                        // f32 rounding: no clamp has to help.
                        assert!(
                            wanted.abs() <= ceiling * (1.0 + 1e-6),
                            "{what} [{n}]: {wanted} is over {ceiling}"
                        );
                        assert_near(
                            out[n].into(),
                            wanted,
                            1e-6 * f64::from(x.abs()) + 1e-9,
                            &format!("{what} [{n}]: both channels have one gain"),
                        );
                        let step = if n > 0 { gain - gains[n - 1] } else { 0.0 };
                        // f32 rounding of two gains.
                        assert!(
                            step.abs() <= steepest + 1e-6,
                            "{what} [{n}]: the gain jumps by {step}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_gain_falls_within_the_look_ahead_of_a_lone_peak() {
    for rate in RATES {
        let (at, len) = (samples(0.02, rate), samples(0.04, rate));
        let settings = LimiterSettings {
            true_peak: false,
            ..SETTINGS
        };
        for way in ways() {
            let (_, gains) = with_gain(&impulse(4.0, at, len), &settings, rate, way);
            let (what, early) = (format!("{rate} Hz, {}", name(way)), at - lookahead(rate));
            assert!(
                gains[..early].iter().all(|gain| *gain == 1.0),
                "{what}: the gain moves before the look-ahead"
            );
            let needed = to_gain(-1.0) / 4.0;
            // f32 rounding, and depths rounded up to 1e-9.
            assert_near(gains[at], needed, 1e-6, &what);
            let half = gains[at - lookahead(rate) / 2];
            // Two steps of the smoothing: peaks are held two samples longer.
            let steps = 4.0 / lookahead(rate) as f64;
            assert_near(
                half,
                0.5 * (1.0 + needed),
                steps,
                &format!("{what}: halfway"),
            );
        }
    }
}

/// Samples from the last one of a loud constant until 63.2 % of its reduction is gone.
fn release_time(loud: usize, settings: &LimiterSettings, rate: f64, way: Implementation) -> usize {
    let rest = samples(0.01 * f64::from(settings.release_ms), rate);
    let signal = constants(&[(6.0, loud), (-20.0, rest)]);
    let (_, gains) = with_gain(&signal, settings, rate, way);
    let left = (1.0 - gains[loud - 1]) * (-1.0_f64).exp();
    let gone = gains[loud..].iter().position(|gain| 1.0 - gain <= left);
    1 + gone.expect("the gain comes back")
}

#[test]
fn the_release_lets_go_of_63_percent_in_its_time() {
    for rate in RATES {
        for release_ms in [10.0, 50.0, 250.0] {
            let settings = LimiterSettings {
                release_ms,
                true_peak: false,
                ..SETTINGS
            };
            let release = f64::from(release_ms) * 1e-3 * rate;
            // The smoothing takes half of the look-ahead more.
            let expected = release + 0.5 * lookahead(rate) as f64;
            for way in ways() {
                for loud_s in [0.005, 0.5] {
                    let got = release_time(samples(loud_s, rate), &settings, rate, way);
                    let what =
                        format!("{release_ms} ms after {loud_s} s, {rate} Hz, {}", name(way));
                    // 1 %, and the sample grid at both ends.
                    assert_near(got as f64, expected, 0.01 * release + 2.0, &what);
                }
            }
        }
    }
}

#[test]
fn the_programme_dependent_release_is_slower_after_long_limiting_only() {
    let settings = LimiterSettings {
        release_ms: 50.0,
        auto_release: true,
        true_peak: false,
        ..SETTINGS
    };
    for way in ways() {
        let rate = 48_000.0;
        let time = |loud_s| release_time(samples(loud_s, rate), &settings, rate, way) as f64;
        let fixed = 0.05 * rate + 0.5 * lookahead(rate) as f64;
        let (short, long) = (time(0.002) / fixed, time(3.0) / fixed);
        let way = name(way);
        assert!(
            (0.98..1.1).contains(&short),
            "{way}: {short} times the release after a short peak"
        );
        // Six times is the slow average's time constant, which the release itself still feeds.
        assert!(
            (5.5..8.0).contains(&long),
            "{way}: {long} times the release after long limiting"
        );
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
