//! Integral action of the correction: the error of the long-term spectrum so far, clamped, is added to
//! the gains.
//!
//! The gains follow the spectrum of the past seconds, so they lag wherever it changes, and the long-term
//! spectrum of the output stays farther from the target than the short-term one was at any moment. Two
//! long-term spectra are averaged: that of the input, and that of the input with the gains applied.

use crate::ear::average::{WarmMean, remembered_s};
use auralis_dsp::bands::{BANDS, PerBand};
use auralis_dsp::basics::decibel::{db_to_power, power_to_db};

/// Memory of both spectra, in seconds: some verses of a piece.
const MEMORY_S: f64 = 120.0;
/// Time over which the accumulated error is corrected, in seconds: the integral's time constant.
const AHEAD_S: f64 = 20.0;
/// Clamp of the correction, in dB.
const MAX_RESIDUAL_DB: f32 = 6.0;

/// The programme so far, before and after the gains.
#[derive(Debug, Clone)]
pub struct Past {
    step_s: f64,
    weights: WarmMean,
    heard_s: f64,
    /// Mean power of each band before and after the gains.
    power: [[f64; 2]; BANDS],
}

impl Past {
    /// Nothing heard yet, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            weights: WarmMean::new(step_s, MEMORY_S),
            heard_s: 0.0,
            power: [[0.0; 2]; BANDS],
        }
    }

    /// Forgets everything.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s);
    }

    /// Takes the powers of a hop that these gains in dB are put on.
    pub fn hear(&mut self, band_power: &[f64; BANDS], gains_db: &PerBand) {
        self.heard_s += self.step_s;
        let weight = self.weights.weigh();
        for (band, mean) in self.power.iter_mut().enumerate() {
            let before = band_power[band];
            let after = before * db_to_power(f64::from(gains_db[band]));
            mean[0] += weight * (before - mean[0]);
            mean[1] += weight * (after - mean[1]);
        }
    }

    /// Correction of each gain over the next [`AHEAD_S`], in dB, that brings the long-term spectrum to
    /// where the gains that `wanted` gives for it would have brought it from the start.
    #[allow(clippy::cast_possible_truncation)] // levels in dB
    pub fn residual_db(&self, wanted: impl Fn(&PerBand) -> PerBand) -> PerBand {
        if self.weights.is_empty() {
            return [0.0; BANDS];
        }
        let [before, after] = [0, 1].map(|i| self.power.map(|power| power_to_db(power[i]) as f32));
        let wanted = wanted(&before);
        let past = remembered_s(self.heard_s, MEMORY_S) / AHEAD_S;
        std::array::from_fn(|band| {
            let error_db = before[band] + wanted[band] - after[band];
            (past as f32 * error_db).clamp(-MAX_RESIDUAL_DB, MAX_RESIDUAL_DB)
        })
    }
}
