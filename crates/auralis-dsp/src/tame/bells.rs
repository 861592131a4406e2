//! The bells: second-order sections in state-variable form, a lane each, side by side.
//!
//! A cutting bell of gain `A^2 < 1` is `1 + (A^2 - 1) B` with the band-pass `B = k s / (s^2 + k s + 1)`,
//! `k = 1 / (A Q)` (R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", peaking EQ), so
//! that bells that do not overlap may add to the signal side by side instead of following each other. `B`
//! is the topology-preserving state-variable filter (V. Zavalishin, "The art of VA filter design", rev.
//! 2.1.2, chapter 4; A. Simper, "Linear trapezoidal integrated SVF", 2013): its states stay bounded
//! however its coefficients move. Those rest for a frame, gains are linear over it.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::fast_db_to_gain;
use crate::simd::instruction_set::Implementation;
use crate::tame::voices::{VOICES, Voice};
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Bells of a group: those of a vector.
const LANES: usize = 8;
const GROUPS: usize = VOICES / LANES;
/// Highest frequency of a bell as a share of the sample rate.
const HIGHEST: f32 = 0.47;

type Lanes = [f32; LANES];

/// Eight bells of every channel.
#[derive(Debug, Clone)]
struct Group {
    /// `2 a1 - 1`, `2 a2`, `2 a3` of the filter.
    coefficients: [Lanes; 3],
    /// Both integrators of each channel.
    states: [[Lanes; 2]; MAX_CHANNELS],
    /// Weight of the sum of the first integrator before and after a sample, at the end of the last frame.
    weights: [Lanes; MAX_CHANNELS],
    is_live: bool,
}

/// All bells.
#[derive(Debug, Clone)]
pub struct Bells {
    groups: [Group; GROUPS],
    per_sample: f32,
}

/// Numbers of eight voices, a lane each.
struct Asked {
    share: Lanes,
    q: Lanes,
    cut_db: [Lanes; MAX_CHANNELS],
    deepest_db: Lanes,
}

impl Bells {
    /// Bells at a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        let group = Group {
            coefficients: [[0.0; LANES]; 3],
            states: [[[0.0; LANES]; 2]; MAX_CHANNELS],
            weights: [[0.0; LANES]; MAX_CHANNELS],
            is_live: false,
        };
        #[allow(clippy::cast_possible_truncation)] // a period
        let per_sample = (1.0 / sample_rate) as f32;
        Self {
            groups: [group.clone(), group],
            per_sample,
        }
    }

    /// All silent.
    pub fn reset(&mut self) {
        for group in &mut self.groups {
            group.rest();
        }
    }

    /// Cuts a frame of each channel in place as the voices ask for it by its end.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        voices: &[Voice; VOICES],
        implementation: Implementation,
    ) {
        let mut sums = [[0.0; FRAME]; MAX_CHANNELS];
        let mut is_live = false;
        for (group, voices) in self.groups.iter_mut().zip(voices.as_chunks().0) {
            if group.is_at_rest(voices) {
                continue;
            }
            is_live = true;
            let asked = ask(voices, self.per_sample);
            match implementation {
                Implementation::Scalar => group.add(audio, &asked, &mut sums),
                Implementation::Vectorized(set) => {
                    dispatch!(set.level(), simd => group.fast_add(simd, audio, &asked, &mut sums));
                }
            }
            group.settle(voices);
        }
        if is_live {
            for (audio, sums) in audio.iter_mut().zip(&sums) {
                for (sample, sum) in audio.iter_mut().zip(sums) {
                    *sample += sum;
                }
            }
        }
    }
}

/// The voices' numbers side by side.
#[inline(always)]
fn ask(voices: &[Voice; LANES], per_sample: f32) -> Asked {
    let mut asked = Asked {
        share: [0.1; LANES],
        q: [1.0; LANES],
        cut_db: [[0.0; LANES]; MAX_CHANNELS],
        deepest_db: [0.0; LANES],
    };
    for (lane, voice) in voices.iter().enumerate() {
        if voice.is_idle() {
            continue;
        }
        let share = voice.hz[0] * per_sample;
        asked.share[lane] = if share < HIGHEST { share } else { HIGHEST };
        asked.q[lane] = voice.q[0];
        let [left, right] = voice.cut_db;
        (asked.cut_db[0][lane], asked.cut_db[1][lane]) = (left, right);
        asked.deepest_db[lane] = if left > right { left } else { right };
    }
    asked
}

/// `tan x` for `x` up to 1.5, within 3e-6 of it: the continued fraction of Lambert, five levels deep.
#[inline(always)]
fn tangent(x: f32) -> f32 {
    let x2 = x * x;
    x * (945.0 + x2 * (x2 - 105.0)) / (945.0 + x2 * (15.0 * x2 - 420.0))
}

impl Group {
    fn rest(&mut self) {
        self.states = [[[0.0; LANES]; 2]; MAX_CHANNELS];
        self.weights = [[0.0; LANES]; MAX_CHANNELS];
        self.is_live = false;
    }

    /// Whether nobody asks for anything; then it forgets what it heard.
    #[inline(always)]
    fn is_at_rest(&mut self, voices: &[Voice; LANES]) -> bool {
        let is_idle = voices.iter().all(Voice::is_idle);
        if is_idle && self.is_live && self.weights == [[0.0; LANES]; MAX_CHANNELS] {
            self.rest();
        }
        self.is_live |= !is_idle;
        !self.is_live
    }

