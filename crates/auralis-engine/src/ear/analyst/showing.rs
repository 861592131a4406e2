//! What an analyst knows, for people to look at.

use crate::ear::analyst::Analyst;
use crate::ear::content::words::describe;
use crate::ear::decide::correction::{alignment_db, presence};
use crate::ear::recordings::{spread_of_a_kind, spread_of_all};
use crate::ear::settings::AnalysisSettings;
use crate::ear::target::Target;
use crate::ear::view::View;
use auralis_dsp::bands::PerBand;

impl Analyst {
    /// Whether the last hop is no silence, whatever was before it.
    pub fn is_sounding(&self) -> bool {
        self.momentary_lufs() > super::GATE_LUFS
    }

    /// Whether the last hop passed the gate.
    pub fn is_listening(&self) -> bool {
        self.listening
    }

    /// What is known, for people to look at.
    pub fn view(&self, settings: &AnalysisSettings) -> View {
        let long_term_db = self.spectrum.long_term_db();
        let profile = self.profile(settings.target);
        let usable = self.usable_bands();
        let present = presence(&long_term_db);
        let aligned = |target_db: PerBand| {
            let level_db = alignment_db(&target_db, &long_term_db, &present, usable);
            target_db.map(|db| db + level_db)
        };
        let profiles = self.weights(settings.target);
        let is_unsure = |kind: &(Target, f32)| kind.0 == Target::Balanced;
        let sure = settings.target != Target::Auto || !profiles.first().is_some_and(is_unsure);
        let reason = if self.spectrum.has_learned() {
            describe(self.features.features(), &profile, &long_term_db, sure)
        } else {
            String::new()
        };
        View {
            input_db: self.spectrum.short_term_db(),
            long_term_db,
            target_db: aligned(self.target_db(settings)),
            target_spread_db: usual_db(settings.target),
            reference_db: self
                .reference
                .as_ref()
                .map(|_| aligned(self.bent_db(settings, 1.0))),
            side_db: self.features.features().side_db,
            adaptive_db: self.correction.reported_db(),
            profiles,
            pending: self.pending,
            reason,
            listening: self.listening,
            hops: self.hops,
            input_loudness: self.loudness.input.all_lufs(),
            output_loudness: self.loudness.output.all_lufs(),
            desk: None,
        }
    }
}

/// Standard deviation of each band of recordings around a target, in dB.
#[allow(clippy::cast_possible_truncation)] // decibels
fn usual_db(target: Target) -> PerBand {
    let spread = match target {
        Target::Auto | Target::Balanced => spread_of_all(),
        _ => spread_of_a_kind(),
    };
    std::array::from_fn(|band| spread[(band, band)].max(0.0).sqrt() as f32)
}
