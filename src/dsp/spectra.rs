//! Half spectra of real signals, real and imaginary parts apart, and what the convolution does with
//! them in vectors.

use std::ops::Range;

use fearless_simd::{Simd, f32x8, prelude::*};
use realfft::num_complex::Complex;

use super::buffer::{Buffer, zeros};

/// Lanes of the kernels; rows are padded to whole ones.
const LANES: usize = 8;

/// Spectra of blocks with `block + 1` bins from 0 to the Nyquist frequency, a row per slot.
#[derive(Debug, Clone)]
pub struct Spectra {
    re: Buffer<f32>,
    im: Buffer<f32>,
    /// Samples of a block.
    block: usize,
}

impl Spectra {
    /// `slots` spectra of silence.
    pub fn new(block: usize, slots: usize) -> Self {
        let len = slots * (block + LANES);
        Self {
            re: zeros(len),
            im: zeros(len),
            block,
        }
    }

    /// How many spectra.
    pub fn slots(&self) -> usize {
        self.re.len() / (self.block + LANES)
    }

    /// Back to silence.
    pub fn clear(&mut self) {
        self.re.fill(0.0);
        self.im.fill(0.0);
    }

    /// Sets the spectrum of a slot, `block + 1` bins.
    pub fn set(&mut self, slot: usize, bins: &[Complex<f32>]) {
        let row = self.row(slot, 0);
        let (re, im) = (&mut self.re[row.clone()], &mut self.im[row]);
        for ((re, im), bin) in re.iter_mut().zip(im).zip(bins) {
            (*re, *im) = (bin.re, bin.im);
        }
    }

    /// A bin of a slot.
    pub fn at(&self, slot: usize, bin: usize) -> Complex<f32> {
        let at = self.row(slot, 0).start + bin;
        Complex::new(self.re[at], self.im[at])
    }

    /// Real and imaginary parts of a slot from a bin on, eight at a time.
    #[inline(always)]
    fn lanes(&self, slot: usize, from: usize) -> impl Iterator<Item = Bins<'_>> {
        let row = self.row(slot, from);
        let (re, im) = (&self.re[row.clone()], &self.im[row]);
        re.as_chunks().0.iter().zip(im.as_chunks().0)
    }

    /// The same to be changed.
    #[inline(always)]
    fn lanes_mut(&mut self, slot: usize, from: usize) -> impl Iterator<Item = BinsMut<'_>> {
        let row = self.row(slot, from);
        let (re, im) = (&mut self.re[row.clone()], &mut self.im[row]);
        re.as_chunks_mut().0.iter_mut().zip(im.as_chunks_mut().0)
    }

    fn row(&self, slot: usize, from: usize) -> Range<usize> {
        let row = self.block + LANES;
        slot * row + from..(slot + 1) * row
    }
}

/// Adds to each channel's sum the products of partitions `parts` of the kernel with the channel's
/// spectra that many blocks old, the slot of age 0 being `newest`. Partition 1 starts the sum anew.
#[inline(always)]
pub fn add_products<S: Simd>(
    simd: S,
    sums: &mut [Spectra],
    heard: &[Spectra],
    kernel: &Spectra,
    newest: usize,
    parts: Range<usize>,
) {
    let slots = kernel.slots();
    for part in parts {
        let slot = newest + part;
        let slot = if slot < slots { slot } else { slot - slots };
        let is_start = part == 1;
        match (&mut *sums, heard) {
            // Both at once, so that the kernel is loaded once.
            ([left, right], [heard_left, heard_right]) => {
                let left = left.lanes_mut(0, 0).zip(heard_left.lanes(slot, 0));
                let right = right.lanes_mut(0, 0).zip(heard_right.lanes(slot, 0));
                for ((h, left), right) in kernel.lanes(part, 0).zip(left).zip(right) {
                    let h = load(simd, h);
                    add_product(simd, left, h, is_start);
                    add_product(simd, right, h, is_start);
                }
            }
            _ => {
                for (sum, heard) in sums.iter_mut().zip(heard) {
                    let products = sum.lanes_mut(0, 0).zip(heard.lanes(slot, 0));
                    for (h, product) in kernel.lanes(part, 0).zip(products) {
                        add_product(simd, product, load(simd, h), is_start);
                    }
                }
            }
        }
    }
}

/// Real and imaginary parts of eight bins.
type Bins<'a> = (&'a [f32; LANES], &'a [f32; LANES]);
/// The same to be changed.
type BinsMut<'a> = (&'a mut [f32; LANES], &'a mut [f32; LANES]);
/// The same in registers.
type Eight<S> = (f32x8<S>, f32x8<S>);

#[inline(always)]
fn load<S: Simd>(simd: S, (re, im): Bins) -> Eight<S> {
    (f32x8::from_slice(simd, re), f32x8::from_slice(simd, im))
}

