//! Curves that differ for mid and side.

use crate::*;

const RATE: f64 = 48_000.0;

/// A kernel whose mid and side differ by up to 24 dB.
fn split(phase: EqPhase, rate: f64) -> Box<Kernel> {
    divided([0.9, 1.7], phase, rate)
}

fn stereo(len: usize) -> Audio {
    vec![noise(1, len), noise(2, len)]
}

/// Half the sum and half the difference of two channels; of those of mid and side, doubled, left and
/// right again.
fn halves(audio: &Audio) -> Audio {
    let both = |sign: f32| {
        let pairs = audio[0].iter().zip(&audio[1]);
        pairs.map(|(a, b)| 0.5 * (a + sign * b)).collect()
    };
    vec![both(1.0), both(-1.0)]
}

/// What separate EQs make of mid and side.
fn expected(audio: &Audio, phase: EqPhase, rate: f64) -> Audio {
    let parts = halves(audio);
    let ways = [uneven(0.9), uneven(1.7)].map(|gains| kernel(gains, phase, rate));
    let part = |which: usize| {
        let part = vec![parts[which].iter().map(|x| 2.0 * x).collect()];
        equalise(&part, &ways[which], rate, Implementation::Scalar).swap_remove(0)
    };
    halves(&vec![part(0), part(1)])
}

#[track_caller]
fn assert_alike(got: &Audio, expected: &Audio, tolerance: f64, what: &str) {
    assert_eq!(got.len(), expected.len(), "{what}: channels");
    for (channel, (got, expected)) in got.iter().zip(expected).enumerate() {
        assert_eq!(got.len(), expected.len(), "{what}: samples");
        for (n, (got, expected)) in got.iter().zip(expected).enumerate() {
            let what = format!("{what}: channel {channel} [{n}]");
            assert_near((*got).into(), (*expected).into(), tolerance, &what);
        }
    }
}

#[test]
fn mid_and_side_are_each_convolved_with_their_own_kernel() {
    for rate in RATES {
        let audio = stereo(12_000);
        for phase in PHASES {
            let (kernel, expected) = (split(phase, rate), expected(&audio, phase, rate));
            assert_eq!(kernel.curve.phase, phase);
            for way in ways() {
                let got = equalise(&audio, &kernel, rate, way);
                let what = format!("{rate} Hz, {phase:?}, {}", name(way));
                // f32 transforms of noise that the curves bring to about four times full scale.
                assert_alike(&got, &expected, 1e-5, &what);
            }
        }
    }
}

#[test]
fn the_same_curve_for_mid_and_side_is_one_for_both_bit_for_bit() {
    let audio = stereo(8_000);
    for phase in PHASES {
        let mut curve = Curve::new(uneven(0.9), phase);
        let plain = EqDesigner::new(RATE).design(curve);
        curve.side = Some(curve.gains);
        let doubled = EqDesigner::new(RATE).design(curve);
        assert!(doubled.crossed.is_none(), "{phase:?}: it would cost more");
        for way in ways() {
            let [got, expected] = [&doubled, &plain].map(|k| equalise(&audio, k, RATE, way));
            assert_eq!(got, expected, "{phase:?}, {}", name(way));
        }
    }
}

#[test]
fn mono_is_all_mid() {
    let audio = vec![noise(1, 8_000)];
    for phase in PHASES {
        let (split, mid) = (split(phase, RATE), kernel(uneven(0.9), phase, RATE));
        for way in ways() {
            let [got, expected] = [&split, &mid].map(|k| equalise(&audio, k, RATE, way));
            // f32 transforms.
            assert_alike(&got, &expected, 1e-5, &format!("{phase:?}, {}", name(way)));
        }
    }
}

#[test]
fn a_signal_of_one_kind_stays_one() {
    // Mid alone leaves the channels equal, side alone opposite: nothing of either leaks.
    let left = noise(3, 8_000);
    for sign in [1.0, -1.0] {
        let audio = vec![left.clone(), left.iter().map(|x| sign * x).collect()];
        for phase in PHASES {
            let kernel = split(phase, RATE);
            for way in ways() {
                let out = equalise(&audio, &kernel, RATE, way);
                let other: Vec<f32> = out[1].iter().map(|x| sign * x).collect();
                let what = format!("{phase:?}, {}, {sign}", name(way));
                // f32 transforms.
                assert_alike(&vec![other], &vec![out[0].clone()], 1e-5, &what);
            }
        }
    }
}
