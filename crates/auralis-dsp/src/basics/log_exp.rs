//! Decibels of single samples by the standard library, and of eight at a time without a branch.

use fearless_simd::{Simd, f32x8, i32x8, prelude::*};

use crate::basics::decibel::SILENCE_DB;

/// The power that [`SILENCE_DB`] stands for.
const SILENCE_POWER: f32 = 1e-20;
/// `10 log10(2)`: decibels of power in an octave.
const DB_PER_POWER_OCTAVE: f32 = 10.0 * std::f32::consts::LOG10_2;
/// Octaves of amplitude in a decibel: `log2(10) / 20`.
const OCTAVES_PER_DB: f32 = std::f32::consts::LOG2_10 / 20.0;

/// `10 log10(power)`, not below [`SILENCE_DB`].
pub fn power_to_db(power: f32) -> f32 {
    if power > SILENCE_POWER {
        10.0 * power.log10()
    } else {
        SILENCE_DB
    }
}

/// [`power_to_db`] within 3e-5 dB.
#[inline(always)]
pub fn fast_power_to_db<S: Simd>(power: f32x8<S>) -> f32x8<S> {
    log2(power.max(SILENCE_POWER)) * DB_PER_POWER_OCTAVE
}

/// `10^(db / 20)` within 3e-5 dB, for at most 360 dB either way.
#[inline(always)]
pub fn fast_db_to_gain<S: Simd>(db: f32x8<S>) -> f32x8<S> {
    exp2((db * OCTAVES_PER_DB).max(-60.0).min(60.0))
}

/// The larger of two numbers, neither NaN, in one instruction.
#[inline(always)]
pub fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

/// The smaller of two numbers, neither NaN, in one instruction.
#[inline(always)]
pub fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

/// `log2(x)` of normal positive numbers, at most 1e-5 off (3e-5 dB of power).
///
/// `x = 2^e m` with `m` in `[1/sqrt 2, sqrt 2)`; with `t = (m - 1) / (m + 1)` the series
/// `ln m = 2 (t + t^3/3 + t^5/5 + t^7/7)`, whose first neglected term is below 2 * 0.1716^9 / 9.
#[inline(always)]
fn log2<S: Simd>(x: f32x8<S>) -> f32x8<S> {
    const HALF_SQRT: i32 = 0x3f35_04f3; // bits of 1/sqrt 2
    const TWO_LOG2_E: f32 = 2.0 * std::f32::consts::LOG2_E;
    let offset = x.bitcast::<i32x8<S>>() - HALF_SQRT;
    let exponent: f32x8<S> = (offset >> 23).to_float();
    let mantissa = ((offset & 0x007f_ffff) + HALF_SQRT).bitcast::<f32x8<S>>();
    let t = (mantissa - 1.0) / (mantissa + 1.0);
    let t2 = t * t;
    let mut series = t2.mul_add(1.0 / 7.0, 1.0 / 5.0);
    series = t2.mul_add(series, 1.0 / 3.0);
    series = t2.mul_add(series, 1.0);
    (t * series).mul_add(TWO_LOG2_E, exponent)
}

/// `2^x` for `|x| <= 60`, relative error below 3e-6 (3e-5 dB).
///
/// `2^x = 2^i 2^f` with `f` in `[-0.5, 0.5]` and the Taylor polynomial of `e^(f ln 2)` to the fifth
/// power, whose first neglected term is below `0.3466^6 / 720`; exact at whole `x`.
#[inline(always)]
fn exp2<S: Simd>(x: f32x8<S>) -> f32x8<S> {
    // Adding 1.5 * 2^23 rounds to the nearest whole number and leaves it in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2: f32 = std::f32::consts::LN_2;
    let rounded = x + ROUND;
    let y = (x - (rounded - ROUND)) * LN_2;
    let mut fraction = y.mul_add(1.0 / 120.0, 1.0 / 24.0);
    fraction = y.mul_add(fraction, 1.0 / 6.0);
    fraction = y.mul_add(fraction, 0.5);
    fraction = y.mul_add(fraction, 1.0);
    fraction = y.mul_add(fraction, 1.0);
    let exponent = rounded.bitcast::<i32x8<S>>() - (ROUND.to_bits().cast_signed() - 127);
    (exponent << 23).bitcast::<f32x8<S>>() * fraction
}

#[cfg(test)]
mod tests {
    use fearless_simd::dispatch;

    use super::*;
    use crate::basics::decibel::db_to_gain;
    use crate::simd::instruction_set::InstructionSet;

    /// What every instruction set makes of a number, with its name.
    fn all_fast(what: &str, x: f32) -> Vec<(&'static str, f32)> {
        let sets = InstructionSet::available().into_iter();
        sets.map(|set| {
            let got = dispatch!(set.level(), simd => {
                let x = f32x8::splat(simd, x);
                if what == "level" { fast_power_to_db(x)[3] } else { fast_db_to_gain(x)[3] }
            });
            (set.name(), got)
        })
        .chain([if what == "level" {
            ("plain", power_to_db(x))
        } else {
            ("plain", db_to_gain(x))
        }])
        .collect()
    }

    /// A tenth of what the design allows.
    const MAX_ERROR_DB: f64 = 0.0001;

    #[test]
    fn levels_are_within_a_ten_thousandth_of_a_decibel() {
        for step in -19_900..=12_000 {
            let power = 10.0_f64.powf(f64::from(step) / 1000.0) as f32;
            let exact = 10.0 * f64::from(power).log10();
            for (name, got) in all_fast("level", power) {
                let error = (f64::from(got) - exact).abs();
                assert!(error < MAX_ERROR_DB, "{name}, {exact} dB: off by {error}");
            }
        }
    }

    #[test]
    fn gains_are_within_a_ten_thousandth_of_a_decibel() {
        for step in -20_000..=10_000 {
            let db = step as f32 / 100.0;
            for (name, got) in all_fast("gain", db) {
                let error = (20.0 * f64::from(got).log10() - f64::from(db)).abs();
                assert!(error < MAX_ERROR_DB, "{name}, {db} dB: off by {error}");
            }
        }
        for (name, got) in all_fast("gain", 0.0) {
            assert_eq!(got, 1.0, "{name}: 0 dB must be exactly unity");
        }
    }

    #[test]
    fn silence_and_huge_samples_stay_finite() {
        for silence in [0.0, 1e-40] {
            for (name, got) in all_fast("level", silence) {
                assert!((got - SILENCE_DB).abs() < 0.001, "{name}, {silence}: {got}");
            }
        }
        for (name, got) in all_fast("level", 1e30) {
            assert!((got - 300.0).abs() < 0.01, "{name}: {got}");
        }
    }
}
