//! The adaptive gains of the EQ: target minus measurement, tamed.
//!
//! Masking is E. Zwicker's and H. Fastl's, "Psychoacoustics" (2nd ed. 1999), chapter 4: what lies
//! under the slopes of a louder band cannot be heard, so a boost would bring up what nobody has
//! heard in the mix (noise, crosstalk, a coder's remains) before it changes the tone.

use super::average::{one_pole, ramp};
use super::profiles::LEVEL_BANDS;
use super::settings::AnalysisSettings;
use crate::dsp::bands::{BANDS, PerBand};

/// Bands this far below the loudest, in dB, hold no programme; they count in full from
/// [`PRESENT_DB`] on.
const ABSENT_DB: f32 = -65.0;
/// See [`ABSENT_DB`].
const PRESENT_DB: f32 = -45.0;
/// Fall of masking per critical band towards higher and towards lower bands, in dB: the flat slope
/// of loud maskers upwards, the level-independent 27 dB downwards.
const MASKING_SLOPES_DB: [f32; 2] = [10.0, 27.0];
/// How far below its own slope a band of noise masks another, in dB.
const MASKING_INDEX_DB: f32 = 6.0;
/// A band this far below what masks it, in dB, is not boosted; from the threshold on in full.
const UNHEARD_DB: f32 = 6.0;
/// What is left of a correction in the outermost bands, where programme is rarely meant.
const EDGE_TAPER: [(usize, f32); 3] = [(0, 0.6), (23, 0.8), (24, 0.4)];
/// Share of each neighbour in a smoothed band: single notes count little, and on the music of
/// `tests/ear` the spectrum still comes more than half way to the target.
const NEIGHBOUR: f32 = 1.0 / 6.0;
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
        let wish = target_db[band] + level - measured_db[band];
        let heard = if wish > 0.0 {
            audibility(measured_db, band)
        } else {
            1.0
        };
        wish * heard * present[band]
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

/// How far a band is heard beside the others: 0 (masked) to 1.
fn audibility(measured_db: &PerBand, band: usize) -> f32 {
    let [upwards, downwards] = MASKING_SLOPES_DB;
    #[allow(clippy::cast_precision_loss)] // at most 24
    let threshold = (0..BANDS).filter(|masker| *masker != band).map(|masker| {
        let slope = if masker < band { upwards } else { downwards };
        measured_db[masker] - slope * masker.abs_diff(band) as f32 - MASKING_INDEX_DB
    });
    let over_db = measured_db[band] - threshold.fold(f32::MIN, f32::max);
    ramp(over_db, -UNHEARD_DB, 0.0)
}

/// Each band with [`NEIGHBOUR`] of each neighbour.
fn smooth(raw: &PerBand, usable: usize) -> PerBand {
    std::array::from_fn(|band| {
        if band >= usable {
            return 0.0;
        }
        let before = raw[band.saturating_sub(1)];
        let after = raw[(band + 1).min(usable - 1)];
        NEIGHBOUR * (before + after) + (1.0 - 2.0 * NEIGHBOUR) * raw[band]
    })
}

#[cfg(test)]
mod tests;
