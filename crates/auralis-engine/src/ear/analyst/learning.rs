//! What an analyst hands on to the next one, and how that one starts from it.

use crate::ear::analyst::Analyst;
use crate::ear::learned::Learned;
use crate::ear::settings::AnalysisSettings;
use crate::ear::timeline::Timeline;
use auralis_dsp::chain::Adaptive;

impl Analyst {
    /// What was learned, if anything was, beside the last decision and where it was learned.
    #[allow(clippy::cast_possible_truncation)] // levels and seconds
    pub fn learned(&self, adaptive: &Adaptive, timeline: &Timeline) -> Option<Learned> {
        let levels = self.dynamics.percentiles()?;
        self.spectrum.has_learned().then(|| Learned {
            heard_s: self.control.heard_s() as f32,
            long_term_db: self.spectrum.long_term_db(),
            side_db: self.side.long_term_db(),
            low_db: self.low.long_term_db(),
            adaptive: *adaptive,
            profiles: self.genre.learned(),
            features: *self.features.features(),
            rhythm: self.rhythm.state(),
            levels,
            loudness: self.control.learned(),
            timeline: timeline.clone(),
        })
    }

    /// Goes on from what was learned before: right after a reset, before the first hop.
    pub fn resume(&mut self, learned: &Learned, settings: &AnalysisSettings) {
        let heard_s = f64::from(learned.heard_s);
        let hops = heard_s / self.hop_s;
        self.spectrum.resume(&learned.long_term_db, hops);
        self.side.resume(&learned.side_db, hops);
        self.low.resume(&learned.low_db, hops);
        let power = self.spectrum.long_term_power();
        self.features.resume(&learned.features, power, hops);
        self.rhythm.resume(&learned.rhythm);
        self.genre.resume(&learned.profiles);
        self.heard_s = heard_s;
        self.correction.resume(&learned.adaptive.eq_db, settings);
        let side_db = &learned.adaptive.eq_side_db;
        self.side_correction.resume(side_db, settings);
        let low_db = &learned.adaptive.eq_low_db;
        self.low_correction.resume(low_db, settings);
        self.dynamics.resume(&learned.levels, hops);
        let adapts = settings.comp_on && settings.comp_adapt > 0.0;
        if adapts {
            self.dynamics_offsets = [
                learned.adaptive.threshold_offset_db,
                learned.adaptive.ratio_offset,
            ];
        }
        self.matching.resume(learned.adaptive.matched_gain_db);
        let gains_db = [
            learned.adaptive.loudness_gain_db,
            learned.adaptive.makeup_gain_db,
        ];
        self.control
            .resume(&learned.loudness, gains_db, heard_s, settings);
    }

    /// Forgets what was learned and learns anew; the gains go on from where they are.
    pub fn relearn(&mut self) {
        let correction = self.correction.clone();
        let side_correction = self.side_correction.clone();
        let low_correction = self.low_correction.clone();
        let mut control = self.control.clone();
        control.forget();
        let (wish, dynamics_offsets) = (self.wish, self.dynamics_offsets);
        self.reset();
        self.correction = correction;
        self.side_correction = side_correction;
        self.low_correction = low_correction;
        self.control = control;
        self.dynamics_offsets = dynamics_offsets;
        self.wish = wish;
    }
}
