//! Hum of the mains: lines at 50 or 60 Hz and their multiples that never pause.
//!
//! Music comes and goes, hum stays: of each bin the level that a tenth of all windows lies below is
//! taken (minimum statistics after R. Martin, IEEE TSAP 9(5), 2001), and in that floor a line is a local
//! peak over the median of its neighbours. Its frequency is read from the three bins of the peak (for
//! Hann's window the interpolation of Grandke, IEEE TIM 32(2), 1983). Two lines whose frequencies agree
//! on one fundamental within what mains deviate (0.2 Hz in the European grid, more on islands), or one
//! that stands out far, are hum. The equal-tempered notes next to the lines are at least 1 Hz from the
//! fundamentals, so a held tone is none.
//!
//! The figure is the level of all lines in dBFS. Limit -80 dBFS, and 10 dB below the whole: what is louder is
//! the programme itself.

use auralis_dsp::basics::decibel::{db_to_power, power_to_db};

use super::finding::Finding;
use super::histogram::Histogram;

/// The mains, in Hz.
const MAINS_HZ: [f64; 2] = [50.0, 60.0];
/// Multiples that are looked at.
const MULTIPLES: usize = 6;
/// Most that a fundamental may be off, in Hz.
const MOST_OFF_HZ: f64 = 0.35;
/// Most that the fundamentals of two lines may differ, in Hz.
const MOST_APART_HZ: f64 = 0.15;
/// Least that a line must stand out to be one, in dB, and to be hum by itself.
const STANDS_OUT_DB: [f64; 2] = [10.0, 18.0];
/// Neighbours from this distance to that one are the floor, in bins.
const NEIGHBOURS: std::ops::RangeInclusive<usize> = 4..=12;
/// Share of the windows that lie below the floor.
const FLOOR_SHARE: f64 = 0.1;
/// Fewest windows, about 14 s.
const FEWEST_WINDOWS: u32 = 20;
/// Least level in dBFS.
const LEAST_DBFS: f64 = -80.0;
/// Most level, in dB below the whole.
const LEAST_BELOW_DB: f64 = 10.0;
/// A window whose low end is quieter than this has no programme, in dBFS.
const SILENT_DBFS: f64 = -90.0;

/// Looks for hum in the spectra of a song's low end.
#[derive(Debug, Clone)]
pub struct Hum {
    bin_hz: f64,
    highest_hz: f64,
    levels: Vec<Histogram>,
}

/// A line in the floor.
#[derive(Debug, Clone, Copy)]
struct Line {
    fundamental_hz: f64,
    multiple: usize,
    level_dbfs: f64,
    stands_out_db: f64,
}

impl Hum {
    /// For spectra with bins `bin_hz` apart, which are sound up to `highest_hz`.
    pub fn new(bin_hz: f64, highest_hz: f64) -> Self {
        let bins = (highest_hz / bin_hz) as usize;
        Self {
            bin_hz,
            highest_hz,
            levels: vec![Histogram::new(); bins],
        }
    }

    /// Takes the spectrum of a window.
    pub fn push(&mut self, bins: &[[f32; 2]]) {
        let powers = bins
            .iter()
            .take(self.levels.len())
            .map(|bin| f64::from(bin[0]));
        if power_to_db(powers.clone().sum()) < SILENT_DBFS {
            return;
        }
        for (histogram, power) in self.levels.iter_mut().zip(powers) {
            histogram.push(power);
        }
    }

    /// The lines of mains of `mains_hz` in the floor in dB.
    fn lines(&self, floor_db: &[f64], mains_hz: f64) -> Vec<Line> {
        let multiples = (1..=MULTIPLES).filter(|m| *m as f64 * mains_hz + 12.0 < self.highest_hz);
        multiples
            .filter_map(|multiple| {
                let line = self.line(floor_db, mains_hz, multiple)?;
                let off_hz = line.fundamental_hz - mains_hz;
                (off_hz.abs() <= MOST_OFF_HZ).then_some(line)
            })
            .collect()
    }

