//! One-pole recursions over a frame of two channels as parallel scans.
//!
//! The maps `y -> q + c^n y` and `y -> max(p, q + c^n y)` are closed under composition (G. Blelloch,
//! "Prefix sums and their applications", CMU-CS-90-190, section 1.4). So a recursion over 64 samples
//! becomes: four steps over chunks of four samples, all chunks at once; a scan over the chunks' maps;
//! and one more map per sample. Frames are transposed in blocks of 4 x 4 for that, which shuffles
//! within 128 bits only. Of two channels, 0 is in the low lanes and 1 in the high ones; of one channel
//! the first half of the frame is in the low lanes and the second, which goes on from it, in the high
//! ones: half the work.
//!
//! Samples are `f32`; the state that goes from frame to frame is `f64`, so that a release of seconds
//! does not drown in rounding: errors stay below 1e-6 of the largest sample.
#![allow(clippy::needless_range_loop)] // indices that several arrays share read better

pub mod second_order;

use fearless_simd::{Simd, f32x4, f32x8, prelude::*};

use crate::Frame;

/// Samples of a chunk, chunks of a quarter of a frame.
const STEPS: usize = 4;
/// Quarters of a frame: the rows of two channels.
pub const TWO: usize = 4;
/// Samples of half a frame.
const HALF: usize = 32;
/// Quarters of half a frame: the rows of one channel.
pub const ONE: usize = 2;

/// Transposed frames: `[quarter][time within the chunk]`, a lane per chunk. [`TWO`] or [`ONE`] quarters.
pub type Rows<S, const QUARTERS: usize> = [[f32x8<S>; STEPS]; QUARTERS];

/// State of both channels; twice the same for one channel.
pub type Pair = [f64; 2];

/// A one-pole's coefficient and the powers of it that the scans need.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OnePole {
    /// The coefficient itself.
    pub c: f64,
    /// `1 - c`.
    gain: f32,
    /// `c^1 .. c^4`: within a chunk.
    within: [f32; STEPS],
    /// `c^4 .. c^16`: to the end of each chunk of a quarter.
    ends: [f32; STEPS],
    /// `c^32` and `c^64`: over half a frame and a whole one.
    over: [f64; 2],
}

impl OnePole {
    /// The pole at `c`, between 0 and 1.
    pub fn new(c: f64) -> Self {
        let power = |n: i32| narrow(c.powi(n));
        Self {
            c,
            gain: narrow(1.0 - c),
            within: [power(1), power(2), power(3), power(4)],
            ends: [power(4), power(8), power(12), power(16)],
            over: [c.powi(32), c.powi(64)],
        }
    }
}

/// Loads and transposes a frame of each of two channels.
#[inline(always)]
pub fn load<S: Simd>(simd: S, [left, right]: [&Frame; 2]) -> Rows<S, TWO> {
    load_halves(simd, left, right)
}

/// The same of one channel.
#[inline(always)]
pub fn load_one<S: Simd>(simd: S, frame: &Frame) -> Rows<S, ONE> {
    let (first, second) = frame.split_at(HALF);
    load_halves(simd, first, second)
}

#[inline(always)]
fn load_halves<S: Simd, const Q: usize>(simd: S, low: &[f32], high: &[f32]) -> Rows<S, Q> {
    let mut rows = [[f32x8::splat(simd, 0.0); STEPS]; Q];
    for quarter in 0..Q {
        for chunk in 0..STEPS {
            let at = 16 * quarter + 4 * chunk;
            let low = f32x4::from_slice(simd, &low[at..at + 4]);
            let high = f32x4::from_slice(simd, &high[at..at + 4]);
            rows[quarter][chunk] = low.combine(high);
        }
        rows[quarter] = transpose(rows[quarter]);
    }
    rows
}

/// Transposes back and stores.
#[inline(always)]
pub fn store<S: Simd>(rows: &Rows<S, TWO>, [left, right]: [&mut Frame; 2]) {
    store_halves(rows, left, right);
}

/// The same of one channel.
#[inline(always)]
pub fn store_one<S: Simd>(rows: &Rows<S, ONE>, frame: &mut Frame) {
    let (first, second) = frame.split_at_mut(HALF);
    store_halves(rows, first, second);
}

#[inline(always)]
fn store_halves<S: Simd, const Q: usize>(rows: &Rows<S, Q>, low: &mut [f32], high: &mut [f32]) {
    for quarter in 0..Q {
        let chunks = transpose(rows[quarter]);
        // Eight samples at a time: as they will be loaded, which saves the wait for two stores.
        for pair in 0..2 {
            let at = 16 * quarter + 8 * pair;
            let (even, odd) = (chunks[2 * pair].split(), chunks[2 * pair + 1].split());
            even.0.combine(odd.0).store_slice(&mut low[at..at + 8]);
            even.1.combine(odd.1).store_slice(&mut high[at..at + 8]);
        }
    }
}

