//! The transforms of the convolution, with their buffers.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::{Fft, FftPlanner};

use crate::MAX_CHANNELS;
use crate::basics::buffer::{Buffer, zeros};
use crate::eq::design::Kernel;
use crate::eq::partition_spectra::PairSpectra;

/// What only the reference needs.
pub struct RealTransforms {
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    time: Box<[f32]>,
    /// Of each channel.
    spectra: [Box<[Complex<f32>]>; MAX_CHANNELS],
    scratch: Box<[Complex<f32>]>,
}

/// What only the vectorised way needs.
pub struct SharedTransforms {
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    /// Of both channels, with room for one number more.
    pub spectrum: Buffer<Complex<f32>>,
    scratch: Buffer<Complex<f32>>,
}

impl RealTransforms {
    /// Of `len` samples.
    pub fn new(len: usize) -> Self {
        let mut planner = RealFftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let spectrum = || forward.make_output_vec().into_boxed_slice();
        Self {
            time: forward.make_input_vec().into_boxed_slice(),
            spectra: [spectrum(), spectrum()],
            scratch: vec![Complex::default(); scratch].into_boxed_slice(),
            forward,
            inverse,
        }
    }

    /// Transforms the input into a slot.
    pub fn forward(&mut self, input: &[Complex<f32>], heard: &mut PairSpectra, slot: usize) {
        for (channel, spectrum) in self.spectra.iter_mut().enumerate() {
            for (time, number) in self.time.iter_mut().zip(input) {
                *time = [number.re, number.im][channel];
            }
            let scratch = &mut self.scratch;
            let result = self
                .forward
                .process_with_scratch(&mut self.time, spectrum, scratch);
            debug_assert!(result.is_ok(), "{result:?}");
        }
        heard.set(slot, [&self.spectra[0], &self.spectra[1]]);
    }

    /// The cyclic convolution with a kernel; its second half is valid.
    pub fn multiply(
        &mut self,
        heard: &PairSpectra,
        newest: usize,
        kernel: &Kernel,
        output: &mut [Complex<f32>],
    ) {
        let slots = kernel.spectra.slots();
        let [left, right] = &mut self.spectra;
        for (bin, (left, right)) in left.iter_mut().zip(right).enumerate() {
            (*left, *right) = Default::default();
            for part in 0..slots {
                let [l, r] = heard.at((newest + part) % slots, bin);
                let own = kernel.spectra.at(part, bin);
                *left += l * own;
                *right += r * own;
                if let Some(crossed) = &kernel.crossed {
                    let crossed = crossed.at(part, bin);
                    *left += r * crossed;
                    *right += l * crossed;
                }
            }
        }
        for (channel, spectrum) in self.spectra.iter_mut().enumerate() {
            // Rounding may leave imaginary parts where a real signal has none.
            let last = spectrum.len() - 1;
            spectrum[0].im = 0.0;
            spectrum[last].im = 0.0;
            let scratch = &mut self.scratch;
            let result = self
                .inverse
                .process_with_scratch(spectrum, &mut self.time, scratch);
            debug_assert!(result.is_ok(), "{result:?}");
            for (number, time) in output.iter_mut().zip(&self.time) {
                *[&mut number.re, &mut number.im][channel] = *time;
            }
        }
    }
}

impl SharedTransforms {
    /// Of `len` samples.
    pub fn new(len: usize) -> Self {
        let mut planner = FftPlanner::<f32>::new();
        let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
        let scratch = forward
            .get_immutable_scratch_len()
            .max(inverse.get_outofplace_scratch_len());
        Self {
            // One more than the transform: see `spectra::finish`.
            spectrum: zeros(len + 1),
            scratch: zeros(scratch),
            forward,
            inverse,
        }
    }

    /// Transforms the input into the spectrum.
    pub fn forward(&mut self, input: &[Complex<f32>]) {
        let spectrum = &mut self.spectrum[..input.len()];
        self.forward
            .process_immutable_with_scratch(input, spectrum, &mut self.scratch);
    }

    /// Transforms the spectrum, which is lost, into the output.
    pub fn inverse(&mut self, output: &mut [Complex<f32>]) {
        let spectrum = &mut self.spectrum[..output.len()];
        self.inverse
            .process_outofplace_with_scratch(spectrum, output, &mut self.scratch);
    }
}
