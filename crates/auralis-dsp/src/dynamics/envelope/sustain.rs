//! What lasts, for a release that follows the programme. Both implementations run the same code.

use crate::Frame;
use crate::basics::log_exp::larger;
use crate::basics::smoothing::Segment;
use crate::simd::scan::narrow;

/// Averages smaller than this are silence.
const TINY: f64 = 1e-9;

/// What lasts of a channel, for the programme-dependent release: what the fast release holds of the
/// largest value of each frame, averaged by two one-poles in a row, a step a frame.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sustain {
    held: f64,
    average: [f64; 2],
}

impl Sustain {
    /// Raises the samples of a frame to what lasts, linear over the frame. `release` and `slow` are
    /// what both releases keep over a frame, `mean` what the fast one keeps on its average.
    #[inline(always)]
    pub fn raise(&mut self, frame: &mut Frame, [release, mean, slow]: [f64; 3]) {
        let peak = f64::from(largest(frame));
        let above = (self.held - peak).max(0.0);
        self.held = peak + release * above;
        if self.held < TINY {
            self.held = 0.0;
        }
        let mut smoothed = peak + mean * above;
        let from = narrow(self.average[1]);
        for average in &mut self.average {
            *average = smoothed + slow * (*average - smoothed);
            if *average < TINY {
                *average = 0.0;
            }
            smoothed = *average;
        }
        let way = Segment {
            from,
            to: narrow(smoothed),
        };
        for (i, x) in frame.iter_mut().enumerate() {
            *x = larger(*x, way.at(i));
        }
    }
}

/// The largest sample of a frame, 0 at least.
#[inline(always)]
fn largest(frame: &Frame) -> f32 {
    // Eight at a time, for which the compiler has vectors.
    let mut lanes = [0.0; 8];
    for samples in frame.as_chunks::<8>().0 {
        for (lane, x) in lanes.iter_mut().zip(samples) {
            *lane = larger(*x, *lane);
        }
    }
    lanes.iter().fold(0.0, |most, x| larger(*x, most))
}
