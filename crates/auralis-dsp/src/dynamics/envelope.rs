//! Ballistics: how a detected level or gain reduction attacks and releases.
//!
//! The smooth decoupled detector of Giannoulis, Massberg, Reiss, "Digital Dynamic Range Compressor
//! Design", JAES 60(6) 2012, eq. 17, with the least artefacts; the compressor uses it on its gain
//! reduction in dB. The other form, eq. 16, is in [`super::branching`]. Input and output have one
//! unit, whatever it is; there is no latency. A frame of both channels at a time (one channel leaves
//! the second alone): the plain recursion as [`Implementation::Scalar`], scans (see
//! [`crate::simd::scan`]) as `Vectorized`. States are `f64` and cleared below 1e-9, long before they could
//! become subnormal.

mod sustain;

use fearless_simd::{Simd, dispatch};

use crate::basics::smoothing::coefficient;
use crate::simd::instruction_set::Implementation;
use crate::simd::scan;
use crate::simd::scan::{OnePole, Pair, Rows, narrow};
use crate::{FRAME, Frame, MAX_CHANNELS};
use sustain::Sustain;

/// States smaller than this are silence.
const TINY: f64 = 1e-9;

/// Attack and release in seconds: the times in which 63.2 % of a step is covered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Times {
    /// Rising.
    pub attack_s: f64,
    /// Falling.
    pub release_s: f64,
    /// Whether the release follows the programme: three times as fast for what stands out, almost
    /// five times as slow for what lasts.
    pub auto_release: bool,
}

/// How the second stage of [`Decoupled`] smooths.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Attack {
    /// A one-pole in both directions, eq. 17: it rounds the start of the release, and the release
    /// coefficient is corrected for the time that this adds.
    Cascade,
    /// A one-pole when rising only. For releases so short beside the attack that no correction
    /// exists: both times stay what the user set.
    RisingOnly,
}

/// The smooth decoupled detector: release first, then attack.
#[derive(Debug, Clone)]
pub struct Decoupled {
    times: Times,
    sample_rate: f64,
    attack_stage: Attack,
    attack: OnePole,
    release: OnePole,
    /// What the releases keep over a frame: see [`Sustain::raise`].
    frame_shares: [f64; 3],
    sustain: [Sustain; MAX_CHANNELS],
    /// Output of the release stage.
    released: Pair,
    /// Output.
    states: Pair,
}

/// With the programme-dependent release: the fast release over the release that is set. A drum hit is
/// over at once, and so should be its reduction.
const FAST_RELEASE: f64 = 1.0 / 3.0;
/// Time constant of each pole of the slow average over the release that is set. What was held for long
/// lets go as slowly as that: a dense passage would pump with every gap, and the reduction would follow
/// the waves of the bass. Two poles, since a hit of a tenth of the time constant leaves a hundredth in
/// them and a tenth in one. (The aim is that of Giannoulis, Massberg, Reiss, "Parameter Automation in a
/// Dynamic Range Compressor", JAES 61(10) 2013, who take the crest factor to tell one from the other.)
const SLOW_RELEASE: f64 = 1.9;

impl Decoupled {
    /// A detector at rest.
    pub fn new(sample_rate: f64) -> Self {
        let times = Times {
            attack_s: 0.0,
            release_s: 0.0,
            auto_release: false,
        };
        let mut this = Self {
            times,
            sample_rate,
            attack_stage: Attack::Cascade,
            attack: OnePole::new(0.0),
            release: OnePole::new(0.0),
            frame_shares: [0.0; 3],
            sustain: [Sustain::default(); MAX_CHANNELS],
            released: [0.0; 2],
            states: [0.0; 2],
        };
        this.retime(times);
        this
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.sustain = [Sustain::default(); MAX_CHANNELS];
        (self.released, self.states) = ([0.0; 2], [0.0; 2]);
    }

    /// Whether both channels have the same state: with the same input they go on alike.
    pub fn channels_agree(&self) -> bool {
        let same = |[left, right]: Pair| left == right;
        self.sustain[0] == self.sustain[1] && same(self.released) && same(self.states)
    }

    /// Computes the coefficients again if the times changed.
    pub fn set_times(&mut self, times: Times) {
        if times != self.times {
            self.retime(times);
        }
    }

