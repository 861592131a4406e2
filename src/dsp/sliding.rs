//! Sliding maximum and sliding means over a window, in constant time a sample.

/// Maximum over the last `window` values: at most three comparisons a value on average (D. Lemire,
/// "Streaming maximum-minimum filter using no more than three comparisons per element", 2006), and
/// never more than `window` in one call.
#[derive(Debug, Clone)]
pub struct SlidingMax {
    window: u64,
    /// Values that may still become the maximum, falling, with the time of each; a ring.
    wedge: Box<[(u64, f32)]>,
    head: usize,
    len: usize,
    now: u64,
}

impl SlidingMax {
    /// A maximum over `window >= 1` values.
    pub fn new(window: usize) -> Self {
        Self {
            window: window.max(1) as u64,
            wedge: vec![(0, 0.0); window.max(1)].into_boxed_slice(),
            head: 0,
            len: 0,
            now: 0,
        }
    }

    /// Forgets all values.
    pub fn reset(&mut self) {
        (self.head, self.len, self.now) = (0, 0, 0);
    }

    /// Adds a value and returns the maximum of the window that ends with it.
    #[inline]
    pub fn push(&mut self, value: f32) -> f32 {
        let size = self.wedge.len();
        if self.len > 0 && self.wedge[self.head].0 + self.window <= self.now {
            self.head = (self.head + 1) % size;
            self.len -= 1;
        }
        while self.len > 0 && self.wedge[(self.head + self.len - 1) % size].1 <= value {
            self.len -= 1;
        }
        self.wedge[(self.head + self.len) % size] = (self.now, value);
        self.len += 1;
        self.now += 1;
        self.wedge[self.head].1
    }
}

/// Sum over the last `window` values, in whole numbers: exact, so it never drifts, and zero as soon
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

    /// Adds a value and returns the sum of the window that ends with it.
    #[inline]
    pub fn push(&mut self, value: i64) -> i64 {
        self.sum += value - std::mem::replace(&mut self.ring[self.at], value);
        self.at += 1;
        if self.at == self.ring.len() {
            self.at = 0;
        }
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_plain_maximum_and_sum() {
        let mut seed: u32 = 7;
        let values: Vec<f32> = (0..2000)
            .map(|_| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 20) as f32
            })
            .collect();
        for window in [1, 2, 7, 98] {
            let (mut max, mut sum) = (SlidingMax::new(window), SlidingSum::new(window));
            for (i, value) in values.iter().enumerate() {
                let last = &values[(i + 1).saturating_sub(window)..=i];
                let expected = last.iter().fold(0.0_f32, |m, v| m.max(*v));
                assert_eq!(max.push(*value), expected, "window {window}, index {i}");
                let expected: i64 = last.iter().map(|v| *v as i64).sum();
                assert_eq!(
                    sum.push(*value as i64),
                    expected,
                    "window {window}, index {i}"
                );
            }
        }
    }
}
