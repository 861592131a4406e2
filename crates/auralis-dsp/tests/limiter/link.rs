//! The link of the channels' gains.

use crate::gain::FAINT;
use crate::*;

/// A loud first channel and a soft second one.
fn loud_and_soft(rate: f64) -> Audio {
    let loud = louder(&noise(8, samples(0.5, rate)), 6.0);
    let soft = noise(9, loud.len()).iter().map(|x| 0.1 * x).collect();
    vec![loud, soft]
}

#[test]
fn without_link_the_other_channel_keeps_every_bit() {
    for rate in RATES {
        let audio = loud_and_soft(rate);
        let alone = vec![audio[0].clone()];
        for auto_release in [false, true] {
            let settings = LimiterSettings {
                link: 0.0,
                auto_release,
                ..SETTINGS
            };
            for way in ways() {
                let out = limit(&audio, &settings, rate, way);
                let what = format!("{rate} Hz, {}, auto {auto_release}", name(way));
                let (soft, expected) = (vec![out[1].clone()], vec![audio[1].clone()]);
                assert_delayed(&soft, &expected, latency(rate), &what);
                assert_eq!(
                    vec![out[0].clone()],
                    limit(&alone, &settings, rate, way),
                    "{what}"
                );
            }
        }
    }
}

#[test]
fn half_a_link_takes_half_of_the_depth_and_holds_each_channel() {
    let rate = 48_000.0;
    for way in ways() {
        let depth = |link: f32| {
            let settings = LimiterSettings {
                link,
                true_peak: false,
                ..SETTINGS
            };
            let loud = constants(&[(6.0, samples(0.5, rate))]);
            let out = limit(
                &vec![loud, vec![FAINT; samples(0.5, rate)]],
                &settings,
                rate,
                way,
            );
            assert!(
                peak(&out[0]) <= to_gain(-1.0) as f32,
                "link {link}: over the ceiling"
            );
            1.0 - f64::from(out[1].last().unwrap() / FAINT)
        };
        // f32 rounding, and depths rounded up to 1e-9.
        assert_near(depth(0.5), 0.5 * depth(1.0), 1e-6, name(way));
        assert!(depth(1.0) > 0.5, "{}", depth(1.0));
    }
}

#[test]
fn the_link_moves_without_a_step_and_comes_back_to_one_gain() {
    let rate = 48_000.0;
    let loud = constants(&[(6.0, samples(1.0, rate))]);
    let audio = vec![loud.clone(), vec![FAINT; loud.len()]];
    for way in ways() {
        let mut limiter = Limiter::new(rate, 2);
        let frames = loud.len() / auralis_dsp::FRAME;
        let out = play(&audio, |index, frame| {
            let settings = LimiterSettings {
                link: if (frames / 4..frames / 2).contains(&index) {
                    0.0
                } else {
                    1.0
                },
                auto_release: true,
                true_peak: false,
                ..SETTINGS
            };
            limiter.process(frame, &settings, way);
        });
        let settled = &out[1][samples(0.1, rate)..];
        let steepest = settled.windows(2).map(|x| (x[1] - x[0]).abs() / FAINT);
        let steepest = steepest.fold(0.0_f32, f32::max);
        // 0.55 of depth with a glide of 20 ms, from frame to frame over two boxes: at most
        // 0.55 * 64 / 960 a frame.
        assert!(
            steepest < 0.6 / 960.0,
            "{}: a step of {steepest}",
            name(way)
        );
        let (first, last) = (settled[0], *settled.last().unwrap());
        assert_near(
            last.into(),
            first.into(),
            1e-6 * f64::from(first),
            "linked again",
        );
    }
}
