//! The tiers of the analysis: which bins of which transform are used, and what each is compared with.
//!
//! Three transforms of the same length, of the signal at its rate, at a quarter and at a sixteenth of it. Each is
//! used where its bins are narrow against the pitch and its window is still short: at 48 kHz above 3.5 kHz
//! (94 Hz, 11 ms), from 870 Hz to there (23 Hz, 43 ms), below (6 Hz, 171 ms). Each measures some bins beyond
//! those that it uses, so that no tier asks another for what lies around a bin.

use std::ops::Range;

/// Length of the transforms.
pub const SIZE: usize = 512;
/// Number of tiers.
pub const TIERS: usize = 3;
/// Each tier has this share of the rate of the one before.
pub const STEP: usize = 4;
/// What is usual around a bin is taken from so far to so far beside it, in octaves.
const BESIDE_OCTAVES: [f64; 2] = [0.1, 0.6];
/// Bins of a vector.
pub const LANES: usize = 8;
/// The bins that are used of each tier, so that what they are compared with is measured at any sharpness.
const USED: [Range<usize>; TIERS] = [37..SIZE / 2 - 16, 37..148, 3..148];
/// The bins that are measured of each tier: as far as the decimator before it is flat, and the guard of the first.
const MEASURED: [Range<usize>; TIERS] = [16..SIZE / 2, 16..184, 1..185];
/// Highest frequency that is looked at, in Hz.
const HIGHEST_HZ: f64 = 22_000.0;
/// Quality of the resonance that is looked for at medium sharpness.
const QUALITY: f64 = 20.0;
/// Half the width of what is taken for the resonance, and the flanks beside it, from and to, in half widths of it.
const WIDTHS: [f64; 3] = [0.6, 2.0, 7.0];
/// Contrast of a resonance of +12 dB and the quality that is looked for, over its height, where half its width is
/// one quarter of a bin, two quarters and so on: window and means leave that much of it.
const LEFT: [f64; 24] = [
    0.49, 0.62, 0.67, 0.57, 0.65, 0.68, 0.72, 0.74, 0.77, 0.69, 0.72, 0.73, 0.76, 0.77, 0.78, 0.79,
    0.74, 0.75, 0.76, 0.77, 0.78, 0.79, 0.80, 0.76,
];

/// The bins of one transform that are used.
#[derive(Debug, Clone)]
pub struct Tier {
    /// 0 is the highest.
    pub number: usize,
    /// Bins of the transform that are measured.
    pub measured: Range<usize>,
    /// Those of them that are used, counted from the first one measured.
    pub used: Range<usize>,
    /// Distance of two bins in Hz.
    pub bin_hz: f32,
    /// What is compared with what, eight bins a run; the last reaches beyond what is used.
    pub runs: Vec<Run>,
}

/// Eight bins that are compared alike: the mean around each with those of its flanks below and above. Sums of the
/// levels before each bin give them.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Run {
    /// Bins on either side of one that belong to it.
    pub half: usize,
    /// Around, below and above the first of them: the first measured bin and the one behind the last.
    pub spans: [[usize; 2]; 3],
    /// One over their numbers.
    pub shares: [f32; 3],
    /// Height of a resonance over its contrast.
    pub over_left: f32,
    /// Bins that are used further below and above: the first and the one behind the last. They tell what is usual.
    pub beside: [[usize; 2]; 2],
}

