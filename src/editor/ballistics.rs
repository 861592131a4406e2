//! How a meter moves: up at once, down slowly, with a held peak.

use auralis_dsp::basics::decibel::SILENCE_DB;

/// Fall of a meter, in dB a second (IEC 60268-18 asks 20 dB in 1.7 s of a digital peak meter).
const FALL_DB_PER_S: f32 = 20.0 / 1.7;
/// How long a peak stands before it falls, in seconds.
const HOLD_S: f32 = 1.5;

/// A meter in dB that rises at once and falls steadily.
#[derive(Debug, Clone, Copy)]
pub struct Ballistics {
    /// What the bar shows.
    pub level_db: f32,
    /// What the hold line shows.
    pub peak_db: f32,
    /// Where the meter rests.
    rest_db: f32,
    /// Time the peak has stood, in seconds.
    held_s: f32,
}

impl Ballistics {
    /// A meter at rest at `rest_db`.
    pub const fn new(rest_db: f32) -> Self {
        Self {
            level_db: rest_db,
            peak_db: rest_db,
            rest_db,
            held_s: 0.0,
        }
    }

    /// A meter of levels.
    pub const fn level() -> Self {
        Self::new(SILENCE_DB)
    }

    /// Moves on by `seconds` with a new reading.
    pub fn update(&mut self, reading_db: f32, seconds: f32) {
        let reading = if reading_db.is_finite() {
            reading_db
        } else {
            self.rest_db
        };
        let fallen = (self.level_db - FALL_DB_PER_S * seconds).max(self.rest_db);
        self.level_db = reading.max(fallen);
        self.held_s += seconds;
        if self.level_db >= self.peak_db {
            self.peak_db = self.level_db;
            self.held_s = 0.0;
        } else if self.held_s > HOLD_S {
            let fallen = self.peak_db - FALL_DB_PER_S * seconds;
            self.peak_db = fallen.max(self.level_db);
        }
    }

    /// Whether anything still moves above `floor_db`.
    pub fn moves(&self, floor_db: f32) -> bool {
        self.peak_db > floor_db
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rises_at_once_and_falls_at_its_rate() {
        let mut meter = Ballistics::level();
        meter.update(-6.0, 0.02);
        assert_eq!(meter.level_db, -6.0);
        for _ in 0..170 {
            meter.update(SILENCE_DB, 0.01);
        }
        // 170 steps of f32 rounding at about 1e-6 dB.
        assert!((meter.level_db + 26.0).abs() < 0.01, "{}", meter.level_db);
    }

    #[test]
    fn holds_its_peak_and_then_lets_go() {
        let mut meter = Ballistics::level();
        meter.update(-3.0, 0.02);
        meter.update(-40.0, HOLD_S - 0.1);
        assert_eq!(meter.peak_db, -3.0);
        meter.update(-40.0, 0.2);
        meter.update(-40.0, 0.2);
        assert!(meter.peak_db < -3.0);
    }

    #[test]
    fn nonsense_is_silence() {
        let mut meter = Ballistics::new(0.0);
        meter.update(f32::NAN, 0.02);
        assert_eq!(meter.level_db, 0.0);
    }
}
