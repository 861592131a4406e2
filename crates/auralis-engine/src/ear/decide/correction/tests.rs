use crate::ear::content::profiles::profile;
use crate::ear::decide::correction::*;
use crate::ear::settings::AdaptMode;
use crate::ear::target::Target;

fn full() -> AnalysisSettings {
    AnalysisSettings {
        mode: AdaptMode::Follow,
        eq_amount: 1.0,
        eq_range_db: 12.0,
        ..AnalysisSettings::default()
    }
}

/// The balanced target with `change` added, and what is wanted of it.
fn wanted_for(change: impl Fn(usize) -> f32, settings: &AnalysisSettings) -> PerBand {
    let target = profile(Target::Balanced).bands_db;
    let measured = std::array::from_fn(|band| target[band] + change(band));
    wanted_db(&target, &measured, BANDS, settings)
}

#[test]
fn a_programme_on_target_is_left_alone_at_any_level() {
    for target in Target::PROFILES.map(|target| profile(target).bands_db) {
        for level in [-60.0, -20.0, 0.0] {
            let wanted = wanted_db(&target, &target.map(|db| db + level), BANDS, &full());
            for (band, db) in wanted.iter().enumerate() {
                assert!(db.abs() < 0.01, "level {level}, band {band}: {db} dB");
            }
        }
    }
}

#[test]
fn a_dull_programme_comes_at_least_half_way() {
    let target = profile(Target::Balanced).bands_db;
    let dull: PerBand = std::array::from_fn(|i| target[i] - 0.4 * i as f32);
    let wanted = wanted_db(&target, &dull, BANDS, &full());
    let distance = |spectrum: &PerBand| {
        let level = alignment_db(&target, spectrum, &presence(spectrum), BANDS);
        let sum: f32 = LEVEL_BANDS
            .map(|i| (target[i] + level - spectrum[i]).powi(2))
            .sum();
        sum.sqrt()
    };
    let corrected: PerBand = std::array::from_fn(|i| dull[i] + wanted[i]);
    assert!(distance(&corrected) < 0.5 * distance(&dull), "{wanted:?}");
}

#[test]
fn nothing_is_boosted_where_there_is_nothing() {
    let wanted = wanted_for(|band| if band >= 20 { -80.0 } else { 0.0 }, &full());
    for (band, db) in wanted.iter().enumerate().skip(20) {
        assert!(*db < 0.5, "band {band}: {db} dB");
    }
    // What there is stays as it is.
    assert!(wanted[..19].iter().all(|db| db.abs() < 0.5), "{wanted:?}");
}

#[test]
fn a_masked_band_is_not_boosted_and_a_heard_one_is() {
    for hole in [6, 12, 18] {
        let at = |depth_db: f32| {
            let change = |band: usize| if band == hole { -depth_db } else { 0.0 };
            wanted_for(change, &full())[hole]
        };
        // 10 dB a band and 6 dB: the neighbour below masks a hole of 16 dB and its own fall.
        assert!(at(8.0) > 3.0, "band {hole}, a dip of 8 dB: {} dB", at(8.0));
        assert!(
            at(26.0) < 0.1,
            "band {hole}, a hole of 26 dB: {} dB",
            at(26.0)
        );
    }
    // A cut is heard as soon as the band is: no masking there.
    let loud = wanted_for(|band| if band == 12 { 20.0 } else { 0.0 }, &full());
    assert!(loud[12] < -8.0, "{} dB", loud[12]);
}

#[test]
fn a_lone_peak_is_smoothed_over_its_neighbours() {
    let wanted = wanted_for(|band| if band == 10 { 8.0 } else { 0.0 }, &full());
    assert!(
        wanted[10] < -3.0 && wanted[9] < -0.8 && wanted[11] < -0.8,
        "{wanted:?}"
    );
    let steps = wanted.windows(2).map(|pair| (pair[1] - pair[0]).abs());
    // Two thirds of the peak less a sixth of it from band to band.
    assert!(steps.fold(0.0, f32::max) < 0.55 * 8.0, "{wanted:?}");
}

