//! Power of both channels together and what they have in common, bin by bin, of one window.
//!
//! A periodic Hann window; left and right are the real and the imaginary part of one transform. With
//! `a` and `b` the bins at `k` and `-k`: `|L|^2 + |R|^2 = (|a|^2 + |b|^2) / 2` and `Re(L R*) = Im(a b) / 2`.
//! Powers are scaled so that all bins add up to the mean square of the signal (Parseval).

use std::sync::Arc;

use rustfft::num_complex::Complex;
use rustfft::{Fft, FftPlanner};

/// From windows to bins.
#[derive(Clone)]
pub struct StereoSpectrum {
    fft: Arc<dyn Fft<f32>>,
    window: Vec<f32>,
    frame: Vec<Complex<f32>>,
    scratch: Vec<Complex<f32>>,
    /// `[left and right, their product]` of each bin from 0 to half the length.
    pub bins: Vec<[f32; 2]>,
}

impl std::fmt::Debug for StereoSpectrum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StereoSpectrum")
            .field("length", &self.window.len())
            .finish_non_exhaustive()
    }
}

impl StereoSpectrum {
    /// Windows of `length` samples.
    pub fn new(length: usize) -> Self {
        let fft = FftPlanner::new().plan_fft_forward(length);
        // The squares of a periodic Hann window add up to 3/8 of its length; each bin stands for two.
        let scale = (2.0 / 0.375_f64).sqrt() / length as f64;
        let hann = |n: usize| {
            let phase = std::f64::consts::TAU * n as f64 / length as f64;
            (scale * (0.5 - 0.5 * phase.cos())) as f32
        };
        Self {
            window: (0..length).map(hann).collect(),
            frame: vec![Complex::default(); length],
            scratch: vec![Complex::default(); fft.get_inplace_scratch_len()],
            bins: vec![[0.0; 2]; length / 2 + 1],
            fft,
        }
    }

    /// Analyses a window of one or two channels; a single one has its own power.
    pub fn analyse(&mut self, channels: &[&[f32]]) {
        let left = channels[0];
        match channels.get(1) {
            Some(right) => {
                let samples = left.iter().zip(*right).zip(&self.window);
                for (z, ((l, r), w)) in self.frame.iter_mut().zip(samples) {
                    *z = Complex::new(l * w, r * w);
                }
            }
            None => {
                let samples = left.iter().zip(&self.window);
                for (z, (x, w)) in self.frame.iter_mut().zip(samples) {
                    *z = Complex::new(x * w, 0.0);
                }
            }
        }
        self.fft
            .process_with_scratch(&mut self.frame, &mut self.scratch);
        let a = self.frame[0];
        self.bins[0] = [0.5 * a.norm_sqr(), 0.5 * a.re * a.im];
        let mirrored = self.frame.iter().rev();
        for ((bin, a), b) in self.bins[1..]
            .iter_mut()
            .zip(&self.frame[1..])
            .zip(mirrored)
        {
            let product = a.re * b.im + a.im * b.re;
            *bin = [0.5 * (a.norm_sqr() + b.norm_sqr()), 0.5 * product];
        }
    }
}
