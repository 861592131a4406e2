//! The high-pass of the input and of detectors: second-order Butterworth, 12 dB an octave, against constant
//! offsets, what lies below hearing, and what a detector should not hear.
//!
//! The topology-preserving state-variable filter of V. Zavalishin, "The art of VA filter design" (rev.
//! 2.1.2, chapter 4), damping 1/Q = sqrt 2. It is exact at the corner (the bilinear transform is warped
//! to meet it), well conditioned where the corner is a tiny share of the rate, and its corner may move
//! while it plays. States are `f64`; no latency.
//!
//! While the corner rests the vectorised engine takes eight samples at once: the filter over eight
//! samples is a triangular matrix of its impulse response and a 2 x 2 matrix of its states. Both ways
//! share the states and agree within 1e-6 of the largest sample.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::smoothing::{Fade, Glide};
use crate::simd::instruction_set::Implementation;
use crate::simd::scan::narrow;
use crate::{FRAME, Frame, MAX_CHANNELS};

/// The lowest corner in Hz; what is asked for between 0 and it is this one.
pub const LOWEST_HZ: f32 = 5.0;
/// Length of the fade when it is switched, and time constant of the corner's moves, in seconds.
const FADE_S: f64 = 0.02;
/// 1/Q of a second-order Butterworth.
const DAMPING: f64 = std::f64::consts::SQRT_2;
/// Samples that the vectorised filter takes at once.
const BLOCK: usize = 8;

/// The two integrators of a channel.
type State = [f64; 2];

/// The filter of all channels.
#[derive(Debug, Clone)]
pub struct HighPass {
    sample_rate: f64,
    on: Fade,
    corner_hz: Glide,
    states: [State; MAX_CHANNELS],
    /// For the corner that was last at rest.
    blocks: Blocks,
}

impl HighPass {
    /// A filter at a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        Self {
            sample_rate,
            on: Fade::new(FADE_S, sample_rate),
            corner_hz: Glide::new(FADE_S, sample_rate),
            states: [[0.0; 2]; MAX_CHANNELS],
            blocks: Blocks::new(LOWEST_HZ, sample_rate),
        }
    }

    /// Forgets what was heard; the next settings hold at once.
    pub fn reset(&mut self) {
        self.on.reset();
        self.rest();
    }

    /// Whether it rests at off.
    pub fn is_off(&self) -> bool {
        self.on.is_off()
    }

    /// As if it had never been on.
    fn rest(&mut self) {
        self.corner_hz.reset();
        self.states = [[0.0; 2]; MAX_CHANNELS];
    }

    /// Filters a frame of each channel in place, -3 dB at `corner_hz`. At 0 it is off, and every bit
    /// stays as it is.
    #[inline(always)]
    pub fn process(&mut self, audio: &mut [Frame], corner_hz: f32, implementation: Implementation) {
        let is_on = corner_hz > 0.0;
        let wet = self.on.next(is_on);
        if wet.is(0.0) {
            return;
        }
        // On its way to off it stays where it was.
        let wanted_hz = if is_on {
            corner_hz.max(LOWEST_HZ)
        } else {
            self.corner_hz.value()
        };
        let corner = self.corner_hz.next(wanted_hz);
        if corner.is_constant() && corner.to != self.blocks.corner_hz {
            self.blocks = Blocks::new(corner.to, self.sample_rate);
        }
        let ends = [corner.from, corner.to].map(|hz| warped(hz, self.sample_rate));
        for (audio, state) in audio.iter_mut().zip(&mut self.states) {
            let dry = *audio;
            match implementation {
                Implementation::Vectorized(set) if corner.is_constant() => {
                    let blocks = &self.blocks;
                    dispatch!(set.level(), simd => fast_filter(simd, audio, state, blocks));
                }
                _ => filter(audio, state, ends),
            }
            // A state this small is 300 dB down: cleared before it becomes subnormal.
            *state = state.map(|s| if s.abs() < 1e-15 { 0.0 } else { s });
            wet.blend(audio, &dry);
        }
        if self.on.is_off() {
            self.rest();
        }
    }
}

