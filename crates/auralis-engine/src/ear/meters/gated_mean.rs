//! The gated mean loudness of ITU-R BS.1770-5 Annex 1, in bounded memory.
//!
//! Loudness values of 400 ms blocks are collected in a histogram of 0.1 LU bins; each bin keeps the
//! weight and the energy it has received, so the mean is exact and only the relative gate is as
//! coarse as a bin. Absolute gate -70 LUFS, relative gate 10 LU below the mean of what passes the
//! absolute one. Optionally old values are forgotten: each new one then weighs more than the last.

use crate::ear::meters::loudness_bins::{ABSOLUTE_GATE_LUFS, BINS, bin_of};
use auralis_dsp::basics::decibel::SILENCE_DB;

/// The relative gate, in LU.
const RELATIVE_GATE_LU: f64 = -10.0;
/// Weight of a value at which all weights are scaled down again.
const RENORMALISE_AT: f64 = 1e12;

/// Loudness in LUFS of a K-weighted mean square summed over the channels: `-0.691 + 10 log10`.
pub fn energy_to_lufs(energy: f64) -> f64 {
    if energy > 1e-19 {
        -0.691 + 10.0 * energy.log10()
    } else {
        f64::from(SILENCE_DB)
    }
}

/// The K-weighted mean square of a loudness in LUFS.
pub fn lufs_to_energy(lufs: f64) -> f64 {
    10.0_f64.powf(0.1 * (lufs + 0.691))
}

/// Weight and energy of a bin.
#[derive(Debug, Clone, Copy, Default)]
struct Bin {
    weight: f64,
    energy: f64,
}

/// A gated mean.
#[derive(Debug, Clone)]
pub struct GatedMean {
    bins: Vec<Bin>,
    /// The highest bin that is not empty.
    loudest: usize,
    total: Bin,
    /// The gated mean in LUFS, if anything has passed the absolute gate.
    lufs: Option<f64>,
    /// Weight of the next value.
    weight: f64,
    /// Growth of the weight from value to value; 1 forgets nothing.
    growth: f64,
}

impl GatedMean {
    /// A mean of everything since the last reset.
    pub fn new() -> Self {
        Self::with_growth(1.0)
    }

    /// A mean that forgets with a time constant of `memory_s`, given a value every `step_s`.
    pub fn forgetting(step_s: f64, memory_s: f64) -> Self {
        Self::with_growth((step_s / memory_s).exp())
    }

    fn with_growth(growth: f64) -> Self {
        Self {
            bins: vec![Bin::default(); BINS],
            loudest: 0,
            total: Bin::default(),
            lufs: None,
            weight: 1.0,
            growth,
        }
    }

    /// Goes on as if `values` of one loudness in LUFS had gone in; after a reset.
    pub fn resume(&mut self, lufs: f64, values: f64) {
        let kept = if self.growth > 1.0 {
            (1.0 - self.growth.powf(-values)) / (1.0 - 1.0 / self.growth)
        } else {
            values
        };
        self.weight = kept.max(1.0);
        self.push(lufs_to_energy(lufs));
        self.weight = self.growth;
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        self.bins.fill(Bin::default());
        self.loudest = 0;
        self.total = Bin::default();
        self.lufs = None;
        self.weight = 1.0;
    }

    /// Adds the energy of a block; below the absolute gate it does not count.
    pub fn push(&mut self, energy: f64) {
        let lufs = energy_to_lufs(energy);
        if lufs < ABSOLUTE_GATE_LUFS {
            return;
        }
        let index = bin_of(lufs);
        for bin in [&mut self.bins[index], &mut self.total] {
            bin.weight += self.weight;
            bin.energy += self.weight * energy;
        }
        self.weight *= self.growth;
        if self.weight > RENORMALISE_AT {
            self.renormalise();
        }
        self.loudest = self.loudest.max(index);
        self.lufs = self.gated();
    }

    fn renormalise(&mut self) {
        let scale = 1.0 / self.weight;
        for bin in self.bins.iter_mut().chain([&mut self.total]) {
            bin.weight *= scale;
            bin.energy *= scale;
        }
        self.weight = 1.0;
    }

    /// The gated mean in LUFS, `None` while nothing has passed the absolute gate.
    pub fn lufs(&self) -> Option<f64> {
        self.lufs
    }

    /// The mean of what passes the relative gate.
    fn gated(&self) -> Option<f64> {
        let gate = energy_to_lufs(self.total.energy / self.total.weight) + RELATIVE_GATE_LU;
        let mut passed = Bin::default();
        let first = bin_of(gate).min(self.loudest);
        for bin in &self.bins[first..=self.loudest] {
            passed.weight += bin.weight;
            passed.energy += bin.energy;
        }
        (passed.weight > 0.0).then(|| energy_to_lufs(passed.energy / passed.weight))
    }
}

impl Default for GatedMean {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn energy(lufs: f64) -> f64 {
        10_f64.powf((lufs + 0.691) / 10.0)
    }

    #[test]
    fn gates_as_tech_3341_case_4() {
        let mut mean = GatedMean::new();
        for (lufs, blocks) in [(-72.0, 100), (-36.0, 100), (-23.0, 600), (-36.0, 100)] {
            (0..blocks).for_each(|_| mean.push(energy(lufs)));
        }
        let got = mean.lufs().unwrap();
        // Only the -23 blocks pass both gates, and bins keep exact energies.
        assert!((got + 23.0).abs() < 1e-6, "{got} LUFS, expected -23");
    }

    #[test]
    fn forgetting_follows_the_last_minute() {
        let mut mean = GatedMean::forgetting(0.1, 60.0);
        (0..6000).for_each(|_| mean.push(energy(-14.0)));
        (0..6000).for_each(|_| mean.push(energy(-20.0)));
        let got = mean.lufs().unwrap();
        // exp(-600/60) of the older part is left: 5e-5 of three times the energy.
        assert!((got + 20.0).abs() < 0.01, "{got} LUFS, expected -20");
        (0..200_000).for_each(|_| mean.push(energy(-30.0)));
        let got = mean.lufs().unwrap();
        assert!(
            (got + 30.0).abs() < 1e-3,
            "{got} LUFS after renormalising, expected -30"
        );
    }

    #[test]
    fn what_is_resumed_weighs_as_much_as_it_was() {
        for mut mean in [GatedMean::new(), GatedMean::forgetting(0.1, 1e9)] {
            mean.resume(-14.0, 300.0);
            (0..100).for_each(|_| mean.push(energy(-20.0)));
            let got = mean.lufs().unwrap();
            let expected = 10.0 * (0.75 * 10_f64.powf(-1.4) + 0.25 * 0.01).log10();
            // The rounding of weights near 1.
            assert!(
                (got - expected).abs() < 1e-3,
                "{got} LUFS, expected {expected}"
            );
        }
    }

    #[test]
    fn nothing_is_no_mean_and_extremes_are_finite() {
        let mut mean = GatedMean::new();
        assert_eq!(mean.lufs(), None);
        mean.push(0.0);
        mean.push(1e-300);
        assert_eq!(mean.lufs(), None);
        mean.push(1e30);
        assert!(mean.lufs().unwrap().is_finite());
    }
}
