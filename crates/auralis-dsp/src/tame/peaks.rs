//! The peaks of what is a resonance's, between the bins.

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::{larger, smaller};
use crate::simd::instruction_set::Implementation;
use crate::tame::memory::Memory;
use crate::tame::tiers::{LANES, SIZE, TIERS, Tier};
use crate::tame::voices::VOICES;

/// Half-gain width of a peak that is the window's own, in bins.
const LOBE_BINS: f32 = 1.4;
/// Square of the width that a mean over bins adds to a peak, over one less than the square of their number.
const MEAN: f32 = 0.46;
/// A peak narrower than its window is taken to be as wide as this, in bins.
const NARROWEST_BINS: f32 = 0.8;
/// Bins that are looked at on either side for where a peak ends.
const FLANK: usize = 24;
/// Below this bin of a transform a tone and a resonance are as wide as the window makes both.
const TOLD: f32 = 38.0;
/// Quality of a peak, over its frequency in bins, up to which it is no steady tone, and from which on it is.
const TONE: [f32; 2] = [0.5, 0.7];
/// Frequencies of partials of a note over each other, the most likely ones.
const PARTIALS: [f32; 4] = [1.5, 2.0, 3.0, 4.0];
/// How far from there a partner may lie, as a share of the frequency.
const AWAY: f32 = 0.015;
/// Share of a peak's height from which on another is its partner.
const PARTNER: f32 = 0.4;
/// What counts for less than this in dB is left out.
const NOTHING_DB: f32 = 0.1;

/// A peak that counts.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Peak {
    /// Its frequency in Hz.
    pub hz: f32,
    /// Frequency over the width at which half of its dB are left.
    pub q: f32,
    /// How much of it is a resonance's, in dB, of each spectrum.
    pub excess_db: [f32; 2],
    /// The larger of them.
    pub height_db: f32,
}

/// The highest peaks of a tier, in no order.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    peaks: [Peak; VOICES],
    len: usize,
}

/// The peaks of each tier as they were last found.
#[derive(Debug, Clone)]
pub struct Peaks {
    of_tiers: [Found; TIERS],
    /// What stands out at each bin, the larger of both spectra, in dB.
    height_db: Vec<f32>,
}

impl Found {
    /// Keeps the highest.
    fn insert(&mut self, peak: Peak) {
        if self.len < VOICES {
            self.peaks[self.len] = peak;
            self.len += 1;
            return;
        }
        let mut lowest = 0;
        for (at, other) in self.peaks.iter().enumerate() {
            if other.height_db < self.peaks[lowest].height_db {
                lowest = at;
            }
        }
        if self.peaks[lowest].height_db < peak.height_db {
            self.peaks[lowest] = peak;
        }
    }

    #[inline(always)]
    fn all(&self) -> &[Peak] {
        &self.peaks[..self.len]
    }
}

/// Where peaks are looked for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The bins.
    pub tier: &'a Tier,
    /// From and to, in Hz.
    pub between_hz: [f32; 2],
}

impl Default for Peaks {
    fn default() -> Self {
        Self {
            of_tiers: [Found::default(); TIERS],
            height_db: vec![0.0; SIZE / 2 + LANES],
        }
    }
}

impl Peaks {
    /// Forgets them.
    pub fn reset(&mut self) {
        self.of_tiers = [Found::default(); TIERS];
    }

    /// Those of a tier that are alone.
    #[inline(always)]
    pub fn alone(&self, tier: usize) -> impl Iterator<Item = &Peak> {
        let peaks = self.of_tiers[tier].all().iter();
        peaks.filter(|peak| !self.has_partner(peak))
    }

    /// Whether another peak lies where another partial of the same note would.
    fn has_partner(&self, peak: &Peak) -> bool {
        let all = self.of_tiers.iter().flat_map(Found::all);
        let mut high = all.filter(|other| other.height_db > PARTNER * peak.height_db);
        high.any(|other| {
            let ratio = larger(peak.hz, other.hz) / smaller(peak.hz, other.hz);
            PARTIALS.iter().any(|of| (ratio - of).abs() < AWAY * of)
        })
    }

