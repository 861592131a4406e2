//! Whether a master is what was asked for, by what was written.

use auralis_dsp::options::Listen;
use auralis_engine::master::{Decision, Levels, Mastered, Order, Reach};

/// Farthest that the loudness may lie from its target, in LU.
pub const LOUDNESS_TOLERANCE_LU: f64 = 0.1;
/// Most that dither and rounding may add to the true peak, in dB.
pub const PEAK_TOLERANCE_DB: f64 = 0.05;
/// A mean of a channel beyond this, linear, is told: -50 dBFS, above the noise of any converter.
const DC: f64 = 0.003;

/// Limiting that stands in the way of a loudness, in dB.
const MUCH_LIMITING_DB: f32 = 1.0;

/// What is to be said about a master.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    /// What was not reached.
    pub missed: Vec<String>,
    /// What somebody should look at.
    pub odd: Vec<String>,
}

impl Verdict {
    /// Judges a master that was decided about by itself, or that followed.
    pub fn of(order: &Order, mastered: &Mastered, written: &Levels) -> Self {
        let mut verdict = Self::of_part(order, written);
        let target = order.target_lufs().filter(|_| mastered.learned.is_some());
        let reached = target.zip(written.integrated_lufs);
        if let Some(((target, got), heard)) = reached.zip(mastered.heard.as_ref()) {
            let reach = Decision::of(heard, order).reach();
            let limiter_db = mastered.rendered.limiter_reduction_db;
            verdict.loudness(got, target, &reach, limiter_db);
        }
        verdict
    }

    /// Judges a master by all but its loudness, which is its album's.
    pub fn of_part(order: &Order, written: &Levels) -> Self {
        let mut verdict = Self::default();
        verdict.true_peak(order, written);
        if written.clipped_runs > 0 {
            let runs = written.clipped_runs;
            let text = format!("the master has {runs} runs of clipped samples");
            verdict.odd.push(text);
        }
        if let Some(dc) = written.dc.iter().copied().find(|dc| dc.abs() > DC) {
            let percent = 100.0 * dc;
            let text = format!("the master has a DC offset of {percent:+.1} % of full scale");
            verdict.odd.push(text);
        }
        verdict
    }

    /// Judges a loudness in LUFS that was decided about like this, with so much limiting in dB.
    pub fn loudness(&mut self, got: f64, target: f64, reach: &Reach, limiter_db: f32) {
        let miss = got - target;
        if miss.abs() <= LOUDNESS_TOLERANCE_LU {
            return;
        }
        let needed = reach.needed_db.abs();
        let why = if !reach.is_in_range() {
            let range = reach.range_db;
            format!("loud_range allows {range:.1} dB of gain, {needed:.1} dB are needed")
        } else if limiter_db > MUCH_LIMITING_DB {
            format!(
                "the limiter takes up to {limiter_db:.1} dB; a lower loud_target or a higher \
                 lim_ceiling would do"
            )
        } else {
            String::from("no gain within its range brings it nearer")
        };
        self.missed.push(format!(
            "the master has {got:.2} LUFS, {miss:+.2} LU from the target of {target:.1}: {why}"
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
