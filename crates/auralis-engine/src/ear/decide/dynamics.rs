//! How the analysis moves the compressor's threshold and ratio with the programme.
//!
//! The levels are the peaks of the hops, which is what the compressor's detector sees, and their
//! [distribution](crate::ear::meters::level_range) says what is loud and what is quiet in this programme. The
//! threshold parameter is meant for a programme whose loud parts (90th percentile) peak at
//! `NOMINAL_LOUD_DB`; the threshold moves by the difference, so that a quiet mix is compressed as a
//! loud one would be. The ratio grows for programme more dynamic than its profile and shrinks for
//! programme that is dense already. Both stay within what the parameters, and with them the panel,
//! can show.

use crate::ear::average::Span;
use crate::ear::content::profiles::Profile;
use crate::ear::meters::level_range::{LevelRange, Percentiles};
use crate::ear::settings::AnalysisSettings;
use crate::params::ParamId;

/// Peak level in dBFS of the loud parts of the programme that the threshold parameter is meant for.
const NOMINAL_LOUD_DB: f32 = -14.0;
/// Farthest the threshold moves, in dB.
const MAX_OFFSET_DB: f32 = 18.0;
/// Growth of `ratio - 1` per dB of dynamics above the profile's.
const RATIO_PER_DB: f32 = 0.05;
/// Least and most that is left of `ratio - 1`.
const RATIO_FACTOR: std::ops::RangeInclusive<f32> = 0.5..=1.5;
/// Memory of the levels, in seconds.
const MEMORY_S: f64 = 30.0;

/// Follows the levels of the programme.
#[derive(Debug, Clone)]
pub struct Dynamics {
    levels: LevelRange,
    percentiles: Option<Percentiles>,
}

