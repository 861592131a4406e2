use fearless_simd::dispatch;

use crate::FRAME;
use crate::signals::Noise;
use crate::simd::instruction_set::InstructionSet;
use crate::simd::scan::second_order::{SecondOrder, second_order};
use crate::simd::scan::*;

/// Seeded levels between -10 and 10 with stretches of silence.
fn input(frames: usize) -> Vec<Frame> {
    let mut noise = Noise::new(3);
    let mut frame = |index: usize| {
        let mut frame = [0.0; FRAME];
        for x in &mut frame {
            let level = 10.0 * noise.white();
            *x = if index % 40 < 25 { level } else { 0.0 };
        }
        frame
    };
    (0..frames).map(&mut frame).collect()
}

#[test]
fn scans_are_the_recursions_for_every_time_constant_and_instruction_set() {
    for set in InstructionSet::available() {
        for seconds in [0.0, 1e-4, 1e-3, 0.01, 0.15, 2.0, 8.0] {
            let c = crate::basics::smoothing::coefficient(seconds, 48_000.0);
            let pole = OnePole::new(c);
            let (mut rise, mut line) = ([0.0; 2], [0.0; 2]);
            let (mut rise_states, mut line_states) = ([0.0; 2], [0.0; 2]);
            let (mut one_rise_states, mut one_line_states) = ([0.0; 2], [0.0; 2]);
            let (mut one_risen, mut one_lined) = ([0.0; FRAME], [0.0; FRAME]);
            for (index, pair) in input(800).chunks_exact(2).enumerate() {
                let (mut risen, mut lined) = ([[0.0; FRAME]; 2], [[0.0; FRAME]; 2]);
                dispatch!(set.level(), simd => {
                    let mut rows = load(simd, [&pair[0], &pair[1]]);
                    rising(simd, &mut rows, &pole, &mut rise_states);
                    let [a, b] = &mut risen;
                    store(&rows, [a, b]);
                    let mut rows = load(simd, [&pair[0], &pair[1]]);
                    linear(simd, &mut rows, &pole, &mut line_states);
                    let [a, b] = &mut lined;
                    store(&rows, [a, b]);
                    let mut rows = load_one(simd, &pair[0]);
                    rising(simd, &mut rows, &pole, &mut one_rise_states);
                    store_one(&rows, &mut one_risen);
                    let mut rows = load_one(simd, &pair[0]);
                    linear(simd, &mut rows, &pole, &mut one_line_states);
                    store_one(&rows, &mut one_lined);
                });
                for (channel, i) in (0..2).flat_map(|c| (0..FRAME).map(move |i| (c, i))) {
                    let x = f64::from(pair[channel][i]);
                    let (rise, line) = (&mut rise[channel], &mut line[channel]);
                    *rise = x.max(c * *rise + (1.0 - c) * x);
                    *line = c * *line + (1.0 - c) * x;
                    let mut all = vec![
                        ("rising", risen[channel][i], *rise),
                        ("linear", lined[channel][i], *line),
                    ];
                    if channel == 0 {
                        all.push(("one rising", one_risen[i], *rise));
                        all.push(("one linear", one_lined[i], *line));
                    }
                    for (name, got, expected) in all {
                        // A handful of f32 roundings of numbers up to 10; errors do not
                        // accumulate, since the state is f64.
                        assert!(
                            (f64::from(got) - expected).abs() < 1e-5,
                            "{} {name}, {seconds} s, frame {index}, channel {channel}, sample {i}: \
                             got {got}, expected {expected}",
                            set.name()
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn second_order_scans_are_the_recursion_for_every_corner_and_instruction_set() {
    // A state-variable filter: its high-pass, band-pass and low-pass in one.
    let step = |x: f64, [s1, s2]: [f64; 2], g: f64| {
        let high = (x - (1.0 + g) * s1 - s2) / (1.0 + g * (1.0 + g));
        let band = g * high + s1;
        let low = g * band + s2;
        let out = high + 0.5 * band - 0.25 * low;
        (out, [band + g * high, low + g * band])
    };
    for set in InstructionSet::available() {
        for corner_hz in [5.0, 120.0, 5000.0, 20_000.0] {
            let g = (std::f64::consts::PI * corner_hz / 48_000.0).tan();
            let filter = SecondOrder::new(|x, state| step(x, state, g));
            let mut states = [[0.0; 2]; 2];
            let mut expected_states = [[0.0; 2]; 2];
            for (index, pair) in input(800).chunks_exact(2).enumerate() {
                let mut frames = [[0.0; FRAME]; 2];
                dispatch!(set.level(), simd => {
                    let mut rows = load(simd, [&pair[0], &pair[1]]);
                    second_order(simd, &mut rows, &filter, &mut states);
                    let [a, b] = &mut frames;
                    store(&rows, [a, b]);
                });
                for (channel, i) in (0..2).flat_map(|c| (0..FRAME).map(move |i| (c, i))) {
                    let (expected, next) =
                        step(pair[channel][i].into(), expected_states[channel], g);
                    expected_states[channel] = next;
                    let got = frames[channel][i];
                    // A dozen f32 roundings of numbers up to 10; the state is f64.
                    assert!(
                        (f64::from(got) - expected).abs() < 2e-5,
                        "{}, {corner_hz} Hz, frame {index}, channel {channel}, sample {i}: \
                         got {got}, expected {expected}",
                        set.name()
                    );
                }
            }
        }
    }
}
