//! What of a curve is linear phase in a mixed one: all but the low end.
//!
//! A symmetric FIR sounds before the click that it filters, the longer the narrower what it shapes is
//! in Hz. Where that is long enough to be heard, below some 300 Hz, a minimum-phase filter delays
//! the sound by less than is heard instead. So the curve in decibels is shared out: what falls to the
//! linear phase, under a window so short that nothing sounds earlier than backward masking lasts; and
//! all that is left of the curve to the minimum phase, what the window blurs included, so that both in
//! a row have the curve's magnitude whatever the window does.

use std::f64::consts::PI;

use super::as_f64;

/// Where the share of the linear phase begins, and from where on it is all, in Hz: an octave to either
/// side of 300 Hz. As wide as that, the crossover itself is no edge that rings.
const CROSSOVER_HZ: [f64; 2] = [150.0, 600.0];

/// Shares a curve out.
pub struct LinearPart {
    /// How much of each bin's decibels are its own, 0 to 1.
    share: Vec<f64>,
    /// One half of a triangle. Its transform is nowhere negative, so what it blurs stays positive however
    /// far apart the gains are.
    window: Vec<f64>,
}

impl LinearPart {
    /// For a design transform of `size`, and a filter of `half` samples to either side of its middle.
    pub fn new(sample_rate: f64, size: usize, half: usize) -> Self {
        let bin_hz = sample_rate / as_f64(size);
        Self {
            share: (0..=size / 2).map(|k| share(as_f64(k) * bin_hz)).collect(),
            window: (0..half).map(|n| 1.0 - as_f64(n) / as_f64(half)).collect(),
        }
    }

    /// What of the logarithms of magnitudes it takes, bin by bin.
    pub fn of<'a>(&'a self, logs: &'a [f64]) -> impl Iterator<Item = f64> + 'a {
        self.share.iter().zip(logs).map(|(share, log)| share * log)
    }

    /// Cuts a zero-phase response to its length.
    pub fn cut(&self, time: &mut [f64]) {
        let (size, half) = (time.len(), self.window.len());
        time[half..=size - half].fill(0.0);
        for (n, gain) in self.window.iter().enumerate().skip(1) {
            time[n] *= gain;
            time[size - n] *= gain;
        }
    }
}

/// The linear phase's share of the decibels at a frequency: half a cosine over its logarithm.
fn share(hz: f64) -> f64 {
    let [from, to] = CROSSOVER_HZ;
    let way = (hz.max(1.0) / from).ln() / (to / from).ln();
    0.5 - 0.5 * (PI * way.clamp(0.0, 1.0)).cos()
}
