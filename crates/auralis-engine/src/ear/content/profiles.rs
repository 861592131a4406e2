//! Long-term spectra, dynamics and loudness habits of the target profiles.
//!
//! What was measured by others, and what of it is used here:
//! - P. D. Pestana, Z. Ma, J. D. Reiss, A. Barbosa, D. A. A. Black, "Spectral characteristics of
//!   popular commercial recordings 1950-2010", AES 135 (2013): the long-term average spectrum of 772
//!   number ones falls by about 5 dB an octave from 100 Hz to 4 kHz, with a low cut near 60 Hz, and
//!   gradually steeper above 4 kHz. This is the ground line of all profiles but `Speech`.
//! - A. Elowsson, A. Friberg, "Long-term average spectrum in popular music and its relation to the
//!   level of the percussion", AES 142 (2017): more percussion comes with more low and more high end.
//! - L. J. Sivian, H. K. Dunn, S. D. White, "Absolute amplitudes and spectra of certain musical
//!   instruments and orchestras", JASA 2(3) (1931): the orchestra's highs fall faster than those of
//!   popular music, by some 6 to 9 dB an octave.
//! - D. Byrne et al., "An international comparison of long-term average speech spectra", JASA 96(4)
//!   (1994), table II: `Speech`.
//! - M. Kirchberger, F. A. Russo, "Dynamic range across music genres and the perception of dynamic
//!   compression in hearing-impaired listeners", Trends in Hearing 20 (2016): rock and rap have the
//!   smallest dynamic range, then jazz, then classical genres; speech has the largest.
//!
//! The papers give directions and orders, not numbers per genre on our bands: the offsets from the
//! ground line, the spreads, ranges and habits in the table are ours.
//!
//! A density in dB/Hz becomes the power of a band by adding `10 log10(bandwidth)`.

use std::sync::LazyLock;

use crate::ear::target::Target;
use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand, center_hz};

/// What a profile asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// Power of each band in dB, level-free: the mean over [`LEVEL_BANDS`] is 0.
    pub bands_db: PerBand,
    /// Standard deviation of each band between recordings of the kind, in dB.
    pub spread_db: PerBand,
    /// Crest factor over 3 s that recordings of the kind have, in dB.
    pub crest_db: f32,
    /// Range of their levels in dB, as [`Dynamics`](crate::ear::decide::dynamics::Dynamics) measures it.
    pub range_db: f32,
    /// Integrated loudness at which recordings of the kind are released, in LUFS.
    pub loudness_lufs: f32,
}

/// Bands whose mean is the level of a spectrum: those that every programme has.
pub const LEVEL_BANDS: std::ops::Range<usize> = 1..23;

/// A row of the table: how a profile leaves the ground line, and its dynamics.
struct Shape {
    target: Target,
    /// Shelf below 120 Hz, in dB.
    bass_db: f32,
    /// Bell between 200 and 500 Hz, in dB.
    low_mid_db: f32,
    /// Bell between 2 and 5 kHz, in dB.
    presence_db: f32,
    /// Slope on top of the ground line above 1 kHz, in dB per octave.
    tilt_db_per_oct: f32,
    /// Crest factor over 3 s, in dB.
    crest_db: f32,
    /// Range of levels, in dB.
    range_db: f32,
    /// Loudness of releases, in LUFS.
    loudness_lufs: f32,
}

/// One line of [`SHAPES`].
const fn shape(
    target: Target,
    [bass_db, low_mid_db, presence_db, tilt_db_per_oct]: [f32; 4],
    [crest_db, range_db, loudness_lufs]: [f32; 3],
) -> Shape {
    Shape {
        target,
        bass_db,
        low_mid_db,
        presence_db,
        tilt_db_per_oct,
        crest_db,
        range_db,
        loudness_lufs,
    }
}

