//! Laws of Tame.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;
mod spared;

use auralis_dsp::FRAME;
use auralis_dsp::signals::Noise;
use auralis_dsp::simd::instruction_set::Implementation;
use auralis_dsp::tame::{Tame, TameSettings};
use common::*;

const RATE: f64 = 48_000.0;

/// Deep, and fast enough to take a peak as it comes.
const FAST: TameSettings = TameSettings {
    on: true,
    depth: 1.0,
    sharpness: 0.5,
    speed_ms: 4.0,
    low_hz: 100.0,
    high_hz: 16_000.0,
    link: 1.0,
};
/// As a new instance has it, but on.
const DEFAULT: TameSettings = TameSettings {
    depth: 0.4,
    speed_ms: 40.0,
    ..FAST
};

fn pink(seconds: f64, rate: f64, seed: u32) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    (0..samples(seconds, rate)).map(|_| noise.pink()).collect()
}

/// A peaking filter (R. Bristow-Johnson's cookbook).
fn resonant(signal: &[f32], hz: f64, q: f64, db: f64, rate: f64) -> Vec<f32> {
    let (a, w) = (to_gain(db / 2.0), std::f64::consts::TAU * hz / rate);
    let alpha = w.sin() / (2.0 * q);
    let b = [1.0 + alpha * a, -2.0 * w.cos(), 1.0 - alpha * a];
    let c = [1.0 + alpha / a, -2.0 * w.cos(), 1.0 - alpha / a];
    second_order(signal, b, c)
}

/// What is near a frequency: a band-pass of quality 40, as narrow as the poles of the resonances here.
fn near(signal: &[f32], hz: f64, rate: f64) -> Vec<f32> {
    band(signal, hz, 40.0, rate)
}

fn band(signal: &[f32], hz: f64, q: f64, rate: f64) -> Vec<f32> {
    let w = std::f64::consts::TAU * hz / rate;
    let alpha = w.sin() / (2.0 * q);
    second_order(
        signal,
        [alpha, 0.0, -alpha],
        [1.0 + alpha, -2.0 * w.cos(), 1.0 - alpha],
    )
}

fn second_order(signal: &[f32], b: [f64; 3], a: [f64; 3]) -> Vec<f32> {
    let mut state = [0.0; 2];
    let filtered = signal.iter().map(|x| {
        let x = f64::from(*x);
        let y = (b[0] * x + state[0]) / a[0];
        state = [b[1] * x - a[1] * y + state[1], b[2] * x - a[2] * y];
        y as f32
    });
    filtered.collect()
}

fn power(signal: &[f32]) -> f64 {
    signal.iter().map(|x| f64::from(*x).powi(2)).sum()
}

/// Level of one signal over that of another, in dB.
fn change_db(out: &[f32], input: &[f32]) -> f64 {
    10.0 * (power(out) / power(input)).log10()
}

fn tamed(audio: &Audio, rate: f64, settings: &TameSettings, way: Implementation) -> Audio {
    let mut tame = Tame::new(rate);
    play(audio, |_, frame| {
        tame.process(frame, settings, way);
    })
}

#[test]
fn off_keeps_every_bit_also_after_it_was_on() {
    let noise = resonant(&pink(1.0, RATE, 1), 1000.0, 20.0, 12.0, RATE);
    let audio = vec![noise.clone(), noise];
    for way in ways() {
        let mut tame = Tame::new(RATE);
        let out = play(&audio, |index, frame| {
            let on = (100..400).contains(&index);
            tame.process(frame, &TameSettings { on, ..FAST }, way);
        });
        assert_ne!(
            out[0][..400 * FRAME],
            audio[0][..400 * FRAME],
            "it was never on"
        );
        // 15 frames are the fade.
        for range in [0..100 * FRAME, 416 * FRAME..out[0].len()] {
            assert_eq!(out[0][range.clone()], audio[0][range], "{}", name(way));
        }
    }
}