/// Transposes the 4 x 4 block in the low lanes and the one in the high lanes.
#[inline(always)]
fn transpose<S: Simd>(rows: [f32x8<S>; STEPS]) -> [f32x8<S>; STEPS] {
    let (a, b) = (rows[0].split(), rows[1].split());
    let (c, d) = (rows[2].split(), rows[3].split());
    let low = transpose_block([a.0, b.0, c.0, d.0]);
    let high = transpose_block([a.1, b.1, c.1, d.1]);
    [
        low[0].combine(high[0]),
        low[1].combine(high[1]),
        low[2].combine(high[2]),
        low[3].combine(high[3]),
    ]
}

/// Transposes a 4 x 4 block.
#[inline(always)]
pub(crate) fn transpose_block<S: Simd>(rows: [f32x4<S>; STEPS]) -> [f32x4<S>; STEPS] {
    let (ac_low, ac_high) = rows[0].interleave(rows[2]);
    let (bd_low, bd_high) = rows[1].interleave(rows[3]);
    let (first, second) = ac_low.interleave(bd_low);
    let (third, fourth) = ac_high.interleave(bd_high);
    [first, second, third, fourth]
}

/// `y = c y + (1 - c) x` in place, from the states `y` before the frame to those after it.
#[inline(always)]
pub fn linear<S: Simd, const Q: usize>(
    simd: S,
    rows: &mut Rows<S, Q>,
    pole: &OnePole,
    states: &mut Pair,
) {
    let splat = |x: f32| f32x8::splat(simd, x);
    let (gain, c, zero) = (splat(pole.gain), splat(pole.within[0]), splat(0.0));
    let (c4, c8, c16) = (
        splat(pole.ends[0]),
        splat(pole.ends[1]),
        splat(pole.ends[3]),
    );
    // What the samples since the start of the chunk give, then since the start of the quarter, then
    // all.
    let (mut ends, mut all) = ([zero; Q], zero);
    for quarter in 0..Q {
        let q = &mut rows[quarter];
        q[0] *= gain;
        for i in 1..STEPS {
            q[i] = c.mul_add(q[i - 1], gain * q[i]);
        }
        let mut end = q[3];
        end = c4.mul_add(zero.slide_within_blocks::<3>(end), end);
        end = c8.mul_add(zero.slide_within_blocks::<2>(end), end);
        ends[quarter] = end;
        all = c16.mul_add(all, end);
    }
    let over =
        |state: f64, lane: usize| pole.over[usize::from(Q == TWO)] * state + f64::from(all[lane]);
    let mut state = start::<S, Q>(simd, states, over);
    let powers = f32x4::from_slice(simd, &pole.ends);
    let powers = powers.combine(powers);
    for quarter in 0..Q {
        let end = powers.mul_add(state, ends[quarter]);
        let before = state.slide_within_blocks::<3>(end);
        state = last_of_blocks(end);
        for i in 0..STEPS {
            let power = splat(pole.within[i]);
            rows[quarter][i] = power.mul_add(before, rows[quarter][i]);
        }
    }
}

/// `y = max(x, c y + (1 - c) x)` in place, from the states `y` before the frame to those after it.
#[inline(always)]
pub fn rising<S: Simd, const Q: usize>(
    simd: S,
    rows: &mut Rows<S, Q>,
    pole: &OnePole,
    states: &mut Pair,
) {
    let gain = f32x8::splat(simd, pole.gain);
    rising_to(simd, rows, pole, |x| gain * x, states);
}

/// `y = max(x, c y + (1 - c) rest)` in place: what is above lets go towards `rest`.
#[inline(always)]
pub fn rising_over<S: Simd, const Q: usize>(
    simd: S,
    rows: &mut Rows<S, Q>,
    pole: &OnePole,
    rest: f32,
    states: &mut Pair,
) {
    let rest = f32x8::splat(simd, pole.gain * rest);
    rising_to(simd, rows, pole, |_| rest, states);
}

