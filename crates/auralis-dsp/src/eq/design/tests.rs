use super::*;
use crate::bands::{BANDS, LOW_CENTERS_HZ, center_hz};

const PHASES: [EqPhase; 3] = [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed];

fn magnitude_db(fir: &[f64], hz: f64, rate: f64) -> f64 {
    let sum: Complex<f64> = fir
        .iter()
        .enumerate()
        .map(|(n, h)| Complex::from_polar(*h, -std::f64::consts::TAU * hz * as_f64(n) / rate))
        .sum();
    20.0 * sum.norm().log10()
}

#[test]
fn equal_neighbours_give_their_gain_at_the_centre_of_the_middle_one() {
    for rate in [44_100.0, 48_000.0, 96_000.0] {
        let mut designer = EqDesigner::new(rate);
        for phase in PHASES {
            for gain in [-12.0_f32, 6.0, 12.0] {
                for band in 2..22 {
                    let mut gains = [0.0; BANDS];
                    gains[band - 1..=band + 1].fill(gain);
                    let fir = designer.fir(&gains.into(), phase, EqSizes::new(phase, rate));
                    let got = magnitude_db(&fir, f64::from(center_hz(band)), rate);
                    // The design promises 0.5 dB; the window's 23 Hz resolution takes part of it.
                    assert!(
                        (got - f64::from(gain)).abs() < 0.5,
                        "{rate} {phase:?} band {}: {got} dB, expected {gain}",
                        band + 1
                    );
                }
            }
        }
    }
}

#[test]
fn all_phases_have_the_same_magnitude() {
    let gentle: PerBand = std::array::from_fn(|i| [6.0, -4.0, 3.0, 0.0, -6.0][i % 5]);
    // As far apart as manual gains, adaptive ones and a tilt bring neighbours.
    let steep: PerBand = std::array::from_fn(|i| if i % 2 == 0 { 24.0 } else { -24.0 });
    // What the fade over the tail takes, which rings longer where neighbours are far apart.
    for (gains, tolerance_db) in [(gentle, 0.01), (steep, 0.3)] {
        for rate in [8_000.0, 44_100.0, 48_000.0, 192_000.0] {
            let mut designer = EqDesigner::new(rate);
            let [linear, minimum, mixed] =
                PHASES.map(|phase| designer.fir(&gains.into(), phase, EqSizes::new(phase, rate)));
            for hz in (30..20_000.min(rate as u32 / 2)).step_by(97).map(f64::from) {
                let expected = magnitude_db(&linear, hz, rate);
                for (fir, phase) in [(&minimum, "minimum"), (&mixed, "mixed")] {
                    let got = magnitude_db(fir, hz, rate);
                    assert!(
                        (got - expected).abs() < tolerance_db,
                        "{rate} Hz, {phase} phase at {hz} Hz: {got} dB, linear {expected} dB"
                    );
                }
            }
        }
    }
}

#[test]
fn a_flat_curve_is_an_impulse() {
    let mut designer = EqDesigner::new(48_000.0);
    for phase in PHASES {
        let sizes = EqSizes::new(phase, 48_000.0);
        let fir = designer.fir(&[0.0; BANDS].into(), phase, sizes);
        for (n, h) in fir.iter().enumerate() {
            let expected = if n == sizes.group_delay { 1.0 } else { 0.0 };
            // f64 transforms of 8192 points.
            assert!((h - expected).abs() < 1e-12, "{phase:?} [{n}] {h}");
        }
    }
}

#[test]
fn the_linear_phase_is_symmetric_about_its_group_delay() {
    let mut designer = EqDesigner::new(44_100.0);
    let gains: PerBand = std::array::from_fn(|i| (i as f32 * 0.7).sin() * 10.0);
    let sizes = EqSizes::new(EqPhase::Linear, 44_100.0);
    let fir = designer.fir(&gains.into(), EqPhase::Linear, sizes);
    for n in 1..sizes.taps / 2 {
        let (a, b) = (fir[sizes.group_delay - n], fir[sizes.group_delay + n]);
        assert!((a - b).abs() < 1e-12, "{n}: {a} {b}");
    }
}

/// Responses to a curve with these parts of the lowest band and to the same without, in dB.
fn with_and_without(
    bands_db: PerBand,
    low_db: PerLowBand,
    phase: EqPhase,
    rate: f64,
) -> impl Fn(f64) -> [f64; 2] {
    let mut designer = EqDesigner::new(rate);
    let sizes = EqSizes::new(phase, rate);
    let gains = Gains { bands_db, low_db };
    let firs = [gains, bands_db.into()].map(|gains| designer.fir(&gains, phase, sizes));
    move |hz| [0, 1].map(|which| magnitude_db(&firs[which], hz, rate))
}

#[test]
fn each_part_of_the_lowest_band_adds_its_gain_at_its_centre() {
    let uneven: PerBand = std::array::from_fn(|i| [6.0, -4.0, 3.0, 0.0, -6.0][i % 5]);
    for rate in [8_000.0, 44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for phase in PHASES {
            for bands_db in [[0.0; BANDS], [-6.0; BANDS], uneven] {
                for low_db in [
                    [6.0, -6.0, 0.0],
                    [6.0, -6.0, 6.0],
                    [0.0, 0.0, -9.0],
                    [12.0, 12.0, 12.0],
                    [-3.0, 3.0, 1.0],
                ] {
                    let response = with_and_without(bands_db, low_db, phase, rate);
                    for (hz, expected) in LOW_CENTERS_HZ.iter().zip(low_db) {
                        let [with, without] = response((*hz).into());
                        let got = with - without;
                        // The rounds end within 0.1 dB; the fade over the end of a response in minimum
                        // phase takes as much.
                        assert!(
                            (got - f64::from(expected)).abs() < 0.2,
                            "{rate} Hz, {phase:?}, {bands_db:?} and {low_db:?} at {hz} Hz: {got} dB"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn the_parts_of_the_lowest_band_leave_the_others_alone() {
    for phase in PHASES {
        let low_db = [6.0, -6.0, 6.0];
        let response = with_and_without([3.0; BANDS], low_db, phase, 48_000.0);
        for hz in (150..20_000).step_by(10).map(f64::from) {
            let [with, without] = response(hz);
            let off = (with - without).abs();
            // The ripples of the cut fall with the frequency.
            let bound = 120.0 / hz;
            assert!(off < bound, "{phase:?}, {hz} Hz: {off} dB, allowed {bound}");
        }
    }
}

#[test]
fn nothing_jumps_where_the_parts_of_the_lowest_band_begin() {
    let mut designer = EqDesigner::new(48_000.0);
    let bands_db: PerBand = std::array::from_fn(|i| [6.0, -4.0, 3.0, 0.0, -6.0][i % 5]);
    for phase in PHASES {
        let sizes = EqSizes::new(phase, 48_000.0);
        let [none, little] = [0.0, 0.001].map(|db| {
            let low_db = [db, -db, db];
            designer.fir(&Gains { bands_db, low_db }, phase, sizes)
        });
        for (n, (none, little)) in none.iter().zip(&little).enumerate() {
            // Linear phase moves by the thousandth of a decibel, 1e-4 of what it filters; minimum phase by
            // the end of its response too, which fades later.
            assert!(
                (none - little).abs() < 1e-4,
                "{phase:?} [{n}]: {none}, then {little}"
            );
        }
    }
}
