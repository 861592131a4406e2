//! The parts of the lowest band.

use auralis_dsp::bands::{LOW_BANDS, LOW_CENTERS_HZ, PerLowBand};
use auralis_dsp::eq::design::Gains;

use crate::*;

fn gains(low_db: PerLowBand) -> Gains {
    Gains {
        bands_db: FLAT,
        low_db,
    }
}

fn designed(curve: Curve, rate: f64) -> Box<Kernel> {
    Box::new(EqDesigner::new(rate).design(curve))
}

#[track_caller]
fn assert_low_gains(response: &[f32], expected_db: PerLowBand, rate: f64, what: &str) {
    for (hz, expected) in LOW_CENTERS_HZ.into_iter().zip(expected_db) {
        let got = gain_db_at(response, hz.into(), rate);
        // The design promises 1 dB; this is what its rounds and the fade in minimum phase leave.
        assert_near(got, expected.into(), 0.1, &format!("{what}, {hz} Hz"));
    }
}

#[test]
fn each_part_has_its_gain_at_its_centre_at_no_more_latency() {
    let low_db = [6.0, -6.0, 0.0];
    for rate in [44_100.0, 48_000.0, 96_000.0, 192_000.0] {
        for phase in PHASES {
            let kernel = designed(Curve::new(gains(low_db), phase), rate);
            for way in ways() {
                let response = response(&kernel, rate, way);
                let what = format!("{rate} Hz, {phase:?}, {}", name(way));
                assert_low_gains(&response, low_db, rate, &what);
                assert_eq!(place_of_peak(&response), latency(phase, rate), "{what}");
            }
        }
    }
}

#[test]
fn the_linear_phase_is_symmetric_with_them_too() {
    let rate = 48_000.0;
    let curve = Curve::new(gains([6.0, -6.0, 0.0]), EqPhase::Linear);
    let kernel = designed(curve, rate);
    let middle = latency(EqPhase::Linear, rate);
    for way in ways() {
        let response = response(&kernel, rate, way);
        for n in 1..EqSizes::new(EqPhase::Linear, rate).taps / 2 {
            let what = format!("{}, {n} from the middle", name(way));
            let (before, after) = (response[middle - n], response[middle + n]);
            // f32 transforms of a response of about 1.
            assert_near(before.into(), after.into(), 1e-6, &what);
        }
    }
}

#[test]
fn mid_and_side_have_parts_of_their_own() {
    let rate = 48_000.0;
    let parts: [PerLowBand; 2] = [[6.0, -6.0, 0.0], [-9.0, 0.0, 3.0]];
    for phase in PHASES {
        let mut curve = Curve::new(gains(parts[0]), phase);
        curve.side = Some(gains(parts[1]));
        let kernel = designed(curve, rate);
        for way in ways() {
            for (sign, part) in [1.0, -1.0].into_iter().zip(parts) {
                let len = 100 + latency(phase, rate) + 3 * EqSizes::new(phase, rate).taps;
                let audio = vec![impulse(1.0, 100, len), impulse(sign, 100, len)];
                let out = equalise(&audio, &kernel, rate, way);
                let what = format!("{phase:?}, {}, right times {sign}", name(way));
                assert_low_gains(&out[0], part, rate, &what);
            }
        }
    }
}

#[test]
fn parts_that_differ_by_less_than_is_heard_are_one_curve() {
    let curve = Curve::new(FLAT, EqPhase::Linear);
    for part in 0..LOW_BANDS {
        let mut other = curve;
        other.gains.low_db[part] = 0.5;
        assert!(!curve.is_within(0.4, &other), "part {part} of everything");
        assert!(curve.is_within(0.6, &other), "part {part} of everything");
        let mut other = curve;
        other.side = Some(curve.gains);
        assert!(curve.is_within(0.1, &other), "a side like the mid");
        other.side.as_mut().unwrap().low_db[part] = 0.5;
        assert!(!curve.is_within(0.4, &other), "part {part} of the side");
    }
}
