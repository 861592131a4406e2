//! The bells: second-order sections in state-variable form, a lane each, side by side.
//!
//! A cutting bell of gain `A^2 < 1` is `1 + (A^2 - 1) B` with the band-pass `B = k s / (s^2 + k s + 1)`,
//! `k = 1 / (A Q)` (R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", peaking EQ), so
//! that bells that do not overlap may add to the signal side by side instead of following each other. `B`
//! is the topology-preserving state-variable filter (V. Zavalishin, "The art of VA filter design", rev.
//! 2.1.2, chapter 4; A. Simper, "Linear trapezoidal integrated SVF", 2013): its states stay bounded
//! however its coefficients move. Those rest for a frame, gains are linear over it.

use fearless_simd::{Simd, dispatch, f32x4, f32x8, prelude::*};

use crate::basics::log_exp::{fast_db_to_gain, larger, smaller};
use crate::simd::instruction_set::Implementation;
use crate::tame::voices::{VOICES, Voice, Voices};
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Bells of a group: half of a vector, for two channels side by side.
const BELLS: usize = 4;
const LANES: usize = MAX_CHANNELS * BELLS;
const GROUPS: usize = VOICES / BELLS;
/// Samples whose sums are taken at once.
const STEP: usize = 4;
/// Highest frequency of a bell as a share of the sample rate.
const HIGHEST: f32 = 0.47;

/// First the bells of the left channel, then those of the right.
type Lanes = [f32; LANES];

/// Four bells of both channels.
#[derive(Debug, Clone, Copy)]
struct Group {
    /// `2 a1 - 1`, `2 a2`, `2 a3` of the filter.
    coefficients: [Lanes; 3],
    /// Both integrators.
    states: [Lanes; 2],
    /// Weight of the sum of the first integrator before and after a sample, at the end of the last frame.
    weights: Lanes,
    /// And of this one.
    to: Lanes,
    is_live: bool,
}

/// All bells.
#[derive(Debug, Clone)]
pub struct Bells {
    groups: [Group; GROUPS],
    per_sample: f32,
}

/// What is asked of the bells of a group, a lane each.
struct Asked {
    share: Lanes,
    q: Lanes,
    cut_db: Lanes,
    deepest_db: Lanes,
}

