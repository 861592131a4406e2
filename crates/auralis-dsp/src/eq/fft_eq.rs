//! The EQ: a convolution whose kernel comes from elsewhere, in any phase, faded without a click.
//!
//! The life of a kernel is all here. One waits at most, the newest: it is crossfaded to when no other
//! crossfade is under way or, if it is of another phase, taken by [`FftEq::take_pending`] in a
//! silence that the chain makes for it. What is no longer needed is [handed back](FftEq::take_retired)
//! to be freed elsewhere; nothing here frees.

use crate::basics::delay::Delay;
use crate::basics::smoothing::{Fade, Segment};
use crate::eq::convolver::Convolver;
use crate::eq::design::{Curve, EqSizes, Kernel};
use crate::eq::retired::Retired;
use crate::options::EqPhase;
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Length of the fade between dry and filtered in seconds.
const FADE_S: f64 = 0.021;

/// The EQ of all channels, in any phase.
pub struct FftEq {
    sample_rate: f64,
    /// For linear and mixed phase, whose kernels are cut alike.
    long: Convolver,
    /// For minimum phase.
    short: Convolver,
    phase: EqPhase,
    /// Of the phase in use.
    sizes: EqSizes,
    /// In use.
    kernel: Box<Kernel>,
    /// Of the same phase, being crossfaded to.
    next: Option<Box<Kernel>>,
    /// The newest one that has to wait.
    pending: Option<Box<Kernel>>,
    retired: Retired,
    dry: Vec<Delay>,
    on: Fade,
    /// Frames until the convolver has heard enough to be faded in.
    priming: usize,
}

impl std::fmt::Debug for FftEq {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FftEq")
            .field("phase", &self.phase)
            .finish_non_exhaustive()
    }
}

impl FftEq {
    /// An EQ for 1 or 2 channels that starts with `kernel`, made for the same sample rate.
    pub fn new(sample_rate: f64, channels: usize, kernel: Box<Kernel>) -> Self {
        let channels = channels.min(MAX_CHANNELS);
        let longest = EqSizes::longest_latency_samples(sample_rate);
        let sizes = |phase| EqSizes::new(phase, sample_rate);
        let phase = kernel.curve.phase;
        Self {
            sample_rate,
            long: Convolver::new(sizes(EqPhase::Linear), sample_rate),
            short: Convolver::new(sizes(EqPhase::Minimum), sample_rate),
            phase,
            sizes: sizes(phase),
            kernel,
            next: None,
            pending: None,
            retired: Retired::default(),
            dry: vec![Delay::new(longest); channels],
            on: Fade::new(FADE_S, sample_rate),
            priming: 0,
        }
    }

    /// The phase in use.
    pub fn phase(&self) -> EqPhase {
        self.phase
    }

    /// The curve of the kernel in use.
    pub fn curve(&self) -> Curve {
        self.kernel.curve
    }

    /// Latency in samples in the phase in use.
    pub fn latency_samples(&self) -> usize {
        self.sizes.latency_samples()
    }

    /// Samples of the FIR behind its group delay.
    pub fn tail_samples(&self) -> usize {
        self.sizes.taps - self.sizes.group_delay
    }

    /// Forgets what was heard; the newest kernel is the one in use.
    pub fn reset(&mut self) {
        self.finish_crossfade();
        self.take_pending();
        self.forget();
    }

    fn forget(&mut self) {
        self.long.reset();
        self.short.reset();
        self.dry.iter_mut().for_each(Delay::reset);
        self.on.reset();
        self.priming = 0;
    }

    /// Takes a kernel as soon as it can be: in place of one that still waits, whatever its phase.
    pub fn load(&mut self, kernel: Box<Kernel>) {
        let overtaken = self.pending.replace(kernel);
        self.retired.push(overtaken);
    }

    /// Whether a kernel of another phase waits, which changes the latency.
    pub fn wants_other_phase(&self) -> bool {
        let pending = self.pending.as_ref();
        pending.is_some_and(|kernel| kernel.curve.phase != self.phase)
    }

    /// Takes the kernel that waits at once, and forgets what was heard.
    pub fn take_pending(&mut self) {
        if let Some(kernel) = self.pending.take() {
            self.replace(kernel);
        }
    }

    /// Takes a kernel of any phase at once, in place of all others, and forgets what was heard.
    pub fn replace(&mut self, kernel: Box<Kernel>) {
        self.phase = kernel.curve.phase;
        self.sizes = EqSizes::new(self.phase, self.sample_rate);
        let old = std::mem::replace(&mut self.kernel, kernel);
        for kernel in [Some(old), self.next.take(), self.pending.take()] {
            self.retired.push(kernel);
        }
        self.forget();
    }

    /// A kernel that is no longer needed, to be freed elsewhere; call it until it gives `None`.
    pub fn take_retired(&mut self) -> Option<Box<Kernel>> {
        self.retired.pop()
    }

    /// Starts the crossfade to the kernel that waits, if it can be.
    fn start_crossfade(&mut self) {
        if self.next.is_none() && !self.wants_other_phase() {
            self.next = self.pending.take();
        }
    }

    /// Filters a frame of each channel in place.
    #[inline(always)]
    pub fn process(&mut self, audio: &mut [Frame], on: bool, implementation: Implementation) {
        self.start_crossfade();
        let latency = self.latency_samples();
        for (delay, audio) in self.dry.iter_mut().zip(audio.iter()) {
            delay.write(audio);
        }
        let weight = self.weight(on);
        if weight.is(0.0) && !on {
            self.priming = 0;
            for (delay, audio) in self.dry.iter().zip(audio) {
                delay.read(latency, audio);
            }
            return self.finish_crossfade();
        }
        let convolver = match self.phase {
            EqPhase::Linear | EqPhase::Mixed => &mut self.long,
            EqPhase::Minimum => &mut self.short,
        };
        let ended = convolver.process(audio, &self.kernel, self.next.as_deref(), implementation);
        if !weight.is(1.0) {
            for (delay, audio) in self.dry.iter().zip(audio) {
                weight.blend(audio, delay.window(latency));
            }
        }
        if ended {
            self.finish_crossfade();
        }
    }

    /// Weight of the filtered signal over this frame; 0 until a convolver that was off has heard as
    /// much as its kernel is long.
    #[inline(always)]
    fn weight(&mut self, on: bool) -> Segment {
        let started = self.on.is_fresh();
        let silent_before = self.on.is_off() && !started;
        if on && silent_before && self.priming == 0 {
            self.priming = (self.sizes.taps + 2 * self.sizes.partition) / FRAME;
            match self.phase {
                EqPhase::Linear | EqPhase::Mixed => self.long.reset(),
                EqPhase::Minimum => self.short.reset(),
            }
        }
        if self.priming > 0 {
            self.priming -= 1;
        }
        self.on.next(on && self.priming == 0)
    }

    /// Makes the new kernel the one in use, if a crossfade is under way.
    fn finish_crossfade(&mut self) {
        if let Some(next) = self.next.take() {
            let old = std::mem::replace(&mut self.kernel, next);
            self.retired.push(Some(old));
        }
    }
}
