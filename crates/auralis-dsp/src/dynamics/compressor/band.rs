//! A band of the compressor: its detector, its ballistics and its reduction.

use fearless_simd::dispatch;

use crate::dynamics::compressor::CompressorSettings;
use crate::dynamics::compressor::detector::{Detector, Signal};
use crate::dynamics::compressor::reduction::{CurveSegments, fast_reductions, reductions};
use crate::dynamics::envelope::{Decoupled, Times};
use crate::options;
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS};

/// What belongs to one band.
#[derive(Debug, Clone)]
pub struct Band {
    channels: usize,
    detector: Detector,
    ballistics: Decoupled,
    /// Gain reduction in dB of each channel; the first alone if it is of both.
    reduction: [Frame; MAX_CHANNELS],
    /// Whether both channels have the same reduction in this frame.
    is_one_gain: bool,
}

impl Band {
    /// A band at rest whose detector hears at most so many samples ahead.
    pub fn new(sample_rate: f64, lookahead_samples: usize, channels: usize) -> Self {
        Self {
            channels,
            detector: Detector::new(sample_rate, lookahead_samples, channels),
            ballistics: Decoupled::new(sample_rate),
            reduction: [[0.0; FRAME]; MAX_CHANNELS],
            is_one_gain: false,
        }
    }

    /// Forgets what was heard; the next settings hold at once.
    pub fn reset(&mut self) {
        self.detector.reset();
        self.ballistics.reset();
    }

    /// Gain reduction in dB of a channel in this frame.
    pub fn reduction(&self, channel: usize) -> &Frame {
        let own = if self.is_one_gain { 0 } else { channel };
        &self.reduction[own]
    }

    /// Whether both channels have the same reduction in this frame.
    pub fn is_one_gain(&self) -> bool {
        self.is_one_gain
    }

    /// Leaves the smoothed reductions of what the detector hears.
    #[inline(always)]
    pub fn reduce(
        &mut self,
        signal: &Signal,
        high_pass_hz: f32,
        curve: &CurveSegments,
        settings: &CompressorSettings,
        implementation: Implementation,
    ) {
        let is_power = settings.detector == options::Detector::Rms;
        let heard = self
            .detector
            .hear(signal, high_pass_hz, is_power, implementation);
        let is_linked = settings.link == 1.0 || self.channels == 1;
        self.is_one_gain = is_linked && self.ballistics.channels_agree();
        let (reduction, link, is_one) = (&mut self.reduction, settings.link, self.is_one_gain);
        match implementation {
            Implementation::Scalar => reductions(&heard, link, curve, reduction),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => {
                    fast_reductions(simd, &heard, link, is_one, curve, reduction);
                });
            }
        }
        self.ballistics.set_times(Times {
            attack_s: f64::from(settings.attack_ms) * 1e-3,
            release_s: f64::from(settings.release_ms) * 1e-3,
            auto_release: settings.auto_release,
        });
        if self.is_one_gain {
            self.ballistics
                .process_one(&mut reduction[0], implementation);
        } else {
            self.ballistics.process(reduction, implementation);
        }
    }
}
