//! True-peak limiter with look-ahead.
//!
//! Peaks (inter-sample or sample, [`true_peak`]) -> depth of the gain that each needs (`ceiling`) ->
//! link of the channels -> sliding maximum over the look-ahead -> `release` -> `smoothing` by two boxes
//! together no longer than the look-ahead. A convex average of depths that are all deep enough is deep
//! enough, so the gain is down *before* the peak (construction as in J. Giannoulis et al. 2012, section
//! 2.4, and the look-ahead limiters of practice). The depth is smoothed in whole numbers: without limiting
//! the gain is exactly 1 and the output is the delayed input bit for bit. Linked, all channels share one
//! gain; else each has its own, for which the peaks of the others count in part. A last clamp at the
//! ceiling holds the samples whatever happens.
//!
//! The implementations agree within 1e-5 of full scale: interpolation and release differ by `f32`
//! rounding. Vectorised, a frame in which nothing exceeds the ceiling and nothing is held costs a
//! delay, the bound of [`true_peak`] and a low-pass.

mod bass;
mod ceiling;
mod gain;
pub mod interpolator;
mod release;
mod smoothing;
pub mod true_peak;
pub mod true_peak_meter;

use crate::basics::decibel::gain_to_db;
use crate::basics::delay::Delay;
use crate::basics::log_exp::{larger, smaller};
use crate::basics::smoothing::{Fade, Glide, Segment};
use crate::limiter::bass::Bass;
use crate::limiter::ceiling::Ceiling;
use crate::limiter::gain::Gain;
use crate::limiter::release::Needed;
use crate::limiter::true_peak::{PAST, TRUE_PEAK_LATENCY, TruePeak};
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Look-ahead in seconds, a frame at 48 kHz; at lower sample rates it is a frame. A shorter one takes less
/// away before a peak, but a gain that is held for less than half a wave follows the waves: at 1 ms a
/// tone of 200 Hz, 6 dB down, is distorted by 1.8 %, at this by 1.0 %.
const LOOKAHEAD_S: f64 = 0.004 / 3.0;
/// In which the link follows its setting.
const LINK_GLIDE_S: f64 = 0.02;

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
    /// How much the peaks of each channel count for the others, 0 to 1: at 1 all have one gain.
    pub link: f32,
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
    lookahead: usize,
    ceiling: Ceiling,
    bass: Bass,
    link: Glide,
    /// One of each channel; while they are one, that is the first.
    gains: Vec<Gain>,
    is_split: bool,
    /// Frames for which split gains have been told the same and done the same.
    alike: usize,
    on: Fade,
}

impl Limiter {
    /// A limiter for 1 or 2 channels.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        let channels = channels.min(MAX_CHANNELS);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // up to 1024
        let lookahead = (LOOKAHEAD_S * sample_rate).round() as usize;
        let lookahead = lookahead.max(FRAME);
        let latency = TRUE_PEAK_LATENCY + lookahead;
        let channel = Channel {
            audio: Delay::new(PAST.max(latency)),
            detector: TruePeak::cautious(),
        };
        Self {
            channels: vec![channel; channels],
            lookahead,
            ceiling: Ceiling::new(latency),
            bass: Bass::new(sample_rate),
            link: Glide::new(LINK_GLIDE_S, sample_rate),
            gains: vec![Gain::new(sample_rate, lookahead); channels],
            is_split: false,
            alike: 0,
            on: Fade::new(0.01, sample_rate),
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
        self.gains.iter_mut().for_each(Gain::reset);
        self.bass.reset();
        self.link.reset();
        self.is_split = false;
        self.on.reset();
        self.ceiling.reset();
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
        self.ceiling.set(settings.ceiling_db, settings.true_peak);
        for (channel, audio) in self.channels.iter_mut().zip(audio.iter()) {
            channel.audio.write(audio);
        }
        let bass = self.bass_depths(audio, settings, implementation);
        let link = self.link.next(settings.link);
        self.split_or_join(link);
        let clamp = on.is(1.0).then_some(self.ceiling.clamp());
        let deepest = if self.is_split {
            self.limit_each(audio, bass, (on, clamp, link), settings, implementation)
        } else {
            let bass = larger(bass[0], bass[1]);
            self.limit_all(audio, bass, (on, clamp), settings, implementation)
        };
        if deepest == 0.0 {
            return 0.0;
        }
        -gain_to_db(1.0 - deepest * on.to)
    }

