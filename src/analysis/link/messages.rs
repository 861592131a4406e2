//! The messages between the audio thread and the analysis.

use crate::analysis::{AnalysisSettings, Decision};
use crate::dsp::eq_design::{Curve, Kernel};

/// What a tick asks for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Ask {
    /// A new epoch begins: go on from what is kept; its kernel is due at frame 0.
    Start {
        /// Curve of the kernel that the engine plays.
        playing: Curve,
        /// Samples pushed into the ring before, all channels, since activation.
        pushed: u64,
    },
    /// A hop of audio is complete.
    Hop {
        /// Samples pushed into the ring up to the end of the hop, all channels, since activation.
        pushed: u64,
        /// Frames at its start that were silent and are not in the ring.
        silent_frames: u64,
        /// Mean loudness gain over the hop, in dB.
        loudness_gain_db: f32,
        /// Whether the sidechain's channels follow the output's.
        has_sidechain: bool,
    },
    /// A hop without a sound in or out is over, or one under bypass; nothing is in the ring.
    Silent,
    /// A hop of audio was lost.
    Lost,
}

/// One message to the analysis.
#[derive(Debug, Clone, Copy)]
pub struct Tick {
    /// Resets since activation.
    pub epoch: u32,
    /// Frame at which the result takes effect.
    pub effect_frame: u64,
    /// Settings at the tick.
    pub settings: AnalysisSettings,
    /// Edition of the reference at the tick.
    pub reference: u32,
    /// What is asked.
    pub ask: Ask,
}

/// One message from the analysis.
#[derive(Debug)]
pub struct HopResult {
    /// The tick's.
    pub epoch: u32,
    /// The tick's.
    pub effect_frame: u64,
    /// What the analysis decided.
    pub decision: Decision,
    /// The EQ's kernel, if it is another than the last one sent.
    pub kernel: Option<Box<Kernel>>,
}
