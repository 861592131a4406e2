//! Feed-forward compressor in the log domain.
//!
//! Detector (peak or RMS, high-passed, linked) -> gain computer -> ballistics on the gain reduction
//! -> makeup, after Giannoulis, Massberg, Reiss, JAES 60(6) 2012, section 2. The audio is always
//! delayed by the longest look-ahead, [`MAX_LOOKAHEAD_S`]; a shorter one delays the detector
//! instead, so the latency is constant.

use super::biquad::{Biquad, BiquadCoefficients};
use super::delay::Delay;
use super::envelope::{Decoupled, Times};
use super::gain_computer::{GainComputer, soft_knee_db};
use super::log_exp::{self, LogExp};
use super::options::{Detector, EngineKind};
use super::smoothing::{Fade, Glide, coefficient};
use super::{FRAME, Frame, MAX_CHANNELS};

/// Longest look-ahead, and with it the compressor's latency, in seconds.
pub const MAX_LOOKAHEAD_S: f64 = 0.005;
/// Integration time of the RMS detector in seconds.
const RMS_S: f64 = 0.010;
/// The high-pass of the detector is off at this cutoff, in Hz.
const HPF_OFF_HZ: f32 = 20.0;
/// Time constant of makeup, mix and curve moves, in seconds: short enough to feel immediate.
const GLIDE_S: f64 = 0.02;

/// What the compressor is told, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompressorSettings {
    /// Off fades the gain to unity; the latency stays.
    pub on: bool,
    /// Threshold, ratio and knee.
    pub curve: GainComputer,
    /// Attack in ms.
    pub attack_ms: f32,
    /// Release in ms.
    pub release_ms: f32,
    /// Programme-dependent release.
    pub auto_release: bool,
    /// What is measured.
    pub detector: Detector,
    /// Stereo link, 0 (each channel by itself) to 1 (the louder one leads).
    pub link: f32,
    /// Cutoff of the detector's high-pass in Hz; 20 is off.
    pub sidechain_hpf_hz: f32,
    /// Look-ahead in ms, 0 to 5.
    pub lookahead_ms: f32,
    /// Makeup gain in dB.
    pub makeup_db: f32,
    /// Whether the curve's own makeup is added.
    pub auto_makeup: bool,
    /// Share of the compressed signal, 0 to 1.
    pub mix: f32,
}

/// What belongs to one channel.
#[derive(Debug, Clone)]
struct Channel {
    audio: Delay,
    detector: Delay,
    high_pass: Biquad,
    mean_square: f64,
    ballistics: Decoupled,
    /// Level in dB, then gain reduction in dB, of the frame at hand.
    work: Frame,
}

/// The compressor of all channels.
#[derive(Debug, Clone)]
pub struct Compressor {
    channels: Vec<Channel>,
    sample_rate: f64,
    lookahead_samples: usize,
    rms: f64,
    high_pass: BiquadCoefficients,
    high_pass_hz: f32,
    on: Fade,
    makeup_db: Glide,
    mix: Glide,
    threshold_db: Glide,
    slope: Glide,
    knee_db: Glide,
}

