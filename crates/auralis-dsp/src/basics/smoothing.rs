//! The one smoothing coefficient, and control values that move without clicks.

use fearless_simd::{Simd, f32x8, prelude::*};

use crate::basics::decibel::db_to_gain;
use crate::{FRAME, Frame};

/// Coefficient `a` of the one-pole `y += (1 - a) (x - y)` that covers 63.2 % of a step in `time_s`
/// seconds at `rate_hz` steps a second: `exp(-1 / (time * rate))`. 0 (no smoothing) for times <= 0.
pub fn coefficient(time_s: f64, rate_hz: f64) -> f64 {
    if time_s > 0.0 {
        (-1.0 / (time_s * rate_hz)).exp()
    } else {
        0.0
    }
}

/// A control value over one frame: it moves linearly from `from` (before the first sample) to `to`
/// (at the last sample).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Value before the frame.
    pub from: f32,
    /// Value at the frame's last sample.
    pub to: f32,
}

impl Segment {
    /// A value that does not move.
    pub fn constant(value: f32) -> Self {
        Self {
            from: value,
            to: value,
        }
    }

    /// Whether the value does not move.
    #[inline(always)]
    pub fn is_constant(&self) -> bool {
        self.from == self.to
    }

    /// Whether the value is `value` throughout.
    #[inline(always)]
    pub fn is(&self, value: f32) -> bool {
        self.from == value && self.to == value
    }

    /// The value at sample `i` of the frame.
    #[inline(always)]
    pub fn at(&self, i: usize) -> f32 {
        self.from + (self.to - self.from) * STEPS[i]
    }

    /// The values at eight samples from `i` on.
    #[inline(always)]
    pub fn lanes<S: Simd>(&self, simd: S, i: usize) -> f32x8<S> {
        let steps = f32x8::from_slice(simd, &STEPS[i..i + 8]);
        f32x8::splat(simd, self.to - self.from).mul_add(steps, self.from)
    }

    /// The product of two values; exact at both ends.
    #[inline(always)]
    pub fn times(&self, other: Segment) -> Segment {
        Segment {
            from: self.from * other.from,
            to: self.to * other.to,
        }
    }

    /// The sum of two values; exact at both ends.
    #[inline(always)]
    pub fn plus(&self, other: Segment) -> Segment {
        Segment {
            from: self.from + other.from,
            to: self.to + other.to,
        }
    }

    /// Multiplies a frame by the value. Unity leaves every bit as it is.
    #[inline(always)]
    pub fn apply(&self, frame: &mut Frame) {
        if self.is(1.0) {
            return;
        }
        for (i, sample) in frame.iter_mut().enumerate() {
            *sample *= self.at(i);
        }
    }

    /// Blends `dry` into `wet`: `dry + value (wet - dry)`, bit-exact at 0 and at 1.
    #[inline(always)]
    pub fn blend(&self, wet: &mut Frame, dry: &Frame) {
        if self.is(1.0) {
            return;
        }
        if self.is(0.0) {
            *wet = *dry;
            return;
        }
        for (i, (wet, dry)) in wet.iter_mut().zip(dry).enumerate() {
            *wet = dry + self.at(i) * (*wet - dry);
        }
    }
}

/// `(i + 1) / FRAME`, how far a segment has come at each sample.
const STEPS: Frame = {
    let mut steps = [0.0; FRAME];
    let mut i = 0;
    while i < FRAME {
        #[allow(clippy::cast_precision_loss)] // 1..=64
        let step = (i + 1) as f32 / FRAME as f32;
        steps[i] = step;
        i += 1;
    }
    steps
};

/// A value that follows its target as a one-pole at the frame rate, linear within a frame.
#[derive(Debug, Clone)]
pub struct Glide {
    value: f32,
    /// Share of the way still to go that is covered in one frame.
    share: f32,
    /// Whether the next target is taken at once: true until the first frame.
    jump: bool,
}

impl Glide {
    /// 63.2 % of a step in `time_s` seconds. The first target after `new` or `reset` is taken at
    /// once, so nothing moves at the start.
    pub fn new(time_s: f64, sample_rate: f64) -> Self {
        #[allow(clippy::cast_precision_loss)] // 64
        let frames_per_second = sample_rate / FRAME as f64;
        #[allow(clippy::cast_possible_truncation)] // a share between 0 and 1
        let share = (1.0 - coefficient(time_s, frames_per_second)) as f32;
        Self {
            value: 0.0,
            share,
            jump: true,
        }
    }

    /// Takes the next target at once.
    pub fn reset(&mut self) {
        self.jump = true;
    }

    /// The value at the end of the last frame.
    pub fn value(&self) -> f32 {
        self.value
    }

