//! From what an analyst knows to what it decides: what moves, and what stands still.

use crate::ear::analyst::Analyst;
use crate::ear::decide::correction::Tone;
use crate::ear::decide::loudness_control::Hearing;
use crate::ear::decide::wish::{Changed, Wish};
use crate::ear::settings::{AdaptMode, AnalysisSettings};
use crate::ear::view::Pending;
use auralis_dsp::chain::Adaptive;

impl Analyst {
    /// A hop in `Hold` that is not heard: only what the user changes moves.
    pub fn stand(&mut self, settings: &AnalysisSettings) -> Adaptive {
        self.hops += 1;
        self.move_on(0.0, Hearing::Nothing, settings);
        self.decide(settings)
    }

    /// Moves what does not stand still towards where it is wanted.
    pub(super) fn move_on(&mut self, gain_db: f32, hearing: Hearing, settings: &AnalysisSettings) {
        let wish = Wish::of(settings);
        let before = self.wish.replace(wish);
        let changed = before.map_or(Changed::default(), |before| wish.changed_from(&before));
        let (holds, locks) = (settings.mode == AdaptMode::Hold, settings.locks);
        let learns = settings.mode == AdaptMode::Learn;
        self.pending = Pending::default();
        if holds {
            self.decide_anew(changed, settings);
        } else {
            if !locks.eq {
                let wanted = self.wanted_db(self.held_s(settings), settings);
                if hearing != Hearing::Nothing {
                    self.approach(&wanted, settings);
                } else {
                    self.rest_correction(settings);
                }
                if learns && settings.wants_correction() {
                    self.pending.eq_db = self.correction.distance_db(&wanted.all_db);
                }
            }
            if !locks.compressor {
                self.dynamics_offsets = self.wanted_offsets(settings);
            }
            if !locks.loudness {
                let energies = [
                    self.loudness.hop_input_energy(),
                    self.loudness.hop_output_energy(),
                ];
                let short_term = self.loudness.input.full_short_term_lufs();
                self.control
                    .step(energies, gain_db, short_term, hearing, settings);
                if learns {
                    self.pending.loudness_db = self.control.pending_db(settings);
                }
            }
        }
    }

    /// In `Hold`: values whose settings the user has changed are decided anew from what is known, at once.
    fn decide_anew(&mut self, changed: Changed, settings: &AnalysisSettings) {
        if !self.has_learned() {
            return;
        }
        if changed.tone && !settings.locks.eq {
            let wanted = self.wanted_db(self.heard_s, settings);
            self.settle_tone(&wanted);
        }
        if changed.dynamics && !settings.locks.compressor {
            self.dynamics_offsets = self.wanted_offsets(settings);
        }
        if changed.loudness && !settings.locks.loudness {
            self.control.settle(None, settings);
        }
    }

    /// Everything at once where it is wanted: the programme was heard to its end.
    pub fn settle(&mut self, settings: &AnalysisSettings) -> Adaptive {
        let wanted = self.wanted_db(f64::INFINITY, settings);
        self.settle_tone(&wanted);
        self.dynamics_offsets = self.wanted_offsets(settings);
        self.control
            .settle(self.loudness.input.gated_lufs(), settings);
        self.decide(settings)
    }

    /// Moves all gains of the tone towards where they are wanted.
    fn approach(&mut self, wanted: &Tone, settings: &AnalysisSettings) {
        self.correction.approach(&wanted.all_db, settings);
        self.side_correction.approach(&wanted.side_db, settings);
        self.low_correction.approach(&wanted.low_db, settings);
    }

    /// Puts them there.
    fn settle_tone(&mut self, wanted: &Tone) {
        self.correction.settle(&wanted.all_db);
        self.side_correction.settle(&wanted.side_db);
        self.low_correction.settle(&wanted.low_db);
    }

    /// What is wanted to be added to threshold and ratio.
    fn wanted_offsets(&self, settings: &AnalysisSettings) -> [f32; 2] {
        let crest_db = self.features.features().crest_db;
        let profile = self.profile(settings.target);
        let learns = settings.mode == AdaptMode::Learn;
        let deficit_lu = if learns {
            self.control.deficit_lu()
        } else {
            0.0
        };
        self.dynamics
            .offsets(deficit_lu, crest_db, &profile, settings)
    }

    /// Leaves the correction as it is in silence, unless it is switched off.
    fn rest_correction(&mut self, settings: &AnalysisSettings) {
        if !settings.wants_correction() {
            self.approach(&Tone::FLAT, settings);
        }
    }

    /// What the audio thread is to do, as far as is known.
    pub fn decide(&self, settings: &AnalysisSettings) -> Adaptive {
        if settings.mode == AdaptMode::Hold && !self.has_learned() {
            return Adaptive::NEUTRAL;
        }
        let [threshold_offset_db, ratio_offset] = self.dynamics_offsets;
        let gain_on = if settings.loud_on || !settings.stands_loudness() {
            1.0
        } else {
            0.0
        };
        Adaptive {
            eq_db: self.correction.reported_db(),
            eq_side_db: self.side_correction.reported_db(),
            eq_low_db: self.low_correction.reported_db(),
            threshold_offset_db,
            ratio_offset,
            loudness_gain_db: gain_on * self.control.gain_db(settings),
            makeup_gain_db: gain_on * self.control.makeup_db(),
            matched_gain_db: self.matching.gain_db(),
        }
    }
}
