//! The short-time spectrum of both channels in three tiers, in dB.

use std::ops::Range;
use std::sync::Arc;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::basics::log_exp::{fast_power_to_db, power_to_db};
use crate::simd::instruction_set::Implementation;
use crate::tame::grid::{Grid, PADDING, SIZE, STEP, TIERS};
use crate::tame::history::{Decimator, History};
use crate::{FRAME, Frame};

/// Power of a bin below which nothing is told apart, about -120 dBFS of a sine.
const FLOOR: f32 = 1e-12;

/// Levels of all bins of one spectrum, in dB, and the power of each band's average bin, in dB too.
#[derive(Debug, Clone)]
pub struct Levels {
    /// Of each bin, and some behind the last.
    pub bins_db: Vec<f32>,
    /// Of each band.
    pub bands_db: Vec<f32>,
}

impl Levels {
    /// Silence.
    pub fn new(grid: &Grid) -> Self {
        let silence_db = power_to_db(FLOOR);
        Self {
            bins_db: vec![silence_db; grid.len + PADDING],
            bands_db: vec![silence_db; grid.bands.len()],
        }
    }
}

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
    /// Hann's window, scaled so that a sine of amplitude 1 has power 1/2; each weight twice.
    window: Vec<[f32; 2]>,
    to_base: Decimator,
    down: [Decimator; TIERS - 1],
    input: History,
    tiers: [History; TIERS],
    transform: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    powers: [Vec<f32>; 2],
    /// Mean powers of the bands of a tier.
    means: Vec<f32>,
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
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // small indices
        let window = (0..SIZE)
            .map(|n| {
                let turn = std::f64::consts::TAU * n as f64 / SIZE as f64;
                let weight = (1.0 - turn.cos()) / SIZE as f64 * std::f64::consts::SQRT_2;
                [weight as f32; 2]
            })
            .collect();
        let to_base = Decimator::new(factor);
        let down = [Decimator::new(STEP), Decimator::new(STEP)];
        Self {
            window,
            input: History::new(to_base.reach() + FRAME),
            tiers: std::array::from_fn(|_| History::new(SIZE)),
            transform: vec![Complex::default(); SIZE],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            powers: [vec![0.0; SIZE / 2], vec![0.0; SIZE / 2]],
            means: vec![0.0; SIZE / 2],
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

    /// The levels of a tier's bins as they are now.
    #[inline(always)]
    pub fn measure(
        &mut self,
        tier: usize,
        grid: &Grid,
        spectra: Spectra,
        levels: &mut [Levels; 2],
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
        let used = grid.of_tier[tier].clone();
        let len = used.len();
        // A density in power: the bins of the tiers are of different widths.
        let scale = [1.0, 4.0, 16.0][tier];
        match implementation {
            Implementation::Scalar => {
                powers(&self.transform, used, scale, spectra, &mut self.powers)
            }
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                fast_powers(simd, &self.transform, used, scale, spectra, &mut self.powers);
            }),
        }
        let (first, bands) = (grid.starts[tier], grid.bands_of_tier[tier].clone());
        for (powers, levels) in self.powers.iter().zip(levels).take(spectra.count()) {
            let powers = &powers[..len];
            to_db(
                powers,
                &mut levels.bins_db[first..first + len],
                implementation,
            );
            let means = &mut self.means[..bands.len()];
            for (mean, band) in means.iter_mut().zip(&grid.bands[bands.clone()]) {
                let bins = &powers[band.bins.start - first..band.bins.end - first];
                *mean = bins.iter().sum::<f32>() * band.share;
            }
            to_db(means, &mut levels.bands_db[bands.clone()], implementation);
        }
    }
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

/// Powers of bins from the transform of `left + i right`, whose even part is `left`'s.
fn powers(
    transform: &[Complex<f32>],
    used: Range<usize>,
    scale: f32,
    spectra: Spectra,
    powers: &mut [Vec<f32>; 2],
) {
    let [one, two] = powers;
    for (bin, (one, two)) in used.zip(one.iter_mut().zip(two)) {
        let (z, m) = (transform[bin], transform[SIZE - bin]);
        if spectra == Spectra::Joint {
            *one = 0.5 * scale * (z.norm_sqr() + m.norm_sqr());
        } else {
            *one = 0.25 * scale * (z + m.conj()).norm_sqr();
            *two = 0.25 * scale * (z - m.conj()).norm_sqr();
        }
    }
}

/// The same, eight bins at a time; the last eight may hold more than are used.
#[inline(always)]
fn fast_powers<S: Simd>(
    simd: S,
    transform: &[Complex<f32>],
    used: Range<usize>,
    scale: f32,
    spectra: Spectra,
    powers: &mut [Vec<f32>; 2],
) {
    let floats: &[f32] = bytemuck::cast_slice(transform);
    let eight = |at: usize| f32x8::from_slice(simd, &floats[at..at + 8]);
    let [one, two] = powers;
    let chunks = one
        .as_chunks_mut::<8>()
        .0
        .iter_mut()
        .zip(two.as_chunks_mut::<8>().0);
    for (bin, (one, two)) in used.step_by(8).zip(chunks) {
        // From one half at most eight bins into the other.
        let (re, im) = eight(2 * bin).deinterleave(eight(2 * bin + 8));
        let mirrored = 2 * (SIZE - bin - 7);
        let (m_re, m_im) = eight(mirrored).deinterleave(eight(mirrored + 8));
        let (m_re, m_im) = (m_re.reverse(), m_im.reverse());
        if spectra == Spectra::Joint {
            let sum = re.mul_add(re, im * im) + m_re.mul_add(m_re, m_im * m_im);
            (sum * (0.5 * scale)).store_slice(one);
        } else {
            let (a, b, c, d) = (re + m_re, im - m_im, re - m_re, im + m_im);
            (a.mul_add(a, b * b) * (0.25 * scale)).store_slice(one);
            (c.mul_add(c, d * d) * (0.25 * scale)).store_slice(two);
        }
    }
}

#[inline(always)]
fn to_db(powers: &[f32], levels_db: &mut [f32], implementation: Implementation) {
    match implementation {
        Implementation::Scalar => {
            for (power, db) in powers.iter().zip(levels_db) {
                *db = power_to_db(power + FLOOR);
            }
        }
        Implementation::Vectorized(set) => {
            dispatch!(set.level(), simd => fast_to_db(simd, powers, levels_db));
        }
    }
}

#[inline(always)]
fn fast_to_db<S: Simd>(simd: S, powers: &[f32], levels_db: &mut [f32]) {
    let (powers, rest) = powers.as_chunks::<8>();
    let (levels, last) = levels_db.as_chunks_mut::<8>();
    for (power, db) in powers.iter().zip(levels) {
        fast_power_to_db(f32x8::from_slice(simd, power) + FLOOR).store_slice(db);
    }
    if !rest.is_empty() {
        let mut eight = [0.0; 8];
        eight[..rest.len()].copy_from_slice(rest);
        fast_power_to_db(f32x8::from_slice(simd, &eight) + FLOOR).store_slice(&mut eight);
        last.copy_from_slice(&eight[..last.len()]);
    }
}
