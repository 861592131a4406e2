//! Spectra as the convolution keeps them, and what it does with them in vectors.
//!
//! Both channels share one transform, that of `left + i right`. An EQ that is the same for both
//! needs nothing of either by itself: bin `k` of the transform is multiplied with bin `k` of the
//! filter, and the mirrored bin with its conjugate. So both are kept side by side.
//!
//! One that differs for mid and side adds to each channel the other under a second filter: `right +
//! i left` is `i` times the conjugate of `left + i right`, and the transform of a conjugate is the
//! conjugate of the mirrored bins. Those are at hand, so that no transform is added.

use fearless_simd::{Simd, f32x4, f32x8, prelude::*};
use realfft::num_complex::Complex;

use crate::basics::buffer::{Buffer, zeros};

/// Bins that the kernels take at a time.
pub const LANES: usize = 8;
/// Where each of eight bins is in a vector: as they come when pairs of numbers are shuffled within
/// 128 bits only.
const LANE_OF: [usize; LANES] = [0, 1, 4, 5, 2, 3, 6, 7];

/// Real and imaginary parts of eight bins.
pub type Bins = [[f32; LANES]; 2];
/// Eight bins of a transform, and the mirrored ones.
pub type Mirrored = [Bins; 2];

/// Spectra of blocks, a row per slot: the bins from 0 to the Nyquist frequency by eights. The last
/// eight have but one bin.
#[derive(Debug, Clone)]
pub struct Spectra<T> {
    chunks: Buffer<T>,
    /// Chunks of a row.
    row: usize,
}

/// Spectra of a real filter.
pub type FilterSpectra = Spectra<Bins>;
/// Spectra of `left + i right`.
pub type PairSpectra = Spectra<Mirrored>;

impl<T: Default + Clone> Spectra<T> {
    /// `slots` spectra of silence, of `block + 1` bins.
    pub fn new(block: usize, slots: usize) -> Self {
        let row = chunks(block);
        Self {
            chunks: zeros(slots * row),
            row,
        }
    }

    /// How many spectra.
    pub fn slots(&self) -> usize {
        self.chunks.len() / self.row
    }

    /// Back to silence.
    pub fn clear(&mut self) {
        self.chunks.fill(T::default());
    }

    /// The bins of a slot.
    #[inline(always)]
    pub fn slot(&self, slot: usize) -> &[T] {
        &self.chunks[slot * self.row..][..self.row]
    }

    /// The same to be changed.
    #[inline(always)]
    pub fn slot_mut(&mut self, slot: usize) -> &mut [T] {
        &mut self.chunks[slot * self.row..][..self.row]
    }
}

/// Chunks of eight of the `block + 1` bins of a spectrum.
pub fn chunks(block: usize) -> usize {
    block / LANES + 1
}

impl FilterSpectra {
    /// Sets the spectrum of a slot.
    pub fn set(&mut self, slot: usize, bins: &[Complex<f32>]) {
        let row = self.slot_mut(slot);
        for (k, bin) in bins.iter().enumerate() {
            set_bin(&mut row[k / LANES], k, *bin);
        }
    }

    /// A bin of a slot.
    pub fn at(&self, slot: usize, k: usize) -> Complex<f32> {
        bin(&self.slot(slot)[k / LANES], k)
    }
}

impl PairSpectra {
    /// Sets the spectrum of a slot from those of both channels.
    pub fn set(&mut self, slot: usize, [left, right]: [&[Complex<f32>]; 2]) {
        let row = self.slot_mut(slot);
        for (k, (l, r)) in left.iter().zip(right).enumerate() {
            let [lower, upper] = &mut row[k / LANES];
            set_bin(lower, k, Complex::new(l.re - r.im, l.im + r.re));
            set_bin(upper, k, Complex::new(l.re + r.im, r.re - l.im));
        }
    }

    /// A bin of a slot, of both channels: `(z + conj m) / 2` and `(z - conj m) / 2i` where `z` is the
    /// transform's and `m` that of the mirrored bin.
    pub fn at(&self, slot: usize, k: usize) -> [Complex<f32>; 2] {
        let [lower, upper] = &self.slot(slot)[k / LANES];
        let (z, m) = (bin(lower, k), bin(upper, k));
        [
            Complex::new(0.5 * (z.re + m.re), 0.5 * (z.im - m.im)),
            Complex::new(0.5 * (z.im + m.im), 0.5 * (m.re - z.re)),
        ]
    }
}

/// Bin `k`, which is one of these.
fn bin([re, im]: &Bins, k: usize) -> Complex<f32> {
    let lane = LANE_OF[k % LANES];
    Complex::new(re[lane], im[lane])
}

