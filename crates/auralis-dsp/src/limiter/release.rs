//! The release: fixed, or chosen by the programme.
//!
//! Programme-dependent, it has two stages. The fast one lets go of what stands out in a small part of the
//! release time: a gain that is back before anybody hears it was gone costs least, in loudness and in
//! audible noise. It lets go no further than to the slow one, which holds what bass needs: the depth that
//! the bass alone, or the programme where it needs less, has asked for during the last half wave of a
//! low note. A gain that came back between the crests of a bass would distort it; there it stands still.
//!
//! The fast stage is `f = max(x, s + a (f - s))` over the slow one's `s` (two-stage releases are practice; of the
//! aim see Giannoulis, Massberg, Reiss, "Parameter Automation in a Dynamic Range Compressor", JAES 61(10)
//! 2013). Constants by noise-to-mask ratio, Zimtohrli and loudness of eight pieces, checked on seven others.

use fearless_simd::{Simd, dispatch};

use crate::basics::log_exp::{larger, smaller};
use crate::basics::smoothing::coefficient;
use crate::simd::instruction_set::Implementation;
use crate::simd::scan;
use crate::simd::scan::{OnePole, Pair, narrow};
use crate::{FRAME, Frame};

/// Release of what stands out, over the release time.
const FAST_SHARE: f64 = 0.01;
/// Time constant in which the slow stage takes over what bass needs: a drum is over before.
const SUSTAIN_ATTACK_S: f64 = 0.03;
/// How long bass is waited for: half a wave of 40 Hz, less the look-ahead.
const SUSTAIN_HOLD_S: f64 = 0.012;
/// Depths below this (120 dB under unity gain) are none.
const TINY_DEPTH: f64 = 1e-6;

/// What a frame asks of the release.
#[derive(Debug, Clone, Copy)]
pub struct Needed {
    /// The deepest that its peaks need.
    pub depth: f32,
    /// The depth that the bass alone would need.
    pub bass: f32,
}

/// The slow stage, a step a frame.
#[derive(Debug, Clone)]
struct Sustain {
    /// What the last frames needed.
    ring: Box<[Needed]>,
    at: usize,
    /// Frames until nothing in the ring has needed anything.
    left: usize,
    /// Shares of the way to a deeper or a lesser depth in a frame.
    attack: f64,
    release: f64,
    depth: f64,
}

impl Sustain {
    fn new(sample_rate: f64) -> Self {
        #[allow(clippy::cast_precision_loss)] // 64
        let frames_per_second = sample_rate / FRAME as f64;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // up to 144
        let frames = (SUSTAIN_HOLD_S * frames_per_second).ceil() as usize + 1;
        Self {
            ring: vec![Needed::NOTHING; frames].into_boxed_slice(),
            at: 0,
            left: 0,
            attack: 1.0 - coefficient(SUSTAIN_ATTACK_S, frames_per_second),
            release: 0.0,
            depth: 0.0,
        }
    }

    fn reset(&mut self) {
        self.ring.fill(Needed::NOTHING);
        (self.at, self.left, self.depth) = (0, 0, 0.0);
    }

    fn copy_from(&mut self, other: &Self) {
        self.ring.copy_from_slice(&other.ring);
        (self.at, self.left) = (other.at, other.left);
        (self.release, self.depth) = (other.release, other.depth);
    }

    #[inline(always)]
    fn step(&mut self, needed: Needed) {
        self.ring[self.at] = needed;
        self.at += 1;
        if self.at == self.ring.len() {
            self.at = 0;
        }
        self.left = if needed.depth > 0.0 {
            self.ring.len()
        } else {
            self.left.saturating_sub(1)
        };
        let held = if self.left > 0 { self.held() } else { 0.0 };
        let share = if held > self.depth {
            self.attack
        } else {
            self.release
        };
        self.depth += share * (held - self.depth);
        if self.depth < TINY_DEPTH {
            self.depth = 0.0;
        }
    }

    fn held(&self) -> f64 {
        let most = self.ring.iter().fold(Needed::NOTHING, |most, x| Needed {
            depth: larger(most.depth, x.depth),
            bass: larger(most.bass, x.bass),
        });
        f64::from(smaller(most.depth, most.bass))
    }
}

