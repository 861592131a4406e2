//! The gain: down before each peak, one for all channels, released in its time.

use auralis_dsp::limiter::true_peak::TRUE_PEAK_LATENCY;

use crate::*;

/// The faint constant that a second channel has: a power of two, so that dividing by it is exact.
pub const FAINT: f32 = 1.0 / 1024.0;

/// Samples from the first sign of a peak to the peak itself.
fn lookahead(rate: f64) -> usize {
    latency(rate) - TRUE_PEAK_LATENCY
}

/// A limited signal, both without the latency, and the gain that each of its samples had: what a
/// faint constant in the second channel was multiplied by.
pub fn with_gain(
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

#[test]
fn peaks_of_either_channel_turn_both_down() {
    for way in ways() {
        for (signal, audio) in hard_signals(48_000.0) {
            let faint = vec![FAINT; audio.len()];
            let [mut first, second] = [vec![audio.clone(), faint.clone()], vec![faint, audio]]
                .map(|audio| limit(&audio, &SETTINGS, 48_000.0, way));
            first.swap(0, 1);
            assert_eq!(first, second, "{signal}, {}: channels swapped", name(way));
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
