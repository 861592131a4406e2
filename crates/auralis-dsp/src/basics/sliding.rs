//! Sliding maximum and sliding sums over a window, in constant time a sample.

use crate::basics::log_exp::larger;
use crate::{FRAME, Frame};

/// Maximum over the last `window` values, a frame at a time: three comparisons a value, always (M.
/// van Herk, "A fast algorithm for local minimum and maximum filters on rectangular and octagonal
/// kernels", Pattern Recognition Letters 13, 1992, with a frame as the block). A window that ends in
/// this frame is the frame's start, whole frames, and the end of an older one.
#[derive(Debug, Clone)]
pub struct SlidingMax {
    window: usize,
    /// Of the last frames, a ring: the maximum from each value to its frame's end.
    suffixes: Box<[Frame]>,
    /// Where the newest is.
    newest: usize,
}

impl SlidingMax {
    /// A maximum over `window > FRAME` values, none of them below 0.
    pub fn new(window: usize) -> Self {
        let window = window.max(FRAME + 1);
        Self {
            window,
            suffixes: vec![[0.0; FRAME]; (window - 1) / FRAME + 1].into_boxed_slice(),
            newest: 0,
        }
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.suffixes.fill([0.0; FRAME]);
    }

    /// Takes over the values of another of the same window.
    pub fn copy_from(&mut self, other: &Self) {
        self.suffixes.copy_from_slice(&other.suffixes);
        self.newest = other.newest;
    }

    /// Replaces each value of a frame by the maximum of the window that ends with it.
    #[inline(always)]
    pub fn process(&mut self, frame: &mut Frame) {
        let (whole, rest) = ((self.window - 1) / FRAME, (self.window - 1) % FRAME);
        // Of the frames that every window holds whole, then of one more.
        let older = (1..whole).fold(0.0, |m, back| larger(m, self.back(back)[0]));
        let oldest = larger(older, self.back(whole)[0]);
        let suffix = suffix_maxima(frame);
        prefix_maxima(frame);
        // The first windows end in the frame before the oldest, the others in the oldest itself.
        let (first, second) = frame.split_at_mut(rest + 1);
        for (i, out) in first.iter_mut().enumerate() {
            let end = FRAME - rest + i;
            let reached = self.back(whole + 1).get(end).copied().unwrap_or(0.0);
            *out = larger(larger(*out, oldest), reached);
        }
        for (out, reached) in second.iter_mut().zip(&self.back(whole)[1..]) {
            *out = larger(larger(*out, older), *reached);
        }
        self.newest += 1;
        if self.newest == self.suffixes.len() {
            self.newest = 0;
        }
        self.suffixes[self.newest] = suffix;
    }

    /// Whether all values in the window are 0.
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.suffixes.iter().all(|suffix| suffix[0] == 0.0)
    }

    /// The suffix maxima of the frame `back` frames before the one at hand.
    #[inline(always)]
    fn back(&self, back: usize) -> &Frame {
        let slots = self.suffixes.len();
        let at = self.newest + slots + 1 - back;
        &self.suffixes[if at < slots { at } else { at - slots }]
    }
}

/// The maximum from each value to the end.
#[inline(always)]
fn suffix_maxima(frame: &Frame) -> Frame {
    let mut suffix = *frame;
    for i in (1..FRAME).rev() {
        suffix[i - 1] = larger(suffix[i - 1], suffix[i]);
    }
    suffix
}

/// The maximum from the start to each value.
#[inline(always)]
fn prefix_maxima(frame: &mut Frame) {
    for i in 1..FRAME {
        frame[i] = larger(frame[i - 1], frame[i]);
    }
}

/// Sum over the last `window` values >= 0, in whole numbers: exact, so it never drifts, and zero as soon
/// as every value in the window is.
#[derive(Debug, Clone)]
pub struct SlidingSum {
    ring: Box<[i64]>,
    at: usize,
    sum: i64,
}

impl SlidingSum {
    /// A sum over `window >= 1` values.
    pub fn new(window: usize) -> Self {
        Self {
            ring: vec![0; window.max(1)].into_boxed_slice(),
            at: 0,
            sum: 0,
        }
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.ring.fill(0);
        self.sum = 0;
    }

    /// Takes over the values of another of the same window.
    pub fn copy_from(&mut self, other: &Self) {
        self.ring.copy_from_slice(&other.ring);
        (self.at, self.sum) = (other.at, other.sum);
    }

    /// Whether all values in the window are 0.
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        // None is below 0.
        self.sum == 0
    }

    /// Replaces each value of a frame by the sum of the window that ends with it.
    #[inline(always)]
    pub fn process(&mut self, frame: &mut [i64; FRAME]) {
        let mut rest = frame.as_mut_slice();
        while !rest.is_empty() {
            // In pieces up to the ring's end, so that the loop needs no look at it.
            let now = rest.len().min(self.ring.len() - self.at);
            let (values, after) = rest.split_at_mut(now);
            for (value, oldest) in values.iter_mut().zip(&mut self.ring[self.at..]) {
                self.sum += *value - std::mem::replace(oldest, *value);
                *value = self.sum;
            }
            self.at += now;
            if self.at == self.ring.len() {
                self.at = 0;
            }
            rest = after;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Noise;

    /// Seeded values with rare peaks, so that windows are won by old values too.
    fn values() -> Vec<f32> {
        let mut noise = Noise::new(7);
        (0..64 * FRAME)
            .map(|_| {
                let value = noise.below(1 << 20) as f32;
                let is_peak = noise.below(64) == 0;
                if is_peak { 50.0 * value } else { value }
            })
            .collect()
    }

    #[test]
    fn the_maximum_is_the_plain_one() {
        for window in [65, 66, 98, 127, 128, 129, 130, 194, 400, 1538] {
            let values = values();
            let mut max = SlidingMax::new(window);
            for (at, frame) in values.as_chunks::<FRAME>().0.iter().enumerate() {
                let mut frame = *frame;
                max.process(&mut frame);
                for (i, got) in frame.iter().enumerate() {
                    let end = at * FRAME + i;
                    let last = &values[(end + 1).saturating_sub(window)..=end];
                    let expected = last.iter().fold(0.0_f32, |m, v| m.max(*v));
                    assert_eq!(*got, expected, "window {window}, index {end}");
                }
            }
        }
    }

    #[test]
    fn the_sum_is_the_plain_one() {
        for window in [1, 2, 7, 48, 64, 98, 768] {
            let values: Vec<i64> = values().iter().map(|v| *v as i64).collect();
            let mut sum = SlidingSum::new(window);
            for (at, frame) in values.as_chunks::<FRAME>().0.iter().enumerate() {
                let mut frame = *frame;
                sum.process(&mut frame);
                for (i, got) in frame.iter().enumerate() {
                    let end = at * FRAME + i;
                    let last = &values[(end + 1).saturating_sub(window)..=end];
                    let expected: i64 = last.iter().sum();
                    assert_eq!(*got, expected, "window {window}, index {end}");
                }
            }
        }
    }
}