impl Bells {
    /// Bells at a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        let group = Group {
            coefficients: [[0.0; LANES]; 3],
            states: [[0.0; LANES]; 2],
            weights: [0.0; LANES],
            to: [0.0; LANES],
            is_live: false,
        };
        #[allow(clippy::cast_possible_truncation)] // a period
        let per_sample = (1.0 / sample_rate) as f32;
        Self {
            groups: [group; GROUPS],
            per_sample,
        }
    }

    /// All silent.
    pub fn reset(&mut self) {
        self.groups.iter_mut().for_each(Group::rest);
    }

    /// Cuts a frame of each channel in place as the voices ask for it by its end.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        voices: &Voices,
        implementation: Implementation,
    ) {
        if voices.working().is_empty() && !self.groups.iter().any(|group| group.is_live) {
            return;
        }
        let voices = &voices.all;
        let (mut live, mut count) = ([0; GROUPS], 0);
        let groups = self.groups.iter_mut().zip(voices.as_chunks().0);
        for (at, (group, voices)) in groups.enumerate() {
            if group.is_at_rest(voices) {
                continue;
            }
            (live[count], count) = (at, count + 1);
            let asked = ask(voices, self.per_sample);
            match implementation {
                Implementation::Scalar => group.aim(&asked),
                Implementation::Vectorized(set) => {
                    dispatch!(set.level(), simd => group.fast_aim(simd, &asked));
                }
            }
        }
        if count == 0 {
            return;
        }
        let mut pair = [audio[0], [0.0; FRAME]];
        if let [_, right] = audio {
            pair[1] = *right;
        }
        match implementation {
            Implementation::Scalar => self.cut(&live[..count], &mut pair),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.fast_cut(simd, live, count, &mut pair));
            }
        }
        for at in &live[..count] {
            self.groups[*at].settle(&voices.as_chunks().0[*at]);
        }
        for (audio, cut) in audio.iter_mut().zip(&pair) {
            *audio = *cut;
        }
    }

    /// The specification: bell by bell, sample by sample.
    fn cut(&mut self, live: &[usize], pair: &mut [Frame; MAX_CHANNELS]) {
        let mut sums = [[0.0; FRAME]; MAX_CHANNELS];
        for at in live {
            self.groups[*at].add(pair, &mut sums);
        }
        for (samples, sums) in pair.iter_mut().zip(&sums) {
            for (sample, sum) in samples.iter_mut().zip(sums) {
                *sample += sum;
            }
        }
    }

    /// The same, all bells at once.
    #[inline(always)]
    fn fast_cut<S: Simd>(
        &mut self,
        simd: S,
        live: [usize; GROUPS],
        count: usize,
        pair: &mut [Frame; MAX_CHANNELS],
    ) {
        let [a, b, c, d] = live;
        match count {
            1 => self.run(simd, [a], pair),
            2 => self.run(simd, [a, b], pair),
            3 => self.run(simd, [a, b, c], pair),
            _ => self.run(simd, [a, b, c, d], pair),
        }
    }

    /// The filters of `N` groups side by side, so that one does not wait for its own last sample.
    #[inline(always)]
    #[allow(clippy::needless_range_loop)] // several arrays share the index
    fn run<S: Simd, const N: usize>(
        &mut self,
        simd: S,
        live: [usize; N],
        pair: &mut [Frame; MAX_CHANNELS],
    ) {
        let eight = |lanes: &Lanes| f32x8::from_slice(simd, lanes);
        let each = |lanes: fn(&Group) -> &Lanes| live.map(|at| eight(lanes(&self.groups[at])));
        let p = each(|group| &group.coefficients[0]);
        let q = each(|group| &group.coefficients[1]);
        let r = each(|group| &group.coefficients[2]);
        let mut band = each(|group| &group.states[0]);
        let mut low = each(|group| &group.states[1]);
        let mut weight = each(|group| &group.weights);
        let mut slope = each(|group| &group.to);
        for n in 0..N {
            slope[n] = (slope[n] - weight[n]) * (1.0 / FRAME as f32);
        }
        let [left, right] = pair;
        let steps = left.as_chunks_mut::<STEP>().0.iter_mut();
        for (left, right) in steps.zip(right.as_chunks_mut::<STEP>().0) {
            let mut sums = [f32x8::splat(simd, 0.0); STEP];
            for at in 0..STEP {
                let x = f32x4::splat(simd, left[at]).combine(f32x4::splat(simd, right[at]));
                for n in 0..N {
                    weight[n] += slope[n];
                    let rest = x - low[n];
                    let next = q[n].mul_add(rest, p[n] * band[n]);
                    low[n] = r[n].mul_add(rest, q[n].mul_add(band[n], low[n]));
                    sums[at] = weight[n].mul_add(band[n] + next, sums[at]);
                    band[n] = next;
                }
            }
            let halves = sums.map(f32x8::split);
            (f32x4::from_slice(simd, left) + totals(halves.map(|half| half.0))).store_slice(left);
            (f32x4::from_slice(simd, right) + totals(halves.map(|half| half.1))).store_slice(right);
        }
        for (n, at) in live.into_iter().enumerate() {
            let group = &mut self.groups[at];
            band[n].store_slice(&mut group.states[0]);
            low[n].store_slice(&mut group.states[1]);
            group.weights = group.to;
        }
    }
}

/// The sums of the lanes of four vectors, a lane each.
#[inline(always)]
fn totals<S: Simd>([a, b, c, d]: [f32x4<S>; STEP]) -> f32x4<S> {
    let pairs = |a: f32x4<S>, b: f32x4<S>| a.unzip_low(b) + a.unzip_high(b);
    pairs(pairs(a, b), pairs(c, d))
}

/// The voices' numbers side by side, for both channels.
#[inline(always)]
fn ask(voices: &[Voice; BELLS], per_sample: f32) -> Asked {
    let mut asked = Asked {
        share: [0.1; LANES],
        q: [1.0; LANES],
        cut_db: [0.0; LANES],
        deepest_db: [0.0; LANES],
    };
    for (bell, voice) in voices.iter().enumerate() {
        if voice.is_idle() {
            continue;
        }
        let share = smaller(voice.hz[0] * per_sample, HIGHEST);
        let deepest_db = larger(voice.cut_db[0], voice.cut_db[1]);
        for (channel, cut_db) in voice.cut_db.into_iter().enumerate() {
            let lane = channel * BELLS + bell;
            (asked.share[lane], asked.q[lane]) = (share, voice.q[0]);
            (asked.cut_db[lane], asked.deepest_db[lane]) = (cut_db, deepest_db);
        }
    }
    asked
}