    /// Coefficients and the weights by the end of the frame from those of the gains `A` and `A_c^2`.
    #[inline(always)]
    fn tune(
        &mut self,
        asked: &Asked,
        a: &Lanes,
        squares: &[Lanes; MAX_CHANNELS],
    ) -> [Lanes; MAX_CHANNELS] {
        let mut weights = [[0.0; LANES]; MAX_CHANNELS];
        for lane in 0..LANES {
            let g = tangent(std::f32::consts::PI * asked.share[lane]);
            let k = 1.0 / (a[lane] * asked.q[lane]);
            let a1 = 1.0 / (1.0 + g * (g + k));
            self.coefficients[0][lane] = 2.0 * a1 - 1.0;
            self.coefficients[1][lane] = 2.0 * g * a1;
            self.coefficients[2][lane] = 2.0 * g * g * a1;
            for (weights, squares) in weights.iter_mut().zip(squares) {
                weights[lane] = 0.5 * k * (squares[lane] - 1.0);
            }
        }
        weights
    }

    /// The specification: bell by bell, sample by sample.
    fn add(&mut self, audio: &[Frame], asked: &Asked, sums: &mut [Frame; MAX_CHANNELS]) {
        let gain = |db: f32, per_db: f32| (-db * per_db * std::f32::consts::LN_10).exp();
        let a = asked.deepest_db.map(|db| gain(db, 1.0 / 40.0));
        let squares = asked.cut_db.map(|cuts| cuts.map(|db| gain(db, 1.0 / 20.0)));
        let to = self.tune(asked, &a, &squares);
        for (channel, (audio, sums)) in audio.iter().zip(sums).enumerate() {
            for lane in 0..LANES {
                let [p, q, r] = self.coefficients.map(|c| c[lane]);
                let [mut band, mut low] = self.states[channel].map(|s| s[lane]);
                let mut weight = self.weights[channel][lane];
                let slope = (to[channel][lane] - weight) * (1.0 / FRAME as f32);
                for (x, sum) in audio.iter().zip(sums.iter_mut()) {
                    weight += slope;
                    let rest = x - low;
                    let next = q * rest + p * band;
                    low += q * band + r * rest;
                    *sum += weight * (band + next);
                    band = next;
                }
                (self.states[channel][0][lane], self.states[channel][1][lane]) = (band, low);
            }
        }
        self.weights = to;
    }

    /// The same for all bells at once.
    #[inline(always)]
    fn fast_add<S: Simd>(
        &mut self,
        simd: S,
        audio: &[Frame],
        asked: &Asked,
        sums: &mut [Frame; MAX_CHANNELS],
    ) {
        let eight = |lanes: &Lanes| f32x8::from_slice(simd, lanes);
        let mut a = [0.0; LANES];
        fast_db_to_gain(eight(&asked.deepest_db) * -0.5).store_slice(&mut a);
        let mut squares = [[0.0; LANES]; MAX_CHANNELS];
        for (squares, cuts) in squares.iter_mut().zip(&asked.cut_db) {
            fast_db_to_gain(-eight(cuts)).store_slice(squares);
        }
        let to = self.tune(asked, &a, &squares);
        match audio {
            [left, right] => {
                let [first, second] = sums;
                self.run(simd, [left, right], &to, [first, second]);
            }
            _ => {
                let [first, _] = sums;
                self.run(simd, [&audio[0]], &to, [first]);
            }
        }
        self.weights = to;
    }

    /// The filters of `N` channels side by side, so that one does not wait for its own last sample.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // several arrays share the index
    fn run<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        audio: [&Frame; N],
        to: &[Lanes; MAX_CHANNELS],
        sums: [&mut Frame; N],
    ) {
        let eight = |lanes: &Lanes| f32x8::from_slice(simd, lanes);
        let zero = f32x8::splat(simd, 0.0);
        let [p, q, r] = [0, 1, 2].map(|n: usize| eight(&self.coefficients[n]));
        let (mut band, mut low) = ([zero; N], [zero; N]);
        let (mut weight, mut slope) = ([zero; N], [zero; N]);
        for n in 0..N {
            band[n] = eight(&self.states[n][0]);
            low[n] = eight(&self.states[n][1]);
            weight[n] = eight(&self.weights[n]);
            slope[n] = (eight(&to[n]) - weight[n]) * (1.0 / FRAME as f32);
        }
        for at in 0..FRAME {
            for n in 0..N {
                weight[n] += slope[n];
                let rest = f32x8::splat(simd, audio[n][at]) - low[n];
                let next = q.mul_add(rest, p * band[n]);
                low[n] = r.mul_add(rest, q.mul_add(band[n], low[n]));
                sums[n][at] += (weight[n] * (band[n] + next)).reduce_sum();
                band[n] = next;
            }
        }
        for n in 0..N {
            band[n].store_slice(&mut self.states[n][0]);
            low[n].store_slice(&mut self.states[n][1]);
        }
    }

    /// Clears the states of bells that have gone, and what is 300 dB down before it is subnormal.
    #[inline(always)]
    fn settle(&mut self, voices: &[Voice; LANES]) {
        for (states, weights) in self.states.iter_mut().zip(&self.weights) {
            for state in states {
                for ((state, voice), weight) in state.iter_mut().zip(voices).zip(weights) {
                    let is_gone = *weight == 0.0 && voice.is_idle();
                    if state.abs() < 1e-15 || is_gone {
                        *state = 0.0;
                    }
                }
            }
        }
    }
}
