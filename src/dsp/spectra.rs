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
        let row = self.row(slot);
        let (re, im) = (&mut self.re[row.clone()], &mut self.im[row]);
        for ((re, im), bin) in re.iter_mut().zip(im).zip(bins) {
            (*re, *im) = (bin.re, bin.im);
        }
    }

    /// A bin of a slot.
    pub fn at(&self, slot: usize, bin: usize) -> Complex<f32> {
        let at = self.row(slot).start + bin;
        Complex::new(self.re[at], self.im[at])
    }

    /// Real and imaginary parts of a slot, eight bins at a time.
    #[inline(always)]
    fn lanes(&self, slot: usize) -> impl Iterator<Item = Bins<'_>> {
        let row = self.row(slot);
        let (re, im) = (&self.re[row.clone()], &self.im[row]);
        re.as_chunks().0.iter().zip(im.as_chunks().0)
    }

    /// The same to be changed.
    #[inline(always)]
    fn lanes_mut(&mut self, slot: usize) -> impl Iterator<Item = BinsMut<'_>> {
        let row = self.row(slot);
        let (re, im) = (&mut self.re[row.clone()], &mut self.im[row]);
        re.as_chunks_mut().0.iter_mut().zip(im.as_chunks_mut().0)
    }

    fn row(&self, slot: usize) -> Range<usize> {
        let row = self.block + LANES;
        slot * row..(slot + 1) * row
    }
}

/// Adds to each channel's sum the products of partitions `parts` of the kernel with the channel's
/// spectra that many blocks old, the slot of age 0 being `newest`.
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
        match (&mut *sums, heard) {
            // Both at once, so that the kernel is loaded once.
            ([left, right], [heard_left, heard_right]) => {
                let left = left.lanes_mut(0).zip(heard_left.lanes(slot));
                let right = right.lanes_mut(0).zip(heard_right.lanes(slot));
                for ((h, left), right) in kernel.lanes(part).zip(left).zip(right) {
                    add_product(simd, left, h);
                    add_product(simd, right, h);
                }
            }
            _ => {
                for (sum, heard) in sums.iter_mut().zip(heard) {
                    let products = sum.lanes_mut(0).zip(heard.lanes(slot));
                    for (h, product) in kernel.lanes(part).zip(products) {
                        add_product(simd, product, h);
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

/// `sum += heard * kernel` of eight bins.
#[inline(always)]
fn add_product<S: Simd>(simd: S, ((re, im), heard): (BinsMut, Bins), kernel: Bins) {
    let load = |from: &[f32; LANES]| f32x8::from_slice(simd, from);
    let (a, b, c, d) = (load(heard.0), load(heard.1), load(kernel.0), load(kernel.1));
    let real = a.mul_add(c, load(re));
    let imaginary = a.mul_add(d, load(im));
    (-b).mul_add(d, real).store_slice(re);
    b.mul_add(c, imaginary).store_slice(im);
}

/// Parts the transform of `left + i right` into the spectra of both, in a slot of each channel.
#[inline(always)]
pub fn unpack<S: Simd>(simd: S, transform: &[Complex<f32>], channels: &mut [Spectra], slot: usize) {
    let (len, block) = (transform.len(), transform.len() / 2);
    // With z at k and m at -k: left is (z + conj m) / 2, right is (z - conj m) / 2i.
    for k in (0..LANES).chain([block]) {
        let (z, m) = (transform[k], transform[(len - k) % len]);
        let bins = [
            Complex::new(0.5 * (z.re + m.re), 0.5 * (z.im - m.im)),
            Complex::new(0.5 * (z.im + m.im), 0.5 * (m.re - z.re)),
        ];
        for (channel, bin) in channels.iter_mut().zip(bins) {
            let at = channel.row(slot).start + k;
            (channel.re[at], channel.im[at]) = (bin.re, bin.im);
        }
    }
    let half = f32x8::splat(simd, 0.5);
    let up = transform[LANES..block].as_chunks().0;
    let down = transform[block + 1..len - LANES + 1].as_chunks().0;
    let numbers = up.iter().zip(down.iter().rev());
    let [left, rest @ ..] = channels else { return };
    let left = left.lanes_mut(slot).skip(1).zip(numbers);
    let mut right = rest.first_mut().map(|right| right.lanes_mut(slot).skip(1));
    for ((re, im), (z, m)) in left {
        let ((z_re, z_im), (m_re, m_im)) = (apart(simd, z), apart(simd, m));
        let (m_re, m_im) = (m_re.reverse(), m_im.reverse());
        (half * (z_re + m_re)).store_slice(re);
        (half * (z_im - m_im)).store_slice(im);
        if let Some((re, im)) = right.as_mut().and_then(Iterator::next) {
            (half * (z_im + m_im)).store_slice(re);
            (half * (m_re - z_re)).store_slice(im);
        }
    }
}

/// The transform of `left + i right` from the spectra of both; the opposite of [`unpack`]. Without a
/// right channel it is the transform of `left`.
#[inline(always)]
pub fn pack<S: Simd>(simd: S, channels: &[Spectra], transform: &mut [Complex<f32>]) {
    let Some(left) = channels.first() else {
        return;
    };
    let right = channels.get(1);
    let (len, block) = (transform.len(), left.block);
    for k in (0..LANES).chain([block]) {
        let l = left.at(0, k);
        let r = right.map_or(Complex::default(), |right| right.at(0, k));
        transform[(len - k) % len] = Complex::new(l.re + r.im, r.re - l.im);
        transform[k] = if k == 0 || k == block {
            // Rounding may leave imaginary parts where a real signal has none.
            Complex::new(l.re, r.re)
        } else {
            Complex::new(l.re - r.im, l.im + r.re)
        };
    }
    let (lower, upper) = transform.split_at_mut(block);
    let up = lower[LANES..].as_chunks_mut().0;
    let down = upper[1..block - LANES + 1].as_chunks_mut().0;
    let mut k = LANES;
    for (z, m) in up.iter_mut().zip(down.iter_mut().rev()) {
        let (l_re, l_im) = (eight(simd, &left.re, k), eight(simd, &left.im, k));
        let (r_re, r_im) = match right {
            Some(right) => (eight(simd, &right.re, k), eight(simd, &right.im, k)),
            None => (f32x8::splat(simd, 0.0), f32x8::splat(simd, 0.0)),
        };
        together(l_re - r_im, l_im + r_re, z);
        let (m_re, m_im) = ((l_re + r_im).reverse(), (r_re - l_im).reverse());
        together(m_re, m_im, m);
        k += LANES;
    }
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
