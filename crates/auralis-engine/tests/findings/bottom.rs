//! Offsets, what lies below hearing, and hum.

use std::f64::consts::TAU;

use super::song::song;
use super::*;

#[test]
fn an_offset_is_read_within_a_five_thousandth_of_full_scale() {
    for rate in RATES {
        for (seed, offset) in SEEDS.zip([0.003, -0.01, 0.05, 0.1, -0.3]) {
            let mut audio = song(seed, rate);
            audio[1].iter_mut().for_each(|x| *x += offset as f32);
            let sum: f64 = audio[1].iter().map(|x| f64::from(*x)).sum();
            let mean = sum / audio[1].len() as f64;
            let finding = find("dc", &audio, rate);
            let what = format!("{offset}, seed {seed} at {rate} Hz");
            // The last part of a block is left out.
            assert_value(&finding, mean, 2e-4, &what);
            assert_fault(&finding, &["input_hpf"], &what);
        }
    }
}

#[test]
fn infrasonic_energy_is_found_within_a_decibel() {
    for rate in RATES {
        for (seed, (hz, below_db)) in
            SEEDS.zip([(4.5, 15.0), (7.0, 10.0), (11.0, 5.0), (15.0, 15.0)])
        {
            let mut audio = song(seed, rate);
            let amplitude = (power(&audio) * 10.0_f64.powf(-0.1 * below_db)).sqrt();
            // In both channels a sine of `amplitude` has this power.
            add(&mut audio, rate, |t| amplitude * (TAU * hz * t).sin());
            let finding = find("infrasonic", &audio, rate);
            let expected = -10.0 * (1.0 + 10.0_f64.powf(0.1 * below_db)).log10();
            let what = format!("{hz} Hz, seed {seed} at {rate} Hz");
            assert_value(&finding, expected, 1.0, &what);
            assert_fault(&finding, &["input_hpf"], &what);
        }
    }
}

/// Adds hum of all multiples up to the sixth, each 3 dB below the one before, `below_db` under the song.
fn hum(audio: &mut Audio, rate: f64, hz: f64, below_db: f64) -> f64 {
    let sum: f64 = (0..6).map(|k| 10.0_f64.powf(-0.3 * f64::from(k))).sum();
    let dbfs = 10.0 * power(audio).log10() - below_db;
    let amplitude = (10.0_f64.powf(0.1 * dbfs) / sum).sqrt();
    add(audio, rate, |t| {
        let multiples = (0..6).map(|k| {
            let level = amplitude * 10.0_f64.powf(-0.15 * f64::from(k));
            level * (TAU * hz * f64::from(k + 1) * t + f64::from(k)).sin()
        });
        multiples.sum()
    });
    dbfs
}

#[test]
fn hum_is_found_30_db_below_the_song() {
    for rate in RATES {
        for (seed, hz) in SEEDS.zip([50.0, 60.0, 49.85, 60.1, 50.15]) {
            for below_db in [20.0, 30.0] {
                let mut audio = song(seed, rate);
                let dbfs = hum(&mut audio, rate, hz, below_db);
                let finding = find("hum", &audio, rate);
                let what = format!("{hz} Hz {below_db} dB below, seed {seed} at {rate} Hz");
                // Its fundamental, half of it, may drown in the bass, or the bass count with it.
                assert_value(&finding, dbfs, 6.0, &what);
                assert_fault(&finding, &[], &what);
                let told = finding.text.trim_start_matches("hum of ").split(' ').next();
                let told: f64 = told.and_then(|hz| hz.parse().ok()).unwrap_or_default();
                assert!((told - hz).abs() <= 0.15, "{what}: {}", finding.text);
            }
        }
    }
}

#[test]
fn a_held_note_beside_the_mains_is_no_hum() {
    // G1 and B1 flat and natural of the equal temperament, with their partials.
    for hz in [49.0, 51.91, 58.27, 61.74] {
        let mut audio = song(2, 48_000.0);
        hum(&mut audio, 48_000.0, hz, 20.0);
        let finding = find("hum", &audio, 48_000.0);
        assert!(!finding.fault, "{hz} Hz: {}", finding.text);
    }
}
