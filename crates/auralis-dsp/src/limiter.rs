//! True-peak limiter with look-ahead.
//!
//! Peaks (inter-sample or sample) -> depth of the gain that each needs -> sliding maximum over the
//! look-ahead -> release -> smoothing by two boxes together no longer than the look-ahead. A convex
//! average of depths that are all deep enough is deep enough, so the gain is down *before* the peak
//! (construction as in J. Giannoulis et al. 2012, section 2.4, and the look-ahead limiters of
//! practice). The depth is smoothed in whole numbers: without limiting the gain is exactly 1 and
//! the output is the delayed input bit for bit. All channels share one gain. A last clamp at the
//! ceiling holds the samples whatever happens.
//!
//! The implementations agree within 1e-5 of full scale: interpolation and release differ by `f32`
//! rounding. Vectorised, a frame in which nothing exceeds the ceiling and nothing is held costs a
//! delay and the bound of [`true_peak`].

pub mod interpolator;
pub mod true_peak;
pub mod true_peak_meter;

use fearless_simd::{Simd, dispatch, f32x8, i32x8, prelude::*};

use crate::basics::decibel::{db_to_gain, gain_to_db};
use crate::basics::delay::Delay;
use crate::basics::log_exp::{larger, smaller};
use crate::basics::sliding::{SlidingMax, SlidingSum};
use crate::basics::smoothing::{Fade, Segment, coefficient};
use crate::limiter::true_peak::{PAST, TRUE_PEAK_LATENCY, TruePeak};
use crate::simd::instruction_set::Implementation;
use crate::simd::scan;
use crate::simd::scan::{OnePole, Pair, narrow};
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Look-ahead in seconds; at low sample rates it is a frame.
const LOOKAHEAD_S: f64 = 0.002;
/// What the interpolation may miss of an inter-sample peak, taken off the ceiling, in dB.
const TRUE_PEAK_MARGIN_DB: f32 = 0.05;
/// One of depth, in the whole numbers of the smoothing.
#[allow(clippy::cast_precision_loss)] // a power of two
const ONE: f32 = (1_u32 << 30) as f32;
/// Depths below this (120 dB under unity gain) are none.
const TINY_DEPTH: f64 = 1e-6;
/// Release of sustained limiting over that of single peaks, with programme-dependent release. A lone
/// peak should let go at once, or it leaves a hole behind it; limiting that lasts should not, or the
/// gain follows the waves of the bass and distorts them. The slow average tells one from the other
/// (the aim, by other means, of Giannoulis, Massberg, Reiss, "Parameter Automation in a Dynamic Range
/// Compressor", JAES 61(10) 2013).
const AUTO_RELEASE_FACTOR: f64 = 6.0;
/// Frames over which the clamp still honours an older, higher ceiling: those in the look-ahead.
const CEILING_HISTORY: usize = 64;

/// What the limiter is told, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LimiterSettings {
    /// Off fades the gain to unity; the latency stays.
    pub on: bool,
    /// Gain into the limiter in dB; counts only while it is on.
    pub drive_db: f32,
    /// Ceiling in dBTP, or dBFS when `true_peak` is off.
    pub ceiling_db: f32,
    /// Release in ms.
    pub release_ms: f32,
    /// Programme-dependent release.
    pub auto_release: bool,
    /// Whether inter-sample peaks count.
    pub true_peak: bool,
}

/// What belongs to one channel.
#[derive(Debug, Clone)]
struct Channel {
    audio: Delay,
    detector: TruePeak,
}

/// The limiter of all channels.
#[derive(Debug, Clone)]
pub struct Limiter {
    channels: Vec<Channel>,
    sample_rate: f64,
    lookahead: usize,
    hold: SlidingMax,
    first: SlidingSum,
    second: SlidingSum,
    /// One over the sum that the two boxes give for a depth of one.
    scale: f64,
    release_ms: f32,
    release: OnePole,
    slow: OnePole,
    /// Outputs of the release and of its slow average, each twice: all channels share one gain.
    released: Pair,
    average: Pair,
    on: Fade,
    /// The ceiling in dB and linear, and the linear one that readings are held under.
    ceiling: Ceiling,
    ceilings: [f32; CEILING_HISTORY],
    ceiling_at: usize,
}

/// A ceiling, so that it is computed once.
#[derive(Debug, Clone, Copy)]
struct Ceiling {
    db: f32,
    true_peak: bool,
    linear: f32,
    /// What readings are held under: a little lower, where the interpolation may miss a little.
    held: f32,
}

impl Ceiling {
    fn new(db: f32, true_peak: bool) -> Self {
        let margin_db = if true_peak { TRUE_PEAK_MARGIN_DB } else { 0.0 };
        Self {
            db,
            true_peak,
            linear: db_to_gain(db),
            held: db_to_gain(db - margin_db),
        }
    }

