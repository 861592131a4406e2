//! The adaptive gains of the EQ: target minus measurement, tamed.
//!
//! Masking is E. Zwicker's and H. Fastl's, "Psychoacoustics" (2nd ed. 1999), chapter 4: what lies
//! under the slopes of a louder band cannot be heard, so a boost would bring up what nobody has
//! heard in the mix (noise, crosstalk, a coder's remains) before it changes the tone.
//!
//! In `Follow` the measurement is of the past seconds; what that leaves of the distance over the whole
//! programme is made good afterwards (the module `past`). In `Learn` it is of the whole song.

use crate::ear::average::{one_pole, ramp};
use crate::ear::content::profiles::LEVEL_BANDS;
use crate::ear::settings::{AdaptMode, AnalysisSettings};
use crate::ear::target::Target;
use auralis_dsp::bands::{BANDS, PerBand};

mod past;

use past::Past;

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
/// Programme after which a measurement is trusted half, in seconds: the first bars are not the piece.
const TRUST_S: f64 = 5.0;
/// Gains this small come to rest, in dB.
const REST_DB: f32 = 0.001;

/// Follows the correction.
#[derive(Debug, Clone)]
pub struct Correction {
    step_s: f64,
    gains_db: PerBand,
    reported_db: PerBand,
    /// Programme heard, in seconds.
    heard_s: f64,
    past: Past,
    /// What the past was for.
    wish: Option<Wish>,
}

/// The settings that say what is wanted.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Wish {
    on: bool,
    amount: f32,
    range_db: f32,
    target: Target,
    ref_blend: f32,
}

impl Correction {
    /// All gains 0, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        Self {
            step_s,
            gains_db: [0.0; BANDS],
            reported_db: [0.0; BANDS],
            heard_s: 0.0,
            past: Past::new(step_s),
            wish: None,
        }
    }

    /// All gains 0.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s);
    }

    /// Forgets the programme so far, in which something else was wanted; the gains go on.
    pub fn forget(&mut self) {
        self.past.reset();
    }

    /// Takes the powers of a hop. Another wish than before begins another past.
    pub fn hear(&mut self, band_power: &[f64; BANDS], settings: &AnalysisSettings) {
        let wish = Some(Wish {
            on: settings.eq_on,
            amount: settings.eq_amount,
            range_db: settings.eq_range_db,
            target: settings.target,
            ref_blend: settings.ref_blend,
        });
        if self.wish != wish {
            self.wish = wish;
            self.forget();
        }
        self.heard_s += self.step_s;
        if settings.mode == AdaptMode::Follow {
            self.past.hear(band_power, &self.reported_db);
        }
    }

    /// The gains that `wanted` gives for `measured_db`, weighted by how much was heard, plus the integral
    /// of the error of the programme so far.
    pub fn wanted_db(
        &self,
        measured_db: &PerBand,
        settings: &AnalysisSettings,
        wanted: impl Fn(&PerBand) -> PerBand,
    ) -> PerBand {
        let range = settings.eq_range_db;
        let residual = if settings.eq_on && settings.eq_amount > 0.0 {
            self.past.residual_db(&wanted)
        } else {
            [0.0; BANDS]
        };
        let plain = wanted(measured_db);
        #[allow(clippy::cast_possible_truncation)] // a share
        let trust = (self.heard_s / (self.heard_s + TRUST_S)) as f32;
        std::array::from_fn(|band| (trust * plain[band] + residual[band]).clamp(-range, range))
    }

    /// Goes on from gains in dB, as far as the range allows, that `heard_s` of programme have led to.
    /// Switched off, it is at rest from the first moment.
    pub fn resume(&mut self, gains_db: &PerBand, heard_s: f64, settings: &AnalysisSettings) {
        let range = if settings.wants_correction() {
            settings.eq_range_db
        } else {
            0.0
        };
        self.heard_s = heard_s;
        self.gains_db = gains_db.map(|db| db.clamp(-range, range));
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

    /// Gains at once where they are to go, in dB: the song was heard to its end.
    pub fn settle(&mut self, wanted_db: &PerBand) {
        self.gains_db = *wanted_db;
        self.reported_db = *wanted_db;
    }

    /// The gains to apply, in dB.
    pub fn reported_db(&self) -> PerBand {
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
    let (present, heard) = (presence(measured_db), audibility(measured_db));
    let level = alignment_db(target_db, measured_db, &present, usable);
    let raw: PerBand = std::array::from_fn(|band| {
        if band >= usable {
            return 0.0;
        }
        let wish = target_db[band] + level - measured_db[band];
        let heard = if wish > 0.0 { heard[band] } else { 1.0 };
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
    let loudest = measured_db.iter().copied().fold(f32::MIN, louder);
    measured_db.map(|db| ramp(db - loudest, ABSENT_DB, PRESENT_DB))
}

/// The larger of two levels in dB, without the care for NaN that [`f32::max`] takes besides.
fn louder(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// How far each band is heard beside the others: 0 (masked) to 1. The slopes are straight, so what
/// masks a band from one side masks its neighbour there by one slope more.
fn audibility(measured_db: &PerBand) -> PerBand {
    let [upwards, downwards] = MASKING_SLOPES_DB;
    let mut threshold_db = [f32::MIN; BANDS];
    for band in 1..BANDS {
        threshold_db[band] = louder(threshold_db[band - 1], measured_db[band - 1]) - upwards;
    }
    let mut from_above_db = f32::MIN;
    for band in (0..BANDS - 1).rev() {
        from_above_db = louder(from_above_db, measured_db[band + 1]) - downwards;
        threshold_db[band] = louder(threshold_db[band], from_above_db);
    }
    std::array::from_fn(|band| {
        let over_db = measured_db[band] - (threshold_db[band] - MASKING_INDEX_DB);
        ramp(over_db, -UNHEARD_DB, 0.0)
    })
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
