//! The newest samples of both channels as complex numbers, `left + i right`, and the same at a quarter of
//! the rate.

use rustfft::num_complex::Complex;

/// A ring that is written twice, so that the newest samples are always one slice.
#[derive(Debug, Clone)]
pub struct History {
    samples: Vec<Complex<f32>>,
    len: usize,
    at: usize,
}

impl History {
    /// Remembers `len` samples.
    pub fn new(len: usize) -> Self {
        Self {
            samples: vec![Complex::default(); 2 * len],
            len,
            at: 0,
        }
    }

    /// Back to silence.
    pub fn reset(&mut self) {
        self.samples.fill(Complex::default());
        self.at = 0;
    }

    /// Appends samples.
    #[inline(always)]
    pub fn push(&mut self, new: &[Complex<f32>]) {
        let mut new = new;
        while !new.is_empty() {
            let (now, later) = new.split_at(new.len().min(self.len - self.at));
            self.samples[self.at..][..now.len()].copy_from_slice(now);
            self.samples[self.at + self.len..][..now.len()].copy_from_slice(now);
            self.at = (self.at + now.len()) % self.len;
            new = later;
        }
    }

    /// The newest `count` samples, the oldest of them first.
    #[inline(always)]
    pub fn newest(&self, count: usize) -> &[Complex<f32>] {
        &self.samples[self.at + self.len - count..][..count]
    }
}

/// A low-pass that keeps one sample in `factor`: a windowed sinc (Blackman's window), flat up to two thirds
/// of the new Nyquist frequency and about 60 dB down from where aliases fall below that.
#[derive(Debug, Clone)]
pub struct Decimator {
    factor: usize,
    /// Each tap twice, for the two parts of a number.
    taps: Vec<[f32; 2]>,
    waiting: usize,
}

impl Decimator {
    /// One in `factor`.
    pub fn new(factor: usize) -> Self {
        let len = if factor == 1 { 1 } else { 16 * factor };
        #[allow(clippy::cast_precision_loss)] // small indices
        let exact: Vec<f64> = (0..len)
            .map(|n| {
                let t = (n as f64 + 0.5) / len as f64;
                let x = std::f64::consts::PI * (t - 0.5) * len as f64 / factor as f64;
                let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
                let turn = std::f64::consts::TAU * t;
                sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
            })
            .collect();
        let sum: f64 = exact.iter().sum();
        #[allow(clippy::cast_possible_truncation)] // to the precision of the samples
        let taps = exact.iter().map(|h| [(h / sum) as f32; 2]).collect();
        Self {
            factor,
            taps,
            waiting: 0,
        }
    }

    /// Samples of its input that it looks back over.
    pub fn reach(&self) -> usize {
        self.taps.len() + 2 * self.factor
    }

    /// As new.
    pub fn reset(&mut self) {
        self.waiting = 0;
    }

    /// Appends to `to` what the newest `added` samples of `from` give, and tells how many those are.
    #[inline(always)]
    pub fn pass(&mut self, from: &History, added: usize, to: &mut History) -> usize {
        self.waiting += added;
        let count = self.waiting / self.factor;
        self.waiting -= count * self.factor;
        if count == 0 {
            return 0;
        }
        let span = self.taps.len() + (count - 1) * self.factor + self.waiting;
        let heard = from.newest(span);
        for n in 0..count {
            let heard = &heard[n * self.factor..][..self.taps.len()];
            to.push(&[weighted(&self.taps, heard)]);
        }
        count
    }
}

/// The sum of the products, in four independent parts as vectors take them.
#[inline(always)]
fn weighted(taps: &[[f32; 2]], heard: &[Complex<f32>]) -> Complex<f32> {
    let taps: &[[f32; 8]] = bytemuck::cast_slice(taps.as_chunks::<4>().0);
    let heard: &[[f32; 8]] = bytemuck::cast_slice(heard.as_chunks::<4>().0);
    let mut sums = [0.0_f32; 8];
    for (taps, heard) in taps.iter().zip(heard) {
        for lane in 0..8 {
            sums[lane] += taps[lane] * heard[lane];
        }
    }
    Complex::new(
        (sums[0] + sums[4]) + (sums[2] + sums[6]),
        (sums[1] + sums[5]) + (sums[3] + sums[7]),
    )
}
