//! Second-order recursions over a frame of two channels as parallel scans.
//!
//! In state-space form: chunks of four samples give their outputs by a short convolution and what they
//! leave in the two states, all chunks at once; a scan over the chunks' maps (2 x 2 matrices) gives the
//! states before each chunk, and those what is missing in the outputs. Rows and precision are those of
//! [`super`].
#![allow(clippy::needless_range_loop)] // indices that several arrays share read better

use fearless_simd::{Simd, f32x4, f32x8, prelude::*};

use super::{Pair, Rows, STEPS, TWO, last_of_blocks, narrow, spread};

/// Two states.
type State = [f64; 2];
/// `[state before][state after]`.
type Matrix = [State; 2];

/// A filter with two states whose coefficients rest, and the powers of it that the scan needs.
#[derive(Debug, Clone, PartialEq)]
pub struct SecondOrder {
    /// The impulse response.
    response: [f32; STEPS],
    /// `[state][sample]`: what the states before a chunk give.
    from_states: [[f32; STEPS]; 2],
    /// `[state][sample]`: what each sample leaves in the states after the chunk.
    kept: [[f32; STEPS]; 2],
    /// Over a chunk, over two and over four: `[state before][state after]`.
    over: [[[f32; 2]; 2]; 3],
    /// `[state before][state after]`, to the end of each chunk of a quarter.
    ends: [[[f32; STEPS]; 2]; 2],
    /// Over a frame.
    frame: Matrix,
}

impl SecondOrder {
    /// The filter that makes an output and the next states of a sample and the states before it.
    pub fn new(step: impl Fn(f64, State) -> (f64, State)) -> Self {
        // The filter is linear: run on one unit at a time.
        let run = |mut x: f64, mut state: State| {
            let mut out = [0.0; STEPS];
            for out in &mut out {
                let y;
                (y, state) = step(x, state);
                *out = narrow(y);
                x = 0.0;
            }
            (out, state)
        };
        let units = [[1.0, 0.0], [0.0, 1.0]];
        let transition = units.map(|unit| step(0.0, unit).1);
        let power = |n: usize| (1..n).fold(transition, |so_far, _| product(&so_far, &transition));
        let mut kept = [[0.0; STEPS]; 2];
        let (_, mut state) = step(1.0, [0.0; 2]);
        for sample in (0..STEPS).rev() {
            kept[0][sample] = narrow(state[0]);
            kept[1][sample] = narrow(state[1]);
            (_, state) = step(0.0, state);
        }
        let ends: [Matrix; STEPS] = std::array::from_fn(|chunk| power(STEPS * (chunk + 1)));
        let entry = |before: usize, after: usize| ends.map(|matrix| narrow(matrix[before][after]));
        Self {
            response: run(1.0, [0.0; 2]).0,
            from_states: units.map(|unit| run(0.0, unit).0),
            kept,
            over: [1, 2, 4].map(|chunks| power(STEPS * chunks).map(|row| row.map(narrow))),
            ends: [0, 1].map(|before| [0, 1].map(|after| entry(before, after))),
            frame: power(STEPS * STEPS * TWO),
        }
    }
}

/// `second` after `first`.
fn product(first: &Matrix, second: &Matrix) -> Matrix {
    first.map(|row| [0, 1].map(|after| row[0] * second[0][after] + row[1] * second[1][after]))
}

/// Filters in place; `states` of both channels, `[state][channel]`, move to the end of the frame.
#[inline(always)]
pub fn second_order<S: Simd>(
    simd: S,
    rows: &mut Rows<S, TWO>,
    filter: &SecondOrder,
    states: &mut [Pair; 2],
) {
    let splat = |x: f32| f32x8::splat(simd, x);
    let zero = splat(0.0);
    let (h, kept) = (&filter.response, &filter.kept);
    // What each chunk leaves in the states by itself, then with those before it in the quarter.
    let mut ends = [[zero; 2]; TWO];
    let mut all = [zero; 2];
    for quarter in 0..TWO {
        let x = rows[quarter];
        for state in 0..2 {
            let mut end = x[0] * kept[state][0];
            for i in 1..STEPS {
                end = x[i].mul_add(kept[state][i], end);
            }
            ends[quarter][state] = end;
        }
        let q = &mut rows[quarter];
        for i in 0..STEPS {
            let mut y = x[i] * h[0];
            for before in 0..i {
                y = x[before].mul_add(h[i - before], y);
            }
            q[i] = y;
        }
        let [first, second] = ends[quarter];
        let before = [
            zero.slide_within_blocks::<3>(first),
            zero.slide_within_blocks::<3>(second),
        ];
        let pair = moved(before, &filter.over[0], [first, second]);
        let before = [
            zero.slide_within_blocks::<2>(pair[0]),
            zero.slide_within_blocks::<2>(pair[1]),
        ];
        ends[quarter] = moved(before, &filter.over[1], pair);
        all = moved(all, &filter.over[2], ends[quarter]);
    }
    let mut state = [spread(simd, &states[0]), spread(simd, &states[1])];
    let over_frame = |after: usize, channel: usize| {
        let [first, second] = &filter.frame;
        let lane = STEPS * channel + STEPS - 1;
        first[after] * states[0][channel]
            + second[after] * states[1][channel]
            + f64::from(all[after][lane])
    };
    *states = [
        [over_frame(0, 0), over_frame(0, 1)],
        [over_frame(1, 0), over_frame(1, 1)],
    ];
    let twice = |of: &[f32; STEPS]| {
        let half = f32x4::from_slice(simd, of);
        half.combine(half)
    };
    let [from_first, from_second] = &filter.ends;
    let from_first = [twice(&from_first[0]), twice(&from_first[1])];
    let from_second = [twice(&from_second[0]), twice(&from_second[1])];
    for quarter in 0..TWO {
        let mut before = [zero; 2];
        let mut last = [zero; 2];
        for after in 0..2 {
            let end = from_first[after].mul_add(state[0], ends[quarter][after]);
            let end = from_second[after].mul_add(state[1], end);
            before[after] = state[after].slide_within_blocks::<3>(end);
            last[after] = last_of_blocks(end);
        }
        state = last;
        for i in 0..STEPS {
            let y = before[0].mul_add(filter.from_states[0][i], rows[quarter][i]);
            rows[quarter][i] = before[1].mul_add(filter.from_states[1][i], y);
        }
    }
}

/// States moved by a matrix, and others added.
#[inline(always)]
fn moved<S: Simd>(
    [first, second]: [f32x8<S>; 2],
    over: &[[f32; 2]; 2],
    to: [f32x8<S>; 2],
) -> [f32x8<S>; 2] {
    [
        second.mul_add(over[1][0], first.mul_add(over[0][0], to[0])),
        second.mul_add(over[1][1], first.mul_add(over[0][1], to[1])),
    ]
}
