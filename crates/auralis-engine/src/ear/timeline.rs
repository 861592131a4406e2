//! Where in a song what was heard: what was heard already, and whether this is that song.
//!
//! Time is counted in cells of 2 s, from the host's transport or, where there is none, from the first
//! sound on; the two are kept apart.

use std::collections::BTreeMap;

use auralis_dsp::bands::BANDS;
use auralis_dsp::basics::decibel::power_to_db;
use serde::{Deserialize, Serialize};

use crate::ear::meters::gated_mean::energy_to_lufs;

/// Length of a cell, in seconds.
pub const CELL_S: f64 = 2.0;
/// Cells that are kept: two hours.
const MOST_CELLS: usize = 3600;
/// What is added to a cell that is counted from the first sound on.
const OWN_CLOCK: i32 = 1_000_000;
/// Bands below 300 Hz, and the first one above 4.4 kHz.
const BASS_END: usize = 3;
/// See [`BASS_END`].
const TREBLE_START: usize = 18;
/// Smallest share of power that is told from none: 60 dB.
const SMALLEST_SHARE: f64 = 1e-6;

/// The cell of a place, in samples of the host's transport.
pub fn cell_of_transport(samples: i64, sample_rate: f64) -> i32 {
    #[allow(clippy::cast_possible_truncation)] // saturates
    let cell = (samples as f64 / (CELL_S * sample_rate)).floor() as i32;
    cell.clamp(-OWN_CLOCK / 2, OWN_CLOCK / 2)
}

/// The cell of a time in seconds since the first sound.
pub fn cell_of_clock(seconds: f64) -> i32 {
    #[allow(clippy::cast_possible_truncation)] // saturates
    let cell = (seconds / CELL_S).floor() as i32;
    OWN_CLOCK.saturating_add(cell)
}

/// How a cell sounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "[f32; 3]", into = "[f32; 3]")]
pub struct Cell {
    /// Loudness in LUFS.
    pub lufs: f32,
    /// Power below 300 Hz, relative to all, in dB.
    pub bass_db: f32,
    /// Power above 4.4 kHz, relative to all, in dB.
    pub treble_db: f32,
}

impl From<[f32; 3]> for Cell {
    fn from([lufs, bass_db, treble_db]: [f32; 3]) -> Self {
        Self {
            lufs,
            bass_db,
            treble_db,
        }
    }
}

impl From<Cell> for [f32; 3] {
    fn from(cell: Cell) -> Self {
        [cell.lufs, cell.bass_db, cell.treble_db]
    }
}

impl Cell {
    /// Of a mean square (K-weighted) and the powers of the bands over the cell.
    #[allow(clippy::cast_possible_truncation)] // levels
    fn of(energy: f64, band_power: &[f64; BANDS]) -> Self {
        let all: f64 = band_power.iter().sum();
        let share_db = |bands: &[f64]| {
            let share = bands.iter().sum::<f64>() / all.max(1e-30);
            power_to_db(share.max(SMALLEST_SHARE)) as f32
        };
        Self {
            lufs: energy_to_lufs(energy) as f32,
            bass_db: share_db(&band_power[..BASS_END]),
            treble_db: share_db(&band_power[TREBLE_START..]),
        }
    }

    /// Rounded to tenths, which tell songs apart and keep states short.
    fn rounded(self) -> Self {
        <[f32; 3]>::from(self)
            .map(|x| (10.0 * x).round() / 10.0)
            .into()
    }

    /// Difference to another, in LU or, for the balance, in dB and counted half.
    fn difference(&self, other: &Self) -> f32 {
        let bass = 0.5 * (self.bass_db - other.bass_db).abs();
        let treble = 0.5 * (self.treble_db - other.treble_db).abs();
        (self.lufs - other.lufs).abs().max(bass).max(treble)
    }
}

/// The cells of a song.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<(i32, Cell)>", into = "Vec<(i32, Cell)>")]
pub struct Timeline {
    cells: BTreeMap<i32, Cell>,
}

impl From<Vec<(i32, Cell)>> for Timeline {
    fn from(cells: Vec<(i32, Cell)>) -> Self {
        let cells = cells.into_iter().take(MOST_CELLS);
        Self {
            cells: cells.collect(),
        }
    }
}

impl From<Timeline> for Vec<(i32, Cell)> {
    fn from(timeline: Timeline) -> Self {
        timeline.cells.into_iter().collect()
    }
}

impl Timeline {
    /// Notes a cell, unless it is known.
    pub fn note(&mut self, place: i32, cell: Cell) {
        if self.cells.len() < MOST_CELLS {
            self.cells.entry(place).or_insert(cell.rounded());
        }
    }

