//! Peaks of a programme beside its power and its loudness: crest factor, PLR, PSR.

use crate::ear::average::Span;
use crate::ear::meters::levels::HopLevels;
use auralis_dsp::basics::decibel::{SILENCE_DB, gain_to_db, power_to_db};

/// Window of crest factor and PSR, in seconds.
const WINDOW_S: f64 = 3.0;
/// Fall of the held peak of the PLR, in dB a second.
const PEAK_FALL_DB_PER_S: f64 = 0.1;

/// Follows the peaks.
#[derive(Debug, Clone)]
pub struct Peaks {
    /// Peak and mean square of the hops of the last 3 s, as a ring.
    recent: Vec<(f32, f64)>,
    next: usize,
    held_db: f64,
    fall_db: f64,
}

impl Peaks {
    /// Nothing heard yet; hops of `hop_s` seconds. Over a whole piece the held peak does not fall.
    pub fn new(hop_s: f64, span: Span) -> Self {
        Self {
            recent: vec![(0.0, 0.0); (WINDOW_S / hop_s).ceil().max(1.0) as usize],
            next: 0,
            held_db: f64::from(SILENCE_DB),
            fall_db: match span {
                Span::Recent => PEAK_FALL_DB_PER_S * hop_s,
                Span::Whole => 0.0,
            },
        }
    }

    /// A hop was lost: the window begins anew.
    pub fn gap(&mut self) {
        self.recent.fill((0.0, 0.0));
    }

    /// Takes a hop.
    pub fn push(&mut self, levels: &HopLevels) {
        self.recent[self.next] = (levels.peak, levels.power[0].max(levels.power[1]));
        self.next = (self.next + 1) % self.recent.len();
        let peak_db = f64::from(gain_to_db(levels.peak));
        self.held_db = (self.held_db - self.fall_db).max(peak_db);
    }

    /// Largest sample of the last 3 s, in dBFS.
    pub fn recent_db(&self) -> f64 {
        let peaks = self.recent.iter().map(|hop| hop.0);
        f64::from(gain_to_db(peaks.fold(0.0, f32::max)))
    }

    /// The held peak, in dBFS.
    pub fn held_db(&self) -> f64 {
        self.held_db
    }

    /// Largest sample of the last 3 s over their RMS, in dB.
    pub fn crest_db(&self) -> f64 {
        let heard = self.recent.iter().filter(|hop| hop.1 > 0.0).count().max(1);
        let power = self.recent.iter().map(|hop| hop.1).sum::<f64>() / heard as f64;
        (self.recent_db() - power_to_db(power)).clamp(0.0, 60.0)
    }
}