impl Dynamics {
    /// Nothing heard yet, a step every `step_s` seconds.
    pub fn new(step_s: f64, span: Span) -> Self {
        Self {
            levels: LevelRange::new(step_s, span.time_constant_s(MEMORY_S)),
            percentiles: None,
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.levels.reset();
        self.percentiles = None;
    }

    /// Percentiles of the peak level per hop in dBFS, if anything was heard.
    pub fn percentiles(&self) -> Option<Percentiles> {
        self.percentiles
    }

    /// Goes on from percentiles that `hops` have gone into.
    pub fn resume(&mut self, percentiles: &Percentiles, hops: f64) {
        self.levels.resume(percentiles, hops);
        self.percentiles = self.levels.percentiles();
    }

    /// Takes the peak level in dBFS of a hop that passed the gate.
    pub fn hear(&mut self, peak_db: f32) {
        self.levels.push(peak_db);
        self.percentiles = self.levels.percentiles();
    }

    /// What to add to the threshold, in dB: 0 at `comp_adapt` 0. The programme is believed to be louder by
    /// `deficit_lu` than what was heard of it.
    pub fn threshold_offset_db(&self, deficit_lu: f32, settings: &AnalysisSettings) -> f32 {
        let Some(levels) = self.percentiles().filter(|_| settings.comp_on) else {
            return 0.0;
        };
        let loud_db = levels.loud_db + deficit_lu;
        let offset_db = (loud_db - NOMINAL_LOUD_DB).clamp(-MAX_OFFSET_DB, MAX_OFFSET_DB);
        let set_db = settings.comp_threshold_db;
        let used_db = set_db + settings.comp_adapt * offset_db;
        ParamId::CompThreshold.row().kind.fitted(used_db) - set_db
    }

    /// What to add to the ratio for a programme of this crest factor: 0 at `comp_adapt` 0.
    pub fn ratio_offset(
        &self,
        crest_db: f32,
        profile: &Profile,
        settings: &AnalysisSettings,
    ) -> f32 {
        self.ratio(crest_db, profile, settings) - settings.comp_ratio
    }

    /// The ratio to use.
    fn ratio(&self, crest_db: f32, profile: &Profile, settings: &AnalysisSettings) -> f32 {
        let adapts = settings.comp_on && settings.comp_adapt > 0.0;
        let Some(levels) = self.percentiles().filter(|_| adapts) else {
            return settings.comp_ratio;
        };
        // The range is what a listener hears over bars, the crest factor within a beat; the
        // compressor narrows both.
        let excess_db = 0.5 * (levels.range_db() - profile.range_db + crest_db - profile.crest_db);
        let factor =
            (1.0 + RATIO_PER_DB * excess_db).clamp(*RATIO_FACTOR.start(), *RATIO_FACTOR.end());
        let factor = 1.0 + settings.comp_adapt * (factor - 1.0);
        let ratio = 1.0 + (settings.comp_ratio - 1.0) * factor;
        ParamId::CompRatio.row().kind.fitted(ratio)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::content::profiles::profile;
    use crate::ear::target::Target;

    /// A programme whose peaks spread evenly over `range_db` below `loudest_db`.
    fn between(loudest_db: f32, range_db: f32) -> Dynamics {
        let mut dynamics = Dynamics::new(0.04, Span::Recent);
        for i in 0..700 {
            dynamics.hear(loudest_db - range_db * ((7 * i) % 100) as f32 / 100.0);
        }
        dynamics
    }

    fn adapting(comp_adapt: f32) -> AnalysisSettings {
        AnalysisSettings {
            comp_adapt,
            comp_ratio: 3.0,
            ..AnalysisSettings::default()
        }
    }

    #[test]
    fn the_threshold_follows_the_loud_parts() {
        let offset = |dynamics: Dynamics| dynamics.threshold_offset_db(0.0, &adapting(1.0));
        let (loud, quiet) = (offset(between(-6.0, 10.0)), offset(between(-16.0, 10.0)));
        // Half a bin of the distribution each.
        assert!((loud - quiet - 10.0).abs() < 0.5, "{loud} {quiet}");
        // Quiet parts do not pull it down: the loud tenth is where it was.
        let with_breaks = offset(between(-6.0, 20.0));
        assert!(
            (loud - with_breaks).abs() < 1.5,
            "{loud} and with breaks {with_breaks} dB"
        );
        assert_eq!(offset(between(-80.0, 0.0)), -MAX_OFFSET_DB);
    }

    #[test]
    fn threshold_and_ratio_stay_where_the_panel_can_show_them() {
        for (threshold, ratio) in [(-60.0, 20.0), (-2.0, 1.0), (0.0, 20.0)] {
            for loudest_db in [-80.0, 0.0, 10.0] {
                let settings = AnalysisSettings {
                    comp_threshold_db: threshold,
                    comp_ratio: ratio,
                    ..adapting(1.0)
                };
                let dynamics = between(loudest_db, 40.0);
                let used_db = threshold + dynamics.threshold_offset_db(0.0, &settings);
                let used = dynamics.ratio(40.0, &profile(Target::Rock), &settings);
                let case = format!("{threshold} dB, {ratio}:1, peaks to {loudest_db} dB");
                assert!((-60.0..=0.0).contains(&used_db), "{case}: {used_db} dB");
                assert!((1.0..=20.0).contains(&used), "{case}: {used}:1");
                assert!(used > 1.0 || ratio == 1.0, "{case}: {used}:1");
            }
        }
    }

    #[test]
    fn without_adaptation_nothing_moves() {
        let (settings, dynamics) = (adapting(0.0), between(-40.0, 20.0));
        assert_eq!(dynamics.threshold_offset_db(0.0, &settings), 0.0);
        assert_eq!(dynamics.ratio(30.0, &profile(Target::Rock), &settings), 3.0);
    }

    #[test]
    fn dynamic_programme_gets_more_ratio_and_dense_less_in_proportion() {
        let rock = profile(Target::Rock);
        // An even spread over 10 dB has 8 dB between its 10th and 90th percentile.
        let at = |excess_db: f32, adapt: f32| {
            between(-3.0, (rock.range_db + excess_db) / 0.8).ratio(
                rock.crest_db + excess_db,
                &rock,
                &adapting(adapt),
            )
        };
        for excess_db in [-4.0, 0.0, 4.0] {
            let expected = 3.0 + 2.0 * RATIO_PER_DB * excess_db;
            let (full, half) = (at(excess_db, 1.0), at(excess_db, 0.5));
            // Half a bin at both percentiles is 0.5 dB of range, a quarter of that in the ratio.
            assert!(
                (full - expected).abs() < 0.03,
                "{excess_db} dB: {full}, expected {expected}"
            );
            assert!(
                (half - 3.0 - 0.5 * (full - 3.0)).abs() < 1e-5,
                "{excess_db} dB: {half}"
            );
        }
        assert_eq!(at(100.0, 1.0), 4.0, "half as much again at most");
    }

    #[test]
    fn the_same_programme_is_squeezed_less_where_it_may_be_dynamic() {
        let settings = adapting(1.0);
        let dynamics = between(-3.0, 20.0);
        let ratio = |target| dynamics.ratio(15.0, &profile(target), &settings);
        let (rock, classical) = (ratio(Target::Rock), ratio(Target::Classical));
        assert!(rock > classical + 0.2, "rock {rock}, classical {classical}");
    }
}
