//! How loud the bass is, for the release.
//!
//! A one-pole low-pass at 200 Hz, per channel. What it takes from a bass note (0.3 dB at 50 Hz, 1 dB at
//! 100) and a part of what rides on the note is given back, so that a note that is limited counts whole.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::larger;
use crate::basics::smoothing::coefficient;
use crate::simd::instruction_set::Implementation;
use crate::simd::scan;
use crate::simd::scan::{OnePole, Pair, narrow};
use crate::{Frame, MAX_CHANNELS};

/// Corner of the low-pass.
const CORNER_HZ: f64 = 200.0;
/// What its output is multiplied by. With 1 a note of 50 Hz, 6 dB down, is distorted by 1 %; with 1.5
/// the bass of dense music holds the rest down (0.7 dB less loud at +10 dB).
const SHARE: f32 = 1.2;
/// States smaller than this are silence.
const TINY: f64 = 1e-9;

/// The low-pass of each channel.
#[derive(Debug, Clone)]
pub struct Bass {
    pole: OnePole,
    states: Pair,
}

impl Bass {
    /// A low-pass at rest.
    pub fn new(sample_rate: f64) -> Self {
        let time_s = 1.0 / (std::f64::consts::TAU * CORNER_HZ);
        Self {
            pole: OnePole::new(coefficient(time_s, sample_rate)),
            states: [0.0; 2],
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.states = [0.0; 2];
    }

    /// The largest magnitude of the bass in a frame of each channel.
    #[inline(always)]
    pub fn peaks(
        &mut self,
        audio: &[Frame],
        implementation: Implementation,
    ) -> [f32; MAX_CHANNELS] {
        let (Some(first), Some(last)) = (audio.first(), audio.last()) else {
            return [0.0; MAX_CHANNELS];
        };
        let peaks = match implementation {
            Implementation::Scalar => [self.peak(0, first), self.peak(1, last)],
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.fast_peaks(simd, [first, last]))
            }
        };
        for state in &mut self.states {
            if state.abs() < TINY {
                *state = 0.0;
            }
        }
        peaks.map(|peak| SHARE * peak)
    }

    fn peak(&mut self, channel: usize, frame: &Frame) -> f32 {
        let (c, state) = (self.pole.c, &mut self.states[channel]);
        let mut peak = 0.0;
        for x in frame {
            *state = c * *state + (1.0 - c) * f64::from(*x);
            peak = larger(peak, narrow(state.abs()));
        }
        peak
    }

    #[inline(always)]
    fn fast_peaks<S: Simd>(&mut self, simd: S, frames: [&Frame; 2]) -> [f32; 2] {
        let mut rows = scan::load(simd, frames);
        scan::linear(simd, &mut rows, &self.pole, &mut self.states);
        let mut most = f32x8::splat(simd, 0.0);
        for row in rows.as_flattened() {
            most = most.max(row.abs());
        }
        let mut lanes = [0.0; 8];
        most.store_slice(&mut lanes);
        let largest = |lanes: &[f32]| lanes.iter().fold(0.0, |m, x| larger(m, *x));
        [largest(&lanes[..4]), largest(&lanes[4..])]
    }
}