    /// Finds the peaks of a tier of one spectrum or two.
    #[inline(always)]
    pub fn find(&mut self, spectra: &[Memory], search: &Search, implementation: Implementation) {
        self.of_tiers[search.tier.number].len = 0;
        let len = search.tier.used.len();
        self.height_db[..len].copy_from_slice(&spectra[0].height_db[..len]);
        for other in &spectra[1..] {
            for (height, other) in self.height_db[..len].iter_mut().zip(&other.height_db) {
                *height = larger(*height, *other);
            }
        }
        self.height_db[len..len + LANES].fill(0.0);
        match implementation {
            Implementation::Scalar => self.scan(0, len, spectra, search),
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                self.fast_scan(simd, len, spectra, search);
            }),
        }
    }

    fn scan(&mut self, from: usize, to: usize, spectra: &[Memory], search: &Search) {
        for bin in from..to {
            if self.height_db[bin] > NOTHING_DB {
                self.look(bin, spectra, search);
            }
        }
    }

    /// The same, eight bins at a time.
    #[inline(always)]
    fn fast_scan<S: Simd>(&mut self, simd: S, len: usize, spectra: &[Memory], search: &Search) {
        let mut bin = 0;
        while bin < len {
            let heights = f32x8::from_slice(simd, &self.height_db[bin..bin + LANES]);
            // Most hold nothing.
            if heights.simd_gt(NOTHING_DB).any_true() {
                self.scan(bin, (bin + LANES).min(len), spectra, search);
            }
            bin += LANES;
        }
    }

    fn look(&mut self, bin: usize, spectra: &[Memory], search: &Search) {
        let before = if bin == 0 {
            0.0
        } else {
            self.height_db[bin - 1]
        };
        let [here, after] = [self.height_db[bin], self.height_db[bin + 1]];
        if here < before || here <= after {
            return;
        }
        let tier = search.tier;
        #[allow(clippy::cast_precision_loss)] // small
        let place = bin as f32 + vertex([before, here, after]);
        let hz = tier.hz(place);
        let inside = inside(hz, search.between_hz);
        let mut peak = Peak {
            hz,
            ..Peak::default()
        };
        for (excess, spectrum) in peak.excess_db.iter_mut().zip(spectra) {
            *excess = inside * spectrum.height_db[bin];
        }
        peak.height_db = larger(peak.excess_db[0], peak.excess_db[1]);
        if peak.height_db > NOTHING_DB {
            let higher = usize::from(spectra.len() > 1 && peak.excess_db[1] > peak.excess_db[0]);
            peak.q = spectra[higher].quality(tier, bin);
            let weight = noise_like(peak.q, tier.own(bin));
            peak.excess_db = peak.excess_db.map(|db| weight * db);
            peak.height_db *= weight;
            if peak.height_db > NOTHING_DB {
                self.of_tiers[tier.number].insert(peak);
            }
        }
    }
}

/// How far a peak is wider than a steady tone's, 0 to 1; where a resonance is many bins wide, the mean over them makes
/// every peak so.
#[inline(always)]
fn noise_like(q: f32, bins: f32) -> f32 {
    if bins < TOLD {
        return 1.0;
    }
    let [full, none] = TONE.map(|share| share * bins);
    ((none - q) / (none - full).max(1.0)).clamp(0.0, 1.0)
}

/// 1 between the frequencies, falling to 0 over a sixth of an octave outside.
fn inside(hz: f32, [low_hz, high_hz]: [f32; 2]) -> f32 {
    let beyond = (low_hz / hz).max(hz / high_hz);
    if beyond <= 1.0 {
        1.0
    } else {
        (1.0 - 6.0 * beyond.log2()).max(0.0)
    }
}

/// Where the top of the parabola through three points lies, in steps from the middle one.
fn vertex([before, here, after]: [f32; 3]) -> f32 {
    let bend = before - 2.0 * here + after;
    if bend < -1e-6 {
        (0.5 * (before - after) / bend).clamp(-0.5, 0.5)
    } else {
        0.0
    }
}

/// Frequency over the width at half the dB of a peak at a bin, the window's own part of it taken off.
#[allow(clippy::cast_precision_loss)] // small
pub fn width_q(contrast_db: &[f32], bin: usize, tier: &Tier) -> f32 {
    let half = 0.5 * contrast_db[bin];
    let is_below = |db: &f32| *db <= half;
    // Between the last bin above the half and the first below it, the farthest if all are above.
    let edge = |inner: usize, outer: usize| {
        let [inside, outside] = [inner, outer].map(|bin| contrast_db[bin]);
        let way = (inside - half) / (inside - outside);
        inner as f32 + way * (outer as f32 - inner as f32)
    };
    let first = bin.saturating_sub(FLANK);
    let low = contrast_db[first..bin].iter().rposition(is_below);
    let low = low.map_or(first as f32, |at| edge(first + at + 1, first + at));
    let last = (bin + FLANK).min(tier.used.len());
    let high = contrast_db[bin + 1..last].iter().position(is_below);
    let high = high.map_or(last as f32 - 1.0, |at| edge(bin + at, bin + at + 1));
    let width = high - low;
    let smooth = (2 * tier.runs[bin / LANES].half) as f32;
    let lobe2 = LOBE_BINS * LOBE_BINS + MEAN * smooth * (smooth + 2.0);
    let true_width = (width * width - lobe2)
        .max(NARROWEST_BINS * NARROWEST_BINS)
        .sqrt();
    tier.own(bin) / true_width
}
