//! The short-time spectrum of both channels in three tiers, in dB.

use std::sync::Arc;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

use crate::basics::log_exp::{fast_power_to_db, power_to_db};
use crate::simd::instruction_set::Implementation;
use crate::tame::grid::{Grid, SIZE, STEP, TIERS};
use crate::tame::history::{Decimator, History};
use crate::{FRAME, Frame};

/// Power of a bin below which nothing is told apart, about -120 dBFS of a sine.
const FLOOR: f32 = 1e-12;

/// Levels of all bins of one spectrum, in dB, and the power of each band's average bin, in dB too.
#[derive(Debug, Clone)]
pub struct Levels {
    /// Of each bin; as many as fill whole vectors.
    pub bins_db: Vec<f32>,
    /// Of each band.
    pub bands_db: Vec<f32>,
}

impl Levels {
    /// Silence.
    pub fn new(grid: &Grid) -> Self {
        let silence_db = power_to_db(FLOOR);
        Self {
            bins_db: vec![silence_db; grid.len.next_multiple_of(8)],
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
    pub fn hear(&mut self, audio: &[Frame]) {
        let mut pair = [Complex::default(); FRAME];
        match audio {
            [left, right] => {
                for ((pair, left), right) in pair.iter_mut().zip(left).zip(right) {
                    *pair = Complex::new(*left, *right);
                }
            }
            _ => {
                for (pair, mono) in pair.iter_mut().zip(&audio[0]) {
                    *pair = Complex::new(*mono, 0.0);
                }
            }
        }
        let [base, middle, low] = &mut self.tiers;
        let mut added = FRAME;
        if self.to_base.reach() > 3 {
            self.input.push(&pair);
            added = self.to_base.pass(&self.input, FRAME, base);
        } else {
            base.push(&pair);
        }
        added = self.down[0].pass(base, added, middle);
        self.down[1].pass(middle, added, low);
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
        for ((to, from), weight) in self.transform.iter_mut().zip(heard).zip(&self.window) {
            *to = Complex::new(from.re * weight[0], from.im * weight[1]);
        }
        self.fft
            .process_with_scratch(&mut self.transform, &mut self.scratch);
        let used = grid.of_tier[tier].clone();
        let len = used.len();
        // A density in power: the bins of the tiers are of different widths.
        let scale = [1.0, 4.0, 16.0][tier];
        powers(&self.transform, used.start, scale, spectra, &mut self.powers, len);
        let count = if spectra == Spectra::Joint { 1 } else { 2 };
        for (powers, levels) in self.powers.iter().zip(levels).take(count) {
            let powers = &powers[..len];
            let first = grid.starts[tier];
            to_db(powers, &mut levels.bins_db[first..first + len], implementation);
            for (band, level) in grid.bands.iter().zip(&mut levels.bands_db) {
                if (first..first + len).contains(&band.bins.start) {
                    let bins = band.bins.start - first..band.bins.end - first;
                    #[allow(clippy::cast_precision_loss)] // small counts
                    let share = 1.0 / bins.len() as f32;
                    *level = power_to_db(powers[bins].iter().sum::<f32>() * share + FLOOR);
                }
            }
        }
    }
}

/// Powers of bins from the transform of `left + i right`, whose even part is `left`'s.
#[inline(always)]
fn powers(
    transform: &[Complex<f32>],
    first: usize,
    scale: f32,
    spectra: Spectra,
    powers: &mut [Vec<f32>; 2],
    len: usize,
) {
    let up = &transform[first..first + len];
    let down = &transform[SIZE + 1 - first - len..SIZE + 1 - first];
    let [one, two] = powers;
    let both = one[..len].iter_mut().zip(&mut two[..len]);
    for ((one, two), (z, m)) in both.zip(up.iter().zip(down.iter().rev())) {
        if spectra == Spectra::Joint {
            *one = 0.5 * scale * (z.re * z.re + z.im * z.im + m.re * m.re + m.im * m.im);
        } else {
            let (a, b) = (z.re + m.re, z.im - m.im);
            let (c, d) = (z.im + m.im, m.re - z.re);
            *one = 0.25 * scale * (a * a + b * b);
            *two = 0.25 * scale * (c * c + d * d);
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
