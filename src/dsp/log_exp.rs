//! Decibels of single samples: by the standard library, and fast without a branch, for loops that
//! the compiler turns into vectors.

use super::decibel::SILENCE_DB;

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
pub fn fast_power_to_db(power: f32) -> f32 {
    log2(larger(power, SILENCE_POWER)) * DB_PER_POWER_OCTAVE
}

/// `10^(db / 20)` within 3e-5 dB, for at most 360 dB either way.
#[inline(always)]
pub fn fast_db_to_gain(db: f32) -> f32 {
    exp2(smaller(larger(db * OCTAVES_PER_DB, -60.0), 60.0))
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

/// `log2(x)` of a normal positive `x`, at most 1e-5 off (3e-5 dB of power).
///
/// `x = 2^e m` with `m` in `[1/sqrt 2, sqrt 2)`; with `t = (m - 1) / (m + 1)` the series
/// `ln m = 2 (t + t^3/3 + t^5/5 + t^7/7)`, whose first neglected term is below 2 * 0.1716^9 / 9.
#[inline(always)]
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

/// `2^x` for `|x| <= 60`, relative error below 3e-6 (3e-5 dB).
///
/// `2^x = 2^i 2^f` with `f` in `[-0.5, 0.5]` and the Taylor polynomial of `e^(f ln 2)` to the fifth
/// power, whose first neglected term is below `0.3466^6 / 720`; exact at whole `x`.
#[inline(always)]
fn exp2(x: f32) -> f32 {
    // Adding 1.5 * 2^23 rounds to the nearest whole number and leaves it in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let rounded = x + ROUND;
    let whole = rounded - ROUND;
    let y = (x - whole) * std::f32::consts::LN_2;
    let tail = 1.0 / 6.0 + y * (1.0 / 24.0 + y * (1.0 / 120.0));
    let fraction = 1.0 + y * (1.0 + y * (0.5 + y * tail));
    let exponent = rounded.to_bits().wrapping_sub(ROUND.to_bits());
    f32::from_bits(exponent.wrapping_add(127) << 23) * fraction
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::decibel::db_to_gain;

    /// A tenth of what the design allows.
    const MAX_ERROR_DB: f64 = 0.0001;

    #[test]
    fn levels_are_within_a_ten_thousandth_of_a_decibel() {
        for step in -19_900..=12_000 {
            let power = 10.0_f64.powf(f64::from(step) / 1000.0) as f32;
            let exact = 10.0 * f64::from(power).log10();
            for (name, got) in [
                ("plain", power_to_db(power)),
                ("fast", fast_power_to_db(power)),
            ] {
                let error = (f64::from(got) - exact).abs();
                assert!(error < MAX_ERROR_DB, "{name}, {exact} dB: off by {error}");
            }
        }
    }

    #[test]
    fn gains_are_within_a_ten_thousandth_of_a_decibel() {
        for step in -20_000..=10_000 {
            let db = step as f32 / 100.0;
            for (name, got) in [("plain", db_to_gain(db)), ("fast", fast_db_to_gain(db))] {
                let error = (20.0 * f64::from(got).log10() - f64::from(db)).abs();
                assert!(error < MAX_ERROR_DB, "{name}, {db} dB: off by {error}");
            }
        }
        assert_eq!(fast_db_to_gain(0.0), 1.0, "0 dB must be exactly unity");
    }

    #[test]
    fn silence_and_huge_samples_stay_finite() {
        for level in [power_to_db, fast_power_to_db] {
            for silence in [0.0, 1e-40] {
                let got = level(silence);
                assert!((got - SILENCE_DB).abs() < 0.001, "{silence}: {got}");
            }
            let got = level(1e30);
            assert!((got - 300.0).abs() < 0.01, "{got}");
        }
    }
}
