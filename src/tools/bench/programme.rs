//! What the benches process.

use crate::tools::demo_piece::demo_piece;
use auralis_dsp::bands::PerBand;
use auralis_dsp::chain::{Chain, ChainSettings};
use auralis_dsp::eq::design::{Curve, EqDesigner, Kernel};
use auralis_dsp::options::{EngineKind, EqPhase};
use auralis_dsp::simd::instruction_set::InstructionSet;
use auralis_dsp::{FRAME, Frame};
use auralis_engine::params::Values;
use auralis_engine::processor::ProcessorSettings;

/// Seconds of the demo piece that are used.
const SECONDS: f64 = 6.0;

/// Stereo music with peaks at full scale, and the settings it is mastered with: the defaults, with
/// everything on.
#[derive(Debug, Clone)]
pub struct Programme {
    /// Frames of both channels.
    pub frames: Vec<[Frame; 2]>,
    /// As a host would have set them.
    pub settings: ProcessorSettings,
}

impl Programme {
    /// The demo piece from its tenth second on, where all instruments play, at full scale.
    pub fn new() -> Self {
        let piece = demo_piece();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few hundred thousand
        let samples = (SECONDS * f64::from(piece.sample_rate)) as usize;
        let first = (piece.channels[0].len() / 3).min(piece.channels[0].len() - samples);
        let all = piece.channels.iter().flatten();
        let peak = all.fold(0.0_f32, |peak, x| peak.max(x.abs()));
        let frames = (0..samples / FRAME)
            .map(|index| {
                let at = first + index * FRAME;
                [0, 1]
                    .map(|channel| std::array::from_fn(|i| piece.channels[channel][at + i] / peak))
            })
            .collect();
        let settings = Values::default().settings();
        Self { frames, settings }
    }

    /// The same music where nothing rests: Tame and the clipper are on too, and the limiter is driven by 6 dB.
    pub fn driven(mut self) -> Self {
        let chain = &mut self.settings.chain;
        chain.tame.on = true;
        chain.clipper.amount_db = 3.0;
        chain.limiter.drive_db = 6.0;
        self
    }

    /// The chain's part of the settings, for one of the two implementations.
    pub fn chain_settings(&self, engine: EngineKind) -> ChainSettings {
        ChainSettings {
            engine,
            ..self.settings.chain
        }
    }
}

impl Default for Programme {
    fn default() -> Self {
        Self::new()
    }
}

/// A chain that convolves with a curve that is not flat.
pub fn chain(sample_rate: f64, set: InstructionSet) -> Chain {
    let kernel = kernel(sample_rate, EqPhase::Linear);
    let mut chain = Chain::new(sample_rate, 2, kernel);
    chain.use_instruction_set(set);
    chain
}

/// A kernel of a gently tilted curve.
pub fn kernel(sample_rate: f64, phase: EqPhase) -> Box<Kernel> {
    Box::new(EqDesigner::new(sample_rate).design(Curve::new(tilted(-0.25), phase)))
}

/// The same with linear phase for the mid, and tilted the other way for the side.
pub fn mid_side_kernel(sample_rate: f64) -> Box<Kernel> {
    let mut curve = Curve::new(tilted(-0.25), EqPhase::Linear);
    curve.side = Some(tilted(0.25).into());
    Box::new(EqDesigner::new(sample_rate).design(curve))
}

/// Gains that go on from 3 dB by so much each band.
#[allow(clippy::cast_precision_loss)] // 25 bands
fn tilted(step_db: f32) -> PerBand {
    std::array::from_fn(|band| 3.0 + step_db * band as f32)
}
