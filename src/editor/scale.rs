//! Axes of the spectrum, and the line through its bands: the curve that the EQ plays.

use egui::{Pos2, Rect, pos2};

use auralis_dsp::bands::{BANDS, EDGES_HZ, PerBand};
use auralis_dsp::eq::curve::Places;

/// Left end of the frequency axis, in Hz.
const LOW_HZ: f32 = EDGES_HZ[0];
/// Right end of the frequency axis, in Hz.
const HIGH_HZ: f32 = EDGES_HZ[BANDS];
/// Ends of the level axis, in dB.
pub const LEVEL_DB: [f32; 2] = [-84.0, 0.0];
/// Largest gain on the gain axis either way, in dB.
pub const GAIN_DB: f32 = 15.0;
/// Points of a line: eight a band.
const POINTS: usize = 8 * BANDS;

/// Where frequencies, levels and gains lie on the panel.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    /// The plot's inner rectangle.
    pub plot: Rect,
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
        let share = db.max(-GAIN_DB).min(GAIN_DB) / GAIN_DB;
        self.plot.center().y - 0.5 * self.plot.height() * share
    }

    /// Length of one decibel on the gain axis, in points.
    pub fn points_per_gain_db(&self) -> f32 {
        0.5 * self.plot.height() / GAIN_DB
    }

    /// The smooth line through one value a band, drawn as the EQ's kernels are; `y` places a value.
    pub fn line(&self, values: &PerBand, y: impl Fn(f32) -> f32) -> Vec<Pos2> {
        let step = self.plot.width() / (POINTS - 1) as f32;
        let x = |point: usize| self.plot.left() + step * point as f32;
        let places = Places::of((0..POINTS).map(|point| self.hz(x(point))));
        let mut line = [0.0; POINTS];
        places.draw(values, &mut line);
        let points = line.iter().enumerate();
        points.map(|(i, value)| pos2(x(i), y(*value))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scale() -> Scale {
        Scale {
            plot: Rect::from_min_max(pos2(40.0, 10.0), pos2(840.0, 310.0)),
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
    fn what_is_off_the_scale_stays_in_the_plot() {
        let scale = scale();
        assert_eq!(scale.level_y(-200.0), scale.plot.bottom());
        assert_eq!(scale.level_y(40.0), scale.plot.top());
        assert_eq!(scale.gain_y(99.0), scale.plot.top());
    }
}