impl Compressor {
    /// A compressor for 1 or 2 channels.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few thousand
        let lookahead_samples = (MAX_LOOKAHEAD_S * sample_rate).round() as usize;
        let channel = Channel {
            audio: Delay::new(lookahead_samples),
            detector: Delay::new(lookahead_samples),
            high_pass: Biquad::default(),
            mean_square: 0.0,
            ballistics: Decoupled::new(sample_rate),
            work: [0.0; FRAME],
        };
        let glide = || Glide::new(GLIDE_S, sample_rate);
        Self {
            channels: vec![channel; channels.min(MAX_CHANNELS)],
            sample_rate,
            lookahead_samples,
            rms: coefficient(RMS_S, sample_rate),
            high_pass: BiquadCoefficients::high_pass(20.0, sample_rate),
            high_pass_hz: HPF_OFF_HZ,
            on: Fade::new(GLIDE_S, sample_rate),
            makeup_db: glide(),
            mix: glide(),
            threshold_db: glide(),
            slope: glide(),
            knee_db: glide(),
        }
    }

    /// Constant latency in samples.
    pub fn latency_samples(&self) -> usize {
        self.lookahead_samples
    }

    /// Forgets what was heard; the next settings hold at once.
    pub fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.audio.reset();
            channel.detector.reset();
            channel.high_pass.reset();
            channel.mean_square = 0.0;
            channel.ballistics.reset();
        }
        self.on.reset();
        for glide in [
            &mut self.makeup_db,
            &mut self.mix,
            &mut self.threshold_db,
            &mut self.slope,
            &mut self.knee_db,
        ] {
            glide.reset();
        }
    }

    /// Compresses a frame of each channel in place and returns the deepest reduction in dB (>= 0).
    ///
    /// `sidechain` is what the detector hears instead of the audio itself; both must be aligned.
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        sidechain: Option<&[Frame]>,
        settings: &CompressorSettings,
        engine: EngineKind,
    ) -> f32 {
        let math = log_exp::of(engine);
        self.detect(sidechain.unwrap_or(audio), settings, math);
        self.link(settings.link);
        self.reduce(settings);
        self.apply(audio, settings, math)
    }

    /// Leaves each channel's level in dB in its work frame.
    fn detect(&mut self, heard: &[Frame], settings: &CompressorSettings, math: LogExp) {
        if settings.sidechain_hpf_hz != self.high_pass_hz {
            self.high_pass_hz = settings.sidechain_hpf_hz;
            self.high_pass =
                BiquadCoefficients::high_pass(f64::from(self.high_pass_hz), self.sample_rate);
        }
        let ahead = (f64::from(settings.lookahead_ms) * 1e-3 * self.sample_rate).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0..=lookahead_samples
        let behind = self.lookahead_samples - (ahead as usize).min(self.lookahead_samples);
        for (channel, heard) in self.channels.iter_mut().zip(heard) {
            let work = &mut channel.work;
            *work = *heard;
            if self.high_pass_hz > HPF_OFF_HZ {
                channel.high_pass.process(work, &self.high_pass);
            }
            channel.detector.process(behind, work);
            match settings.detector {
                Detector::Peak => {
                    for x in work.iter_mut() {
                        *x *= *x;
                    }
                }
                Detector::Rms => mean_square(&mut channel.mean_square, self.rms, work),
            }
            (math.power_to_db)(work);
        }
    }

    /// Moves each level towards the loudest channel's by `link`.
    fn link(&mut self, link: f32) {
        if let [left, right] = self.channels.as_mut_slice()
            && link > 0.0
        {
            for (l, r) in left.work.iter_mut().zip(&mut right.work) {
                let loudest = l.max(*r);
                *l += link * (loudest - *l);
                *r += link * (loudest - *r);
            }
        }
    }

    /// Turns levels into smoothed reductions.
    fn reduce(&mut self, settings: &CompressorSettings) {
        let threshold = self.threshold_db.next(settings.curve.threshold_db);
        let slope = self.slope.next(settings.curve.slope());
        let knee = self.knee_db.next(settings.curve.knee_db);
        let times = Times {
            attack_s: f64::from(settings.attack_ms) * 1e-3,
            release_s: f64::from(settings.release_ms) * 1e-3,
            auto_release: settings.auto_release,
        };
        for channel in &mut self.channels {
            for (i, level) in channel.work.iter_mut().enumerate() {
                *level = soft_knee_db(*level - threshold.at(i), slope.at(i), knee.at(i));
            }
            channel.ballistics.set_times(times);
            channel.ballistics.process(&mut channel.work);
        }
    }

    /// Delays the audio and applies the gain; returns the deepest reduction in dB.
    fn apply(&mut self, audio: &mut [Frame], settings: &CompressorSettings, math: LogExp) -> f32 {
        let on = self.on.next(settings.on);
        let auto_db = if settings.auto_makeup {
            settings.curve.auto_makeup_db()
        } else {
            0.0
        };
        let makeup_db = self.makeup_db.next(settings.makeup_db + auto_db);
        let mix = self.mix.next(settings.mix).times(on);
        let mut deepest = 0.0_f32;
        for (channel, audio) in self.channels.iter_mut().zip(audio) {
            channel.audio.process(self.lookahead_samples, audio);
            if mix.is(0.0) {
                continue;
            }
            deepest = channel.work.iter().fold(deepest, |d, r| d.max(*r));
            for (i, db) in channel.work.iter_mut().enumerate() {
                *db = makeup_db.at(i) - *db;
            }
            (math.db_to_gain)(&mut channel.work);
            for (i, (sample, gain)) in audio.iter_mut().zip(&channel.work).enumerate() {
                *sample *= 1.0 + mix.at(i) * (gain - 1.0);
            }
        }
        if on.is(0.0) { 0.0 } else { deepest }
    }
}

/// One-pole mean square of a frame, in place.
fn mean_square(state: &mut f64, a: f64, frame: &mut Frame) {
    for x in frame.iter_mut() {
        *state = a * *state + (1.0 - a) * f64::from(*x) * f64::from(*x);
        #[allow(clippy::cast_possible_truncation)] // back to the audio's precision
        let out = *state as f32;
        *x = out;
    }
    // 300 dB down: cleared before it becomes subnormal.
    if *state < 1e-30 {
        *state = 0.0;
    }
}
