//! What a detector hears: high-passed, peak or RMS.

use crate::basics::delay::Delay;
use crate::basics::high_pass::HighPass;
use crate::dynamics::compressor::mean_square::MeanSquare;
use crate::dynamics::compressor::reduction::Heard;
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS};

/// The high-pass is off at this corner, in Hz.
const HPF_OFF_HZ: f32 = 20.0;

/// The signal that a detector listens to, of each channel; mono is twice the same.
pub struct Signal<'a> {
    /// The newest frames.
    pub newest: [&'a Frame; MAX_CHANNELS],
    /// The frames that are to be measured, where they are at hand.
    pub measured: Option<[&'a Frame; MAX_CHANNELS]>,
    /// By how many samples those are older.
    pub behind: usize,
}

/// The detector of a band.
#[derive(Debug, Clone)]
pub struct Detector {
    channels: usize,
    high_pass: HighPass,
    filtered: [Delay; MAX_CHANNELS],
    mean_squares: [MeanSquare; MAX_CHANNELS],
    /// What is filtered, then its mean squares.
    heard: [Frame; MAX_CHANNELS],
    /// Whether there is anything to forget.
    is_used: bool,
}

impl Detector {
    /// A detector that hears at most so many samples ahead.
    pub fn new(sample_rate: f64, lookahead_samples: usize, channels: usize) -> Self {
        let delay = Delay::new(lookahead_samples);
        let mean_square = MeanSquare::new(sample_rate, lookahead_samples);
        Self {
            channels,
            high_pass: HighPass::new(sample_rate),
            filtered: [delay.clone(), delay],
            mean_squares: [mean_square.clone(), mean_square],
            heard: [[0.0; FRAME]; MAX_CHANNELS],
            is_used: false,
        }
    }

    /// Forgets what was heard; the next settings hold at once.
    pub fn reset(&mut self) {
        self.high_pass.reset();
        self.forget();
    }

    fn forget(&mut self) {
        if self.is_used {
            self.filtered.iter_mut().for_each(Delay::reset);
            self.mean_squares.iter_mut().for_each(MeanSquare::reset);
            self.is_used = false;
        }
    }

    /// What is heard of a signal: samples, or powers.
    #[inline(always)]
    pub fn hear<'a>(
        &'a mut self,
        signal: &Signal<'a>,
        high_pass_hz: f32,
        is_power: bool,
        implementation: Implementation,
    ) -> Heard<'a> {
        let is_filtered = high_pass_hz > HPF_OFF_HZ;
        let frames = match signal.measured {
            Some(frames) if !is_power && !is_filtered && self.high_pass.is_off() => {
                self.forget();
                frames
            }
            _ => {
                let corner_hz = if is_filtered { high_pass_hz } else { 0.0 };
                self.filter(signal, corner_hz, implementation);
                let last = self.channels - 1;
                if is_power {
                    self.measure(signal.behind, implementation);
                    [&self.heard[0], &self.heard[last]]
                } else {
                    let window = |channel: usize| self.filtered[channel].window(signal.behind);
                    [window(0), window(last)]
                }
            }
        };
        Heard { frames, is_power }
    }

    /// Filters the newest frames.
    #[inline(always)]
    fn filter(&mut self, signal: &Signal, corner_hz: f32, implementation: Implementation) {
        let [left, right] = signal.newest;
        self.heard = [*left, *right];
        let heard = &mut self.heard[..self.channels];
        self.high_pass.process(heard, corner_hz, implementation);
        for (filtered, heard) in self.filtered.iter_mut().zip(heard) {
            filtered.write(heard);
        }
        self.is_used = true;
    }

    /// Leaves mean squares in place of the newest frames.
    #[inline(always)]
    fn measure(&mut self, behind: usize, implementation: Implementation) {
        let last = self.channels - 1;
        let [first, second] = [&self.filtered[0], &self.filtered[last]];
        MeanSquare::process(
            &mut self.mean_squares[..self.channels],
            [first.window(0), second.window(0)],
            [first.window(behind), second.window(behind)],
            &mut self.heard[..self.channels],
            implementation,
        );
    }
}
