//! What is undone of faults, and what is done to recordings without any: 180 spectra with smooth faults of
//! 2 to 6 dB, 120 of recordings as the tables describe them, 60 of free music.

use auralis_dsp::bands::{BANDS, PerBand};
use auralis_engine::ear::Target;
use auralis_engine::ear::content::profiles::{level_free, profile};
use auralis_engine::ear::decide::restoration::{Belief, Restoration, fault_sd_db};

/// A recording and a fault of its balance, in dB per band.
struct Case {
    spectrum_db: PerBand,
    fault_db: PerBand,
}

fn cases() -> Vec<Case> {
    let table = include_str!("data/restore_cases.csv");
    let cases: Vec<Case> = table.lines().skip(1).map(case).collect();
    assert_eq!(cases.len(), 180);
    cases
}

fn case(line: &str) -> Case {
    let numbers: Vec<f32> = line
        .split(',')
        .skip(2)
        .map(|text| text.parse().unwrap())
        .collect();
    let from = |first: usize| std::array::from_fn(|band| numbers[first + band]);
    Case {
        spectrum_db: from(0),
        fault_db: from(BANDS),
    }
}

/// How the correction works at this amount: (harm, left) in dB, root mean squares over the bands, means over
/// the cases.
fn harm_and_left_db(amount: f32) -> [f64; 2] {
    let mut restoration = Restoration::new();
    let belief = Belief {
        is_of_a_kind: false,
        reference_share: [0.0; BANDS],
        fault_sd_db: fault_sd_db(amount),
        heard_s: f64::INFINITY,
        present: [1.0; BANDS],
    };
    let target_db = profile(Target::Balanced).bands_db;
    let mut sums = [0.0; 2];
    let cases = cases();
    for case in &cases {
        let mut gains =
            |spectrum_db: &PerBand| restoration.gains_db(&target_db, spectrum_db, belief);
        let untouched = gains(&case.spectrum_db);
        let faulty = std::array::from_fn(|band| case.spectrum_db[band] + case.fault_db[band]);
        let (gains, fault_db) = (gains(&faulty), level_free(case.fault_db));
        let left = std::array::from_fn(|band| fault_db[band] + gains[band]);
        sums[0] += rms(&untouched);
        sums[1] += rms(&left);
    }
    sums.map(|sum| sum / cases.len() as f64)
}

fn rms(bands_db: &PerBand) -> f64 {
    let squares: f64 = bands_db.iter().map(|db| f64::from(*db).powi(2)).sum();
    (squares / BANDS as f64).sqrt()
}

#[test]
fn faults_are_undone_and_recordings_left_alone() {
    // Version 0.1.0 left 3.03 dB at a harm of 1.78; doing nothing leaves 3.96.
    for (amount, most_harm, most_left) in [(0.5, 1.35, 2.55), (0.25, 0.8, 2.95)] {
        let [harm, left] = harm_and_left_db(amount);
        assert!(
            harm <= most_harm,
            "amount {amount}: harm {harm} dB, at most {most_harm}"
        );
        assert!(
            left <= most_left,
            "amount {amount}: left {left} dB, at most {most_left}"
        );
    }
    let [harm, left] = harm_and_left_db(0.0);
    assert!(harm < 1e-6, "nothing is done at an amount of 0: {harm} dB");
    // As the table was made.
    assert!(
        (left - 3.96).abs() < 0.01,
        "nothing done leaves {left} dB, expected 3.96"
    );
}

#[test]
fn the_more_is_asked_the_more_is_done() {
    let harms = [0.25, 0.5, 0.75, 1.0].map(|amount| {
        let [harm, left] = harm_and_left_db(amount);
        // docs/EAR.md is made of these lines.
        println!("amount {amount}: harm {harm:.3} dB, left {left:.3} dB");
        harm
    });
    // Each step adds faults of more than half a decibel to what is believed.
    assert!(
        harms.windows(2).all(|pair| pair[1] > pair[0] + 0.1),
        "harm by amount: {harms:?}"
    );
}
