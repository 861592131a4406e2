//! Uniformly partitioned overlap-save convolution.
//!
//! A. Torger, A. Farina, "Real-time partitioned convolution for Ambiophonics surround sound",
//! WASPAA 2001. Blocks of one partition are gathered from frames, transformed once, and multiplied
//! with the kernel's partition spectra in a frequency-domain delay line. A new kernel is faded in
//! over `FADE_S` by convolving with both.
//!
//! The reference does so channel by channel with real transforms, all of it when a block is full.
//! Vectorised, both channels share one complex transform (left as its real, right as its imaginary
//! part), and the older partitions are multiplied frame by frame while the block is gathered, so
//! that the frame that fills it pays for little more than the transforms. Both work on the same
//! state and agree within 1e-6 of the largest sample.

use std::sync::Arc;

use fearless_simd::{Simd, dispatch};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

use super::buffer::{Buffer, zeros};
use super::eq_design::{EqSizes, Kernel};
use super::instruction_set::Implementation;
use super::options::EqPhase;
use super::spectra::{self, Spectra};
use super::{FRAME, Frame};

/// Length of the crossfade between kernels in seconds, rounded to whole partitions.
const FADE_S: f64 = 0.021;

/// One channel in the time domain.
struct Channel {
    /// The block before, then the block being gathered.
    input: Buffer<f32>,
    /// Finished output of the last block.
    output: Buffer<f32>,
}

/// What only the reference needs.
struct RealTransforms {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    time: Box<[f32]>,
    spectrum: Box<[Complex<f32>]>,
    scratch: Box<[Complex<f32>]>,
}

/// What only the vectorised way needs.
struct SharedTransforms {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// Both channels, in time or frequency.
    buffer: Buffer<Complex<f32>>,
    scratch: Buffer<Complex<f32>>,
}

/// Partitioned convolution for one phase, all channels.
pub struct Convolver {
    sizes: EqSizes,
    real: RealTransforms,
    shared: SharedTransforms,
    channels: Vec<Channel>,
    /// Spectra of the last blocks of each channel, a ring of slots.
    heard: Vec<Spectra>,
    /// Of each channel, the sum of products for the block being gathered; then the same with the
    /// kernel that is faded in.
    sums: Vec<Spectra>,
    next_sums: Vec<Spectra>,
    /// Slot of the newest spectrum.
    newest: usize,
    /// Partitions whose products are in the sums; they start at 1, since partition 0 needs the block
    /// itself.
    summed: usize,
    /// Samples gathered of the block at hand.
    gathered: usize,
    /// Whether this block is part of a crossfade.
    is_fading: bool,
    fade_blocks: usize,
    /// Blocks of the crossfade that are done.
    faded_blocks: usize,
}

impl Convolver {
    /// A convolver that has heard silence.
    pub fn new(phase: EqPhase, sample_rate: f64, channels: usize) -> Self {
        let sizes = EqSizes::new(phase, sample_rate);
        let block = sizes.partition;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        // a few blocks
        let fade_blocks = (FADE_S * sample_rate / block as f64).round().max(1.0) as usize;
        let channel = |_| Channel {
            input: zeros(2 * block),
            output: zeros(block),
        };
        Self {
            sizes,
            real: RealTransforms::new(2 * block),
            shared: SharedTransforms::new(2 * block),
            channels: (0..channels).map(channel).collect(),
            heard: vec![Spectra::new(block, sizes.partitions()); channels],
            sums: vec![Spectra::new(block, 1); channels],
            next_sums: vec![Spectra::new(block, 1); channels],
            newest: 0,
            summed: 1,
            gathered: 0,
            is_fading: false,
            fade_blocks,
            faded_blocks: 0,
        }
    }

    /// Lengths in samples.
    pub fn sizes(&self) -> EqSizes {
        self.sizes
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        for channel in &mut self.channels {
            channel.input.fill(0.0);
            channel.output.fill(0.0);
        }
        let sums = self.sums.iter_mut().chain(&mut self.next_sums);
        self.heard.iter_mut().chain(sums).for_each(Spectra::clear);
        self.newest = 0;
        self.summed = 1;
        self.gathered = 0;
        self.is_fading = false;
        self.faded_blocks = 0;
    }

