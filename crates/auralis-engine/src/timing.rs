//! The stream and the grid that its analysis works on.

use auralis_dsp::{FRAME, scaled_to_rate};

/// How audio will come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stream {
    /// Sample rate in Hz.
    pub sample_rate: f64,
    /// Channels of input, output and sidechain: 1 or 2.
    pub channels: usize,
    /// Whether a bounce may wait for its analysis.
    pub offline: bool,
}

/// The grid of the analysis at one sample rate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Length of a hop, in seconds.
    pub hop_s: f64,
    /// Frames of a hop, and of the delay between a tick and its effect.
    pub hop_frames: u64,
    /// Samples of a hop of one channel.
    pub hop_samples: usize,
}

impl Timing {
    /// 2048 samples (43 ms) at 44.1 and 48 kHz, as long at other rates.
    pub fn new(sample_rate: f64) -> Self {
        let hop_samples = scaled_to_rate(2048, sample_rate);
        Self {
            hop_s: hop_samples as f64 / sample_rate,
            hop_frames: (hop_samples / FRAME) as u64,
            hop_samples,
        }
    }

    /// Hops in a time in seconds.
    pub fn hops(&self, seconds: f64) -> u64 {
        (seconds / self.hop_s) as u64
    }
}
