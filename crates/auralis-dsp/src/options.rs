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
    Scalar,
}

/// Phase response of the EQ; it decides the latency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EqPhase {
    /// Symmetric FIR: no phase distortion, most latency.
    Linear,
    /// Minimum-phase FIR of the same magnitude: least latency.
    Minimum,
    /// Minimum phase in the bass and linear phase above it, of the same magnitude: nothing is heard before
    /// a click, and no phase distortion where it could be.
    #[default]
    Mixed,
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
