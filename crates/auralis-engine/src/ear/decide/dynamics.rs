//! How the analysis moves the compressor's threshold and ratio with the programme.
//!
//! The levels are the peaks of the hops, which is what the compressor's detector sees but for its high-pass
//! (at 120 Hz it takes 1.3 dB off these peaks on average, 0.4 to 2.3 on 24 pieces), and their
//! [distribution](crate::ear::meters::level_range) says what is loud and what is quiet in this programme. The
//! threshold parameter is meant for a programme whose loud parts (90th percentile) peak at
//! `NOMINAL_LOUD_DB`: at the defaults (-20 dB, 2:1, a knee of 6 dB) these are reduced by 1.5 dB at most, which is what
//! mastering takes. The threshold moves by the whole difference, so that a quiet mix is compressed as a loud one
//! would be and a loud one no deeper, and up to where the loud parts begin to be compressed at all for a
//! programme that is less dynamic than its kind by a standard deviation. The ratio grows for programme more dynamic than its profile
//! and shrinks for programme that is dense already. Both stay within what the parameters, and with them the
//! panel, can show.

use crate::ear::average::{Span, ramp};
use crate::ear::content::profiles::Profile;
use crate::ear::meters::level_range::{LevelRange, Percentiles};
use crate::ear::settings::AnalysisSettings;
use crate::params::ParamId;

/// Peak level in dBFS of the loud parts of the programme that the threshold parameter is meant for.
const NOMINAL_LOUD_DB: f32 = -17.0;
/// How far the threshold rises for a programme that is dense for its kind, in dB: the loud parts, 3 dB over
/// the threshold, come to lie where a knee of 6 dB begins.
const RELIEF_DB: f32 = 6.0;
/// Dynamics beside those of the kind at which the relief is whole and at which there is none, in dB: a
/// standard deviation between recordings of a kind either way.
const RELIEF_RANGE_DB: [f32; 2] = [-2.0, 2.0];
/// `comp_adapt` from which on the threshold moves by the whole difference.
const WHOLE_ADAPT: f32 = 0.5;
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

    /// What to add to threshold (in dB) and ratio for a programme of this crest factor: 0 at `comp_adapt` 0. The
    /// programme is believed to be louder by `deficit_lu` than what was heard of it.
    pub fn offsets(
        &self,
        deficit_lu: f32,
        crest_db: f32,
        profile: &Profile,
        settings: &AnalysisSettings,
    ) -> [f32; 2] {
        let adapts = settings.comp_on && settings.comp_adapt > 0.0;
        let Some(levels) = self.percentiles().filter(|_| adapts) else {
            return [0.0; 2];
        };
        // The range is what a listener hears over bars, the crest factor within a beat; the
        // compressor narrows both.
        let excess_db = 0.5 * (levels.range_db() - profile.range_db + crest_db - profile.crest_db);
        [
            threshold_offset_db(levels.loud_db + deficit_lu, excess_db, settings),
            ratio(excess_db, settings) - settings.comp_ratio,
        ]
    }
}

/// What to add to the threshold for loud parts at this level in dBFS.
fn threshold_offset_db(loud_db: f32, excess_db: f32, settings: &AnalysisSettings) -> f32 {
    let level_db = (loud_db - NOMINAL_LOUD_DB).clamp(-MAX_OFFSET_DB, MAX_OFFSET_DB);
    let relief_db = RELIEF_DB * (1.0 - ramp(excess_db, RELIEF_RANGE_DB[0], RELIEF_RANGE_DB[1]));
    let share = (settings.comp_adapt / WHOLE_ADAPT).min(1.0);
    let set_db = settings.comp_threshold_db;
    let used_db = set_db + share * (level_db + relief_db);
    ParamId::CompThreshold.row().kind.fitted(used_db) - set_db
}

