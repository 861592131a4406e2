//! Levels in dB as counts, for percentiles over songs of any length.

/// Lowest level that is told apart, in dB.
const LOWEST_DB: f64 = -150.0;
/// Steps of a dB.
const STEPS: f64 = 2.0;
/// Steps from the lowest level up to +30 dB.
const LEVELS: usize = 360;

/// How often each level came.
#[derive(Debug, Clone)]
pub struct Histogram {
    counts: Vec<u32>,
    total: u32,
}

impl Histogram {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self {
            counts: vec![0; LEVELS],
            total: 0,
        }
    }

    /// Takes a power.
    pub fn push(&mut self, power: f64) {
        let db = 10.0 * power.max(1e-20).log10();
        let level = ((db - LOWEST_DB) * STEPS).clamp(0.0, LEVELS as f64 - 1.0);
        self.counts[level as usize] += 1;
        self.total += 1;
    }

    /// How many came.
    pub fn total(&self) -> u32 {
        self.total
    }

    /// The level in dB that this share of all is below, within half a step (0.25 dB); none of nothing.
    pub fn percentile_db(&self, share: f64) -> Option<f64> {
        let wanted = (share * f64::from(self.total)) as u32;
        let mut seen = 0;
        let level = self.counts.iter().position(|count| {
            seen += count;
            seen > wanted
        })?;
        Some(LOWEST_DB + (level as f64 + 0.5) / STEPS)
    }
}
