//! Decibels of whole frames: the plain functions and the fast ones, behind one pair of pointers.

use super::Frame;
use super::decibel::{SILENCE_DB, db_to_gain};
use super::options::EngineKind;

/// Conversions of a frame in place.
#[derive(Clone, Copy)]
pub struct LogExp {
    /// `10 log10(power)`, not below [`SILENCE_DB`].
    pub power_to_db: fn(&mut Frame),
    /// `10^(db / 20)`.
    pub db_to_gain: fn(&mut Frame),
}

/// The conversions of an engine.
pub fn of(engine: EngineKind) -> LogExp {
    match engine {
        EngineKind::Reference => LogExp {
            power_to_db: reference_power_to_db,
            db_to_gain: reference_db_to_gain,
        },
        EngineKind::Vectorized => LogExp {
            power_to_db: fast_power_to_db,
            db_to_gain: fast_db_to_gain,
        },
    }
}

/// The power that [`SILENCE_DB`] stands for.
const SILENCE_POWER: f32 = 1e-20;

fn reference_power_to_db(frame: &mut Frame) {
    for x in frame.iter_mut() {
        *x = if *x > SILENCE_POWER {
            10.0 * x.log10()
        } else {
            SILENCE_DB
        };
    }
}

fn reference_db_to_gain(frame: &mut Frame) {
    for x in frame.iter_mut() {
        *x = db_to_gain(*x);
    }
}

/// `10 log10(2)`: decibels of power in an octave.
const DB_PER_POWER_OCTAVE: f32 = 10.0 * std::f32::consts::LOG10_2;
/// Octaves of amplitude in a decibel: `log2(10) / 20`.
const OCTAVES_PER_DB: f32 = std::f32::consts::LOG2_10 / 20.0;

/// Without a branch: exponent from the bits, mantissa through a polynomial.
fn fast_power_to_db(frame: &mut Frame) {
    for x in frame.iter_mut() {
        *x = log2(x.max(SILENCE_POWER)) * DB_PER_POWER_OCTAVE;
    }
}

fn fast_db_to_gain(frame: &mut Frame) {
    for x in frame.iter_mut() {
        *x = exp2((*x * OCTAVES_PER_DB).clamp(-60.0, 60.0));
    }
}

/// `log2(x)` of a normal positive `x`, at most 1e-5 off (3e-5 dB of power).
///
/// `x = 2^e m` with `m` in `[1/sqrt 2, sqrt 2)`; with `t = (m - 1) / (m + 1)` the series
/// `ln m = 2 (t + t^3/3 + t^5/5 + t^7/7)`, whose first neglected term is below 2 * 0.1716^9 / 9.
#[inline]
#[allow(clippy::cast_possible_wrap, clippy::cast_precision_loss)] // exponents fit both ways
fn log2(x: f32) -> f32 {
    const HALF_SQRT: i32 = 0x3f35_04f3; // bits of 1/sqrt 2
    let offset = x.to_bits() as i32 - HALF_SQRT;
    let exponent = offset >> 23;
    let mantissa = f32::from_bits(((offset & 0x007f_ffff) + HALF_SQRT).cast_unsigned());
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let t2 = t * t;
    let series = 1.0 + t2 * (1.0 / 3.0 + t2 * (1.0 / 5.0 + t2 * (1.0 / 7.0)));
    exponent as f32 + 2.0 * std::f32::consts::LOG2_E * t * series
}

/// `2^x` for `|x| <= 60`, relative error below 1e-6 (1e-5 dB).
///
/// `2^x = 2^i 2^f` with `f` in `[-0.5, 0.5]` and the Taylor polynomial of `e^(f ln 2)` to the sixth
/// power, whose first neglected term is below `0.3466^7 / 5040`; exact at whole `x`.
#[inline]
#[allow(clippy::cast_possible_truncation)] // whole numbers up to 60
fn exp2(x: f32) -> f32 {
    // Adding and subtracting 1.5 * 2^23 rounds to the nearest whole number without a branch.
    const ROUND: f32 = 12_582_912.0;
    let whole = (x + ROUND) - ROUND;
    let y = (x - whole) * std::f32::consts::LN_2;
    let tail = 1.0 / 24.0 + y * (1.0 / 120.0 + y * (1.0 / 720.0));
    let fraction = 1.0 + y * (1.0 + y * (0.5 + y * (1.0 / 6.0 + y * tail)));
    f32::from_bits((((whole as i32) + 127) << 23).cast_unsigned()) * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the design allows; the kernels stay far below it.
    const MAX_ERROR_DB: f64 = 0.001;

    #[test]
    fn levels_are_within_a_thousandth_of_a_decibel() {
        for engine in [EngineKind::Reference, EngineKind::Vectorized] {
            for step in -19_900..=12_000 {
                let expected = f64::from(step) / 100.0;
                let power = 10.0_f64.powf(expected / 10.0) as f32;
                let exact = 10.0 * f64::from(power).log10();
                let mut frame = [power; super::super::FRAME];
                (of(engine).power_to_db)(&mut frame);
                let error = (f64::from(frame[7]) - exact).abs();
                assert!(
                    error < MAX_ERROR_DB / 10.0,
                    "{engine:?} {expected} dB: off by {error}"
                );
            }
        }
    }

    #[test]
    fn gains_are_within_a_thousandth_of_a_decibel() {
        for engine in [EngineKind::Reference, EngineKind::Vectorized] {
            for step in -20_000..=10_000 {
                let db = step as f32 / 100.0;
                let mut frame = [db; super::super::FRAME];
                (of(engine).db_to_gain)(&mut frame);
                let error = (20.0 * f64::from(frame[7]).log10() - f64::from(db)).abs();
                assert!(
                    error < MAX_ERROR_DB / 10.0,
                    "{engine:?} {db} dB: off by {error}"
                );
            }
            let mut unity = [0.0; super::super::FRAME];
            (of(engine).db_to_gain)(&mut unity);
            assert_eq!(
                unity,
                [1.0; super::super::FRAME],
                "0 dB must be exactly unity"
            );
        }
    }

    #[test]
    fn silence_and_huge_samples_stay_finite() {
        for engine in [EngineKind::Reference, EngineKind::Vectorized] {
            let mut frame = [0.0; super::super::FRAME];
            frame[1] = 1e-40;
            frame[2] = 1e30;
            (of(engine).power_to_db)(&mut frame);
            assert!(
                frame[0] <= SILENCE_DB + 0.001 && frame[1] <= SILENCE_DB + 0.001,
                "{engine:?}"
            );
            assert!((frame[2] - 300.0).abs() < 0.01, "{engine:?}: {}", frame[2]);
        }
    }
}
