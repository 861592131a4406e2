//! The peaks of the averaged excess, between the bins.

use std::ops::Range;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::basics::log_exp::larger;
use crate::simd::instruction_set::Implementation;
use crate::tame::grid::{Grid, TIERS};
use crate::tame::standout::{GATE_DB, KNOWN_DB, StandOut};
use crate::tame::voices::{VOICES, Voices};

/// Half-gain width of a peak that is Hann's window's own, in bins.
const LOBE_BINS: f32 = 1.8;
/// A peak narrower than its window is taken to be as wide as this, in bins.
const NARROWEST_BINS: f32 = 0.8;
/// Bins that are looked at on either side for where a peak ends.
const FLANK: usize = 24;
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

/// The peaks of each tier as they were last found, and what they are found in.
#[derive(Debug, Clone)]
pub struct Peaks {
    of_tiers: [Found; TIERS],
    /// Excess of each bin, the larger of both spectra, in dB.
    excess_db: Vec<f32>,
    /// Excess beyond what is usual that a peak must have at each bin, in dB.
    gate_db: Vec<f32>,
}

/// The highest peaks of a tier, in no order.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    peaks: [Peak; VOICES],
    len: usize,
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
}

impl Peaks {
    /// None yet.
    pub fn new(grid: &Grid) -> Self {
        Self {
            of_tiers: [Found::default(); TIERS],
            excess_db: vec![0.0; grid.len + 1],
            gate_db: vec![GATE_DB[0]; grid.len],
        }
    }

    /// Forgets them.
    pub fn reset(&mut self) {
        self.of_tiers = [Found::default(); TIERS];
        self.excess_db.fill(0.0);
    }

    /// All of them.
    #[inline(always)]
    pub fn all(&self) -> impl Iterator<Item = &Peak> {
        self.of_tiers
            .iter()
            .flat_map(|found| &found.peaks[..found.len])
    }

