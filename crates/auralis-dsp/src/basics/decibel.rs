//! Decibels and linear gain, the one place where they are converted.

/// What a level of nothing is called: far below every threshold, and finite.
pub const SILENCE_DB: f32 = -200.0;

/// Linear gain of `db` decibels, `10^(db/20)`.
pub fn db_to_gain(db: f32) -> f32 {
    (db * (std::f32::consts::LN_10 / 20.0)).exp()
}

/// Level of a linear gain in dB, `20 log10(|gain|)`, not below [`SILENCE_DB`].
pub fn gain_to_db(gain: f32) -> f32 {
    if gain.abs() > 1e-10 {
        20.0 * gain.abs().log10()
    } else {
        SILENCE_DB
    }
}

/// Level of a power (mean square) in dB, `10 log10(power)`, not below [`SILENCE_DB`].
pub fn power_to_db(power: f64) -> f64 {
    if power > 1e-20 {
        // The natural logarithm is the cheaper one.
        10.0 / std::f64::consts::LN_10 * power.ln()
    } else {
        f64::from(SILENCE_DB)
    }
}

/// Power (mean square) of a level in dB, `10^(db/10)`; 0 from [`SILENCE_DB`] down.
pub fn db_to_power(db: f64) -> f64 {
    if db > f64::from(SILENCE_DB) {
        10.0_f64.powf(0.1 * db)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decibels_and_gains_are_inverse() {
        for db in [-120.0_f32, -60.0, -6.0206, 0.0, 6.0206, 24.0] {
            let got = gain_to_db(db_to_gain(db));
            // f32 log and exp each round to about 1e-7 relative; 120 dB of that is 1e-5 dB.
            assert!((got - db).abs() < 2e-5, "{db} dB came back as {got}");
        }
        assert_eq!(db_to_gain(0.0), 1.0, "0 dB must be exactly unity");
        assert_eq!(gain_to_db(0.0), SILENCE_DB);
    }
}
