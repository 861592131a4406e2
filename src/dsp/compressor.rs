//! Feed-forward compressor in the log domain.
//!
//! Detector (peak or RMS, high-passed, linked) -> gain computer -> ballistics on the gain reduction
//! -> makeup, after Giannoulis, Massberg, Reiss, JAES 60(6) 2012, section 2. The audio is always
//! delayed by the longest look-ahead, [`MAX_LOOKAHEAD_S`]; a shorter one delays the detector
//! instead, so the latency is constant. One channel is treated as two equal ones.
//!
//! The implementations agree within 1e-4 dB of gain: the fast logarithm and exponential are within
//! 4e-5 dB together, the scans within 1e-5 of the reduction.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use super::biquad::{Biquad, BiquadCoefficients};
use super::decibel::db_to_gain;
use super::delay::Delay;
use super::envelope::{Decoupled, Times};
use super::gain_computer::{FastKnee, GainComputer, soft_knee_db};
use super::instruction_set::Implementation;
use super::log_exp::{fast_db_to_gain, fast_power_to_db, power_to_db};
use super::options::Detector;
use super::scan::{self, OnePole, Pair};
use super::smoothing::{Fade, Glide, Segment, coefficient};
use super::{FRAME, Frame, MAX_CHANNELS};

/// Samples that the kernels take at a time.
const LANES: usize = 8;
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

/// The static curve over one frame.
#[derive(Debug, Clone, Copy)]
struct CurveSegments {
    threshold_db: Segment,
    slope: Segment,
    knee_db: Segment,
}

