//! Long-term spectra, dynamics and loudness habits of the target profiles.
//!
//! The spectra of kinds that there are data for are the [measured means](crate::ear::recordings). There are
//! none for:
//! - `Warm` and `Bright`: wishes, the mean of all recordings with a tilt of half the standard deviation that
//!   recordings have.
//! - `Ambient`: the mean of all with fewer highs, as its pads have.
//! - `Speech`: D. Byrne et al., "An international comparison of long-term average speech spectra", JASA
//!   96(4) (1994), table II.
//!
//! Range of levels and loudness of releases are the means over a library of 2,182 modern masters of known
//! kinds (see `data/recordings`), estimated there from mean features: the loudness to 1.2 dB, the range to
//! 3.7 dB a piece. `Classical` is Kirchberger's and Russo's order (Trends in Hearing 20, 2016): the range of
//! whole works, beyond what the library's cues have. Crest factors, and what there are no data for, are ours.
//!
//! A density in dB/Hz becomes the power of a band by adding `10 log10(bandwidth)`.

use std::sync::LazyLock;

use crate::ear::recordings::mean_db;
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

/// Dynamics and loudness of a profile.
struct Habits {
    target: Target,
    /// Name in the table of means; none where there are no data.
    measured: Option<&'static str>,
    /// Slope on top of the mean of all recordings around 1 kHz, in dB per octave, where there are none.
    tilt_db_per_oct: f32,
    /// Crest factor over 3 s, in dB.
    crest_db: f32,
    /// Range of levels, in dB.
    range_db: f32,
    /// Loudness of releases, in LUFS.
    loudness_lufs: f32,
}

/// One line of [`HABITS`] with a measured mean.
const fn kind(target: Target, measured: &'static str, dynamics: [f32; 3]) -> Habits {
    let [crest_db, range_db, loudness_lufs] = dynamics;
    Habits {
        target,
        measured: Some(measured),
        tilt_db_per_oct: 0.0,
        crest_db,
        range_db,
        loudness_lufs,
    }
}

/// One line of [`HABITS`] that is a tilt of all recordings.
const fn tilted(target: Target, tilt_db_per_oct: f32, dynamics: [f32; 3]) -> Habits {
    Habits {
        measured: None,
        tilt_db_per_oct,
        ..kind(target, "", dynamics)
    }
}

/// The profiles in the order of [`Target::PROFILES`]. Columns: crest factor, range of levels, loudness of
/// releases.
const HABITS: [Habits; 12] = [
    kind(Target::Balanced, "All", [13.5, 12.5, -10.0]),
    tilted(Target::Warm, -0.7, [13.5, 12.5, -10.5]),
    tilted(Target::Bright, 0.7, [13.0, 12.5, -9.5]),
    kind(Target::Pop, "Pop", [12.5, 13.5, -9.0]),
    kind(Target::Rock, "Rock", [12.5, 11.0, -8.5]),
    kind(Target::Electronic, "Electronic", [13.0, 13.5, -8.5]),
    kind(Target::HipHop, "HipHop", [12.5, 15.5, -8.0]),
    kind(Target::Jazz, "Jazz", [15.0, 12.0, -11.5]),
    kind(Target::Classical, "Classical", [14.5, 18.0, -15.0]),
    kind(Target::Acoustic, "Acoustic", [14.5, 12.5, -11.0]),
    tilted(Target::Ambient, -1.5, [12.5, 12.5, -16.0]),
    tilted(Target::Speech, 0.0, [17.0, 24.0, -18.0]),
];

/// The profiles, computed once: [`blend`] asks for some of them every hop.
static PROFILES: LazyLock<[Profile; 12]> = LazyLock::new(|| HABITS.each_ref().map(compute));

/// The profile of a target; `Auto` by itself is `Balanced`.
pub fn profile(target: Target) -> Profile {
    let index = HABITS.iter().position(|habits| habits.target == target);
    PROFILES[index.unwrap_or(0)]
}

fn compute(habits: &Habits) -> Profile {
    let mean_db = mean_db(habits.measured.unwrap_or("All")).unwrap_or([0.0; BANDS]);
    let bands_db = std::array::from_fn(|band| {
        let hz = center_hz(band);
        if habits.target == Target::Speech {
            speech_density_db(hz) + 10.0 * (EDGES_HZ[band + 1] - EDGES_HZ[band]).log10()
        } else {
            mean_db[band] as f32 + habits.tilt_db_per_oct * (hz / 1000.0).log2()
        }
    });
    Profile {
        bands_db: level_free(bands_db),
        spread_db: std::array::from_fn(|band| spread_db(center_hz(band))),
        crest_db: habits.crest_db,
        range_db: habits.range_db,
        loudness_lufs: habits.loudness_lufs,
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
