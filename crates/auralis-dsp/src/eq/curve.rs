//! The curve between the band centres.
//!
//! Gains are interpolated over the critical-band rate by a monotone cubic (F. N. Fritsch, R. E.
//! Carlson, "Monotone piecewise cubic interpolation", SIAM J. Numer. Anal. 17(2) 1980): smooth,
//! without overshoot, and equal neighbours give exactly their gain between them.

use crate::bands::{BANDS, PerBand, bark, center_hz};

/// Where frequencies lie between the band centres, on the critical-band rate.
pub struct Places {
    /// Frequencies below the first centre, then up to each next one, then the rest.
    ends: [usize; BANDS + 1],
    /// How far each is from the centre below it to the one above, 0 to 1.
    t: Vec<f32>,
}

impl Places {
    /// Of `bins` bins of a transform, `bin_hz` apart.
    pub fn new(bins: usize, bin_hz: f64) -> Self {
        Self::of((0..bins).map(|k| hz(k, bin_hz)))
    }

    /// Of rising frequencies in Hz.
    pub fn of(frequencies_hz: impl ExactSizeIterator<Item = f32>) -> Self {
        let centers: [f32; BANDS] = std::array::from_fn(|i| bark(center_hz(i)));
        let len = frequencies_hz.len();
        let mut places = Self {
            ends: [len; BANDS + 1],
            t: vec![0.0; len],
        };
        let mut right = 0;
        for (k, (hz, t)) in frequencies_hz.zip(&mut places.t).enumerate() {
            let z = bark(hz.max(1.0));
            while right < BANDS && centers[right] < z {
                places.ends[right] = k;
                right += 1;
            }
            if (1..BANDS).contains(&right) {
                *t = (z - centers[right - 1]) / (centers[right] - centers[right - 1]);
            }
        }
        places
    }

    /// Writes the smooth line through the gains at the band centres, constant beyond the outer ones.
    pub fn draw(&self, gains_db: &PerBand, line_db: &mut [f32]) {
        line_db[..self.ends[0]].fill(gains_db[0]);
        line_db[self.ends[BANDS - 1]..].fill(gains_db[BANDS - 1]);
        let slopes = slopes(gains_db);
        for left in 0..BANDS - 1 {
            let bins = self.ends[left]..self.ends[left + 1];
            let width = bark(center_hz(left + 1)) - bark(center_hz(left));
            let rise = gains_db[left + 1] - gains_db[left];
            let (start, end) = (width * slopes[left], width * slopes[left + 1]);
            // The cubic with these values and slopes at 0 and 1.
            let (square, cube) = (3.0 * rise - 2.0 * start - end, start + end - 2.0 * rise);
            for (db, t) in line_db[bins.clone()].iter_mut().zip(&self.t[bins]) {
                *db = gains_db[left] + t * (start + t * (square + t * cube));
            }
        }
    }
}

/// Derivative at each centre in dB per Bark.
fn slopes(gains_db: &PerBand) -> PerBand {
    let secant =
        |i: usize| (gains_db[i + 1] - gains_db[i]) / (bark(center_hz(i + 1)) - bark(center_hz(i)));
    std::array::from_fn(|i| {
        if i == 0 || i == BANDS - 1 {
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

#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)] // ample for a curve
fn hz(bin: usize, bin_hz: f64) -> f32 {
    (bin as f64 * bin_hz) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

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
