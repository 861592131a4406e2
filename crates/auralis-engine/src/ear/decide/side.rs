//! What the side gets beyond the mid, so that a programme is as wide as its reference in each band.
//!
//! The ratio of side to mid is brought to the reference's, as far as it is believed, and the gain of both gives
//! way so that the power of left and right, which the tone correction is about, stays what it is.

use crate::ear::average::ramp;
use crate::ear::reference::{MONO_DB, Reference};
use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand};
use auralis_dsp::basics::decibel::{db_to_power, power_to_db};

/// Below this the side is never raised, in Hz: bass in the side costs loudness, and its mono sum sounds thin.
const MONO_BELOW_HZ: f32 = 200.0;
/// A side this far above [`MONO_DB`] counts in full, in dB.
const PRESENT_DB: f32 = 20.0;

/// Gains of mid and side in dB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// What both give way, so that their power together stays.
    pub both_db: PerBand,
    /// What the side gets beyond it.
    pub side_db: PerBand,
}

impl Spread {
    /// Nothing is spread.
    pub const NONE: Self = Self {
        both_db: [0.0; BANDS],
        side_db: [0.0; BANDS],
    };

    /// For a programme whose bands have these levels, of left and right together and of the side, both in dB.
    /// `share` of the difference to the reference is made up for, at most `range_db` either way.
    pub fn of(
        (all_db, side_db): (&PerBand, &PerBand),
        reference: &Reference,
        share: f32,
        range_db: f32,
    ) -> Self {
        let mut spread = Self::NONE;
        for band in 0..BANDS {
            let Some([mid, side]) = parts(all_db[band], side_db[band]) else {
                continue;
            };
            #[allow(clippy::cast_possible_truncation)] // a level
            let ratio_db = power_to_db(side / mid.max(f64::MIN_POSITIVE)) as f32;
            let wanted_db = reference.side_to_mid_db(band);
            let known = presence(ratio_db) * presence(wanted_db);
            let highest = match EDGES_HZ[band] < MONO_BELOW_HZ {
                true => 0.0,
                false => range_db,
            };
            let more_db = (share * known * (wanted_db - ratio_db)).clamp(-range_db, highest);
            let power = mid + side * db_to_power(f64::from(more_db));
            #[allow(clippy::cast_possible_truncation)] // a gain
            let both_db = -power_to_db(power / (mid + side)) as f32;
            spread.both_db[band] = both_db;
            spread.side_db[band] = more_db;
        }
        spread
    }
}

/// Powers of mid and side, if there is anything.
fn parts(all_db: f32, side_db: f32) -> Option<[f64; 2]> {
    let [all, side] = [all_db, side_db].map(|db| db_to_power(f64::from(db)));
    (all > 1e-15).then(|| [(all - side).max(1e-6 * all), side.min(all)])
}

/// How far a side at this level over the mid is one, 0 to 1.
fn presence(side_to_mid_db: f32) -> f32 {
    ramp(side_to_mid_db, MONO_DB, MONO_DB + PRESENT_DB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::reference::ReferenceCapture;
    use crate::ear::test_signals::Noise;

    const HOP: usize = 2048;

    /// A reference of white noise whose side lies this far below the mid, in dB.
    fn reference(side_to_mid_db: f32) -> Reference {
        let mut noise = Noise::new(3);
        let gain = 10_f32.powf(0.05 * side_to_mid_db);
        let mut capture = ReferenceCapture::new(48_000.0, 2, HOP);
        for _ in 0..120 {
            let pair = |_| {
                let (mid, side) = (0.2 * noise.white(), 0.2 * gain * noise.white());
                (mid + side, mid - side)
            };
            let (left, right): (Vec<f32>, Vec<f32>) = (0..HOP).map(pair).unzip();
            capture.push(&[&left, &right]);
        }
        capture.finish("noise").expect("five seconds of it")
    }

    /// Levels of a programme in dB, of all and of the side.
    fn programme(mid_db: f32, side_db: f32) -> (PerBand, PerBand) {
        let [mid, side] = [mid_db, side_db].map(|db| 10_f64.powf(0.1 * f64::from(db)));
        #[allow(clippy::cast_possible_truncation)] // levels
        let all_db = (10.0 * (mid + side).log10()) as f32;
        ([all_db; BANDS], [side_db; BANDS])
    }

    #[test]
    fn the_ratio_becomes_the_references_and_the_power_stays() {
        let (all_db, side_db) = programme(-30.0, -50.0);
        let spread = Spread::of((&all_db, &side_db), &reference(-8.0), 1.0, 20.0);
        for band in 2..BANDS {
            // 5 s of noise: 240 windows of 9 bins at least, 0.2 dB a standard deviation of the ratio.
            let got = spread.side_db[band];
            assert!((got - 12.0).abs() < 0.8, "band {band}: {got} dB");
            let power = 1e-3 + 1e-5 * 10_f64.powf(0.1 * f64::from(got));
            let level_db = 10.0 * (power / 1.01e-3).log10() + f64::from(spread.both_db[band]);
            // The rounding of f32.
            assert!(level_db.abs() < 1e-3, "band {band}: {level_db} dB");
        }
        for band in 0..2 {
            assert_eq!(spread.side_db[band], 0.0, "band {band} is not widened");
        }
    }

    #[test]
    fn what_has_no_side_gets_none_and_the_range_holds() {
        let (all_db, mono_db) = programme(-30.0, -150.0);
        let of_mono = Spread::of((&all_db, &mono_db), &reference(-8.0), 1.0, 12.0);
        assert_eq!(of_mono, Spread::NONE);
        let (all_db, side_db) = programme(-30.0, -33.0);
        for (share, range_db, expected) in [(1.0, 6.0, -6.0), (0.5, 30.0, -8.5), (0.0, 6.0, 0.0)] {
            let spread = Spread::of((&all_db, &side_db), &reference(-20.0), share, range_db);
            for (band, got) in spread.side_db.iter().enumerate() {
                assert!(
                    (got - expected).abs() < 0.8,
                    "{share}, band {band}: {got} dB"
                );
            }
        }
    }
}
