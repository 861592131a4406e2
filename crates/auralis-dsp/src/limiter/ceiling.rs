//! The ceiling: what readings are held under, and what the last clamp holds.

use crate::FRAME;
use crate::basics::decibel::db_to_gain;
use crate::basics::log_exp::larger;

/// What the interpolation may miss of an inter-sample peak of music, taken off the ceiling, in dB:
/// with none taken off, 15 pieces driven by 6 and 12 dB read at most 0.0015 dB over it by 16x
/// interpolation.
const TRUE_PEAK_MARGIN_DB: f32 = 0.002;
/// Frames over which the clamp still honours an older, higher ceiling: those in the look-ahead.
const HISTORY: usize = 64;

/// The ceiling in use, and the last ones.
#[derive(Debug, Clone)]
pub struct Ceiling {
    db: f32,
    true_peak: bool,
    linear: f32,
    held: f32,
    told: [f32; HISTORY],
    at: usize,
    /// Frames in which a sample of the look-ahead was told its ceiling.
    frames: usize,
}

impl Ceiling {
    /// No ceiling yet; samples come out `latency_samples` after they were told theirs.
    pub fn new(latency_samples: usize) -> Self {
        Self {
            db: f32::NAN,
            true_peak: false,
            linear: 1.0,
            held: 1.0,
            told: [0.0; HISTORY],
            at: 0,
            frames: (latency_samples.div_ceil(FRAME) + 1).min(HISTORY),
        }
    }

    /// Forgets older ceilings.
    pub fn reset(&mut self) {
        self.told.fill(0.0);
    }

    /// Takes the ceiling of the next frame.
    #[inline(always)]
    pub fn set(&mut self, db: f32, true_peak: bool) {
        if self.db != db || self.true_peak != true_peak {
            let margin_db = if true_peak { TRUE_PEAK_MARGIN_DB } else { 0.0 };
            self.linear = db_to_gain(db);
            self.held = db_to_gain(db - margin_db);
            (self.db, self.true_peak) = (db, true_peak);
        }
        self.at += 1;
        if self.at >= self.frames {
            self.at = 0;
        }
        self.told[self.at] = self.linear;
    }

    /// What readings are held under, linear: a little lower where the interpolation may miss a little.
    #[inline(always)]
    pub fn held(&self) -> f32 {
        self.held
    }

    /// The depth (1 - gain) that brings a magnitude under the ceiling.
    #[inline(always)]
    pub fn depth(&self, magnitude: f32) -> f32 {
        1.0 - self.held / larger(magnitude, self.held)
    }

    /// The ceiling of the clamp: the highest that any sample still in the look-ahead was told.
    #[inline(always)]
    pub fn clamp(&self) -> f32 {
        let told = &self.told[..self.frames];
        told.iter().fold(0.0, |max, ceiling| larger(max, *ceiling))
    }
}
