//! The low band of a compressor with two bands.
//!
//! A fourth-order Bessel low-pass, whose group delay is nearly constant, so that with a plain delay on top it
//! is as late as the audio, which waits for the longest look-ahead anyway. The high band is what is left of
//! the delayed audio: the sum of both is the delayed audio, whatever the filter does (a subtractive
//! crossover; S. Lipshitz, J. Vanderkooy, "A family of linear-phase crossover networks of high slope derived by time
//! delay", JAES 31, 1983). Below 68 Hz the filter alone is later than that, and the bands overlap more.
//!
//! State-variable filters as in [`crate::basics::high_pass`], whose corner may move; states are `f64`. While it
//! rests the vectorised engine runs them as scans. Both ways share the states and agree within 1e-6 of the
//! largest sample.

use std::f64::consts::PI;

use fearless_simd::{Simd, dispatch};

use crate::basics::delay::Delay;
use crate::basics::smoothing::{Fade, Glide, Segment};
use crate::simd::instruction_set::Implementation;
use crate::simd::scan::second_order::{SecondOrder, second_order};
use crate::simd::scan::{Pair, load, narrow, store};
use crate::{FRAME, Frame, MAX_CHANNELS};

/// The lowest corner in Hz; what is asked for between 0 and it is this one.
const LOWEST_HZ: f32 = 40.0;
/// Length of the fade when it is switched, and time constant of the corner's moves, in seconds.
const FADE_S: f64 = 0.02;
/// Corner over that of the filter (-3 dB), and 1/Q, of each section of a fourth-order Bessel low-pass.
const SECTIONS: [(f64, f64); 2] = [(1.419_2, 1.0 / 0.521_9), (1.591_2, 1.0 / 0.805_5)];

/// The corner of a frame.
#[derive(Debug, Clone, Copy)]
pub struct Corner {
    /// How much of the low band is taken out of the high one: 0 is one band.
    pub weight: Segment,
    /// The integrators' gains of each section, before and at the end of the frame.
    gains: [[f64; 2]; 2],
    /// Group delay in samples, before and at the end of the frame.
    delays: [f32; 2],
}

/// Switches the split and moves its corner.
#[derive(Debug, Clone)]
pub struct LowSplit {
    sample_rate: f64,
    on: Fade,
    corner_hz: Glide,
    /// The corner that was last asked for, and the integrators' gains at it.
    last: (f32, [f64; 2]),
}

impl LowSplit {
    /// At a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        Self {
            sample_rate,
            on: Fade::new(FADE_S, sample_rate),
            corner_hz: Glide::new(FADE_S, sample_rate),
            last: (0.0, [0.0; 2]),
        }
    }

    /// The next settings hold at once.
    pub fn reset(&mut self) {
        self.on.reset();
        self.corner_hz.reset();
    }

    /// The corner of the next frame; `None` while there is one band.
    #[inline(always)]
    pub fn next(&mut self, corner_hz: f32) -> Option<Corner> {
        let is_on = corner_hz > 0.0;
        let weight = self.on.next(is_on);
        if weight.is(0.0) {
            self.corner_hz.reset();
            return None;
        }
        // On its way to off it stays where it was.
        let wanted_hz = if is_on {
            corner_hz.max(LOWEST_HZ)
        } else {
            self.corner_hz.value()
        };
        let corner = self.corner_hz.next(wanted_hz);
        let gains = [self.gains(corner.from), self.gains(corner.to)];
        let delays = gains.map(|gains| {
            let sections = gains.iter().zip(SECTIONS);
            narrow(sections.map(|(g, (_, damping))| 0.5 * damping / g).sum())
        });
        Some(Corner {
            weight,
            gains: [0, 1].map(|section| gains.map(|gains| gains[section])),
            delays,
        })
    }

    fn gains(&mut self, corner_hz: f32) -> [f64; 2] {
        if corner_hz != self.last.0 {
            let gains = SECTIONS.map(|(factor, _)| {
                let share = (factor * f64::from(corner_hz) / self.sample_rate).min(0.49);
                (PI * share).tan()
            });
            self.last = (corner_hz, gains);
        }
        self.last.1
    }
}

impl Corner {
    /// Group delay of the low-pass in whole samples, at most `most`.
    pub fn whole_delay(&self, most: usize) -> usize {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a few thousand
        let whole = self.delays[1].round() as usize;
        whole.min(most)
    }

    /// Whether it does not move.
    fn is_at_rest(&self) -> bool {
        self.gains.iter().all(|[from, to]| from == to)
    }
}

/// A section over one sample, as matrices: the states then wait for two operations only.
#[derive(Debug, Clone, Copy)]
struct Step {
    /// What the states and the sample give to each state.
    first: [f64; 3],
    second: [f64; 3],
    /// What they give to the output.
    out: [f64; 3],
}

impl Step {
    /// For a gain of the integrators and a damping of 1/Q.
    fn new(g: f64, damping: f64) -> Self {
        let scale = 1.0 / (1.0 + g * (damping + g));
        // The band-pass output, and with it the others.
        let band = [1.0 - g * scale * (damping + g), -g * scale, g * scale];
        let [s1, s2, x] = band;
        Self {
            first: [2.0 * s1 - 1.0, 2.0 * s2, 2.0 * x],
            second: [2.0 * g * s1, 1.0 + 2.0 * g * s2, 2.0 * g * x],
            out: [g * s1, 1.0 + g * s2, g * x],
        }
    }

