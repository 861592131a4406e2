//! What is heard: dry/wet mix, difference, level-matched input, bypass. All aligned, all faded.

use crate::basics::delay::Delay;
use crate::basics::smoothing::{Fade, Glide, LinearGain};
use crate::options::Listen;
use crate::{FRAME, Frame};

/// Length of the fades in seconds.
const FADE_S: f64 = 0.02;

/// What the output stage is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MonitorSettings {
    /// Only the delayed input.
    pub bypass: bool,
    /// Share of the processed signal, 0 to 1.
    pub mix: f32,
    /// What is heard.
    pub listen: Listen,
}

/// The output stage of all channels.
#[derive(Debug, Clone)]
pub struct Monitor {
    bypass: Fade,
    mix: Glide,
    output: Fade,
    delta: Fade,
    matched: Fade,
    matched_gain_db: Glide,
    matched_gain: LinearGain,
}

impl Monitor {
    /// An output stage at a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        let fade = || Fade::new(FADE_S, sample_rate);
        Self {
            bypass: fade(),
            mix: Glide::new(FADE_S, sample_rate),
            output: fade(),
            delta: fade(),
            matched: fade(),
            matched_gain_db: Glide::new(0.2, sample_rate),
            matched_gain: LinearGain::new(),
        }
    }

    /// The next settings hold at once.
    pub fn reset(&mut self) {
        for fade in [
            &mut self.bypass,
            &mut self.output,
            &mut self.delta,
            &mut self.matched,
        ] {
            fade.reset();
        }
        self.mix.reset();
        self.matched_gain_db.reset();
    }

    /// Turns the processed frames into what is heard, given the input, of which the newest frame was
    /// `latency_samples` ahead, and the gain in dB that brings the input to the output's loudness.
    /// False when they are heard as they are.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        dry: &[Delay],
        latency_samples: usize,
        settings: &MonitorSettings,
        matched_gain_db: f32,
    ) -> bool {
        let mix = self.mix.next(settings.mix);
        let output = self.output.next(settings.listen == Listen::Output);
        let delta = self.delta.next(settings.listen == Listen::Delta);
        let matched = self.matched.next(settings.listen == Listen::MatchedInput);
        let gain_db = self.matched_gain_db.next(matched_gain_db);
        let wet = self.bypass.next(!settings.bypass);
        if mix.is(1.0) && output.is(1.0) && wet.is(1.0) {
            return false;
        }
        let gain = self.matched_gain.of(gain_db);
        for (audio, dry) in audio.iter_mut().zip(dry) {
            let dry = dry.window(latency_samples);
            mix.blend(audio, dry);
            if !output.is(1.0) {
                for i in 0..FRAME {
                    let (processed, input) = (audio[i], dry[i]);
                    audio[i] = output.at(i) * processed
                        + delta.at(i) * (processed - input)
                        + matched.at(i) * gain.at(i) * input;
                }
            }
            wet.blend(audio, dry);
        }
        true
    }
}