#[inline(always)]
fn store<S: Simd>((re, im): Eight<S>, to: BinsMut) {
    re.store_slice(to.0);
    im.store_slice(to.1);
}

/// `sum + x h`.
#[inline(always)]
fn product<S: Simd>((a, b): Eight<S>, (c, d): Eight<S>, (re, im): Eight<S>) -> Eight<S> {
    let (re, im) = (a.mul_add(c, re), a.mul_add(d, im));
    ((-b).mul_add(d, re), b.mul_add(c, im))
}

/// `sum += heard h` of eight bins, or `sum = heard h` at the start.
#[inline(always)]
fn add_product<S: Simd>(simd: S, (sum, heard): (BinsMut, Bins), h: Eight<S>, is_start: bool) {
    let before = if is_start {
        (f32x8::splat(simd, 0.0), f32x8::splat(simd, 0.0))
    } else {
        load(simd, (sum.0, sum.1))
    };
    store(product(load(simd, heard), h, before), sum);
}

/// The end of a block, from the transform of its `left + i right`, in place, to that of the output:
/// parts it into the spectra of the channels, which go into `slot` of `heard`, adds their products
/// with partition 0 of the kernel to the sums of the others, and packs what that gives.
#[inline(always)]
pub fn finish<S: Simd>(
    simd: S,
    transform: &mut [Complex<f32>],
    heard: &mut [Spectra],
    slot: usize,
    sums: &[Spectra],
    kernel: &Spectra,
) {
    let (len, block) = (transform.len(), kernel.block);
    for k in (0..LANES).chain([block]) {
        let parts = part_bin(transform[k], transform[(len - k) % len]);
        let mut outputs = [Complex::default(); 2];
        for (channel, part) in parts.into_iter().enumerate().take(heard.len()) {
            let at = heard[channel].row(slot, k).start;
            (heard[channel].re[at], heard[channel].im[at]) = (part.re, part.im);
            outputs[channel] = sums[channel].at(0, k) + part * kernel.at(0, k);
        }
        pack_bin(outputs, transform, k);
    }
    let h = kernel.lanes(0, LANES).zip(mirrored(transform));
    match (heard, sums) {
        ([heard_left, heard_right], [left, right]) => {
            let left = heard_left.lanes_mut(slot, LANES).zip(left.lanes(0, LANES));
            let right = heard_right
                .lanes_mut(slot, LANES)
                .zip(right.lanes(0, LANES));
            for (((h, (z, m)), left), right) in h.zip(left).zip(right) {
                let (h, parts) = (load(simd, h), part_bins(simd, z, m));
                store(parts.0, left.0);
                store(parts.1, right.0);
                let left = product(parts.0, h, load(simd, left.1));
                pack_bins(left, product(parts.1, h, load(simd, right.1)), z, m);
            }
        }
        ([heard], [sum]) => {
            let left = heard.lanes_mut(slot, LANES).zip(sum.lanes(0, LANES));
            for ((h, (z, m)), left) in h.zip(left) {
                // There is no right channel: what rounding leaves of one is never read.
                let (left_part, right_part) = part_bins(simd, z, m);
                store(left_part, left.0);
                let left = product(left_part, load(simd, h), load(simd, left.1));
                pack_bins(left, right_part, z, m);
            }
        }
        _ => {}
    }
}

/// The transform of `left + i right` from the spectra of both; of `left` without a right channel.
#[inline(always)]
pub fn pack<S: Simd>(simd: S, channels: &[Spectra], transform: &mut [Complex<f32>]) {
    let (Some(left), right) = (channels.first(), channels.get(1)) else {
        return;
    };
    for k in (0..LANES).chain([left.block]) {
        let right = right.map_or(Complex::default(), |right| right.at(0, k));
        pack_bin([left.at(0, k), right], transform, k);
    }
    let left = left.lanes(0, LANES).zip(mirrored(transform));
    match right {
        Some(right) => {
            for ((left, (z, m)), right) in left.zip(right.lanes(0, LANES)) {
                pack_bins(load(simd, left), load(simd, right), z, m);
            }
        }
        None => {
            for (left, (z, m)) in left {
                let none = f32x8::splat(simd, 0.0);
                pack_bins(load(simd, left), (none, none), z, m);
            }
        }
    }
}

/// The spectra of left and right at a bin, from the transform of `left + i right` there (`z`) and at
/// the mirrored bin (`m`): `(z + conj m) / 2` and `(z - conj m) / 2i`.
fn part_bin(z: Complex<f32>, m: Complex<f32>) -> [Complex<f32>; 2] {
    [
        Complex::new(0.5 * (z.re + m.re), 0.5 * (z.im - m.im)),
        Complex::new(0.5 * (z.im + m.im), 0.5 * (m.re - z.re)),
    ]
}