    /// The output of both channels, which the compiler takes as one vector.
    #[inline(always)]
    fn next(&self, states: &mut [Pair; 2], x: Pair) -> Pair {
        let [s1, s2] = *states;
        let sum = |of: &[f64; 3]| {
            [
                of[0] * s1[0] + (of[1] * s2[0] + of[2] * x[0]),
                of[0] * s1[1] + (of[1] * s2[1] + of[2] * x[1]),
            ]
        };
        *states = [sum(&self.first), sum(&self.second)];
        sum(&self.out)
    }

    /// The same for whole frames.
    fn over_frames(&self) -> SecondOrder {
        SecondOrder::new(|x, [first, second]| {
            let mut states = [[first; 2], [second; 2]];
            let [out, _] = self.next(&mut states, [x; 2]);
            (out, states.map(|[state, _]| state))
        })
    }
}

/// Both sections for the gains of their integrators.
fn sections(gains: [f64; 2]) -> [Step; 2] {
    [0, 1].map(|n: usize| Step::new(gains[n], SECTIONS[n].1))
}

/// The low-pass of all channels, and what it left.
#[derive(Debug, Clone)]
pub struct LowBand {
    /// `[section][state][channel]`.
    states: [[Pair; 2]; 2],
    /// The integrators' gains that were last at rest, and the sections at them.
    resting: ([f64; 2], [SecondOrder; 2]),
    /// The low band as it comes.
    newest: [Frame; MAX_CHANNELS],
    past: [Delay; MAX_CHANNELS],
    is_used: bool,
}

impl LowBand {
    /// Silence, of which the last `lookahead_samples` are kept.
    pub fn new(lookahead_samples: usize) -> Self {
        let delay = Delay::new(lookahead_samples + 1);
        Self {
            states: [[[0.0; 2]; 2]; 2],
            resting: ([0.0; 2], sections([0.0; 2]).map(|s| s.over_frames())),
            newest: [[0.0; FRAME]; MAX_CHANNELS],
            past: [delay.clone(), delay],
            is_used: false,
        }
    }

    /// Whether there is anything to forget.
    pub fn is_used(&self) -> bool {
        self.is_used
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        if self.is_used {
            self.states = [[[0.0; 2]; 2]; 2];
            self.past.iter_mut().for_each(Delay::reset);
            self.is_used = false;
        }
    }

    /// Takes the low band of the newest frame of each channel.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: [&Frame; MAX_CHANNELS],
        corner: &Corner,
        implementation: Implementation,
    ) {
        self.is_used = true;
        match implementation {
            Implementation::Vectorized(set) if corner.is_at_rest() => {
                let gains = corner.gains.map(|[gain, _]| gain);
                if gains != self.resting.0 {
                    self.resting = (gains, sections(gains).map(|s| s.over_frames()));
                }
                dispatch!(set.level(), simd => self.fast_low_pass(simd, audio));
            }
            _ => self.low_pass(audio, corner),
        }
        for state in self.states.as_flattened_mut().as_flattened_mut() {
            // 300 dB down: cleared before it becomes subnormal.
            if state.abs() < 1e-15 {
                *state = 0.0;
            }
        }
        for (past, newest) in self.past.iter_mut().zip(&self.newest) {
            past.write(newest);
        }
    }

    /// The specification: sample by sample, the integrators' gains linear over the frame.
    fn low_pass(&mut self, audio: [&Frame; MAX_CHANNELS], corner: &Corner) {
        self.newest = [*audio[0], *audio[1]];
        let slopes = corner.gains.map(|ends| (ends[1] - ends[0]) / FRAME as f64);
        let mut gains = corner.gains.map(|ends| ends[0]);
        let mut steps = sections(gains);
        let [left, right] = &mut self.newest;
        for (left, right) in left.iter_mut().zip(right) {
            if slopes != [0.0; 2] {
                gains = [gains[0] + slopes[0], gains[1] + slopes[1]];
                steps = sections(gains);
            }
            let [first, second] = &mut self.states;
            let between = steps[0].next(first, [f64::from(*left), f64::from(*right)]);
            let low = steps[1].next(second, between);
            (*left, *right) = (narrow(low[0]), narrow(low[1]));
        }
    }

    /// The same for a corner at rest.
    #[inline(always)]
    fn fast_low_pass<S: Simd>(&mut self, simd: S, audio: [&Frame; MAX_CHANNELS]) {
        let mut rows = load(simd, audio);
        for (filter, states) in self.resting.1.iter().zip(&mut self.states) {
            second_order(simd, &mut rows, filter, states);
        }
        let [left, right] = &mut self.newest;
        store(&rows, [left, right]);
    }

    /// The low band of a channel as it comes, late by the group delay of the low-pass.
    pub fn newest(&self, channel: usize) -> &Frame {
        &self.newest[channel]
    }

    /// The low band of a channel, late by `latency` in all: between two samples, and where the corner
    /// moves between two places.
    #[inline(always)]
    pub fn read(&self, channel: usize, latency: usize, corner: &Corner, out: &mut Frame) {
        let [from, to] = corner.delays;
        self.read_at(channel, latency, to, out);
        if from != to {
            let mut first = [0.0; FRAME];
            self.read_at(channel, latency, from, &mut first);
            Segment { from: 0.0, to: 1.0 }.blend(out, &first);
        }
    }

    #[inline(always)]
    fn read_at(&self, channel: usize, latency: usize, group_delay: f32, out: &mut Frame) {
        #[allow(clippy::cast_precision_loss)] // a few thousand
        let rest = (latency as f32 - group_delay).max(0.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // up to the latency
        let whole = rest as usize;
        let share = rest.fract();
        let past = &self.past[channel];
        let samples = past.window(whole).iter().zip(past.window(whole + 1));
        for (out, (late, later)) in out.iter_mut().zip(samples) {
            *out = late + share * (later - late);
        }
    }
}
