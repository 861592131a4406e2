//! The adaptive gains of the EQ: target minus measurement, tamed.

use super::average::{one_pole, ramp};
use super::profiles::LEVEL_BANDS;
use super::settings::AnalysisSettings;
use crate::dsp::bands::{BANDS, PerBand};

/// Bands this far below the loudest, in dB, hold no programme; they count in full from
/// [`PRESENT_DB`] on.
const ABSENT_DB: f32 = -65.0;
/// See [`ABSENT_DB`].
const PRESENT_DB: f32 = -45.0;
/// What is left of a correction in the outermost bands, where programme is rarely meant.
const EDGE_TAPER: [(usize, f32); 3] = [(0, 0.6), (23, 0.8), (24, 0.4)];
/// A curve is reported anew when a band has moved this far, in dB, so that kernels are not made for
/// nothing.
const REPORT_STEP_DB: f32 = 0.1;
/// Gains this small come to rest, in dB.
const REST_DB: f32 = 0.001;

/// Follows the correction.
#[derive(Debug, Clone)]
pub struct Correction {
    step_s: f64,
    gains_db: PerBand,
    reported_db: PerBand,
}

impl Correction {
    /// All gains 0, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            gains_db: [0.0; BANDS],
            reported_db: [0.0; BANDS],
        }
    }

    /// All gains 0.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s);
    }

    /// Goes on from gains in dB, as far as the range allows.
    pub fn resume(&mut self, gains_db: &PerBand, range_db: f32) {
        self.gains_db = gains_db.map(|db| db.clamp(-range_db, range_db));
        self.reported_db = self.gains_db;
    }

    /// Moves the gains towards `wanted_db` with the time constant of the settings, within their
    /// range.
    pub fn approach(&mut self, wanted_db: &PerBand, settings: &AnalysisSettings) {
        #[allow(clippy::cast_possible_truncation)] // a share
        let share = one_pole(self.step_s, f64::from(settings.eq_speed_s)) as f32;
        let range = settings.eq_range_db;
        for (gain, wanted) in self.gains_db.iter_mut().zip(wanted_db) {
            *gain = (*gain + share * (wanted - *gain)).clamp(-range, range);
            if (*gain - wanted).abs() < REST_DB {
                *gain = *wanted;
            }
        }
        let moved = |(a, b): (&f32, &f32)| (a - b).abs() >= REPORT_STEP_DB;
        let at_rest = self.gains_db == *wanted_db;
        if at_rest || self.gains_db.iter().zip(&self.reported_db).any(moved) {
            self.reported_db = self.gains_db;
        }
    }

    /// The gains to apply, in dB.
    pub fn reported_db(&self) -> PerBand {
        self.reported_db
    }
}

/// Where the target lies on the programme's level: what to add to a level-free target so that it
/// and `measured_db` have the same mean over the bands that hold programme, in dB.
pub fn alignment_db(target_db: &PerBand, measured_db: &PerBand, usable: usize) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.0);
    let present = presence(measured_db);
    for band in LEVEL_BANDS.start..LEVEL_BANDS.end.min(usable) {
        sum += present[band] * (measured_db[band] - target_db[band]).clamp(-300.0, 300.0);
        weight += present[band];
    }
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// The gains that bring `measured_db` to `target_db` (both in dB per band) as far as `settings`
/// allow: level-free, smoothed over neighbours, tapered where there is no programme.
pub fn wanted_db(
    target_db: &PerBand,
    measured_db: &PerBand,
    usable: usize,
    settings: &AnalysisSettings,
) -> PerBand {
    if !settings.eq_on {
        return [0.0; BANDS];
    }
    let level = alignment_db(target_db, measured_db, usable);
    let present = presence(measured_db);
    let raw: PerBand = std::array::from_fn(|band| {
        if band >= usable {
            return 0.0;
        }
        (target_db[band] + level - measured_db[band]) * present[band]
    });
    let mut wanted = smooth(&raw, usable);
    for (band, left) in EDGE_TAPER {
        wanted[band] *= left;
    }
    wanted.map(|db| (settings.eq_amount * db).clamp(-settings.eq_range_db, settings.eq_range_db))
}

/// How much programme each band holds beside the loudest: 0 (none) to 1.
pub fn presence(measured_db: &PerBand) -> PerBand {
    let loudest = measured_db.iter().fold(f32::MIN, |max, db| max.max(*db));
    measured_db.map(|db| ramp(db - loudest, ABSENT_DB, PRESENT_DB))
}

/// Each band with a quarter of each neighbour.
fn smooth(raw: &PerBand, usable: usize) -> PerBand {
    std::array::from_fn(|band| {
        if band >= usable {
            return 0.0;
        }
        let before = raw[band.saturating_sub(1)];
        let after = raw[(band + 1).min(usable - 1)];
        0.25 * before + 0.5 * raw[band] + 0.25 * after
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::profiles::profile;
    use crate::dsp::options::Target;

    fn full() -> AnalysisSettings {
        AnalysisSettings {
            eq_amount: 1.0,
            eq_range_db: 12.0,
            ..AnalysisSettings::default()
        }
    }

    #[test]
    fn a_programme_on_target_is_left_alone_at_any_level() {
        let target = profile(Target::Pop).bands_db;
        for level in [-60.0, -20.0, 0.0] {
            let wanted = wanted_db(&target, &target.map(|db| db + level), BANDS, &full());
            for (band, db) in wanted.iter().enumerate() {
                assert!(db.abs() < 0.01, "level {level}, band {band}: {db} dB");
            }
        }
    }

    #[test]
    fn a_dull_programme_comes_at_least_half_way() {
        let target = profile(Target::Balanced).bands_db;
        let dull: PerBand = std::array::from_fn(|i| target[i] - 0.4 * i as f32);
        let wanted = wanted_db(&target, &dull, BANDS, &full());
        let distance = |spectrum: &PerBand| {
            let level = alignment_db(&target, spectrum, BANDS);
            let sum: f32 = LEVEL_BANDS
                .map(|i| (target[i] + level - spectrum[i]).powi(2))
                .sum();
            sum.sqrt()
        };
        let corrected: PerBand = std::array::from_fn(|i| dull[i] + wanted[i]);
        assert!(distance(&corrected) < 0.5 * distance(&dull), "{wanted:?}");
    }

    #[test]
    fn nothing_is_boosted_where_there_is_nothing() {
        let target = profile(Target::Balanced).bands_db;
        let mut measured = target;
        measured[20..].fill(-120.0);
        let wanted = wanted_db(&target, &measured, BANDS, &full());
        for (band, db) in wanted.iter().enumerate().skip(21) {
            assert!(*db < 0.5, "band {band}: {db} dB");
        }
    }

    #[test]
    fn speed_is_a_time_constant_and_zero_is_reached() {
        let mut correction = Correction::new(0.04);
        let settings = AnalysisSettings {
            eq_speed_s: 2.0,
            ..full()
        };
        let wanted = [6.0; BANDS];
        for _ in 0..50 {
            correction.approach(&wanted, &settings);
        }
        let got = correction.reported_db()[7];
        // The report's step of 0.05 dB.
        assert!(
            (got - 6.0 * 0.632).abs() < 0.06,
            "after one time constant {got} dB"
        );
        for _ in 0..1000 {
            correction.approach(&[0.0; BANDS], &settings);
        }
        assert_eq!(correction.reported_db(), [0.0; BANDS]);
    }
}
