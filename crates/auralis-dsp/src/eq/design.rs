//! From gains of critical bands to the FIR of the EQ and its partition spectra.
//!
//! Runs off the audio thread. The linear-phase FIR is the curve's inverse transform under a Hann
//! window, with the parts of the lowest band beside it (`low_end`); the minimum-phase one has that FIR's magnitude, made from its
//! real cepstrum (Oppenheim, Schafer, "Discrete-Time Signal Processing", section 13.5); the mixed-phase
//! one is both in a row (`mixed_phase`).

mod low_end;
mod mixed_phase;
mod sizes;

use std::sync::Arc;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};
use realfft::num_complex::Complex;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};

use crate::bands::{LOW_BANDS, PerBand, PerLowBand};
use crate::basics::log_exp::fast_db_to_gain;
use crate::eq::curve::Places;
use crate::eq::partition_spectra::FilterSpectra;
use crate::options::EqPhase;
use crate::simd::instruction_set::InstructionSet;
use low_end::LowEnd;
use mixed_phase::LinearPart;
pub use sizes::EqSizes;

/// What one signal is to get.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gains {
    /// Gain of each critical band in dB.
    pub bands_db: PerBand,
    /// What each part of the lowest band adds at its centre to what the bands make there, in dB.
    pub low_db: PerLowBand,
}

impl From<PerBand> for Gains {
    fn from(bands_db: PerBand) -> Self {
        Self {
            bands_db,
            low_db: [0.0; LOW_BANDS],
        }
    }
}

/// What the EQ is to do, before it is a filter.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve {
    /// Of everything; of the mid signal, half the sum of left and right, where the side has its own.
    pub gains: Gains,
    /// Of the side signal, half the difference, if it differs. Mono has no side.
    pub side: Option<Gains>,
    /// Phase response; it decides the sizes.
    pub phase: EqPhase,
}

impl Curve {
    /// The same for mid and side.
    pub fn new(gains: impl Into<Gains>, phase: EqPhase) -> Self {
        Self {
            gains: gains.into(),
            side: None,
            phase,
        }
    }

    /// Whether every gain is within so many dB of the other curve's, in the same phase.
    pub fn is_within(&self, db: f32, other: &Self) -> bool {
        let near = |a: &Gains, b: &Gains| {
            let bands = a.bands_db.iter().zip(&b.bands_db);
            let mut gains = bands.chain(a.low_db.iter().zip(&b.low_db));
            gains.all(|(a, b)| (a - b).abs() < db)
        };
        let side = |curve: &Self| curve.side.unwrap_or(curve.gains);
        self.phase == other.phase
            && near(&self.gains, &other.gains)
            && near(&side(self), &side(other))
    }
}

/// A finished filter: what the audio thread needs to convolve, and nothing to compute. Spectra are
/// those of the zero-padded partitions, a slot each, scaled so that an unscaled inverse transform
/// gives the output.
#[derive(Debug, Clone)]
pub struct Kernel {
    /// The curve that it was designed for.
    pub curve: Curve,
    /// What each channel keeps of itself: half the sum of the filters of mid and side.
    pub spectra: FilterSpectra,
    /// What each channel gets of the other: half their difference. `None` where there is none, and
    /// then it costs nothing.
    pub crossed: Option<FilterSpectra>,
}

/// Designs kernels for one sample rate; owns all its plans and buffers.
pub struct EqDesigner {
    sample_rate: f64,
    /// Length of the design transform: four times the taps.
    size: usize,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    planner: RealFftPlanner<f32>,
    time: Vec<f64>,
    spectrum: Vec<Complex<f64>>,
    places: Places,
    low_end: LowEnd,
    linear_part: LinearPart,
    /// The curve over the bins, padded to whole vectors: decibels, then gains.
    line: Vec<f32>,
    /// The falling half of the Hann window.
    window: Vec<f64>,
    /// One half of the response without the low end's parts.
    without: Vec<f64>,
    /// Logarithms of the magnitudes of the bins.
    logs: Vec<f64>,
    /// The response of the linear part in mixed phase.
    linear: Vec<f64>,
}

impl std::fmt::Debug for EqDesigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EqDesigner")
            .field("sample_rate", &self.sample_rate)
            .field("size", &self.size)
            .finish_non_exhaustive()
    }
}

