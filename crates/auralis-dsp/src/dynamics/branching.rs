//! The smooth branching detector of Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor
//! Design", JAES 60(6) 2012, eq. 16: attack or release by comparing with the state. The ancestor's
//! envelope follower. Input and output have one unit, whatever it is; there is no latency.
//!
//! Vectorised, the channels are two lanes and the branch is a maximum: 123 ns per stereo frame
//! against 765 ns for the plain loop, whose branches are mispredicted (`auralis bench`, AVX2). A scan
//! over the samples does not pay. The map is the larger (or smaller) of two affine maps, and n of
//! them composed have up to n + 1 pieces, so the branches must be guessed and the scan repeated until
//! they agree: 1.2 to 1.5 times a frame on music, 2.1 times on noise, five times at worst, each time
//! with a second scan for the products of the varying coefficients and in `f64`, to be exact. The
//! one linear scan of [`super::envelope`] in `f32` takes 30 ns already.

use fearless_simd::{Simd, dispatch, f64x2, prelude::*};

use crate::basics::smoothing::coefficient;
use crate::dynamics::envelope::clear_tiny;
use crate::simd::instruction_set::Implementation;
use crate::simd::scan::{Pair, narrow};
use crate::{Frame, MAX_CHANNELS};

/// The smooth branching detector: attack or release by comparing with the state.
#[derive(Debug, Clone)]
pub struct Branching {
    attack: f64,
    release: f64,
    states: Pair,
}

