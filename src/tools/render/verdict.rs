//! Whether a master is what was asked for, by what was written.

use auralis_dsp::options::Listen;
use auralis_engine::master::{Levels, Mastered, Order};

/// Farthest that the loudness may lie from its target, in LU.
pub const LOUDNESS_TOLERANCE_LU: f64 = 0.1;
/// Most that dither and rounding may add to the true peak, in dB.
pub const PEAK_TOLERANCE_DB: f64 = 0.05;
/// A mean of a channel beyond this, linear, is told: -50 dBFS, above the noise of any converter.
const DC: f64 = 0.003;

/// What is to be said about a master.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What was not reached.
    pub missed: Vec<String>,
    /// What somebody should look at.
    pub odd: Vec<String>,
}

impl Verdict {
    /// Judges a master; `loudness_lufs` is that of the file, or of the album that it is part of.
    pub fn of(order: &Order, mastered: &Mastered, written: &Levels) -> Self {
        let mut verdict = Self::default();
        let target = order.target_lufs().filter(|_| mastered.learned.is_some());
        if let Some((target, got)) = target.zip(written.integrated_lufs) {
            verdict.loudness(got, target, order, mastered);
        }
        verdict.true_peak(order, written);
        if written.clipped_runs > 0 {
            let runs = written.clipped_runs;
            verdict
                .odd
                .push(format!("the master has {runs} runs of clipped samples"));
        }
        if let Some(dc) = written.dc.iter().copied().find(|dc| dc.abs() > DC) {
            let percent = 100.0 * dc;
            verdict.odd.push(format!(
                "the master has a DC offset of {percent:+.1} % of full scale"
            ));
        }
        verdict
    }

    /// What a loudness that missed its target says.
    fn loudness(&mut self, got: f64, target: f64, order: &Order, mastered: &Mastered) {
        let miss = got - target;
        if miss.abs() <= LOUDNESS_TOLERANCE_LU {
            return;
        }
        let limited_db = mastered.rendered.limiter_reduction_db;
        let range_db = order.settings.analysis.loud_range_db;
        let needed = mastered
            .heard
            .as_ref()
            .and_then(|h| h.levels.integrated_lufs);
        let needed_db = needed.map_or(0.0, |heard| (target - heard).abs());
        let why = if needed_db > f64::from(range_db) {
            format!("loud_range allows {range_db:.1} dB of gain, {needed_db:.1} dB are needed")
        } else if limited_db > 1.0 {
            format!(
                "the limiter takes up to {limited_db:.1} dB; a lower loud_target or a higher \
                 lim_ceiling would do"
            )
        } else {
            String::from("the processors behind the gain move it")
        };
        self.missed.push(format!(
            "the master has {got:.1} LUFS, {miss:+.1} LU from the target of {target:.1}: {why}"
        ));
    }

    /// The ceiling holds where nothing comes behind the limiter.
    fn true_peak(&mut self, order: &Order, written: &Levels) {
        let chain = &order.settings.chain;
        let monitor = &chain.monitor;
        let is_last = !monitor.bypass && monitor.mix >= 1.0 && monitor.listen == Listen::Output;
        let limiter = &chain.limiter;
        let ceiling = f64::from(limiter.ceiling_db);
        let peak = written.true_peak_dbtp;
        let is_held = limiter.on && limiter.true_peak && is_last;
        if is_held && peak > ceiling + PEAK_TOLERANCE_DB {
            self.missed.push(format!(
                "the master's true peak is {peak:.2} dBTP, above the ceiling of {ceiling:.2}"
            ));
        }
    }
}
