//! The adaptive gains of the EQ: what is believed to be a fault of the tone
//! ([`Restoration`](crate::ear::decide::restoration)), within its range, and how the gains move there.

use crate::ear::average::{one_pole, ramp};
use crate::ear::content::profiles::LEVEL_BANDS;
use crate::ear::settings::AnalysisSettings;
use auralis_dsp::bands::{BANDS, LOW_BANDS, PerBand, PerLowBand};

/// Bands this far below the loudest, in dB, hold no programme; they count in full from
/// [`PRESENT_DB`] on.
const ABSENT_DB: f32 = -65.0;
/// See [`ABSENT_DB`].
const PRESENT_DB: f32 = -45.0;
/// A curve is reported anew when a band has moved this far, in dB, so that kernels are not made for
/// nothing.
const REPORT_STEP_DB: f32 = 0.1;
/// Gains this small come to rest, in dB.
const REST_DB: f32 = 0.001;

/// All gains of the tone, in dB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// Of each band.
    pub all_db: PerBand,
    /// What the side gets beyond it.
    pub side_db: PerBand,
    /// What the parts of the lowest band get beyond it.
    pub low_db: PerLowBand,
}

impl Tone {
    /// Nothing is changed.
    pub const FLAT: Self = Self {
        all_db: [0.0; BANDS],
        side_db: [0.0; BANDS],
        low_db: [0.0; LOW_BANDS],
    };
}

/// Follows gains.
#[derive(Debug, Clone)]
pub struct Correction<const N: usize = BANDS> {
    step_s: f64,
    gains_db: [f32; N],
    reported_db: [f32; N],
}

impl<const N: usize> Correction<N> {
    /// All gains 0, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            gains_db: [0.0; N],
            reported_db: [0.0; N],
        }
    }

    /// All gains 0.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s);
    }

    /// Goes on from gains in dB, as far as the range allows. Switched off, it is at rest from the first
    /// moment.
    pub fn resume(&mut self, gains_db: &[f32; N], settings: &AnalysisSettings) {
        let range = if settings.wants_correction() {
            settings.eq_range_db
        } else {
            0.0
        };
        self.gains_db = gains_db.map(|db| db.clamp(-range, range));
        self.reported_db = self.gains_db;
    }

    /// Moves the gains towards `wanted_db` with the time constant of the settings, within their
    /// range.
    pub fn approach(&mut self, wanted_db: &[f32; N], settings: &AnalysisSettings) {
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

    /// Gains at once where they are to go, in dB: the song was heard to its end.
    pub fn settle(&mut self, wanted_db: &[f32; N]) {
        self.gains_db = *wanted_db;
        self.reported_db = *wanted_db;
    }

    /// The farthest that a gain is from where it is to go, in dB.
    pub fn distance_db(&self, wanted_db: &[f32; N]) -> f32 {
        let gains = self.gains_db.iter().zip(wanted_db);
        gains.fold(0.0, |most, (gain, wanted)| most.max((wanted - gain).abs()))
    }

    /// The gains to apply, in dB.
    pub fn reported_db(&self) -> [f32; N] {
        self.reported_db
    }
}

/// Where the target lies on the programme's level: what to add to a level-free target so that it
/// and `measured_db` have the same mean over the bands that hold programme, in dB. `present` is the
/// [`presence`] of the measured bands.
pub fn alignment_db(
    target_db: &PerBand,
    measured_db: &PerBand,
    present: &PerBand,
    usable: usize,
) -> f32 {
    let (mut sum, mut weight) = (0.0, 0.0);
    for band in LEVEL_BANDS.start..LEVEL_BANDS.end.min(usable) {
        sum += present[band] * (measured_db[band] - target_db[band]).clamp(-300.0, 300.0);
        weight += present[band];
    }
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// How much programme each band holds beside the loudest: 0 (none) to 1.
pub fn presence(measured_db: &PerBand) -> PerBand {
    let loudest = measured_db.iter().copied().fold(f32::MIN, louder);
    measured_db.map(|db| ramp(db - loudest, ABSENT_DB, PRESENT_DB))
}

/// The larger of two levels in dB, without the care for NaN that [`f32::max`] takes besides.
fn louder(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[cfg(test)]
mod tests;
