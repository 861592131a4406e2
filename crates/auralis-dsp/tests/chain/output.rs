//! What comes out: gains, width, mix, listening, bypass.

use auralis_dsp::signals::sine;

use crate::*;

#[test]
fn with_everything_off_the_input_comes_out_at_the_latency_bit_for_bit() {
    for rate in RATES {
        let audio = [noise(1, 10_000), noise(2, 10_000)];
        for phase in PHASES {
            let kernel = kernel([6.0; BANDS], phase, rate);
            for (way, channels) in ways().into_iter().flat_map(|way| [(way, 1), (way, 2)]) {
                let audio = audio[..channels].to_vec();
                let (mut chain, settings) = chain(kernel.clone(), rate, channels, &OFF, way);
                let out = play(&audio, |_, frame| {
                    chain.process(frame, None, &settings);
                });
                let what = format!("{rate} Hz, {phase:?}, {}, {channels}", name(way));
                assert_delayed(&out, &audio, chain.latency_samples(), &what);
            }
        }
    }
}

#[test]
fn bypass_and_a_mix_of_0_are_the_delayed_input_whatever_is_on() {
    let audio = programme(0.4);
    for way in ways() {
        let mut bypassed = all_on();
        bypassed.monitor.bypass = true;
        bypassed.monitor.listen = Listen::Delta;
        let mut dry = all_on();
        dry.monitor.mix = 0.0;
        for (what, settings) in [("bypass", bypassed), ("mix 0", dry)] {
            let (out, latency) = master(&audio, &settings, way);
            assert_delayed(&out, &audio, latency, &format!("{what}, {}", name(way)));
        }
    }
}

#[test]
fn width_scales_the_side_and_leaves_the_middle() {
    let audio = programme(0.2);
    for way in ways() {
        let (out, latency) = master(&audio, &ChainSettings { width: 1.0, ..OFF }, way);
        assert_delayed(&out, &audio, latency, &format!("{}, untouched", name(way)));
        for width in [0.0, 0.5, 2.0] {
            let (out, latency) = master(&audio, &ChainSettings { width, ..OFF }, way);
            for n in latency..out[0].len() {
                let what = format!("{}, width {width} [{n}]", name(way));
                let [got, input] = [(&out, n), (&audio, n - latency)].map(|(audio, n)| {
                    let (left, right) = (f64::from(audio[0][n]), f64::from(audio[1][n]));
                    (0.5 * (left + right), 0.5 * (left - right))
                });
                // f32 rounding.
                assert_near(got.0, input.0, 1e-7, &format!("{what}: middle"));
                let side = f64::from(width) * input.1;
                assert_near(got.1, side, 1e-7, &format!("{what}: side"));
            }
        }
        let mono = audio[..1].to_vec();
        let (out, latency) = master(&mono, &ChainSettings { width: 0.0, ..OFF }, way);
        assert_delayed(&out, &mono, latency, &format!("{}, mono", name(way)));
    }
}

#[test]
fn gains_are_applied_as_they_are_said() {
    let audio = programme(0.2);
    for way in ways() {
        let mut driven = OFF;
        driven.limiter.on = true;
        driven.limiter.ceiling_db = 0.0;
        driven.limiter.drive_db = 3.0;
        for (what, settings, expected) in [
            (
                "input",
                ChainSettings {
                    input_gain_db: -7.0,
                    ..OFF
                },
                -7.0,
            ),
            (
                "output",
                ChainSettings {
                    output_gain_db: 5.0,
                    ..OFF
                },
                5.0,
            ),
            ("drive", driven, 3.0),
            ("no drive", OFF, 0.0),
        ] {
            let (out, latency) = master(&audio, &settings, way);
            let gained = audio.iter().map(|x| louder(x, expected));
            for (out, gained) in out.iter().zip(gained) {
                let residual = residual_db(out, &gained, latency);
                // f32 rounding of a gain and a product.
                assert!(residual < -130.0, "{what}, {}: {residual} dB", name(way));
            }
        }
    }
}

