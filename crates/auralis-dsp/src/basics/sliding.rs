//! Sliding maximum and sliding sums over a window, in constant time a sample. The implementations agree
//! exactly.

use fearless_simd::{Simd, dispatch, f32x4, f64x4, prelude::*};

use crate::basics::log_exp::larger;
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame};

/// Samples that are taken at a time.
const LANES: usize = 4;

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
    pub fn process(&mut self, frame: &mut Frame, implementation: Implementation) {
        let (whole, rest) = ((self.window - 1) / FRAME, (self.window - 1) % FRAME);
        // Of the frames that every window holds whole, then of one more.
        let older = (1..whole).fold(0.0, |m, back| larger(m, self.back(back)[0]));
        let oldest = larger(older, self.back(whole)[0]);
        let suffix = match implementation {
            Implementation::Scalar => {
                let suffix = suffix_maxima(frame);
                prefix_maxima(frame);
                suffix
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => fast_maxima(simd, frame))
            }
        };
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

/// Both: leaves the maxima from the start, and gives those to the end.
#[inline(always)]
fn fast_maxima<S: Simd>(simd: S, frame: &mut Frame) -> Frame {
    let zero = f32x4::splat(simd, 0.0);
    let mut suffix = [0.0; FRAME];
    let mut so_far = zero;
    let to = suffix.as_chunks_mut::<LANES>().0.iter_mut();
    for (to, from) in to.zip(frame.as_chunks::<LANES>().0).rev() {
        let mut x = f32x4::from_slice(simd, from);
        x = x.max(x.slide::<1>(zero));
        x = x.max(x.slide::<2>(zero)).max(so_far);
        x.store_slice(to);
        so_far = f32x4::splat(simd, x[0]);
    }
    so_far = zero;
    for chunk in frame.as_chunks_mut::<LANES>().0 {
        let mut x = f32x4::from_slice(simd, chunk);
        x = x.max(zero.slide::<3>(x));
        x = x.max(zero.slide::<2>(x)).max(so_far);
        x.store_slice(chunk);
        so_far = f32x4::splat(simd, x[LANES - 1]);
    }
    suffix
}

/// Sum over the last `window` whole numbers >= 0 that add up to less than 2^53: exact, so it never drifts,
/// and zero as soon as every value in the window is.
#[derive(Debug, Clone)]
pub struct SlidingSum {
    window: usize,
    /// The window before the frame, and the frame.
    values: Box<[f64]>,
    sum: f64,
}

impl SlidingSum {
    /// A sum over `window >= 1` values.
    pub fn new(window: usize) -> Self {
        let window = window.max(1);
        Self {
            window,
            values: vec![0.0; window + FRAME].into_boxed_slice(),
            sum: 0.0,
        }
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        self.values.fill(0.0);
        self.sum = 0.0;
    }

    /// Takes over the values of another of the same window.
    pub fn copy_from(&mut self, other: &Self) {
        self.values.copy_from_slice(&other.values);
        self.sum = other.sum;
    }

    /// Whether all values in the window are 0.
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        // None is below 0.
        self.sum == 0.0
    }

    /// Replaces each value of a frame by the sum of the window that ends with it.
    #[inline(always)]
    pub fn process(&mut self, frame: &mut [f64; FRAME], implementation: Implementation) {
        self.values[self.window..].copy_from_slice(frame);
        match implementation {
            Implementation::Scalar => self.add_up(frame),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.fast_add_up(simd, frame));
            }
        }
        self.values.copy_within(FRAME.., 0);
    }

    fn add_up(&mut self, frame: &mut [f64; FRAME]) {
        for (value, oldest) in frame.iter_mut().zip(&self.values) {
            self.sum += *value - oldest;
            *value = self.sum;
        }
    }

    #[inline(always)]
    fn fast_add_up<S: Simd>(&mut self, simd: S, frame: &mut [f64; FRAME]) {
        let zero = f64x4::splat(simd, 0.0);
        let mut sum = f64x4::splat(simd, self.sum);
        let oldest = self.values.as_chunks::<LANES>().0;
        for (values, oldest) in frame.as_chunks_mut::<LANES>().0.iter_mut().zip(oldest) {
            let mut x = f64x4::from_slice(simd, values) - f64x4::from_slice(simd, oldest);
            x += zero.slide::<3>(x);
            x += zero.slide::<2>(x);
            x += sum;
            x.store_slice(values);
            sum = f64x4::splat(simd, x[LANES - 1]);
        }
        self.sum = sum[0];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::Noise;
    use crate::simd::instruction_set::InstructionSet;

    /// The reference and every instruction set.
    fn ways() -> impl Iterator<Item = Implementation> {
        let sets = InstructionSet::available().into_iter();
        std::iter::once(Implementation::Scalar).chain(sets.map(Implementation::Vectorized))
    }

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
        let windows = [65, 66, 98, 127, 128, 129, 130, 194, 400, 1538];
        for (window, way) in windows.iter().flat_map(|w| ways().map(|way| (*w, way))) {
            let values = values();
            let mut max = SlidingMax::new(window);
            for (at, frame) in values.as_chunks::<FRAME>().0.iter().enumerate() {
                let mut frame = *frame;
                max.process(&mut frame, way);
                for (i, got) in frame.iter().enumerate() {
                    let end = at * FRAME + i;
                    let last = &values[(end + 1).saturating_sub(window)..=end];
                    let expected = last.iter().fold(0.0_f32, |m, v| m.max(*v));
                    assert_eq!(*got, expected, "{way:?}, window {window}, index {end}");
                }
            }
        }
    }

    #[test]
    fn the_sum_is_the_plain_one() {
        let windows = [1, 2, 7, 48, 64, 98, 768];
        for (window, way) in windows.iter().flat_map(|w| ways().map(|way| (*w, way))) {
            let values: Vec<f64> = values().iter().map(|v| f64::from(*v)).collect();
            let mut sum = SlidingSum::new(window);
            for (at, frame) in values.as_chunks::<FRAME>().0.iter().enumerate() {
                let mut frame = *frame;
                sum.process(&mut frame, way);
                for (i, got) in frame.iter().enumerate() {
                    let end = at * FRAME + i;
                    let last = &values[(end + 1).saturating_sub(window)..=end];
                    let expected: f64 = last.iter().sum();
                    assert_eq!(*got, expected, "{way:?}, window {window}, index {end}");
                }
            }
        }
    }
}