#[test]
fn a_resonance_is_down_soon_and_the_rest_stays() {
    let (second, fifty_ms) = (samples(1.0, RATE), samples(0.05, RATE));
    // At 1 kHz, where the spectrum's window is 43 ms long, a resonance also takes longer to ring up: it is less
    // deep so soon.
    for (hz, soon_db) in [(1000.0, -5.5), (3000.0, -8.0), (6000.0, -8.5)] {
        // Powers near the resonance from 50 to 250 ms, and from then on; of what lies around other pitches.
        let (mut soon, mut later, mut rest) = ([0.0; 2], [0.0; 2], [[0.0; 2]; 5]);
        for seed in 1..=6 {
            // Both channels are like those of a wide mix; it comes at second 2.
            let begin = 2 * second;
            let input = [seed, seed + 10].map(|seed| {
                let clean = pink(5.0, RATE, seed);
                let ringing = resonant(&clean, hz, 20.0, 12.0, RATE);
                [&clean[..begin], &ringing[begin..]].concat()
            });
            let out = tamed(&input.to_vec(), RATE, &FAST, ways()[0]);
            for (of, channels) in [&out[..], &input[..]].into_iter().enumerate() {
                for signal in channels {
                    let (from, to) = (begin + fifty_ms, begin + 5 * fifty_ms);
                    let near = near(signal, hz, RATE);
                    soon[of] += power(&near[from..to]);
                    later[of] += power(&near[to..]);
                    for (octave, rest) in [-3.0, -2.0, -1.0, 1.0, 2.0].into_iter().zip(&mut rest) {
                        let other = hz * f64::exp2(octave);
                        // Twice, so that the resonance itself is 30 dB down an octave away.
                        let band = band(&band(signal, other, 4.0, RATE), other, 4.0, RATE);
                        rest[of] += power(&band[begin..]);
                    }
                }
            }
        }
        let change = |[out, input]: [f64; 2]| 10.0 * (out / input).log10();
        let (soon, later, rest) = (change(soon), change(later), rest.map(change));
        println!("{hz} Hz: {soon:.2} dB, later {later:.2}, the rest {rest:.2?}");
        // The filter adds about 11 dB to the band that is looked at.
        assert!(soon < soon_db, "{hz} Hz: {soon:.2} dB soon");
        assert!(later < -7.5, "{hz} Hz: {later:.2} dB later");
        for change in rest {
            assert!(change.abs() < 0.3, "{hz} Hz: {rest:.2?} dB");
        }
    }
}

#[test]
fn at_defaults_a_resonance_is_found_in_seconds_and_noise_is_left_alone() {
    let clean = pink(12.0, RATE, 7);
    let out = tamed(&vec![clean.clone()], RATE, &DEFAULT, Implementation::Scalar);
    let residual = residual_db(&out[0], &clean, 0);
    // Far below what can be heard beside the noise itself.
    assert!(residual < -35.0, "clean noise changes by {residual:.1} dB");
    let input = resonant(&clean, 2500.0, 20.0, 12.0, RATE);
    let out = tamed(&vec![input.clone()], RATE, &DEFAULT, Implementation::Scalar);
    let from = samples(8.0, RATE);
    let change = change_db(
        &near(&out[0], 2500.0, RATE)[from..],
        &near(&input, 2500.0, RATE)[from..],
    );
    // 40 % of about 12 dB, less what the flanks keep.
    assert!((-6.0..-2.5).contains(&change), "{change:.2} dB");
}

#[test]
fn silence_before_a_song_is_no_past_of_it() {
    let song = resonant(&pink(3.0, RATE, 12), 2500.0, 20.0, 12.0, RATE);
    // A second of it, in whole rounds of 24 frames, so that the same frames are looked at.
    let silence = 31 * 24 * FRAME;
    let late = [vec![0.0; silence], song.clone()].concat();
    for way in ways() {
        let expected = tamed(&vec![song.clone()], RATE, &FAST, way).remove(0);
        let got = tamed(&vec![late.clone()], RATE, &FAST, way).remove(0);
        assert_ne!(expected, song, "{}: nothing was cut", name(way));
        for (n, (got, expected)) in got[silence..].iter().zip(&expected).enumerate() {
            assert_eq!(got, expected, "{} [{n}]", name(way));
        }
    }
}

#[test]
fn what_has_gone_is_let_go() {
    let (clean, end) = (pink(9.0, RATE, 4), samples(5.0, RATE));
    let ringing = resonant(&clean, 2500.0, 20.0, 12.0, RATE);
    let input = [&ringing[..end], &clean[end..]].concat();
    let settings = TameSettings {
        depth: 1.0,
        ..DEFAULT
    };
    let out = tamed(
        &vec![input.clone()],
        RATE,
        &settings,
        Implementation::Scalar,
    );
    let at = |from: f64, to: f64| {
        let span = samples(from, RATE)..samples(to, RATE);
        let [out, input] = [&out[0], &input].map(|signal| near(signal, 2500.0, RATE));
        change_db(&out[span.clone()], &input[span])
    };
    let (while_there, later) = (at(4.0, 5.0), at(7.0, 9.0));
    println!("{while_there:.2} dB, {later:.2} two seconds after");
    assert!(while_there < -7.0, "{while_there:.2} dB while it is there");
    // The mean over 1.4 s has forgotten three quarters of it.
    assert!(later > -0.5, "{later:.2} dB from two seconds after on");
}