impl EqDesigner {
    /// A designer for a sample rate in Hz.
    pub fn new(sample_rate: f64) -> Self {
        let mixed = EqSizes::new(EqPhase::Mixed, sample_rate);
        let taps = EqSizes::new(EqPhase::Linear, sample_rate).taps;
        let size = 4 * taps;
        let half = taps / 2;
        let window = |n| 0.5 + 0.5 * (std::f64::consts::PI * as_f64(n) / as_f64(half)).cos();
        let mut planner = RealFftPlanner::<f64>::new();
        let forward = planner.plan_fft_forward(size);
        Self {
            sample_rate,
            size,
            time: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            places: Places::new(size / 2 + 1, sample_rate / as_f64(size)),
            low_end: LowEnd::new(sample_rate, size, half),
            linear_part: LinearPart::new(sample_rate, size, mixed.group_delay),
            logs: vec![0.0; size / 2 + 1],
            linear: vec![0.0; size / 2 + 1],
            line: vec![0.0; size / 2 + 8],
            window: (0..half).map(window).collect(),
            without: vec![0.0; half],
            inverse: planner.plan_fft_inverse(size),
            forward,
            planner: RealFftPlanner::new(),
        }
    }

    /// The kernel of a curve.
    pub fn design(&mut self, curve: Curve) -> Kernel {
        let sizes = EqSizes::new(curve.phase, self.sample_rate);
        let mut own = self.fir(&curve.gains, curve.phase, sizes);
        let side = curve.side.filter(|side| *side != curve.gains);
        let crossed = side.map(|side| {
            let mut crossed = self.fir(&side, curve.phase, sizes);
            for (own, crossed) in own.iter_mut().zip(&mut crossed) {
                let (mid, side) = (*own, *crossed);
                (*own, *crossed) = (0.5 * (mid + side), 0.5 * (mid - side));
            }
            self.partition(&crossed, sizes)
        });
        Kernel {
            curve,
            spectra: self.partition(&own, sizes),
            crossed,
        }
    }

    /// The impulse response, `sizes.taps` long.
    fn fir(&mut self, gains: &Gains, phase: EqPhase, sizes: EqSizes) -> Vec<f64> {
        self.zero_phase(gains, sizes.taps);
        match phase {
            EqPhase::Linear => {}
            EqPhase::Minimum => self.make_minimum_phase(),
            EqPhase::Mixed => self.make_mixed_phase(),
        }
        let fir =
            (0..sizes.taps).map(|n| self.time[(n + self.size - sizes.group_delay) % self.size]);
        if phase == EqPhase::Linear {
            return fir.collect();
        }
        // The parts of the lowest band ring to the end.
        let rings = gains.low_db != [0.0; LOW_BANDS];
        let fade = sizes.taps / if rings { 32 } else { 4 };
        let fade_out = (0..sizes.taps).map(|n| fade_out(n, sizes.taps, fade));
        fir.zip(fade_out).map(|(h, gain)| h * gain).collect()
    }

    /// Leaves in `time` the zero-phase FIR of the curve, `taps` long.
    fn zero_phase(&mut self, gains: &Gains, taps: usize) {
        let bins = self.spectrum.len();
        self.places.draw(&gains.bands_db, &mut self.line[..bins]);
        let set = InstructionSet::best();
        dispatch!(set.level(), simd => to_gains(simd, &mut self.line));
        for (bin, gain) in self.spectrum.iter_mut().zip(&self.line) {
            *bin = Complex::new(f64::from(*gain), 0.0);
        }
        self.inverse_transform();
        // All but the window's own length is 0, on either side of the start.
        let half = taps / 2;
        self.time[half..=self.size - half].fill(0.0);
        for n in 1..half {
            self.time[n] *= self.window[n];
            self.time[self.size - n] *= self.window[n];
        }
        if gains.low_db != [0.0; LOW_BANDS] {
            self.add_low_end(&gains.low_db, half);
        }
    }

    /// Adds the parts of the lowest band to the zero-phase FIR of the curve in `line`, which is `half`
    /// a kernel to either side.
    fn add_low_end(&mut self, low_db: &PerLowBand, half: usize) {
        self.without.copy_from_slice(&self.time[..half]);
        let added = self.low_end.added(low_db, &self.line, &self.without);
        self.spectrum.fill(Complex::default());
        for (bin, added) in self.spectrum.iter_mut().zip(added) {
            bin.re = *added;
        }
        self.inverse_transform();
        self.time[half..=self.size - half].fill(0.0);
        for (n, (cut, without)) in self.low_end.cut().iter().zip(&self.without).enumerate() {
            self.time[n] = self.time[n] * cut + without;
            self.time[(self.size - n) % self.size] = self.time[n];
        }
    }

    /// Replaces the zero-phase response in `time` by the minimum-phase one of its magnitude.
    fn make_minimum_phase(&mut self) {
        self.take_logs();
        self.minimum_phase_of_logs();
        self.inverse_transform();
    }

