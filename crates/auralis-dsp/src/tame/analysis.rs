//! The short-time spectrum of both channels in three tiers, in dB.

use std::ops::Range;
use std::sync::Arc;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::basics::log_exp::{fast_power_to_db, power_to_db};
use crate::simd::instruction_set::Implementation;
use crate::tame::history::{Decimator, History};
use crate::tame::tiers::{LANES, SIZE, STEP, TIERS};
use crate::{FRAME, Frame};

/// Where the window has its top, as a share of its length: it rises for so long and falls quickly, so that what
/// begins is seen after a third of the window instead of half of it, and a tone is as narrow as in Hann's.
const TOP: f64 = 0.85;
/// Power of a bin below which nothing is told apart, about -120 dBFS of a sine.
const FLOOR: f32 = 1e-12;

/// Which spectra are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spectra {
    /// The sum of the powers of both channels.
    Joint,
    /// Each channel's own.
    Each,
}

impl Spectra {
    /// How many that are.
    #[inline(always)]
    pub fn count(self) -> usize {
        match self {
            Self::Joint => 1,
            Self::Each => 2,
        }
    }
}

/// The transforms.
pub struct Analysis {
    fft: Arc<dyn Fft<f32>>,
    /// The window, scaled so that a sine of amplitude 1 has power 1/2; each weight twice.
    window: Vec<[f32; 2]>,
    to_base: Decimator,
    down: [Decimator; TIERS - 1],
    input: History,
    tiers: [History; TIERS],
    transform: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
}

impl std::fmt::Debug for Analysis {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Analysis").finish_non_exhaustive()
    }
}

impl Analysis {
    /// Transforms of the signal at one sample in `factor`.
    pub fn new(factor: usize) -> Self {
        let fft = FftPlanner::new().plan_fft_forward(SIZE);
        let to_base = Decimator::new(factor);
        let down = [Decimator::new(STEP), Decimator::new(STEP)];
        Self {
            window: skewed_window(),
            input: History::new(to_base.reach() + FRAME),
            tiers: std::array::from_fn(|_| History::new(SIZE)),
            transform: vec![Complex::default(); SIZE],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            fft,
            to_base,
            down,
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.input.reset();
        self.tiers.iter_mut().for_each(History::reset);
        self.to_base.reset();
        self.down.iter_mut().for_each(Decimator::reset);
    }

    /// Hears a frame; of one channel the other is silent.
    #[inline(always)]
    pub fn hear(&mut self, audio: &[Frame], implementation: Implementation) {
        let mut pair = [Complex::default(); FRAME];
        let [left, right] = [&audio[0], audio.last().unwrap_or(&audio[0])];
        let is_mono = audio.len() == 1;
        for n in 0..FRAME {
            pair[n] = Complex::new(left[n], if is_mono { 0.0 } else { right[n] });
        }
        let [base, middle, low] = &mut self.tiers;
        let mut added = FRAME;
        if self.to_base.is_needed() {
            self.input.push(&pair);
            added = self.to_base.pass(&self.input, FRAME, base, implementation);
        } else {
            base.push(&pair);
        }
        added = self.down[0].pass(base, added, middle, implementation);
        self.down[1].pass(middle, added, low, implementation);
    }

    /// The levels in dB of some bins of a tier's transform as they are now, whole vectors of them.
    #[inline(always)]
    pub fn measure(
        &mut self,
        tier: usize,
        bins: Range<usize>,
        spectra: Spectra,
        levels_db: &mut [Vec<f32>; 2],
        implementation: Implementation,
    ) {
        let heard = self.tiers[tier].newest(SIZE);
        match implementation {
            Implementation::Scalar => window(heard, &self.window, &mut self.transform),
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                fast_window(simd, heard, &self.window, &mut self.transform);
            }),
        }
        self.fft
            .process_with_scratch(&mut self.transform, &mut self.scratch);
        match implementation {
            Implementation::Scalar => levels(&self.transform, bins, spectra, levels_db),
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                fast_levels(simd, &self.transform, bins, spectra, levels_db);
            }),
        }
    }
}

