//! Feed-forward compressor in the log domain, of one band or two.
//!
//! Detector (peak or RMS, high-passed, linked) -> gain computer -> ballistics on the gain reduction
//! -> makeup, after Giannoulis, Massberg, Reiss, JAES 60(6) 2012, section 2. The audio is always
//! delayed by the longest look-ahead, [`MAX_LOOKAHEAD_S`]; a shorter one delays the detector
//! instead, so the latency is constant. One channel is treated as two equal ones.
//!
//! With a low split the bass has a detector and a reduction of its own, by the same curve
//! (`low_split`): the output is the delayed audio with the gain of the high band, and the low band with
//! the difference of both gains. Without reduction that is the delayed audio, bit for bit. The bands come
//! late by the group delay of the low-pass, 3.4 ms at 100 Hz and 0.85 ms at 400 Hz, which is taken off the
//! look-ahead that is left. The detector's high-pass concerns the high band.
//!
//! The implementations agree within 1e-4 dB of gain: the fast logarithm and exponential are within
//! 4e-5 dB together, the scans within 1e-5 of the reduction.

mod band;
mod detector;
mod gain;
mod low_split;
mod mean_square;
mod reduction;

use fearless_simd::dispatch;

use crate::basics::delay::Delay;
use crate::basics::smoothing::{Fade, Glide};
use crate::dynamics::gain_computer::GainComputer;
use crate::options::Detector;
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS};
use band::Band;
use detector::Signal;
use gain::{GainSegments, add_low, apply, fast_add_low, fast_apply};
use low_split::{Corner, LowBand, LowSplit};
use reduction::CurveSegments;

/// Longest look-ahead, and with it the compressor's latency, in seconds.
pub const MAX_LOOKAHEAD_S: f64 = 0.005;
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
    /// Corner of the detector's high-pass in Hz; 20 is off.
    pub sidechain_hpf_hz: f32,
    /// Crossover in Hz below which a second band works, from 40 Hz on; 0 is one band.
    pub low_split_hz: f32,
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
}

/// The compressor of all channels.
#[derive(Debug, Clone)]
pub struct Compressor {
    channels: Vec<Channel>,
    sample_rate: f64,
    lookahead_samples: usize,
    /// Everything, or the high band.
    main: Band,
    low: Band,
    split: LowSplit,
    /// Of the audio, and of the sidechain.
    low_audio: LowBand,
    low_sidechain: LowBand,
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
        let channels = channels.clamp(1, MAX_CHANNELS);
        let channel = Channel {
            audio: Delay::new(lookahead_samples),
            sidechain: Delay::new(lookahead_samples),
        };
        let glide = || Glide::new(GLIDE_S, sample_rate);
        Self {
            channels: vec![channel; channels],
            sample_rate,
            lookahead_samples,
            main: Band::new(sample_rate, lookahead_samples, channels),
            low: Band::new(sample_rate, lookahead_samples, channels),
            split: LowSplit::new(sample_rate),
            low_audio: LowBand::new(lookahead_samples),
            low_sidechain: LowBand::new(lookahead_samples),
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
        }
        self.main.reset();
        self.split.reset();
        self.reset_low();
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

    fn reset_low(&mut self) {
        if self.low_audio.is_used() {
            self.low.reset();
            self.low_audio.reset();
        }
        self.low_sidechain.reset();
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
        let has_sidechain = sidechain.is_some();
        let corner = self.split.next(settings.low_split_hz);
        if let Some(corner) = &corner {
            self.reduce_two(has_sidechain, corner, settings, implementation);
        } else {
            self.reset_low();
            self.reduce_one(has_sidechain, settings, implementation);
        }
        self.apply(audio, corner.as_ref(), settings, implementation)
    }

    /// Samples by which the detector lags the audio's newest one.
    #[inline(always)]
    fn behind(&self, lookahead_ms: f32) -> usize {
        let ahead = (f64::from(lookahead_ms) * 1e-3 * self.sample_rate).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0..=lookahead_samples
        let ahead = (ahead as usize).min(self.lookahead_samples);
        self.lookahead_samples - ahead
    }

    /// The curve over the next frame.
    #[inline(always)]
    fn curve(&mut self, curve: &GainComputer) -> CurveSegments {
        CurveSegments {
            threshold_db: self.threshold_db.next(curve.threshold_db),
            slope: self.slope.next(curve.slope()),
            knee_db: self.knee_db.next(curve.knee_db),
        }
    }

    /// Leaves the reduction of what the detector hears.
    #[inline(always)]
    fn reduce_one(
        &mut self,
        has_sidechain: bool,
        settings: &CompressorSettings,
        implementation: Implementation,
    ) {
        let behind = self.behind(settings.lookahead_ms);
        let curve = self.curve(&settings.curve);
        let signal = Signal {
            newest: heard(&self.channels, has_sidechain, 0),
            measured: Some(heard(&self.channels, has_sidechain, behind)),
            behind,
        };
        let high_pass_hz = settings.sidechain_hpf_hz;
        self.main
            .reduce(&signal, high_pass_hz, &curve, settings, implementation);
    }

