//! Uniformly partitioned overlap-save convolution.
//!
//! A. Torger, A. Farina, "Real-time partitioned convolution for Ambiophonics surround sound",
//! WASPAA 2001. Blocks of one partition are gathered from frames, transformed once, and multiplied
//! with the kernel's partition spectra in a frequency-domain delay line. A new kernel is faded in
//! over `FADE_S` by convolving with both.
//!
//! The reference does so channel by channel with real transforms, all of it when a block is full.
//! Vectorised, both channels share one complex transform (left as its real, right as its imaginary
//! part), and the older partitions are multiplied while the block is gathered, a share of the bins
//! with each frame, so that the frame that fills it pays for little more than the transforms. Both
//! work on the same state and agree within 1e-6 of the largest sample.
//!
//! A kernel that differs for mid and side gives each channel some of the other
//! ([`Kernel::crossed`]); what was heard is kept alike for both kinds, so that they fade into each
//! other as any two do. Mono is all mid.

mod channels;
mod transforms;

use std::ops::Range;

use fearless_simd::{Simd, dispatch};
use realfft::num_complex::Complex;

use crate::basics::buffer::{Buffer, zeros};
use crate::eq::design::{EqSizes, Kernel};
use crate::eq::partition_spectra;
use crate::eq::partition_spectra::{Bins, FilterSpectra, Mirrored, PairSpectra};
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame};
use transforms::{RealTransforms, SharedTransforms};

/// Length of the crossfade between kernels in seconds, rounded to whole partitions.
const FADE_S: f64 = 0.021;
/// Blocks of input that are kept: the last two are needed, and they move only when all are full.
const INPUT_BLOCKS: usize = 4;
/// Older partitions that are multiplied together.
const TOGETHER: usize = 3;

/// Partitioned convolution with kernels of one length, all channels. Signals are `left + i right`,
/// `left` alone without a right channel.
pub struct Convolver {
    sizes: EqSizes,
    real: RealTransforms,
    shared: SharedTransforms,
    /// The last blocks, the one before that being gathered among them.
    input: Buffer<Complex<f32>>,
    /// Where in the input the block being gathered starts.
    start: usize,
    /// A block that means nothing, then the finished output of the last block.
    output: Buffer<Complex<f32>>,
    /// The same with the kernel that is faded in.
    next_output: Buffer<Complex<f32>>,
    /// Spectra of the last blocks, a ring of slots.
    heard: PairSpectra,
    /// The sums of products of the older partitions for the block being gathered; then the same with
    /// the kernel that is faded in.
    sums: PairSpectra,
    next_sums: PairSpectra,
    /// Slot of the newest spectrum.
    newest: usize,
    /// Chunks of bins that have their sums.
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
    pub fn new(sizes: EqSizes, sample_rate: f64) -> Self {
        let block = sizes.partition;
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss
        )]
        // a few blocks
        let fade_blocks = (FADE_S * sample_rate / block as f64).round().max(1.0) as usize;
        Self {
            sizes,
            real: RealTransforms::new(2 * block),
            shared: SharedTransforms::new(2 * block),
            input: zeros(INPUT_BLOCKS * block),
            start: block,
            output: zeros(2 * block),
            next_output: zeros(2 * block),
            heard: PairSpectra::new(block, sizes.partitions()),
            sums: PairSpectra::new(block, 1),
            next_sums: PairSpectra::new(block, 1),
            newest: 0,
            summed: 0,
            gathered: 0,
            is_fading: false,
            fade_blocks,
            faded_blocks: 0,
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.input.fill(Complex::default());
        self.output.fill(Complex::default());
        self.heard.clear();
        self.newest = 0;
        self.summed = 0;
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
        if self.gathered == 0 {
            self.is_fading = next.is_some();
        }
        let next = next.filter(|_| self.is_fading);
        let is_full = match implementation {
            Implementation::Scalar => self.convolve(audio, kernel, next),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.fast_convolve(simd, audio, kernel, next))
            }
        };
        is_full && self.end_block(next.is_some())
    }

    /// Where the next frame of input goes, and where its output is once it is there: what was
    /// finished with a frame is played from its own first frame on.
    #[inline(always)]
    fn gather(&mut self) -> (Range<usize>, Range<usize>) {
        let block = self.sizes.partition;
        let to = self.start + self.gathered;
        self.gathered += FRAME;
        let from = block + self.gathered % block;
        (to..to + FRAME, from..from + FRAME)
    }

    /// Prepares for the next block; true when a crossfade has ended with this one.
    #[inline(always)]
    fn end_block(&mut self, is_fading: bool) -> bool {
        let block = self.sizes.partition;
        self.start += block;
        if self.start == self.input.len() {
            self.input.copy_within(self.start - block.., 0);
            self.start = block;
        }
        self.gathered = 0;
        self.summed = 0;
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

    /// The block before and the gathered one.
    #[inline(always)]
    fn window(&self) -> Range<usize> {
        let block = self.sizes.partition;
        self.start - block..self.start + block
    }

    /// The reference: convolves a frame, and all of the block when it is full; true then.
    fn convolve(&mut self, audio: &mut [Frame], kernel: &Kernel, next: Option<&Kernel>) -> bool {
        let (to, from) = self.gather();
        for (index, number) in self.input[to].iter_mut().enumerate() {
            number.re = audio[0][index];
            number.im = audio.get(1).map_or(0.0, |right| right[index]);
        }
        let is_full = self.gathered == self.sizes.partition;
        if is_full {
            let upcoming = self.upcoming();
            self.real
                .forward(&self.input[self.window()], &mut self.heard, upcoming);
            let is_mono = audio.len() == 1;
            self.real
                .multiply(&self.heard, upcoming, kernel, &mut self.output);
            unite(&mut self.output, kernel, is_mono);
            if let Some(next) = next {
                self.real
                    .multiply(&self.heard, upcoming, next, &mut self.next_output);
                unite(&mut self.next_output, next, is_mono);
                self.crossfade();
            }
        }
        for (index, number) in self.output[from].iter().enumerate() {
            for (frame, sample) in audio.iter_mut().zip([number.re, number.im]) {
                frame[index] = sample;
            }
        }
        is_full
    }

    /// The same in vectors.
    #[inline(always)]
    fn fast_convolve<S: Simd>(
        &mut self,
        simd: S,
        audio: &mut [Frame],
        kernel: &Kernel,
        next: Option<&Kernel>,
    ) -> bool {
        let (to, from) = self.gather();
        channels::join(simd, audio, &mut self.input[to]);
        self.sum_share(simd, kernel, next);
        let is_full = self.gathered == self.sizes.partition;
        if is_full {
            self.finish(simd, kernel, next, audio.len() == 1);
        }
        channels::part(simd, &self.output[from], audio);
        is_full
    }

    /// Multiplies this frame's share of the bins of the older partitions.
    #[inline(always)]
    fn sum_share<S: Simd>(&mut self, simd: S, kernel: &Kernel, next: Option<&Kernel>) {
        let block = self.sizes.partition;
        let end = (partition_spectra::chunks(block) * self.gathered).div_ceil(block);
        let share = self.summed..end.max(self.summed);
        let (upcoming, heard) = (self.upcoming(), &self.heard);
        let kernels = [(Some(kernel), &mut self.sums), (next, &mut self.next_sums)];
        for (kernel, sums) in kernels {
            if let Some(kernel) = kernel {
                let sums = &mut sums.slot_mut(0)[share.clone()];
                let at = (upcoming, share.start);
                add_older::<S, false>(simd, sums, heard, &kernel.spectra, at);
                if let Some(crossed) = &kernel.crossed {
                    add_older::<S, true>(simd, sums, heard, crossed, at);
                }
            }
        }
        self.summed = share.end;
    }

    /// From the gathered block to the output.
    #[inline(always)]
    fn finish<S: Simd>(&mut self, simd: S, kernel: &Kernel, next: Option<&Kernel>, is_mono: bool) {
        let (window, upcoming) = (self.window(), self.upcoming());
        let shared = &mut self.shared;
        shared.forward(&self.input[window]);
        let heard = self.heard.slot_mut(upcoming);
        let (sums, filters) = (self.sums.slot(0), newest(kernel));
        partition_spectra::finish(simd, &mut shared.spectrum, heard, sums, filters, false);
        shared.inverse(&mut self.output);
        unite(&mut self.output, kernel, is_mono);
        if let Some(next) = next {
            let (sums, filters) = (self.next_sums.slot(0), newest(next));
            partition_spectra::finish(simd, &mut shared.spectrum, heard, sums, filters, true);
            shared.inverse(&mut self.next_output);
            unite(&mut self.next_output, next, is_mono);
            self.crossfade();
        }
    }

    /// Blends the block at hand from one kernel's output to that of the next.
    fn crossfade(&mut self) {
        let block = self.sizes.partition;
        let step = 1.0 / as_f32(self.fade_blocks * block);
        let first = as_f32(self.faded_blocks * block + 1);
        let outputs = self.output[block..]
            .iter_mut()
            .zip(&self.next_output[block..]);
        for (i, (out, next)) in outputs.enumerate() {
            *out += (next - *out) * ((first + as_f32(i)) * step);
        }
    }
}

