//! The noise floor: what is left when the programme is quiet, band by band.

use crate::ear::average::Span;
use crate::ear::meters::level_range::LevelRange;
use crate::ear::spectrum::transform::BandPower;
use auralis_dsp::bands::BANDS;
use auralis_dsp::basics::decibel::{SILENCE_DB, db_to_power, power_to_db};

/// Memory of the levels, in seconds.
const MEMORY_S: f64 = 30.0;
/// Share of the time that a band's level lies below its floor.
const SHARE: f64 = 0.1;
/// Hops from one reading to the next: the floor of many seconds moves slowly.
const HOPS_PER_READING: u32 = 16;
/// Power below which a hop is digital silence, which says nothing of the noise: -120 dBFS.
const DIGITAL_SILENCE: f64 = 1e-12;

/// Follows the noise floor.
///
/// Each critical band has the level that it stays below for a tenth of the time, and the floor is
/// the sum of the bands: an order statistic per band in the place of the minimum of R. Martin,
/// "Noise power spectral density estimation based on optimal smoothing and minimum statistics", IEEE
/// TSAP 9(5), 2001, which a fade-out would ruin. Bands fall silent at different times, so this lies
/// below any level of the whole. It is an upper bound: what sounds all the time counts as noise.
#[derive(Debug, Clone)]
pub struct NoiseFloor {
    bands: Vec<LevelRange>,
    /// Hops until the next reading.
    until_reading: u32,
    db: f32,
}

impl NoiseFloor {
    /// Nothing heard yet; hops of `hop_s` seconds.
    pub fn new(hop_s: f64, span: Span) -> Self {
        let band = LevelRange::new(hop_s, span.time_constant_s(MEMORY_S));
        Self {
            bands: vec![band; BANDS],
            until_reading: 1,
            db: SILENCE_DB,
        }
    }

    /// Takes the power of each band of a hop, loud or quiet.
    #[allow(clippy::cast_possible_truncation)] // decibels
    pub fn push(&mut self, band_power: &BandPower) {
        if band_power.iter().sum::<f64>() < DIGITAL_SILENCE {
            return;
        }
        for (band, power) in self.bands.iter_mut().zip(band_power) {
            band.push(power_to_db(*power) as f32);
        }
        self.until_reading -= 1;
        if self.until_reading == 0 {
            self.until_reading = HOPS_PER_READING;
            self.db = self.reading();
        }
    }

    /// The floor in dBFS (mean square from 20 Hz to 20 kHz, summed over the channels), of 16 hops ago at most;
    /// [`SILENCE_DB`] before the first hop.
    pub fn db(&self) -> f32 {
        self.db
    }

    #[allow(clippy::cast_possible_truncation)] // decibels
    fn reading(&self) -> f32 {
        let bands = self.bands.iter();
        let power: f64 = bands
            .map(|band| db_to_power(f64::from(band.percentile_db(SHARE))))
            .sum();
        power_to_db(power) as f32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::spectrum::transform::Windows;
    use crate::ear::test_signals::{Noise, signal};

    /// The floor of ten seconds of a mono signal.
    fn floor_db(sample: impl FnMut(usize) -> f32) -> f32 {
        let mut windows = Windows::new(48_000.0, 1, 2048);
        let mut floor = NoiseFloor::new(2048.0 / 48_000.0, Span::Recent);
        for hop in signal(480_000, sample).chunks_exact(2048) {
            if let Some(power) = windows.push(&[hop]) {
                floor.push(&power);
            }
        }
        floor.db()
    }

    #[test]
    fn noise_between_loud_tones_reads_its_level() {
        let mut noise = Noise::new(21);
        // 0.001 of uniform noise is -60 - 4.77 dB, less 0.8 above 20 kHz; a tone takes half the time.
        let got = floor_db(|i| {
            let tone = (0.13 * i as f32).sin() * 0.5;
            0.001 * noise.white() + if i / 24_000 % 2 == 0 { tone } else { 0.0 }
        });
        // The tenth percentile of a band's power lies below its mean: the wide bands that hold most
        // of white noise by 0.2 dB, the narrow ones by 3.
        assert!((got + 65.56).abs() < 1.0, "{got} dB, expected -65.6");
    }

    #[test]
    fn digital_silence_is_no_noise_and_no_programme_has_no_floor() {
        assert_eq!(floor_db(|_| 0.0), SILENCE_DB);
        let mut noise = Noise::new(22);
        let got = floor_db(|i| {
            if i < 400_000 {
                0.0
            } else {
                0.01 * noise.white()
            }
        });
        assert!((got + 45.56).abs() < 1.0, "{got} dB, expected -45.6");
    }
}
