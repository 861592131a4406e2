//! The curve between the band centres.
//!
//! Gains are interpolated over the critical-band rate by a monotone cubic (F. N. Fritsch, R. E.
//! Carlson, "Monotone piecewise cubic interpolation", SIAM J. Numer. Anal. 17(2) 1980): smooth,
//! without overshoot, and equal neighbours give exactly their gain between them.

use crate::bands::{BANDS, LOW_BANDS, LOW_CENTERS_HZ, PerLowBand, bark, center_hz};

/// Where what is added below 100 Hz has ended, in Hz: so far above the last part's edge as its centre
/// lies below it.
pub const LOW_END_HZ: f32 = 125.0;

/// Where frequencies lie between the points of a line, on the critical-band rate.
pub struct Places<const POINTS: usize = BANDS> {
    /// The points in Bark: the band centres, unless they are others.
    points: [f32; POINTS],
    /// Frequencies below the first point, then up to each next one.
    ends: [usize; POINTS],
    /// How far each is from the point below it to the one above, 0 to 1.
    t: Vec<f32>,
}

impl Places {
    /// Of `bins` bins of a transform, `bin_hz` apart, between the band centres.
    pub fn new(bins: usize, bin_hz: f64) -> Self {
        Self::of((0..bins).map(|k| hz(k, bin_hz)))
    }

    /// Of rising frequencies in Hz, between the band centres.
    pub fn of(frequencies_hz: impl ExactSizeIterator<Item = f32>) -> Self {
        Self::between(std::array::from_fn(center_hz), frequencies_hz)
    }
}

/// Points of the line of what is added below 100 Hz: the low bands' centres and its end.
const LOW_POINTS: usize = LOW_BANDS + 1;

/// Where frequencies lie between the low bands' centres.
pub struct LowPlaces(Places<LOW_POINTS>);

impl LowPlaces {
    /// Of rising frequencies in Hz.
    pub fn of(frequencies_hz: impl ExactSizeIterator<Item = f32>) -> Self {
        let [first, second, third] = LOW_CENTERS_HZ;
        Self(Places::between(
            [first, second, third, LOW_END_HZ],
            frequencies_hz,
        ))
    }

    /// Writes the smooth line through what is added at the low bands' centres: constant below, nothing
    /// from [`LOW_END_HZ`] on.
    pub fn draw(&self, [first, second, third]: PerLowBand, line_db: &mut [f32]) {
        self.0.draw(&[first, second, third, 0.0], line_db);
    }
}

impl<const POINTS: usize> Places<POINTS> {
    /// Of rising frequencies between points, all in Hz.
    fn between(
        points_hz: [f32; POINTS],
        frequencies_hz: impl ExactSizeIterator<Item = f32>,
    ) -> Self {
        let points = points_hz.map(bark);
        let len = frequencies_hz.len();
        let mut places = Self {
            points,
            ends: [len; POINTS],
            t: vec![0.0; len],
        };
        let mut right = 0;
        for (k, (hz, t)) in frequencies_hz.zip(&mut places.t).enumerate() {
            let z = bark(hz.max(1.0));
            while right < POINTS && points[right] < z {
                places.ends[right] = k;
                right += 1;
            }
            if (1..POINTS).contains(&right) {
                *t = (z - points[right - 1]) / (points[right] - points[right - 1]);
            }
        }
        places
    }

    /// Writes the smooth line through the gains at the points, constant beyond the outer ones.
    pub fn draw(&self, gains_db: &[f32; POINTS], line_db: &mut [f32]) {
        line_db[..self.ends[0]].fill(gains_db[0]);
        line_db[self.ends[POINTS - 1]..].fill(gains_db[POINTS - 1]);
        let slopes = self.slopes(gains_db);
        for left in 0..POINTS - 1 {
            let bins = self.ends[left]..self.ends[left + 1];
            let width = self.points[left + 1] - self.points[left];
            let rise = gains_db[left + 1] - gains_db[left];
            let (start, end) = (width * slopes[left], width * slopes[left + 1]);
            // The cubic with these values and slopes at 0 and 1.
            let (square, cube) = (3.0 * rise - 2.0 * start - end, start + end - 2.0 * rise);
            for (db, t) in line_db[bins.clone()].iter_mut().zip(&self.t[bins]) {
                *db = gains_db[left] + t * (start + t * (square + t * cube));
            }
        }
    }

    /// Derivative at each point in dB per Bark.
    fn slopes(&self, gains_db: &[f32; POINTS]) -> [f32; POINTS] {
        let secant =
            |i: usize| (gains_db[i + 1] - gains_db[i]) / (self.points[i + 1] - self.points[i]);
        std::array::from_fn(|i| {
            if i == 0 || i == POINTS - 1 {
                return 0.0;
            }
            let (left, right) = (secant(i - 1), secant(i));
            if left * right <= 0.0 {
                0.0
            } else {
                // The harmonic mean keeps each piece monotone.
                2.0 * left * right / (left + right)
            }
        })
    }
}

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // ample for a curve
fn hz(bin: usize, bin_hz: f64) -> f32 {
    (bin as f64 * bin_hz) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bands::PerBand;

    #[test]
    fn the_line_meets_the_gains_at_the_centres_and_never_leaves_their_range() {
        let gains: PerBand = std::array::from_fn(|i| [6.0, -4.0, 3.0, 0.0, -6.0][i % 5]);
        let bin_hz = 1.0;
        let places = Places::new(24_000, bin_hz);
        let mut line = vec![0.0; 24_000];
        places.draw(&gains, &mut line);
        for (band, gain) in gains.iter().enumerate() {
            let at = center_hz(band).round() as usize;
            // Half a bin from the centre the line has not gone far.
            assert!(
                (line[at] - gain).abs() < 0.05,
                "band {}: {} at {at} Hz, expected {}",
                band + 1,
                line[at],
                gain
            );
        }
        for (k, db) in line.iter().enumerate() {
            let below = (0..BANDS).rfind(|band| f64::from(center_hz(*band)) <= k as f64);
            let near = below.map_or([gains[0]; 2], |i| [gains[i], gains[(i + 1).min(BANDS - 1)]]);
            let (low, high) = (near[0].min(near[1]), near[0].max(near[1]));
            assert!(
                *db > low - 0.01 && *db < high + 0.01,
                "{k} Hz: {db} is not between {low} and {high}"
            );
        }
    }
}