/// What is applied over one frame beside the reduction.
#[derive(Debug, Clone, Copy)]
struct GainSegments {
    makeup_db: Segment,
    mix: Segment,
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
    /// Power, then gain reduction in dB, of each channel's frame at hand.
    work: [Frame; MAX_CHANNELS],
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
            work: [[0.0; FRAME]; MAX_CHANNELS],
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
        self.hear(audio, sidechain, settings);
        self.detect(settings.detector, implementation);
        self.reduce(settings, implementation);
        self.apply(audio, settings, implementation)
    }

    /// Leaves what the detector hears in the work frames: aligned, filtered, a channel in each.
    #[inline(always)]
    fn hear(
        &mut self,
        audio: &[Frame],
        sidechain: Option<&[Frame]>,
        settings: &CompressorSettings,
    ) {
        if settings.sidechain_hpf_hz != self.high_pass_hz {
            self.high_pass_hz = settings.sidechain_hpf_hz;
            self.high_pass =
                BiquadCoefficients::high_pass(f64::from(self.high_pass_hz), self.sample_rate);
        }
        let ahead = (f64::from(settings.lookahead_ms) * 1e-3 * self.sample_rate).round();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0..=lookahead_samples
        let behind = self.lookahead_samples - (ahead as usize).min(self.lookahead_samples);
        for (index, (channel, work)) in self.channels.iter_mut().zip(&mut self.work).enumerate() {
            channel.audio.write(&audio[index]);
            match sidechain {
                Some(sidechain) => {
                    channel.sidechain.write(&sidechain[index]);
                    channel.sidechain.read(behind, work);
                }
                None => channel.audio.read(behind, work),
            }
            if self.high_pass_hz > HPF_OFF_HZ {
                channel.high_pass.process(work, &self.high_pass);
            }
        }
        if self.channels.len() == 1 {
            self.work[1] = self.work[0];
        }
    }

    /// Turns samples into power.
    #[inline(always)]
    fn detect(&mut self, detector: Detector, implementation: Implementation) {
        for x in self.work.as_flattened_mut() {
            *x *= *x;
        }
        if detector == Detector::Peak {
            return;
        }
        match implementation {
            Implementation::Reference => {
                for (work, state) in self.work.iter_mut().zip(&mut self.mean_square) {
                    for x in work.iter_mut() {
                        *state = self.rms.c * *state + (1.0 - self.rms.c) * f64::from(*x);
                        *x = scan::narrow(*state);
                    }
                }
            }
            Implementation::Vectorized(set) => {
                let (rms, states, [left, right]) =
                    (&self.rms, &mut self.mean_square, &mut self.work);
                dispatch!(set.level(), simd => average(simd, [left, right], rms, states));
            }
        }
        // 300 dB down: cleared before it becomes subnormal.
        for state in self.mean_square.iter_mut().filter(|state| **state < 1e-30) {
            *state = 0.0;
        }
    }

    /// Turns power into smoothed reductions.
    #[inline(always)]
    fn reduce(&mut self, settings: &CompressorSettings, implementation: Implementation) {
        let curve = CurveSegments {
            threshold_db: self.threshold_db.next(settings.curve.threshold_db),
            slope: self.slope.next(settings.curve.slope()),
            knee_db: self.knee_db.next(settings.curve.knee_db),
        };
        let is_linked = settings.link == 1.0 || self.channels.len() == 1;
        self.is_one_gain = is_linked && self.ballistics.channels_agree();
        let (work, link, is_one) = (&mut self.work, settings.link, self.is_one_gain);
        match implementation {
            Implementation::Reference => reductions(work, link, &curve),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => fast_reductions(simd, work, link, is_one, &curve));
            }
        }
        self.ballistics.set_times(Times {
            attack_s: f64::from(settings.attack_ms) * 1e-3,
            release_s: f64::from(settings.release_ms) * 1e-3,
            auto_release: settings.auto_release,
        });
        if self.is_one_gain {
            self.ballistics.process_one(&mut work[0], implementation);
        } else {
            self.ballistics.process(work, implementation);
        }
    }

    /// Reads the delayed audio and applies the gain; returns the deepest reduction in dB.
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
        for (channel, audio) in self.channels.iter_mut().zip(audio.iter_mut()) {
            channel.audio.read(self.lookahead_samples, audio);
        }
        if gain.mix.is(0.0) {
            return 0.0;
        }
        match implementation {
            Implementation::Reference => {
                let work = &self.work;
                let reductions = [&work[0], &work[usize::from(!self.is_one_gain)]];
                let channels = audio.iter_mut().zip(reductions);
                channels.fold(0.0, |deepest, (audio, reduction)| {
                    deepest.max(apply(audio, reduction, &gain))
                })
            }
            Implementation::Vectorized(set) => {
                let (work, is_one) = (&self.work, self.is_one_gain);
                dispatch!(set.level(), simd => fast_apply(simd, audio, work, is_one, &gain))
            }
        }
    }
}

/// One-pole mean square of both channels, in place.
#[inline(always)]
fn average<S: Simd>(simd: S, [left, right]: [&mut Frame; 2], rms: &OnePole, states: &mut Pair) {
    let mut rows = scan::load(simd, [left, right]);
    scan::linear(simd, &mut rows, rms, states);
    scan::store(&rows, [left, right]);
}

/// Power to reduction in dB: level, stereo link (each level moves towards the louder one), curve.
fn reductions(work: &mut [Frame; MAX_CHANNELS], link: f32, curve: &CurveSegments) {
    let [left, right] = work;
    for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
        let levels = [power_to_db(*left), power_to_db(*right)];
        let loudest = levels[0].max(levels[1]);
        for (out, level) in [left, right].into_iter().zip(levels) {
            let linked = level + link * (loudest - level);
            *out = curve.reduction_db(i, linked);
        }
    }
}

