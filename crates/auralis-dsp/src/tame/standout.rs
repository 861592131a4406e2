//! What stands out of the programme's own smoothed spectrum, for how long, and how far beyond what is
//! usual around it.
//!
//! A resonance and the partial of a note both are peaks. Three things tell them apart: a resonance stays
//! where it is while the notes move, so the excess is averaged over a time; it rises above its
//! surroundings by a few to some twenty dB, where the partial of a note played alone rises by thirty or
//! more, so an excess beyond [`TONE_DB`] counts less and less; and it is alone, where the partials of a
//! chord are many, so it must stand out of the usual height of peaks around it.

use crate::tame::analysis::Levels;
use crate::tame::grid::{Grid, Reach};

/// An excess up to here is believed in full, in dB.
const TONE_DB: [f32; 2] = [18.0, 32.0];
/// The smallest excess that is kept: a valley leaves no debt behind.
const LOWEST_DB: f32 = -6.0;
const BASE_DB: f32 = -4.0;
const FALL: f32 = 2.0;
const KNOWN_DB: f32 = 3.0;
/// At an edge of the spectrum the smoothed one is not more than this below its upper side, in dB.
const EDGE_DB: f32 = 5.0;
/// Excess beyond the usual height of peaks from which it counts, and from which it counts in full.
const GATE_DB: [f32; 2] = [2.5, 6.5];
/// How far around a peak others are looked at, in octaves.
const AROUND_OCTAVES: f32 = 0.7;
/// Bands as loud as this in dB are programme.
const SILENCE_DB: f32 = -95.0;

/// The averaged excess of one spectrum.
#[derive(Debug, Clone)]
pub struct StandOut {
    /// Averaged excess of each bin over the smoothed spectrum, in dB.
    pub excess_db: Vec<f32>,
    pub average_db: Vec<f32>,
    now_db: Vec<f32>,
    sums: Vec<f32>,
    smooth_db: Vec<f32>,
    usual_db: Vec<f32>,
    sides: [Vec<f32>; 2],
}

impl StandOut {
    /// Nothing stands out yet.
    pub fn new(grid: &Grid) -> Self {
        let bands = || vec![0.0; grid.bands.len()];
        Self {
            excess_db: vec![0.0; grid.len.next_multiple_of(8)],
            average_db: vec![0.0; grid.len],
            now_db: vec![0.0; grid.len],
            sums: vec![0.0; grid.len + 1],
            smooth_db: bands(),
            usual_db: bands(),
            sides: [bands(), bands()],
        }
    }

    /// Forgets what stood out.
    pub fn reset(&mut self) {
        self.excess_db.fill(0.0);
        self.average_db.fill(0.0);
        self.usual_db.fill(0.0);
    }

    /// Takes the newest spectrum in with a weight, unless it is silence.
    #[inline(always)]
    pub fn update(&mut self, grid: &Grid, levels: &Levels, reach: &Reach, around: &Reach, weight: f32) {
        let loudest = levels.bands_db.iter().fold(f32::MIN, |a, b| if *b > a { *b } else { a });
        if loudest < SILENCE_DB {
            return;
        }
        let [below, above] = &mut self.sides;
        reach.around(&levels.bands_db, below, above);
        for ((smooth, below), above) in self.smooth_db.iter_mut().zip(below).zip(above) {
            let higher = if *below > *above { *below } else { *above };
            let middle = 0.5 * (*below + *above);
            *smooth = if middle > higher - EDGE_DB { middle } else { higher - EDGE_DB };
        }
        for (bin, (now, (band, way))) in self.now_db.iter_mut().zip(&grid.between).enumerate() {
            let smooth = &self.smooth_db[*band..*band + 2];
            *now = levels.bins_db[bin] - (smooth[0] + way * (smooth[1] - smooth[0]));
        }
        for bin in 2..grid.len - 2 {
            let around = &self.now_db[bin - 2..bin + 3];
            let highest = around.iter().fold(f32::MIN, |a, b| if *b > a { *b } else { a });
            let now = believed(around[2], highest);
            let average = &mut self.average_db[bin];
            let step = now - *average;
            *average += step * if step > 0.0 { weight } else { (FALL * weight).min(1.0) };
        }
        let mut sum = 0.0;
        for (sum_to, average) in self.sums.iter_mut().zip(&self.average_db) {
            *sum_to = sum;
            sum += average;
        }
        self.sums[grid.len] = sum;
        for (bin, half) in grid.half_width.iter().enumerate() {
            let (from, to) = (bin.saturating_sub(*half), (bin + half + 1).min(grid.len));
            self.excess_db[bin] = (self.sums[to] - self.sums[from]) / (to - from) as f32;
        }
        let [means, above] = &mut self.sides;
        for (mean, band) in means.iter_mut().zip(&grid.bands) {
            *mean = (self.sums[band.bins.end] - self.sums[band.bins.start]) / band.bins.len() as f32;
        }
        around.around(means, &mut self.usual_db, above);
        for (usual, above) in self.usual_db.iter_mut().zip(above) {
            *usual = (0.5 * (*usual + *above)).clamp(BASE_DB, 0.0);
        }
        for (excess, (band, way)) in self.excess_db.iter_mut().zip(&grid.between) {
            let usual = self.usual_db[*band] + way * (self.usual_db[*band + 1] - self.usual_db[*band]);
            *excess -= usual;
        }
        let [heights, above] = &mut self.sides;
        for (height, band) in heights.iter_mut().zip(&grid.bands) {
            let excess = &self.excess_db[band.bins.clone()];
            *height = excess.iter().fold(0.0, |a, b| if *b > a { *b } else { a });
        }
        around.around(heights, &mut self.usual_db, above);
        for (usual, above) in self.usual_db.iter_mut().zip(above) {
            *usual = 0.5 * (*usual + *above);
        }
    }

    /// What of a bin's excess is a resonance's, in dB: all or nothing but for a soft threshold.
    #[inline(always)]
    pub fn resonance_db(&self, grid: &Grid, bin: usize, is_known: bool) -> f32 {
        let (band, way) = grid.between[bin];
        let usual = self.usual_db[band] + way * (self.usual_db[band + 1] - self.usual_db[band]);
        let excess = self.excess_db[bin];
        let usual = if is_known { usual - KNOWN_DB } else { usual };
        let open = (excess - usual - GATE_DB[0]) / (GATE_DB[1] - GATE_DB[0]);
        let open = open.clamp(0.0, 1.0);
        1.5 * excess * open * open * (3.0 - 2.0 * open)
    }
}

/// Weights for the height of peaks around.
pub fn around(grid: &Grid) -> Reach {
    Reach::new(&grid.bands, AROUND_OCTAVES)
}

/// An excess as a resonance's, given the highest one beside it: one that only a tone can have counts for
/// nothing, nor do its flanks.
#[inline(always)]
fn believed(excess_db: f32, highest_db: f32) -> f32 {
    let share = (TONE_DB[1] - highest_db) * (1.0 / (TONE_DB[1] - TONE_DB[0]));
    let share = share.clamp(0.0, 1.0);
    let excess = if excess_db > LOWEST_DB { excess_db } else { LOWEST_DB };
    excess * share
}