impl Tier {
    /// The tiers at a rate in Hz of the first.
    pub fn all(rate_hz: f64) -> [Self; TIERS] {
        let mut rate_hz = rate_hz * STEP as f64;
        [0, 1, 2].map(|tier: usize| {
            rate_hz /= STEP as f64;
            Self::new(rate_hz, tier)
        })
    }

    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )] // small
    fn new(rate_hz: f64, number: usize) -> Self {
        let (used, measured) = (&USED[number], &MEASURED[number]);
        let bin_hz = rate_hz / SIZE as f64;
        let end = used
            .end
            .min((HIGHEST_HZ / bin_hz) as usize)
            .max(used.start + LANES);
        let mut tier = Self {
            number,
            measured: measured.clone(),
            used: used.start - measured.start..end - measured.start,
            bin_hz: bin_hz as f32,
            runs: vec![Run::default(); (end - used.start).div_ceil(LANES)],
        };
        for (n, run) in tier.runs.iter_mut().enumerate() {
            run.beside = beside(tier.measured.start, tier.used.start + n * LANES, &tier.used);
        }
        tier.sharpen(0.5);
        tier
    }

    /// Looks for resonances as narrow as a sharpness from 0 to 1 asks for.
    pub fn sharpen(&mut self, sharpness: f32) {
        let quality = QUALITY * (f64::from(sharpness) * 4.0 - 2.0).exp2();
        for (n, run) in self.runs.iter_mut().enumerate() {
            let first = self.used.start + n * LANES;
            let last = (first + LANES).min(self.used.end) - 1;
            *run = Run {
                beside: run.beside,
                ..Run::new(first, last, &self.measured, quality)
            };
        }
    }

    /// Number of bins that are measured.
    pub fn count(&self) -> usize {
        self.measured.len()
    }

    /// Number of bins that are used, in whole vectors.
    pub fn padded(&self) -> usize {
        self.runs.len() * LANES
    }

    /// The bin of the transform that a bin that is used is.
    #[inline(always)]
    #[allow(clippy::cast_precision_loss)] // small
    pub fn own(&self, bin: usize) -> f32 {
        (self.measured.start + self.used.start + bin) as f32
    }

    /// Frequency in Hz of a place among the bins that are used.
    #[inline(always)]
    pub fn hz(&self, place: f32) -> f32 {
        (self.own(0) + place) * self.bin_hz
    }

    /// The place of a frequency in Hz among the bins that are used.
    #[inline(always)]
    pub fn place(&self, hz: f32) -> f32 {
        hz / self.bin_hz - self.own(0)
    }

    /// The bins that are used between two frequencies in Hz.
    #[inline(always)]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    pub fn near(&self, low_hz: f32, high_hz: f32) -> Range<usize> {
        let end = self.used.len();
        let low = (self.place(low_hz).ceil() as usize).min(end);
        low..((self.place(high_hz) + 1.0) as usize).clamp(low, end)
    }

    /// From and to in Hz, what this tier decides about.
    #[inline(always)]
    pub fn span_hz(&self) -> [f32; 2] {
        #[allow(clippy::cast_precision_loss)] // small
        [self.hz(-0.5), self.hz(self.used.len() as f32 - 0.5)]
    }
}

impl Run {
    /// For bins counted from the first measured one, as wide as a resonance of a quality is in their middle.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )] // small
    fn new(first: usize, last: usize, measured: &Range<usize>, quality: f64) -> Self {
        let middle = measured.start as f64 + 0.5 * (first + last) as f64;
        let unit = middle / (2.0 * quality);
        let [half, from, to] = WIDTHS.map(|width| (width * unit).round() as usize);
        let from = from.max(half + 1).max(2);
        let to = to.max(from + 1);
        // As far as there are bins; a flank that has none takes the other's place.
        let (below, above) = (to.min(first), to.min(measured.len() - 1 - last));
        let lower = [first - below, (first + 1).saturating_sub(from)];
        let upper = [first + from, first + above + 1];
        let [lower, upper] = match [below, above].map(|to| to > from) {
            [true, false] => [lower; 2],
            [false, true] => [upper; 2],
            _ => [lower, upper],
        };
        let spans = [[first - half, first + half + 1], lower, upper];
        let shares = spans.map(|[from, to]| 1.0 / (to - from) as f32);
        Self {
            half,
            spans,
            shares,
            over_left: (1.0 / left(unit)) as f32,
            ..Self::default()
        }
    }
}

