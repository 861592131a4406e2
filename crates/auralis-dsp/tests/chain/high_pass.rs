//! The high-pass of the input.

use super::*;

/// Every processor off but the high-pass.
fn corner(hz: f32) -> ChainSettings {
    ChainSettings {
        input_hpf_hz: hz,
        ..OFF
    }
}

/// Audio through a chain whose corner a frame's number says, and its latency.
fn sweep(audio: &Audio, way: Implementation, corner_hz: impl Fn(usize) -> f32) -> (Audio, usize) {
    let (mut chain, mut settings) = chain(flat(PHASES[0]), RATE, audio.len(), &OFF, way);
    let out = play(audio, |index, frame| {
        settings.input_hpf_hz = corner_hz(index);
        chain.process(frame, None, &settings);
    });
    (out, chain.latency_samples())
}

/// The programme on a constant of 0.2.
fn offset_programme(seconds: f64) -> Audio {
    let mut audio = programme(seconds);
    audio.iter_mut().flatten().for_each(|x| *x += 0.2);
    audio
}

#[test]
fn it_is_3_db_down_at_the_corner_and_falls_12_db_an_octave() {
    for rate in [8000.0, 44_100.0, 48_000.0, 192_000.0] {
        for way in ways() {
            for hz in [5.0, 20.0, 60.0] {
                // The response of 5 Hz is 90 dB down after half a second.
                let audio = vec![impulse(1.0, 0, samples(1.0, rate))];
                let kernel = kernel([0.0; BANDS], EqPhase::Minimum, rate);
                let (mut chain, settings) = chain(kernel, rate, 1, &corner(hz as f32), way);
                let out = play(&audio, |_, frame| {
                    chain.process(frame, None, &settings);
                });
                for octaves in [-4.0, -2.0, -1.0, 0.0, 1.0, 4.0] {
                    let at_hz = hz * 2.0_f64.powf(octaves);
                    // Butterworth, second order: |H|^2 = 1 / (1 + (corner / f)^4).
                    let expected = -10.0 * (1.0 + 2.0_f64.powf(-4.0 * octaves)).log10();
                    let got = gain_db_at(&out[0], at_hz, rate);
                    let what = format!("{hz} Hz at {rate}, {}, {at_hz} Hz", name(way));
                    // At -48 dB a sum over a second of f32 samples is good for 0.02 dB; the bilinear
                    // transform bends 960 Hz at a rate of 8 kHz by less.
                    assert_near(got, expected, 0.02, &what);
                }
            }
        }
    }
}

#[test]
fn a_constant_is_gone() {
    for way in ways() {
        let (out, _) = master(&vec![vec![0.1; 96_000]; 2], &corner(5.0), way);
        for (n, x) in out[0].iter().enumerate().skip(72_000) {
            // Rounding of 0.1 in f32, a few times.
            assert!(x.abs() < 3e-8, "{} [{n}]: {x}", name(way));
        }
    }
}

#[test]
fn at_zero_every_bit_stays_also_after_it_was_on() {
    let audio = offset_programme(0.4);
    for way in ways() {
        let (out, latency) = sweep(&audio, way, |_| 0.0);
        assert_delayed(&out, &audio, latency, name(way));
        // On for 100 frames, and 100 more for the fade.
        let (out, latency) = sweep(&audio, way, |index| if index < 100 { 30.0 } else { 0.0 });
        let begin = &out[0][latency..latency + 1000];
        assert_ne!(begin, &audio[0][..1000], "it was never on");
        for n in 200 * FRAME + latency..out[0].len() {
            assert_eq!(out[0][n], audio[0][n - latency], "{} [{n}]", name(way));
        }
    }
}

#[test]
fn switching_and_moving_it_is_smooth() {
    // The largest step of this sine from sample to sample is 0.0065.
    let tone = sine(100.0, 0.5, RATE, samples(1.0, RATE));
    let audio: Audio = vec![tone.iter().map(|x| x + 0.3).collect(); 2];
    for way in ways() {
        let (out, latency) = sweep(&audio, way, |index| match index / 100 {
            0 | 3 => 0.0,
            1 | 5 => 20.0,
            2 => 60.0,
            _ => 5.0,
        });
        for (n, pair) in out[0].windows(2).enumerate().skip(latency) {
            let step = (pair[1] - pair[0]).abs();
            // A fade of 0.3 over 20 ms adds 0.0003, and the response of 60 Hz to its change 0.0024.
            assert!(step < 0.0095, "{} [{n}]: a step of {step}", name(way));
        }
    }
}

#[test]
fn all_ways_are_one_filter_wherever_the_corner_goes() {
    let audio = offset_programme(1.0);
    let corner_hz = |index: usize| [0.0, 5.0, 60.0, 20.0, 0.0, 35.0][index / 90 % 6];
    let (expected, _) = sweep(&audio, Implementation::Scalar, corner_hz);
    for way in ways() {
        let (got, _) = sweep(&audio, way, corner_hz);
        for (n, (got, expected)) in got[0].iter().zip(&expected[0]).enumerate() {
            let what = format!("{} [{n}]", name(way));
            // Eight products of at most 0.5 in f32.
            assert_near((*got).into(), (*expected).into(), 1e-6, &what);
        }
    }
}

#[test]
fn what_is_asked_for_below_5_hz_is_5_hz() {
    let audio = offset_programme(0.3);
    for way in ways() {
        let [low, lowest] = [0.5, 5.0].map(|hz| master(&audio, &corner(hz), way).0);
        assert_eq!(low, lowest, "{}", name(way));
    }
}

#[test]
fn the_ear_hears_what_the_equaliser_gets() {
    let constant: Audio = vec![vec![0.1; 48_000]; 2];
    let (mut chain, settings) = chain(flat(PHASES[0]), RATE, 2, &corner(20.0), ways()[0]);
    let mut heard = 0.0;
    play(&constant, |_, frame| {
        chain.process(frame, None, &settings);
        heard = peak(&chain.taps()[0]);
    });
    assert!(heard < 1e-6, "the tap of the input holds {heard}");
}
