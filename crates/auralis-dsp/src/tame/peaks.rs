//! The peaks of the averaged excess, between the bins.

use crate::tame::grid::Grid;
use crate::tame::standout::StandOut;
use crate::tame::voices::{VOICES, Voices};

/// Half-gain width of a peak that is Hann's window's own, in bins.
const LOBE_BINS: f32 = 1.8;
/// A peak narrower than its window is taken to be as wide as this, in bins.
const NARROWEST_BINS: f32 = 0.8;
/// Bins that are looked at on either side for where a peak ends.
const FLANK: usize = 24;

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

/// The highest peaks, in no order.
#[derive(Debug, Clone, Copy, Default)]
pub struct Peaks {
    peaks: [Peak; VOICES],
    len: usize,
}

impl Peaks {
    /// Those found.
    pub fn all(&self) -> &[Peak] {
        &self.peaks[..self.len]
    }

    /// Finds the peaks of one spectrum or two between two frequencies in Hz; narrower ones than `least_q`
    /// count in full.
    #[inline(always)]
    pub fn find(grid: &Grid, spectra: &[StandOut], [low_hz, high_hz]: [f32; 2], least_q: f32, voices: &Voices) -> Self {
        let mut found = Self::default();
        let excess = |bin: usize| highest(spectra, bin);
        for bin in 1..grid.len - 1 {
            let here = excess(bin);
            // Nothing lower passes the gate.
            if here < 2.5 || here < excess(bin - 1) || here <= excess(bin + 1) {
                continue;
            }
            let hz = grid.hz[bin];
            let band = inside(hz, low_hz, high_hz);
            if band == 0.0 {
                continue;
            }
            let q = width_q(grid, &excess, bin);
            let narrow = ((q / least_q - 0.6) * 2.5).clamp(0.0, 1.0);
            let alone = alone(grid, &excess, hz, here);
            let noise = noise_like(q, hz / grid.spacing_hz[bin]);
            let weight = band * narrow * alone * noise;
            if weight == 0.0 {
                continue;
            }
            let is_known = voices.cuts_at(hz);
            let mut peak = Peak {
                hz: hz + vertex([excess(bin - 1), here, excess(bin + 1)]) * grid.spacing_hz[bin],
                q,
                ..Peak::default()
            };
            for (excess, spectrum) in peak.excess_db.iter_mut().zip(spectra) {
                *excess = weight * spectrum.resonance_db(grid, bin, is_known);
                peak.height_db = peak.height_db.max(*excess);
            }
            if peak.height_db > 0.1 {
                found.insert(peak);
            }
        }
        found
    }

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
}

#[inline(always)]
fn highest(spectra: &[StandOut], bin: usize) -> f32 {
    let mut highest = spectra[0].excess_db[bin];
    for other in &spectra[1..] {
        highest = if other.excess_db[bin] > highest { other.excess_db[bin] } else { highest };
    }
    highest
}

/// How far a peak has no partner where the partials of a note have them, 0 to 1.
#[inline(always)]
fn alone(grid: &Grid, excess: &impl Fn(usize) -> f32, hz: f32, here: f32) -> f32 {
    let mut partner = 0.0_f32;
    for ratio in [0.5, 2.0, 1.0 / 3.0, 3.0, 2.0 / 3.0, 1.5] {
        if let Some(bin) = grid.bin_at(hz * ratio) {
            for bin in bin.saturating_sub(1)..(bin + 2).min(grid.len) {
                partner = partner.max(excess(bin));
            }
        }
    }
    (1.8 - 2.2 * partner / here).clamp(0.0, 1.0)
}

/// How far a peak is wider than a steady tone's, 0 to 1; below 25 bins that cannot be told.
#[inline(always)]
fn noise_like(q: f32, bins: f32) -> f32 {
    if bins < 25.0 {
        return 1.0;
    }
    let (full, none) = ((0.62 * bins).min(45.0), bins.min(70.0));
    ((none - q) / (none - full)).clamp(0.0, 1.0)
}

/// 1 between the frequencies, falling to 0 over a sixth of an octave outside.
fn inside(hz: f32, low_hz: f32, high_hz: f32) -> f32 {
    let beyond = (low_hz / hz).max(hz / high_hz);
    if beyond <= 1.0 { 1.0 } else { (1.0 - 6.0 * beyond.log2()).max(0.0) }
}

/// Where the top of the parabola through three points lies, in steps from the middle one.
fn vertex([before, here, after]: [f32; 3]) -> f32 {
    let bend = before - 2.0 * here + after;
    if bend < -1e-6 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 }
}

/// Frequency over the width at half the dB, the window's own part of it taken off.
fn width_q(grid: &Grid, excess: &impl Fn(usize) -> f32, bin: usize) -> f32 {
    let half = 0.5 * excess(bin);
    let (mut low_hz, mut high_hz) = (grid.hz[bin], grid.hz[bin]);
    for at in (bin.saturating_sub(FLANK)..bin).rev() {
        if excess(at) <= half {
            let way = (excess(at + 1) - half) / (excess(at + 1) - excess(at));
            low_hz = grid.hz[at + 1] + way * (grid.hz[at] - grid.hz[at + 1]);
            break;
        }
        low_hz = grid.hz[at];
    }
    for at in bin + 1..(bin + FLANK).min(grid.len) {
        if excess(at) <= half {
            let way = (excess(at - 1) - half) / (excess(at - 1) - excess(at));
            high_hz = grid.hz[at - 1] + way * (grid.hz[at] - grid.hz[at - 1]);
            break;
        }
        high_hz = grid.hz[at];
    }
    let (width, bin_hz) = (high_hz - low_hz, grid.spacing_hz[bin]);
    let smooth = (2 * grid.half_width[bin]) as f32;
    let (lobe2, least) = ((LOBE_BINS * LOBE_BINS + smooth * (smooth + 2.0) ) * bin_hz * bin_hz, NARROWEST_BINS * bin_hz);
    let true_width = (width * width - lobe2).max(least * least).sqrt();
    grid.hz[bin] / true_width
}