    /// Replaces the zero-phase response in `time` by one of its magnitude that is linear phase but for
    /// the low end, about the start.
    fn make_mixed_phase(&mut self) {
        self.take_logs();
        for (bin, log) in self
            .spectrum
            .iter_mut()
            .zip(self.linear_part.of(&self.logs))
        {
            *bin = Complex::new(log.exp(), 0.0);
        }
        self.inverse_transform();
        self.linear_part.cut(&mut self.time);
        self.forward_transform();
        let bins = self.spectrum.iter().zip(&mut self.linear);
        for ((bin, linear), log) in bins.zip(&mut self.logs) {
            *linear = bin.re;
            *log -= bin.re.ln();
        }
        self.minimum_phase_of_logs();
        for (bin, linear) in self.spectrum.iter_mut().zip(&self.linear) {
            *bin *= *linear;
        }
        self.inverse_transform();
    }

    /// Leaves in `logs` the logarithms of the magnitudes of the zero-phase response in `time`.
    fn take_logs(&mut self) {
        self.forward_transform();
        for (log, bin) in self.logs.iter_mut().zip(&self.spectrum) {
            // The magnitude is positive by far: gains are limited and smooth.
            *log = bin.re.abs().max(1e-6).ln();
        }
    }

    /// Leaves in `spectrum` the minimum-phase response of the magnitudes whose logarithms are in `logs`.
    fn minimum_phase_of_logs(&mut self) {
        for (bin, log) in self.spectrum.iter_mut().zip(&self.logs) {
            *bin = Complex::new(*log, 0.0);
        }
        self.inverse_transform();
        // Fold the anticausal half of the cepstrum onto the causal one.
        for n in 1..self.size / 2 {
            self.time[n] *= 2.0;
        }
        self.time[self.size / 2 + 1..].fill(0.0);
        self.forward_transform();
        for bin in &mut self.spectrum {
            *bin = bin.exp();
        }
    }

    /// The partition spectra of an impulse response.
    fn partition(&mut self, fir: &[f64], sizes: EqSizes) -> FilterSpectra {
        let transform = self.planner.plan_fft_forward(2 * sizes.partition);
        let mut padded = transform.make_input_vec();
        let mut spectrum = transform.make_output_vec();
        let scale = 1.0 / as_f64(2 * sizes.partition);
        let mut spectra = FilterSpectra::new(sizes.partition, sizes.partitions());
        for (slot, part) in fir.chunks(sizes.partition).enumerate() {
            padded.fill(0.0);
            for (to, from) in padded.iter_mut().zip(part) {
                *to = narrow(from * scale);
            }
            transform
                .process(&mut padded, &mut spectrum)
                .expect("buffers made by the plan itself");
            spectra.set(slot, &spectrum);
        }
        spectra
    }

    /// `spectrum` of `time`.
    fn forward_transform(&mut self) {
        self.forward
            .process(&mut self.time, &mut self.spectrum)
            .expect("buffers made by the plan itself");
    }

    /// `time` of `spectrum`, scaled; the imaginary parts that a real signal cannot have are cleared.
    fn inverse_transform(&mut self) {
        let last = self.spectrum.len() - 1;
        self.spectrum[0].im = 0.0;
        self.spectrum[last].im = 0.0;
        self.inverse
            .process(&mut self.spectrum, &mut self.time)
            .expect("buffers made by the plan itself, edges made real");
        let scale = 1.0 / as_f64(self.size);
        self.time.iter_mut().for_each(|x| *x *= scale);
    }
}

/// Half a cosine down to 0 over the last `fade` of `len` samples, 1 before.
fn fade_out(n: usize, len: usize, fade: usize) -> f64 {
    let into = as_f64((n + fade).saturating_sub(len)) / as_f64(fade);
    0.5 + 0.5 * (std::f64::consts::PI * into).cos()
}

#[allow(clippy::cast_precision_loss)] // lengths far below 2^53
fn as_f64(n: usize) -> f64 {
    n as f64
}

#[allow(clippy::cast_possible_truncation)] // to the audio's precision
fn narrow(x: f64) -> f32 {
    x as f32
}

/// Decibels to gains, in place; the length is a multiple of eight.
#[inline(always)]
fn to_gains<S: Simd>(simd: S, line: &mut [f32]) {
    for db in line.as_chunks_mut::<8>().0 {
        fast_db_to_gain(f32x8::from_slice(simd, db)).store_slice(db);
    }
}

#[cfg(test)]
mod tests;
