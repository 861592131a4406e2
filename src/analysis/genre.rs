//! What kind of programme it is: weights of the profiles, moving slowly, with the reasons.

use super::average::{one_pole, ramp};
use super::features::Features;
use super::profiles::{Profile, level_free, profile};
use crate::dsp::bands::PerBand;
use crate::dsp::options::Target;

/// The kinds that `Auto` chooses from. `Warm` and `Bright` are wishes, not kinds.
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
/// Time constant of the weights, in seconds.
const WEIGHTS_S: f64 = 5.0;
/// Weights below this are not shown and not used.
const SMALLEST: f32 = 0.05;

/// The weights of the kinds.
#[derive(Debug, Clone)]
pub struct Genre {
    step_s: f64,
    profiles: [Profile; KINDS.len()],
    weights: [f32; KINDS.len()],
}

impl Genre {
    /// All weight on `Balanced`, a step every `step_s` seconds.
    pub fn new(step_s: f64) -> Self {
        let mut weights = [0.0; KINDS.len()];
        weights[0] = 1.0;
        Self {
            step_s,
            profiles: KINDS.map(profile),
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

    /// Moves the weights towards what features and long-term spectrum (dB, `usable` bands) say.
    pub fn learn(&mut self, features: &Features, long_term_db: &PerBand, usable: usize) {
        let spectrum = level_free(*long_term_db);
        let scores: [f32; KINDS.len()] = std::array::from_fn(|kind| {
            -0.5 * tone_distance(&self.profiles[kind].bands_db, &spectrum, usable)
                - 0.25 * (self.profiles[kind].crest_db - features.crest_db).abs()
                + habit(KINDS[kind], features)
        });
        let best = scores.iter().fold(f32::MIN, |best, score| best.max(*score));
        let raw = scores.map(|score| (score - best).exp());
        let sum: f32 = raw.iter().sum();
        #[allow(clippy::cast_possible_truncation)] // a share
        let move_by = one_pole(self.step_s, WEIGHTS_S) as f32;
        for (weight, raw) in self.weights.iter_mut().zip(raw) {
            *weight += move_by * (raw / sum - *weight);
        }
    }

    /// The kinds that count with their weights, heaviest first; they sum to 1.
    pub fn weights(&self) -> Vec<(Target, f32)> {
        let mut heard: Vec<(Target, f32)> = KINDS.into_iter().zip(self.weights).collect();
        heard.retain(|(_, weight)| *weight >= SMALLEST);
        heard.sort_by(|a, b| b.1.total_cmp(&a.1));
        let sum: f32 = heard.iter().map(|(_, weight)| weight).sum();
        for (_, weight) in &mut heard {
            *weight /= sum;
        }
        heard
    }
}

/// RMS distance in dB of two level-free spectra over the usable level bands.
fn tone_distance(a: &PerBand, b: &PerBand, usable: usize) -> f32 {
    let end = super::profiles::LEVEL_BANDS.end.min(usable);
    let bands = super::profiles::LEVEL_BANDS.start..end.max(2);
    let sum: f32 = bands
        .clone()
        .map(|i| (a[i] - b[i]).clamp(-15.0, 15.0).powi(2))
        .sum();
    #[allow(clippy::cast_precision_loss)] // at most 22
    let count = bands.len() as f32;
    (sum / count).sqrt()
}

/// What rhythm and stereo say for or against a kind, in the units of the score.
fn habit(kind: Target, f: &Features) -> f32 {
    let beat = ramp(f.tempo_strength, 0.15, 0.6);
    match kind {
        Target::Speech => 5.0 * f.speech - 3.0,
        Target::Electronic => 1.2 * beat + 0.8 * ramp(f.tempo_bpm, 110.0, 125.0) * beat - 0.8,
        Target::HipHop => 1.2 * beat - 0.8 - ramp(f.tempo_bpm, 105.0, 125.0),
        Target::Pop | Target::Rock => 0.8 * beat - 0.4,
        Target::Classical | Target::Ambient => 0.6 - 1.6 * beat - ramp(f.onset_rate_hz, 2.0, 5.0),
        Target::Jazz | Target::Acoustic => 0.3 - 0.5 * beat,
        _ => 0.0,
    }
}

/// The features in words: "bright, dense, 128 BPM".
pub fn describe(f: &Features, profile: &Profile, long_term_db: &PerBand) -> String {
    let spectrum = level_free(*long_term_db);
    let high = spectrum[17..23]
        .iter()
        .zip(&profile.bands_db[17..23])
        .map(|(a, b)| a - b);
    let brightness = high.sum::<f32>() / 6.0;
    let tone = match brightness {
        b if b > 2.5 => "bright",
        b if b < -2.5 => "dull",
        _ => "even",
    };
    let density = match f.crest_db - profile.crest_db {
        d if d > 2.5 => "dynamic",
        d if d < -2.5 => "dense",
        _ => "balanced dynamics",
    };
    let mut words = format!("{tone}, {density}");
    if f.correlation < 0.3 {
        words += ", wide";
    }
    if f.speech > 0.5 {
        words += ", speech";
    } else if f.tempo_bpm > 0.0 {
        words += &format!(", {:.0} BPM", f.tempo_bpm);
    }
    words
}
