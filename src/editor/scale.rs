//! Axes of the spectrum, and the line through its bands: the curve that the EQ plays.

use egui::{Pos2, Rect, pos2};

use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand};
use auralis_dsp::eq::curve::{LowPlaces, Places};
use auralis_dsp::eq::design::Gains;
use auralis_engine::ear::spectrum::fine::fine_hz;

/// Left end of the frequency axis, in Hz.
const LOW_HZ: f32 = EDGES_HZ[0];
/// Right end of the frequency axis, in Hz.
const HIGH_HZ: f32 = EDGES_HZ[BANDS];
/// Ends of the level axis, in dB.
pub const LEVEL_DB: [f32; 2] = [-84.0, 0.0];
/// Points of a line: eight a band.
const POINTS: usize = 8 * BANDS;

/// Where frequencies, levels and gains lie on the panel.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// The plot's inner rectangle.
    pub plot: Rect,
    /// Largest gain on the gain axis either way, in dB.
    pub gain_db: f32,
}

impl Scale {
    /// Position of a frequency.
    pub fn x(&self, hz: f32) -> f32 {
        let share = (hz / LOW_HZ).ln() / (HIGH_HZ / LOW_HZ).ln();
        self.plot.left() + self.plot.width() * share
    }

    /// Frequency at a position.
    pub fn hz(&self, x: f32) -> f32 {
        let share = (x - self.plot.left()) / self.plot.width().max(1.0);
        LOW_HZ * (HIGH_HZ / LOW_HZ).powf(share)
    }

    /// Height of a level, held inside the plot (what is no number lies at the bottom).
    #[allow(clippy::manual_clamp)] // unlike `clamp`, this puts NaN at the low end
    pub fn level_y(&self, db: f32) -> f32 {
        let [low, high] = LEVEL_DB;
        let share = (db.max(low).min(high) - low) / (high - low);
        self.plot.bottom() - self.plot.height() * share
    }

    /// Height of a gain, held inside the plot.
    #[allow(clippy::manual_clamp)] // unlike `clamp`, this puts NaN at the low end
    pub fn gain_y(&self, db: f32) -> f32 {
        let share = db.max(-self.gain_db).min(self.gain_db) / self.gain_db;
        self.plot.center().y - 0.5 * self.plot.height() * share
    }

    /// Gain at a height, in dB.
    pub fn gain_db_at(&self, y: f32) -> f32 {
        (self.plot.center().y - y) / self.points_per_gain_db().max(0.1)
    }

    /// Length of one decibel on the gain axis, in points.
    pub fn points_per_gain_db(&self) -> f32 {
        0.5 * self.plot.height() / self.gain_db
    }

    /// A line through points of a fine spectrum.
    pub fn fine_line(&self, levels_db: &[f32]) -> Vec<Pos2> {
        let points = levels_db.iter().enumerate();
        let placed = points.map(|(i, db)| pos2(self.x(fine_hz(i)), self.level_y(*db)));
        placed
            .filter(|point| point.x <= self.plot.right())
            .collect()
    }

    /// The smooth line through one value a band; `y` places a value.
    pub fn line(&self, values: &PerBand, y: impl Fn(f32) -> f32) -> Vec<Pos2> {
        let mut line = [0.0; POINTS];
        Places::of(self.points_hz()).draw(values, &mut line);
        self.placed(&line, y)
    }

    /// The line of gains, drawn as the EQ's kernels are, with the parts of the lowest band.
    pub fn gain_line(&self, gains: &Gains) -> Vec<Pos2> {
        let (mut line, mut low) = ([0.0; POINTS], [0.0; POINTS]);
        Places::of(self.points_hz()).draw(&gains.bands_db, &mut line);
        LowPlaces::of(self.points_hz()).draw(gains.low_db, &mut low);
        for (db, low) in line.iter_mut().zip(low) {
            *db += low;
        }
        self.placed(&line, |db| self.gain_y(db))
    }

    /// The frequencies of a line's points, in Hz.
    fn points_hz(&self) -> impl ExactSizeIterator<Item = f32> {
        (0..POINTS).map(|point| self.hz(self.point_x(point)))
    }

    fn point_x(&self, point: usize) -> f32 {
        self.plot.left() + self.plot.width() * point as f32 / (POINTS - 1) as f32
    }

    fn placed(&self, line: &[f32; POINTS], y: impl Fn(f32) -> f32) -> Vec<Pos2> {
        let points = line.iter().enumerate();
        points
            .map(|(i, value)| pos2(self.point_x(i), y(*value)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale() -> Scale {
        Scale {
            plot: Rect::from_min_max(pos2(40.0, 10.0), pos2(840.0, 310.0)),
            gain_db: 15.0,
        }
    }

    #[test]
    fn positions_and_frequencies_are_inverse() {
        for hz in [20.0_f32, 60.0, 440.0, 1000.0, 9999.0, 20000.0] {
            let got = scale().hz(scale().x(hz));
            // f32 logarithm and power, each about 1e-6 relative over ten octaves.
            assert!((got - hz).abs() < 1e-4 * hz, "{hz} Hz came back as {got}");
        }
        assert_eq!(scale().x(20.0), 40.0);
        assert!((scale().x(20000.0) - 840.0).abs() < 1e-2);
    }

    #[test]
    fn a_line_stays_between_its_points() {
        let values: PerBand = std::array::from_fn(|i| if i % 3 == 0 { 12.0 } else { -12.0 });
        for point in scale().line(&values, |db| db) {
            assert!(point.y.abs() <= 12.001, "overshoot to {} dB", point.y);
        }
    }

    #[test]
    fn the_parts_of_the_lowest_band_are_drawn() {
        let gains = Gains {
            bands_db: [0.0; BANDS],
            low_db: [6.0, 0.0, -6.0],
        };
        let scale = scale();
        let line = scale.gain_line(&gains);
        let at = |hz: f32| {
            let near = line.iter().find(|point| point.x >= scale.x(hz));
            near.expect("within the plot").y
        };
        // Points lie a twentieth of an octave apart, where the line rises by some 10 dB an octave.
        for (hz, db) in [(30.0, 6.0), (80.0, -6.0), (300.0, 0.0)] {
            let (got, expected) = (at(hz), scale.gain_y(db));
            let most = 0.6 * scale.points_per_gain_db();
            assert!(
                (got - expected).abs() < most,
                "{hz} Hz: {got}, not {expected}"
            );
        }
    }

    #[test]
    fn what_is_off_the_scale_stays_in_the_plot() {
        let scale = scale();
        assert_eq!(scale.level_y(-200.0), scale.plot.bottom());
        assert_eq!(scale.level_y(40.0), scale.plot.top());
        assert_eq!(scale.gain_y(99.0), scale.plot.top());
    }
}