#[test]
fn all_implementations_agree() {
    let input = resonant(&pink(3.0, RATE, 5), 800.0, 20.0, 12.0, RATE);
    for link in [1.0, 0.3] {
        let settings = TameSettings { link, ..FAST };
        let other = pink(3.0, RATE, 6);
        let audio = vec![input.clone(), other];
        let expected = tamed(&audio, RATE, &settings, Implementation::Scalar);
        for way in ways() {
            let got = tamed(&audio, RATE, &settings, way);
            for channel in 0..2 {
                let residual = residual_db(&got[channel], &expected[channel], 0);
                // Levels within 3e-5 dB; a peak that just passes in one way may wait a look in the other.
                assert!(
                    residual < -80.0,
                    "{}, channel {channel}: {residual:.1} dB",
                    name(way)
                );
            }
        }
    }
}

#[test]
fn unlinked_it_leaves_the_clean_channel_alone() {
    let noise = pink(10.0, RATE, 8);
    let audio = vec![resonant(&noise, 2000.0, 20.0, 12.0, RATE), noise];
    let from = samples(8.0, RATE);
    let change = |link: f32| {
        let settings = TameSettings {
            link,
            depth: 1.0,
            ..DEFAULT
        };
        let out = tamed(&audio, RATE, &settings, Implementation::Scalar);
        [0, 1].map(|channel: usize| {
            change_db(
                &near(&out[channel], 2000.0, RATE)[from..],
                &near(&audio[channel], 2000.0, RATE)[from..],
            )
        })
    };
    let [ringing, clean] = change(0.0);
    assert!(
        ringing < -7.0 && clean > -0.8,
        "unlinked {ringing:.2} and {clean:.2} dB"
    );
    // The sum of both stands out less than the one that rings, and both are cut.
    let [ringing, clean] = change(1.0);
    assert!(
        ringing < -4.0 && clean < -3.0,
        "linked {ringing:.2} and {clean:.2} dB"
    );
}

#[test]
fn it_works_at_every_rate_and_survives_bad_input() {
    for rate in [
        8000.0, 11_025.0, 22_050.0, 44_100.0, 96_000.0, 192_000.0, 384_000.0, 768_000.0,
    ] {
        for channels in [1, 2] {
            let mut noise = pink(0.5, rate, 3);
            let len = noise.len();
            noise[len / 8..len / 4].fill(1000.0);
            noise[len / 4..len / 2].fill(0.0);
            let out = tamed(
                &vec![noise.clone(); channels],
                rate,
                &FAST,
                Implementation::Scalar,
            );
            for (n, x) in out[0].iter().enumerate() {
                let is_fine = x.is_finite() && (*x == 0.0 || x.is_normal());
                assert!(is_fine && x.abs() < 4000.0, "{rate} Hz [{n}]: {x}");
            }
        }
    }
}

#[test]
fn automation_makes_no_steps() {
    let input = resonant(&pink(3.0, RATE, 9), 1000.0, 20.0, 12.0, RATE);
    let mut tame = Tame::new(RATE);
    let out = play(&vec![input.clone()], |index, frame| {
        let turn = index / 40 % 2;
        let settings = TameSettings {
            depth: [1.0, 0.0][turn],
            sharpness: [0.5, 0.9][index / 60 % 2],
            low_hz: [100.0, 2000.0][index / 90 % 2],
            speed_ms: [1.0, 4.0][index / 100 % 2],
            ..FAST
        };
        tame.process(frame, &settings, Implementation::Scalar);
    });
    let delta: Vec<f32> = out[0].iter().zip(&input).map(|(y, x)| y - x).collect();
    let step = |n: usize| (delta[n] - 2.0 * delta[n - 1] + delta[n - 2]).abs();
    let (mut at_edges, mut within) = (0.0_f32, 0.0_f32);
    for n in 2..delta.len() {
        let largest = if n % FRAME < 2 {
            &mut at_edges
        } else {
            &mut within
        };
        *largest = largest.max(step(n));
    }
    assert!(
        within > 0.0 && at_edges < 1.5 * within,
        "{at_edges} at frames' edges, {within} within"
    );
}