    fn is(&self, settings: &LimiterSettings) -> bool {
        self.db == settings.ceiling_db && self.true_peak == settings.true_peak
    }
}

impl Limiter {
    /// A limiter for 1 or 2 channels.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // up to 1536
        let lookahead = (LOOKAHEAD_S * sample_rate).round() as usize;
        let lookahead = lookahead.max(FRAME);
        let boxes = [lookahead / 2, lookahead - lookahead / 2];
        let channel = Channel {
            audio: Delay::new(PAST.max(TRUE_PEAK_LATENCY + lookahead)),
            detector: TruePeak::new(),
        };
        Self {
            channels: vec![channel; channels.min(MAX_CHANNELS)],
            sample_rate,
            lookahead,
            // The sample after a peak between two samples needs the same gain: two more than the
            // look-ahead.
            hold: SlidingMax::new(lookahead + 2),
            first: SlidingSum::new(boxes[0]),
            second: SlidingSum::new(boxes[1]),
            #[allow(clippy::cast_precision_loss)] // below 2^53
            scale: 1.0 / ((boxes[0] * boxes[1]) as f64 * f64::from(ONE)),
            release_ms: -1.0,
            release: OnePole::new(0.0),
            slow: OnePole::new(0.0),
            released: [0.0; 2],
            average: [0.0; 2],
            on: Fade::new(0.01, sample_rate),
            ceiling: Ceiling::new(0.0, false),
            ceilings: [0.0; CEILING_HISTORY],
            ceiling_at: 0,
        }
    }

    /// Constant latency in samples.
    pub fn latency_samples(&self) -> usize {
        TRUE_PEAK_LATENCY + self.lookahead
    }

    /// Forgets what was heard; the next settings hold at once.
    pub fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.audio.reset();
            channel.detector.reset();
        }
        self.hold.reset();
        self.first.reset();
        self.second.reset();
        self.released = [0.0; 2];
        self.average = [0.0; 2];
        self.on.reset();
        self.ceilings.fill(0.0);
    }

    /// Limits a frame of each channel in place and returns the deepest reduction in dB (>= 0).
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        settings: &LimiterSettings,
        implementation: Implementation,
    ) -> f32 {
        let on = self.on.next(settings.on);
        if !self.ceiling.is(settings) {
            self.ceiling = Ceiling::new(settings.ceiling_db, settings.true_peak);
        }
        for (channel, audio) in self.channels.iter_mut().zip(audio.iter()) {
            channel.audio.write(audio);
        }
        let mut depth = [0.0; FRAME];
        let is_exceeded = self.needed_depth(settings, &mut depth, implementation);
        let clamp = self.clamp_ceiling();
        let latency = self.latency_samples();
        if !is_exceeded && self.is_at_rest() {
            for (channel, audio) in self.channels.iter().zip(audio) {
                channel.audio.read(latency, audio);
            }
            return 0.0;
        }
        if is_exceeded || !self.hold.is_zero() {
            self.hold.process(&mut depth);
        }
        self.release(&mut depth, settings, implementation);
        self.smooth(&mut depth, implementation);
        let clamp = on.is(1.0).then_some(clamp);
        for (channel, audio) in self.channels.iter().zip(audio) {
            let delayed = channel.audio.window(latency);
            apply(audio, delayed, &depth, on, clamp);
        }
        let deepest = deepest(&depth);
        -gain_to_db(1.0 - deepest * on.to)
    }

    /// Whether no peak in the look-ahead is held, and none that went by is still released.
    #[inline(always)]
    fn is_at_rest(&self) -> bool {
        self.released[0] == 0.0
            && self.average[0] == 0.0
            && self.hold.is_zero()
            && self.first.is_zero()
            && self.second.is_zero()
    }

    /// The depth (1 - gain) that keeps the largest peak of all channels at each sample under the
    /// ceiling; false if it is 0 throughout.
    #[inline(always)]
    fn needed_depth(
        &mut self,
        settings: &LimiterSettings,
        depth: &mut Frame,
        implementation: Implementation,
    ) -> bool {
        let ceiling = self.ceiling.held;
        let mut is_exceeded = !settings.true_peak;
        for Channel { audio, detector } in &mut self.channels {
            if settings.true_peak {
                is_exceeded |= detector.process(audio, ceiling, depth, implementation);
            } else {
                detector.process_samples(audio, depth, implementation);
            }
        }
        if is_exceeded {
            for x in depth.iter_mut() {
                *x = 1.0 - ceiling / larger(*x, ceiling);
            }
            is_exceeded = deepest(depth) > 0.0;
        }
        is_exceeded
    }

    /// The release of what is held.
    #[inline(always)]
    fn release(
        &mut self,
        depth: &mut Frame,
        settings: &LimiterSettings,
        implementation: Implementation,
    ) {
        if settings.release_ms != self.release_ms {
            self.release_ms = settings.release_ms;
            let release_s = f64::from(settings.release_ms) * 1e-3;
            let pole = |seconds| OnePole::new(coefficient(seconds, self.sample_rate));
            self.release = pole(release_s);
            self.slow = pole(AUTO_RELEASE_FACTOR * release_s);
        }
        let is_auto = settings.auto_release;
        match implementation {
            Implementation::Scalar => {
                for x in depth.iter_mut() {
                    *x = narrow(self.release_step(f64::from(*x), is_auto));
                }
                self.released[1] = self.released[0];
                self.average[1] = self.average[0];
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.release_frame(simd, depth, is_auto));
            }
        }
        for state in self.released.iter_mut().chain(&mut self.average) {
            if *state < TINY_DEPTH {
                *state = 0.0;
            }
        }
    }

    /// One sample of the release.
    fn release_step(&mut self, held: f64, is_auto: bool) -> f64 {
        let (release, slow) = (self.release.c, self.slow.c);
        let (released, average) = (&mut self.released[0], &mut self.average[0]);
        *released = held.max(release * *released + (1.0 - release) * held);
        *average = slow * *average + (1.0 - slow) * *released;
        if is_auto {
            released.max(*average)
        } else {
            *released
        }
    }

    /// The same for a whole frame.
    #[inline(always)]
    fn release_frame<S: Simd>(&mut self, simd: S, depth: &mut Frame, is_auto: bool) {
        let mut rows = scan::load_one(simd, depth);
        scan::rising(simd, &mut rows, &self.release, &mut self.released);
        let mut average = rows;
        scan::linear(simd, &mut average, &self.slow, &mut self.average);
        if is_auto {
            scan::larger(&mut rows, &average);
        }
        scan::store_one(&rows, depth);
    }

    /// Smooths the depth by the two boxes.
    #[inline(always)]
    fn smooth(&mut self, depth: &mut Frame, implementation: Implementation) {
        let mut sums = [0; FRAME];
        match implementation {
            Implementation::Scalar => {
                for (sum, depth) in sums.iter_mut().zip(depth.iter()) {
                    #[allow(clippy::cast_possible_truncation)] // at most 2^30
                    let whole = (depth * ONE).ceil() as i32;
                    *sum = i64::from(whole);
                }
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => whole(simd, depth, &mut sums));
            }
        }
        self.first.process(&mut sums);
        self.second.process(&mut sums);
        for (depth, sum) in depth.iter_mut().zip(sums) {
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
            // at most 2^53 in, at most 1 out
            let smoothed = (sum as f64 * self.scale) as f32;
            *depth = smoothed;
        }
    }

    /// The ceiling of the clamp: the highest that any sample still in the look-ahead was told.
    #[inline(always)]
    fn clamp_ceiling(&mut self) -> f32 {
        let frames = (TRUE_PEAK_LATENCY + self.lookahead).div_ceil(FRAME) + 1;
        self.ceiling_at += 1;
        if self.ceiling_at >= frames.min(CEILING_HISTORY) {
            self.ceiling_at = 0;
        }
        self.ceilings[self.ceiling_at] = self.ceiling.linear;
        let told = &self.ceilings[..frames.min(CEILING_HISTORY)];
        told.iter().fold(0.0, |max, ceiling| larger(max, *ceiling))
    }
}