    /// Finds the peaks of a tier of one spectrum or two.
    #[inline(always)]
    pub fn find(
        &mut self,
        tier: usize,
        spectra: &[StandOut],
        search: &Search,
        voices: &Voices,
        implementation: Implementation,
    ) {
        self.of_tiers[tier].len = 0;
        let bins = search.grid.tier(tier);
        let excess_db = &mut self.excess_db[bins.clone()];
        excess_db.copy_from_slice(&spectra[0].excess_db[bins.clone()]);
        for other in &spectra[1..] {
            for (excess, other) in excess_db.iter_mut().zip(&other.excess_db[bins.clone()]) {
                *excess = larger(*excess, *other);
            }
        }
        self.open_gates(search.grid, bins.clone(), voices);
        // At the very ends there are no peaks.
        let bins = bins.start.max(1)..bins.end.min(search.grid.len - 1);
        for spectrum in spectra {
            match implementation {
                Implementation::Scalar => self.scan(bins.clone(), spectra, spectrum, search, tier),
                Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                    self.fast_scan(simd, bins.clone(), spectra, spectrum, search, tier);
                }),
            }
        }
    }

    /// Where it is cut already less is asked for.
    #[inline(always)]
    fn open_gates(&mut self, grid: &Grid, bins: Range<usize>, voices: &Voices) {
        self.gate_db[bins.clone()].fill(GATE_DB[0]);
        if bins.is_empty() {
            return;
        }
        let (first_hz, bin_hz) = (grid.hz[bins.start], grid.spacing_hz[bins.start]);
        for [low_hz, high_hz] in voices.near() {
            let [low, high] = [low_hz, high_hz].map(|hz| (hz - first_hz) / bin_hz);
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
            let (low, high) = (low.ceil() as usize, (high + 1.0) as usize);
            let near = bins.start + low..(bins.start + high).min(bins.end);
            if high_hz > first_hz && !near.is_empty() {
                self.gate_db[near].fill(GATE_DB[0] - KNOWN_DB);
            }
        }
    }

    fn scan(
        &mut self,
        bins: Range<usize>,
        spectra: &[StandOut],
        spectrum: &StandOut,
        search: &Search,
        tier: usize,
    ) {
        for bin in bins {
            if spectrum.beyond_db[bin] > self.gate_db[bin] {
                self.look(bin, spectra, search, tier);
            }
        }
    }

    /// The same, eight bins at a time.
    #[inline(always)]
    fn fast_scan<S: Simd>(
        &mut self,
        simd: S,
        bins: Range<usize>,
        spectra: &[StandOut],
        spectrum: &StandOut,
        search: &Search,
        tier: usize,
    ) {
        let (mut bin, end) = (bins.start, bins.end);
        while bin + 8 <= end {
            let beyond = f32x8::from_slice(simd, &spectrum.beyond_db[bin..bin + 8]);
            let gate = f32x8::from_slice(simd, &self.gate_db[bin..bin + 8]);
            let is_beyond = beyond.simd_gt(gate);
            // Most hold nothing.
            if is_beyond.any_true() {
                self.scan(bin..bin + 8, spectra, spectrum, search, tier);
            }
            bin += 8;
        }
        self.scan(bin..end, spectra, spectrum, search, tier);
    }

    #[inline(always)]
    fn look(&mut self, bin: usize, spectra: &[StandOut], search: &Search, tier: usize) {
        let [before, here, after] = [0, 1, 2].map(|n| self.excess_db[bin + n - 1]);
        if here < before || here <= after {
            return;
        }
        let Some(peak) = search.peak(spectra, &self.excess_db, self.gate_db[bin], bin) else {
            return;
        };
        let found = &mut self.of_tiers[tier];
        if !found.peaks[..found.len].contains(&peak) {
            found.insert(peak);
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
    /// The peak at a bin, unless it does not count. What costs most is asked last.
    fn peak(
        &self,
        spectra: &[StandOut],
        excess_db: &[f32],
        gate_db: f32,
        bin: usize,
    ) -> Option<Peak> {
        let grid = self.grid;
        let hz = grid.hz[bin];
        let inside = inside(hz, self.between_hz);
        let mut peak = Peak::default();
        for (excess, spectrum) in peak.excess_db.iter_mut().zip(spectra) {
            *excess = spectrum.resonance_db(bin, gate_db);
        }
        if inside == 0.0 || larger(peak.excess_db[0], peak.excess_db[1]) < NOTHING_DB {
            return None;
        }
        peak.q = width_q(grid, excess_db, bin);
        let narrow = ((peak.q / self.least_q - 0.6) * 2.5).clamp(0.0, 1.0);
        let noise_like = noise_like(peak.q, hz / grid.spacing_hz[bin]);
        let mut weight = inside * narrow * noise_like;
        if weight == 0.0 {
            return None;
        }
        weight *= alone(grid, excess_db, hz, excess_db[bin]);
        peak.hz = hz + vertex([0, 1, 2].map(|n| excess_db[bin + n - 1])) * grid.spacing_hz[bin];
        peak.excess_db = peak.excess_db.map(|db| weight * db);
        peak.height_db = larger(peak.excess_db[0], peak.excess_db[1]);
        (peak.height_db > NOTHING_DB).then_some(peak)
    }
}

/// How far a peak has no partner where the partials of a note have them, 0 to 1.
#[inline(always)]
fn alone(grid: &Grid, excess_db: &[f32], hz: f32, here: f32) -> f32 {
    let mut partner = 0.0_f32;
    for ratio in [0.5, 2.0, 1.0 / 3.0, 3.0, 2.0 / 3.0, 1.5] {
        if let Some(bin) = grid.bin_at(hz * ratio) {
            for near in &excess_db[bin.saturating_sub(1)..(bin + 2).min(grid.len)] {
                partner = larger(partner, *near);
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
fn width_q(grid: &Grid, excess_db: &[f32], bin: usize) -> f32 {
    let excess = |bin: usize| excess_db[bin];
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
