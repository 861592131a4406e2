//! True-peak limiter with look-ahead.
//!
//! Peaks (inter-sample or sample) -> depth of the gain that each needs -> sliding maximum over the
//! look-ahead -> release -> smoothing by two boxes together no longer than the look-ahead. A convex
//! average of depths that are all deep enough is deep enough, so the gain is down *before* the peak
//! (construction as in J. Giannoulis et al. 2012, section 2.4, and the look-ahead limiters of
//! practice). The depth is smoothed in whole numbers: without limiting the gain is exactly 1 and
//! the output is the delayed input bit for bit. All channels share one gain. A last clamp at the
//! ceiling holds the samples whatever happens.

use super::delay::Delay;
use super::sliding::{SlidingMax, SlidingSum};
use super::smoothing::{Fade, Segment, coefficient};
use super::true_peak::{TRUE_PEAK_LATENCY, TruePeak};
use super::{FRAME, Frame, MAX_CHANNELS};
use crate::dsp::decibel::{db_to_gain, gain_to_db};

/// Look-ahead in seconds.
const LOOKAHEAD_S: f64 = 0.002;
/// What the interpolation may miss of an inter-sample peak, taken off the ceiling, in dB.
const TRUE_PEAK_MARGIN_DB: f32 = 0.05;
/// One of depth, in the whole numbers of the smoothing.
const ONE: f64 = (1_u64 << 30) as f64;
/// Depths below this (120 dB under unity gain) are none.
const TINY_DEPTH: f64 = 1e-6;
/// Release of sustained limiting over that of single peaks, with programme-dependent release.
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
    samples: Delay,
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
    /// Largest sum that the two boxes can give for a depth of one.
    full: f64,
    release_ms: f32,
    release: f64,
    slow: f64,
    released: f64,
    average: f64,
    on: Fade,
    ceilings: [f32; CEILING_HISTORY],
    ceiling_at: usize,
}

impl Limiter {
    /// A limiter for 1 or 2 channels.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // up to 1536
        let lookahead = (LOOKAHEAD_S * sample_rate).round().max(2.0) as usize;
        let boxes = [lookahead / 2, lookahead - lookahead / 2];
        let channel = Channel {
            audio: Delay::new(TRUE_PEAK_LATENCY + lookahead),
            detector: TruePeak::new(),
            samples: Delay::new(TRUE_PEAK_LATENCY),
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
            full: (boxes[0] * boxes[1]) as f64 * ONE,
            release_ms: -1.0,
            release: 0.0,
            slow: 0.0,
            released: 0.0,
            average: 0.0,
            on: Fade::new(0.01, sample_rate),
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
            channel.samples.reset();
        }
        self.hold.reset();
        self.first.reset();
        self.second.reset();
        self.released = 0.0;
        self.average = 0.0;
        self.on.reset();
        self.ceilings.fill(0.0);
    }

    /// Limits a frame of each channel in place and returns the deepest reduction in dB (>= 0).
    pub fn process(&mut self, audio: &mut [Frame], settings: &LimiterSettings) -> f32 {
        let on = self.on.next(settings.on);
        let mut depth = self.peaks(audio, settings.true_peak);
        self.needed_depth(&mut depth, settings);
        self.smooth(&mut depth, settings);
        let clamp = on.is(1.0).then(|| self.clamp_ceiling(settings.ceiling_db));
        for (channel, audio) in self.channels.iter_mut().zip(audio) {
            channel
                .audio
                .process(TRUE_PEAK_LATENCY + self.lookahead, audio);
            apply(audio, &depth, on, clamp);
        }
        let deepest = depth.iter().fold(0.0_f32, |d, x| d.max(*x));
        -gain_to_db(1.0 - deepest * on.to)
    }

    /// The largest peak of all channels at each sample.
    fn peaks(&mut self, audio: &[Frame], true_peak: bool) -> Frame {
        let mut largest = [0.0_f32; FRAME];
        for (channel, audio) in self.channels.iter_mut().zip(audio) {
            let mut peaks = *audio;
            channel.samples.process(TRUE_PEAK_LATENCY, &mut peaks);
            if true_peak {
                channel.detector.process(audio, &mut peaks);
            }
            for (largest, peak) in largest.iter_mut().zip(&peaks) {
                *largest = largest.max(peak.abs());
            }
        }
        largest
    }

    /// Turns peaks into the depth (1 - gain) that keeps each under the ceiling.
    fn needed_depth(&self, peaks: &mut Frame, settings: &LimiterSettings) {
        let margin_db = if settings.true_peak {
            TRUE_PEAK_MARGIN_DB
        } else {
            0.0
        };
        let ceiling = db_to_gain(settings.ceiling_db - margin_db);
        for peak in peaks.iter_mut() {
            *peak = if *peak > ceiling {
                1.0 - ceiling / *peak
            } else {
                0.0
            };
        }
    }

    /// Hold, release and smoothing of the depth.
    fn smooth(&mut self, depth: &mut Frame, settings: &LimiterSettings) {
        if settings.release_ms != self.release_ms {
            self.release_ms = settings.release_ms;
            let release_s = f64::from(settings.release_ms) * 1e-3;
            self.release = coefficient(release_s, self.sample_rate);
            self.slow = coefficient(AUTO_RELEASE_FACTOR * release_s, self.sample_rate);
        }
        for depth in depth.iter_mut() {
            let held = f64::from(self.hold.push(*depth));
            self.released = held.max(self.release * self.released + (1.0 - self.release) * held);
            self.average = self.slow * self.average + (1.0 - self.slow) * self.released;
            let target = if settings.auto_release {
                self.released.max(self.average)
            } else {
                self.released
            };
            #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)]
            // at most 2^30 in, at most 2^53 out
            {
                let whole = (target * ONE).ceil() as i64;
                let sum = self.second.push(self.first.push(whole));
                *depth = (sum as f64 / self.full) as f32;
            }
        }
        for state in [&mut self.released, &mut self.average] {
            if *state < TINY_DEPTH {
                *state = 0.0;
            }
        }
    }

    /// The ceiling of the clamp: the highest that any sample still in the look-ahead was told.
    fn clamp_ceiling(&mut self, ceiling_db: f32) -> f32 {
        let frames = (TRUE_PEAK_LATENCY + self.lookahead).div_ceil(FRAME) + 1;
        self.ceiling_at = (self.ceiling_at + 1) % frames.min(CEILING_HISTORY);
        self.ceilings[self.ceiling_at] = db_to_gain(ceiling_db);
        let told = &self.ceilings[..frames.min(CEILING_HISTORY)];
        told.iter().fold(0.0_f32, |max, ceiling| max.max(*ceiling))
    }
}

/// Applies the gain `1 - on * depth` to a frame, and the clamp.
fn apply(audio: &mut Frame, depth: &Frame, on: Segment, clamp: Option<f32>) {
    for (i, (sample, depth)) in audio.iter_mut().zip(depth).enumerate() {
        *sample *= 1.0 - on.at(i) * depth;
    }
    if let Some(ceiling) = clamp {
        for sample in audio.iter_mut() {
            *sample = sample.clamp(-ceiling, ceiling);
        }
    }
}