    /// All channels by one gain; gives its depth.
    #[inline(always)]
    fn limit_all(
        &mut self,
        audio: &mut [Frame],
        bass: f32,
        (on, clamp): (Segment, Option<f32>),
        settings: &LimiterSettings,
        implementation: Implementation,
    ) -> f32 {
        let mut depth = [0.0; FRAME];
        let (held, true_peak) = (self.ceiling.held(), settings.true_peak);
        let mut is_suspect = false;
        for channel in &mut self.channels {
            is_suspect |= channel.raise(&mut depth, held, true_peak, implementation);
        }
        let deepest = self.depths(&mut depth, is_suspect);
        let needed = Needed {
            depth: deepest,
            bass,
        };
        let is_limiting = self.gains[0].process(
            &mut depth,
            needed,
            settings.release_ms,
            settings.auto_release,
            implementation,
        );
        let latency = self.latency_samples();
        for (channel, audio) in self.channels.iter().zip(audio) {
            channel.come_out(audio, latency, is_limiting.then_some((&depth, on)), clamp);
        }
        self::deepest(&depth)
    }

    /// Each channel by its own gain; gives the deepest.
    #[inline(always)]
    fn limit_each(
        &mut self,
        audio: &mut [Frame],
        bass: [f32; MAX_CHANNELS],
        (on, clamp, link): (Segment, Option<f32>, Segment),
        settings: &LimiterSettings,
        implementation: Implementation,
    ) -> f32 {
        let mut depths = [[0.0; FRAME]; MAX_CHANNELS];
        let (held, true_peak) = (self.ceiling.held(), settings.true_peak);
        for (index, depth) in depths.iter_mut().enumerate() {
            let is_suspect = self.channels[index].raise(depth, held, true_peak, implementation);
            self.depths(depth, is_suspect);
        }
        join(&mut depths, link);
        let most = larger(bass[0], bass[1]);
        let latency = self.latency_samples();
        let mut all = 0.0;
        for (index, (depth, audio)) in depths.iter_mut().zip(audio).enumerate() {
            let needed = Needed {
                depth: deepest(depth),
                bass: bass[index] + link.to * (most - bass[index]),
            };
            let is_limiting = self.gains[index].process(
                depth,
                needed,
                settings.release_ms,
                settings.auto_release,
                implementation,
            );
            let gain = is_limiting.then_some((&*depth, on));
            self.channels[index].come_out(audio, latency, gain, clamp);
            all = larger(all, deepest(depth));
        }
        all
    }

    /// The depth that the bass of each channel alone would need; 0 where nobody asks.
    #[inline(always)]
    fn bass_depths(
        &mut self,
        audio: &[Frame],
        settings: &LimiterSettings,
        implementation: Implementation,
    ) -> [f32; MAX_CHANNELS] {
        if !(settings.on && settings.auto_release) {
            self.bass.reset();
            return [0.0; MAX_CHANNELS];
        }
        let peaks = self.bass.peaks(audio, implementation);
        peaks.map(|peak| self.ceiling.depth(peak))
    }

    /// Turns magnitudes into depths; gives the deepest.
    #[inline(always)]
    fn depths(&self, magnitudes: &mut Frame, is_suspect: bool) -> f32 {
        if !is_suspect {
            return 0.0;
        }
        for x in magnitudes.iter_mut() {
            *x = self.ceiling.depth(*x);
        }
        deepest(magnitudes)
    }

    /// Gives each channel a gain of its own when they are not linked whole, and makes one of them again
    /// when both have gone on alike for as long as they look back.
    #[inline(always)]
    fn split_or_join(&mut self, link: Segment) {
        if link.is(1.0) && !self.is_split {
            return;
        }
        let [first, second] = self.gains.as_mut_slice() else {
            return;
        };
        if !self.is_split {
            second.copy_from(first);
            (self.is_split, self.alike) = (true, 0);
        }
        if link.is(1.0) && first.is_like(second) {
            self.alike += 1;
            self.is_split = self.alike * FRAME <= 3 * self.lookahead;
        } else {
            self.alike = 0;
        }
    }
}

impl Channel {
    /// Raises each magnitude to that of the peak at its sample; false if none is above `held`.
    #[inline(always)]
    fn raise(
        &mut self,
        magnitudes: &mut Frame,
        held: f32,
        true_peak: bool,
        implementation: Implementation,
    ) -> bool {
        let (audio, detector) = (&self.audio, &mut self.detector);
        if true_peak {
            return detector.process(audio, held, magnitudes, implementation);
        }
        detector.process_samples(audio, magnitudes, implementation);
        true
    }

    /// The delayed audio, under a gain if there is one.
    #[inline(always)]
    fn come_out(
        &self,
        audio: &mut Frame,
        latency: usize,
        gain: Option<(&Frame, Segment)>,
        clamp: Option<f32>,
    ) {
        match gain {
            Some((depth, on)) => apply(audio, self.audio.window(latency), depth, on, clamp),
            None => self.audio.read(latency, audio),
        }
    }
}

/// Raises both depths towards the deeper one by the link.
#[inline(always)]
fn join([first, second]: &mut [Frame; MAX_CHANNELS], link: Segment) {
    for (i, (first, second)) in first.iter_mut().zip(second).enumerate() {
        let (most, link) = (larger(*first, *second), link.at(i));
        *first += link * (most - *first);
        *second += link * (most - *second);
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