impl Branching {
    /// Times in seconds at a rate in Hz.
    pub fn new(attack_s: f64, release_s: f64, sample_rate: f64) -> Self {
        Self {
            attack: coefficient(attack_s, sample_rate),
            release: coefficient(release_s, sample_rate),
            states: [0.0; 2],
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.states = [0.0; 2];
    }

    /// Replaces the levels of a frame of each channel by their envelopes.
    pub fn process(&mut self, frames: &mut [Frame; MAX_CHANNELS], implementation: Implementation) {
        match implementation {
            Implementation::Scalar => {
                for (frame, state) in frames.iter_mut().zip(&mut self.states) {
                    for x in frame.iter_mut() {
                        *state = branch(f64::from(*x), *state, self.attack, self.release);
                        *x = narrow(*state);
                    }
                }
            }
            Implementation::Vectorized(set) => {
                let (attack, release) = (self.attack, self.release);
                let states = &mut self.states;
                dispatch!(set.level(), simd => branches(simd, frames, attack, release, states));
            }
        }
        clear_tiny(&mut self.states);
    }
}

/// Eq. 16: one sample of the branching detector.
fn branch(x: f64, state: f64, attack: f64, release: f64) -> f64 {
    let c = if x > state { attack } else { release };
    c * state + (1.0 - c) * x
}

/// Both channels in two lanes, without a branch: with an attack shorter than the release the branch
/// that counts is the larger of the two, else the smaller.
#[inline(always)]
fn branches<S: Simd>(
    simd: S,
    frames: &mut [Frame; MAX_CHANNELS],
    attack: f64,
    release: f64,
    states: &mut Pair,
) {
    let splat = |x: f64| f64x2::splat(simd, x);
    let (up, up_gain) = (splat(attack), splat(1.0 - attack));
    let (down, down_gain) = (splat(release), splat(1.0 - release));
    let is_attack_shorter = attack <= release;
    let mut y = f64x2::from_slice(simd, states);
    let [left, right] = frames;
    for (left, right) in left.iter_mut().zip(right) {
        let x = f64x2::from_slice(simd, &[f64::from(*left), f64::from(*right)]);
        let (risen, fallen) = (up.mul_add(y, up_gain * x), down.mul_add(y, down_gain * x));
        y = if is_attack_shorter {
            risen.max(fallen)
        } else {
            risen.min(fallen)
        };
        (*left, *right) = (narrow(y[0]), narrow(y[1]));
    }
    y.store_slice(states);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;
    use crate::simd::instruction_set::InstructionSet;

    /// Attack and release of the table's columns in seconds.
    const TIMES: [(f64, f64); 3] = [(0.010, 0.100), (0.001, 0.050), (0.0001, 0.050)];
    const RATE: f64 = 44_100.0;

    /// Calls `check` with index, column and value of the ancestor's table.
    fn each_of_the_table(mut check: impl FnMut(usize, usize, f64)) {
        let table = include_str!("../../tests/data/envelope_branching.csv");
        for row in table.lines().skip(1) {
            let cells: Vec<f64> = row.split(',').map(|c| c.parse().unwrap()).collect();
            for (column, expected) in cells[1..].iter().enumerate() {
                check(cells[0] as usize, column, *expected);
            }
        }
    }

    #[test]
    fn the_recursion_reproduces_the_ancestor() {
        let envelopes = TIMES.map(|(attack_s, release_s)| {
            let (attack, release) = (coefficient(attack_s, RATE), coefficient(release_s, RATE));
            let mut state = 0.0;
            let follow = |x: &f64| {
                state = branch(*x, state, attack, release);
                state
            };
            ancestor_input().iter().map(follow).collect::<Vec<_>>()
        });
        each_of_the_table(|index, column, expected| {
            let got = envelopes[column][index];
            // The table has nine digits or more; f64 rounding is far less.
            assert!(
                (got - expected).abs() <= 1e-9,
                "{column}: [{index}] got {got}, expected {expected}"
            );
        });
    }

    #[test]
    fn frames_reproduce_the_ancestor_in_every_implementation_on_both_channels() {
        let ways = InstructionSet::available().into_iter();
        let ways = ways.map(Implementation::Vectorized);
        for way in std::iter::once(Implementation::Scalar).chain(ways) {
            for channel in 0..2 {
                let envelopes = TIMES.map(|(attack_s, release_s)| {
                    let mut follower = Branching::new(attack_s, release_s, RATE);
                    let mut envelope = Vec::new();
                    for chunk in ancestor_input().chunks(FRAME) {
                        let mut frames = [[0.0; FRAME]; 2];
                        for (to, from) in frames[channel].iter_mut().zip(chunk) {
                            *to = *from as f32;
                        }
                        follower.process(&mut frames, way);
                        envelope.extend(frames[channel]);
                    }
                    envelope
                });
                each_of_the_table(|index, column, expected| {
                    let got = f64::from(envelopes[column][index]);
                    // Samples are f32; the state is f64.
                    assert!(
                        (got - expected).abs() <= 1e-7,
                        "{way:?} {column}: [{index}] got {got}, expected {expected}"
                    );
                });
            }
        }
    }

    #[test]
    fn an_attack_longer_than_the_release_is_exact_too() {
        let (attack, release) = (coefficient(0.1, RATE), coefficient(0.01, RATE));
        for set in InstructionSet::available() {
            let mut follower = Branching::new(0.1, 0.01, RATE);
            let mut state = 0.0;
            for chunk in ancestor_input().chunks_exact(FRAME) {
                let mut frames = [[0.0; FRAME]; 2];
                for (to, from) in frames[0].iter_mut().zip(chunk) {
                    *to = *from as f32;
                }
                follower.process(&mut frames, Implementation::Vectorized(set));
                for (i, x) in chunk.iter().enumerate() {
                    state = branch(*x, state, attack, release);
                    let got = f64::from(frames[0][i]);
                    assert!(
                        (got - state).abs() <= 1e-7,
                        "{}: [{i}] got {got}, expected {state}",
                        set.name()
                    );
                }
            }
        }
    }

    /// The ancestor's test input: noise, then sine steps; the magnitude of each sample as f32. The
    /// generator is part of the table's contract (it starts from 1), so it is not
    /// [`crate::signals::Noise`], whose seeds start elsewhere.
    fn ancestor_input() -> Vec<f64> {
        let mut lcg: u32 = 1;
        let steps = [
            (22_050, 35_280, -30.0),
            (35_280, 48_510, -6.0),
            (48_510, 61_740, -20.0),
            (61_740, 70_560, 0.0),
            (70_560, 79_380, -12.0),
        ];
        (0..88_200)
            .map(|i| {
                lcg = lcg.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let noise = f64::from(lcg >> 8) / f64::from(1 << 23) - 1.0;
                let sine = (std::f64::consts::TAU * 997.0 * i as f64 / 44_100.0).sin();
                let x = if (2205..22_050).contains(&i) {
                    0.4 * noise
                } else {
                    let level = steps.iter().find(|(from, to, _)| (*from..*to).contains(&i));
                    level.map_or(0.0, |(_, _, db)| 10.0_f64.powf(db / 20.0) * sine)
                };
                f64::from((x as f32).abs())
            })
            .collect()
    }
}
