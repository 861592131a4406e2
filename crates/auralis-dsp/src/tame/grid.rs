//! Where the bins of the analysis lie, and the bands that the smoothed spectrum is made of.
//!
//! Three transforms of the same length, of the signal at its rate, at a quarter and at a sixteenth of it,
//! give three tiers of bins. Each is used where its bins are narrow against the pitch and its window is
//! still short: at 48 kHz above 4.1 kHz (94 Hz, 11 ms), from 900 Hz to there (23 Hz, 43 ms), below (6 Hz, 171 ms).

use std::ops::Range;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use crate::simd::instruction_set::Implementation;

/// Numbers behind the last of lists of bins that are worked on eight at a time.
pub const PADDING: usize = 8;
/// Length of the transforms.
pub const SIZE: usize = 512;
/// Number of tiers.
pub const TIERS: usize = 3;
/// Each tier has this share of the rate of the one before.
pub const STEP: usize = 4;
/// The bins that are used of each tier.
const USED: [Range<usize>; TIERS] = [44..SIZE / 2, 38..176, 3..152];
/// Highest frequency that is looked at, in Hz.
const HIGHEST_HZ: f64 = 22_000.0;
/// Width of a band in octaves, where that is two bins at least.
const BAND_OCTAVES: f64 = 1.0 / 6.0;

/// A band: its bins, of all tiers in the order of frequency, and its middle.
#[derive(Debug, Clone)]
pub struct Band {
    /// Its bins.
    pub bins: Range<usize>,
    /// One over their number.
    pub share: f32,
    /// Its middle, in octaves above 1 Hz.
    pub octave: f32,
}

/// Bins and bands at a sample rate.
#[derive(Debug, Clone)]
pub struct Grid {
    /// The bins of each tier, in the order of the tiers, as bins of its own transform.
    pub of_tier: [Range<usize>; TIERS],
    /// Where they begin among all.
    pub starts: [usize; TIERS],
    /// Number of all bins.
    pub len: usize,
    /// Frequency of each bin in Hz.
    pub hz: Vec<f32>,
    /// Distance to the next bin of the same tier, in Hz.
    pub spacing_hz: Vec<f32>,
    /// Of each tier, runs of bins with the same number of bins on either side that a resonance of quality 20
    /// is as wide as.
    pub runs: [Vec<(Range<usize>, usize)>; TIERS],
    /// Those numbers.
    pub half_width: Vec<usize>,
    /// The bands, from the lowest on.
    pub bands: Vec<Band>,
    /// How far each bin is on the way from the middle of a band to that of the next, and [`PADDING`].
    pub way: Vec<f32>,
    /// The bands of each tier.
    pub bands_of_tier: [Range<usize>; TIERS],
    /// Of each band but the last, the bins between its middle and that of the next; those beyond the first
    /// and the last middle too.
    pub between: Vec<Range<usize>>,
    /// Those of them that each tier has a part in.
    pub between_of_tier: [Range<usize>; TIERS],
}