/// [`LEFT`] where half the width of a resonance is so many bins.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)] // small
fn left(bins: f64) -> f64 {
    let at = (4.0 * bins - 1.0).clamp(0.0, (LEFT.len() - 1) as f64);
    let lower = (at as usize).min(LEFT.len() - 2);
    let way = at - lower as f64;
    LEFT[lower] + way * (LEFT[lower + 1] - LEFT[lower])
}

/// Bins that are used beside eight bins from `first` on, counted from the first one used.
#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss
)] // small
fn beside(offset: usize, first: usize, used: &Range<usize>) -> [[usize; 2]; 2] {
    let middle = (offset + first + LANES / 2) as f64;
    let at = |octaves: f64| {
        let bin = (middle * octaves.exp2()).round() as usize;
        bin.clamp(offset + used.start, offset + used.end) - offset - used.start
    };
    let [near, far] = BESIDE_OCTAVES;
    [[at(-far), at(-near)], [at(near), at(far)]]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    /// Power of a resonance of +12 dB and the quality that is looked for, by Bristow-Johnson's cookbook.
    fn resonance(bin: f64, of: f64) -> f64 {
        let (a, w2) = (10.0_f64.powf(12.0 / 40.0), (bin / of).powi(2));
        let [above, below] = [a, 1.0 / a].map(|a| w2 * (a / QUALITY).powi(2));
        ((1.0 - w2).powi(2) + above) / ((1.0 - w2).powi(2) + below)
    }

    /// Level in dB that white noise with such a resonance has at a bin behind Hann's window.
    fn level_db(bin: f64, of: f64) -> f64 {
        let lobe = |away: f64| {
            let sinc = |x: f64| {
                if x.abs() < 1e-9 {
                    1.0
                } else {
                    (0.5 * TAU * x).sin() / (0.5 * TAU * x)
                }
            };
            (sinc(away) + 0.5 * (sinc(away - 1.0) + sinc(away + 1.0))).powi(2)
        };
        let steps = (-40..=40).map(|step| 0.1 * f64::from(step));
        let (sum, weights) = steps.fold((0.0, 0.0), |(sum, weights), away| {
            (
                sum + lobe(away) * resonance(bin + away, of),
                weights + lobe(away),
            )
        });
        10.0 * (sum / weights).log10()
    }

    #[test]
    fn no_bin_is_compared_with_one_that_is_not_measured() {
        for rate_hz in [8000.0, 22_050.0, 44_100.0, 48_000.0] {
            for sharpness in [0.0, 0.2, 0.5, 1.0] {
                for mut tier in Tier::all(rate_hz) {
                    tier.sharpen(sharpness);
                    let count = tier.count();
                    for (n, run) in tier.runs.iter().enumerate() {
                        let used = (tier.used.len() - n * LANES).min(LANES);
                        let is_inside =
                            |[from, to]: [usize; 2]| from < to && to + used - 1 <= count;
                        let context = (rate_hz, sharpness, tier.number, n);
                        assert!(
                            run.spans.into_iter().all(is_inside),
                            "{context:?}: {run:?} of {count}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_left_of_a_resonance_is_what_window_and_means_leave() {
        // Where half the width is so many bins, at the medium sharpness.
        for (n, expected) in LEFT.iter().enumerate().skip(1) {
            let unit = 0.25 * (n + 1) as f64;
            let of = 2.0 * QUALITY * unit;
            let [half, from, to] = WIDTHS.map(|width| (width * unit).round() as i32);
            let from = from.max(half + 1).max(2);
            let mean = |bins: std::ops::RangeInclusive<i32>| {
                let count = f64::from(bins.end() - bins.start() + 1);
                bins.map(|bin| level_db(of + f64::from(bin), of))
                    .sum::<f64>()
                    / count
            };
            let to = to.max(from + 1);
            let got = (mean(-half..=half) - 0.5 * (mean(-to..=-from) + mean(from..=to))) / 12.0;
            // The skewed window's lobe is a little wider than Hann's.
            assert!(
                (got - expected).abs() < 0.03,
                "[{n}]: got {got:.3}, expected {expected}"
            );
        }
    }
}
