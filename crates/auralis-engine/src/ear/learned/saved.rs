//! The form in which states keep what was learned: everything by name, so that a profile or an
//! adaptive value that came later, or is gone, spoils nothing else.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Learned, LearnedLoudness};
use crate::ear::content::features::Features;
use crate::ear::content::rhythm::RhythmState;
use crate::ear::meters::level_range::Percentiles;
use crate::ear::target::Target;
use crate::ear::timeline::Timeline;
use crate::params::Choices;
use auralis_dsp::bands::{PerBand, PerLowBand};
use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_dsp::chain::Adaptive;

/// Profiles in the order of version 0.1.0, which listed their weights without names.
const PROFILES_OF_0_1_0: [&str; 12] = [
    "balanced",
    "warm",
    "bright",
    "pop",
    "rock",
    "electronic",
    "hip_hop",
    "jazz",
    "classical",
    "acoustic",
    "ambient",
    "speech",
];

/// The saved form of [`Learned`].
#[derive(Serialize, Deserialize)]
pub struct Saved {
    heard_s: f32,
    long_term_db: PerBand,
    /// Version 0.1.0 had none.
    #[serde(default = "nothing")]
    side_db: PerBand,
    /// Version 0.1.0 had none.
    #[serde(default = "nothing")]
    low_db: PerLowBand,
    /// Adaptive gain of each band, in dB.
    adaptive_db: PerBand,
    /// What the side gets beyond it. Version 0.1.0 had none.
    #[serde(default)]
    adaptive_side_db: PerBand,
    /// What the parts of the lowest band get beyond it. Version 0.1.0 had none.
    #[serde(default)]
    adaptive_low_db: PerLowBand,
    /// The other adaptive values. Version 0.1.0 had none here.
    #[serde(default)]
    adaptive: BTreeMap<String, f32>,
    profiles: SavedProfiles,
    features: Features,
    rhythm: RhythmState,
    levels: Percentiles,
    /// Where version 0.1.0 kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    matched_gain_db: Option<f32>,
    loudness: SavedLoudness,
    /// Version 0.1.0 had none.
    #[serde(default)]
    timeline: Timeline,
}

/// Weights of the profiles.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum SavedProfiles {
    /// By id.
    Named(BTreeMap<String, f32>),
    /// As version 0.1.0 kept them.
    Listed([f32; PROFILES_OF_0_1_0.len()]),
}

/// The saved form of [`LearnedLoudness`].
#[derive(Serialize, Deserialize)]
struct SavedLoudness {
    input_lufs: Option<f32>,
    /// Version 0.1.0 had none.
    #[serde(default)]
    loudest_lufs: Option<f32>,
    loss_db: f32,
    /// Where version 0.1.0 kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gain_db: Option<f32>,
    /// Where version 0.1.0 kept it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    makeup_db: Option<f32>,
}

impl From<Learned> for Saved {
    fn from(learned: Learned) -> Self {
        let names = Adaptive::NAMES.iter().map(|name| (*name).to_owned());
        let profiles = Target::PROFILES.iter().map(|target| id(*target).to_owned());
        Self {
            heard_s: learned.heard_s,
            long_term_db: learned.long_term_db,
            side_db: learned.side_db,
            low_db: learned.low_db,
            adaptive_db: learned.adaptive.eq_db,
            adaptive_side_db: learned.adaptive.eq_side_db,
            adaptive_low_db: learned.adaptive.eq_low_db,
            adaptive: names.zip(learned.adaptive.scalars()).collect(),
            profiles: SavedProfiles::Named(profiles.zip(learned.profiles).collect()),
            features: learned.features,
            rhythm: learned.rhythm,
            levels: learned.levels,
            matched_gain_db: None,
            timeline: learned.timeline,
            loudness: SavedLoudness {
                input_lufs: learned.loudness.input_lufs,
                loss_db: learned.loudness.loss_db,
                loudest_lufs: learned.loudness.loudest_lufs,
                gain_db: None,
                makeup_db: None,
            },
        }
    }
}

impl From<Saved> for Learned {
    fn from(saved: Saved) -> Self {
        let loudness = &saved.loudness;
        let mut adaptive = Adaptive {
            eq_db: saved.adaptive_db,
            eq_side_db: saved.adaptive_side_db,
            eq_low_db: saved.adaptive_low_db,
            matched_gain_db: saved.matched_gain_db.unwrap_or(0.0),
            loudness_gain_db: loudness.gain_db.unwrap_or(0.0),
            makeup_gain_db: loudness.makeup_db.unwrap_or(0.0),
            ..Adaptive::NEUTRAL
        };
        for (name, value) in &saved.adaptive {
            if let Some(scalar) = adaptive.scalar_mut(name) {
                *scalar = *value;
            }
        }
        Self {
            heard_s: saved.heard_s,
            long_term_db: saved.long_term_db,
            side_db: saved.side_db,
            low_db: saved.low_db,
            adaptive,
            profiles: saved.profiles.weights(),
            features: saved.features,
            rhythm: saved.rhythm,
            levels: saved.levels,
            loudness: LearnedLoudness {
                input_lufs: loudness.input_lufs,
                loss_db: loudness.loss_db,
                loudest_lufs: loudness.loudest_lufs,
            },
            timeline: saved.timeline.clone(),
        }
    }
}

/// Levels of a state that knows none.
pub fn nothing<const N: usize>() -> [f32; N] {
    [SILENCE_DB; N]
}

impl SavedProfiles {
    /// The weights of the profiles that there are now; 0 for what the state does not know.
    fn weights(&self) -> [f32; Target::PROFILES.len()] {
        Target::PROFILES.map(|target| {
            let id = id(target);
            let weight = match self {
                Self::Named(weights) => weights.get(id),
                Self::Listed(weights) => {
                    let mut names = PROFILES_OF_0_1_0.iter();
                    names.position(|name| *name == id).map(|i| &weights[i])
                }
            };
            weight.copied().unwrap_or(0.0)
        })
    }
}

/// The stable id of a profile.
fn id(target: Target) -> &'static str {
    Target::IDS[target.index()]
}