/// [`reductions`] of eight samples at a time, without branches. One gain needs one logarithm and is
/// left in the first frame.
#[inline(always)]
fn fast_reductions<S: Simd>(
    simd: S,
    work: &mut [Frame; MAX_CHANNELS],
    link: f32,
    is_one_gain: bool,
    curve: &CurveSegments,
) {
    let [left, right] = work;
    let is_constant = curve.is_constant();
    let mut lanes = curve.lanes(simd, 0);
    let chunks = left.as_chunks_mut::<LANES>().0.iter_mut();
    for (n, (left, right)) in chunks.zip(right.as_chunks_mut::<LANES>().0).enumerate() {
        if !is_constant {
            lanes = curve.lanes(simd, LANES * n);
        }
        let powers = (
            f32x8::from_slice(simd, left),
            f32x8::from_slice(simd, right),
        );
        if is_one_gain {
            let level = fast_power_to_db(powers.0.max(powers.1));
            lanes.reduction_db(level).store_slice(left);
            continue;
        }
        let levels = (fast_power_to_db(powers.0), fast_power_to_db(powers.1));
        let loudest = levels.0.max(levels.1);
        for (out, level) in [(left, levels.0), (right, levels.1)] {
            let linked = (loudest - level).mul_add(link, level);
            lanes.reduction_db(linked).store_slice(out);
        }
    }
}

impl CurveSegments {
    /// Reduction in dB of a level at sample `i`.
    fn reduction_db(&self, i: usize, level_db: f32) -> f32 {
        let over_db = level_db - self.threshold_db.at(i);
        soft_knee_db(over_db, self.slope.at(i), self.knee_db.at(i))
    }

    /// Whether the curve rests.
    fn is_constant(&self) -> bool {
        self.threshold_db.is_constant() && self.slope.is_constant() && self.knee_db.is_constant()
    }

    /// The curve at eight samples from `i` on.
    #[inline(always)]
    fn lanes<S: Simd>(&self, simd: S, i: usize) -> CurveLanes<S> {
        let knee = FastKnee::new(self.slope.lanes(simd, i), self.knee_db.lanes(simd, i));
        CurveLanes {
            threshold_db: self.threshold_db.lanes(simd, i),
            knee,
        }
    }
}

/// The static curve at eight samples.
#[derive(Clone, Copy)]
struct CurveLanes<S: Simd> {
    threshold_db: f32x8<S>,
    knee: FastKnee<S>,
}

impl<S: Simd> CurveLanes<S> {
    /// Reductions in dB of eight levels.
    #[inline(always)]
    fn reduction_db(&self, level_db: f32x8<S>) -> f32x8<S> {
        self.knee.reduction_db(level_db - self.threshold_db)
    }
}

/// Applies makeup less reduction to a channel and returns its deepest reduction in dB.
#[inline(always)]
fn apply(audio: &mut Frame, reduction_db: &Frame, gain: &GainSegments) -> f32 {
    let mut deepest = 0.0_f32;
    for (i, (sample, reduction)) in audio.iter_mut().zip(reduction_db).enumerate() {
        let wet = db_to_gain(gain.makeup_db.at(i) - reduction);
        *sample *= 1.0 + gain.mix.at(i) * (wet - 1.0);
        deepest = deepest.max(*reduction);
    }
    deepest
}

/// [`apply`] to all channels, in loops without branches. Channels with one gain need one
/// exponential.
#[inline(always)]
fn fast_apply<S: Simd>(
    simd: S,
    audio: &mut [Frame],
    reductions_db: &[Frame; MAX_CHANNELS],
    is_one_gain: bool,
    gain: &GainSegments,
) -> f32 {
    let mut factors = [0.0; FRAME];
    let mut deepest = f32x8::splat(simd, 0.0);
    for (index, (audio, reduction_db)) in audio.iter_mut().zip(reductions_db).enumerate() {
        if index == 0 || !is_one_gain {
            let chunks = factors.as_chunks_mut::<LANES>().0.iter_mut();
            let chunks = chunks.zip(reduction_db.as_chunks::<LANES>().0);
            for (n, (factor, reduction)) in chunks.enumerate() {
                let reduction = f32x8::from_slice(simd, reduction);
                deepest = deepest.max(reduction);
                let wet = fast_db_to_gain(gain.makeup_db.lanes(simd, LANES * n) - reduction);
                let mix = gain.mix.lanes(simd, LANES * n);
                mix.mul_add(wet - 1.0, 1.0).store_slice(factor);
            }
        }
        for (sample, factor) in audio.iter_mut().zip(&factors) {
            *sample *= factor;
        }
    }
    deepest.reduce_max()
}
