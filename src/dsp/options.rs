//! The choices a user has, as plain enums. The parameter layer names them for the host.

/// What is heard at the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listen {
    /// The processed signal.
    #[default]
    Output,
    /// Output minus the delayed input: only what the processing changed.
    Delta,
    /// The delayed input at the output's loudness, for a fair comparison.
    MatchedInput,
}

/// Which implementation of the processors runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EngineKind {
    /// The fast one.
    #[default]
    Vectorized,
    /// The plain textbook one, the rollback switch.
    Reference,
}

/// Phase response of the EQ; it decides the latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EqPhase {
    /// Symmetric FIR: no phase distortion, more latency.
    #[default]
    Linear,
    /// Minimum-phase FIR of the same magnitude: little latency.
    Minimum,
}

/// What the compressor's detector measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detector {
    /// The magnitude of each sample.
    #[default]
    Peak,
    /// The root of the mean square.
    Rms,
}

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
