//! The presets that come with Auralis: destinations with their loudness, and characters.

use super::{Preset, PresetError};

/// Their texts.
const TEXTS: [&str; 16] = [
    include_str!("factory/streaming.json"),
    include_str!("factory/loud.json"),
    include_str!("factory/broadcast.json"),
    include_str!("factory/cinema.json"),
    include_str!("factory/podcast.json"),
    include_str!("factory/audiobook.json"),
    include_str!("factory/vinyl_safe.json"),
    include_str!("factory/gentle.json"),
    include_str!("factory/warm.json"),
    include_str!("factory/bright.json"),
    include_str!("factory/classical.json"),
    include_str!("factory/hip_hop.json"),
    include_str!("factory/electronic.json"),
    include_str!("factory/acoustic.json"),
    include_str!("factory/jazz.json"),
    include_str!("factory/speech.json"),
];

/// All of them, destinations first.
///
/// # Errors
/// When one of them is broken, which none is that was released.
pub fn all() -> Result<Vec<Preset>, PresetError> {
    TEXTS.iter().map(|text| Preset::parse(text)).collect()
}

/// The one of a name, in any case.
///
/// # Errors
/// As [`all`].
pub fn named(name: &str) -> Result<Option<Preset>, PresetError> {
    let mut presets = all()?.into_iter();
    Ok(presets.find(|preset| preset.name().eq_ignore_ascii_case(name.trim())))
}
