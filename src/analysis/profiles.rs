//! Long-term spectra and dynamics of the target profiles.
//!
//! The ground line is P. D. Pestana, Z. Ma, J. D. Reiss, A. Barbosa, D. A. A. Black, "Spectral
//! characteristics of popular commercial recordings 1950-2010", AES 135 (2013): the long-term
//! average spectrum of 772 number ones falls by about 5 dB per octave from 100 Hz to 4 kHz, with a
//! low cut near 60 Hz, and gradually steeper above 4 kHz. How profiles leave that line follows
//! A. Elowsson, A. Friberg, "Long-term average spectrum in popular music and its relation to the
//! level of the percussion", AES 142 (2017): more percussion comes with more low and more high end.
//! `Speech` is the long-term average speech spectrum of D. Byrne et al., JASA 96(4) 1994, table II
//! (all languages, combined). The offsets in dB and the crest factors are ours: small steps in the
//! directions that these papers and practice describe.
//!
//! A density in dB/Hz becomes the power of a band by adding `10 log10(bandwidth)`.

use std::sync::LazyLock;

use crate::dsp::bands::{BANDS, EDGES_HZ, PerBand, center_hz};
use crate::dsp::options::Target;

/// What a profile asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Power of each band in dB, level-free: the mean over [`LEVEL_BANDS`] is 0.
    pub bands_db: PerBand,
    /// Crest factor over 3 s that recordings of the kind have, in dB.
    pub crest_db: f32,
}

/// Bands whose mean is the level of a spectrum: those that every programme has.
pub const LEVEL_BANDS: std::ops::Range<usize> = 1..23;

/// How a profile leaves the ground line: shelves below 120 Hz, between 200 and 500 Hz, between 2 and
/// 5 kHz and above 7 kHz, in dB, and the crest factor in dB.
struct Shape {
    bass_db: f32,
    low_mid_db: f32,
    presence_db: f32,
    air_db: f32,
    crest_db: f32,
}

fn shape(target: Target) -> Shape {
    let (bass_db, low_mid_db, presence_db, air_db, crest_db) = match target {
        Target::Auto | Target::Balanced | Target::Speech => (0.0, 0.0, 0.0, 0.0, 14.0),
        Target::Warm => (1.5, 1.5, -1.0, -2.5, 14.0),
        Target::Bright => (-0.5, -0.5, 1.0, 3.0, 13.0),
        Target::Pop => (0.5, -0.5, 0.5, 1.5, 12.0),
        Target::Rock => (-0.5, 0.5, 1.5, 0.5, 12.0),
        Target::Electronic => (3.0, -1.5, 0.0, 2.0, 11.0),
        Target::HipHop => (4.0, -0.5, 0.0, 0.5, 11.5),
        Target::Jazz => (-0.5, 1.0, -1.0, -1.5, 16.0),
        Target::Classical => (-2.5, 1.0, -2.5, -4.0, 18.0),
        Target::Acoustic => (-2.0, 1.0, 0.5, 0.0, 15.5),
        Target::Ambient => (1.0, 1.5, -3.0, -3.5, 15.0),
    };
    Shape {
        bass_db,
        low_mid_db,
        presence_db,
        air_db,
        crest_db,
    }
}

/// The profiles, computed once: [`blend`] asks for twelve of them every hop.
static PROFILES: LazyLock<[Profile; 12]> = LazyLock::new(|| Target::PROFILES.map(compute));

/// The profile of a target; `Auto` by itself is `Balanced`.
pub fn profile(target: Target) -> Profile {
    let index = Target::PROFILES.iter().position(|other| *other == target);
    PROFILES[index.unwrap_or(0)]
}

fn compute(target: Target) -> Profile {
    let shape = shape(target);
    let bands_db = std::array::from_fn(|band| {
        let hz = center_hz(band);
        let density_db = match target {
            Target::Speech => speech_density_db(hz),
            _ => ground_line_db(hz) + offset_db(&shape, hz),
        };
        density_db + 10.0 * (EDGES_HZ[band + 1] - EDGES_HZ[band]).log10()
    });
    Profile {
        bands_db: level_free(bands_db),
        crest_db: if target == Target::Speech {
            17.0
        } else {
            shape.crest_db
        },
    }
}

/// A spectrum in dB without its level.
pub fn level_free(bands_db: PerBand) -> PerBand {
    #[allow(clippy::cast_precision_loss)] // 22
    let mean = bands_db[LEVEL_BANDS].iter().sum::<f32>() / LEVEL_BANDS.len() as f32;
    bands_db.map(|db| db - mean)
}

/// Power density of the average commercial recording at `hz`, in dB over that at 100 Hz.
fn ground_line_db(hz: f32) -> f32 {
    let fall = -5.0 * (hz / 100.0).log2();
    // 12 dB an octave below 60 Hz, as the power of a second-order high-pass.
    let low_cut = -10.0 * (1.0 + (45.0 / hz).powi(4)).log10();
    let above = (hz / 4000.0).log2().max(0.0);
    fall.min(0.5) + low_cut - 1.5 * above * above
}

