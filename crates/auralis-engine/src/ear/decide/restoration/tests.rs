use crate::ear::content::profiles::{LEVEL_BANDS, profile};
use crate::ear::decide::restoration::*;
use crate::ear::target::Target;

fn belief(amount: f32) -> Belief {
    Belief {
        is_of_a_kind: false,
        reference_share: [0.0; BANDS],
        fault_sd_db: fault_sd_db(amount),
        heard_s: f64::INFINITY,
        present: [1.0; BANDS],
    }
}

/// Gains for the mean of all recordings with `change` added.
fn gains_for(change: impl Fn(usize) -> f32, belief: Belief) -> PerBand {
    let target_db = profile(Target::Balanced).bands_db;
    let measured_db = std::array::from_fn(|band| target_db[band] + change(band));
    Restoration::new().gains_db(&target_db, &measured_db, belief)
}

/// A dull programme: 0.4 dB less from band to band.
fn dull(band: usize) -> f32 {
    -0.4 * band as f32
}

#[test]
fn a_programme_on_target_is_left_alone_at_any_level() {
    for target_db in Target::PROFILES.map(|target| profile(target).bands_db) {
        for level in [-60.0, -20.0, 0.0] {
            let measured_db = target_db.map(|db| db + level);
            let gains = Restoration::new().gains_db(&target_db, &measured_db, belief(0.5));
            for (band, db) in gains.iter().enumerate() {
                // The rounding of f32 at 60 dB.
                assert!(db.abs() < 0.001, "level {level}, band {band}: {db} dB");
            }
        }
    }
}

#[test]
fn the_strength_grows_with_the_amount_and_reaches_the_target() {
    let distance = |amount: f32| {
        let gains = gains_for(dull, belief(amount));
        let mean = LEVEL_BANDS.map(dull).sum::<f32>() / LEVEL_BANDS.len() as f32;
        let left = LEVEL_BANDS.map(|band| (dull(band) - mean + gains[band]).powi(2));
        (left.sum::<f32>() / LEVEL_BANDS.len() as f32).sqrt()
    };
    let left: Vec<f32> = [0.0, 0.1, 0.25, 0.5, 0.75, 1.0].map(distance).to_vec();
    assert!(left.windows(2).all(|pair| pair[1] < pair[0]), "{left:?}");
    // A tilt is both what faults look like and what recordings differ in: half of it at the default.
    assert!((0.3..0.7).contains(&(left[3] / left[0])), "{left:?}");
    assert!(left[5] < 0.1 * left[0], "{left:?}");
}

#[test]
fn what_recordings_differ_in_is_left_alone_and_what_they_do_not_is_undone() {
    // The share that is undone of a change of the bass, and of one that recordings do not have: a tilt.
    let share = |change: &dyn Fn(usize) -> f32| {
        let gains = gains_for(change, belief(0.5));
        let dot =
            |a: &dyn Fn(usize) -> f32| LEVEL_BANDS.map(|band| a(band) * change(band)).sum::<f32>();
        -dot(&|band| gains[band]) / dot(&change)
    };
    let tilt = |band: usize| (center_hz(band) / 2200.0).log2();
    let bass = share(&|band| if band < 3 { 5.0 } else { 0.0 });
    let tilt = share(&tilt);
    assert!(tilt > 0.4 && bass < 0.6 * tilt, "bass {bass}, tilt {tilt}");
}

#[test]
fn bands_without_programme_tell_nothing_and_get_no_gain() {
    let mut cut = belief(0.5);
    cut.present[20..].fill(0.0);
    let with_top = |top_db: f32| gains_for(|b| if b >= 20 { top_db } else { dull(b) }, cut);
    let (silent, noisy) = (with_top(-80.0), with_top(-60.0));
    assert_eq!(silent[20..], [0.0; 5]);
    // What is not there does not even move the level.
    assert_eq!(silent, noisy);
}

#[test]
fn little_is_believed_of_little() {
    let gain = |heard_s: f64| {
        let belief = Belief {
            heard_s,
            ..belief(0.5)
        };
        gains_for(dull, belief)[24]
    };
    let gains = [0.5, 5.0, 30.0, 200.0, f64::INFINITY].map(gain);
    assert!(gains.windows(2).all(|pair| pair[0] < pair[1]), "{gains:?}");
    assert!(
        gains[0] < 0.75 * gains[4] && gains[3] > 0.9 * gains[4],
        "{gains:?}"
    );
}

#[test]
fn a_reference_is_believed_more_than_a_mean() {
    let target_db = profile(Target::Balanced).bands_db;
    let measured_db = std::array::from_fn(|band| target_db[band] + dull(band));
    let gains = [0.0, 0.5, 1.0].map(|reference_share| {
        let belief = Belief {
            reference_share: [reference_share; BANDS],
            ..belief(0.5)
        };
        Restoration::new().gains_db(&target_db, &measured_db, belief)[24]
    });
    assert!(gains.windows(2).all(|pair| pair[0] < pair[1]), "{gains:?}");
}

#[test]
fn where_a_reference_holds_nothing_the_mean_is_believed_as_without() {
    let target_db = profile(Target::Balanced).bands_db;
    let measured_db = std::array::from_fn(|band| target_db[band] + dull(band));
    let gain = |reference_share| {
        let belief = Belief {
            reference_share,
            ..belief(0.5)
        };
        Restoration::new().gains_db(&target_db, &measured_db, belief)[24]
    };
    let mut low_only = [1.0; BANDS];
    low_only[15..].fill(0.0);
    let (without, with, of_low) = (gain([0.0; BANDS]), gain([1.0; BANDS]), gain(low_only));
    // The level that the lower bands are sure of moves it a little.
    assert!(
        (of_low - without).abs() < 0.5 * (with - without),
        "{of_low} dB with a reference of the lower bands, {without} without, {with} with a whole one"
    );
}
