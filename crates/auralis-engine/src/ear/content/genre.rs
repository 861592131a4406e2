//! What kind of programme it is: weights of the profiles, moving slowly.
//!
//! First comes whether it is [speech](super::speech), then whether it may be ambient, then which of the
//! [measured kinds](super::kinds) its spectrum is like.

use crate::ear::average::{one_pole, ramp};
use crate::ear::content::features::Features;
use crate::ear::content::kinds::Likeness;
use crate::ear::content::profiles::{Profile, blend, profile};
use crate::ear::content::speech::speech_share;
use crate::ear::decide::correction::presence;
use crate::ear::target::Target;
use auralis_dsp::bands::PerBand;

/// The kinds that `Auto` chooses from; `Balanced`, no kind, is the answer when no other fits. `Warm` and
/// `Bright` are wishes, not kinds. The
/// [measured kinds](super::kinds::MEASURED_KINDS) stand from [`FIRST_MEASURED`] on.
const KINDS: [Target; 10] = [
    Target::Balanced,
    Target::Pop,
    Target::Rock,
    Target::Electronic,
    Target::HipHop,
    Target::Jazz,
    Target::Classical,
    Target::Acoustic,
    Target::Ambient,
    Target::Speech,
];
const BALANCED: usize = 0;
const FIRST_MEASURED: usize = 1;
const AMBIENT: usize = 8;
const SPEECH: usize = 9;
/// The most that is believed of ambient music. Nothing of it was measured; slow strings are like it, too.
const MOST_AMBIENT: f32 = 0.5;
/// How often the kinds are judged anew, in seconds of programme.
const JUDGED_S: f64 = 0.5;
/// Time constant of the weights, in seconds.
const WEIGHTS_S: f64 = 8.0;
/// Weights below this are not told: less than if nothing were known.
const SMALLEST: f32 = 0.1;
/// Weight of the heaviest kind up to which nothing is told, and from which on all is.
const SURE: [f32; 2] = [0.15, 0.25];

/// The weights of the kinds.
#[derive(Debug, Clone)]
pub struct Genre {
    step_s: f64,
    /// Programme since the last judgement, in seconds.
    since_s: f64,
    judged: [f32; KINDS.len()],
    weights: [f32; KINDS.len()],
}

impl Genre {
    /// All weight on `Balanced`, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        let mut weights = [0.0; KINDS.len()];
        weights[BALANCED] = 1.0;
        Self {
            step_s,
            since_s: f64::INFINITY,
            judged: weights,
            weights,
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        *self = Self::new(self.step_s);
    }

    /// Weight of each of [`Target::PROFILES`].
    pub fn learned(&self) -> [f32; Target::PROFILES.len()] {
        Target::PROFILES.map(|target| {
            let kind = KINDS.iter().position(|kind| *kind == target);
            kind.map_or(0.0, |kind| self.weights[kind])
        })
    }

    /// Goes on from weights of [`Target::PROFILES`].
    pub fn resume(&mut self, profiles: &[f32; Target::PROFILES.len()]) {
        let mut total = 0.0;
        for (target, learned) in Target::PROFILES.iter().zip(profiles) {
            if let Some(kind) = KINDS.iter().position(|kind| kind == target) {
                self.weights[kind] = *learned;
                total += learned;
            }
        }
        if total < SMALLEST {
            self.reset();
        }
    }

    /// Moves the weights towards what features and long-term spectrum (dB, `usable` bands, of `heard_s`
    /// seconds) say.
    pub fn hear(
        &mut self,
        features: &Features,
        long_term_db: &PerBand,
        usable: usize,
        heard_s: f64,
    ) {
        self.since_s += self.step_s;
        if self.since_s >= JUDGED_S {
            self.since_s = 0.0;
            self.judged = judge(features, long_term_db, usable, heard_s);
        }
        #[allow(clippy::cast_possible_truncation)] // a share
        let move_by = one_pole(self.step_s, WEIGHTS_S) as f32;
        for (weight, judged) in self.weights.iter_mut().zip(self.judged) {
            *weight += move_by * (judged - *weight);
        }
    }

    /// The tone that is aimed at in dB per band: that of all recordings, and of speech as far as it is
    /// speech, which is none of them.
    pub fn tone_db(&self) -> PerBand {
        let share = self.weights[SPEECH];
        let speech = profile(Target::Speech).bands_db;
        let all = profile(Target::Balanced).bands_db;
        std::array::from_fn(|band| all[band] + share * (speech[band] - all[band]))
    }

    /// The profile that is expected: that of each kind by its weight, told or not.
    pub fn profile(&self) -> Profile {
        let weights: [(Target, f32); KINDS.len()] =
            std::array::from_fn(|kind| (KINDS[kind], self.weights[kind]));
        blend(&weights)
    }

    /// The kinds that are told with their weights, heaviest first; they sum to 1. What is left is
    /// `Balanced`: it is not known.
    pub fn weights(&self) -> Vec<(Target, f32)> {
        let kinds = || KINDS.into_iter().zip(self.weights).skip(FIRST_MEASURED);
        let heaviest = kinds().fold(0.0_f32, |most, (_, weight)| most.max(weight));
        let sure = ramp(heaviest, SURE[0], SURE[1]);
        let mut told: Vec<(Target, f32)> = kinds()
            .filter(|(_, weight)| *weight >= SMALLEST)
            .map(|(kind, weight)| (kind, sure * weight))
            .filter(|(_, weight)| *weight > 0.0)
            .collect();
        let left = 1.0 - told.iter().map(|(_, weight)| weight).sum::<f32>();
        told.push((Target::Balanced, left.max(0.0)));
        told.sort_by(|a, b| b.1.total_cmp(&a.1));
        told
    }
}

/// What features and long-term spectrum say at once.
fn judge(
    features: &Features,
    long_term_db: &PerBand,
    usable: usize,
    heard_s: f64,
) -> [f32; KINDS.len()] {
    let mut present = presence(long_term_db);
    present[usable..].fill(0.0);
    let speech = speech_share(features, long_term_db, &present, usable);
    let ambient = (1.0 - speech) * ambient_share(features);
    let music = 1.0 - speech - ambient;
    let likeness = Likeness::of(long_term_db, &present, heard_s);
    let mut judged = [0.0; KINDS.len()];
    judged[BALANCED] = music * likeness.none;
    for (judged, kind) in judged[FIRST_MEASURED..].iter_mut().zip(likeness.kinds) {
        *judged = music * kind;
    }
    judged[AMBIENT] = ambient;
    judged[SPEECH] = speech;
    judged
}

/// How likely it is ambient music: nothing begins, nothing beats, nothing stands out.
fn ambient_share(f: &Features) -> f32 {
    let still = 1.0 - ramp(f.onset_rate_hz, 0.1, 0.4);
    let beatless = 1.0 - ramp(f.tempo_strength, 0.1, 0.25);
    let even = 1.0 - ramp(f.crest_db, 12.0, 15.0);
    MOST_AMBIENT * still * beatless * even
}

#[cfg(test)]
mod tests;