/// The opposite of [`part_bin`].
fn pack_bin([l, r]: [Complex<f32>; 2], transform: &mut [Complex<f32>], k: usize) {
    let len = transform.len();
    transform[(len - k) % len] = Complex::new(l.re + r.im, r.re - l.im);
    transform[k] = if k == 0 || 2 * k == len {
        // Rounding may leave imaginary parts where a real signal has none.
        Complex::new(l.re, r.re)
    } else {
        Complex::new(l.re - r.im, l.im + r.re)
    };
}

/// Eight numbers of a transform.
type Numbers = [Complex<f32>; LANES];

/// Eight bins from the ninth on, and the mirrored eight, backwards.
#[inline(always)]
fn mirrored(transform: &mut [Complex<f32>]) -> impl Iterator<Item = (&mut Numbers, &mut Numbers)> {
    let block = transform.len() / 2;
    let (lower, upper) = transform.split_at_mut(block);
    let up = lower[LANES..].as_chunks_mut().0;
    let down = upper[1..block - LANES + 1].as_chunks_mut().0;
    up.iter_mut().zip(down.iter_mut().rev())
}

/// [`part_bin`] of eight bins.
#[inline(always)]
fn part_bins<S: Simd>(simd: S, z: &Numbers, m: &Numbers) -> (Eight<S>, Eight<S>) {
    let half = f32x8::splat(simd, 0.5);
    let ((z_re, z_im), (m_re, m_im)) = (apart(simd, z), apart(simd, m));
    let (m_re, m_im) = (m_re.reverse(), m_im.reverse());
    let left = (half * (z_re + m_re), half * (z_im - m_im));
    (left, (half * (z_im + m_im), half * (m_re - z_re)))
}

/// [`pack_bin`] of eight bins.
#[inline(always)]
fn pack_bins<S: Simd>(l: Eight<S>, r: Eight<S>, z: &mut Numbers, m: &mut Numbers) {
    together(l.0 - r.1, l.1 + r.0, z);
    together((l.0 + r.1).reverse(), (r.0 - l.1).reverse(), m);
}

/// The numbers `left + i right`; `left` alone without a right channel.
#[inline(always)]
pub fn join<S: Simd>(simd: S, left: &[f32], right: Option<&[f32]>, to: &mut [Complex<f32>]) {
    let numbers = to.as_chunks_mut::<LANES>().0.iter_mut();
    let left = numbers.zip(left.as_chunks::<LANES>().0);
    match right {
        Some(right) => {
            for ((to, left), right) in left.zip(right.as_chunks::<LANES>().0) {
                let right = f32x8::from_slice(simd, right);
                together(f32x8::from_slice(simd, left), right, to);
            }
        }
        None => {
            for (to, left) in left {
                together(f32x8::from_slice(simd, left), f32x8::splat(simd, 0.0), to);
            }
        }
    }
}

/// The real parts, and the imaginary ones where there is a right channel; the opposite of [`join`].
#[inline(always)]
pub fn part<S: Simd>(
    simd: S,
    from: &[Complex<f32>],
    left: &mut [f32],
    mut right: Option<&mut [f32]>,
) {
    let numbers = from.as_chunks::<LANES>().0;
    let left = left.as_chunks_mut::<LANES>().0;
    let mut right = right
        .as_mut()
        .map(|right| right.as_chunks_mut::<LANES>().0.iter_mut());
    for (left, from) in left.iter_mut().zip(numbers) {
        let (re, im) = apart(simd, from);
        re.store_slice(left);
        if let Some(right) = right.as_mut().and_then(Iterator::next) {
            im.store_slice(right);
        }
    }
}

#[inline(always)]
fn eight<S: Simd>(simd: S, from: &[f32], at: usize) -> f32x8<S> {
    f32x8::from_slice(simd, &from[at..at + LANES])
}

/// Real and imaginary parts of eight numbers.
#[inline(always)]
fn apart<S: Simd>(simd: S, from: &[Complex<f32>; LANES]) -> (f32x8<S>, f32x8<S>) {
    let floats: &[f32] = bytemuck::cast_slice(from);
    eight(simd, floats, 0).deinterleave(eight(simd, floats, LANES))
}

/// The opposite of [`apart`].
#[inline(always)]
fn together<S: Simd>(re: f32x8<S>, im: f32x8<S>, to: &mut [Complex<f32>; LANES]) {
    let (low, high) = re.interleave(im);
    let floats: &mut [f32] = bytemuck::cast_slice_mut(to);
    low.store_slice(&mut floats[..LANES]);
    high.store_slice(&mut floats[LANES..2 * LANES]);
}
