//! A delay of a whole number of samples.

use crate::basics::buffer::{Buffer, zeros};
use crate::{FRAME, Frame};

/// A ring that hands back what was written up to `max_samples` earlier.
#[derive(Debug, Clone)]
pub struct Delay {
    /// The ring, and its first frame once more behind it, so that every read is in one piece.
    ring: Buffer<f32>,
    /// Where the next sample is written.
    write: usize,
    /// Length of the ring, a power of two, less one.
    mask: usize,
}

impl Delay {
    /// A delay of at most `max_samples`, filled with silence.
    pub fn new(max_samples: usize) -> Self {
        let len = (max_samples + FRAME).next_power_of_two();
        Self {
            ring: zeros(len + FRAME),
            write: 0,
            mask: len - 1,
        }
    }

    /// Fills the delay with silence.
    pub fn reset(&mut self) {
        self.ring.fill(0.0);
        self.write = 0;
    }

    /// Appends a frame.
    #[inline(always)]
    pub fn write(&mut self, frame: &Frame) {
        // The length is a multiple of FRAME and so is `write`: a frame never wraps.
        self.ring[self.write..self.write + FRAME].copy_from_slice(frame);
        if self.write == 0 {
            self.ring[self.mask + 1..].copy_from_slice(frame);
        }
        self.write = (self.write + FRAME) & self.mask;
    }

    /// The last written frame as it was `delay_samples` ago.
    #[inline(always)]
    pub fn window(&self, delay_samples: usize) -> &Frame {
        debug_assert!(delay_samples + FRAME <= self.mask + 1);
        let start = self.write.wrapping_sub(FRAME + delay_samples) & self.mask;
        &self.ring[start..start + FRAME].as_chunks().0[0]
    }

    /// Copies a [`Delay::window`] to `out`.
    #[inline(always)]
    pub fn read(&self, delay_samples: usize, out: &mut Frame) {
        *out = *self.window(delay_samples);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_by_exactly_what_is_asked() {
        for samples in [0, 1, 63, 64, 65, 200, 1000] {
            let mut delay = Delay::new(1000);
            let mut out = Vec::new();
            for frame in 0..40 {
                let mut audio: Frame = std::array::from_fn(|i| (frame * FRAME + i + 1) as f32);
                delay.write(&audio);
                delay.read(samples, &mut audio);
                out.extend(audio);
            }
            for (i, got) in out.iter().enumerate() {
                let expected = (i + 1).saturating_sub(samples) as f32;
                assert_eq!(*got, expected, "delay {samples}, sample {i}");
            }
        }
    }
}