/// Depths in the whole numbers of the smoothing, rounded up.
#[inline(always)]
fn whole<S: Simd>(simd: S, depth: &Frame, sums: &mut [i64; FRAME]) {
    let mut whole = [0; FRAME];
    for (whole, depth) in whole
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip(depth.as_chunks::<8>().0)
    {
        let scaled = (f32x8::from_slice(simd, depth) * ONE).ceil();
        scaled.to_int::<i32x8<S>>().store_slice(whole);
    }
    for (sum, whole) in sums.iter_mut().zip(whole) {
        *sum = i64::from(whole);
    }
}

/// The largest of a frame's depths.
#[inline(always)]
fn deepest(depth: &Frame) -> f32 {
    let mut lanes = [0.0; 8];
    for chunk in depth.as_chunks::<8>().0 {
        for (lane, x) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, *x);
        }
    }
    lanes.iter().fold(0.0, |m, x| larger(m, *x))
}

/// Applies the gain `1 - on * depth` to the delayed audio, and the clamp.
#[inline(always)]
fn apply(audio: &mut Frame, delayed: &Frame, depth: &Frame, on: Segment, clamp: Option<f32>) {
    let samples = audio.iter_mut().zip(delayed).zip(depth);
    for (i, ((sample, delayed), depth)) in samples.enumerate() {
        *sample = delayed * (1.0 - on.at(i) * depth);
    }
    if let Some(ceiling) = clamp {
        for sample in audio.iter_mut() {
            *sample = smaller(larger(*sample, -ceiling), ceiling);
        }
    }
}