    /// A cell, where it is known.
    pub fn at(&self, place: i32) -> Option<Cell> {
        self.cells.get(&place).copied()
    }

    /// Whether a cell is known.
    pub fn knows(&self, place: i32) -> bool {
        self.cells.contains_key(&place)
    }

    /// Loudness of the softest cell above `floor_lufs`, in LUFS.
    pub fn softest_lufs(&self, floor_lufs: f32) -> Option<f32> {
        let heard = self.cells.values().map(|cell| cell.lufs);
        heard.filter(|l| *l > floor_lufs).reduce(f32::min)
    }

    /// Mean difference to cells that were heard, over those that are known, in LU; none where fewer than
    /// `least` are.
    pub fn difference_lu(&self, heard: &[(i32, Cell)], least: usize) -> Option<f32> {
        let differences = heard
            .iter()
            .filter_map(|(place, cell)| Some(self.at(*place)?.difference(cell)));
        let differences: Vec<f32> = differences.collect();
        let count = differences.len();
        (count >= least.max(1)).then(|| differences.iter().sum::<f32>() / count as f32)
    }

    /// Whether a song can have been heard like this.
    pub fn is_plausible(&self) -> bool {
        let numbers = self.cells.values().flat_map(|cell| <[f32; 3]>::from(*cell));
        numbers.into_iter().all(|x| (-400.0..=100.0).contains(&x))
    }
}

/// Measures the cells as they go by.
#[derive(Debug, Clone, Default)]
pub struct CellMeter {
    place: Option<i32>,
    energy: f64,
    band_power: [f64; BANDS],
    heard_s: f64,
}

impl CellMeter {
    /// What comes next does not follow on what came.
    pub fn gap(&mut self) {
        *self = Self::default();
    }

    /// Takes a hop of `step_s` in a cell, with its K-weighted mean square and the powers of its bands; gives
    /// the cell before, once it is over and was heard nearly from end to end.
    pub fn push(
        &mut self,
        place: i32,
        step_s: f64,
        energy: f64,
        band_power: Option<&[f64; BANDS]>,
    ) -> Option<(i32, Cell)> {
        let mut over = None;
        if self.place != Some(place) {
            if let Some(before) = self.place
                && self.heard_s > 0.8 * CELL_S
            {
                over = Some((
                    before,
                    Cell::of(self.energy / self.heard_s, &self.band_power),
                ));
            }
            *self = Self {
                place: Some(place),
                ..Self::default()
            };
        }
        self.energy += step_s * energy;
        self.heard_s += step_s;
        for (sum, power) in self
            .band_power
            .iter_mut()
            .zip(band_power.into_iter().flatten())
        {
            *sum += power;
        }
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(lufs: f32) -> Cell {
        [lufs, -3.0, -20.0].into()
    }

    #[test]
    fn cells_are_known_once_they_are_over_and_were_heard() {
        let (mut meter, mut timeline) = (CellMeter::default(), Timeline::default());
        let play = |meter: &mut CellMeter, from: i64, to: i64| {
            let mut done = Vec::new();
            for at in (from..to).step_by(100) {
                let place = cell_of_transport(at, 1000.0);
                done.extend(meter.push(place, 0.1, 0.5, Some(&[1.0; BANDS])));
            }
            done
        };
        // From the middle of a cell: that one is not known.
        let done = play(&mut meter, 1_000, 6_100);
        assert_eq!(done.iter().map(|d| d.0).collect::<Vec<_>>(), [1, 2]);
        // -0.691 dB and half: the loudness of a mean square of 0.5. Three of 25 bands, and seven.
        for (place, cell) in done {
            let got = <[f32; 3]>::from(cell);
            let close = got
                .iter()
                .zip([-3.70, -9.21, -5.53])
                .all(|(g, e)| (g - e).abs() < 0.01);
            assert!(close, "cell {place}: {got:?}");
        }
        timeline.note(1, cell(-14.04));
        timeline.note(1, cell(-30.0));
        assert_eq!(timeline.at(1), Some(cell(-14.0)), "the first one stays");
        let heard = [(1, cell(-16.0)), (9, cell(0.0))];
        assert_eq!(timeline.difference_lu(&heard, 1), Some(2.0));
        assert_eq!(timeline.difference_lu(&heard[1..], 1), None);
        let duller = Cell {
            treble_db: -30.0,
            ..cell(-14.0)
        };
        assert_eq!(timeline.difference_lu(&[(1, duller)], 1), Some(5.0));
    }

    #[test]
    fn the_two_clocks_never_meet() {
        assert_eq!(cell_of_transport(-1, 48_000.0), -1, "before the start");
        assert!(cell_of_transport(i64::MAX, 8000.0) < cell_of_clock(0.0));
    }
}
