//! The bells: second-order sections in state-variable form, a lane each, side by side.
//!
//! A cutting bell of gain `A^2 < 1` is `1 + (A^2 - 1) B` with the band-pass `B = k s / (s^2 + k s + 1)`,
//! `k = 1 / (A Q)` (R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients", peaking EQ), so
//! that bells that do not overlap may add to the signal side by side instead of following each other. `B`
//! is the topology-preserving state-variable filter (V. Zavalishin, "The art of VA filter design", rev.
//! 2.1.2, chapter 4; A. Simper, "Linear trapezoidal integrated SVF", 2013): its states stay bounded
//! however its coefficients move. Those rest for a frame, gains are linear over it.
//!
//! Vectorised, two samples are one step, of the same form: with `d` by which the second is above the first,
//! `band'' = A band + B (x - low) + q d` and `low'' = low + B band + R (x - low) + r d`. So a bell, which waits
//! for itself more than for anything else, waits half as often.

mod interleaved;

use fearless_simd::{Simd, dispatch, f32x4, f32x8, prelude::*};

use crate::basics::log_exp::{fast_db_to_gain, larger, smaller};
use crate::simd::instruction_set::Implementation;
use crate::tame::voices::{VOICES, Voice, Voices};
use crate::{FRAME, Frame, MAX_CHANNELS};
use interleaved::{STEP, in_all_bells, interleaved, separate, totals};

/// Bells of a group: half of a vector, for two channels side by side.
const BELLS: usize = 4;
const LANES: usize = MAX_CHANNELS * BELLS;
const GROUPS: usize = VOICES / BELLS;
/// Highest frequency of a bell as a share of the sample rate.
const HIGHEST: f32 = 0.47;

/// Bell by bell, left channel and right channel.
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
        let working = voices.working().len();
        let voices = &voices.all;
        let (mut live, mut count) = ([0; GROUPS], 0);
        let groups = self.groups.iter_mut().zip(voices.as_chunks().0);
        for (at, (group, voices)) in groups.enumerate() {
            let is_beyond = at * BELLS >= working && !group.is_live;
            if is_beyond || group.is_at_rest(voices) {
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
        let [a, b, _] = live;
        match count {
            1 => self.run(simd, [a], pair),
            2 => self.run(simd, [a, b], pair),
            _ => self.run(simd, live, pair),
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
        let zero = f32x8::splat(simd, 0.0);
        let mut filters = [Filter::resting(simd); N];
        let (mut band, mut low) = ([zero; N], [zero; N]);
        let (mut weight, mut slope) = ([zero; N], [zero; N]);
        for n in 0..N {
            let group = &self.groups[live[n]];
            filters[n] = Filter::new(simd, &group.coefficients);
            band[n] = f32x8::from_slice(simd, &group.states[0]);
            low[n] = f32x8::from_slice(simd, &group.states[1]);
            weight[n] = f32x8::from_slice(simd, &group.weights);
            slope[n] = (f32x8::from_slice(simd, &group.to) - weight[n]) * (1.0 / FRAME as f32);
        }
        let mut both = interleaved(simd, pair);
        for two in &mut both {
            let [left, right, next_left, next_right] = *two;
            let x = in_all_bells(simd, [left, right]);
            let rise = in_all_bells(simd, [next_left, next_right]) - x;
            let mut sums = [zero; STEP];
            for n in 0..N {
                let (filter, rest) = (&filters[n], x - low[n]);
                let first = filter.q.mul_add(rest, filter.p * band[n]);
                let second = filter.twice_p.mul_add(band[n], filter.q * rise);
                let second = filter.twice_q.mul_add(rest, second);
                low[n] = filter.r.mul_add(rise, low[n]);
                low[n] = filter.twice_q.mul_add(band[n], low[n]);
                low[n] = filter.twice_r.mul_add(rest, low[n]);
                weight[n] += slope[n];
                sums[0] = weight[n].mul_add(band[n] + first, sums[0]);
                weight[n] += slope[n];
                sums[1] = weight[n].mul_add(first + second, sums[1]);
                band[n] = second;
            }
            (f32x4::from_slice(simd, two) + totals(sums)).store_slice(two);
        }
        separate(simd, &both, pair);
        for (n, at) in live.into_iter().enumerate() {
            let group = &mut self.groups[at];
            band[n].store_slice(&mut group.states[0]);
            low[n].store_slice(&mut group.states[1]);
            group.weights = group.to;
        }
    }
}

/// A group's coefficients for one sample and for two.
#[derive(Clone, Copy)]
struct Filter<S: Simd> {
    p: f32x8<S>,
    q: f32x8<S>,
    r: f32x8<S>,
    twice_p: f32x8<S>,
    twice_q: f32x8<S>,
    twice_r: f32x8<S>,
}

impl<S: Simd> Filter<S> {
    #[inline(always)]
    fn resting(simd: S) -> Self {
        Self::new(simd, &[[0.0; LANES]; 3])
    }

    #[inline(always)]
    fn new(simd: S, [p, q, r]: &[Lanes; 3]) -> Self {
        let (p, q) = (f32x8::from_slice(simd, p), f32x8::from_slice(simd, q));
        let r = f32x8::from_slice(simd, r);
        let square = q * q;
        Self {
            p,
            q,
            r,
            twice_p: p * p - square,
            twice_q: q * (p - r + 1.0),
            twice_r: r.mul_add(f32x8::splat(simd, 2.0) - r, square),
        }
    }
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
            let lane = MAX_CHANNELS * bell + channel;
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
            let (audio, sums) = (&pair[lane % MAX_CHANNELS], &mut sums[lane % MAX_CHANNELS]);
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
        for (bell, voice) in voices.iter().enumerate() {
            if voice.is_idle() {
                for lane in MAX_CHANNELS * bell..MAX_CHANNELS * (bell + 1) {
                    if self.weights[lane] == 0.0 {
                        (self.states[0][lane], self.states[1][lane]) = (0.0, 0.0);
                    }
                }
            }
        }
        for state in self.states.as_flattened_mut() {
            *state = if state.abs() < 1e-15 { 0.0 } else { *state };
        }
    }
}
