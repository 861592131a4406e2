//! The laws of the EQ: the gains asked for, any phase, and kernels that change without a click.
#![allow(missing_docs)]

#[path = "../common/mod.rs"]
mod common;

mod change;
mod life;
mod low_end;
mod mid_side;
mod phase;

use auralis_dsp::bands::{BANDS, PerBand, center_hz};
use auralis_dsp::eq::design::{Curve, EqDesigner, EqSizes, Kernel};
use auralis_dsp::eq::fft_eq::FftEq;
use auralis_dsp::options::EqPhase;
use auralis_dsp::signals::noise;
use auralis_dsp::simd::instruction_set::Implementation;
use common::*;

const PHASES: [EqPhase; 3] = [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed];
const FLAT: PerBand = [0.0; BANDS];

fn kernel(gains_db: PerBand, phase: EqPhase, rate: f64) -> Box<Kernel> {
    Box::new(EqDesigner::new(rate).design(Curve::new(gains_db, phase)))
}

/// A curve that goes up and down by up to 12 dB.
fn uneven(step: f32) -> PerBand {
    std::array::from_fn(|band| 12.0 * (step * band as f32 + step).sin())
}

/// A kernel of two such curves, for mid and for side.
fn divided([mid, side]: [f32; 2], phase: EqPhase, rate: f64) -> Box<Kernel> {
    let mut curve = Curve::new(uneven(mid), phase);
    curve.side = Some(uneven(side).into());
    Box::new(EqDesigner::new(rate).design(curve))
}

/// What an EQ with one kernel makes of audio.
fn equalise(audio: &Audio, kernel: &Kernel, rate: f64, way: Implementation) -> Audio {
    let mut eq = FftEq::new(rate, audio.len(), Box::new(kernel.clone()));
    play(audio, |_, frame| eq.process(frame, true, way))
}

fn latency(phase: EqPhase, rate: f64) -> usize {
    EqSizes::new(phase, rate).latency_samples()
}

/// The response to an impulse at sample 100, from there on, until it is over.
fn response(kernel: &Kernel, rate: f64, way: Implementation) -> Vec<f32> {
    let sizes = EqSizes::new(kernel.curve.phase, rate);
    let len = 100 + latency(kernel.curve.phase, rate) + sizes.taps + sizes.partition;
    // One channel is silent, which the other must not hear.
    let out = equalise(
        &vec![impulse(1.0, 100, len), vec![0.0; len]],
        kernel,
        rate,
        way,
    );
    // f32 transforms leave -130 dB.
    assert!(peak(&out[1]) < 1e-6, "sound in the silent channel");
    assert!(peak(&out[0][..100]) < 1e-6, "sound before the impulse");
    out[0][100..].to_vec()
}

#[test]
fn three_equal_bands_have_their_gain_at_the_centre() {
    for rate in RATES {
        for phase in PHASES {
            for (band, gain) in [
                (1, -12.0),
                (2, 12.0),
                (6, -12.0),
                (12, 6.0),
                (17, 12.0),
                (22, -12.0),
            ] {
                let mut gains = FLAT;
                gains[band - 1..=band + 1].fill(gain);
                let kernel = kernel(gains, phase, rate);
                for way in ways() {
                    let response = response(&kernel, rate, way);
                    let got = gain_db_at(&response, center_hz(band).into(), rate);
                    let what = format!("{rate} Hz, {phase:?}, {}, band {}", name(way), band + 1);
                    // What the design allows: the resolution is 23 Hz.
                    assert_near(got, gain.into(), 0.5, &what);
                }
            }
        }
    }
}

#[test]
fn a_flat_curve_is_a_delay_by_the_latency() {
    for rate in RATES {
        let audio = vec![noise(1, 20_000), noise(2, 20_000)];
        for phase in PHASES {
            let kernel = kernel(FLAT, phase, rate);
            for way in ways() {
                let out = equalise(&audio, &kernel, rate, way);
                let what = format!("{rate} Hz, {phase:?}, {}", name(way));
                for channel in 0..2 {
                    let residual =
                        residual_db(&out[channel], &audio[channel], latency(phase, rate));
                    // The design's figure; f32 transforms reach -135 dB.
                    assert!(residual < -110.0, "{what}: {residual} dB");
                }
                let response = response(&kernel, rate, way);
                assert_eq!(place_of_peak(&response), latency(phase, rate), "{what}");
            }
        }
    }
}

#[test]
fn off_is_a_delay_bit_for_bit() {
    for rate in RATES {
        let audio = vec![noise(1, 10_000), noise(2, 10_000)];
        for phase in PHASES {
            let kernel = kernel(uneven(0.9), phase, rate);
            for way in ways() {
                let mut eq = FftEq::new(rate, 2, kernel.clone());
                assert_eq!(eq.latency_samples(), latency(phase, rate));
                let out = play(&audio, |_, frame| eq.process(frame, false, way));
                let what = format!("{rate} Hz, {phase:?}, {}", name(way));
                assert_delayed(&out, &audio, latency(phase, rate), &what);
            }
        }
    }
}
