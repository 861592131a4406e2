//! Soft clipper in front of the limiter, four times oversampled.
//!
//! A memoryless curve around the limiter's ceiling takes up to `amount_db` off a peak. In decibels it is a
//! soft knee of `3.67 sqrt(amount)` to either side of the ceiling: below it every sample is left as it is,
//! above it `amount_db` is taken off, between them the share grows by the quintic smoothstep
//! `x^3 (x (6 x - 15) + 10)` of the magnitude. With two continuous derivatives the harmonics of a tone fall
//! by 24 dB an octave at least: those that fold are 80 dB below a tone of 5 kHz that is up to 9 dB over the
//! ceiling. For 6 dB the curve is flat, at 1.2 to 1.7 dB over the ceiling, from 3 to 6 dB over it.
//!
//! Only what the curve *takes away* is filtered down to the sample rate and added to the delayed audio
//! ([`oversampling`]): what is not clipped passes bit for bit, and a frame that cannot reach the knee costs
//! a delay. True peaks are the limiter's concern.
//!
//! The implementations agree within 1e-5 of the ceiling.

pub mod oversampling;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::decibel::db_to_gain;
use crate::basics::log_exp::{larger, smaller};
use crate::basics::smoothing::{Glide, Segment};
use crate::clipper::oversampling::decimator::Decimator;
use crate::clipper::oversampling::upsampler::{NO_HALVES, Upsampler};
use crate::clipper::oversampling::{LANES, LATENCY, Upsampled};
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Half of the knee in dB, over the square root of the amount in dB: the narrowest at which the curve for
/// 6 dB rises everywhere.
const KNEE: f32 = 3.67;
/// Time constant of moves of amount and ceiling, in seconds.
const GLIDE_S: f64 = 0.02;

/// What the clipper is told, in plain numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClipperSettings {
    /// The most that is taken off a peak, in dB; 0 is off.
    pub amount_db: f32,
}

/// What belongs to one channel.
#[derive(Debug, Clone)]
struct Channel {
    upsampler: Upsampler,
    decimator: Decimator,
}

/// The clipper of all channels.
#[derive(Debug, Clone)]
pub struct Clipper {
    channels: Vec<Channel>,
    amount_db: Glide,
    ceiling_db: Glide,
    /// The curve of the last frame's end.
    curve: Curve,
}

/// What the curve takes off, for one amount and ceiling.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Curve {
    amount_db: f32,
    ceiling_db: f32,
    /// Magnitude at which the knee begins.
    start: f32,
    /// One over the width of the knee.
    scale: f32,
    /// Share of the magnitude that is taken off above the knee.
    share: f32,
}

impl Curve {
    fn new(amount_db: f32, ceiling_db: f32) -> Self {
        let half_db = KNEE * amount_db.max(0.0).sqrt();
        let [start, end] = [-half_db, half_db].map(|db| db_to_gain(ceiling_db + db));
        Self {
            amount_db,
            ceiling_db,
            start,
            scale: 1.0 / larger(end - start, f32::MIN_POSITIVE),
            share: 1.0 - db_to_gain(-amount_db),
        }
    }

    /// What is added to a sample: 0 up to the knee.
    fn difference(&self, x: f32) -> f32 {
        let into = smaller(larger((x.abs() - self.start) * self.scale, 0.0), 1.0);
        let cube = into * into * into;
        -self.share * x * (cube * (into * (6.0 * into - 15.0) + 10.0))
    }

    /// [`Curve::difference`] of eight samples.
    #[inline(always)]
    fn fast_difference<S: Simd>(&self, x: f32x8<S>) -> f32x8<S> {
        let into = ((x.abs() - self.start) * self.scale).max(0.0).min(1.0);
        let rising = into.mul_add(into.mul_add(6.0, -15.0), 10.0);
        (x * -self.share) * (into * into * into * rising)
    }
}

impl Clipper {
    /// A clipper for 1 or 2 channels.
    pub fn new(sample_rate: f64, channels: usize) -> Self {
        let channel = Channel {
            upsampler: Upsampler::new(),
            decimator: Decimator::new(),
        };
        Self {
            channels: vec![channel; channels.clamp(1, MAX_CHANNELS)],
            amount_db: Glide::new(GLIDE_S, sample_rate),
            ceiling_db: Glide::new(GLIDE_S, sample_rate),
            curve: Curve::new(0.0, 0.0),
        }
    }

    /// Constant latency in samples.
    pub fn latency_samples(&self) -> usize {
        LATENCY
    }