/// Halves of two of Hann's windows, the rise of a long one and the fall of a short one.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // small indices
fn skewed_window() -> Vec<[f32; 2]> {
    let weight = |n: usize| {
        let at = n as f64 / SIZE as f64;
        let turn = if at < TOP {
            0.5 * at / TOP
        } else {
            0.5 + 0.5 * (at - TOP) / (1.0 - TOP)
        };
        let hann = 1.0 - (std::f64::consts::TAU * turn).cos();
        [(hann / SIZE as f64 * std::f64::consts::SQRT_2) as f32; 2]
    };
    (0..SIZE).map(weight).collect()
}

fn window(heard: &[Complex<f32>], window: &[[f32; 2]], transform: &mut [Complex<f32>]) {
    for ((to, from), weight) in transform.iter_mut().zip(heard).zip(window) {
        *to = Complex::new(from.re * weight[0], from.im * weight[1]);
    }
}

#[inline(always)]
fn fast_window<S: Simd>(
    simd: S,
    heard: &[Complex<f32>],
    window: &[[f32; 2]],
    transform: &mut [Complex<f32>],
) {
    let (heard, to): (&[f32], &mut [f32]) = (
        bytemuck::cast_slice(heard),
        bytemuck::cast_slice_mut(transform),
    );
    let pairs = heard
        .as_chunks::<8>()
        .0
        .iter()
        .zip(window.as_flattened().as_chunks::<8>().0);
    for (to, (from, weight)) in to.as_chunks_mut::<8>().0.iter_mut().zip(pairs) {
        (f32x8::from_slice(simd, from) * f32x8::from_slice(simd, weight)).store_slice(to);
    }
}

/// Levels of bins from the transform of `left + i right`, whose even part is `left`'s.
fn levels(
    transform: &[Complex<f32>],
    bins: Range<usize>,
    spectra: Spectra,
    levels_db: &mut [Vec<f32>; 2],
) {
    let [one, two] = levels_db;
    for (bin, (one, two)) in bins.zip(one.iter_mut().zip(two)) {
        let (z, m) = (transform[bin], transform[SIZE - bin]);
        if spectra == Spectra::Joint {
            *one = power_to_db(0.5 * (z.norm_sqr() + m.norm_sqr()) + FLOOR);
        } else {
            *one = power_to_db(0.25 * (z + m.conj()).norm_sqr() + FLOOR);
            *two = power_to_db(0.25 * (z - m.conj()).norm_sqr() + FLOOR);
        }
    }
}

/// The same, eight bins at a time.
#[inline(always)]
fn fast_levels<S: Simd>(
    simd: S,
    transform: &[Complex<f32>],
    bins: Range<usize>,
    spectra: Spectra,
    levels_db: &mut [Vec<f32>; 2],
) {
    let floats: &[f32] = bytemuck::cast_slice(transform);
    let upwards = floats[2 * bins.start..].as_chunks::<{ 2 * LANES }>().0;
    let mirrored = floats[..2 * (SIZE + 1 - bins.start)]
        .as_rchunks::<{ 2 * LANES }>()
        .1;
    let [one, two] = levels_db;
    let chunks = one.as_chunks_mut::<LANES>().0[..bins.len() / LANES]
        .iter_mut()
        .zip(two.as_chunks_mut::<LANES>().0);
    for ((one, two), (bins, mirrored)) in chunks.zip(upwards.iter().zip(mirrored.iter().rev())) {
        let (re, im) =
            f32x8::from_slice(simd, &bins[..8]).deinterleave(f32x8::from_slice(simd, &bins[8..]));
        let (m_re, m_im) = f32x8::from_slice(simd, &mirrored[..8])
            .deinterleave(f32x8::from_slice(simd, &mirrored[8..]));
        let (m_re, m_im) = (m_re.reverse(), m_im.reverse());
        if spectra == Spectra::Joint {
            let sum = re.mul_add(re, im * im) + m_re.mul_add(m_re, m_im * m_im);
            in_db(sum * 0.5).store_slice(one);
        } else {
            let (a, b, c, d) = (re + m_re, im - m_im, re - m_re, im + m_im);
            in_db(a.mul_add(a, b * b) * 0.25).store_slice(one);
            in_db(c.mul_add(c, d * d) * 0.25).store_slice(two);
        }
    }
}

#[inline(always)]
fn in_db<S: Simd>(power: f32x8<S>) -> f32x8<S> {
    fast_power_to_db(power + FLOOR)
}