    /// The value over the next frame on its way to `target`; it arrives exactly.
    #[inline(always)]
    pub fn next(&mut self, target: f32) -> Segment {
        if self.value == target && !self.jump {
            return Segment::constant(target);
        }
        self.step(target)
    }

    fn step(&mut self, target: f32) -> Segment {
        let from = if self.jump { target } else { self.value };
        let left = (target - from) * (1.0 - self.share);
        self.value = if left.abs() <= 1e-5 * target.abs().max(0.1) {
            target
        } else {
            target - left
        };
        self.jump = false;
        Segment {
            from,
            to: self.value,
        }
    }
}

/// The linear gain of a gain in dB that moves; both are linear over a frame.
#[derive(Debug, Clone)]
pub struct LinearGain {
    /// The last gain, in dB and linear, so that a gain at rest costs no exponential.
    last: (f32, f32),
}

impl LinearGain {
    /// Last asked at 0 dB.
    pub fn new() -> Self {
        Self { last: (0.0, 1.0) }
    }

    /// The linear gain over a frame.
    #[inline(always)]
    pub fn of(&mut self, db: Segment) -> Segment {
        if db.is(self.last.0) {
            return Segment::constant(self.last.1);
        }
        let from = self.linear(db.from);
        let to = self.linear(db.to);
        Segment { from, to }
    }

    fn linear(&mut self, db: f32) -> f32 {
        if db != self.last.0 {
            self.last = (db, db_to_gain(db));
        }
        self.last.1
    }
}

impl Default for LinearGain {
    fn default() -> Self {
        Self::new()
    }
}

/// A switch that fades linearly between 0 (off) and 1 (on).
#[derive(Debug, Clone)]
pub struct Fade {
    value: f32,
    step: f32,
    jump: bool,
}

impl Fade {
    /// A full fade takes `time_s` seconds, rounded to whole frames.
    pub fn new(time_s: f64, sample_rate: f64) -> Self {
        #[allow(clippy::cast_precision_loss)] // 64
        let frames = (time_s * sample_rate / FRAME as f64).round().max(1.0);
        #[allow(clippy::cast_possible_truncation)] // between 0 and 1
        let step = (1.0 / frames) as f32;
        Self {
            value: 0.0,
            step,
            jump: true,
        }
    }

    /// Takes the next state at once.
    pub fn reset(&mut self) {
        self.jump = true;
    }

    /// Whether it rests at off.
    pub fn is_off(&self) -> bool {
        self.value == 0.0
    }

    /// Whether it has arrived at 1.
    pub fn is_on(&self) -> bool {
        self.value == 1.0
    }

    /// Whether the next state will be taken at once.
    pub fn is_fresh(&self) -> bool {
        self.jump
    }

    /// The weight over the next frame.
    #[inline(always)]
    pub fn next(&mut self, on: bool) -> Segment {
        let target = if on { 1.0 } else { 0.0 };
        let from = if self.jump { target } else { self.value };
        self.value = from + (target - from).clamp(-self.step, self.step);
        self.jump = false;
        Segment {
            from,
            to: self.value,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glide_covers_63_percent_in_its_time_and_arrives() {
        let mut glide = Glide::new(0.1, 48_000.0);
        glide.next(0.0);
        let frames = (0.1 * 48_000.0 / 64.0) as usize;
        let value = (0..frames).map(|_| glide.next(1.0).to).last().unwrap();
        // The frame grid is 1.3 ms of 100 ms.
        assert!((value - 0.632).abs() < 0.01, "got {value}");
        for _ in 0..frames * 20 {
            glide.next(1.0);
        }
        assert!(
            glide.next(1.0).is(1.0),
            "the target must be reached exactly"
        );
    }

    #[test]
    fn a_fade_is_monotone_and_ends_exactly() {
        let mut fade = Fade::new(0.01, 48_000.0);
        fade.next(false);
        let mut last = 0.0;
        for frame in 0..8 {
            let segment = fade.next(true);
            assert!(
                segment.from == last && segment.to > last,
                "frame {frame}: {segment:?}"
            );
            last = segment.to;
        }
        assert!(fade.next(true).is(1.0));
    }

    #[test]
    fn neutral_segments_keep_every_bit() {
        let original: Frame = std::array::from_fn(|i| (i as f32 * 0.37).sin());
        let mut frame = original;
        Segment::constant(1.0).apply(&mut frame);
        assert_eq!(frame, original);
        Segment::constant(1.0).blend(&mut frame, &[0.5; FRAME]);
        assert_eq!(frame, original);
        Segment::constant(0.0).blend(&mut frame, &[0.5; FRAME]);
        assert_eq!(frame, [0.5; FRAME]);
    }
}
