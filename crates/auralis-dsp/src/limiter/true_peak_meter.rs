//! The largest true peak of a signal in blocks of any length, by the limiter's own [detector](TruePeak).
//!
//! Only what may be larger than the largest so far is interpolated, so a whole song costs little more
//! than its samples' maximum.

use crate::FRAME;
use crate::basics::delay::Delay;
use crate::limiter::true_peak::{PAST, TruePeak};
use crate::simd::instruction_set::{Implementation, InstructionSet};

/// Meters one channel.
#[derive(Debug, Clone)]
pub struct TruePeakMeter {
    detector: TruePeak,
    audio: Delay,
    frame: [f32; FRAME],
    /// Samples of the frame that are there.
    filled: usize,
    peak: f32,
    implementation: Implementation,
}

impl TruePeakMeter {
    /// A meter that has heard silence.
    pub fn new() -> Self {
        Self {
            detector: TruePeak::new(),
            audio: Delay::new(PAST),
            frame: [0.0; FRAME],
            filled: 0,
            peak: 0.0,
            implementation: Implementation::Vectorized(InstructionSet::best()),
        }
    }

    /// Takes the next samples, which are finite.
    pub fn push(&mut self, mut samples: &[f32]) {
        while !samples.is_empty() {
            let now = samples.len().min(FRAME - self.filled);
            let (taken, rest) = samples.split_at(now);
            self.frame[self.filled..self.filled + now].copy_from_slice(taken);
            self.filled += now;
            samples = rest;
            if self.filled == FRAME {
                self.filled = 0;
                self.take_frame();
            }
        }
    }

    fn take_frame(&mut self) {
        self.audio.write(&self.frame);
        let mut peaks = [0.0; FRAME];
        let detector = &mut self.detector;
        detector.process(&self.audio, self.peak, &mut peaks, self.implementation);
        self.peak = peaks.iter().fold(self.peak, |peak, x| peak.max(*x));
    }

    /// The largest magnitude since this was last asked, linear, as far as it has been heard.
    pub fn take(&mut self) -> f32 {
        std::mem::take(&mut self.peak)
    }

    /// The largest magnitude of everything that was taken, linear, with silence behind it.
    pub fn finish(&mut self) -> f32 {
        self.push(&[0.0; PAST + FRAME]);
        self.peak
    }
}

impl Default for TruePeakMeter {
    fn default() -> Self {
        Self::new()
    }
}