#[test]
fn the_amount_scales_and_the_range_holds() {
    let change = |band: usize| 10.0 * (0.5 * band as f32).sin();
    let whole = wanted_for(change, &full());
    let half = wanted_for(
        change,
        &AnalysisSettings {
            eq_amount: 0.5,
            ..full()
        },
    );
    let narrow = wanted_for(
        change,
        &AnalysisSettings {
            eq_range_db: 2.0,
            ..full()
        },
    );
    for band in 0..BANDS {
        // One product of f32.
        assert!((half[band] - 0.5 * whole[band]).abs() < 1e-5, "band {band}");
        assert_eq!(narrow[band], whole[band].clamp(-2.0, 2.0), "band {band}");
    }
    assert!(
        narrow.contains(&2.0) && narrow.contains(&-2.0),
        "{narrow:?}"
    );
    let off = AnalysisSettings {
        eq_on: false,
        ..full()
    };
    assert_eq!(wanted_for(change, &off), [0.0; BANDS]);
}

#[test]
fn speed_is_a_time_constant_and_zero_is_reached() {
    for eq_speed_s in [0.5, 2.0, 30.0] {
        let settings = AnalysisSettings {
            eq_speed_s,
            ..full()
        };
        let mut correction = Correction::new(0.04);
        for _ in 0..(eq_speed_s / 0.04).round() as usize {
            correction.approach(&[6.0; BANDS], &settings);
        }
        let got = correction.reported_db()[7];
        // A report may be a step of 0.1 dB old; 63.2 % of 6 dB.
        assert!((got - 3.79).abs() < 0.11, "{eq_speed_s} s: {got} dB");
        for _ in 0..(12.0 * eq_speed_s / 0.04) as usize {
            correction.approach(&[0.0; BANDS], &settings);
        }
        assert_eq!(correction.reported_db(), [0.0; BANDS], "{eq_speed_s} s");
    }
}

/// A spectrum that is the balanced target but for one band, as powers.
fn balanced_but(band: usize, change_db: f32) -> [f64; BANDS] {
    let mut levels = profile(Target::Balanced).bands_db;
    levels[band] += change_db;
    levels.map(|db| 10.0_f64.powf(0.1 * f64::from(db)))
}

#[test]
fn what_the_past_was_left_with_is_made_good() {
    let mut correction = Correction::new(0.04);
    let power = balanced_but(10, 6.0);
    // 20 s without a gain where 4 dB less were wanted.
    let wanted = |_: &PerBand| std::array::from_fn(|band| if band == 10 { -4.0 } else { 0.0 });
    (0..500).for_each(|_| correction.hear(&power, &full()));
    let gains = correction.wanted_db(&[0.0; BANDS], &full(), wanted);
    // Four fifths of 4 dB, and 20 s of them within the next 20 s, less what is forgotten.
    assert!((-7.3..-6.3).contains(&gains[10]), "{} dB", gains[10]);
    assert!(gains[11].abs() < 1e-4, "{} dB", gains[11]);
    correction.forget();
    let gains = correction.wanted_db(&[0.0; BANDS], &full(), wanted);
    assert!((gains[10] + 3.2).abs() < 1e-4, "{} dB", gains[10]);
}

#[test]
fn what_is_heard_first_is_trusted_little() {
    let mut correction = Correction::new(0.04);
    let power = balanced_but(10, 0.0);
    let gain = |correction: &Correction| {
        correction.wanted_db(&[0.0; BANDS], &full(), |_| [3.0; BANDS])[10]
    };
    correction.hear(&power, &full());
    assert!(gain(&correction) < 0.2, "{} dB", gain(&correction));
    correction.resume(&[0.0; BANDS], 600.0, &full());
    correction.forget();
    assert!(gain(&correction) > 2.9, "{} dB", gain(&correction));
}

#[test]
fn another_wish_is_not_held_to_the_past() {
    let mut correction = Correction::new(0.04);
    let power = balanced_but(10, 12.0);
    (0..500).for_each(|_| correction.hear(&power, &full()));
    let narrow = AnalysisSettings {
        mode: AdaptMode::Follow,
        eq_range_db: 2.0,
        ..full()
    };
    correction.hear(&power, &narrow);
    let wanted = |_: &PerBand| [-2.0; BANDS];
    let gain = correction.wanted_db(&[0.0; BANDS], &narrow, wanted)[11];
    // Four fifths of 2 dB, and one hop of 0.04 s in 20 s of what was not done.
    assert!((gain + 1.6).abs() < 0.02, "{gain} dB");
}
