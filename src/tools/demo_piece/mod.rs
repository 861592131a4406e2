//! A piece of music for the demo: 30 s of drums, bass, chords and a lead, mixed dull, muddy and too
//! quiet on purpose.
//!
//! 100 BPM, A minor - F - C - G: an intro of chords, a verse with a light beat and bass, a chorus
//! with everything. It is synthesised from a seed with additions, multiplications, divisions and
//! roots only, which IEEE 754 rounds alike everywhere, so it is the same bit for bit on every run.

mod drums;
mod score;
mod synth;

use crate::audio_file::Audio;
use synth::{LowPass, Peak};

/// Sample rate of the piece in Hz.
pub const SAMPLE_RATE_HZ: u32 = 44_100;

/// Frames of the piece: twelve bars of 2.4 s and 1.2 s to fade away.
pub const FRAMES: usize = 30 * SAMPLE_RATE_HZ as usize;

/// The mud, a broad boost in dB at this frequency.
const MUD_HZ: f64 = 280.0;
const MUD_DB: f64 = 7.0;

/// The dullness, two one-pole low-passes in a row.
const DULL_HZ: f64 = 2_600.0;

/// Brings the mix to about -26 LUFS; found by measuring it.
const MIX_GAIN: f64 = 0.23;

/// The stereo mix that the instruments add to.
pub(crate) struct Mix {
    left: Vec<f64>,
    right: Vec<f64>,
}

impl Mix {
    fn new() -> Self {
        Self {
            left: vec![0.0; FRAMES],
            right: vec![0.0; FRAMES],
        }
    }

    /// Adds a sample at `frame`, panned from -1 (left) to 1 (right) at constant power.
    pub(crate) fn add(&mut self, frame: usize, pan: f64, sample: f64) {
        if frame < FRAMES {
            self.left[frame] += sample * (0.5 * (1.0 - pan)).sqrt();
            self.right[frame] += sample * (0.5 * (1.0 + pan)).sqrt();
        }
    }
}

/// The piece.
pub fn demo_piece() -> Audio {
    let mut mix = Mix::new();
    score::play(&mut mix);
    Audio {
        sample_rate: SAMPLE_RATE_HZ,
        channels: [mix.left, mix.right].map(badly_mixed).into(),
    }
}

/// One channel with mud added, highs rolled off and the level down.
fn badly_mixed(channel: Vec<f64>) -> Vec<f32> {
    let mut mud = Peak::new(MUD_HZ, MUD_DB);
    let (mut dull, mut duller) = (LowPass::new(DULL_HZ), LowPass::new(DULL_HZ));
    let fade = f64::from(SAMPLE_RATE_HZ) * 0.8;
    let out = channel.into_iter().enumerate().map(|(frame, sample)| {
        let left = (FRAMES - frame) as f64;
        let sample = duller.next(dull.next(mud.next(sample)));
        (sample * MIX_GAIN * (left / fade).min(1.0)) as f32
    });
    out.collect()
}
