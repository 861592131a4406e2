//! How the analysis moves the compressor's threshold and ratio with the programme.
//!
//! The threshold parameter is meant for a programme whose peaks lie around `NOMINAL_PEAK_DB`. The
//! programme's own level is the mean over time of its peak level per hop; the threshold moves by
//! the difference, so that a quiet mix is compressed as a loud one would be. The ratio grows for
//! programme more dynamic than its profile and shrinks for programme that is dense already.

use super::average::WarmMean;
use super::settings::AnalysisSettings;

/// Mean peak level in dBFS of the programme that the threshold parameter is meant for.
const NOMINAL_PEAK_DB: f32 = -18.0;
/// Farthest the threshold moves, in dB.
const MAX_OFFSET_DB: f32 = 18.0;
/// Growth of `ratio - 1` per dB that the crest factor is above the profile's.
const RATIO_PER_DB: f32 = 0.08;
/// Time constant of the mean peak level, in seconds.
const LEVEL_S: f64 = 10.0;

/// Follows the level of the programme.
#[derive(Debug, Clone)]
pub struct Dynamics {
    step_s: f64,
    weights: WarmMean,
    peak_db: f64,
}

impl Dynamics {
    /// Nothing heard yet, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            weights: WarmMean::new(step_s, LEVEL_S),
            peak_db: 0.0,
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s);
    }

    /// Mean peak level, in dBFS.
    #[allow(clippy::cast_possible_truncation)] // a level in dB
    pub fn peak_db(&self) -> f32 {
        self.peak_db as f32
    }

    /// Goes on from a mean peak level in dBFS that `hops` have gone into.
    pub fn resume(&mut self, peak_db: f32, hops: f64) {
        self.peak_db = f64::from(peak_db);
        self.weights.resume(hops.max(1.0));
    }

    /// Takes the peak level in dBFS of a hop that passed the gate.
    pub fn learn(&mut self, peak_db: f32) {
        self.peak_db += self.weights.weigh() * (f64::from(peak_db) - self.peak_db);
    }

    /// What to add to the threshold, in dB: 0 at `comp_adapt` 0.
    pub fn threshold_offset_db(&self, settings: &AnalysisSettings) -> f32 {
        if self.weights.is_empty() || !settings.comp_on {
            return 0.0;
        }
        let offset_db = (self.peak_db() - NOMINAL_PEAK_DB).clamp(-MAX_OFFSET_DB, MAX_OFFSET_DB);
        settings.comp_adapt * offset_db
    }

    /// The ratio to use for a programme whose crest factor is `excess_db` above its profile's:
    /// exactly the parameter at `comp_adapt` 0.
    pub fn ratio(&self, excess_db: f32, settings: &AnalysisSettings) -> f32 {
        if self.weights.is_empty() || !settings.comp_on || settings.comp_adapt <= 0.0 {
            return settings.comp_ratio;
        }
        let factor = (1.0 + RATIO_PER_DB * excess_db).clamp(0.5, 1.5);
        let factor = 1.0 + settings.comp_adapt * (factor - 1.0);
        1.0 + (settings.comp_ratio - 1.0) * factor
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(peak_db: f32) -> Dynamics {
        let mut dynamics = Dynamics::new(0.04);
        for _ in 0..100 {
            dynamics.learn(peak_db);
        }
        dynamics
    }

    #[test]
    fn the_threshold_follows_the_programme() {
        let settings = AnalysisSettings {
            comp_adapt: 1.0,
            ..AnalysisSettings::default()
        };
        let loud = at(-6.0).threshold_offset_db(&settings);
        let quiet = at(-16.0).threshold_offset_db(&settings);
        // A mean of equal values, in f64.
        assert!((loud - quiet - 10.0).abs() < 1e-3, "{loud} {quiet}");
        assert_eq!(at(-90.0).threshold_offset_db(&settings), -MAX_OFFSET_DB);
    }

    #[test]
    fn without_adaptation_nothing_moves() {
        let settings = AnalysisSettings {
            comp_adapt: 0.0,
            ..AnalysisSettings::default()
        };
        assert_eq!(at(-40.0).threshold_offset_db(&settings), 0.0);
        assert_eq!(at(-40.0).ratio(9.0, &settings), settings.comp_ratio);
    }

    #[test]
    fn dynamic_programme_gets_more_ratio_and_dense_less() {
        let settings = AnalysisSettings {
            comp_adapt: 1.0,
            comp_ratio: 3.0,
            ..AnalysisSettings::default()
        };
        assert!(at(-10.0).ratio(4.0, &settings) > 3.2);
        assert!(at(-10.0).ratio(-4.0, &settings) < 2.8);
        assert!(at(-10.0).ratio(-100.0, &settings) >= 1.0);
    }
}
