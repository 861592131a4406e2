//! Where in a song which loudness was heard: what was heard already, and whether this is that song.
//!
//! Time is counted in cells of 3 s, from the host's transport or, where there is none, from the first
//! sound on; the two are kept apart.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Length of a cell, in seconds.
pub const CELL_S: f64 = 3.0;
/// Cells that are kept: two hours.
const MOST_CELLS: usize = 2400;
/// What is added to a cell that is counted from the first sound on.
const OWN_CLOCK: i32 = 1_000_000;

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

/// Loudness of the cells of a song, in LUFS.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Vec<(i32, f32)>", into = "Vec<(i32, f32)>")]
pub struct Timeline {
    cells: BTreeMap<i32, f32>,
}

impl From<Vec<(i32, f32)>> for Timeline {
    fn from(cells: Vec<(i32, f32)>) -> Self {
        let cells = cells.into_iter().take(MOST_CELLS);
        Self {
            cells: cells.collect(),
        }
    }
}

impl From<Timeline> for Vec<(i32, f32)> {
    fn from(timeline: Timeline) -> Self {
        timeline.cells.into_iter().collect()
    }
}

impl Timeline {
    /// Notes the loudness of a cell, in LUFS, unless it is known.
    pub fn note(&mut self, cell: i32, lufs: f32) {
        if self.cells.len() < MOST_CELLS {
            // A tenth tells songs apart, and keeps states short.
            let lufs = (10.0 * lufs).round() / 10.0;
            self.cells.entry(cell).or_insert(lufs);
        }
    }

    /// Loudness of a cell in LUFS, where it is known.
    pub fn lufs_at(&self, cell: i32) -> Option<f32> {
        self.cells.get(&cell).copied()
    }

    /// Whether a cell is known.
    pub fn knows(&self, cell: i32) -> bool {
        self.cells.contains_key(&cell)
    }

    /// Loudness of the softest cell above `floor_lufs`, in LUFS.
    pub fn softest_lufs(&self, floor_lufs: f32) -> Option<f32> {
        let heard = self.cells.values().copied().filter(|l| *l > floor_lufs);
        heard.reduce(f32::min)
    }

    /// Mean difference in LU to cells that were heard, over those that are known; none where fewer than
    /// `least` are.
    pub fn difference_lu(&self, heard: &[(i32, f32)], least: usize) -> Option<f32> {
        let differences = heard
            .iter()
            .filter_map(|(cell, lufs)| Some((self.lufs_at(*cell)? - lufs).abs()));
        let differences: Vec<f32> = differences.collect();
        let count = differences.len();
        (count >= least.max(1)).then(|| differences.iter().sum::<f32>() / count as f32)
    }

    /// Whether a song can have been heard like this.
    pub fn is_plausible(&self) -> bool {
        self.cells.values().all(|l| (-400.0..=100.0).contains(l))
    }
}

/// Measures the cells as they go by.
#[derive(Debug, Clone, Default)]
pub struct CellMeter {
    cell: Option<i32>,
    energy: f64,
    heard_s: f64,
}

impl CellMeter {
    /// What comes next does not follow on what came.
    pub fn gap(&mut self) {
        *self = Self::default();
    }

    /// Takes a hop of `step_s` in a cell, with its K-weighted mean square; gives the cell before, once it
    /// is over and was heard nearly from end to end, with that of its own.
    pub fn push(&mut self, cell: i32, step_s: f64, energy: f64) -> Option<(i32, f64)> {
        let mut over = None;
        if self.cell != Some(cell) {
            if let Some(before) = self.cell
                && self.heard_s > 0.8 * CELL_S
            {
                over = Some((before, self.energy / self.heard_s));
            }
            *self = Self {
                cell: Some(cell),
                energy: 0.0,
                heard_s: 0.0,
            };
        }
        self.energy += step_s * energy;
        self.heard_s += step_s;
        over
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_known_once_they_are_over_and_were_heard() {
        let (mut meter, mut timeline) = (CellMeter::default(), Timeline::default());
        let mut play = |meter: &mut CellMeter, from: i64, to: i64| {
            let mut done = Vec::new();
            for at in (from..to).step_by(100) {
                done.extend(meter.push(cell_of_transport(at, 1000.0), 0.1, 0.5));
            }
            done
        };
        // From the middle of a cell: that one is not known.
        let done = play(&mut meter, 2_000, 9_100);
        assert_eq!(done.iter().map(|d| d.0).collect::<Vec<_>>(), [1, 2]);
        assert!(done.iter().all(|d| (d.1 - 0.5).abs() < 1e-9), "{done:?}");
        timeline.note(1, -14.04);
        timeline.note(1, -30.0);
        assert_eq!(timeline.lufs_at(1), Some(-14.0), "the first one stays");
        assert_eq!(
            timeline.difference_lu(&[(1, -16.0), (9, 0.0)], 1),
            Some(2.0)
        );
        assert_eq!(timeline.difference_lu(&[(9, 0.0)], 1), None);
    }

    #[test]
    fn the_two_clocks_never_meet() {
        assert_eq!(cell_of_transport(-1, 48_000.0), -1, "before the start");
        assert!(cell_of_transport(i64::MAX, 8000.0) < cell_of_clock(0.0));
    }
}
