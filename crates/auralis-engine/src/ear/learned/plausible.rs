//! What a programme can have taught; anything else comes from a damaged state.

use crate::ear::content::features::Features;
use crate::ear::content::rhythm::RhythmState;

/// Farthest from 0 that a level or a ratio of levels can be, in dB.
const MOST_DB: f32 = 400.0;

/// Whether a programme can be like this.
pub fn features(features: &Features) -> bool {
    let shares = [
        features.flatness,
        features.low_share,
        features.mid_share,
        features.high_share,
        features.tempo_strength,
        features.speech,
    ];
    let frequencies_hz = [features.centroid_hz, features.rolloff_hz];
    let ratios_db = [
        features.crest_db,
        features.plr_db,
        features.psr_db,
        features.lra_lu,
    ];
    let levels_db = [
        features.dynamic_range_db,
        features.side_db,
        features.noise_floor_db,
    ];
    let rates = [
        features.clipped_runs_per_s,
        features.onset_rate_hz,
        features.tempo_bpm,
    ];
    shares.iter().all(|share| (-0.01..=1.01).contains(share))
        && frequencies_hz.iter().all(|hz| (0.0..=1e6).contains(hz))
        && ratios_db.iter().all(|db| db.abs() <= MOST_DB)
        && levels_db.iter().all(|db| db.abs() <= MOST_DB)
        && rates.iter().all(|rate| (0.0..=1e6).contains(rate))
        && (-1.0..=1.0).contains(&features.correlation)
}

/// Whether a programme can move like this.
pub fn rhythm(rhythm: &RhythmState) -> bool {
    let shares = [rhythm.tempo_strength, rhythm.low_share];
    let powers = [rhythm.mean_rms, rhythm.modulation_power];
    shares.iter().all(|share| (-0.01..=1.01).contains(share))
        && powers.iter().all(|power| (0.0..=1e6).contains(power))
        && (0.0..=1000.0).contains(&rhythm.tempo_bpm)
}