/// `y = max(x, c y + to(x))` in place.
#[inline(always)]
fn rising_to<S: Simd, const Q: usize>(
    simd: S,
    rows: &mut Rows<S, Q>,
    pole: &OnePole,
    to: impl Fn(f32x8<S>) -> f32x8<S>,
    states: &mut Pair,
) {
    let splat = |x: f32| f32x8::splat(simd, x);
    let (c, zero) = (splat(pole.within[0]), splat(0.0));
    let (c4, c8, c16) = (
        splat(pole.ends[0]),
        splat(pole.ends[1]),
        splat(pole.ends[3]),
    );
    let none = splat(-f32::MAX);
    // The map of the samples since the start of the chunk, then since the start of the quarter, then
    // of all.
    let mut sums = [[zero; STEPS]; Q];
    let (mut p_ends, mut q_ends) = ([none; Q], [zero; Q]);
    let (mut p_all, mut q_all) = (none, zero);
    for quarter in 0..Q {
        let (p, q) = (&mut rows[quarter], &mut sums[quarter]);
        q[0] = to(p[0]);
        for i in 1..STEPS {
            let x = to(p[i]);
            q[i] = c.mul_add(q[i - 1], x);
            p[i] = p[i].max(c.mul_add(p[i - 1], x));
        }
        let (mut p_end, mut q_end) = (p[3], q[3]);
        let p_before = none.slide_within_blocks::<3>(p_end);
        p_end = p_end.max(c4.mul_add(p_before, q_end));
        q_end = c4.mul_add(zero.slide_within_blocks::<3>(q_end), q_end);
        let p_before = none.slide_within_blocks::<2>(p_end);
        p_end = p_end.max(c8.mul_add(p_before, q_end));
        q_end = c8.mul_add(zero.slide_within_blocks::<2>(q_end), q_end);
        (p_ends[quarter], q_ends[quarter]) = (p_end, q_end);
        p_all = p_end.max(c16.mul_add(p_all, q_end));
        q_all = c16.mul_add(q_all, q_end);
    }
    let over = |state: f64, lane: usize| {
        let moved = pole.over[usize::from(Q == TWO)] * state + f64::from(q_all[lane]);
        f64::from(p_all[lane]).max(moved)
    };
    let mut state = start::<S, Q>(simd, states, over);
    let powers = f32x4::from_slice(simd, &pole.ends);
    let powers = powers.combine(powers);
    for quarter in 0..Q {
        let end = p_ends[quarter].max(powers.mul_add(state, q_ends[quarter]));
        let before = state.slide_within_blocks::<3>(end);
        state = last_of_blocks(end);
        for i in 0..STEPS {
            let power = splat(pole.within[i]);
            let moved = power.mul_add(before, sums[quarter][i]);
            rows[quarter][i] = rows[quarter][i].max(moved);
        }
    }
}

/// The states that the low and the high lanes start from; `states` move to the end of the frame by
/// `over(state, lane)`, the map of the low lanes (read at lane 3) or of the high ones (7).
#[inline(always)]
fn start<S: Simd, const Q: usize>(
    simd: S,
    states: &mut Pair,
    over: impl Fn(f64, usize) -> f64,
) -> f32x8<S> {
    let first = over(states[0], 3);
    let starts = if Q == TWO {
        *states
    } else {
        [states[0], first]
    };
    let second = over(starts[1], 7);
    *states = if Q == TWO {
        [first, second]
    } else {
        [second; 2]
    };
    spread(simd, &starts)
}

/// Squares each sample.
#[inline(always)]
pub fn square<S: Simd, const Q: usize>(rows: &mut Rows<S, Q>) {
    for quarter in 0..Q {
        for i in 0..STEPS {
            rows[quarter][i] *= rows[quarter][i];
        }
    }
}

/// Changes every sign.
#[inline(always)]
pub fn negate<S: Simd, const Q: usize>(rows: &mut Rows<S, Q>) {
    for quarter in 0..Q {
        for i in 0..STEPS {
            rows[quarter][i] = -rows[quarter][i];
        }
    }
}

/// The state of each channel in all lanes of its block.
#[inline(always)]
fn spread<S: Simd>(simd: S, states: &Pair) -> f32x8<S> {
    f32x4::splat(simd, narrow(states[0])).combine(f32x4::splat(simd, narrow(states[1])))
}

/// The last lane of each block of four in all lanes of that block.
#[inline(always)]
fn last_of_blocks<S: Simd>(x: f32x8<S>) -> f32x8<S> {
    let rotated = x.slide_within_blocks::<3>(x);
    let low = x.slide_within_blocks::<3>(rotated);
    let high = x.slide_within_blocks::<1>(rotated);
    high.slide_within_blocks::<2>(low)
}

/// The nearest `f32`.
#[inline(always)]
#[allow(clippy::cast_possible_truncation)] // to the precision of the samples
pub(crate) fn narrow(x: f64) -> f32 {
    x as f32
}

#[cfg(test)]
mod tests;