    fn retime(&mut self, times: Times) {
        let release_s = if times.auto_release {
            FAST_RELEASE * times.release_s
        } else {
            times.release_s
        };
        let corrected = corrected_release_s(times.attack_s, release_s);
        self.attack_stage = match corrected {
            Some(_) => Attack::Cascade,
            None => Attack::RisingOnly,
        };
        let release_s = corrected.unwrap_or(release_s);
        let pole = |seconds| OnePole::new(coefficient(seconds, self.sample_rate));
        (self.attack, self.release) = (pole(times.attack_s), pole(release_s));
        let over = |seconds| coefficient(seconds, self.sample_rate / FRAME as f64);
        let c = self.release.c;
        let mean = (1.0 - c.powi(FRAME as i32)) / (FRAME as f64 * (1.0 - c));
        let slow_s = SLOW_RELEASE * times.release_s;
        self.frame_shares = [over(release_s), mean, over(slow_s)];
        self.times = times;
    }

    /// Smooths a frame of each channel in place; samples are not below 0.
    #[inline(always)]
    pub fn process(&mut self, frames: &mut [Frame; MAX_CHANNELS], implementation: Implementation) {
        if self.times.auto_release {
            for (sustain, frame) in self.sustain.iter_mut().zip(frames.iter_mut()) {
                sustain.raise(frame, self.frame_shares);
            }
        }
        match implementation {
            Implementation::Scalar => {
                for (channel, frame) in frames.iter_mut().enumerate() {
                    for x in frame.iter_mut() {
                        *x = narrow(self.step(channel, f64::from(*x)));
                    }
                }
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.smooth_two(simd, frames));
            }
        }
        self.clear_tiny();
    }

    /// The same where both channels are one: their states agree and their input is `frame`.
    #[inline(always)]
    pub fn process_one(&mut self, frame: &mut Frame, implementation: Implementation) {
        debug_assert!(self.channels_agree());
        if self.times.auto_release {
            self.sustain[0].raise(frame, self.frame_shares);
            self.sustain[1] = self.sustain[0];
        }
        match implementation {
            Implementation::Scalar => {
                for x in frame.iter_mut() {
                    *x = narrow(self.step(0, f64::from(*x)));
                }
                self.released[1] = self.released[0];
                self.states[1] = self.states[0];
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.smooth_one(simd, frame));
            }
        }
        self.clear_tiny();
    }

    fn clear_tiny(&mut self) {
        clear_tiny(&mut self.released);
        clear_tiny(&mut self.states);
    }

    /// The smoothed value of a channel after one more sample `x >= 0`, which what lasts has raised.
    fn step(&mut self, channel: usize, x: f64) -> f64 {
        let (attack, release) = (self.attack.c, self.release.c);
        let released = &mut self.released[channel];
        *released = x.max(release * *released + (1.0 - release) * x);
        let held = *released;
        let state = &mut self.states[channel];
        let smoothed = attack * *state + (1.0 - attack) * held;
        *state = match self.attack_stage {
            Attack::Cascade => smoothed,
            Attack::RisingOnly => smoothed.min(held),
        };
        *state
    }

    /// The same for whole frames of both channels, or of one.
    #[inline(always)]
    fn smooth<S: Simd, const Q: usize>(&mut self, simd: S, rows: &mut Rows<S, Q>) {
        scan::rising(simd, rows, &self.release, &mut self.released);
        match self.attack_stage {
            Attack::Cascade => scan::linear(simd, rows, &self.attack, &mut self.states),
            // min(x, ..) is -max(-x, -..).
            Attack::RisingOnly => {
                let mut negative = [-self.states[0], -self.states[1]];
                scan::negate(rows);
                scan::rising(simd, rows, &self.attack, &mut negative);
                scan::negate(rows);
                self.states = [-negative[0], -negative[1]];
            }
        }
    }

    /// [`Decoupled::smooth`] of two channels.
    #[inline(always)]
    fn smooth_two<S: Simd>(&mut self, simd: S, [left, right]: &mut [Frame; MAX_CHANNELS]) {
        let mut rows = scan::load(simd, [left, right]);
        self.smooth(simd, &mut rows);
        scan::store(&rows, [left, right]);
    }

    /// [`Decoupled::smooth`] of one channel.
    #[inline(always)]
    fn smooth_one<S: Simd>(&mut self, simd: S, frame: &mut Frame) {
        let mut rows = scan::load_one(simd, frame);
        self.smooth(simd, &mut rows);
        scan::store_one(&rows, frame);
    }
}

/// Ends what is inaudible.
pub(crate) fn clear_tiny(states: &mut Pair) {
    for state in states {
        if *state < TINY {
            *state = 0.0;
        }
    }
}

