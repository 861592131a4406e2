//! What the ear decided.

use auralis_dsp::chain::{Adaptive, FrameReport};

use crate::*;

/// Audio through a chain that the ear has told something, and the last report.
fn adapted(
    audio: &Audio,
    settings: &ChainSettings,
    adaptive: &Adaptive,
    way: Implementation,
) -> (Audio, usize, FrameReport) {
    let (mut chain, settings) = chain(flat(PHASES[1]), RATE, audio.len(), settings, way);
    chain.adapt(adaptive);
    let mut last = None;
    let out = play(audio, |_, frame| {
        last = Some(chain.process(frame, None, &settings));
    });
    (out, chain.latency_samples(), last.expect("a frame"))
}

#[test]
fn what_the_ear_decided_is_applied_and_told() {
    let audio = programme(0.2);
    let mut matched = OFF;
    matched.monitor.listen = Listen::MatchedInput;
    let neutral = Adaptive::NEUTRAL;
    for way in ways() {
        for (settings, adaptive, expected) in [
            (
                OFF,
                Adaptive {
                    loudness_gain_db: 6.0,
                    ..neutral
                },
                6.0,
            ),
            (
                OFF,
                Adaptive {
                    makeup_gain_db: -4.0,
                    ..neutral
                },
                -4.0,
            ),
            (
                OFF,
                Adaptive {
                    matched_gain_db: 9.0,
                    ..neutral
                },
                0.0,
            ),
            (
                matched,
                Adaptive {
                    matched_gain_db: 9.0,
                    loudness_gain_db: 3.0,
                    ..neutral
                },
                9.0,
            ),
        ] {
            let (out, latency, report) = adapted(&audio, &settings, &adaptive, way);
            let residual = residual_db(&out[0], &louder(&audio[0], expected), latency);
            let what = format!("{}, {adaptive:?}", name(way));
            // f32 rounding.
            assert!(residual < -130.0, "{what}: {residual} dB");
            assert_eq!(report.adaptive, adaptive, "{what}");
        }
    }
}

#[test]
fn the_matched_input_is_as_loud_whatever_the_input_gain_is() {
    let audio = programme(0.2);
    let mut settings = OFF;
    settings.monitor.listen = Listen::MatchedInput;
    settings.input_gain_db = 6.0;
    // The ear hears the input 6 dB louder, and the output 9 dB above that.
    let adaptive = Adaptive {
        matched_gain_db: 9.0,
        ..Adaptive::NEUTRAL
    };
    for way in ways() {
        let (out, latency, report) = adapted(&audio, &settings, &adaptive, way);
        let residual = residual_db(&out[0], &louder(&audio[0], 15.0), latency);
        // f32 rounding.
        assert!(residual < -130.0, "{}: {residual} dB", name(way));
        assert_eq!(report.adaptive.matched_gain_db, 15.0, "{}", name(way));
    }
}

#[test]
fn the_ear_moves_the_compressor_from_where_the_user_set_it() {
    let audio = vec![constants(&[(-10.0, samples(0.2, RATE))])];
    let mut settings = OFF;
    settings.compressor.on = true;
    settings.compressor.curve.knee_db = 0.0;
    for way in ways() {
        // A threshold of -30 dB and a ratio of 4 are set; expected: those in use, and the gain.
        for (threshold_offset_db, ratio_offset, threshold, ratio, gain) in [
            (0.0, 0.0, -30.0, 4.0, -15.0),
            (10.0, 0.0, -20.0, 4.0, -7.5),
            (0.0, -2.0, -30.0, 2.0, -10.0),
            (60.0, 0.0, 0.0, 4.0, 0.0),
            (0.0, -20.0, -30.0, 1.0, 0.0),
        ] {
            let adaptive = Adaptive {
                threshold_offset_db,
                ratio_offset,
                ..Adaptive::NEUTRAL
            };
            let (out, _, report) = adapted(&audio, &settings, &adaptive, way);
            let what = format!("{}, {threshold_offset_db} {ratio_offset}", name(way));
            assert_eq!(
                (report.threshold_db, report.ratio),
                (threshold, ratio),
                "{what}"
            );
            let got = to_db(f64::from(*out[0].last().unwrap())) + 10.0;
            // Logarithm and exponential are within 1e-4 dB.
            assert_near(got, gain, 1e-3, &what);
            let told = f64::from(report.compressor_reduction_db);
            assert_near(told, -gain, 1e-3, &what);
        }
    }
}
