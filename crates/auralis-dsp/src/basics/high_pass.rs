//! The high-pass of the input and of detectors: second-order Butterworth, 12 dB an octave, against constant
//! offsets, what lies below hearing, and what a detector should not hear.
//!
//! The topology-preserving state-variable filter of V. Zavalishin, "The art of VA filter design" (rev.
//! 2.1.2, chapter 4), damping 1/Q = sqrt 2. It is exact at the corner (the bilinear transform is warped
//! to meet it), well conditioned where the corner is a tiny share of the rate, and its corner may move
//! while it plays. States are `f64`; no latency.
//!
//! While the corner rests the vectorised engine runs it as a scan ([`second_order`]). Both ways share
//! the states and agree within 1e-6 of the largest sample.

use fearless_simd::{Simd, dispatch};

use crate::basics::smoothing::{Fade, Glide};
use crate::simd::instruction_set::Implementation;
use crate::simd::scan::second_order::{SecondOrder, second_order};
use crate::simd::scan::{Pair, load, narrow, store};
use crate::{FRAME, Frame, MAX_CHANNELS};

/// The lowest corner in Hz; what is asked for between 0 and it is this one.
pub const LOWEST_HZ: f32 = 5.0;
/// Length of the fade when it is switched, and time constant of the corner's moves, in seconds.
const FADE_S: f64 = 0.02;
/// 1/Q of a second-order Butterworth.
const DAMPING: f64 = std::f64::consts::SQRT_2;

/// The two integrators of a channel.
type State = [f64; 2];

/// The filter of all channels.
#[derive(Debug, Clone)]
pub struct HighPass {
    sample_rate: f64,
    on: Fade,
    corner_hz: Glide,
    /// `[integrator][channel]`.
    states: [Pair; 2],
    /// The corner that was last at rest, and the filter at it.
    resting: (f32, SecondOrder),
}

impl HighPass {
    /// A filter at a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        Self {
            sample_rate,
            on: Fade::new(FADE_S, sample_rate),
            corner_hz: Glide::new(FADE_S, sample_rate),
            states: [[0.0; 2]; 2],
            resting: (LOWEST_HZ, resting(LOWEST_HZ, sample_rate)),
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
        self.states = [[0.0; 2]; 2];
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
        let mut dry = [[0.0; FRAME]; MAX_CHANNELS];
        if !wet.is(1.0) {
            dry[..audio.len()].copy_from_slice(audio);
        }
        match implementation {
            Implementation::Vectorized(set) if corner.is_constant() => {
                if corner.to != self.resting.0 {
                    self.resting = (corner.to, resting(corner.to, self.sample_rate));
                }
                dispatch!(set.level(), simd => self.fast_filter(simd, audio));
            }
            _ => {
                let ends = [corner.from, corner.to].map(|hz| warped(hz, self.sample_rate));
                self.filter(audio, ends);
            }
        }
        for state in self.states.as_flattened_mut() {
            // 300 dB down: cleared before it becomes subnormal.
            if state.abs() < 1e-15 {
                *state = 0.0;
            }
        }
        for (audio, dry) in audio.iter_mut().zip(&dry) {
            wet.blend(audio, dry);
        }
        if self.on.is_off() {
            self.rest();
        }
    }

    /// The specification: sample by sample, the integrators' gain linear between `ends`.
    fn filter(&mut self, audio: &mut [Frame], [from, to]: [f64; 2]) {
        let slope = (to - from) / FRAME as f64;
        let [first, second] = &mut self.states;
        for ((audio, first), second) in audio.iter_mut().zip(first).zip(second) {
            let mut g = from;
            for sample in audio.iter_mut() {
                g += slope;
                let (high, next) = step(f64::from(*sample), [*first, *second], g);
                *sample = narrow(high);
                [*first, *second] = next;
            }
        }
    }

    /// The same for a corner at rest; one channel is filtered as two equal ones.
    #[inline(always)]
    fn fast_filter<S: Simd>(&mut self, simd: S, audio: &mut [Frame]) {
        let filter = &self.resting.1;
        match audio {
            [left, right] => {
                let mut rows = load(simd, [left, right]);
                second_order(simd, &mut rows, filter, &mut self.states);
                store(&rows, [left, right]);
            }
            [only] => {
                let mut rows = load(simd, [only, only]);
                second_order(simd, &mut rows, filter, &mut self.states);
                store(&rows, [only, &mut [0.0; FRAME]]);
            }
            _ => {}
        }
    }
}

/// The filter at a corner at rest.
fn resting(corner_hz: f32, sample_rate: f64) -> SecondOrder {
    let g = warped(corner_hz, sample_rate);
    SecondOrder::new(|x, state| step(x, state, g))
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
