//! What Tame leaves alone: notes, many alike, tones, the edge of a spectrum.

use auralis_dsp::signals::{Noise, sine};
use auralis_dsp::simd::instruction_set::Implementation;
use auralis_dsp::tame::TameSettings;

use super::common::*;
use super::{DEFAULT, RATE, change_db, near, pink, power, resonant, tamed};

/// At full depth and medium speed.
const DEEP: TameSettings = TameSettings {
    depth: 1.0,
    ..DEFAULT
};

/// What becomes of what is near a frequency from second 5 on, in dB.
fn settled_db(input: &[f32], hz: f64) -> f64 {
    let out = tamed(&vec![input.to_vec()], RATE, &DEEP, ways()[0]).remove(0);
    let from = samples(5.0, RATE);
    let [out, input] = [&out[..], input].map(|signal| near(signal, hz, RATE));
    change_db(&out[from..], &input[from..])
}

/// Noise with a resonance of +12 dB at each frequency.
fn with_resonances(places_hz: &[f64]) -> Vec<f32> {
    let noise = pink(10.0, RATE, 13);
    let add = |signal: Vec<f32>, hz: &f64| resonant(&signal, *hz, 20.0, 12.0, RATE);
    places_hz.iter().fold(noise, add)
}

#[test]
fn two_that_lie_as_partials_of_a_note_are_spared() {
    let apart = settled_db(&with_resonances(&[1300.0, 2900.0]), 1300.0);
    let octave = settled_db(&with_resonances(&[1300.0, 2600.0]), 1300.0);
    println!("apart {apart:.2} dB, an octave {octave:.2} dB");
    assert!(apart < -5.0, "{apart:.2} dB");
    assert!(octave > -1.0, "{octave:.2} dB");
}

#[test]
fn one_among_many_is_no_resonance() {
    let alone = settled_db(&with_resonances(&[1580.0]), 1580.0);
    let places_hz = [
        990.0, 1120.0, 1290.0, 1430.0, 1580.0, 1790.0, 2060.0, 2290.0,
    ];
    let among = settled_db(&with_resonances(&places_hz), 1580.0);
    println!("alone {alone:.2} dB, among {among:.2} dB");
    assert!(alone < -5.0, "{alone:.2} dB");
    assert!(among > 0.5 * alone, "{among:.2} dB, {alone:.2} alone");
}

#[test]
fn a_steady_tone_in_noise_is_spared() {
    let noise = pink(10.0, RATE, 14);
    // 9 dB above the noise in the 27 Hz around it. Higher up, where a resonance is many bins wide, a tone is no
    // narrower than one.
    let power = 8.0 * power(&near(&noise, 1100.0, RATE)) / noise.len() as f64;
    let tone = sine(1100.0, (2.0 * power).sqrt(), RATE, noise.len());
    let input: Vec<f32> = noise.iter().zip(tone).map(|(x, tone)| x + tone).collect();
    let change = settled_db(&input, 1100.0);
    println!("{change:.2} dB");
    // Noise widens its peak now and then; what is not told from a resonance goes by 10 dB.
    assert!(change > -3.0, "{change:.2} dB");
}

#[test]
fn the_edge_of_a_spectrum_is_no_resonance() {
    // Lines 3 Hz apart with random phases, as loud in every octave, up to 9 kHz and none beyond: noise that
    // comes again after a third of a second.
    let (mut phases, mut period) = (Noise::new(15), vec![0.0; samples(1.0 / 3.0, RATE)]);
    for line in 40..3000 {
        let step = std::f64::consts::TAU * f64::from(3 * line) / RATE;
        let phase = std::f64::consts::PI * f64::from(phases.white());
        for (n, x) in period.iter_mut().enumerate() {
            *x += (step * n as f64 + phase).sin() * 0.2 / f64::from(line).sqrt();
        }
    }
    let input: Vec<f32> = (0..samples(8.0, RATE))
        .map(|n| period[n % period.len()] as f32)
        .collect();
    let out = tamed(&vec![input.clone()], RATE, &DEEP, ways()[0]).remove(0);
    let residual = residual_db(&out, &input, 0);
    println!("{residual:.1} dB");
    assert!(residual < -35.0, "{residual:.1} dB");
}

/// A chord of four notes with 19 partials each, struck anew every second and dying away by 26 dB a second.
fn chord(seconds: f64, dying: f64) -> Vec<f32> {
    let mut chord = vec![0.0_f32; samples(seconds, RATE)];
    for (note, hz) in [130.8, 196.0, 261.6, 329.6].into_iter().enumerate() {
        for partial in 1..20 {
            let partial_hz = hz * f64::from(partial);
            let gain = 0.1 / f64::from(partial);
            for (n, x) in chord.iter_mut().enumerate() {
                let t = n as f64 / RATE;
                let turn = partial_hz * t + 0.1 * note as f64;
                let level = (-dying * t.fract()).exp();
                *x += (gain * level * (std::f64::consts::TAU * turn).sin()) as f32;
            }
        }
    }
    chord
}

#[test]
fn a_chord_is_not_hollowed_out() {
    // Played, and held as by an organ.
    for (dying, most_db) in [(3.0, -0.1), (0.0, -0.1)] {
        let chord = chord(8.0, dying);
        let out = tamed(&vec![chord.clone()], RATE, &DEFAULT, Implementation::Scalar);
        let change = change_db(&out[0], &chord);
        println!("dying by {dying}/s: {change:.2} dB");
        assert!(change > most_db, "dying by {dying}/s: {change:.2} dB");
    }
}
