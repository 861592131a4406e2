//! The static curve of the compressor: threshold, ratio, knee.

use fearless_simd::{Simd, f32x8, prelude::*};

use crate::basics::log_exp::{larger, smaller};

/// What the static curve needs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GainComputer {
    /// Level in dB above which gain is reduced.
    pub threshold_db: f32,
    /// Input change over output change above the knee, at least 1.
    pub ratio: f32,
    /// Full width of the soft knee in dB; 0 is a hard knee.
    pub knee_db: f32,
}

impl GainComputer {
    /// Gain reduction in dB (0 or more) at `level_db`: the input minus the output level of
    /// Giannoulis, Massberg, Reiss, JAES 60(6) 2012, eq. 4.
    #[inline]
    pub fn reduction_db(&self, level_db: f32) -> f32 {
        soft_knee_db(level_db - self.threshold_db, self.slope(), self.knee_db)
    }

    /// Reduction over level above the knee: `1 - 1/ratio`.
    pub fn slope(&self) -> f32 {
        1.0 - 1.0 / self.ratio
    }

    /// The makeup that gives back half of the reduction of a full-scale signal, in dB. Half, since
    /// programme is seldom at full scale: enough to be about as loud as before.
    pub fn auto_makeup_db(&self) -> f32 {
        0.5 * self.reduction_db(0.0)
    }
}

/// Reduction in dB at `over_db` above the threshold, for a slope and a full knee width in dB.
///
/// Within the knee a parabola, above it a line; the clamp before the square joins them without a
/// branch and without a division by a knee of 0.
#[inline]
pub fn soft_knee_db(over_db: f32, slope: f32, knee_db: f32) -> f32 {
    let half = 0.5 * knee_db;
    let into_knee = smaller(larger(over_db + half, 0.0), knee_db);
    let above = larger(over_db - half, 0.0);
    let curvature = 0.5 / larger(knee_db, 1e-6);
    slope * (above + into_knee * into_knee * curvature)
}

/// [`soft_knee_db`] at eight samples, with what depends on the knee alone computed beforehand.
#[derive(Clone, Copy)]
pub struct FastKnee<S: Simd> {
    knee_db: f32x8<S>,
    half_knee_db: f32x8<S>,
    curvature: f32x8<S>,
}

impl<S: Simd> FastKnee<S> {
    /// For full knee widths in dB.
    #[inline(always)]
    pub fn new(knee_db: f32x8<S>) -> Self {
        Self {
            knee_db,
            half_knee_db: knee_db * 0.5,
            curvature: 0.5 / knee_db.max(1e-6),
        }
    }

    /// Reductions in dB at eight levels over the threshold, for slopes.
    #[inline(always)]
    pub fn reduction_db(&self, over_db: f32x8<S>, slope: f32x8<S>) -> f32x8<S> {
        let into_knee = (over_db + self.half_knee_db).max(0.0).min(self.knee_db);
        let above = (over_db - self.half_knee_db).max(0.0);
        slope * (above + into_knee * into_knee * self.curvature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Giannoulis et al. eq. 4, literally: the output level.
    fn textbook(level: f64, threshold: f64, ratio: f64, knee: f64) -> f64 {
        let over = level - threshold;
        if 2.0 * over < -knee {
            level
        } else if 2.0 * over.abs() <= knee {
            level + (1.0 / ratio - 1.0) * (over + knee / 2.0).powi(2) / (2.0 * knee)
        } else {
            threshold + over / ratio
        }
    }

    #[test]
    fn the_static_curve_is_the_textbook_formula() {
        for (threshold_db, ratio, knee_db) in [
            (-20.0, 4.0, 6.0),
            (-40.0, 20.0, 24.0),
            (-10.0, 1.0, 6.0),
            (-30.0, 2.0, 0.001),
        ] {
            let computer = GainComputer {
                threshold_db,
                ratio,
                knee_db,
            };
            for step in -600..=60 {
                let level = step as f32 / 10.0;
                let got = level - computer.reduction_db(level);
                let expected = textbook(
                    level.into(),
                    threshold_db.into(),
                    ratio.into(),
                    knee_db.into(),
                );
                // f32 arithmetic on levels up to 60 dB: 60 * 6e-8 * a few operations.
                assert!(
                    (f64::from(got) - expected).abs() < 5e-5,
                    "{computer:?} at {level}: {got}, {expected}"
                );
            }
        }
    }

    #[test]
    fn a_hard_knee_has_no_jump() {
        let computer = GainComputer {
            threshold_db: -20.0,
            ratio: 4.0,
            knee_db: 0.0,
        };
        assert_eq!(computer.reduction_db(-20.0), 0.0);
        assert!((computer.reduction_db(-16.0) - 3.0).abs() < 1e-5);
    }
}
