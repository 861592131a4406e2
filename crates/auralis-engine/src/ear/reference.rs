//! A captured reference: how another recording is balanced, how wide and how loud it is.
//!
//! It is measured as the programme is ([`BandLevels`](super::spectrum::band_levels::BandLevels): power per critical
//! band), but as two curves, of the mid `(L + R) / sqrt 2` and of the side `(L - R) / sqrt 2`. The
//! tone target uses the sum of their powers, which is the power of left and right that the
//! programme's own spectrum has too; in a mono reference that is the mid alone. The level of the side
//! over the mid is told beside the programme's, with the width that would make them alike
//! ([`matching_width`]); nothing is widened by itself, since a width that suits one mix may cost
//! another its mono sum.

mod capture;
mod mix;

pub use capture::ReferenceCapture;
pub use mix::mix;

use serde::{Deserialize, Serialize};

use crate::ear::decide::correction::{alignment_db, presence};
use auralis_dsp::bands::{BANDS, LOW_BANDS, PerBand, PerLowBand};
use auralis_dsp::basics::decibel::{SILENCE_DB, db_to_gain, db_to_power, power_to_db};
use auralis_dsp::chain::stereo::side_to_mid_db;

/// Longest name, in characters.
const NAME_CHARS: usize = 64;
/// Highest level that a reference can have, in dB or LUFS.
const LOUDEST_DB: f32 = 100.0;

/// A side this far below the mid, in dB, is none: dither and the noise of lossy coding are louder.
pub const MONO_DB: f32 = -60.0;

/// The long-term measures of a recording.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// What people call it: a file's name, or where it was learned.
    name: String,
    /// Gated loudness, in LUFS.
    loudness_lufs: f32,
    /// Duration of what counted, in seconds.
    seconds: f32,
    /// Long-term level of each band of the mid, in dB.
    mid_db: PerBand,
    /// Long-term level of each band of the side, in dB; [`SILENCE_DB`] in a mono recording.
    side_db: PerBand,
    /// Long-term level of each part of the lowest band, mid and side together, in dB; [`SILENCE_DB`] where nothing
    /// is known of them.
    #[serde(default = "nothing")]
    low_db: PerLowBand,
}

/// Levels of the parts in a reference of version 0.1.0, which had none.
fn nothing() -> PerLowBand {
    [SILENCE_DB; LOW_BANDS]
}

impl Reference {
    /// What people call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gated loudness, in LUFS.
    pub fn loudness_lufs(&self) -> f32 {
        self.loudness_lufs
    }

    /// Duration of what counted, in seconds.
    pub fn seconds(&self) -> f32 {
        self.seconds
    }

    /// Whether it can be used: everything finite and within what audio can be.
    pub fn is_plausible(&self) -> bool {
        let levels = SILENCE_DB..=LOUDEST_DB;
        let bands = self.mid_db.iter().chain(&self.side_db);
        let bands = bands.chain(&self.low_db);
        bands
            .clone()
            .chain([&self.loudness_lufs])
            .all(|db| levels.contains(db))
            && (0.0..=f32::MAX).contains(&self.seconds)
            && self.name == shown(&self.name)
            && bands.clone().any(|db| *db > SILENCE_DB)
    }

    /// Level of each band, mid and side together, in dB.
    pub fn tone_db(&self) -> PerBand {
        let power = |curve_db: &PerBand, band: usize| db_to_power(f64::from(curve_db[band]));
        #[allow(clippy::cast_possible_truncation)] // decibels
        std::array::from_fn(|band| {
            power_to_db(power(&self.mid_db, band) + power(&self.side_db, band)) as f32
        })
    }

    /// Level of each part of the lowest band over that of the band, in dB; none when nothing is known of them.
    pub fn low_to_band_db(&self) -> Option<PerLowBand> {
        let is_known = self.low_db.iter().any(|db| *db > SILENCE_DB);
        is_known.then(|| self.low_db.map(|db| db - self.tone_db()[0]))
    }

    /// Level of the side over that of the mid in a band, in dB; [`SILENCE_DB`] where there is none.
    pub fn side_to_mid_db(&self, band: usize) -> f32 {
        if self.side_db[band] <= SILENCE_DB {
            return SILENCE_DB;
        }
        (self.side_db[band] - self.mid_db[band]).max(SILENCE_DB)
    }

    /// Level of the side over that of the mid, over all bands, in dB; [`SILENCE_DB`] in mono.
    pub fn side_db(&self) -> f32 {
        let total = |bands: &PerBand| bands.iter().map(|db| db_to_power(f64::from(*db))).sum();
        side_to_mid_db(total(&self.mid_db), total(&self.side_db))
    }

    /// How much of it each band holds, 0 (none) to 1.
    pub fn held(&self) -> PerBand {
        presence(&self.tone_db())
    }

    /// `profile_db` moved towards this reference by `share` (0 to 1) of the way, in dB per band and
    /// without regard to the reference's level. Where the reference holds nothing (above the band
    /// limit of a compressed file, below its high-pass) the profile stays: no edge is matched.
    pub fn blended_db(&self, profile_db: &PerBand, share: f32) -> PerBand {
        let tone_db = self.tone_db();
        let present = presence(&tone_db);
        let level = alignment_db(profile_db, &tone_db, &present, BANDS);
        std::array::from_fn(|band| {
            let way = tone_db[band] - level - profile_db[band];
            profile_db[band] + share * present[band] * way
        })
    }
}

