//! How likely a programme is a voice and nothing else.

use crate::ear::average::ramp;
use crate::ear::content::features::Features;
use crate::ear::content::profiles::{LEVEL_BANDS, Profile, profile};
use crate::ear::decide::correction::alignment_db;
use crate::ear::target::Target;
use auralis_dsp::bands::PerBand;

/// What speech is like beside its spectrum: strength of the beat, spectral flatness in dB, crest factor in dB;
/// mean and standard deviation of each. Ours, set on read speech.
const BEAT: [f32; 2] = [0.15, 0.2];
const FLATNESS_DB: [f32; 2] = [-29.0, 6.0];
const CREST_SPREAD_DB: f32 = 2.5;
/// Flattest spectrum that still tells something, in dB.
const LEAST_FLATNESS_DB: f32 = -30.0;
/// What the mean square deviation of the bands counts beside one of these.
const TONE_WEIGHT: f32 = 1.5;
/// Largest deviation of a band that counts, in dB.
const FARTHEST_DB: f32 = 12.0;
/// Log-likelihood of anything else: that of what fits neither well nor badly. With it and [`WIDE`], read speech
/// is told after 20 s, and music of 138 pieces that is modulated as speech hardly ever.
const DOUBT: f32 = -1.2;
/// What speaks against a voice when left and right are not alike: a voice stands in the middle.
const WIDE: f32 = 4.0;
/// How sharply the likelier wins; 1 would take all cues for independent of each other.
const SHARPNESS: f32 = 2.0;

/// How likely it is speech, 0 to 1, by its features and its long-term spectrum in dB over the `usable`
/// bands, which hold that much programme.
pub fn speech_share(
    features: &Features,
    long_term_db: &PerBand,
    present: &PerBand,
    usable: usize,
) -> f32 {
    let speech = profile(Target::Speech);
    let tone = tone_deviation(&speech, long_term_db, present, usable);
    let flatness_db = (10.0 * features.flatness.log10()).clamp(LEAST_FLATNESS_DB, 0.0);
    let squares = [
        (features.tempo_strength - BEAT[0]) / BEAT[1],
        (flatness_db - FLATNESS_DB[0]) / FLATNESS_DB[1],
        (features.crest_db - speech.crest_db) / CREST_SPREAD_DB,
    ]
    .map(|deviation| deviation * deviation);
    let likelihood = -0.5 * (TONE_WEIGHT * tone + squares.iter().sum::<f32>());
    // Syllables and pauses speak for it.
    let modulated = 6.0 * features.speech - 2.0 + 3.0 * (features.speech - 0.3).max(0.0);
    let wide = WIDE * (1.0 - ramp(features.correlation, 0.6, 0.9));
    let log_odds = SHARPNESS * (likelihood + modulated - wide - DOUBT);
    1.0 / (1.0 + (-log_odds).exp())
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