    /// Forgets what was heard; the next settings hold at once.
    pub fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.upsampler.reset();
            channel.decimator.reset();
        }
        self.amount_db.reset();
        self.ceiling_db.reset();
    }

    /// Clips a frame of each channel in place, towards the limiter's ceiling.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        settings: &ClipperSettings,
        ceiling_db: f32,
        implementation: Implementation,
    ) {
        let amount_db = self.amount_db.next(settings.amount_db);
        let ceiling_db = self.ceiling_db.next(ceiling_db);
        for (channel, audio) in self.channels.iter_mut().zip(audio.iter_mut()) {
            channel.upsampler.delay(audio);
        }
        let is_silent = |channel: &Channel| channel.decimator.is_silent();
        if amount_db.is(0.0) && self.channels.iter().all(is_silent) {
            return;
        }
        let curves = self.curves(amount_db, ceiling_db);
        for (channel, audio) in self.channels.iter_mut().zip(audio) {
            match implementation {
                Implementation::Scalar => channel.clip(audio, &curves),
                Implementation::Vectorized(set) => {
                    dispatch!(set.level(), simd => channel.fast_clip(simd, audio, &curves));
                }
            }
        }
    }

    /// The curves at the start and at the end of a frame.
    #[inline(always)]
    fn curves(&mut self, amount_db: Segment, ceiling_db: Segment) -> [Curve; 2] {
        let last = self.curve;
        let curve = |amount_db, ceiling_db| {
            if last.amount_db == amount_db && last.ceiling_db == ceiling_db {
                last
            } else {
                Curve::new(amount_db, ceiling_db)
            }
        };
        let from = curve(amount_db.from, ceiling_db.from);
        self.curve = curve(amount_db.to, ceiling_db.to);
        [from, self.curve]
    }
}

impl Channel {
    /// Adds to the delayed audio what the curve between two takes off.
    fn clip(&mut self, audio: &mut Frame, curves: &[Curve; 2]) {
        let mut points = [[0.0; FRAME]; 4];
        self.upsampler.upsample(&mut points);
        take_off(&mut points, curves);
        self.decimator.add_to(audio, &points);
    }

    /// The same in vectors, where there is anything to take off.
    #[inline(always)]
    fn fast_clip<S: Simd>(&mut self, simd: S, audio: &mut Frame, curves: &[Curve; 2]) {
        let is_off = curves.iter().all(|curve| curve.share == 0.0);
        let suspects = if is_off {
            0
        } else {
            let start = smaller(curves[0].start, curves[1].start);
            self.upsampler.suspects(simd, start)
        };
        if suspects == 0 && self.decimator.is_silent() {
            return;
        }
        let mut halves = NO_HALVES;
        if suspects != 0 {
            self.upsampler.fast_halves(simd, suspects, &mut halves);
        }
        let upsampler = &self.upsampler;
        self.decimator.fast_add_to(simd, audio, |group| {
            if suspects >> group & 1 == 0 {
                return None;
            }
            let points = upsampler.fast_points(simd, &halves, group);
            fast_take_off(simd, points, group, curves)
        });
    }
}

/// Replaces points by what is added to them, between two curves in proportion to the time.
fn take_off(points: &mut Upsampled, curves: &[Curve; 2]) {
    let way = Segment { from: 0.0, to: 1.0 };
    for phase in points.iter_mut() {
        for (i, x) in phase.iter_mut().enumerate() {
            let [from, to] = [curves[0].difference(*x), curves[1].difference(*x)];
            *x = from + way.at(i) * (to - from);
        }
    }
}

/// What [`take_off`] leaves of the points of a group; `None` if that is nothing.
#[inline(always)]
fn fast_take_off<S: Simd>(
    simd: S,
    points: [f32x8<S>; 4],
    group: usize,
    curves: &[Curve; 2],
) -> Option<[f32x8<S>; 4]> {
    let start = smaller(curves[0].start, curves[1].start);
    let [p0, p1, p2, p3] = points;
    let largest = p0.abs().max(p1.abs()).max(p2.abs().max(p3.abs()));
    if !largest.simd_gt(start).any_true() {
        return None;
    }
    let rests = curves[0] == curves[1];
    let way = Segment { from: 0.0, to: 1.0 }.lanes(simd, LANES * group);
    let mut taken = points;
    for x in &mut taken {
        let to = curves[1].fast_difference(*x);
        *x = if rests {
            to
        } else {
            let from = curves[0].fast_difference(*x);
            way.mul_add(to - from, from)
        };
    }
    Some(taken)
}
