//! The long-term spectrum per critical band: Welch's method with periodic Hann windows, half
//! overlapped, power summed over the channels and over each band.

use realfft::RealFftPlanner;

use crate::dsp::bands::{BANDS, EDGES_HZ, PerBand};
use crate::dsp::decibel::{SILENCE_DB, power_to_db};

/// Shortest window in seconds: four bins or more in the narrowest band, 80 Hz.
const WINDOW_SECONDS: f64 = 0.17;

/// A band this far below the loudest one holds no programme, in dB.
const PROGRAMME_RANGE_DB: f32 = 80.0;

/// Power per critical band, level-free: the mean over the bands that hold programme is 0 dB.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spectrum {
    /// Level of each band in dB; [`SILENCE_DB`] where there is no programme.
    pub level_db: PerBand,
    /// Whether the band lies below the Nyquist frequency and holds programme.
    pub has_programme: [bool; BANDS],
}

impl Spectrum {
    /// A curve over all bands as a spectrum, brought to a mean of 0 dB.
    pub fn from_curve(curve_db: &PerBand) -> Self {
        Self::level_free(*curve_db, [true; BANDS])
    }

    /// Takes the mean over the bands with programme off them.
    fn level_free(level_db: PerBand, has_programme: [bool; BANDS]) -> Self {
        let mean = mean(level_db.into_iter().zip(has_programme));
        let mut spectrum = Self {
            level_db: [SILENCE_DB; BANDS],
            has_programme,
        };
        for (band, out) in spectrum.level_db.iter_mut().enumerate() {
            if has_programme[band] {
                *out = level_db[band] - mean;
            }
        }
        spectrum
    }

    /// Difference to another spectrum per band in dB, its mean taken off; none where one of the
    /// two has no programme.
    pub fn minus(&self, other: &Self) -> [Option<f32>; BANDS] {
        let both = |band| self.has_programme[band] && other.has_programme[band];
        let difference = |band: usize| self.level_db[band] - other.level_db[band];
        let mean = mean((0..BANDS).map(|band| (difference(band), both(band))));
        std::array::from_fn(|band| both(band).then(|| difference(band) - mean))
    }
}

/// Mean of the values that are marked, 0 of none.
fn mean(values: impl Iterator<Item = (f32, bool)>) -> f32 {
    let (sum, count) = values
        .filter(|(_, marked)| *marked)
        .fold((0.0, 0), |(sum, count), (value, _)| {
            (sum + value, count + 1)
        });
    sum / count.max(1) as f32
}

/// RMS over the bands of the level-free difference of two spectra in dB, over the bands that hold
/// programme in both; 0 when there is no such band.
pub fn spectral_distance_db(a: &Spectrum, b: &Spectrum) -> f32 {
    let difference = a.minus(b);
    let squares = difference.map(|d| (d.unwrap_or(0.0).powi(2), d.is_some()));
    mean(squares.into_iter()).sqrt()
}

/// Long-term spectrum of equally long channels of finite samples. A piece shorter than one window
/// is filled up with silence.
pub fn long_term_spectrum(channels: &[Vec<f32>], sample_rate: u32) -> Spectrum {
    let size = ((f64::from(sample_rate) * WINDOW_SECONDS) as usize).next_power_of_two();
    let power = bin_power(channels, size);
    let bin_hz = sample_rate as f32 / size as f32;
    let levels: PerBand = std::array::from_fn(|band| {
        power_to_db(band_power(
            &power,
            bin_hz,
            EDGES_HZ[band],
            EDGES_HZ[band + 1],
        )) as f32
    });
    let loudest = levels.into_iter().fold(SILENCE_DB, f32::max);
    let floor = (loudest - PROGRAMME_RANGE_DB).max(SILENCE_DB + 1.0);
    let nyquist_hz = 0.5 * sample_rate as f32;
    let has_programme =
        std::array::from_fn(|band| EDGES_HZ[band + 1] <= nyquist_hz && levels[band] > floor);
    Spectrum::level_free(levels, has_programme)
}

/// Power of each bin, averaged over the windows and summed over the channels.
fn bin_power(channels: &[Vec<f32>], size: usize) -> Vec<f64> {
    let fft = RealFftPlanner::<f32>::new().plan_fft_forward(size);
    let (mut input, mut output) = (fft.make_input_vec(), fft.make_output_vec());
    let mut scratch = fft.make_scratch_vec();
    let turn = std::f32::consts::TAU / size as f32;
    let window: Vec<f32> = (0..size)
        .map(|i| 0.5 - 0.5 * (turn * i as f32).cos())
        .collect();
    let mut power = vec![0.0; output.len()];
    let frames = channels.first().map_or(0, Vec::len);
    let starts = (0..frames.saturating_sub(size) + 1).step_by(size / 2);
    let scale = 1.0 / (starts.len() as f64 * (size as f64).powi(2));
    for start in starts {
        for channel in channels {
            let end = (start + size).min(frames);
            input.fill(0.0);
            for ((x, &sample), &w) in input.iter_mut().zip(&channel[start..end]).zip(&window) {
                *x = sample * w;
            }
            fft.process_with_scratch(&mut input, &mut output, &mut scratch)
                .expect("buffers made by this very plan");
            for (sum, bin) in power.iter_mut().zip(&output) {
                *sum += f64::from(bin.norm_sqr()) * scale;
            }
        }
    }
    power
}

/// Power from `low_hz` to `high_hz`; a bin on an edge counts by the share that lies inside.
fn band_power(power: &[f64], bin_hz: f32, low_hz: f32, high_hz: f32) -> f64 {
    let first = (low_hz / bin_hz - 0.5).floor().max(0.0) as usize;
    let last = (high_hz / bin_hz + 0.5).ceil() as usize;
    (first..=last.min(power.len() - 1))
        .map(|bin| {
            let (left, right) = ((bin as f32 - 0.5) * bin_hz, (bin as f32 + 0.5) * bin_hz);
            let share = (right.min(high_hz) - left.max(low_hz)).max(0.0) / bin_hz;
            power[bin] * f64::from(share)
        })
        .sum()
}
