//! What the audio side asks of the ear at the end of each hop, and what it gets.

use auralis_dsp::chain::Adaptive;
use auralis_dsp::eq::design::{Curve, Kernel};

use crate::ear::AnalysisSettings;

/// What a tick asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
#[allow(clippy::large_enum_variant)] // a box would allocate on the audio thread
pub enum Ask {
    /// A new epoch begins: go on from what is kept; its kernel is due at frame 0.
    Start {
        /// Curve of the kernel that the chain plays.
        playing: Curve,
    },
    /// A hop of audio is complete.
    Hop {
        /// Mean over the hop of the loudness and makeup gain together, in dB.
        loudness_gain_db: f32,
        /// Whether there is a sidechain to hear.
        has_sidechain: bool,
    },
    /// A hop without a sound in or out is over, or one under bypass.
    Silent,
    /// A hop of audio was lost, or playback jumped in it.
    Lost,
}

/// One question to the ear.
#[derive(Debug, Clone, Copy)]
pub struct Tick {
    /// Resets since activation.
    pub epoch: u32,
    /// Frame since the last reset at which the answer takes effect.
    pub effect_frame: u64,
    /// Settings at the tick.
    pub settings: AnalysisSettings,
    /// Where in the host's transport the hop began, in samples, if the host tells.
    pub place: Option<i64>,
    /// Whether the transport has jumped since the tick before.
    pub jumped: bool,
    /// Edition of the reference at the tick.
    pub reference: u32,
    /// What is asked.
    pub ask: Ask,
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    /// The tick's.
    pub epoch: u32,
    /// The tick's.
    pub effect_frame: u64,
    /// What the ear decided.
    pub adaptive: Adaptive,
    /// The EQ's kernel, if it is another than the last one given.
    pub kernel: Option<Box<Kernel>>,
}
