//! When each phase sounds: before a click, at it, or after it, by frequency.

use std::f64::consts::TAU;

use crate::*;

const RATE: f64 = 48_000.0;

fn energy(x: &[f32]) -> f64 {
    x.iter().map(|x| f64::from(*x).powi(2)).sum()
}

/// A curve with these bands, counted from 1, at a gain.
fn boosted(bands: std::ops::RangeInclusive<usize>, gain_db: f32) -> PerBand {
    std::array::from_fn(|band| {
        if bands.contains(&(band + 1)) {
            gain_db
        } else {
            0.0
        }
    })
}

/// What sounds between so many milliseconds before a click, of all that comes of it, in dB.
fn before_db(response: &[f32], phase: EqPhase, ms: [f64; 2]) -> f64 {
    let click = latency(phase, RATE);
    let [far, near] = ms.map(|ms| click.saturating_sub(samples(0.001 * ms, RATE)));
    10.0 * (energy(&response[far..near]) / energy(response)).log10()
}

/// By how many milliseconds a frequency comes later than the latency.
fn late_ms(response: &[f32], phase: EqPhase, hz: f64) -> f64 {
    let turn = -TAU * hz / RATE;
    let (mut sum, mut moment) = ([0.0; 2], [0.0; 2]);
    for (n, x) in response.iter().enumerate() {
        let (sin, cos) = (turn * n as f64).sin_cos();
        for (part, wave) in [cos, sin].into_iter().enumerate() {
            sum[part] += f64::from(*x) * wave;
            moment[part] += n as f64 * f64::from(*x) * wave;
        }
    }
    // The real part of their quotient.
    let delay = (moment[0] * sum[0] + moment[1] * sum[1]) / (sum[0] * sum[0] + sum[1] * sum[1]);
    (delay - latency(phase, RATE) as f64) * 1000.0 / RATE
}

#[test]
fn the_linear_phase_is_symmetric_about_the_latency() {
    for rate in RATES {
        let kernel = kernel(uneven(0.9), EqPhase::Linear, rate);
        let middle = latency(EqPhase::Linear, rate);
        let half = EqSizes::new(EqPhase::Linear, rate).taps / 2;
        for way in ways() {
            let response = response(&kernel, rate, way);
            assert_eq!(place_of_peak(&response), middle, "{rate} Hz, {}", name(way));
            for n in 1..half {
                let what = format!("{rate} Hz, {}, {n} from the middle", name(way));
                let (before, after) = (response[middle - n], response[middle + n]);
                // f32 transforms of a response of about 1.
                assert_near(before.into(), after.into(), 1e-6, &what);
            }
        }
    }
}

#[test]
fn the_minimum_phase_sounds_at_once() {
    for rate in RATES {
        let kernel = kernel(uneven(0.9), EqPhase::Minimum, rate);
        for way in ways() {
            let minimum = response(&kernel, rate, way);
            let start = latency(EqPhase::Minimum, rate);
            let what = format!("{rate} Hz, {}", name(way));
            // f32 transforms.
            assert!(peak(&minimum[..start]) < 1e-6, "{what}: sound before it");
            let early = &minimum[start..start + samples(0.005, rate)];
            let share = energy(early) / energy(&minimum);
            assert!(share > 0.9, "{what}: {share} of it in the first 5 ms");
        }
    }
}

#[test]
fn all_phases_have_the_same_magnitude() {
    for rate in RATES {
        let kernels = PHASES.map(|phase| kernel(uneven(0.9), phase, rate));
        for way in ways() {
            let [linear, others @ ..] = kernels.each_ref().map(|k| response(k, rate, way));
            for (other, phase) in others.iter().zip(&PHASES[1..]) {
                for hz in (30..20_000).step_by(331).map(f64::from) {
                    let what = format!("{rate} Hz, {phase:?}, {}, {hz} Hz", name(way));
                    let [got, expected] = [other, &linear].map(|x| gain_db_at(x, hz, rate));
                    // What the fade over the response's end takes.
                    assert_near(got, expected, 0.1, &what);
                }
            }
        }
    }
}

#[test]
fn a_boosted_bass_is_not_heard_before_a_click_in_mixed_phase() {
    let curve = boosted(1..=3, 12.0);
    for way in ways() {
        let [linear, mixed] = [EqPhase::Linear, EqPhase::Mixed].map(|phase| {
            let response = response(&kernel(curve, phase, RATE), RATE, way);
            [[5.0, 0.0], [10.0, 5.0], [20.0, 10.0]].map(|ms| before_db(&response, phase, ms))
        });
        let what = format!("{}: linear {linear:?}, mixed {mixed:?} dB", name(way));
        assert!(linear[0] > -15.0 && linear[1] > -40.0, "no case: {what}");
        // A click masks what is 30 dB below it within 5 ms before; beyond that f32 transforms are left.
        assert!(mixed[0] < -30.0, "{what}");
        assert!(mixed[1] < -70.0 && mixed[2] < -110.0, "{what}");
    }
}

#[test]
fn mixed_phase_delays_no_frequency_by_what_is_heard() {
    for way in ways() {
        // What is heard above the bass, in ms: J. Blauert, P. Laws, "Group delay distortions in
        // electroacoustical systems", J. Acoust. Soc. Am. 63(5) 1978.
        for (band, hz, heard_ms) in [(6, 500.0, 3.2), (10, 1000.0, 2.0), (14, 2000.0, 1.0)] {
            for gain_db in [12.0, -12.0] {
                let kernel = kernel(boosted(band..=band, gain_db), EqPhase::Mixed, RATE);
                let response = response(&kernel, RATE, way);
                for part in -10..=10 {
                    let hz = hz * 2.0_f64.powf(f64::from(part) / 20.0);
                    let late = late_ms(&response, EqPhase::Mixed, hz);
                    let what = format!("{}, band {band} at {gain_db} dB", name(way));
                    assert!(late.abs() < heard_ms, "{what}: {late} ms at {hz} Hz");
                }
            }
        }
        let curve = boosted(20..=20, 12.0);
        let [minimum, mixed] = [EqPhase::Minimum, EqPhase::Mixed].map(|phase| {
            let response = response(&kernel(curve, phase, RATE), RATE, way);
            let late = (4_000..8_000)
                .step_by(50)
                .map(|hz| late_ms(&response, phase, hz.into()));
            late.fold(0.0_f64, |most, ms| most.max(ms.abs()))
        });
        let what = format!("{}: minimum {minimum} ms, mixed {mixed} ms", name(way));
        // Above the bass it is linear but for what the short window blurs.
        assert!(minimum > 0.3 && mixed < 0.05, "{what}");
    }
}

#[test]
fn the_mixed_phase_is_between_the_others_in_latency() {
    for rate in RATES {
        let [linear, minimum, mixed] = PHASES.map(|phase| latency(phase, rate));
        assert!(
            minimum < mixed && mixed < linear,
            "{rate} Hz: {:?}",
            [linear, minimum, mixed]
        );
    }
}
