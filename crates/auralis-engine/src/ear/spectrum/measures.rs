//! What a hop says by itself, whatever the programme was before: the part of the analysis that may run
//! for several hops at once.

use crate::ear::meters::levels::HopLevels;
use crate::ear::spectrum::tone::Tone;
use crate::ear::spectrum::transform::{BandPower, LowPower, Transform, Windows};

/// Measures of one hop.
#[derive(Debug, Clone, PartialEq)]
pub struct HopMeasures {
    /// Levels of its samples.
    pub levels: HopLevels,
    /// Its spectrum, if the hop before it is known.
    pub spectrum: Option<HopSpectrum>,
}

/// The spectrum of the window over a hop and the one before.
#[derive(Debug, Clone, PartialEq)]
pub struct HopSpectrum {
    /// Power of each band, mean square.
    pub band_power: BandPower,
    /// Power of each band of the side `(L - R) / sqrt 2`, mean square; 0 in mono.
    pub side_power: BandPower,
    /// Power of each part of the lowest band, mean square.
    pub low_power: LowPower,
    /// Bands below the Nyquist frequency; the others hold nothing.
    pub usable_bands: usize,
    /// Centroid, roll-off, flatness, shares.
    pub tone: Tone,
}

impl HopMeasures {
    /// Measures the next hop of a stream.
    pub fn next(windows: &mut Windows, hop: &[&[f32]]) -> Self {
        let powers = windows.push(hop);
        let powers = powers.map(|power| (power, windows.side_power()));
        Self::new(hop, windows.transform(), powers)
    }

    /// Measures the hop `now` of a piece, which comes after `before`.
    pub fn at(transform: &mut Transform, before: Option<&[&[f32]]>, now: &[&[f32]]) -> Self {
        let powers = before.map(|before| {
            let power = transform.band_power(before, now);
            (power, transform.side_power())
        });
        Self::new(now, transform, powers)
    }

    fn new(hop: &[&[f32]], transform: &Transform, powers: Option<(BandPower, BandPower)>) -> Self {
        Self {
            levels: HopLevels::of(hop),
            spectrum: powers.map(|(band_power, side_power)| HopSpectrum {
                tone: transform.tone(&band_power),
                usable_bands: transform.usable_bands(),
                band_power,
                side_power,
                low_power: transform.low_power(),
            }),
        }
    }
}

impl HopSpectrum {
    /// Power of each band below the Nyquist frequency.
    pub fn usable(&self) -> &[f64] {
        &self.band_power[..self.usable_bands]
    }
}
