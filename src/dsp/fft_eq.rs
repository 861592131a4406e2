//! The EQ: uniformly partitioned overlap-save convolution with a kernel from elsewhere.
//!
//! A. Torger, A. Farina, "Real-time partitioned convolution for Ambiophonics surround sound",
//! WASPAA 2001. Blocks of one partition are gathered from frames, transformed once, and multiplied
//! with the kernel's partition spectra in a frequency-domain delay line. A new kernel is faded in
//! over `FADE_S` by convolving with both.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use super::delay::Delay;
use super::eq_design::{Curve, EqSizes, Kernel};
use super::options::EqPhase;
use super::smoothing::Fade;
use super::{FRAME, Frame, MAX_CHANNELS};

/// Length of the crossfade between kernels in seconds, rounded to whole partitions.
const FADE_S: f64 = 0.021;

/// Convolution of one channel.
struct Channel {
    /// The block before, then the block being gathered.
    input: Box<[f32]>,
    /// Finished output of the last block.
    output: Box<[f32]>,
    /// Spectra of the last blocks, a ring of `[slot * bins + bin]`.
    spectra: Box<[Complex<f32>]>,
}

/// Scratch that all channels share.
struct Scratch {
    time: Box<[f32]>,
    faded: Box<[f32]>,
    spectrum: Box<[Complex<f32>]>,
    fft: Box<[Complex<f32>]>,
}

/// Partitioned convolution for one phase, all channels.
struct Convolver {
    sizes: EqSizes,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    channels: Vec<Channel>,
    scratch: Scratch,
    /// Slot of the newest spectrum.
    newest: usize,
    /// Samples gathered of the block at hand.
    gathered: usize,
    fade_blocks: usize,
    /// Blocks of the crossfade that are done.
    faded_blocks: usize,
}

impl Convolver {
    fn new(phase: EqPhase, sample_rate: f64, channels: usize) -> Self {
        let sizes = EqSizes::new(phase, sample_rate);
        let mut planner = RealFftPlanner::<f32>::new();
        let forward = planner.plan_fft_forward(2 * sizes.partition);
        let inverse = planner.plan_fft_inverse(2 * sizes.partition);
        let bins = sizes.partition + 1;
        let fft_len = forward.get_scratch_len().max(inverse.get_scratch_len());
        let zeros = |len: usize| vec![0.0; len].into_boxed_slice();
        let complex = |len: usize| vec![Complex::default(); len].into_boxed_slice();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        // a few blocks
        let fade_blocks = (FADE_S * sample_rate / sizes.partition as f64)
            .round()
            .max(1.0) as usize;
        Self {
            sizes,
            channels: (0..channels)
                .map(|_| Channel {
                    input: zeros(2 * sizes.partition),
                    output: zeros(sizes.partition),
                    spectra: complex(sizes.partitions() * bins),
                })
                .collect(),
            scratch: Scratch {
                time: zeros(2 * sizes.partition),
                faded: zeros(2 * sizes.partition),
                spectrum: complex(bins),
                fft: complex(fft_len),
            },
            newest: 0,
            gathered: 0,
            fade_blocks,
            faded_blocks: 0,
            forward,
            inverse,
        }
    }

    fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.input.fill(0.0);
            channel.output.fill(0.0);
            channel.spectra.fill(Complex::default());
        }
        self.newest = 0;
        self.gathered = 0;
        self.faded_blocks = 0;
    }

    /// Convolves a frame in place; true when the crossfade to `next` has just ended.
    fn process(&mut self, audio: &mut [Frame], kernel: &Kernel, next: Option<&Kernel>) -> bool {
        let (at, block) = (self.gathered, self.sizes.partition);
        for (channel, audio) in self.channels.iter_mut().zip(audio.iter()) {
            channel.input[block + at..block + at + FRAME].copy_from_slice(audio);
        }
        self.gathered += FRAME;
        let full = self.gathered == block;
        let ended = full && self.convolve(kernel, next);
        // The block that was finished with this frame is played from its own first frame on.
        let play = self.gathered % block;
        for (channel, audio) in self.channels.iter().zip(audio) {
            audio.copy_from_slice(&channel.output[play..play + FRAME]);
        }
        self.gathered = play;
        ended
    }

    /// Convolves the gathered block; true when the crossfade has ended with it.
    fn convolve(&mut self, kernel: &Kernel, next: Option<&Kernel>) -> bool {
        let block = self.sizes.partition;
        let slots = self.sizes.partitions();
        self.newest = (self.newest + slots - 1) % slots;
        for index in 0..self.channels.len() {
            self.transform(index);
            self.multiply(index, kernel);
            self.channels[index]
                .output
                .copy_from_slice(&self.scratch.time[block..]);
            if let Some(next) = next {
                std::mem::swap(&mut self.scratch.time, &mut self.scratch.faded);
                self.multiply(index, next);
                self.crossfade(index);
            }
            let input = &mut self.channels[index].input;
            input.copy_within(block.., 0);
        }
        if next.is_some() {
            self.faded_blocks += 1;
        }
        let ended = next.is_some() && self.faded_blocks >= self.fade_blocks;
        if ended || next.is_none() {
            self.faded_blocks = 0;
        }
        ended
    }

    /// Transforms the last two blocks of a channel into the newest slot.
    fn transform(&mut self, index: usize) {
        let bins = self.sizes.partition + 1;
        let channel = &mut self.channels[index];
        let slot = &mut channel.spectra[self.newest * bins..(self.newest + 1) * bins];
        self.scratch.time.copy_from_slice(&channel.input);
        let result =
            self.forward
                .process_with_scratch(&mut self.scratch.time, slot, &mut self.scratch.fft);
        debug_assert!(result.is_ok(), "{result:?}");
    }

    /// Leaves in `scratch.time` the cyclic convolution with a kernel; its second half is valid.
    fn multiply(&mut self, index: usize, kernel: &Kernel) {
        let bins = self.sizes.partition + 1;
        let slots = self.sizes.partitions();
        let sum = &mut self.scratch.spectrum;
        sum.fill(Complex::default());
        for part in 0..slots {
            let slot = (self.newest + part) % slots;
            let heard = &self.channels[index].spectra[slot * bins..(slot + 1) * bins];
            let filter = &kernel.spectra[part * bins..(part + 1) * bins];
            for ((sum, x), h) in sum.iter_mut().zip(heard).zip(filter) {
                *sum += x * h;
            }
        }
        // Rounding may leave imaginary parts where a real signal has none.
        sum[0].im = 0.0;
        sum[bins - 1].im = 0.0;
        let result =
            self.inverse
                .process_with_scratch(sum, &mut self.scratch.time, &mut self.scratch.fft);
        debug_assert!(result.is_ok(), "{result:?}");
    }

    /// Fades a channel's output from the old kernel's towards the new one's in `scratch.time`.
    #[allow(clippy::cast_precision_loss)] // a few thousand samples
    fn crossfade(&mut self, index: usize) {
        let block = self.sizes.partition;
        let step = 1.0 / (self.fade_blocks * block) as f32;
        let start = self.faded_blocks * block;
        let new = &self.scratch.time[block..];
        for (i, (out, new)) in self.channels[index].output.iter_mut().zip(new).enumerate() {
            *out += (start + i + 1) as f32 * step * (new - *out);
        }
    }
}

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
            linear: Convolver::new(EqPhase::Linear, sample_rate, channels),
            minimum: Convolver::new(EqPhase::Minimum, sample_rate, channels),
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
            EqPhase::Linear => self.linear.sizes,
            EqPhase::Minimum => self.minimum.sizes,
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
    pub fn process(&mut self, audio: &mut [Frame], on: bool) -> Option<Box<Kernel>> {
        let latency = self.latency_samples();
        let mut dry = [[0.0; FRAME]; MAX_CHANNELS];
        for ((delay, audio), dry) in self.dry.iter_mut().zip(audio.iter()).zip(&mut dry) {
            delay.write(audio);
            delay.read(latency, dry);
        }
        let weight = self.weight(on);
        if weight.is(0.0) && !on {
            self.priming = 0;
            for (audio, dry) in audio.iter_mut().zip(&dry) {
                *audio = *dry;
            }
            return self.finish_fade();
        }
        let convolver = match self.phase {
            EqPhase::Linear => &mut self.linear,
            EqPhase::Minimum => &mut self.minimum,
        };
        let ended = convolver.process(audio, &self.kernel, self.next.as_deref());
        for (audio, dry) in audio.iter_mut().zip(&dry) {
            weight.blend(audio, dry);
        }
        if ended { self.finish_fade() } else { None }
    }

    /// Weight of the filtered signal over this frame; 0 until a convolver that was off has heard as
    /// much as its kernel is long.
    fn weight(&mut self, on: bool) -> super::smoothing::Segment {
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

    /// Makes the new kernel the one in use.
    fn finish_fade(&mut self) -> Option<Box<Kernel>> {
        let next = self.next.take()?;
        Some(std::mem::replace(&mut self.kernel, next))
    }
}
