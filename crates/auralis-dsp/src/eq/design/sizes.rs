//! The lengths that a phase and a sample rate ask for, and the latency that comes of them.

use crate::options::EqPhase;
use crate::{FRAME, scaled_to_rate};

/// Lengths of the convolution at one sample rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EqSizes {
    /// Taps of the FIR.
    pub taps: usize,
    /// Samples of a partition, and of the blocks that are transformed.
    pub partition: usize,
    /// Delay of the FIR itself: half of it for linear phase, that of its linear part for mixed phase, none
    /// for minimum phase.
    pub group_delay: usize,
}

impl EqSizes {
    /// Linear phase: 2048 taps at 48 kHz (23 Hz resolution) in partitions of 512; minimum phase in
    /// partitions of 128, for its latency. Mixed phase is cut as linear phase is, and its linear part is
    /// 5 ms to either side, as long as backward masking is sure to last (H. Fastl, E. Zwicker,
    /// "Psychoacoustics", 3rd ed. 2007, chapter 4). Other rates keep the resolution in Hz.
    pub fn new(phase: EqPhase, sample_rate: f64) -> Self {
        let taps = scaled_to_rate(2048, sample_rate).max(8 * FRAME);
        match phase {
            EqPhase::Linear => Self {
                taps,
                partition: (taps / 4).max(FRAME),
                group_delay: taps / 2,
            },
            EqPhase::Minimum => Self {
                taps,
                partition: (taps / 16).max(FRAME),
                group_delay: 0,
            },
            EqPhase::Mixed => Self {
                taps,
                partition: (taps / 4).max(FRAME),
                group_delay: taps / 8,
            },
        }
    }

    /// The latency of the phase that has the longest.
    pub fn longest_latency_samples(sample_rate: f64) -> usize {
        let phases = [EqPhase::Linear, EqPhase::Minimum, EqPhase::Mixed];
        let latencies = phases.map(|phase| Self::new(phase, sample_rate).latency_samples());
        latencies.into_iter().max().unwrap_or(0)
    }

    /// Partitions of the FIR.
    pub fn partitions(&self) -> usize {
        self.taps / self.partition
    }

    /// Latency in samples for frames of [`FRAME`]: gathering a partition, and the FIR.
    pub fn latency_samples(&self) -> usize {
        self.partition - FRAME + self.group_delay
    }
}