impl Needed {
    /// Of silence.
    pub const NOTHING: Self = Self {
        depth: 0.0,
        bass: 0.0,
    };
}

/// The release of one gain.
#[derive(Debug, Clone)]
pub struct Release {
    sample_rate: f64,
    release_ms: f32,
    fixed: OnePole,
    fast: OnePole,
    sustain: Sustain,
    /// The output, twice: one gain has one state.
    released: Pair,
}

impl Release {
    /// A release at rest.
    pub fn new(sample_rate: f64) -> Self {
        Self {
            sample_rate,
            release_ms: -1.0,
            fixed: OnePole::new(0.0),
            fast: OnePole::new(0.0),
            sustain: Sustain::new(sample_rate),
            released: [0.0; 2],
        }
    }

    /// Forgets what was held.
    pub fn reset(&mut self) {
        self.released = [0.0; 2];
        self.sustain.reset();
    }

    /// Takes over the state of another.
    pub fn copy_from(&mut self, other: &Self) {
        self.release_ms = other.release_ms;
        (self.fixed, self.fast) = (other.fixed, other.fast);
        self.sustain.copy_from(&other.sustain);
        self.released = other.released;
    }

    /// Whether nothing is left to let go of.
    #[inline(always)]
    pub fn is_zero(&self) -> bool {
        self.released[0] == 0.0 && self.sustain.depth == 0.0
    }

    /// How far another's depth is from this one's.
    pub fn difference(&self, other: &Self) -> f64 {
        let released = (self.released[0] - other.released[0]).abs();
        released.max((self.sustain.depth - other.sustain.depth).abs())
    }

    /// Takes the release time in ms.
    #[inline(always)]
    pub fn set(&mut self, release_ms: f32) {
        if release_ms != self.release_ms {
            self.release_ms = release_ms;
            let release_s = f64::from(release_ms) * 1e-3;
            let pole = |seconds| OnePole::new(coefficient(seconds, self.sample_rate));
            self.fixed = pole(release_s);
            self.fast = pole(FAST_SHARE * release_s);
            #[allow(clippy::cast_precision_loss)] // 64
            let frames_per_second = self.sample_rate / FRAME as f64;
            self.sustain.release = 1.0 - coefficient(release_s, frames_per_second);
        }
    }

    /// Hears what the frame needs before [`Release::process`], in every frame while the release is chosen by the
    /// programme; `None` while it is not.
    #[inline(always)]
    pub fn hear(&mut self, needed: Option<Needed>) {
        match needed {
            Some(needed) => self.sustain.step(needed),
            None if self.sustain.left > 0 || self.sustain.depth > 0.0 => self.sustain.reset(),
            None => {}
        }
    }

    /// Releases a frame of held depths, by the programme or at the fixed time.
    #[inline(always)]
    pub fn process(&mut self, depth: &mut Frame, is_auto: bool, implementation: Implementation) {
        match implementation {
            Implementation::Scalar => {
                for x in depth.iter_mut() {
                    *x = narrow(self.step(f64::from(*x), is_auto));
                }
                self.released[1] = self.released[0];
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.process_fast(simd, depth, is_auto));
            }
        }
        for state in &mut self.released {
            if *state < TINY_DEPTH {
                *state = 0.0;
            }
        }
    }

    fn step(&mut self, held: f64, is_auto: bool) -> f64 {
        let (c, rest) = if is_auto {
            (self.fast.c, self.sustain.depth)
        } else {
            (self.fixed.c, held)
        };
        let released = &mut self.released[0];
        *released = held.max(c * *released + (1.0 - c) * rest);
        *released
    }

    #[inline(always)]
    fn process_fast<S: Simd>(&mut self, simd: S, depth: &mut Frame, is_auto: bool) {
        let mut rows = scan::load_one(simd, depth);
        if is_auto {
            let rest = narrow(self.sustain.depth);
            scan::rising_over(simd, &mut rows, &self.fast, rest, &mut self.released);
        } else {
            scan::rising(simd, &mut rows, &self.fixed, &mut self.released);
        }
        scan::store_one(&rows, depth);
    }
}
