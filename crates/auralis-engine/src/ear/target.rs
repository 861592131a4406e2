//! What the adaptive EQ aims at.

/// The tonal target of the adaptive EQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Target {
    /// A mix of profiles, weighted by what the programme is.
    #[default]
    Auto,
    /// The average commercial recording.
    Balanced,
    /// More low and less high than `Balanced`.
    Warm,
    /// More high than `Balanced`.
    Bright,
    /// Pop.
    Pop,
    /// Rock.
    Rock,
    /// Electronic.
    Electronic,
    /// Hip-hop.
    HipHop,
    /// Jazz.
    Jazz,
    /// Classical.
    Classical,
    /// Acoustic, singer and songwriter.
    Acoustic,
    /// Ambient.
    Ambient,
    /// Speech.
    Speech,
}

impl Target {
    /// The profiles that are not a mix, in the order of the parameter.
    pub const PROFILES: [Target; 12] = [
        Target::Balanced,
        Target::Warm,
        Target::Bright,
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
}