fn set_bin([re, im]: &mut Bins, k: usize, bin: Complex<f32>) {
    let lane = LANE_OF[k % LANES];
    (re[lane], im[lane]) = (bin.re, bin.im);
}

/// Sets `sums`, or adds to them, the sum of the products of `N` spectra with `N` filters, all from
/// the same bin on; of the spectra with their channels exchanged where the filters are `CROSSED`.
#[inline(always)]
#[allow(clippy::needless_range_loop)] // several arrays share the index
pub fn add_products<S: Simd, const N: usize, const CROSSED: bool>(
    simd: S,
    sums: &mut [Mirrored],
    heard: [&[Mirrored]; N],
    filters: [&[Bins]; N],
    is_start: bool,
) {
    let len = sums.len();
    let (mut heard, mut filters) = (heard, filters);
    for part in 0..N {
        heard[part] = &heard[part][..len];
        filters[part] = &filters[part][..len];
    }
    for at in 0..len {
        let mut sum = if is_start {
            [silence(simd), silence(simd)]
        } else {
            load_both(simd, &sums[at])
        };
        for part in 0..N {
            let filter = load(simd, &filters[part][at]);
            let heard = load_both(simd, &heard[part][at]);
            sum = if CROSSED {
                crossed_products(heard, filter, sum)
            } else {
                both_products(heard, filter, sum)
            };
        }
        store_both(sum, &mut sums[at]);
    }
}

/// The end of a block: from the transform of the block, in place, to that of the output. The former
/// goes to `heard`; its product with the newest part of the filter, and of the crossed one if there is
/// one, is added to the sums of the others. For another filter once more, `is_again`, from `heard`
/// alone. Behind the last number of the transform there is room for the first: there the bins that
/// mirror the first eight end.
#[inline(always)]
pub fn finish<S: Simd>(
    simd: S,
    transform: &mut [Complex<f32>],
    heard: &mut [Mirrored],
    sums: &[Mirrored],
    (filter, crossed): (&[Bins], Option<&[Bins]>),
    is_again: bool,
) {
    match crossed {
        None => finish_with::<S, false>(simd, transform, heard, sums, [filter, filter], is_again),
        Some(crossed) => {
            finish_with::<S, true>(simd, transform, heard, sums, [filter, crossed], is_again);
        }
    }
}

/// The same with a filter alone, or with a crossed one too.
#[inline(always)]
fn finish_with<S: Simd, const CROSSED: bool>(
    simd: S,
    transform: &mut [Complex<f32>],
    heard: &mut [Mirrored],
    sums: &[Mirrored],
    [filter, crossed]: [&[Bins]; 2],
    is_again: bool,
) {
    let middle = transform.len() / 2;
    transform[2 * middle] = transform[0];
    let chunks = heard.iter_mut().zip(sums).zip(filter.iter().zip(crossed));
    for (((heard, sum), (filter, crossed)), (z, m)) in chunks.zip(mirrored(transform)) {
        let now = if is_again {
            load_both(simd, heard)
        } else {
            let both = [apart(simd, z), apart_backwards(simd, m)];
            store_both(both, heard);
            both
        };
        let mut both = both_products(now, load(simd, filter), load_both(simd, sum));
        if CROSSED {
            both = crossed_products(now, load(simd, crossed), both);
        }
        together(both[0], z);
        together_backwards(both[1], m);
    }
    // The bin at the Nyquist frequency mirrors itself.
    if let ([.., heard], [.., sum], [.., filter], [.., crossed]) = (heard, sums, filter, crossed) {
        if !is_again {
            set_bin(&mut heard[0], 0, transform[middle]);
            set_bin(&mut heard[1], 0, transform[middle]);
        }
        let now = bin(&heard[0], 0);
        transform[middle] = bin(&sum[0], 0) + now * bin(filter, 0);
        if CROSSED {
            transform[middle] += exchanged(now) * bin(crossed, 0);
        }
    }
}

/// `right + i left` from `left + i right`.
fn exchanged(number: Complex<f32>) -> Complex<f32> {
    Complex::new(number.im, number.re)
}

/// Eight numbers of a transform.
type Numbers = [Complex<f32>; LANES];

/// Eight bins from the first on, and the eight that mirror them, backwards; all but the middle one.
#[inline(always)]
fn mirrored(transform: &mut [Complex<f32>]) -> impl Iterator<Item = (&mut Numbers, &mut Numbers)> {
    let middle = transform.len() / 2;
    let (lower, upper) = transform.split_at_mut(middle);
    let up = lower.as_chunks_mut().0;
    let down = upper[1..].as_chunks_mut().0;
    up.iter_mut().zip(down.iter_mut().rev())
}

