//! What of a programme's tone is a fault, and how much of it to undo.
//!
//! A measured spectrum is a recording as recordings are (normal around a mean, with the covariance
//! between bands that thousands of them have), plus a fault of its balance (smooth and tilted), plus what
//! the part that was heard differs from the whole. The gains are minus the posterior mean of the fault:
//! Rasmussen, Williams, "Gaussian Processes for Machine Learning" (2006), equation 2.23, as a filter of
//! signal from noise (Wiener):
//!
//! `gains = S_d (S_x + S_d + S_n + c 11^T)^-1 (mean - measured)`
//!
//! with the covariances `S_x` of recordings, `S_d` of faults, `S_n` of the measurement; the large constant
//! `c` makes the level free. What one recording differs from others in by nature lies in directions in
//! which `S_x` is large, and is left alone.

use crate::ear::recordings::{Bands, Covariance, level_free, spread_of_a_kind, spread_of_all};
use auralis_dsp::bands::{BANDS, PerBand, bark, center_hz};

/// Variance of the level, in dB²: nothing is known of it.
const LEVEL_VARIANCE: f64 = 1e4;
/// Bands over which a fault is alike, in Bark: the standard deviation of a Gaussian.
const FAULT_LENGTH_BARK: f64 = 4.0;
/// Standard deviation of a fault's tilt per octave, beside that of a band.
const FAULT_TILT: f64 = 0.5;
/// Standard deviation of what a fault has in one band only, beside that of a band.
const FAULT_FINE: f64 = 0.2;
/// Variance in dB² of a band between the first moment of a song and the whole of it, and the seconds
/// after which it has halved; the share that neighbouring bands have in common, and how far in Bark; the
/// variance of a tilt in dB² per octave² beside it. Measured on 49 pieces from 1 to 60 s: standard deviations of 5.9 dB at 1 s, 4.0 at 8 s, 2.5 at
/// 30 s, 1.9 at 60 s.
const PART_VARIANCE: f64 = 40.0;
const PART_HALF_S: f64 = 6.0;
const PART_SHARED: f64 = 0.6;
const PART_LENGTH_BARK: f64 = 2.0;
const PART_TILT: f64 = 0.05;
/// Variance in dB² of a band between songs and the reference that they are meant to match.
const REFERENCE_VARIANCE: f64 = 4.0;
/// Steps in which shares of bands and seconds are told apart: a filter is made anew only for another one.
const STEPS: f32 = 16.0;

/// Strength of the correction as a standard deviation of faults in dB, at an amount of 0 to 1.
///
/// 0.5 is 2.5 dB, which is best against faults of 2 to 6 dB; 0.25 is 1.5 dB, which does half the harm;
/// 1 believes nearly every difference to be a fault.
pub fn fault_sd_db(amount: f32) -> f64 {
    let amount = f64::from(amount.clamp(0.0, 1.0));
    2.4 * amount.powf(0.445) / (1.0 - amount).max(0.01).sqrt()
}

/// Share of the difference to a reference that is believed to be a fault, of a single value after so many seconds
/// of a song, 0 to 1.
pub fn believed_share(fault_sd_db: f64, heard_s: f64) -> f64 {
    let faults = fault_sd_db * fault_sd_db;
    faults / (faults + REFERENCE_VARIANCE + part_variance(heard_s))
}

/// What a gain depends on beside the spectrum.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Belief {
    /// Whether the target is one kind of recordings, not all of them.
    pub is_of_a_kind: bool,
    /// Share of a reference in the target of each band, 0 to 1.
    pub reference_share: PerBand,
    /// Standard deviation of faults in dB: the [strength](fault_sd_db).
    pub fault_sd_db: f64,
    /// Seconds that were heard; infinite when it was the whole song.
    pub heard_s: f64,
    /// How much programme each band holds, 0 to 1. Bands without any tell nothing and get no gain.
    pub present: PerBand,
}

/// The filter that tells faults from nature. It is made anew when the belief changes, and used every hop.
#[derive(Debug, Clone)]
pub struct Restoration {
    belief: Option<Belief>,
    filter: Box<Covariance>,
}

impl Restoration {
    /// Nothing is believed yet.
    pub fn new() -> Self {
        Self {
            belief: None,
            filter: Box::new(Covariance::zeros()),
        }
    }

    /// The gains in dB, of mean 0 over the bands that count, that undo what is believed to be a fault of
    /// `measured_db` beside `target_db` (both of any level).
    #[allow(clippy::cast_possible_truncation)] // decibels
    pub fn gains_db(
        &mut self,
        target_db: &PerBand,
        measured_db: &PerBand,
        belief: Belief,
    ) -> PerBand {
        let belief = belief.rounded();
        if self.belief != Some(belief) {
            *self.filter = filter(&belief);
            self.belief = Some(belief);
        }
        let present = &belief.present;
        let difference = level_free(target_db, present) - level_free(measured_db, present);
        let held = Bands::from(present.map(f64::from));
        let gains = *self.filter * difference.component_mul(&held);
        let gains: PerBand = std::array::from_fn(|band| gains[band] as f32);
        let free = level_free(&gains, present);
        std::array::from_fn(|band| present[band] * free[band] as f32)
    }
}