    /// Convolves a frame in place; true when the crossfade to `next` has just ended.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &mut [Frame],
        kernel: &Kernel,
        next: Option<&Kernel>,
        implementation: Implementation,
    ) -> bool {
        let (at, block) = (self.gathered, self.sizes.partition);
        for (channel, audio) in self.channels.iter_mut().zip(audio.iter()) {
            channel.input[block + at..block + at + FRAME].copy_from_slice(audio);
        }
        if at == 0 {
            self.is_fading = next.is_some();
        }
        let next = next.filter(|_| self.is_fading);
        self.gathered += FRAME;
        let is_full = self.gathered == block;
        match implementation {
            Implementation::Reference if is_full => self.convolve(kernel, next),
            Implementation::Reference => {}
            Implementation::Vectorized(set) => {
                let level = set.level();
                dispatch!(level, simd => self.sum_share(simd, kernel, next));
                if is_full {
                    dispatch!(level, simd => self.finish(simd, kernel, next));
                }
            }
        }
        // The block that was finished with this frame is played from its own first frame on.
        let play = self.gathered % block;
        for (channel, audio) in self.channels.iter().zip(audio) {
            audio.copy_from_slice(&channel.output[play..play + FRAME]);
        }
        self.gathered = play;
        is_full && self.end_block(next.is_some())
    }

    /// Prepares for the next block; true when a crossfade has ended with this one.
    #[inline(always)]
    fn end_block(&mut self, is_fading: bool) -> bool {
        let block = self.sizes.partition;
        for channel in &mut self.channels {
            channel.input.copy_within(block.., 0);
        }
        self.summed = 1;
        self.newest = self.upcoming();
        self.faded_blocks = if is_fading { self.faded_blocks + 1 } else { 0 };
        let is_ended = self.faded_blocks >= self.fade_blocks;
        if is_ended {
            self.faded_blocks = 0;
        }
        is_ended
    }

    /// The slot of the block being gathered.
    #[inline(always)]
    fn upcoming(&self) -> usize {
        let slots = self.sizes.partitions();
        (self.newest + slots - 1) % slots
    }

    /// The reference: convolves the gathered block of each channel.
    fn convolve(&mut self, kernel: &Kernel, next: Option<&Kernel>) {
        let (block, upcoming) = (self.sizes.partition, self.upcoming());
        for (channel, heard) in self.channels.iter_mut().zip(&mut self.heard) {
            self.real.forward(&channel.input, heard, upcoming);
            let wet = self.real.multiply(heard, upcoming, &kernel.spectra);
            channel.output.copy_from_slice(&wet[block..]);
            if let Some(next) = next {
                let wet = self.real.multiply(heard, upcoming, &next.spectra);
                let (step, start) = crossfade(block, self.fade_blocks, self.faded_blocks);
                for (i, (out, new)) in channel.output.iter_mut().zip(&wet[block..]).enumerate() {
                    *out += (start + as_f32(i)) * step * (new - *out);
                }
            }
        }
    }

    /// Multiplies this frame's share of the older partitions.
    #[inline(always)]
    fn sum_share<S: Simd>(&mut self, simd: S, kernel: &Kernel, next: Option<&Kernel>) {
        let slots = self.sizes.partitions();
        let end = 1 + ((slots - 1) * self.gathered).div_ceil(self.sizes.partition);
        let parts = self.summed..end.max(self.summed);
        let (upcoming, heard) = (self.upcoming(), &self.heard);
        let kernels = [(Some(kernel), &mut self.sums), (next, &mut self.next_sums)];
        for (kernel, sums) in kernels {
            if let Some(kernel) = kernel {
                let kernel = &kernel.spectra;
                spectra::add_products(simd, sums, heard, kernel, upcoming, parts.clone());
            }
        }
        self.summed = parts.end;
    }

    /// From the gathered block to the output.
    #[inline(always)]
    fn finish<S: Simd>(&mut self, simd: S, kernel: &Kernel, next: Option<&Kernel>) {
        let (block, upcoming) = (self.sizes.partition, self.upcoming());
        let left = &self.channels[0].input;
        let right = self.channels.get(1).map(|right| &right.input[..]);
        self.shared.forward(simd, left, right);
        let (heard, sums) = (&mut self.heard, &self.sums);
        let transform = &mut self.shared.buffer;
        spectra::finish(simd, transform, heard, upcoming, sums, &kernel.spectra);
        self.shared.inverse();
        let wet = &self.shared.buffer[block..];
        if let [left, rest @ ..] = self.channels.as_mut_slice() {
            let right = rest.first_mut().map(|right| &mut right.output[..]);
            spectra::part(simd, wet, &mut left.output, right);
        }
        let Some(next) = next else { return };
        let sums = &mut self.next_sums;
        spectra::add_products(simd, sums, heard, &next.spectra, upcoming, 0..1);
        spectra::pack(simd, sums, &mut self.shared.buffer);
        self.shared.inverse();
        let wet = &self.shared.buffer[block..];
        let (step, start) = crossfade(block, self.fade_blocks, self.faded_blocks);
        for (index, channel) in self.channels.iter_mut().enumerate() {
            for (i, (out, new)) in channel.output.iter_mut().zip(wet).enumerate() {
                let new = if index == 0 { new.re } else { new.im };
                *out += (start + as_f32(i)) * step * (new - *out);
            }
        }
    }
}