/// The integrators' gain for a corner: the bilinear transform meets it exactly.
fn warped(corner_hz: f32, sample_rate: f64) -> f64 {
    let share = (f64::from(corner_hz) / sample_rate).min(0.49);
    (std::f64::consts::PI * share).tan()
}

/// One sample: the high-pass output, and the states after it.
#[inline(always)]
fn step(x: f64, [s1, s2]: State, g: f64) -> (f64, State) {
    let high = (x - (DAMPING + g) * s1 - s2) / (1.0 + g * (DAMPING + g));
    let band = g * high + s1;
    (high, [band + g * high, s2 + 2.0 * g * band])
}

/// The specification: sample by sample, the integrators' gain linear between `ends`.
fn filter(audio: &mut Frame, state: &mut State, [from, to]: [f64; 2]) {
    let slope = (to - from) / FRAME as f64;
    let mut g = from;
    for sample in audio.iter_mut() {
        g += slope;
        let (high, next) = step(f64::from(*sample), *state, g);
        *sample = narrow(high);
        *state = next;
    }
}

/// The filter over eight samples, for a corner at rest.
#[derive(Debug, Clone)]
struct Blocks {
    corner_hz: f32,
    /// `[input][output]`: what each of eight samples gives to each of eight.
    inputs: [[f32; BLOCK]; BLOCK],
    /// `[state][output]`: what the states before them give.
    states: [[f32; BLOCK]; 2],
    /// `[input][state]`: what each sample leaves in the states.
    kept: [State; BLOCK],
    /// `[state before][state after]`.
    over: [State; 2],
}

impl Blocks {
    fn new(corner_hz: f32, sample_rate: f64) -> Self {
        let g = warped(corner_hz, sample_rate);
        // The filter is linear: run on one unit at a time.
        let run = |mut state: State, at: Option<usize>| {
            let mut out = [0.0; BLOCK];
            for (n, out) in out.iter_mut().enumerate() {
                let x = if at == Some(n) { 1.0 } else { 0.0 };
                let (high, next) = step(x, state, g);
                (*out, state) = (narrow(high), next);
            }
            (out, state)
        };
        let of_input: [_; BLOCK] = std::array::from_fn(|at| run([0.0; 2], Some(at)));
        let of_state = [[1.0, 0.0], [0.0, 1.0]].map(|state| run(state, None));
        Self {
            corner_hz,
            inputs: of_input.map(|(out, _)| out),
            states: of_state.map(|(out, _)| out),
            kept: of_input.map(|(_, state)| state),
            over: of_state.map(|(_, state)| state),
        }
    }
}

/// The same as [`filter`] for a corner at rest.
#[inline(always)]
fn fast_filter<S: Simd>(simd: S, audio: &mut Frame, state: &mut State, blocks: &Blocks) {
    let row = |row: &[f32; BLOCK]| f32x8::from_slice(simd, row);
    let (inputs, states) = (
        blocks.inputs.each_ref().map(row),
        blocks.states.each_ref().map(row),
    );
    for samples in audio.as_chunks_mut::<BLOCK>().0 {
        let [s1, s2] = *state;
        let mut out = states[1] * narrow(s2);
        out = states[0].mul_add(f32x8::splat(simd, narrow(s1)), out);
        let (mut n1, mut n2) = ([0.0; 2], [0.0; 2]);
        for (n, x) in samples.iter().enumerate() {
            out = inputs[n].mul_add(f32x8::splat(simd, *x), out);
            let x = f64::from(*x);
            n1[n % 2] += blocks.kept[n][0] * x;
            n2[n % 2] += blocks.kept[n][1] * x;
        }
        let [from_first, from_second] = &blocks.over;
        *state = [
            from_first[0] * s1 + from_second[0] * s2 + (n1[0] + n1[1]),
            from_first[1] * s1 + from_second[1] * s2 + (n2[0] + n2[1]),
        ];
        out.store_slice(samples);
    }
}
