//! Loudness range (LRA) of EBU Tech 3342 v4: how far the loudness of a programme varies.
//!
//! Short-term loudness (3 s) every 100 ms, in a histogram of 0.1 LU; absolute gate -70 LUFS, relative
//! gate 20 LU below the power mean of what passes it; LRA is the 95th percentile of what is left minus
//! the 10th, in LU.

use crate::ear::meters::gated_mean::energy_to_lufs;
use crate::ear::meters::loudness_bins::{ABSOLUTE_GATE_LUFS, BIN_LU, BINS, bin_of};

/// The relative gate, in LU.
const RELATIVE_GATE_LU: f64 = -20.0;
/// Percentiles whose distance is the range.
const SHARES: [f64; 2] = [0.10, 0.95];

/// The loudness range since the last reset.
#[derive(Debug, Clone)]
pub struct LoudnessRange {
    counts: Vec<u32>,
    /// Highest bin that is not empty.
    loudest: usize,
    count: u32,
    energy: f64,
}

impl LoudnessRange {
    /// Nothing heard yet.
    pub fn new() -> Self {
        Self {
            counts: vec![0; BINS],
            loudest: 0,
            count: 0,
            energy: 0.0,
        }
    }

    /// Adds the K-weighted mean square of a window of 3 s; below the absolute gate it does not count.
    pub fn push(&mut self, energy: f64) {
        let lufs = energy_to_lufs(energy);
        if lufs < ABSOLUTE_GATE_LUFS {
            return;
        }
        let bin = bin_of(lufs);
        self.counts[bin] = self.counts[bin].saturating_add(1);
        self.loudest = self.loudest.max(bin);
        self.count = self.count.saturating_add(1);
        self.energy += energy;
    }

    /// The range in LU, 0 while nothing has passed the gates.
    #[allow(clippy::cast_precision_loss)] // 1200 bins
    pub fn lu(&self) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let gate = energy_to_lufs(self.energy / f64::from(self.count)) + RELATIVE_GATE_LU;
        let passed = &self.counts[bin_of(gate)..=self.loudest];
        let total: u32 = passed.iter().sum();
        let [low, high] = SHARES.map(|share| {
            // The value of this rank, counted as in the standard's own code.
            let rank = (share * f64::from(total.saturating_sub(1))).round();
            let mut below = 0.0;
            let bin = passed.iter().position(|count| {
                below += f64::from(*count);
                below > rank
            });
            bin.unwrap_or(0) as f64
        });
        (high - low) * BIN_LU
    }
}

impl Default for LoudnessRange {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::meters::gated_mean::lufs_to_energy;

    fn range_of(values: impl IntoIterator<Item = f64>) -> f64 {
        let mut range = LoudnessRange::new();
        values
            .into_iter()
            .for_each(|lufs| range.push(lufs_to_energy(lufs)));
        range.lu()
    }

    #[test]
    fn an_even_spread_has_85_percent_of_its_width() {
        let got = range_of((0..1000).map(|i| -30.0 + 0.015 * f64::from(i)));
        // A bin at each percentile.
        assert!((got - 0.85 * 15.0).abs() < 0.21, "{got} LU, expected 12.75");
    }

    #[test]
    fn both_gates_keep_what_is_quiet_out() {
        let loud = (0..100).map(|i| -20.0 - 0.05 * f64::from(i));
        let quiet = (0..300).map(|i| [-50.0, -71.0, f64::NEG_INFINITY][i % 3]);
        let got = range_of(loud.clone().chain(quiet));
        assert_eq!(got, range_of(loud), "with what lies below the gates");
        assert_eq!(range_of([]), 0.0);
        assert_eq!(range_of([-80.0]), 0.0);
        assert_eq!(range_of([-20.0]), 0.0);
    }
}