impl Grid {
    /// The grid for a rate in Hz of the first tier.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )] // small
    pub fn new(rate_hz: f64) -> Self {
        let bin_hz = |tier: usize| rate_hz / (SIZE * STEP.pow(tier as u32)) as f64;
        let mut of_tier = USED;
        for (tier, used) in of_tier.iter_mut().enumerate() {
            let highest = (HIGHEST_HZ / bin_hz(tier)) as usize;
            used.end = used.end.min(highest).max(used.start);
        }
        let (mut hz, mut spacing_hz, mut bands) = (Vec::new(), Vec::new(), Vec::new());
        let mut half_width = Vec::new();
        let mut starts = [0; TIERS];
        let mut bands_of_tier = [0..0, 0..0, 0..0];
        for tier in (0..TIERS).rev() {
            starts[tier] = hz.len();
            let first_band = bands.len();
            let used = of_tier[tier].clone();
            let mut from = used.start;
            while from < used.end {
                let width = (from as f64 * (BAND_OCTAVES.exp2() - 1.0)).round().max(2.0) as usize;
                // A last band that would be a sliver belongs to the one before it.
                let to = if from + width + width / 2 >= used.end {
                    used.end
                } else {
                    from + width
                };
                let first = hz.len() + from - used.start;
                let middle = ((from * (to - 1)) as f64).sqrt() * bin_hz(tier);
                bands.push(Band {
                    bins: first..first + to - from,
                    share: 1.0 / (to - from) as f32,
                    octave: middle.log2() as f32,
                });
                from = to;
            }
            hz.extend(used.clone().map(|bin| (bin as f64 * bin_hz(tier)) as f32));
            bands_of_tier[tier] = first_band..bands.len();
            half_width.extend(used.clone().map(|bin| (bin as f64 / 40.0).round() as usize));
            spacing_hz.extend(used.map(|_| bin_hz(tier) as f32));
        }
        let places: Vec<_> = hz.iter().map(|hz| place(&bands, hz.log2())).collect();
        let between = (0..bands.len() - 1)
            .map(|band| {
                let first = places.partition_point(|(at, _)| *at < band);
                first..places.partition_point(|(at, _)| *at <= band)
            })
            .collect::<Vec<Range<usize>>>();
        let tiers: [Range<usize>; TIERS] =
            std::array::from_fn(|tier| starts[tier]..starts[tier] + of_tier[tier].len());
        let between_of_tier = tiers.clone().map(|tier| {
            let first = between.partition_point(|bins| bins.end <= tier.start);
            first..between.partition_point(|bins| bins.start < tier.end)
        });
        Self {
            of_tier,
            starts,
            len: hz.len(),
            hz,
            spacing_hz,
            runs: tiers.map(|tier| runs(&half_width, tier)),
            half_width,
            bands,
            way: places
                .into_iter()
                .map(|(_, way)| way)
                .chain([0.0; PADDING])
                .collect(),
            bands_of_tier,
            between,
            between_of_tier,
        }
    }

    /// The bins of a tier.
    #[inline(always)]
    pub fn tier(&self, tier: usize) -> Range<usize> {
        self.starts[tier]..self.starts[tier] + self.of_tier[tier].len()
    }

    /// What is left of values at the bins between the middles of pairs of bands without the bands' values there.
    pub fn subtract(&self, pairs: Range<usize>, of_bands: &[f32], given: &[f32], left: &mut [f32]) {
        for pair in pairs {
            let bins = self.between[pair].clone();
            let (base, step) = (of_bands[pair], of_bands[pair + 1] - of_bands[pair]);
            let (way, given) = (&self.way[bins.clone()], &given[bins.clone()]);
            for ((left, given), way) in left[bins].iter_mut().zip(given).zip(way) {
                *left = given - (base + way * step);
            }
        }
    }

    /// The same, eight bins at a time.
    #[inline(always)]
    pub fn fast_subtract<S: Simd>(
        &self,
        simd: S,
        pairs: Range<usize>,
        of_bands: &[f32],
        given: &[f32],
        left: &mut [f32],
    ) {
        self.fast_bend(simd, pairs, of_bands, left, |at, bin| {
            f32x8::from_slice(simd, &given[bin..bin + 8]) - at
        });
    }

    /// Gives the bands' values at bins to `make` with the first bin, eight at a time. What lies beyond a pair of
    /// bands is put right with the next one, but for [`PADDING`] behind the last.
    #[inline(always)]
    fn fast_bend<S: Simd>(
        &self,
        simd: S,
        pairs: Range<usize>,
        of_bands: &[f32],
        to: &mut [f32],
        make: impl Fn(f32x8<S>, usize) -> f32x8<S>,
    ) {
        let values = of_bands[pairs.start..=pairs.end].windows(2);
        for (bins, pair) in self.between[pairs].iter().zip(values) {
            let base = f32x8::splat(simd, pair[0]);
            let step = f32x8::splat(simd, pair[1] - pair[0]);
            for bin in bins.clone().step_by(8) {
                let way = f32x8::from_slice(simd, &self.way[bin..bin + 8]);
                make(way.mul_add(step, base), bin).store_slice(&mut to[bin..bin + 8]);
            }
        }
    }