/// The release time constant with which a release stage followed by an attack one-pole covers
/// 63.2 % in `release_s` seconds; `None` when even half of it would be shorter than the attack.
///
/// After a step down the cascade follows `(r e^(-t/r) - a e^(-t/a)) / (r - a)`, solved for
/// `1/e` at `t = release_s` by bisection.
fn corrected_release_s(attack_s: f64, release_s: f64) -> Option<f64> {
    if attack_s <= 0.0 {
        return Some(release_s);
    }
    let remaining = |r: f64| {
        (r * (-release_s / r).exp() - attack_s * (-release_s / attack_s).exp()) / (r - attack_s)
    };
    // At r = attack_s the cascade takes 2.146 attacks; below that the release stage would no longer
    // hold the peaks of the programme.
    if release_s < 2.2 * attack_s {
        return None;
    }
    let (mut low, mut high) = (attack_s * 1.000_001, release_s);
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if remaining(middle) > (-1.0_f64).exp() {
            high = middle;
        } else {
            low = middle;
        }
    }
    Some(0.5 * (low + high))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;
    use crate::signals::Noise;
    use crate::simd::instruction_set::InstructionSet;

    const RATE: f64 = 48_000.0;

    /// Samples until the detector has covered 63.2 % of a step from `from` to `to`.
    fn time_of_step(detector: &mut Decoupled, from: f64, to: f64) -> f64 {
        for _ in 0..(RATE as usize * 20) {
            detector.step(0, from);
        }
        let goal = from + (to - from) * (1.0 - (-1.0_f64).exp());
        let mut samples = 0.0;
        loop {
            let y = detector.step(0, to);
            samples += 1.0;
            if (to > from && y >= goal) || (to < from && y <= goal) {
                return samples / RATE;
            }
        }
    }

    #[test]
    fn attack_and_release_are_what_the_knobs_say() {
        for (attack_s, release_s) in [
            (0.01, 0.15),
            (0.001, 0.05),
            (0.05, 0.5),
            (0.1, 0.02),
            (0.2, 2.0),
            (0.0001, 0.005),
            (0.01, 0.021),
        ] {
            let mut detector = Decoupled::new(RATE);
            detector.set_times(Times {
                attack_s,
                release_s,
                auto_release: false,
            });
            let rise = time_of_step(&mut detector, 0.0, 12.0);
            let fall = time_of_step(&mut detector, 12.0, 0.0);
            for (name, got, expected) in [("attack", rise, attack_s), ("release", fall, release_s)]
            {
                // 1 % as the design asks, or the sample grid.
                let tolerance = (0.01 * expected).max(1.0 / RATE);
                assert!(
                    (got - expected).abs() <= tolerance,
                    "{attack_s}/{release_s} {name}: {got} s"
                );
            }
        }
    }

    #[test]
    fn implementations_agree_on_noise_bursts_and_jumps_of_the_times() {
        for set in InstructionSet::available() {
            let mut detectors = [Decoupled::new(RATE), Decoupled::new(RATE)];
            let ways = [Implementation::Scalar, Implementation::Vectorized(set)];
            let mut noise = Noise::new(9);
            for index in 0..2000 {
                let mut frame = [0.0; FRAME];
                for x in &mut frame {
                    let level = 9.0 + 9.0 * noise.white();
                    *x = if index % 60 < 40 { level } else { 0.0 };
                }
                let times = Times {
                    attack_s: [0.01, 0.0001, 0.2, 0.0][index / 100 % 4],
                    release_s: [0.15, 2.0, 0.1, 0.005][index / 100 % 4],
                    auto_release: index / 400 % 2 == 0,
                };
                let got = [0, 1].map(|which| {
                    let mut frames = [frame, frame.map(|x| 0.5 * x)];
                    detectors[which].set_times(times);
                    detectors[which].process(&mut frames, ways[which]);
                    frames
                });
                for (channel, i) in (0..2).flat_map(|c| (0..FRAME).map(move |i| (c, i))) {
                    let (expected, got) = (got[0][channel][i], got[1][channel][i]);
                    // 1e-5 relative, as the design asks, down to a thousandth of a decibel.
                    assert!(
                        (got - expected).abs() <= 1e-5 * expected.abs().max(0.1),
                        "{}, frame {index}, channel {channel}, sample {i}: \
                         got {got}, expected {expected}",
                        set.name()
                    );
                }
            }
        }
    }
}
