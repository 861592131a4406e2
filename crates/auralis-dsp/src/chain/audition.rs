//! What is heard for a moment while one looks for something: one band of what the monitor plays, or what
//! Tame takes away. No parameter, and never part of a bounce: who makes the settings leaves it off there.
//!
//! The band lies between two fourth-order Linkwitz-Riley slopes, each two Butterworth sections (S. Linkwitz,
//! "Active crossover networks for noncoincident drivers", JAES 24(1) 1976): -6 dB at its edges, so that
//! neighbours add up. State-variable sections as in [`crate::basics::high_pass`], whose corners may move;
//! both engines run the same loop, since it plays only while somebody holds a button.

use std::f64::consts::{PI, SQRT_2};

use crate::basics::delay::Delay;
use crate::basics::smoothing::{Fade, Glide, LinearGain, Segment};
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Length of the fades and time constant of the moves of a band's edges, in seconds.
const FADE_S: f64 = 0.02;
/// Sections of a slope.
const SECTIONS: usize = 2;

/// What is heard instead of the result.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Audition {
    /// Nothing: the result is heard.
    #[default]
    Off,
    /// What lies between two frequencies.
    Band {
        /// Lower edge in Hz.
        low_hz: f32,
        /// Upper edge in Hz.
        high_hz: f32,
    },
    /// What Tame takes away, made louder as the input is by the whole chain.
    TameCut,
}

/// The two integrators of a section.
type State = [f64; 2];

/// The slopes of a channel: `[slope][section]`, the lower one first.
type Slopes = [[State; SECTIONS]; 2];

/// Plays what is auditioned.
#[derive(Debug, Clone)]
pub struct Auditioner {
    sample_rate: f64,
    band: Fade,
    edges_hz: [Glide; 2],
    slopes: [Slopes; MAX_CHANNELS],
    cut: Fade,
    /// The audio before Tame.
    before: [Frame; MAX_CHANNELS],
    /// What Tame took away, for as long as the stages after it take.
    removed: Vec<Delay>,
    gain_db: Glide,
    gain: LinearGain,
}

impl Auditioner {
    /// For `channels` at a sample rate in Hz, with at most `latency_samples` behind Tame.
    pub fn new(sample_rate: f64, channels: usize, latency_samples: usize) -> Self {
        let glide = || Glide::new(FADE_S, sample_rate);
        Self {
            sample_rate,
            band: Fade::new(FADE_S, sample_rate),
            edges_hz: [glide(), glide()],
            slopes: [[[[0.0; 2]; SECTIONS]; 2]; MAX_CHANNELS],
            cut: Fade::new(FADE_S, sample_rate),
            before: [[0.0; FRAME]; MAX_CHANNELS],
            removed: vec![Delay::new(latency_samples); channels],
            gain_db: glide(),
            gain: LinearGain::new(),
        }
    }

    /// Forgets what was heard; what is asked for next holds at once.
    pub fn reset(&mut self) {
        self.band.reset();
        self.cut.reset();
        self.rest_band();
        self.rest_cut();
    }

    fn rest_band(&mut self) {
        self.edges_hz.iter_mut().for_each(Glide::reset);
        self.slopes = [[[[0.0; 2]; SECTIONS]; 2]; MAX_CHANNELS];
    }

    fn rest_cut(&mut self) {
        self.gain_db.reset();
        self.removed.iter_mut().for_each(Delay::reset);
    }

    /// The frames that Tame is about to take.
    #[inline(always)]
    pub fn before_tame(&mut self, audio: &[Frame], audition: Audition) {
        if audition == Audition::TameCut || !self.cut.is_off() {
            self.before[..audio.len()].copy_from_slice(audio);
        }
    }

    /// The frames that Tame has left.
    #[inline(always)]
    pub fn after_tame(&mut self, audio: &[Frame], audition: Audition) {
        if audition != Audition::TameCut && self.cut.is_off() {
            return;
        }
        for ((removed, before), after) in self.removed.iter_mut().zip(&self.before).zip(audio) {
            removed.write(&std::array::from_fn(|i| before[i] - after[i]));
        }
    }