    /// The line at a multiple of the mains, if there is one.
    fn line(&self, floor_db: &[f64], mains_hz: f64, multiple: usize) -> Option<Line> {
        let (wanted, reach) = (
            multiple as f64 * mains_hz / self.bin_hz,
            (multiple as f64 * MOST_OFF_HZ / self.bin_hz).max(1.0),
        );
        let near = (wanted - reach).round() as usize..=(wanted + reach).round() as usize;
        let peak = near.max_by(|a, b| floor_db[*a].total_cmp(&floor_db[*b]))?;
        let [left, top, right] = [peak - 1, peak, peak + 1].map(|bin| floor_db[bin]);
        if left > top || right > top {
            return None;
        }
        let mut neighbours: Vec<f64> = NEIGHBOURS
            .flat_map(|distance| [floor_db[peak - distance], floor_db[peak + distance]])
            .collect();
        neighbours.sort_by(f64::total_cmp);
        let stands_out_db = top - neighbours[neighbours.len() / 2];
        if stands_out_db < STANDS_OUT_DB[0] {
            return None;
        }
        // Hann's window: the ratio of the magnitudes of the two largest bins tells the place.
        let (side, beside) = if right > left {
            (1.0, right)
        } else {
            (-1.0, left)
        };
        let ratio = 10.0_f64.powf(0.05 * (beside - top));
        let place = peak as f64 + side * ((2.0 * ratio - 1.0) / (ratio + 1.0)).max(0.0);
        let level = [left, top, right].map(db_to_power).iter().sum::<f64>();
        Some(Line {
            fundamental_hz: place * self.bin_hz / multiple as f64,
            multiple,
            // All of a sine in the middle of a bin, all but 0.2 dB of one between two.
            level_dbfs: power_to_db(level),
            stands_out_db,
        })
    }

    /// What was found in a song of this level in dBFS.
    pub fn finding(&self, song_dbfs: f64) -> Finding {
        let finding = Finding::new("hum", "Hum of the mains", "dBFS");
        let windows = self.levels.first().map_or(0, Histogram::total);
        if windows < FEWEST_WINDOWS {
            return finding;
        }
        let floor = self.levels.iter().map(|h| h.percentile_db(FLOOR_SHARE));
        let floor_db: Vec<f64> = floor.map(|db| db.unwrap_or(-150.0)).collect();
        let found = MAINS_HZ.map(|mains_hz| agreeing(self.lines(&floor_db, mains_hz)));
        let level =
            |lines: &Vec<Line>| lines.iter().map(|l| db_to_power(l.level_dbfs)).sum::<f64>();
        let louder = found
            .into_iter()
            .max_by(|a, b| level(a).total_cmp(&level(b)));
        let lines = louder.unwrap_or_default();
        let level_dbfs = power_to_db(level(&lines));
        if level_dbfs < LEAST_DBFS || level_dbfs > song_dbfs - LEAST_BELOW_DB {
            return Finding {
                text: String::from("no hum"),
                ..finding
            };
        }
        let strongest = lines
            .iter()
            .max_by(|a, b| a.stands_out_db.total_cmp(&b.stands_out_db));
        let fundamental_hz = strongest.map_or(0.0, |line| line.fundamental_hz);
        let at = lines
            .iter()
            .map(|line| format!("{:.0}", line.multiple as f64 * fundamental_hz));
        let at = at.collect::<Vec<_>>().join(", ");
        let text = format!("hum of {fundamental_hz:.1} Hz at {at} Hz, {level_dbfs:.0} dBFS");
        finding.told(level_dbfs, text).is_fault(true)
    }
}

/// The lines that agree with the one that stands out most; none where that is not enough for hum.
fn agreeing(mut lines: Vec<Line>) -> Vec<Line> {
    let strongest = lines
        .iter()
        .max_by(|a, b| a.stands_out_db.total_cmp(&b.stands_out_db));
    let Some(strongest) = strongest.copied() else {
        return lines;
    };
    let hz = strongest.fundamental_hz;
    lines.retain(|line| (line.fundamental_hz - hz).abs() <= MOST_APART_HZ);
    let is_hum = lines.len() > 1 || strongest.stands_out_db >= STANDS_OUT_DB[1];
    if is_hum { lines } else { Vec::new() }
}
