//! The long-term spectrum of a piece per critical band, free of its level.

use auralis_dsp::bands::{BANDS, PerBand};
use auralis_dsp::basics::decibel::{SILENCE_DB, power_to_db};
use auralis_engine::ear::spectrum::measures::HopMeasures;
use auralis_engine::ear::spectrum::transform::BandPower;

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

/// The long-term spectrum of a piece: Welch's method over the windows of its hops.
pub fn long_term_spectrum(hops: &[HopMeasures]) -> Spectrum {
    let mut mean = MeanSpectrum::default();
    for hop in hops.iter().filter_map(|hop| hop.spectrum.as_ref()) {
        mean.push(&hop.band_power, hop.usable_bands);
    }
    mean.spectrum()
}

/// The mean of the spectra of hops.
#[derive(Debug, Clone, Default)]
pub struct MeanSpectrum {
    sums: BandPower,
    hops: usize,
    usable_bands: usize,
}

impl MeanSpectrum {
    /// Adds a hop with so many bands below the Nyquist frequency.
    pub fn push(&mut self, band_power: &BandPower, usable_bands: usize) {
        self.sums
            .iter_mut()
            .zip(band_power)
            .for_each(|(sum, power)| *sum += power);
        self.hops += 1;
        self.usable_bands = usable_bands;
    }

    /// The spectrum of all hops.
    pub fn spectrum(&self) -> Spectrum {
        let hops = self.hops.max(1) as f64;
        let levels = self.sums.map(|sum| power_to_db(sum / hops) as f32);
        let loudest = levels.into_iter().fold(SILENCE_DB, f32::max);
        let floor = (loudest - PROGRAMME_RANGE_DB).max(SILENCE_DB + 1.0);
        let has_programme =
            std::array::from_fn(|band| band < self.usable_bands && levels[band] > floor);
        Spectrum::level_free(levels, has_programme)
    }
}
