//! Feed-forward compressor in the log domain.
//!
//! Detector (peak or RMS, high-passed, linked) -> gain computer -> ballistics on the gain reduction
//! -> makeup, after Giannoulis, Massberg, Reiss, JAES 60(6) 2012, section 2. The audio is always
//! delayed by the longest look-ahead, [`MAX_LOOKAHEAD_S`]; a shorter one delays the detector
//! instead, so the latency is constant. One channel is treated as two equal ones.
//!
//! The implementations agree within 1e-4 dB of gain: the fast logarithm and exponential are within
//! 4e-5 dB together, the scans within 1e-5 of the reduction.

mod gain;
mod reduction;

use fearless_simd::{Simd, dispatch};

use crate::basics::biquad::{Biquad, BiquadCoefficients};
use crate::basics::delay::Delay;
use crate::basics::smoothing::{Fade, Glide, coefficient};
use crate::dynamics::envelope::{Decoupled, Times};
use crate::dynamics::gain_computer::GainComputer;
use crate::options::Detector;
use crate::simd::instruction_set::Implementation;
use crate::simd::scan;
use crate::simd::scan::{OnePole, Pair};
use crate::{FRAME, Frame, MAX_CHANNELS};
use gain::{GainSegments, apply, fast_apply};
use reduction::{CurveSegments, Heard, fast_reductions, reductions};

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
    sidechain: Delay,
    high_pass: Biquad,
}