/// Real and imaginary parts of eight bins in registers.
type Eight<S> = (f32x8<S>, f32x8<S>);

#[inline(always)]
fn silence<S: Simd>(simd: S) -> Eight<S> {
    (f32x8::splat(simd, 0.0), f32x8::splat(simd, 0.0))
}

#[inline(always)]
fn load<S: Simd>(simd: S, [re, im]: &Bins) -> Eight<S> {
    (f32x8::from_slice(simd, re), f32x8::from_slice(simd, im))
}

#[inline(always)]
fn load_both<S: Simd>(simd: S, [lower, upper]: &Mirrored) -> [Eight<S>; 2] {
    [load(simd, lower), load(simd, upper)]
}

#[inline(always)]
fn store_both<S: Simd>(both: [Eight<S>; 2], to: &mut Mirrored) {
    for (eight, [re, im]) in both.iter().zip(to) {
        eight.0.store_slice(re);
        eight.1.store_slice(im);
    }
}

/// `sum + x h`, of the mirrored bins `sum + x conj h`.
#[inline(always)]
fn both_products<S: Simd>(x: [Eight<S>; 2], h: Eight<S>, sum: [Eight<S>; 2]) -> [Eight<S>; 2] {
    [product(x[0], h, sum[0]), product(x[1], (h.0, -h.1), sum[1])]
}

/// The same with the channels of `x` exchanged: each bin is `i` times the conjugate of the other.
#[inline(always)]
fn crossed_products<S: Simd>(x: [Eight<S>; 2], h: Eight<S>, sum: [Eight<S>; 2]) -> [Eight<S>; 2] {
    let [(re, im), (mirrored_re, mirrored_im)] = x;
    both_products([(mirrored_im, mirrored_re), (im, re)], h, sum)
}

/// `sum + x h`.
#[inline(always)]
fn product<S: Simd>((a, b): Eight<S>, (c, d): Eight<S>, (re, im): Eight<S>) -> Eight<S> {
    let (re, im) = (a.mul_add(c, re), a.mul_add(d, im));
    ((-b).mul_add(d, re), b.mul_add(c, im))
}

#[inline(always)]
fn four<S: Simd>(simd: S, from: &Numbers, at: usize) -> f32x4<S> {
    let floats: &[f32] = bytemuck::cast_slice(from);
    f32x4::from_slice(simd, &floats[4 * at..4 * at + 4])
}

/// Real and imaginary parts of eight numbers, each number in its lane.
#[inline(always)]
fn apart<S: Simd>(simd: S, from: &Numbers) -> Eight<S> {
    let (a, b) = (four(simd, from, 0), four(simd, from, 1));
    let (c, d) = (four(simd, from, 2), four(simd, from, 3));
    let (low, high) = (a.deinterleave(c), b.deinterleave(d));
    (low.0.combine(high.0), low.1.combine(high.1))
}

/// The same from the last number to the first.
#[inline(always)]
fn apart_backwards<S: Simd>(simd: S, from: &Numbers) -> Eight<S> {
    let (a, b) = (four(simd, from, 0).reverse(), four(simd, from, 1).reverse());
    let (c, d) = (four(simd, from, 2).reverse(), four(simd, from, 3).reverse());
    let (low, high) = (d.deinterleave(b), c.deinterleave(a));
    (low.1.combine(high.1), low.0.combine(high.0))
}

/// The opposite of [`apart`].
#[inline(always)]
fn together<S: Simd>((re, im): Eight<S>, to: &mut Numbers) {
    let ((re_low, re_high), (im_low, im_high)) = (re.split(), im.split());
    let (a, c) = re_low.interleave(im_low);
    let (b, d) = re_high.interleave(im_high);
    let floats: &mut [f32] = bytemuck::cast_slice_mut(to);
    a.combine(b).store_slice(&mut floats[..8]);
    c.combine(d).store_slice(&mut floats[8..16]);
}

/// The opposite of [`apart_backwards`].
#[inline(always)]
fn together_backwards<S: Simd>((re, im): Eight<S>, to: &mut Numbers) {
    let ((re_low, re_high), (im_low, im_high)) = (re.split(), im.split());
    let (d, b) = im_low.interleave(re_low);
    let (c, a) = im_high.interleave(re_high);
    let floats: &mut [f32] = bytemuck::cast_slice_mut(to);
    let (a, b) = (a.reverse(), b.reverse());
    a.combine(b).store_slice(&mut floats[..8]);
    let (c, d) = (c.reverse(), d.reverse());
    c.combine(d).store_slice(&mut floats[8..16]);
}
