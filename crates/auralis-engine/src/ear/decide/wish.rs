//! What the user asks of each stage: where that changes, even values that stand still are decided anew.

use crate::ear::settings::AnalysisSettings;
use crate::ear::target::Target;

/// The settings that say what is wanted, stage by stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wish {
    tone: (bool, f32, f32, Target, f32),
    dynamics: (bool, f32, f32, f32, Target),
    loudness: (bool, f32, f32),
}

/// Which stages are asked for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Changed {
    /// The adaptive EQ.
    pub tone: bool,
    /// Threshold and ratio.
    pub dynamics: bool,
    /// Loudness and makeup gain.
    pub loudness: bool,
}

impl Wish {
    /// What these settings ask for.
    pub fn of(settings: &AnalysisSettings) -> Self {
        Self {
            tone: (
                settings.eq_on,
                settings.eq_amount,
                settings.eq_range_db,
                settings.target,
                settings.ref_blend,
            ),
            dynamics: (
                settings.comp_on,
                settings.comp_adapt,
                settings.comp_threshold_db,
                settings.comp_ratio,
                settings.target,
            ),
            loudness: (
                settings.loud_on,
                settings.loud_target_lufs,
                settings.loud_range_db,
            ),
        }
    }

    /// What is another wish than the one `before`.
    pub fn changed_from(&self, before: &Self) -> Changed {
        Changed {
            tone: self.tone != before.tone,
            dynamics: self.dynamics != before.dynamics,
            loudness: self.loudness != before.loudness,
        }
    }
}