    /// The bands' values at all bins.
    #[inline(always)]
    pub fn spread(&self, of_bands: &[f32], at_bins: &mut [f32], implementation: Implementation) {
        let pairs = 0..self.between.len();
        match implementation {
            Implementation::Scalar => {
                for pair in pairs {
                    let (base, step) = (of_bands[pair], of_bands[pair + 1] - of_bands[pair]);
                    for bin in self.between[pair].clone() {
                        at_bins[bin] = base + self.way[bin] * step;
                    }
                }
            }
            Implementation::Vectorized(set) => dispatch!(set.level(), simd => {
                self.fast_bend(simd, pairs, of_bands, at_bins, |at, _| at);
            }),
        }
    }

    /// The bin nearest to a frequency in Hz, if one is near.
    #[inline(always)]
    pub fn bin_at(&self, hz: f32) -> Option<usize> {
        for tier in 0..TIERS {
            let used = &self.of_tier[tier];
            let first = self.starts[tier];
            if used.is_empty() || hz < self.hz[first] - 0.5 * self.spacing_hz[first] {
                continue;
            }
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // not negative
            let away = ((hz - self.hz[first]) / self.spacing_hz[first] + 0.5) as usize;
            return (away < used.len()).then_some(first + away);
        }
        None
    }
}

fn runs(half_width: &[usize], tier: Range<usize>) -> Vec<(Range<usize>, usize)> {
    let mut runs = Vec::new();
    let mut from = tier.start;
    for run in half_width[tier].chunk_by(|a, b| a == b) {
        runs.push((from..from + run.len(), run[0]));
        from += run.len();
    }
    runs
}

/// The band whose middle is the last below a pitch, and how far it is on the way to the next.
fn place(bands: &[Band], octave: f32) -> (usize, f32) {
    let above = bands.partition_point(|band| band.octave <= octave);
    let lower = above.clamp(1, bands.len() - 1) - 1;
    let (from, to) = (bands[lower].octave, bands[lower + 1].octave);
    (lower, ((octave - from) / (to - from)).clamp(0.0, 1.0))
}

/// How far a value reaches from band to band, on either side.
#[derive(Debug, Clone)]
pub struct Reach {
    /// Weight that is left of what came before, from each band to the next.
    kept: Vec<f32>,
}

impl Reach {
    /// Weights for these bands.
    pub fn new(bands: &[Band], octaves: f32) -> Self {
        let mut reach = Self {
            kept: vec![0.0; bands.len() - 1],
        };
        reach.set(bands, octaves);
        reach
    }

    /// The weights fall by a factor of e in so many octaves.
    pub fn set(&mut self, bands: &[Band], octaves: f32) {
        for (kept, pair) in self.kept.iter_mut().zip(bands.windows(2)) {
            *kept = ((pair[0].octave - pair[1].octave) / octaves).exp();
        }
    }

    /// The averages of `values` below and above each band, without the band itself and its neighbours:
    /// what the band is compared with has no part in it. At the ends both are of the one side there is.
    #[inline(always)]
    pub fn around(&self, values: &[f32], below: &mut [f32], above: &mut [f32]) {
        let last = values.len() - 1;
        let mut average = values[0];
        let bands = below[2..].iter_mut().zip(values).zip(&self.kept);
        for ((below, value), kept) in bands {
            average = value + kept * (average - value);
            *below = average;
        }
        average = values[last];
        let bands = above.iter_mut().zip(&values[2..]).zip(&self.kept[1..]);
        for ((above, value), kept) in bands.rev() {
            average = value + kept * (average - value);
            *above = average;
        }
        for band in 0..2 {
            below[band] = above[band];
            above[last - band] = below[last - band];
        }
    }
}