impl RealTransforms {
    fn new(len: usize) -> Self {
        let mut planner = RealFftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            time: forward.make_input_vec().into_boxed_slice(),
            spectrum: forward.make_output_vec().into_boxed_slice(),
            scratch: vec![Complex::default(); scratch].into_boxed_slice(),
            forward,
            inverse,
        }
    }

    /// Transforms the input into a slot.
    fn forward(&mut self, input: &[f32], heard: &mut Spectra, slot: usize) {
        self.time.copy_from_slice(input);
        let result = self.forward.process_with_scratch(
            &mut self.time,
            &mut self.spectrum,
            &mut self.scratch,
        );
        debug_assert!(result.is_ok(), "{result:?}");
        heard.set(slot, &self.spectrum);
    }

    /// The cyclic convolution with a kernel; its second half is valid.
    fn multiply(&mut self, heard: &Spectra, newest: usize, kernel: &Spectra) -> &[f32] {
        let slots = kernel.slots();
        for (bin, sum) in self.spectrum.iter_mut().enumerate() {
            *sum = (0..slots)
                .map(|part| heard.at((newest + part) % slots, bin) * kernel.at(part, bin))
                .sum();
        }
        // Rounding may leave imaginary parts where a real signal has none.
        let last = self.spectrum.len() - 1;
        self.spectrum[0].im = 0.0;
        self.spectrum[last].im = 0.0;
        let result = self.inverse.process_with_scratch(
            &mut self.spectrum,
            &mut self.time,
            &mut self.scratch,
        );
        debug_assert!(result.is_ok(), "{result:?}");
        &self.time
    }
}

impl SharedTransforms {
    fn new(len: usize) -> Self {
        let mut planner = FftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
        let scratch = forward
            .get_inplace_scratch_len()
            .max(inverse.get_inplace_scratch_len());
        Self {
            buffer: zeros(len),
            scratch: zeros(scratch),
            forward,
            inverse,
        }
    }

    /// Leaves in the buffer the transform of `left + i right`.
    #[inline(always)]
    fn forward<S: Simd>(&mut self, simd: S, left: &[f32], right: Option<&[f32]>) {
        spectra::join(simd, left, right, &mut self.buffer);
        self.forward
            .process_with_scratch(&mut self.buffer, &mut self.scratch);
    }

    /// From the transform in the buffer to both channels' signals.
    #[inline(always)]
    fn inverse(&mut self) {
        self.inverse
            .process_with_scratch(&mut self.buffer, &mut self.scratch);
    }
}

/// Weight of a sample's step and the first weight over it, of the block at hand in a crossfade.
fn crossfade(block: usize, blocks: usize, done: usize) -> (f32, f32) {
    (1.0 / as_f32(blocks * block), as_f32(done * block + 1))
}

#[allow(clippy::cast_precision_loss)] // a few thousand samples
fn as_f32(n: usize) -> f32 {
    n as f32
}