/// Offsets of a shape at `hz`, as smooth steps over the logarithm of the frequency.
fn offset_db(shape: &Shape, hz: f32) -> f32 {
    let bell = |from: f32, to: f32| step(hz, from) * (1.0 - step(hz, to));
    shape.bass_db * (1.0 - step(hz, 120.0))
        + shape.low_mid_db * bell(200.0, 500.0)
        + shape.presence_db * bell(2000.0, 5000.0)
        + shape.air_db * step(hz, 7000.0)
}

/// 0 well below `edge_hz`, 1 well above, half at it; an octave wide.
fn step(hz: f32, edge_hz: f32) -> f32 {
    1.0 / (1.0 + (hz / edge_hz).powi(-4))
}

/// Byrne et al. 1994, table II: third-octave centres in Hz and levels in dB SPL.
const SPEECH: [(f32, f32); 25] = [
    (63.0, 38.6),
    (80.0, 43.5),
    (100.0, 54.4),
    (125.0, 57.7),
    (160.0, 56.8),
    (200.0, 60.2),
    (250.0, 60.3),
    (315.0, 59.0),
    (400.0, 62.1),
    (500.0, 62.1),
    (630.0, 60.5),
    (800.0, 56.8),
    (1000.0, 53.7),
    (1250.0, 53.0),
    (1600.0, 52.0),
    (2000.0, 48.7),
    (2500.0, 48.1),
    (3150.0, 46.8),
    (4000.0, 45.6),
    (5000.0, 44.5),
    (6300.0, 44.3),
    (8000.0, 43.7),
    (10_000.0, 43.4),
    (12_500.0, 41.3),
    (16_000.0, 40.7),
];

/// Power density of speech at `hz` in dB, linear over the logarithm between the table's centres.
fn speech_density_db(hz: f32) -> f32 {
    // A third octave is 0.2316 of its centre wide.
    let density = |(center, level): (f32, f32)| level - 10.0 * (0.2316 * center).log10();
    let right = SPEECH
        .partition_point(|(center, _)| *center < hz)
        .clamp(1, SPEECH.len() - 1);
    let (low, high) = (SPEECH[right - 1], SPEECH[right]);
    let t = ((hz / low.0).ln() / (high.0 / low.0).ln()).clamp(0.0, 1.0);
    density(low) + t * (density(high) - density(low))
}

/// A weighted mean of profiles; the weights sum to 1.
pub fn blend(weights: &[(Target, f32)]) -> Profile {
    let mut mixed = Profile {
        bands_db: [0.0; BANDS],
        crest_db: 0.0,
    };
    for (target, weight) in weights {
        let part = profile(*target);
        mixed.crest_db += weight * part.crest_db;
        for (sum, db) in mixed.bands_db.iter_mut().zip(part.bands_db) {
            *sum += weight * db;
        }
    }
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Density of band `i` in dB.
    fn density_db(bands_db: &PerBand, i: usize) -> f32 {
        bands_db[i] - 10.0 * (EDGES_HZ[i + 1] - EDGES_HZ[i]).log10()
    }

    #[test]
    fn the_balanced_profile_falls_by_5_db_an_octave() {
        let bands = profile(Target::Balanced).bands_db;
        for (low, high) in [(2, 8), (4, 12), (7, 15)] {
            let octaves = (center_hz(high) / center_hz(low)).log2();
            let slope = (density_db(&bands, high) - density_db(&bands, low)) / octaves;
            assert!(
                (slope + 5.0).abs() < 0.1,
                "bands {low}..{high}: {slope} dB/oct"
            );
        }
        let steeper = density_db(&bands, 23) - density_db(&bands, 21);
        let octaves = (center_hz(23) / center_hz(21)).log2();
        assert!(
            steeper / octaves < -8.0,
            "above 8 kHz: {} dB/oct",
            steeper / octaves
        );
    }

    #[test]
    fn every_profile_is_level_free_finite_and_its_own() {
        let all: Vec<Profile> = Target::PROFILES.into_iter().map(profile).collect();
        for (i, profile) in all.iter().enumerate() {
            let mean: f32 = profile.bands_db[LEVEL_BANDS].iter().sum();
            assert!(mean.abs() < 1e-3, "{:?}: level {mean}", Target::PROFILES[i]);
            assert!(profile.bands_db.iter().all(|db| db.is_finite()));
            assert!(
                all[..i].iter().all(|other| other != profile),
                "{:?} is a copy",
                Target::PROFILES[i]
            );
        }
    }

    #[test]
    fn names_mean_what_they_say() {
        let of = |target| profile(target).bands_db;
        assert!(of(Target::Warm)[23] < of(Target::Balanced)[23] - 2.0);
        assert!(of(Target::Bright)[23] > of(Target::Balanced)[23] + 2.0);
        assert!(of(Target::HipHop)[0] > of(Target::Classical)[0] + 4.0);
    }
}