/// The profiles in the order of [`Target::PROFILES`]. Columns: bass, low mids, presence, tilt; crest
/// factor, range of levels, loudness of releases. The tone of `Speech` has a table of its own.
const SHAPES: [Shape; 12] = [
    shape(Target::Balanced, [0.0, 0.0, 0.0, 0.0], [13.5, 9.0, -12.0]),
    shape(Target::Warm, [1.5, 1.5, -0.5, -0.8], [13.5, 9.0, -13.0]),
    shape(Target::Bright, [-0.5, -0.5, 0.5, 0.8], [13.0, 8.0, -11.0]),
    shape(Target::Pop, [0.5, -0.5, 0.5, 0.3], [12.5, 8.0, -9.0]),
    shape(Target::Rock, [-0.5, 0.5, 1.5, 0.2], [12.5, 7.0, -9.0]),
    shape(Target::Electronic, [3.0, -1.5, 0.0, 0.5], [13.0, 7.0, -9.0]),
    shape(Target::HipHop, [4.0, -0.5, 0.0, 0.0], [12.5, 7.0, -9.0]),
    shape(Target::Jazz, [-0.5, 1.0, -0.5, -0.8], [15.0, 12.0, -16.0]),
    shape(
        Target::Classical,
        [-2.5, 1.0, -0.5, -2.2],
        [14.5, 18.0, -20.0],
    ),
    shape(
        Target::Acoustic,
        [-2.5, 1.0, 0.0, -0.7],
        [14.5, 11.0, -14.0],
    ),
    shape(Target::Ambient, [1.0, 1.5, -1.0, -1.8], [12.5, 10.0, -16.0]),
    shape(Target::Speech, [0.0, 0.0, 0.0, 0.0], [17.0, 24.0, -18.0]),
];

/// The profiles, computed once: [`blend`] asks for some of them every hop.
static PROFILES: LazyLock<[Profile; 12]> = LazyLock::new(|| SHAPES.each_ref().map(compute));

/// The profile of a target; `Auto` by itself is `Balanced`.
pub fn profile(target: Target) -> Profile {
    let index = SHAPES.iter().position(|shape| shape.target == target);
    PROFILES[index.unwrap_or(0)]
}

fn compute(shape: &Shape) -> Profile {
    let bands_db = std::array::from_fn(|band| {
        let hz = center_hz(band);
        let density_db = match shape.target {
            Target::Speech => speech_density_db(hz),
            _ => ground_line_db(hz) + offset_db(shape, hz),
        };
        density_db + 10.0 * (EDGES_HZ[band + 1] - EDGES_HZ[band]).log10()
    });
    Profile {
        bands_db: level_free(bands_db),
        spread_db: std::array::from_fn(|band| spread_db(center_hz(band))),
        crest_db: shape.crest_db,
        range_db: shape.range_db,
        loudness_lufs: shape.loudness_lufs,
    }
}

/// How far recordings of one kind lie apart at `hz`, in dB: least in the mids, more at both ends,
/// where kinds of bass and of cymbals, filters and coders differ.
fn spread_db(hz: f32) -> f32 {
    4.0 + 2.0 * (hz / 4000.0).log2().max(0.0) + 3.0 * (150.0 / hz).log2().max(0.0)
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

/// Offsets of a shape at `hz`: smooth steps over the logarithm of the frequency, and the tilt.
fn offset_db(shape: &Shape, hz: f32) -> f32 {
    let bell = |from: f32, to: f32| step(hz, from) * (1.0 - step(hz, to));
    shape.bass_db * (1.0 - step(hz, 120.0))
        + shape.low_mid_db * bell(200.0, 500.0)
        + shape.presence_db * bell(2000.0, 5000.0)
        + shape.tilt_db_per_oct * (hz / 1000.0).log2().max(0.0)
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
        spread_db: [0.0; BANDS],
        crest_db: 0.0,
        range_db: 0.0,
        loudness_lufs: 0.0,
    };
    for (target, weight) in weights {
        let part = profile(*target);
        mixed.crest_db += weight * part.crest_db;
        mixed.range_db += weight * part.range_db;
        mixed.loudness_lufs += weight * part.loudness_lufs;
        for band in 0..BANDS {
            mixed.bands_db[band] += weight * part.bands_db[band];
            mixed.spread_db[band] += weight * part.spread_db[band];
        }
    }
    mixed
}

#[cfg(test)]
mod tests;
