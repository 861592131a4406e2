//! Onsets from the rise of the band levels, spectral flux in dB (Dixon, "Onset detection revisited",
//! DAFx 2006, with levels in the place of magnitudes and critical bands in that of bins).

use crate::ear::average::one_pole;
use auralis_dsp::bands::BANDS;
use auralis_dsp::basics::decibel::power_to_db;

/// Time constant of the mean flux that an onset must stand out from, in seconds.
const MEAN_S: f64 = 2.0;

/// Finds onsets, hop by hop.
#[derive(Debug, Clone)]
pub struct Onsets {
    mean_weight: f64,
    /// Band levels of the hop before, in dB.
    band_db: [f64; BANDS],
    has_band_db: bool,
    mean_flux_db: f64,
    last_flux_db: f64,
    rising: bool,
}

impl Onsets {
    /// Nothing heard yet; hops of `hop_s` seconds.
    pub fn new(hop_s: f64) -> Self {
        Self {
            mean_weight: one_pole(hop_s, MEAN_S),
            band_db: [0.0; BANDS],
            has_band_db: false,
            mean_flux_db: 0.0,
            last_flux_db: 0.0,
            rising: false,
        }
    }

    /// A hop was lost: its neighbours are not compared.
    pub fn gap(&mut self) {
        self.has_band_db = false;
    }

    /// Whether the flux of this hop rises clearly above its mean: one onset a rise.
    pub fn is_onset(&mut self, band_power: &[f64]) -> bool {
        let flux_db = self.flux_db(band_power);
        let threshold_db = 1.5 * self.mean_flux_db + 1.5;
        let above = flux_db > threshold_db && flux_db > self.last_flux_db;
        let onset = above && !self.rising;
        self.rising = above;
        self.last_flux_db = flux_db;
        self.mean_flux_db += self.mean_weight * (flux_db - self.mean_flux_db);
        onset
    }

    /// Mean rise of the band levels since the last hop, in dB; bands 50 dB under the loudest are held there.
    fn flux_db(&mut self, powers: &[f64]) -> f64 {
        let floor = powers.iter().fold(1e-12_f64, |max, power| max.max(*power)) * 1e-5;
        let mut rise = 0.0;
        for (last, power) in self.band_db.iter_mut().zip(powers) {
            let level = power_to_db(power.max(floor));
            if self.has_band_db {
                rise += (level - *last).max(0.0);
            }
            *last = level;
        }
        self.has_band_db = true;
        rise / powers.len().max(1) as f64
    }
}
