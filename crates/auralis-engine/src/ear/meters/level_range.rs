//! How the short-term levels of a programme are distributed: percentiles of a histogram.

use crate::ear::average::WarmMean;

/// Lowest level that is told apart, in dB: the quantisation noise of 24 bits in a critical band.
pub(crate) const LOWEST_DB: f64 = -160.0;
/// Width of a bin in dB.
const BIN_DB: f64 = 0.5;
/// Bins up to +12 dB; what lies beyond the ends is counted there.
const BINS: usize = 344;
/// Total at which all counts are scaled down again.
const RENORMALISE_AT: f64 = 1e12;
/// Shares of the time below [`Percentiles::quiet_db`], `middle_db` and `loud_db`.
const SHARES: [f64; 3] = [0.1, 0.5, 0.9];

/// Levels in dB that a programme stays below for a tenth, half and nine tenths of the time.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Percentiles {
    /// The 10th percentile.
    pub quiet_db: f32,
    /// The 50th percentile.
    pub middle_db: f32,
    /// The 90th percentile.
    pub loud_db: f32,
}

impl Percentiles {
    /// The range of the levels in dB: the 90th percentile over the 10th.
    pub fn range_db(&self) -> f32 {
        self.loud_db - self.quiet_db
    }
}

/// The distribution of levels, the older ones fading.
#[derive(Debug, Clone)]
pub struct LevelRange {
    step_s: f64,
    memory_s: f64,
    weights: WarmMean,
    /// Weight of what is in each bin; younger levels count for more.
    counts: Vec<f64>,
    total: f64,
    /// The lowest bin that is not empty.
    lowest: usize,
}

impl LevelRange {
    /// Nothing heard yet; a level every `step_s` seconds, forgotten over `memory_s` seconds.
    pub fn new(step_s: f64, memory_s: f64) -> Self {
        Self {
            step_s,
            memory_s,
            weights: WarmMean::new(step_s, memory_s),
            counts: vec![0.0; BINS],
            total: 0.0,
            lowest: BINS,
        }
    }

    /// Forgets all.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s, self.memory_s);
    }

    /// Takes a level in dB.
    pub fn push(&mut self, db: f32) {
        let weight = self.weights.weigh();
        // As a share of the new total this is `weight`: growing what comes costs one bin, fading
        // what was would cost all of them.
        let added = if weight < 1.0 {
            self.total * weight / (1.0 - weight)
        } else {
            1.0
        };
        self.add(db, added);
        if self.total > RENORMALISE_AT {
            let scale = 1.0 / self.total;
            self.counts.iter_mut().for_each(|count| *count *= scale);
            self.total = 1.0;
        }
    }

    fn add(&mut self, db: f32, count: f64) {
        let bin = bin_of(db);
        self.counts[bin] += count;
        self.total += count;
        self.lowest = self.lowest.min(bin);
    }

    /// Goes on from percentiles that `levels` levels have gone into.
    pub fn resume(&mut self, percentiles: &Percentiles, levels: f64) {
        self.reset();
        self.weights.resume(levels.max(1.0));
        // Each percentile in the middle of what lies at it.
        for (db, share) in [
            (percentiles.quiet_db, 0.2),
            (percentiles.middle_db, 0.6),
            (percentiles.loud_db, 0.2),
        ] {
            self.add(db, share);
        }
    }

    /// The percentiles, `None` while no level was counted.
    pub fn percentiles(&self) -> Option<Percentiles> {
        let [quiet_db, middle_db, loud_db] = SHARES.map(|share| self.percentile_db(share));
        (!self.weights.is_empty()).then_some(Percentiles {
            quiet_db,
            middle_db,
            loud_db,
        })
    }

    /// The level that this share of the time lies below, levels even within a bin.
    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // 344 bins of dB
    pub fn percentile_db(&self, share: f64) -> f32 {
        let wanted = share * self.total;
        let mut below = 0.0;
        for (bin, count) in self.counts.iter().enumerate().skip(self.lowest) {
            if below + count >= wanted && *count > 0.0 {
                let inside = (wanted - below) / count;
                return (LOWEST_DB + BIN_DB * (bin as f64 + inside)) as f32;
            }
            below += count;
        }
        (LOWEST_DB + BIN_DB * BINS as f64) as f32
    }
}

/// Bin of a level; the ends take what lies beyond them.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
fn bin_of(db: f32) -> usize {
    (((f64::from(db) - LOWEST_DB) / BIN_DB) as usize).min(BINS - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half a bin, and the rounding of shares.
    const TOLERANCE_DB: f32 = 0.3;

    fn heard(levels: impl IntoIterator<Item = f32>) -> LevelRange {
        let mut range = LevelRange::new(0.04, 40.0);
        levels.into_iter().for_each(|db| range.push(db));
        range
    }

    #[test]
    fn an_even_spread_has_its_percentiles() {
        // 1000 levels from -30 to -10 dB in a shuffled order (7 and 1000 have no common factor).
        let levels = (0..1000).map(|i| -30.0 + 0.02 * ((7 * i) % 1000) as f32);
        let got = heard(levels).percentiles().unwrap();
        for (name, db, expected) in [
            ("quiet", got.quiet_db, -28.0),
            ("middle", got.middle_db, -20.0),
            ("loud", got.loud_db, -12.0),
        ] {
            assert!(
                (db - expected).abs() < TOLERANCE_DB,
                "{name}: {db}, expected {expected} dB"
            );
        }
        assert!((got.range_db() - 16.0).abs() < 2.0 * TOLERANCE_DB);
    }

    #[test]
    fn it_goes_on_from_its_percentiles() {
        let percentiles = heard((0..500).map(|i| -40.0 + 0.06 * i as f32))
            .percentiles()
            .unwrap();
        let mut next = LevelRange::new(0.04, 40.0);
        next.resume(&percentiles, 500.0);
        let again = next.percentiles().unwrap();
        assert!(
            (again.loud_db - percentiles.loud_db).abs() < TOLERANCE_DB,
            "{again:?}"
        );
        next.push(0.0);
        let moved = next.percentiles().unwrap();
        // One level among 500 moves the 90th percentile by a hundredth of a bin.
        assert!(
            (moved.loud_db - again.loud_db).abs() < 0.05,
            "{moved:?}, was {again:?}"
        );
    }

    #[test]
    fn nothing_is_no_distribution_and_extremes_are_finite() {
        assert_eq!(heard([]).percentiles(), None);
        for db in [-1000.0, 1000.0, f32::NAN] {
            let got = heard([db]).percentiles().unwrap();
            assert!(
                got.range_db().is_finite() && got.loud_db.is_finite(),
                "{db}: {got:?}"
            );
        }
    }

    #[test]
    fn the_past_fades() {
        let mut range = heard((0..10_000).map(|_| -10.0));
        // Three times the memory of 40 s: e^-3 = 5 % of the weight is left below.
        (0..3000).for_each(|_| range.push(-30.0));
        let got = range.percentiles().unwrap();
        assert!((got.loud_db + 30.0).abs() < 2.0 * TOLERANCE_DB, "{got:?}");
    }
}