impl Default for Restoration {
    fn default() -> Self {
        Self::new()
    }
}

impl Belief {
    /// The same in steps.
    fn rounded(self) -> Self {
        let steps = f64::from(STEPS);
        let octaves = (self.heard_s.max(0.1).log2() * steps).round() / steps;
        Self {
            heard_s: octaves.exp2(),
            present: self.present.map(step),
            reference_share: self.reference_share.map(step),
            ..self
        }
    }
}

/// A share in whole steps.
fn step(share: f32) -> f32 {
    (share.clamp(0.0, 1.0) * STEPS).round() / STEPS
}

/// `S_d (S_x + S_d + S_n + c 11^T)^-1` over the bands that hold programme; 0 in the others.
fn filter(belief: &Belief) -> Covariance {
    let is_present = |band: usize| belief.present[band] > 0.0;
    let faults = faults(belief.fault_sd_db);
    let mut all = nature(belief) + faults + of_part(belief.heard_s);
    all.add_scalar_mut(LEVEL_VARIANCE);
    for row in 0..BANDS {
        for column in 0..BANDS {
            if !(is_present(row) && is_present(column)) {
                all[(row, column)] = if row == column { 1.0 } else { 0.0 };
            }
        }
    }
    let mut filter = match all.cholesky() {
        Some(factors) => faults * factors.inverse(),
        None => Covariance::zeros(),
    };
    for band in (0..BANDS).filter(|band| !is_present(*band)) {
        filter.row_mut(band).fill(0.0);
        filter.column_mut(band).fill(0.0);
    }
    filter
}

/// What faults look like, in dB²: alike in bands that are near each other, with a tilt.
fn faults(sd_db: f64) -> Covariance {
    Covariance::from_fn(|row, column| {
        let tilt = FAULT_TILT * FAULT_TILT * octaves(row) * octaves(column);
        let fine = if row == column {
            FAULT_FINE * FAULT_FINE
        } else {
            0.0
        };
        sd_db * sd_db * (alike(row, column, FAULT_LENGTH_BARK) + tilt + fine)
    })
}

/// How songs are spread around the target, in dB²: as recordings are, but nearer to a reference that they
/// are meant to match.
fn nature(belief: &Belief) -> Covariance {
    let spread = match belief.is_of_a_kind {
        true => spread_of_a_kind(),
        false => spread_of_all(),
    };
    let shares = Bands::from(belief.reference_share.map(f64::from));
    let beside = Covariance::from_fn(|row, column| {
        let own = if row == column { 0.5 } else { 0.0 };
        REFERENCE_VARIANCE * (own + 0.5 * alike(row, column, PART_LENGTH_BARK))
    });
    // Shares differ where the reference holds nothing; roots keep both covariances.
    let (of_mean, of_reference) = (shares.map(|share| 1.0 - share), shares);
    spread.component_mul(&roots(&of_mean)) + beside.component_mul(&roots(&of_reference))
}

/// Root of the product of two bands' shares.
fn roots(shares: &Bands) -> Covariance {
    Covariance::from_fn(|row, column| (shares[row] * shares[column]).max(0.0).sqrt())
}

/// What a part of a song of so many seconds differs from the whole, in dB².
pub fn of_part(seconds: f64) -> Covariance {
    let variance = part_variance(seconds);
    Covariance::from_fn(|row, column| {
        let own = if row == column {
            1.0 - PART_SHARED
        } else {
            0.0
        };
        let tilt = PART_TILT * octaves(row) * octaves(column);
        variance * (own + PART_SHARED * alike(row, column, PART_LENGTH_BARK) + tilt)
    })
}

/// Variance of a band of such a part, in dB².
fn part_variance(seconds: f64) -> f64 {
    PART_VARIANCE / (1.0 + seconds / PART_HALF_S)
}

/// How far two bands are alike, 0 to 1, when what they have is smooth over a length in Bark.
fn alike(row: usize, column: usize, length_bark: f64) -> f64 {
    let apart = f64::from(bark(center_hz(row)) - bark(center_hz(column))) / length_bark;
    (-0.5 * apart * apart).exp()
}

/// Octaves of a band's centre from 1 kHz.
fn octaves(band: usize) -> f64 {
    f64::from((center_hz(band) / 1000.0).log2())
}

#[cfg(test)]
mod tests;
