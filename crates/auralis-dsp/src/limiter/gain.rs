//! One gain, of all channels or of one: the depths that peaks need, held, released and smoothed.

use crate::Frame;
use crate::basics::sliding::SlidingMax;
use crate::limiter::release::{Needed, Release};
use crate::limiter::smoothing::Smoothing;
use crate::simd::instruction_set::Implementation;

/// Two gains that differ by less (120 dB under unity) are one.
const ALIKE: f64 = 1e-6;

/// A gain as its depth, `1 - gain`.
#[derive(Debug, Clone)]
pub struct Gain {
    hold: SlidingMax,
    release: Release,
    smoothing: Smoothing,
}

impl Gain {
    /// Unity gain; it is down within `lookahead` samples.
    pub fn new(sample_rate: f64, lookahead: usize) -> Self {
        Self {
            // The sample after a peak between two samples needs the same gain: two more than the
            // look-ahead.
            hold: SlidingMax::new(lookahead + 2),
            release: Release::new(sample_rate),
            smoothing: Smoothing::new(lookahead),
        }
    }

    /// Unity gain at once.
    pub fn reset(&mut self) {
        self.hold.reset();
        self.release.reset();
        self.smoothing.reset();
    }

    /// Goes on as another does.
    pub fn copy_from(&mut self, other: &Self) {
        self.hold.copy_from(&other.hold);
        self.release.copy_from(&other.release);
        self.smoothing.copy_from(&other.smoothing);
    }

    /// Whether both will go on alike, if they have been told the same for as long as they look back.
    pub fn is_like(&self, other: &Self) -> bool {
        self.release.difference(&other.release) < ALIKE
    }

    /// Makes the depth to apply of the depths that a frame's peaks need. False where none is needed and
    /// none is held: unity.
    #[inline(always)]
    pub fn process(
        &mut self,
        depth: &mut Frame,
        needed: Needed,
        release_ms: f32,
        is_auto: bool,
        implementation: Implementation,
    ) -> bool {
        self.release.set(release_ms);
        self.release.hear(is_auto.then_some(needed));
        let is_exceeded = needed.depth > 0.0;
        let is_held = is_exceeded || !self.hold.is_zero();
        if !is_held && self.release.is_zero() && self.smoothing.is_zero() {
            return false;
        }
        if is_held {
            self.hold.process(depth);
        }
        self.release.process(depth, is_auto, implementation);
        self.smoothing.process(depth, implementation);
        true
    }
}