/// The ratio to use.
fn ratio(excess_db: f32, settings: &AnalysisSettings) -> f32 {
    let factor = (1.0 + RATIO_PER_DB * excess_db).clamp(*RATIO_FACTOR.start(), *RATIO_FACTOR.end());
    let factor = 1.0 + settings.comp_adapt * (factor - 1.0);
    let ratio = 1.0 + (settings.comp_ratio - 1.0) * factor;
    ParamId::CompRatio.row().kind.fitted(ratio)
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

    /// Offsets for a programme as dynamic as `profile` but for the range of `dynamics`.
    fn offsets(dynamics: &Dynamics, profile: &Profile, settings: &AnalysisSettings) -> [f32; 2] {
        dynamics.offsets(0.0, profile.crest_db, profile, settings)
    }

    #[test]
    fn the_threshold_follows_the_loud_parts_wholly_from_half_on() {
        let rock = profile(Target::Rock);
        for (adapt, share) in [(0.25, 0.5), (0.5, 1.0), (1.0, 1.0)] {
            let at = |loudest_db| offsets(&between(loudest_db, 10.0), &rock, &adapting(adapt))[0];
            let moved = at(-6.0) - at(-16.0);
            // Half a bin of the distribution each.
            assert!((moved - 10.0 * share).abs() < 0.5, "{adapt}: {moved} dB");
        }
        let silent = offsets(&between(-80.0, 0.0), &rock, &adapting(1.0))[0];
        assert_eq!(silent, RELIEF_DB - MAX_OFFSET_DB);
    }

    #[test]
    fn what_is_less_dynamic_than_its_kind_is_left_alone() {
        let settings = AnalysisSettings {
            comp_threshold_db: -20.0,
            ..adapting(0.5)
        };
        let rock = profile(Target::Rock);
        // How far the loud parts lie over the threshold, for an even spread whose 10th and 90th percentile
        // are this far apart.
        let over_db = |range_db: f32| {
            let dynamics = between(-3.0, range_db / 0.8);
            let loud_db = dynamics.percentiles().unwrap().loud_db;
            loud_db - settings.comp_threshold_db - offsets(&dynamics, &rock, &settings)[0]
        };
        // Half a bin of the distribution. The knee of 6 dB begins 3 dB below the threshold.
        for (range_db, expected) in [(rock.range_db - 4.0, -3.0), (rock.range_db + 9.0, 3.0)] {
            let got = over_db(range_db);
            assert!((got - expected).abs() < 0.3, "{range_db} dB: {got} dB over");
        }
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
                let [offset_db, more] =
                    dynamics.offsets(0.0, 40.0, &profile(Target::Rock), &settings);
                let (used_db, used) = (threshold + offset_db, ratio + more);
                let case = format!("{threshold} dB, {ratio}:1, peaks to {loudest_db} dB");
                assert!((-60.0..=0.0).contains(&used_db), "{case}: {used_db} dB");
                assert!((1.0..=20.0).contains(&used), "{case}: {used}:1");
                assert!(used > 1.0 || ratio == 1.0, "{case}: {used}:1");
            }
        }
    }

    #[test]
    fn without_adaptation_nothing_moves() {
        let got = between(-40.0, 20.0).offsets(0.0, 30.0, &profile(Target::Rock), &adapting(0.0));
        assert_eq!(got, [0.0; 2]);
    }

    #[test]
    fn dynamic_programme_gets_more_ratio_and_dense_less_in_proportion() {
        let rock = profile(Target::Rock);
        // An even spread over 10 dB has 8 dB between its 10th and 90th percentile.
        let at = |excess_db: f32, adapt: f32| {
            let dynamics = between(-3.0, (rock.range_db + excess_db) / 0.8);
            let crest_db = rock.crest_db + excess_db;
            3.0 + dynamics.offsets(0.0, crest_db, &rock, &adapting(adapt))[1]
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
        let dynamics = between(-3.0, 20.0);
        let of = |target| dynamics.offsets(0.0, 15.0, &profile(target), &adapting(1.0));
        let (rock, classical) = (of(Target::Rock), of(Target::Classical));
        assert!(
            rock[0] < classical[0] - 1.0,
            "rock {rock:?}, classical {classical:?}"
        );
        assert!(
            rock[1] > classical[1] + 0.2,
            "rock {rock:?}, classical {classical:?}"
        );
    }
}
