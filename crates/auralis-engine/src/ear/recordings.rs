//! What released recordings are like: means and covariances of their level-free band spectra.
//!
//! The tables are small files of this crate (`data/recordings`, whose README tells their sources and
//! what they cannot know). All in dB per critical band, the mean of [`LEVEL_BANDS`] at 0; covariances in
//! dB².

use std::sync::LazyLock;

use nalgebra::{SMatrix, SVector};

use crate::ear::content::profiles::LEVEL_BANDS;
use auralis_dsp::bands::{BANDS, PerBand};

/// A value per band.
pub type Bands = SVector<f64, BANDS>;
/// A value per pair of bands.
pub type Covariance = SMatrix<f64, BANDS, BANDS>;

const MEANS: &str = include_str!("../../data/recordings/means.csv");
const COVARIANCE: &str = include_str!("../../data/recordings/covariance.csv");
const WITHIN_KINDS: &str = include_str!("../../data/recordings/covariance_within_kinds.csv");

static ALL: LazyLock<Covariance> = LazyLock::new(|| covariance(COVARIANCE));
static OF_A_KIND: LazyLock<Covariance> = LazyLock::new(|| covariance(WITHIN_KINDS));

/// How recordings are spread around the mean of all of them, in dB².
pub fn spread_of_all() -> &'static Covariance {
    &ALL
}

/// How the recordings of a kind are spread around its mean, in dB².
pub fn spread_of_a_kind() -> &'static Covariance {
    &OF_A_KIND
}

/// The tables' own bias above 9.5 kHz: how much too dark those bands are that were told by the others, in
/// dB, and the variance in dB² that this adds to what is known of them. Rock and hip-hop were measured.
const TOP: std::ops::Range<usize> = 22..BANDS;
const TOP_BIAS_DB: f64 = 2.0;
const TOP_VARIANCE: f64 = 4.0;

/// The measured mean of a kind by its name in the table, in dB per band, level-free.
pub fn mean_db(kind: &str) -> Option<[f64; BANDS]> {
    let row = MEANS
        .lines()
        .find(|line| line.split(',').next() == Some(kind))?;
    let mut bands_db = [0.0; BANDS];
    for (band, text) in bands_db.iter_mut().zip(row.split(',').skip(2)) {
        *band = number(text);
    }
    let is_measured = kind == "Rock" || kind == "HipHop";
    if !is_measured {
        bands_db[TOP].iter_mut().for_each(|db| *db += TOP_BIAS_DB);
    }
    Some(bands_db)
}

/// Rows of a band's name and its covariances.
fn covariance(table: &str) -> Covariance {
    let mut covariance = Covariance::identity();
    for (row, line) in table.lines().skip(1).take(BANDS).enumerate() {
        for (column, text) in line.split(',').skip(1).take(BANDS).enumerate() {
            covariance[(row, column)] = number(text);
        }
    }
    let top = TOP.start;
    covariance
        .view_mut((top, top), (BANDS - top, BANDS - top))
        .add_scalar_mut(TOP_VARIANCE);
    covariance
}

/// A number of the tables, which a test reads as a whole.
fn number(text: &str) -> f64 {
    text.trim().parse().unwrap_or(f64::NAN)
}

/// A spectrum in dB as a vector, without its level over the bands that count, which `weights` tell.
pub fn level_free(bands_db: &PerBand, weights: &PerBand) -> Bands {
    let level = LEVEL_BANDS.map(|band| f64::from(weights[band]));
    let sum: f64 = level.sum();
    let mean = LEVEL_BANDS.map(|band| f64::from(weights[band] * bands_db[band]));
    let mean = mean.sum::<f64>() / sum.max(1e-9);
    Bands::from(bands_db.map(|db| f64::from(db) - mean))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_whole_and_covariances_are_such() {
        for kind in [
            "All",
            "Pop",
            "Rock",
            "Electronic",
            "HipHop",
            "Jazz",
            "Classical",
            "Acoustic",
        ] {
            let mean_db = mean_db(kind).unwrap();
            assert!(
                mean_db.iter().all(|db| db.is_finite()),
                "{kind}: {mean_db:?}"
            );
            let level = mean_db[LEVEL_BANDS].iter().sum::<f64>() / LEVEL_BANDS.len() as f64;
            // Written with two decimals; one of 22 bands is lifted by what the table lacks.
            assert!(level.abs() < 0.11, "{kind}: level {level}");
        }
        assert_eq!(mean_db("Polka"), None);
        for (name, table) in [("all", COVARIANCE), ("within kinds", WITHIN_KINDS)] {
            let covariance = covariance(table);
            // Written with three decimals.
            let skew = (covariance - covariance.transpose()).abs().max();
            assert!(skew < 1e-3, "{name}: not symmetric by {skew}");
            assert!(
                covariance.cholesky().is_some(),
                "{name}: not positive definite"
            );
        }
    }
}
