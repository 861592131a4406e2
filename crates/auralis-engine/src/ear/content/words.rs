//! A programme in words.

use crate::ear::content::features::Features;
use crate::ear::content::profiles::{Profile, level_free};
use auralis_dsp::bands::PerBand;

/// The features in words, and the loudness habit of the profile: "bright, dense, 128 BPM, usually at
/// -9 LUFS". A kind that is not `sure` has no habit: "bright, dense, 128 BPM, kind unsure".
pub fn describe(f: &Features, profile: &Profile, long_term_db: &PerBand, sure: bool) -> String {
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
    words
        + &if sure {
            format!(", usually at {:.0} LUFS", profile.loudness_lufs)
        } else {
            ", kind unsure".to_string()
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::content::profiles::profile;
    use crate::ear::target::Target;

    #[test]
    fn they_name_tone_dynamics_beat_and_habit() {
        let features = Features {
            tempo_bpm: 128.0,
            crest_db: 8.0,
            ..Features::default()
        };
        let pop = profile(Target::Pop);
        let bright = std::array::from_fn(|band| pop.bands_db[band] + 0.5 * band as f32);
        let words = describe(&features, &pop, &bright, true);
        assert_eq!(words, "bright, dense, 128 BPM, usually at -9 LUFS");
        let words = describe(&features, &pop, &bright, false);
        assert_eq!(words, "bright, dense, 128 BPM, kind unsure");
    }
}