    /// Leaves the reductions of both bands of what the detectors hear.
    #[inline(always)]
    fn reduce_two(
        &mut self,
        has_sidechain: bool,
        corner: &Corner,
        settings: &CompressorSettings,
        implementation: Implementation,
    ) {
        let curve = self.curve(&settings.curve);
        let late = corner.whole_delay(self.lookahead_samples);
        let behind = self.behind(settings.lookahead_ms).saturating_sub(late);
        self.low_audio
            .process(heard(&self.channels, false, 0), corner, implementation);
        let low = if has_sidechain {
            self.low_sidechain
                .process(heard(&self.channels, true, 0), corner, implementation);
            &self.low_sidechain
        } else {
            self.low_sidechain.reset();
            &self.low_audio
        };
        let low = [low.newest(0), low.newest(1)];
        let mut high = heard(&self.channels, has_sidechain, late).map(|frame| *frame);
        for (high, low) in high.iter_mut().zip(low) {
            for (i, (high, low)) in high.iter_mut().zip(low).enumerate() {
                *high -= corner.weight.at(i) * low;
            }
        }
        let signal = |newest| Signal {
            newest,
            measured: None,
            behind,
        };
        let (low, high) = (signal(low), signal([&high[0], &high[1]]));
        self.low.reduce(&low, 0.0, &curve, settings, implementation);
        let high_pass_hz = settings.sidechain_hpf_hz;
        self.main
            .reduce(&high, high_pass_hz, &curve, settings, implementation);
    }

    /// Applies the gain to the delayed audio; returns the deepest reduction in dB.
    #[inline(always)]
    fn apply(
        &mut self,
        audio: &mut [Frame],
        corner: Option<&Corner>,
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
        if gain.mix.is(0.0) {
            for (channel, audio) in self.channels.iter().zip(audio) {
                channel.audio.read(self.lookahead_samples, audio);
            }
            return 0.0;
        }
        let delayed = heard(&self.channels, false, self.lookahead_samples);
        let main = &self.main;
        let reductions = [main.reduction(0), main.reduction(1)];
        let deepest = match implementation {
            Implementation::Vectorized(set) => {
                let is_one = main.is_one_gain();
                dispatch!(set.level(), simd => {
                    fast_apply(simd, delayed, reductions, is_one, &gain, audio)
                })
            }
            Implementation::Scalar => {
                let channels = audio.iter_mut().zip(delayed).zip(reductions);
                channels.fold(0.0_f32, |deepest, ((audio, delayed), reduction)| {
                    *audio = *delayed;
                    deepest.max(apply(audio, reduction, &gain))
                })
            }
        };
        match corner {
            Some(corner) => deepest.max(self.apply_low(audio, corner, &gain, implementation)),
            None => deepest,
        }
    }

    /// Adds the low band with the difference of both bands' gains; returns its deepest reduction in dB.
    #[inline(always)]
    fn apply_low(
        &self,
        audio: &mut [Frame],
        corner: &Corner,
        gain: &GainSegments,
        implementation: Implementation,
    ) -> f32 {
        let mut low = [[0.0; FRAME]; MAX_CHANNELS];
        for (channel, low) in low.iter_mut().enumerate().take(audio.len()) {
            self.low_audio
                .read(channel, self.lookahead_samples, corner, low);
            corner.weight.apply(low);
        }
        let reductions = [
            [self.low.reduction(0), self.main.reduction(0)],
            [self.low.reduction(1), self.main.reduction(1)],
        ];
        match implementation {
            Implementation::Scalar => {
                let channels = audio.iter_mut().zip(&low).zip(reductions);
                channels.fold(0.0_f32, |deepest, ((audio, low), reductions)| {
                    deepest.max(add_low(audio, low, reductions, gain))
                })
            }
            Implementation::Vectorized(set) => {
                let is_one = self.low.is_one_gain() && self.main.is_one_gain();
                dispatch!(set.level(), simd => {
                    fast_add_low(simd, audio, &low, reductions, is_one, gain)
                })
            }
        }
    }
}

/// What a detector listens to, so many samples ago: the sidechain, or the audio.
#[inline(always)]
fn heard(channels: &[Channel], has_sidechain: bool, behind: usize) -> [&Frame; MAX_CHANNELS] {
    [&channels[0], &channels[channels.len() - 1]].map(|channel| {
        let delay = if has_sidechain {
            &channel.sidechain
        } else {
            &channel.audio
        };
        delay.window(behind)
    })
}
