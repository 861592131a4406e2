//! The EQ: a convolution whose kernel comes from elsewhere, in either phase, switched and faded
//! without a click.

use super::convolver::Convolver;
use super::delay::Delay;
use super::eq_design::{Curve, EqSizes, Kernel};
use super::instruction_set::Implementation;
use super::options::EqPhase;
use super::smoothing::{Fade, Segment};
use super::{FRAME, Frame, MAX_CHANNELS};

/// Length of the fade between dry and filtered in seconds.
const FADE_S: f64 = 0.021;

/// The EQ of all channels, in either phase.
pub struct FftEq {
    linear: Convolver,
    minimum: Convolver,
    phase: EqPhase,
    kernel: Box<Kernel>,
    next: Option<Box<Kernel>>,
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
        let longest = [EqPhase::Linear, EqPhase::Minimum]
            .map(|phase| EqSizes::new(phase, sample_rate).latency_samples());
        Self {
            linear: Convolver::new(EqPhase::Linear, sample_rate),
            minimum: Convolver::new(EqPhase::Minimum, sample_rate),
            phase: kernel.curve.phase,
            kernel,
            next: None,
            dry: vec![Delay::new(longest[0].max(longest[1])); channels],
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
        self.sizes().latency_samples()
    }

    /// Samples of the FIR behind its group delay.
    pub fn tail_samples(&self) -> usize {
        self.sizes().taps - self.sizes().group_delay
    }

    fn sizes(&self) -> EqSizes {
        match self.phase {
            EqPhase::Linear => self.linear.sizes(),
            EqPhase::Minimum => self.minimum.sizes(),
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.linear.reset();
        self.minimum.reset();
        self.dry.iter_mut().for_each(Delay::reset);
        self.on.reset();
        self.priming = 0;
    }

    /// Whether a crossfade is under way: until it ends no other kernel can be taken.
    pub fn is_fading(&self) -> bool {
        self.next.is_some()
    }

    /// Starts the crossfade to a kernel of the phase in use. Hands the kernel back if it is of the
    /// other phase or a crossfade is under way.
    ///
    /// # Errors
    /// The kernel itself.
    pub fn fade_to(&mut self, kernel: Box<Kernel>) -> Result<(), Box<Kernel>> {
        if self.is_fading() || kernel.curve.phase != self.phase {
            return Err(kernel);
        }
        self.next = Some(kernel);
        Ok(())
    }

    /// Takes a kernel of either phase at once and forgets what was heard. Returns the kernels that
    /// are no longer needed.
    pub fn replace(&mut self, kernel: Box<Kernel>) -> [Option<Box<Kernel>>; 2] {
        self.phase = kernel.curve.phase;
        let old = std::mem::replace(&mut self.kernel, kernel);
        let unfinished = self.next.take();
        self.reset();
        [Some(old), unfinished]
    }

    /// Filters a frame of each channel in place; returns the old kernel when a crossfade has ended.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        on: bool,
        implementation: Implementation,
    ) -> Option<Box<Kernel>> {
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
            return self.finish_fade();
        }
        let convolver = match self.phase {
            EqPhase::Linear => &mut self.linear,
            EqPhase::Minimum => &mut self.minimum,
        };
        let ended = convolver.process(audio, &self.kernel, self.next.as_deref(), implementation);
        if !weight.is(1.0) {
            for (delay, audio) in self.dry.iter().zip(audio) {
                weight.blend(audio, delay.window(latency));
            }
        }
        if ended { self.finish_fade() } else { None }
    }

    /// Weight of the filtered signal over this frame; 0 until a convolver that was off has heard as
    /// much as its kernel is long.
    #[inline(always)]
    fn weight(&mut self, on: bool) -> Segment {
        let started = self.on.is_fresh();
        let silent_before = self.on.is_off() && !started;
        if on && silent_before && self.priming == 0 {
            let sizes = self.sizes();
            self.priming = (sizes.taps + 2 * sizes.partition) / FRAME;
            match self.phase {
                EqPhase::Linear => self.linear.reset(),
                EqPhase::Minimum => self.minimum.reset(),
            }
        }
        if self.priming > 0 {
            self.priming -= 1;
        }
        self.on.next(on && self.priming == 0)
    }

    /// Makes the new kernel the one in use and returns the old one, if a crossfade was under way.
    pub fn finish_fade(&mut self) -> Option<Box<Kernel>> {
        let next = self.next.take()?;
        Some(std::mem::replace(&mut self.kernel, next))
    }
}