/// The width (1 leaves the side as it is) that brings a programme with this level of the side over the
/// mid to another's, both in dB; `None` where either has no side worth the name.
///
/// The width scales the side's amplitude, so it is the difference of the levels as a gain.
pub fn matching_width(programme_side_db: f32, wanted_side_db: f32) -> Option<f32> {
    let has_side = programme_side_db.min(wanted_side_db) > MONO_DB;
    has_side.then(|| db_to_gain(wanted_side_db - programme_side_db))
}

/// A name as it can be shown in one line.
fn shown(name: &str) -> String {
    let printable = name.chars().filter(|c| !c.is_control());
    printable.take(NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::content::profiles::profile;
    use crate::ear::target::Target;

    /// A mono reference with this curve.
    fn reference(mid_db: PerBand) -> Reference {
        Reference {
            name: String::from("Song"),
            loudness_lufs: -14.0,
            seconds: 60.0,
            mid_db,
            side_db: [SILENCE_DB; BANDS],
            low_db: [SILENCE_DB; LOW_BANDS],
        }
    }

    #[test]
    fn the_blend_goes_from_the_profile_to_the_reference_at_any_level() {
        let profile_db = profile(Target::Balanced).bands_db;
        let other_db = profile(Target::Classical).bands_db;
        for level in [-70.0, 0.0, 20.0] {
            let reference = reference(other_db.map(|db| db + level));
            for share in [0.0, 0.25, 1.0] {
                let got = reference.blended_db(&profile_db, share);
                let zero = got[8] - (profile_db[8] + share * (other_db[8] - profile_db[8]));
                for band in 0..BANDS {
                    let way = share * (other_db[band] - profile_db[band]);
                    // The rounding of sums of a few tens of dB.
                    let error = got[band] - (profile_db[band] + way) - zero;
                    assert!(
                        error.abs() < 1e-3,
                        "{level} dB, {share}, band {band}: {error}"
                    );
                }
            }
        }
    }

    #[test]
    fn where_the_reference_holds_nothing_the_profile_stays() {
        let profile_db = profile(Target::Pop).bands_db;
        let mut cut = profile_db;
        cut[22..].fill(-110.0);
        let got = reference(cut).blended_db(&profile_db, 1.0);
        for band in 0..BANDS {
            let error = got[band] - profile_db[band];
            assert!(error.abs() < 1e-3, "band {band}: {error} dB");
        }
    }

    #[test]
    fn what_no_audio_has_is_refused() {
        let good = reference([-30.0; BANDS]);
        assert!(good.is_plausible());
        let spoil = |change: &dyn Fn(&mut Reference)| {
            let mut bad = good.clone();
            change(&mut bad);
            bad
        };
        let bad: [&dyn Fn(&mut Reference); 8] = [
            &|r| r.mid_db[3] = f32::NAN,
            &|r| r.side_db[24] = f32::INFINITY,
            &|r| r.mid_db[0] = 1e6,
            &|r| r.mid_db = [SILENCE_DB; BANDS],
            &|r| r.loudness_lufs = f32::NAN,
            &|r| r.seconds = -1.0,
            &|r| r.name = "x".repeat(65),
            &|r| r.name = String::from("two\nlines"),
        ];
        for (index, change) in bad.into_iter().enumerate() {
            assert!(!spoil(change).is_plausible(), "case {index}");
        }
    }

    #[test]
    fn the_sum_and_the_ratio_are_those_of_the_powers() {
        let mut stereo = reference([-20.0; BANDS]);
        stereo.side_db = [-20.0; BANDS];
        stereo.side_db[5] = SILENCE_DB;
        assert!((stereo.tone_db()[4] + 16.99).abs() < 0.01);
        assert!((stereo.tone_db()[5] + 20.0).abs() < 1e-4);
        // 24 of 25 equal bands have a side as strong as the mid.
        assert!((stereo.side_db() - 10.0 * (24.0_f32 / 25.0).log10()).abs() < 1e-3);
        assert_eq!(reference([-20.0; BANDS]).side_db(), SILENCE_DB);
    }

    #[test]
    fn the_matching_width_makes_the_sides_alike() {
        for (programme_db, wanted_db, expected) in [
            (-12.0, -6.0, Some(1.995)),
            (-6.0, -12.0, Some(0.501)),
            (-9.0, -9.0, Some(1.0)),
            (SILENCE_DB, -9.0, None),
            (-9.0, SILENCE_DB, None),
        ] {
            let got = matching_width(programme_db, wanted_db);
            let error = got
                .zip(expected)
                .map_or(0.0, |(a, b): (f32, f32)| (a - b).abs());
            assert!(
                got.is_some() == expected.is_some() && error < 1e-3,
                "{programme_db} dB to {wanted_db} dB: {got:?}, expected {expected:?}"
            );
        }
    }
}
