//! A change of latency, hidden in silence: the output fades out, the change happens, and it fades in
//! when the new path is filled.

use crate::Frame;
use crate::basics::smoothing::Fade;

/// Time of a fade, in seconds.
const FADE_S: f64 = 0.02;

/// Fades around a change of latency.
#[derive(Debug)]
pub struct LatencyChange {
    audible: Fade,
    /// Frames to stay silent, until the new path is filled.
    silent_frames: usize,
}

impl LatencyChange {
    /// Nothing is about to change.
    pub fn new(sample_rate: f64) -> Self {
        Self {
            audible: Fade::new(FADE_S, sample_rate),
            silent_frames: 0,
        }
    }

    /// Audible at once.
    pub fn reset(&mut self) {
        self.audible.reset();
        self.silent_frames = 0;
    }

    /// Whether the output is at full level and stays so while no change is wanted.
    pub fn is_idle(&self) -> bool {
        self.silent_frames == 0 && self.audible.is_on()
    }

    /// Takes a frame towards silence while a change `is_wanted` or its path fills, and back otherwise.
    /// True when it has arrived there: the moment for the change.
    #[inline(always)]
    pub fn fade(&mut self, audio: &mut [Frame], is_wanted: bool) -> bool {
        let audible = self.audible.next(!is_wanted && self.silent_frames == 0);
        if audible.is(1.0) {
            return false;
        }
        self.silent_frames = self.silent_frames.saturating_sub(1);
        audio.iter_mut().for_each(|frame| audible.apply(frame));
        audible.to == 0.0
    }

    /// Stays silent for so many frames from now.
    pub fn fill(&mut self, frames: usize) {
        self.silent_frames = frames;
    }
}