/// The compressor of all channels.
#[derive(Debug, Clone)]
pub struct Compressor {
    channels: Vec<Channel>,
    sample_rate: f64,
    lookahead_samples: usize,
    rms: OnePole,
    mean_square: Pair,
    high_pass: BiquadCoefficients,
    high_pass_hz: f32,
    ballistics: Decoupled,
    /// What the detector hears of each channel, where that is not the audio itself: filtered samples
    /// or mean squares.
    heard: [Frame; MAX_CHANNELS],
    /// Gain reduction in dB of each channel.
    reduction: [Frame; MAX_CHANNELS],
    /// Whether both channels have the same reduction in this frame.
    is_one_gain: bool,
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
            sidechain: Delay::new(lookahead_samples),
            high_pass: Biquad::default(),
        };
        let glide = || Glide::new(GLIDE_S, sample_rate);
        Self {
            channels: vec![channel; channels.clamp(1, MAX_CHANNELS)],
            sample_rate,
            lookahead_samples,
            rms: OnePole::new(coefficient(RMS_S, sample_rate)),
            mean_square: [0.0; 2],
            high_pass: BiquadCoefficients::high_pass(f64::from(HPF_OFF_HZ), sample_rate),
            high_pass_hz: HPF_OFF_HZ,
            ballistics: Decoupled::new(sample_rate),
            heard: [[0.0; FRAME]; MAX_CHANNELS],
            reduction: [[0.0; FRAME]; MAX_CHANNELS],
            is_one_gain: false,
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
            channel.sidechain.reset();
            channel.high_pass.reset();
        }
        self.mean_square = [0.0; 2];
        self.ballistics.reset();
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
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        sidechain: Option<&[Frame]>,
        settings: &CompressorSettings,
        implementation: Implementation,
    ) -> f32 {
        for (channel, audio) in self.channels.iter_mut().zip(audio.iter()) {
            channel.audio.write(audio);
        }
        if let Some(sidechain) = sidechain {
            for (channel, sidechain) in self.channels.iter_mut().zip(sidechain) {
                channel.sidechain.write(sidechain);
            }
        }
        self.reduce(sidechain.is_some(), settings, implementation);
        self.apply(audio, settings, implementation)
    }

    /// Samples by which the detector lags the audio's newest one.
    #[inline(always)]
    fn behind(&self, lookahead_ms: f32) -> usize {
        let ahead = (f64::from(lookahead_ms) * 1e-3 * self.sample_rate).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0..=lookahead_samples
        let ahead = (ahead as usize).min(self.lookahead_samples);
        self.lookahead_samples - ahead
    }

    /// Leaves the smoothed reductions of what the detector hears.
    #[inline(always)]
    fn reduce(
        &mut self,
        has_sidechain: bool,
        settings: &CompressorSettings,
        implementation: Implementation,
    ) {
        let behind = self.behind(settings.lookahead_ms);
        let is_filtered = settings.sidechain_hpf_hz > HPF_OFF_HZ;
        let is_power = settings.detector == Detector::Rms;
        if is_filtered || is_power {
            self.hear(behind, has_sidechain);
        }
        if is_filtered {
            self.filter(settings.sidechain_hpf_hz);
        }
        if is_power {
            self.average(implementation);
        }
        let frames = if is_filtered || is_power {
            [&self.heard[0], &self.heard[self.channels.len() - 1]]
        } else {
            let channels = [&self.channels[0], &self.channels[self.channels.len() - 1]];
            [
                channels[0].hears(has_sidechain).window(behind),
                channels[1].hears(has_sidechain).window(behind),
            ]
        };
        let heard = Heard { frames, is_power };
        let curve = CurveSegments {
            threshold_db: self.threshold_db.next(settings.curve.threshold_db),
            slope: self.slope.next(settings.curve.slope()),
            knee_db: self.knee_db.next(settings.curve.knee_db),
        };
        let is_linked = settings.link == 1.0 || self.channels.len() == 1;
        self.is_one_gain = is_linked && self.ballistics.channels_agree();
        let (reduction, link, is_one) = (&mut self.reduction, settings.link, self.is_one_gain);
        match implementation {
            Implementation::Scalar => reductions(&heard, link, &curve, reduction),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => {
                    fast_reductions(simd, &heard, link, is_one, &curve, reduction);
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

    /// Copies what the detector hears.
    fn hear(&mut self, behind: usize, has_sidechain: bool) {
        for (channel, heard) in self.channels.iter().zip(&mut self.heard) {
            channel.hears(has_sidechain).read(behind, heard);
        }
    }

    /// High-passes what the detector hears.
    fn filter(&mut self, cutoff_hz: f32) {
        if cutoff_hz != self.high_pass_hz {
            self.high_pass_hz = cutoff_hz;
            self.high_pass = BiquadCoefficients::high_pass(f64::from(cutoff_hz), self.sample_rate);
        }
        for (channel, heard) in self.channels.iter_mut().zip(&mut self.heard) {
            channel.high_pass.process(heard, &self.high_pass);
        }
    }

    /// Turns samples into their mean squares.
    #[inline(always)]
    fn average(&mut self, implementation: Implementation) {
        let (rms, states) = (&self.rms, &mut self.mean_square);
        match implementation {
            Implementation::Scalar => {
                for (heard, state) in self.heard.iter_mut().zip(states) {
                    for x in heard.iter_mut() {
                        *state = rms.c * *state + (1.0 - rms.c) * f64::from(*x * *x);
                        *x = scan::narrow(*state);
                    }
                }
            }
            Implementation::Vectorized(set) => {
                let [left, right] = &mut self.heard;
                dispatch!(set.level(), simd => mean_squares(simd, [left, right], rms, states));
            }
        }
        // 300 dB down: cleared before it becomes subnormal.
        for state in self.mean_square.iter_mut().filter(|state| **state < 1e-30) {
            *state = 0.0;
        }
    }

    /// Applies the gain to the delayed audio; returns the deepest reduction in dB.
    #[inline(always)]
    fn apply(
        &mut self,
        audio: &mut [Frame],
        settings: &CompressorSettings,
        implementation: Implementation,
    ) -> f32 {
        let on = self.on.next(settings.on);
        let auto_db = if settings.auto_makeup {
            settings.curve.auto_makeup_db()
        } else {
            0.0
        };
        let gain = GainSegments {
            makeup_db: self.makeup_db.next(settings.makeup_db + auto_db),
            mix: self.mix.next(settings.mix).times(on),
        };
        let is_applied = !gain.mix.is(0.0);
        match implementation {
            Implementation::Vectorized(set) if is_applied => {
                let channels = [&self.channels[0], &self.channels[self.channels.len() - 1]];
                let delayed = [
                    channels[0].audio.window(self.lookahead_samples),
                    channels[1].audio.window(self.lookahead_samples),
                ];
                let (reduction, is_one) = (&self.reduction, self.is_one_gain);
                dispatch!(set.level(), simd => {
                    fast_apply(simd, delayed, reduction, is_one, &gain, audio)
                })
            }
            _ => {
                for (channel, audio) in self.channels.iter().zip(audio.iter_mut()) {
                    channel.audio.read(self.lookahead_samples, audio);
                }
                if !is_applied {
                    return 0.0;
                }
                let second = usize::from(!self.is_one_gain);
                let reductions = [&self.reduction[0], &self.reduction[second]];
                let channels = audio.iter_mut().zip(reductions);
                channels.fold(0.0, |deepest, (audio, reduction)| {
                    deepest.max(apply(audio, reduction, &gain))
                })
            }
        }
    }
}

impl Channel {
    /// What the detector listens to.
    #[inline(always)]
    fn hears(&self, has_sidechain: bool) -> &Delay {
        if has_sidechain {
            &self.sidechain
        } else {
            &self.audio
        }
    }
}

/// One-pole mean squares of both channels, in place.
#[inline(always)]
fn mean_squares<S: Simd>(
    simd: S,
    [left, right]: [&mut Frame; 2],
    rms: &OnePole,
    states: &mut Pair,
) {
    let mut rows = scan::load(simd, [left, right]);
    scan::square(&mut rows);
    scan::linear(simd, &mut rows, rms, states);
    scan::store(&rows, [left, right]);
}
