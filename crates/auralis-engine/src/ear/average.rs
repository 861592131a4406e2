//! The averages of the analysis: one place for their coefficients.

/// Coefficient of a one-pole that has covered 63.2 % of a step after `time_constant_s`, taken once
/// every `step_s`: `1 - exp(-step / time constant)`. 1 when the time constant is not positive.
pub fn one_pole(step_s: f64, time_constant_s: f64) -> f64 {
    if time_constant_s > 0.0 {
        1.0 - (-step_s / time_constant_s).exp()
    } else {
        1.0
    }
}

/// Seconds of the past that a mean with this memory still holds after `heard_s`, counted in full.
pub fn remembered_s(heard_s: f64, memory_s: f64) -> f64 {
    memory_s * one_pole(heard_s, memory_s)
}

/// How far back averages reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Seconds, as each average says: what the plug-in follows while it plays.
    Recent,
    /// Everything since the last reset: what describes a piece as a whole.
    Whole,
}

impl Span {
    /// The time constant to use for an average that follows over `recent_s` seconds.
    pub fn time_constant_s(self, recent_s: f64) -> f64 {
        match self {
            Self::Recent => recent_s,
            Self::Whole => f64::INFINITY,
        }
    }
}

/// Weights of a running mean that turns into an exponential one: `1/n` for the n-th value, until
/// that falls below the one-pole coefficient. So the first seconds already count in full.
#[derive(Debug, Clone)]
pub struct WarmMean {
    /// Values so far.
    heard: u32,
    /// The coefficient in the long run.
    floor: f64,
}

impl WarmMean {
    /// A mean over about `time_constant_s` once warm, of a value every `step_s`.
    pub fn new(step_s: f64, time_constant_s: f64) -> Self {
        Self {
            heard: 0,
            floor: one_pole(step_s, time_constant_s),
        }
    }

    /// Forgets all.
    pub fn reset(&mut self) {
        self.heard = 0;
    }

    /// Goes on as if `values` had been counted already.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    pub fn resume(&mut self, values: f64) {
        self.heard = values as u32;
    }

    /// Whether no value was counted yet.
    pub fn is_empty(&self) -> bool {
        self.heard == 0
    }

    /// Counts a value and gives its weight `w`: `mean += w * (value - mean)`.
    pub fn weigh(&mut self) -> f64 {
        self.heard = self.heard.saturating_add(1);
        (1.0 / f64::from(self.heard)).max(self.floor)
    }
}

/// `value` as a share of the way from `from` to `to`, held within 0 and 1.
pub fn ramp(value: f32, from: f32, to: f32) -> f32 {
    ((value - from) / (to - from)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warm_mean_is_first_true_and_then_exponential() {
        let mut weights = WarmMean::new(0.1, 1.0);
        let mut mean = 0.0;
        for (n, value) in [4.0, 8.0, 3.0].into_iter().enumerate() {
            mean += weights.weigh() * (value - mean);
            let expected = [4.0, 6.0, 5.0][n];
            // Exact but for the rounding of 1/3 in f64.
            assert!(
                (mean - expected).abs() < 1e-12,
                "value {n}: {mean}, expected {expected}"
            );
        }
        for _ in 0..100 {
            weights.weigh();
        }
        assert_eq!(weights.weigh(), one_pole(0.1, 1.0), "the long run");
    }

    #[test]
    fn over_a_whole_piece_every_value_counts_alike() {
        let mut weights = WarmMean::new(0.1, Span::Whole.time_constant_s(1.0));
        let mean = (0..10_000).fold(0.0, |mean: f64, n| {
            mean + weights.weigh() * (f64::from(n) - mean)
        });
        // Ten thousand roundings of f64.
        assert!((mean - 4999.5).abs() < 1e-6, "{mean}");
    }
}
