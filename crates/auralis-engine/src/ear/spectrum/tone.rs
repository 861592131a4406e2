//! Tone features of one hop: centroid, roll-off, flatness and shares, defined at
//! [`Features`](crate::ear::content::features::Features).

use crate::ear::spectrum::bins::Bins;
use auralis_dsp::bands::{BANDS, EDGES_HZ};

/// First band that is not low (200 Hz) and first that is high (4.4 kHz).
const MID_BAND: usize = 2;
const HIGH_BAND: usize = 18;

/// Tone features of one hop.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tone {
    /// Spectral centroid in Hz.
    pub centroid_hz: f64,
    /// Frequency in Hz below which 85 % of the power lie.
    pub rolloff_hz: f64,
    /// Spectral flatness, 0 to 1.
    pub flatness: f64,
    /// Shares of the power in lows, mids and highs.
    pub shares: [f64; 3],
}

/// The bins of a spectrum.
#[derive(Debug, Clone, Copy)]
pub struct BinPowers<'a> {
    /// Power of each FFT bin from 0 Hz on.
    pub powers: &'a [f32],
    /// Distance of the bins, in Hz.
    pub bin_hz: f64,
}

impl Tone {
    /// The tone of a spectrum, from its bins and its bands below the Nyquist frequency.
    pub fn of(bins: BinPowers<'_>, bands: &[f64]) -> Self {
        let total = bands.iter().sum::<f64>().max(1e-30);
        let share = |from: usize, to: usize| bands.iter().take(to).skip(from).sum::<f64>() / total;
        Self {
            centroid_hz: centroid_hz(bins),
            rolloff_hz: rolloff_hz(bins, bands, 0.85 * total),
            flatness: flatness(bins),
            shares: [
                share(0, MID_BAND),
                share(MID_BAND, HIGH_BAND),
                share(HIGH_BAND, BANDS),
            ],
        }
    }
}

impl<'a> BinPowers<'a> {
    /// The bins from `low_hz` to `high_hz`, and the index of the first.
    fn between(&self, low_hz: f64, high_hz: f64) -> (&'a [f32], usize) {
        let first = ((low_hz / self.bin_hz).ceil() as usize).min(self.powers.len());
        let end = ((high_hz / self.bin_hz) as usize).clamp(first, self.powers.len());
        (&self.powers[first..end], first)
    }

    /// Where the power from `low_hz` on reaches `wanted`; `high_hz` if it does not.
    fn reaches(&self, wanted: f64, low_hz: f64, high_hz: f64) -> f64 {
        let (bins, first) = self.between(low_hz, high_hz);
        let mut sum = 0.0;
        let reached = bins.iter().position(|power| {
            sum += f64::from(*power);
            sum >= wanted
        });
        reached.map_or(high_hz, |index| (first + index) as f64 * self.bin_hz)
    }
}

fn centroid_hz(spectrum: BinPowers<'_>) -> f64 {
    let (bins, first) = spectrum.between(20.0, 20_000.0);
    let [sum, moment] = Bins::new().magnitudes(bins);
    if sum > 0.0 {
        (moment / sum + first as f64) * spectrum.bin_hz
    } else {
        0.0
    }
}

/// Where the power from the lowest band on reaches `wanted`: the bands tell near what, the bins of
/// one band where.
fn rolloff_hz(spectrum: BinPowers<'_>, bands: &[f64], wanted: f64) -> f64 {
    let mut sum = 0.0;
    for (band, power) in bands.iter().enumerate() {
        if sum + power >= wanted && *power > 0.0 {
            let [low, high] = [EDGES_HZ[band], EDGES_HZ[band + 1]].map(f64::from);
            return spectrum.reaches(wanted - sum, low, high);
        }
        sum += power;
    }
    0.0
}

fn flatness(spectrum: BinPowers<'_>) -> f64 {
    let (bins, _) = spectrum.between(100.0, 10_000.0);
    let whole = &bins[..bins.len() / 8 * 8];
    let mean = Bins::new().sum(whole) / whole.len().max(1) as f64;
    if mean <= 0.0 {
        return 0.0;
    }
    let mean_db = Bins::new().decibels(whole) / whole.len() as f64;
    (10_f64.powf(0.1 * mean_db) / mean).clamp(0.0, 1.0)
}
