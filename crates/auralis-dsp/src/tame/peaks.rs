//! The peaks of the averaged excess, between the bins.

use crate::basics::log_exp::larger;
use crate::tame::grid::Grid;
use crate::tame::standout::{GATE_DB, KNOWN_DB, NOISE_DB, StandOut};
use crate::tame::voices::{VOICES, Voices};

/// Half-gain width of a peak that is Hann's window's own, in bins.
const LOBE_BINS: f32 = 1.8;
/// A peak narrower than its window is taken to be as wide as this, in bins.
const NARROWEST_BINS: f32 = 0.8;
/// Bins that are looked at on either side for where a peak ends.
const FLANK: usize = 24;
/// Bins that are looked over at once.
const STRETCH: usize = 16;
/// A peak lower than this in dB is none.
const LOWEST_DB: f32 = 2.0;
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

    /// Finds the peaks of one spectrum or two.
    #[inline(always)]
    pub fn find(spectra: &[StandOut], search: &Search, voices: &Voices) -> Self {
        let mut found = Self::default();
        let len = search.grid.len;
        for spectrum in spectra {
            for from in (1..len - 1).step_by(STRETCH) {
                let to = (from + STRETCH).min(len - 1);
                let around = &spectrum.wide_db[from - 1..=to];
                // Most stretches hold nothing.
                if around.iter().fold(f32::MIN, |a, b| larger(a, *b)) <= LOWEST_DB + NOISE_DB {
                    continue;
                }
                for (at, three) in around.windows(3).enumerate() {
                    if is_peak(three) {
                        found.extend(search.look(spectra, from + at, voices));
                    }
                }
            }
        }
        found
    }

    fn extend(&mut self, peak: Option<Peak>) {
        if let Some(peak) = peak.filter(|peak| !self.all().contains(peak)) {
            self.insert(peak);
        }
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

/// Where peaks are looked for, and which.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// The bins.
    pub grid: &'a Grid,
    /// From and to, in Hz.
    pub between_hz: [f32; 2],
    /// Peaks of this quality count in full.
    pub least_q: f32,
}

impl Search<'_> {
    /// The peak at a bin, unless it is none or does not count. What costs most is asked last.
    fn look(&self, spectra: &[StandOut], bin: usize, voices: &Voices) -> Option<Peak> {
        let grid = self.grid;
        let hz = grid.hz[bin];
        let beyond = |spectrum: &StandOut| spectrum.beyond_usual_db(grid, bin);
        let beyond = spectra.iter().map(beyond).fold(f32::MIN, larger);
        if beyond < GATE_DB[0] - KNOWN_DB || inside(hz, self.between_hz) == 0.0 {
            return None;
        }
        let is_known = voices.cuts_at(hz);
        if beyond < GATE_DB[0] && !is_known {
            return None;
        }
        let mut peak = Peak::default();
        for (excess, spectrum) in peak.excess_db.iter_mut().zip(spectra) {
            *excess = spectrum.resonance_db(grid, bin, is_known);
        }
        let is_shut = larger(peak.excess_db[0], peak.excess_db[1]) < NOTHING_DB;
        let excess = |bin: usize| highest(grid, spectra, bin);
        let three = [excess(bin - 1), excess(bin), excess(bin + 1)];
        if is_shut || three[1] < three[0] || three[1] < three[2] {
            return None;
        }
        peak.q = width_q(grid, &excess, bin);
        let narrow = ((peak.q / self.least_q - 0.6) * 2.5).clamp(0.0, 1.0);
        let noise_like = noise_like(peak.q, hz / grid.spacing_hz[bin]);
        let mut weight = inside(hz, self.between_hz) * narrow * noise_like;
        if weight == 0.0 {
            return None;
        }
        weight *= alone(grid, &excess, hz, three[1]);
        peak.hz = hz + vertex(three) * grid.spacing_hz[bin];
        peak.excess_db = peak.excess_db.map(|db| weight * db);
        peak.height_db = larger(peak.excess_db[0], peak.excess_db[1]);
        (peak.height_db > NOTHING_DB).then_some(peak)
    }
}

/// Whether the middle one is the highest and high enough for any threshold.
#[inline(always)]
fn is_peak(three: &[f32]) -> bool {
    three[1] > LOWEST_DB + NOISE_DB && three[1] >= three[0] && three[1] > three[2]
}

#[inline(always)]
fn highest(grid: &Grid, spectra: &[StandOut], bin: usize) -> f32 {
    let mut highest = spectra[0].excess_db(grid, bin);
    for other in &spectra[1..] {
        highest = larger(highest, other.excess_db(grid, bin));
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
    let (lobe2, least) = (
        (LOBE_BINS * LOBE_BINS + smooth * (smooth + 2.0)) * bin_hz * bin_hz,
        NARROWEST_BINS * bin_hz,
    );
    let true_width = (width * width - lobe2).max(least * least).sqrt();
    grid.hz[bin] / true_width
}