    /// Puts what is auditioned in place of what would be heard, which is `latency_samples` later than what left
    /// Tame; `gain_db` brings the input to the output's loudness. False when nothing is auditioned.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        audition: Audition,
        latency_samples: usize,
        gain_db: f32,
    ) -> bool {
        let band = self.band.next(matches!(audition, Audition::Band { .. }));
        let cut = self.cut.next(audition == Audition::TameCut);
        if band.is(0.0) && cut.is(0.0) {
            return false;
        }
        if !cut.is(0.0) {
            self.play_cut(audio, cut, latency_samples, gain_db);
        }
        if !band.is(0.0) {
            self.play_band(audio, band, audition);
        }
        true
    }

    fn play_cut(&mut self, audio: &mut [Frame], cut: Segment, latency: usize, gain_db: f32) {
        let gain_db = self.gain_db.next(gain_db);
        let gain = self.gain.of(gain_db);
        for (audio, removed) in audio.iter_mut().zip(&self.removed) {
            let result = *audio;
            removed.read(latency, audio);
            gain.apply(audio);
            cut.blend(audio, &result);
        }
        if self.cut.is_off() {
            self.rest_cut();
        }
    }

    fn play_band(&mut self, audio: &mut [Frame], band: Segment, audition: Audition) {
        // On its way to off it stays where it was.
        let wanted_hz = match audition {
            Audition::Band { low_hz, high_hz } => [low_hz, high_hz],
            _ => self.edges_hz.each_ref().map(Glide::value),
        };
        let mut gains = [[0.0; 2]; 2];
        for ((glide, hz), gains) in self.edges_hz.iter_mut().zip(wanted_hz).zip(&mut gains) {
            let hz = glide.next(hz);
            *gains = [hz.from, hz.to].map(|hz| warped(hz, self.sample_rate));
        }
        for (audio, slopes) in audio.iter_mut().zip(&mut self.slopes) {
            let result = *audio;
            filter(audio, slopes, gains);
            band.blend(audio, &result);
        }
        if self.band.is_off() {
            self.rest_band();
        }
    }
}

/// A frame between both slopes, whose integrators' gains move linearly between their ends.
#[allow(clippy::cast_possible_truncation)] // back to the frame's own precision
fn filter(audio: &mut Frame, [low, high]: &mut Slopes, gains: [[f64; 2]; 2]) {
    let moves = gains.map(|[from, to]| (to - from) / FRAME as f64);
    let [mut low_g, mut high_g] = gains.map(|[from, _]| from);
    for sample in audio {
        (low_g, high_g) = (low_g + moves[0], high_g + moves[1]);
        let mut x = f64::from(*sample);
        for state in low.iter_mut() {
            x = section(x, state, low_g)[1];
        }
        for state in high.iter_mut() {
            x = section(x, state, high_g)[0];
        }
        *sample = x as f32;
    }
    for state in low.iter_mut().chain(high).flatten() {
        // 300 dB down: cleared before it becomes subnormal.
        if state.abs() < 1e-15 {
            *state = 0.0;
        }
    }
}

/// One sample of a Butterworth section: the low-pass and the high-pass output.
fn section(x: f64, [s1, s2]: &mut State, g: f64) -> [f64; 2] {
    let high = (x - (SQRT_2 + g) * *s1 - *s2) / (1.0 + g * (SQRT_2 + g));
    let band = g * high + *s1;
    let low = g * band + *s2;
    (*s1, *s2) = (band + g * high, low + g * band);
    [low, high]
}

/// The integrators' gain for a corner: the bilinear transform meets it exactly.
fn warped(corner_hz: f32, sample_rate: f64) -> f64 {
    let share = (f64::from(corner_hz) / sample_rate).clamp(0.0, 0.49);
    (PI * share).tan()
}
