//! What kind of programme it is: weights of the profiles, moving slowly, with the reasons.

use crate::ear::average::{one_pole, ramp};
use crate::ear::content::features::Features;
use crate::ear::content::profiles::{LEVEL_BANDS, Profile, level_free, profile};
use crate::ear::decide::correction::{alignment_db, presence};
use crate::ear::target::Target;
use auralis_dsp::bands::PerBand;

/// What recordings of a kind are usually like, beside their spectrum and their dynamics.
#[derive(Clone, Copy)]
struct Habit {
    /// Strength of the beat, 0 to 1.
    beat: f32,
    /// Spectral flatness in dB: noise (drums, distortion) against clear tones.
    flatness_db: f32,
}

/// One line of [`KINDS`].
const fn kind(target: Target, beat: f32, flatness_db: f32) -> (Target, Option<Habit>) {
    (target, Some(Habit { beat, flatness_db }))
}

/// The kinds that `Auto` chooses from; `Balanced`, without habits, is the answer when no other fits.
/// `Warm` and `Bright` are wishes, not kinds. The numbers are ours, set on the free music of
/// `tests/ear`.
const KINDS: [(Target, Option<Habit>); 10] = [
    (Target::Balanced, None),
    kind(Target::Pop, 0.5, -13.0),
    kind(Target::Rock, 0.5, -7.0),
    kind(Target::Electronic, 0.65, -16.0),
    kind(Target::HipHop, 0.6, -17.0),
    kind(Target::Jazz, 0.3, -22.0),
    kind(Target::Classical, 0.1, -24.0),
    kind(Target::Acoustic, 0.2, -24.0),
    kind(Target::Ambient, 0.1, -25.0),
    kind(Target::Speech, 0.15, -29.0),
];
/// Standard deviations of beat, flatness (dB) and crest factor (dB) within a kind.
const SPREAD: [f32; 3] = [0.2, 6.0, 2.5];
/// What the mean square deviation of the bands counts beside one of these.
const TONE_WEIGHT: f32 = 1.5;
/// Log-likelihood of `Balanced`: that of a kind that fits neither well nor badly.
const DOUBT: f32 = -2.2;
/// How sharply the likeliest kind wins; 1 would take all cues for independent of the kind's many
/// varieties.
const SHARPNESS: f32 = 2.0;
/// Flattest spectrum that still tells something, in dB.
const LEAST_FLATNESS_DB: f32 = -30.0;
/// Largest deviation of a band that counts, in dB.
const FARTHEST_DB: f32 = 12.0;
/// Time constant of the weights, in seconds.
const WEIGHTS_S: f64 = 8.0;
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
            profiles: KINDS.map(|(target, _)| profile(target)),
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
            let kind = KINDS.iter().position(|(kind, _)| *kind == target);
            kind.map_or(0.0, |kind| self.weights[kind])
        })
    }

    /// Goes on from weights of [`Target::PROFILES`].
    pub fn resume(&mut self, profiles: &[f32; Target::PROFILES.len()]) {
        let mut total = 0.0;
        for (target, learned) in Target::PROFILES.iter().zip(profiles) {
            if let Some(kind) = KINDS.iter().position(|(kind, _)| kind == target) {
                self.weights[kind] = *learned;
                total += learned;
            }
        }
        if total < SMALLEST {
            self.reset();
        }
    }

    /// Moves the weights towards what features and long-term spectrum (dB, `usable` bands) say.
    pub fn hear(&mut self, features: &Features, long_term_db: &PerBand, usable: usize) {
        let present = presence(long_term_db);
        let scores: [f32; KINDS.len()] = std::array::from_fn(|index| {
            let ((target, habit), profile) = (KINDS[index], &self.profiles[index]);
            let likelihood = habit.map_or(DOUBT, |habit| {
                let tone = tone_deviation(profile, long_term_db, &present, usable);
                likelihood(&habit, profile, tone, features) + bonus(target, features)
            });
            SHARPNESS * likelihood
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

    /// The tone that is aimed at in dB per band: that of all recordings, and of speech as far as it is
    /// speech, which is none of them.
    pub fn tone_db(&self) -> PerBand {
        let of = |target| KINDS.iter().position(|(kind, _)| *kind == target);
        let Some(speech) = of(Target::Speech) else {
            return profile(Target::Balanced).bands_db;
        };
        let (share, speech) = (self.weights[speech], &self.profiles[speech]);
        let all = profile(Target::Balanced).bands_db;
        std::array::from_fn(|band| all[band] + share * (speech.bands_db[band] - all[band]))
    }

    /// The kinds that count with their weights, heaviest first; they sum to 1.
    pub fn weights(&self) -> Vec<(Target, f32)> {
        let targets = KINDS.iter().map(|(target, _)| *target);
        let mut heard: Vec<(Target, f32)> = targets.zip(self.weights).collect();
        heard.retain(|(_, weight)| *weight >= SMALLEST);
        heard.sort_by(|a, b| b.1.total_cmp(&a.1));
        let sum: f32 = heard.iter().map(|(_, weight)| weight).sum();
        for (_, weight) in &mut heard {
            *weight /= sum;
        }
        heard
    }
}

/// Mean square over the bands of spectrum minus profile, level-free, in spreads of the profile.
fn tone_deviation(
    profile: &Profile,
    measured_db: &PerBand,
    present: &PerBand,
    usable: usize,
) -> f32 {
    let level_db = alignment_db(&profile.bands_db, measured_db, present, usable);
    let (mut sum, mut weight) = (0.0, 0.0);
    for band in LEVEL_BANDS.start..LEVEL_BANDS.end.min(usable) {
        let off_db = measured_db[band] - level_db - profile.bands_db[band];
        let off = off_db.clamp(-FARTHEST_DB, FARTHEST_DB) / profile.spread_db[band];
        sum += present[band] * off * off;
        weight += present[band];
    }
    if weight > 0.0 { sum / weight } else { 0.0 }
}

/// Logarithm of how likely a kind sounds like this, as if every cue were normally distributed.
fn likelihood(habit: &Habit, profile: &Profile, tone: f32, f: &Features) -> f32 {
    let flatness_db = (10.0 * f.flatness.log10()).clamp(LEAST_FLATNESS_DB, 0.0);
    let deviations = [
        f.tempo_strength - habit.beat,
        flatness_db - habit.flatness_db,
        f.crest_db - profile.crest_db,
    ];
    let squares = deviations.iter().zip(SPREAD).map(|(d, s)| (d / s).powi(2));
    -0.5 * (TONE_WEIGHT * tone + squares.sum::<f32>())
}

/// What speaks for or against single kinds, in units of log-likelihood.
fn bonus(kind: Target, f: &Features) -> f32 {
    let within = |low: f32, high: f32| {
        ramp(f.tempo_bpm, low - 10.0, low) * (1.0 - ramp(f.tempo_bpm, high, high + 10.0))
    };
    let speech = match kind {
        // A voice stands in the middle.
        Target::Speech => 6.0 * f.speech - 2.0 - 2.0 * (1.0 - ramp(f.correlation, 0.6, 0.9)),
        _ => -3.0 * (f.speech - 0.3).max(0.0),
    };
    let rhythm = match kind {
        Target::Electronic => 0.5 * within(115.0, 140.0) * ramp(f.tempo_strength, 0.0, 0.5),
        Target::HipHop => within(75.0, 105.0) - 1.0,
        Target::Classical => -0.8 * ramp(f.onset_rate_hz, 2.0, 4.0),
        Target::Ambient => -ramp(f.onset_rate_hz, 0.3, 1.3),
        _ => 0.0,
    };
    speech + rhythm
}

/// The features in words, and the loudness habit of the profile: "bright, dense, 128 BPM, usually at
/// -9 LUFS".
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
    if f.speech > 0.5 && f.correlation > 0.9 {
        words += ", speech";
    } else if f.tempo_bpm > 0.0 {
        words += &format!(", {:.0} BPM", f.tempo_bpm);
    }
    words + &format!(", usually at {:.0} LUFS", profile.loudness_lufs)
}

#[cfg(test)]
mod tests;