#[test]
fn output_delta_and_mix_are_one_signal_less_or_more_of_the_input() {
    let audio = programme(0.4);
    for way in ways() {
        let listen = |listen, mix| {
            let mut settings = all_on();
            settings.monitor.listen = listen;
            settings.monitor.mix = mix;
            master(&audio, &settings, way)
        };
        let (output, latency) = listen(Listen::Output, 1.0);
        let (delta, _) = listen(Listen::Delta, 1.0);
        let (half, _) = listen(Listen::Output, 0.5);
        let mut difference = 0.0_f32;
        for n in latency..output[0].len() {
            for channel in 0..2 {
                let (wet, dry) = (output[channel][n], audio[channel][n - latency]);
                let what = format!("{} {channel} [{n}]", name(way));
                // f32 rounding.
                assert_near(delta[channel][n].into(), (wet - dry).into(), 1e-6, &what);
                let expected = 0.5 * (wet + dry);
                assert_near(half[channel][n].into(), expected.into(), 1e-6, &what);
                difference = difference.max((wet - dry).abs());
            }
        }
        assert!(difference > 0.1, "{}: nothing was processed", name(way));
        let mut settings = OFF;
        settings.monitor.listen = Listen::Delta;
        let (nothing, _) = master(&audio, &settings, way);
        assert_eq!(
            peak(&nothing[0]),
            0.0,
            "{}: the delta of nothing",
            name(way)
        );
    }
}

#[test]
fn the_ceiling_holds_behind_everything_else() {
    let mut settings = all_on();
    settings.limiter.drive_db = 12.0;
    let loud: Audio = programme(0.5).iter().map(|x| louder(x, 10.0)).collect();
    for way in ways() {
        let (out, _) = master(&loud, &settings, way);
        let loudest = out.iter().map(|channel| peak(channel)).fold(0.0, f32::max);
        let db = to_db(loudest.into());
        // f32 rounding of the ceiling; white noise has peaks between its samples.
        assert!((-4.5..-1.0 + 1e-5).contains(&db), "{}: {db} dB", name(way));
    }
}

#[test]
fn a_sidechain_is_aligned_with_what_it_compresses() {
    let audio = programme(0.3);
    let mut settings = OFF;
    settings.compressor.on = true;
    for phase in PHASES {
        for way in ways() {
            let (mut plain, settings) = chain(flat(phase), RATE, 2, &settings, way);
            let (mut external, _) = chain(flat(phase), RATE, 2, &settings, way);
            let expected = play(&audio, |_, frame| {
                plain.process(frame, None, &settings);
            });
            let got = play(&audio, |_, frame| {
                let mut sidechain = frame.to_vec();
                external.process(frame, Some(&mut sidechain), &settings);
            });
            // The audio itself as the sidechain changes no bit.
            assert_eq!(got, expected, "{phase:?}, {}", name(way));
        }
    }
}

#[test]
fn faults_in_the_input_leave_nothing_behind() {
    let faults = [f32::NAN, f32::INFINITY, -1e30, 1e-40];
    let settings = all_on();
    for way in ways() {
        let clean: Audio = vec![sine(440.0, 0.1, RATE, samples(1.5, RATE)); 2];
        let mut damaged = clean.clone();
        for (n, fault) in faults.into_iter().enumerate() {
            damaged[n % 2][5000 + 700 * n] = fault;
        }
        let [(clean, latency), (damaged, _)] =
            [&clean, &damaged].map(|audio| master(audio, &settings, way));
        assert!(
            damaged.iter().flatten().all(|x| x.is_finite()),
            "{}: not finite",
            name(way)
        );
        // A second after the last fault both are one again.
        let settled = 8000 + samples(1.0, RATE) + latency;
        let residual = residual_db(&damaged[0][settled..], &clean[0][settled..], 0);
        assert!(residual < -80.0, "{}: {residual} dB left", name(way));
    }
}