/// The newest partitions of a kernel's filters.
#[inline(always)]
fn newest(kernel: &Kernel) -> (&[Bins], Option<&[Bins]>) {
    let crossed = kernel.crossed.as_ref();
    (
        kernel.spectra.slot(0),
        crossed.map(|crossed| crossed.slot(0)),
    )
}

/// What mono gets of a kernel: its one channel is left and right of the mid, so that what the other
/// would have of it is its own.
#[inline(always)]
fn unite(output: &mut [Complex<f32>], kernel: &Kernel, is_mono: bool) {
    if is_mono && kernel.crossed.is_some() {
        for number in output {
            number.re += number.im;
        }
    }
}

/// Multiplies the partitions of a filter but the newest with the spectra that many blocks old, in the
/// bins from chunk `first` on. The slot of age 0 is `newest`. A filter that is `CROSSED` adds to the
/// sums that are there.
#[inline(always)]
fn add_older<S: Simd, const CROSSED: bool>(
    simd: S,
    sums: &mut [Mirrored],
    heard: &PairSpectra,
    filter: &FilterSpectra,
    (newest, first): (usize, usize),
) {
    let slots = filter.slots();
    let heard = |part: usize| {
        let slot = newest + part;
        &heard.slot(if slot < slots { slot } else { slot - slots })[first..]
    };
    let filter = |part: usize| &filter.slot(part)[first..];
    let mut part = 1;
    while part + TOGETHER <= slots {
        let (a, b, c) = (part, part + 1, part + 2);
        let (heard, filters) = (
            [heard(a), heard(b), heard(c)],
            [filter(a), filter(b), filter(c)],
        );
        let is_start = part == 1 && !CROSSED;
        partition_spectra::add_products::<S, TOGETHER, CROSSED>(
            simd, sums, heard, filters, is_start,
        );
        part += TOGETHER;
    }
    while part < slots {
        let (heard, filters) = ([heard(part)], [filter(part)]);
        let is_start = part == 1 && !CROSSED;
        partition_spectra::add_products::<S, 1, CROSSED>(simd, sums, heard, filters, is_start);
        part += 1;
    }
}

#[allow(clippy::cast_precision_loss)] // a few thousand samples
fn as_f32(n: usize) -> f32 {
    n as f32
}