/// `tan x` for `x` up to 1.5, within 3e-6 of it: the continued fraction of Lambert, five levels deep.
fn tangent(x: f32) -> f32 {
    let x2 = x * x;
    x * (945.0 + x2 * (x2 - 105.0)) / (945.0 + x2 * (15.0 * x2 - 420.0))
}

impl Group {
    fn rest(&mut self) {
        self.states = [[0.0; LANES]; 2];
        (self.weights, self.to) = ([0.0; LANES], [0.0; LANES]);
        self.is_live = false;
    }

    /// Whether nobody asks for anything; then it forgets what it heard.
    #[inline(always)]
    fn is_at_rest(&mut self, voices: &[Voice; BELLS]) -> bool {
        let is_idle = voices.iter().all(Voice::is_idle);
        if is_idle && self.is_live && self.weights == [0.0; LANES] {
            self.rest();
        }
        self.is_live |= !is_idle;
        !self.is_live
    }

    /// Coefficients and the weights by the end of the frame.
    fn aim(&mut self, asked: &Asked) {
        let gain = |db: f32, per_db: f32| (-db * per_db * std::f32::consts::LN_10).exp();
        let a = asked.deepest_db.map(|db| gain(db, 1.0 / 40.0));
        let squares = asked.cut_db.map(|db| gain(db, 1.0 / 20.0));
        for lane in 0..LANES {
            let g = tangent(std::f32::consts::PI * asked.share[lane]);
            let k = 1.0 / (a[lane] * asked.q[lane]);
            let a1 = 1.0 / (1.0 + g * (g + k));
            self.coefficients[0][lane] = 2.0 * a1 - 1.0;
            self.coefficients[1][lane] = 2.0 * g * a1;
            self.coefficients[2][lane] = 2.0 * g * g * a1;
            self.to[lane] = 0.5 * k * (squares[lane] - 1.0);
        }
    }

    /// The same, eight at once.
    #[inline(always)]
    fn fast_aim<S: Simd>(&mut self, simd: S, asked: &Asked) {
        let eight = |lanes: &Lanes| f32x8::from_slice(simd, lanes);
        let one = f32x8::splat(simd, 1.0);
        let x = eight(&asked.share) * std::f32::consts::PI;
        let x2 = x * x;
        let above = x2.mul_add(x2 - 105.0, f32x8::splat(simd, 945.0));
        let below = x2.mul_add(x2 * 15.0 - 420.0, f32x8::splat(simd, 945.0));
        let g = x * above / below;
        let k = one / (fast_db_to_gain(eight(&asked.deepest_db) * -0.5) * eight(&asked.q));
        let a1 = one / g.mul_add(g + k, one);
        let [p, q, r] = &mut self.coefficients;
        (a1 * 2.0 - 1.0).store_slice(p);
        (g * a1 * 2.0).store_slice(q);
        (g * g * a1 * 2.0).store_slice(r);
        let depth = fast_db_to_gain(-eight(&asked.cut_db)) - 1.0;
        (k * depth * 0.5).store_slice(&mut self.to);
    }

    /// Adds what the bells of the group add to a frame, one after the other.
    fn add(&mut self, pair: &[Frame; MAX_CHANNELS], sums: &mut [Frame; MAX_CHANNELS]) {
        for lane in 0..LANES {
            let (audio, sums) = (&pair[lane / BELLS], &mut sums[lane / BELLS]);
            let [p, q, r] = self.coefficients.map(|c| c[lane]);
            let [mut band, mut low] = self.states.map(|s| s[lane]);
            let mut weight = self.weights[lane];
            let slope = (self.to[lane] - weight) * (1.0 / FRAME as f32);
            for (x, sum) in audio.iter().zip(sums.iter_mut()) {
                weight += slope;
                let rest = x - low;
                let next = q * rest + p * band;
                low += q * band + r * rest;
                *sum += weight * (band + next);
                band = next;
            }
            (self.states[0][lane], self.states[1][lane]) = (band, low);
        }
        self.weights = self.to;
    }

    /// Clears the states of bells that have gone, and what is 300 dB down before it is subnormal.
    #[inline(always)]
    fn settle(&mut self, voices: &[Voice; BELLS]) {
        for state in &mut self.states {
            for (lane, (state, weight)) in state.iter_mut().zip(&self.weights).enumerate() {
                let is_gone = *weight == 0.0 && voices[lane % BELLS].is_idle();
                if state.abs() < 1e-15 || is_gone {
                    *state = 0.0;
                }
            }
        }
    }
}
