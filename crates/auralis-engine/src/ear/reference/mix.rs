//! Several references as one.

use crate::ear::content::profiles::level_free;
use crate::ear::decide::correction::presence;
use crate::ear::reference::{Reference, shown};
use auralis_dsp::basics::decibel::SILENCE_DB;

/// Between the names of what was mixed.
const AND: &str = " + ";

/// The mean of several references with these weights, none of them negative: of their curves in dB, each without
/// its level, over those that hold something in the band; of their loudness in LUFS. None when there is nothing to
/// mix.
pub fn mix(parts: &[(Reference, f32)]) -> Option<Reference> {
    let total: f32 = parts.iter().map(|(_, weight)| weight).sum();
    if parts.iter().any(|(_, weight)| *weight < 0.0) {
        return None;
    }
    let heard: Vec<&(Reference, f32)> = parts.iter().filter(|(_, weight)| *weight > 0.0).collect();
    let [first, rest @ ..] = &heard[..] else {
        return None;
    };
    if rest.is_empty() {
        return Some(first.0.clone());
    }
    let names: Vec<&str> = heard.iter().map(|(part, _)| part.name()).collect();
    let loudness = heard
        .iter()
        .map(|(part, weight)| weight * part.loudness_lufs);
    let mixed = Reference {
        name: shown(&names.join(AND)),
        loudness_lufs: loudness.sum::<f32>() / total,
        seconds: heard.iter().map(|(part, _)| part.seconds).sum(),
        mid_db: mean_db(&heard, |part| &part.mid_db),
        side_db: mean_db(&heard, |part| &part.side_db),
        low_db: mean_db(&heard, |part| &part.low_db),
        file: None,
    };
    Some(mixed).filter(Reference::is_plausible)
}

/// The mean of one curve of each part.
fn mean_db<const N: usize>(
    parts: &[&(Reference, f32)],
    curve: impl Fn(&Reference) -> &[f32; N],
) -> [f32; N] {
    let (mut sum, mut weights) = ([0.0; N], [0.0; N]);
    for (part, weight) in parts {
        let tone_db = part.tone_db();
        let level_db = tone_db[0] - level_free(tone_db)[0];
        let present = presence(&tone_db);
        for (band, db) in curve(part).iter().enumerate() {
            if *db > SILENCE_DB {
                let counts = weight * present[band];
                sum[band] += counts * (db - level_db);
                weights[band] += counts;
            }
        }
    }
    std::array::from_fn(|band| match weights[band] > 0.0 {
        true => sum[band] / weights[band] + COMMON_LEVEL_DB,
        false => SILENCE_DB,
    })
}

/// Level of a mix: as that of a recording.
const COMMON_LEVEL_DB: f32 = -30.0;

#[cfg(test)]
mod tests {
    use super::*;
    use auralis_dsp::bands::{BANDS, LOW_BANDS};

    /// A reference with a flat mid at a level, one band off.
    fn flat_but(level_db: f32, band: usize, off_db: f32, side_db: f32) -> Reference {
        let mut mid_db = [level_db; BANDS];
        mid_db[band] += off_db;
        Reference {
            name: format!("band {band}"),
            loudness_lufs: level_db,
            seconds: 60.0,
            mid_db,
            side_db: [side_db; BANDS],
            low_db: [level_db - 5.0; LOW_BANDS],
            file: None,
        }
    }

    #[test]
    fn a_mix_is_the_weighted_mean_of_shapes_not_of_levels() {
        let parts = [
            (flat_but(-20.0, 5, 8.0, SILENCE_DB), 1.0),
            (flat_but(-40.0, 15, 8.0, -52.0), 3.0),
        ];
        let mixed = mix(&parts).expect("two of them");
        assert_eq!(mixed.name(), "band 5 + band 15");
        // (-20 + 3 * -40) / 4
        assert!(
            (mixed.loudness_lufs() + 35.0).abs() < 1e-4,
            "{}",
            mixed.loudness_lufs()
        );
        for (band, expected) in [(5, 2.0), (15, 6.0), (10, 0.0)] {
            let got = mixed.mid_db[band] - mixed.mid_db[20];
            // The rounding of f32 at 40 dB.
            assert!(
                (got - expected).abs() < 1e-3,
                "band {band}: {got} dB, expected {expected}"
            );
        }
        // Only one of them has a side, 12 dB below its mid; the other's mid is lower beside its own mean.
        let got = mixed.side_to_mid_db(20);
        assert!((got + 12.0).abs() < 0.5, "{got} dB");
    }

    #[test]
    fn one_alone_is_itself_and_nothing_is_nothing() {
        let one = flat_but(-20.0, 5, 8.0, -30.0);
        let other = flat_but(-20.0, 6, 8.0, -30.0);
        assert_eq!(
            mix(&[(one.clone(), 0.5), (other.clone(), 0.0)]),
            Some(one.clone())
        );
        assert_eq!(mix(&[]), None);
        assert_eq!(mix(&[(one.clone(), 0.0)]), None);
        assert_eq!(mix(&[(one, -1.0), (other, 2.0)]), None);
    }
}
