//! Inter-sample peaks: 4x interpolation (ITU-R BS.1770-5 Annex 2 asks no less), and a parabola
//! through the three points around each maximum, which reads like 16x.
//!
//! Two interpolators are asked and the larger answer counts. Programme with energy close to the
//! Nyquist frequency (clipped masters, noise) has other peaks through a steep filter than through a
//! gentle one, and nobody knows which of them the listener's converter has.
//!
//! Most frames need none of it (vectorised; the reference computes every point). A point is a
//! weighted sum of samples, so the magnitudes of the weights on each block of eight samples, times
//! the block's largest sample, bound it; and the crest of a parabola is at most an eighth of the
//! difference of the outer points above the middle one. Groups of eight samples whose bound stays
//! under the level that matters are left out. What the gentle interpolator, which is the cheaper
//! one, has found bounds the steep one more closely: the difference of the two is a filter too, of
//! smaller weights.
#![allow(clippy::needless_range_loop)] // indices that several arrays share read better

use std::ops::Range;

use fearless_simd::{Simd, dispatch, f32x8, prelude::*};

use super::instruction_set::Implementation;
use super::interpolator::{HALF_REACH, HALF_TAPS, Interpolator};
use super::log_exp::larger;
use super::{FRAME, Frame};

/// Samples by which a reading lags its sample: what the longest filter needs, in whole groups.
pub const TRUE_PEAK_LATENCY: usize = 40;
/// Taps on either side of a windowed sinc, and Kaiser's beta: flat within 0.07 dB up to 0.48 of the
/// sample rate.
const STEEP: (usize, f64) = (HALF_TAPS / 2, 2.5);
/// The same of BS.1770's kind.
const GENTLE: (usize, f64) = (12, 5.0);
/// Samples that are taken or left together, and samples of a block of the bound.
const GROUP: usize = 8;
const GROUPS: usize = FRAME / GROUP;
/// Samples kept from before the frame.
const PAST: usize = 80;
/// Where the reading of the frame's first sample is.
const FIRST: usize = PAST - TRUE_PEAK_LATENCY;
/// Half points: a group more at either end of the frame, and what the interpolator's passes add.
const HALVES: usize = 96;
/// Samples kept in all. Those behind the frame are zero: they reach half points that nobody reads,
/// where a pass of the interpolator starts a group or more into the frame.
const KEPT: usize = FIRST + HALVES + HALF_TAPS / 2;
/// Blocks that the points of a group are made of: five on either side.
const REACH: usize = 11;

/// The detector of one channel.
#[derive(Debug, Clone)]
pub struct TruePeak {
    steep: Interpolator,
    gentle: Interpolator,
    bounds: Bounds,
    /// The last `PAST` samples before the frame, the frame, zeros.
    samples: [f32; KEPT],
    /// Largest magnitude of each block of the past and of the frame.
    blocks: [f32; (PAST + FRAME) / GROUP],
}

/// Bounds of a group's points, with their crests, over the largest sample of each block in reach.
#[derive(Debug, Clone)]
struct Bounds {
    steep: [f32; REACH],
    gentle: [f32; REACH],
    /// Of the difference of both interpolators' points.
    difference: [f32; REACH],
}

/// Where the interpolators have to look.
struct Suspects {
    /// A bit for each group in which one of them may find something.
    any: u64,
    /// The same of the steep one.
    steep: u64,
    /// How much more the steep one may find in each group than the gentle one.
    more: [f32; GROUPS],
}

/// What one interpolator finds around the frame. Index 0 is `GROUP` samples before the frame's first
/// reading.
struct Points {
    halves: [f32; HALVES],
    firsts: [f32; GROUP + FRAME],
    thirds: [f32; GROUP + FRAME],
}

impl TruePeak {
    /// A detector that has heard silence.
    pub fn new() -> Self {
        let [steep, gentle] = [STEEP, GENTLE].map(|(side, beta)| Interpolator::new(side, beta));
        let difference = |samples: &[f32; KEPT]| {
            let (steep, gentle) = (around(&steep, samples), around(&gentle, samples));
            std::array::from_fn(|n| steep[n] - gentle[n])
        };
        Self {
            bounds: Bounds {
                steep: bound(|samples| around(&steep, samples)),
                gentle: bound(|samples| around(&gentle, samples)),
                difference: bound(difference),
            },
            steep,
            gentle,
            samples: [0.0; KEPT],
            blocks: [0.0; (PAST + FRAME) / GROUP],
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.samples.fill(0.0);
        self.blocks.fill(0.0);
    }

    /// Takes a frame and raises `peaks[i]` to the largest magnitude between its sample
    /// `i - TRUE_PEAK_LATENCY` and the next one, both included. Magnitudes up to `floor` may be left
    /// out; false when all are.
    #[inline(always)]
    pub fn process(
        &mut self,
        frame: &Frame,
        floor: f32,
        peaks: &mut Frame,
        implementation: Implementation,
    ) -> bool {
        self.take(frame, implementation);
        match implementation {
            Implementation::Reference => {
                for interpolator in [&self.steep, &self.gentle] {
                    let points = points(interpolator, &self.samples);
                    raise(&self.samples, &points, peaks);
                }
                true
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.raise_where_needed(simd, floor, peaks))
            }
        }
    }

    /// The same when only samples count.
    #[inline(always)]
    pub fn process_samples(
        &mut self,
        frame: &Frame,
        peaks: &mut Frame,
        implementation: Implementation,
    ) {
        self.take(frame, implementation);
        for (peak, x) in peaks.iter_mut().zip(&self.samples[FIRST..]) {
            *peak = larger(*peak, x.abs());
        }
    }

    #[inline(always)]
    fn take(&mut self, frame: &Frame, implementation: Implementation) {
        self.samples.copy_within(FRAME..PAST + FRAME, 0);
        self.samples[PAST..PAST + FRAME].copy_from_slice(frame);
        self.blocks.copy_within(GROUPS.., 0);
        let blocks = match implementation {
            Implementation::Reference => group_peaks(frame),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => fast_group_peaks(simd, frame))
            }
        };
        self.blocks[PAST / GROUP..].copy_from_slice(&blocks);
    }

    /// The vectorised way: only in groups in which there may be more than `floor`. False when there
    /// are none.
    #[inline(always)]
    fn raise_where_needed<S: Simd>(&self, simd: S, floor: f32, peaks: &mut Frame) -> bool {
        let suspects = self.suspects(simd, floor);
        if suspects.any == 0 {
            return false;
        }
        let samples = &self.samples;
        let groups = range(suspects.any);
        let near = raise_groups(
            simd,
            &self.gentle,
            samples,
            groups,
            floor,
            &suspects.more,
            peaks,
        );
        let steep = near & suspects.steep;
        if steep != 0 {
            let groups = range(steep);
            raise_groups(
                simd,
                &self.steep,
                samples,
                groups,
                floor,
                &[0.0; GROUPS],
                peaks,
            );
        }
        true
    }

    /// Where the interpolators may find more than `floor`.
    #[inline(always)]
    fn suspects<S: Simd>(&self, simd: S, floor: f32) -> Suspects {
        let bounds = &self.bounds;
        let steep = self.bound_groups(simd, &bounds.steep);
        let gentle = self.bound_groups(simd, &bounds.gentle);
        let steep = steep.simd_gt(floor).to_bitmask();
        let mut suspects = Suspects {
            any: steep | gentle.simd_gt(floor).to_bitmask(),
            steep,
            more: [0.0; GROUPS],
        };
        if steep != 0 {
            let more = self.bound_groups(simd, &bounds.difference);
            more.store_slice(&mut suspects.more);
        }
        suspects
    }

    /// The bound of the points in each group.
    #[inline(always)]
    fn bound_groups<S: Simd>(&self, simd: S, weights: &[f32; REACH]) -> f32x8<S> {
        // Even and odd blocks apart: shorter chains of sums.
        let mut sums = [f32x8::splat(simd, 0.0); 2];
        for block in 0..REACH {
            let largest = f32x8::from_slice(simd, &self.blocks[block..block + GROUPS]);
            sums[block % 2] = largest.mul_add(weights[block], sums[block % 2]);
        }
        sums[0] + sums[1]
    }
}

/// From the first bit that is set to the last.
fn range(mask: u64) -> Range<usize> {
    mask.trailing_zeros() as usize..(u64::BITS - mask.leading_zeros()) as usize
}

impl Default for TruePeak {
    fn default() -> Self {
        Self::new()
    }
}

/// The largest magnitude of each group.
fn group_peaks(frame: &Frame) -> [f32; GROUPS] {
    let mut peaks = [0.0; GROUPS];
    for (i, x) in frame.iter().enumerate() {
        peaks[i / GROUP] = larger(peaks[i / GROUP], x.abs());
    }
    peaks
}

/// [`group_peaks`] in vectors: three times the larger of neighbours, all groups in one vector then.
#[inline(always)]
fn fast_group_peaks<S: Simd>(simd: S, frame: &Frame) -> [f32; GROUPS] {
    let mut rows = [f32x8::splat(simd, 0.0); GROUPS];
    for (row, group) in rows.iter_mut().zip(frame.as_chunks::<GROUP>().0) {
        *row = f32x8::from_slice(simd, group).abs();
    }
    let mut left = GROUPS;
    while left > 1 {
        left /= 2;
        for i in 0..left {
            let (even, odd) = rows[2 * i].deinterleave(rows[2 * i + 1]);
            rows[i] = even.max(odd);
        }
    }
    let mut peaks = [0.0; GROUPS];
    rows[0].store_slice(&mut peaks);
    peaks
}

/// All points, one after another.
fn points(filter: &Interpolator, samples: &[f32; KEPT]) -> Points {
    let mut points = Points {
        halves: [0.0; HALVES],
        firsts: [0.0; GROUP + FRAME],
        thirds: [0.0; GROUP + FRAME],
    };
    let read = GROUP + FRAME + HALF_REACH;
    filter.half_points(samples, FIRST - GROUP, &mut points.halves[..read]);
    for at in GROUP - 1..GROUP + FRAME {
        let samples = &samples[FIRST - GROUP + at - HALF_REACH..];
        let halves = &points.halves[at - HALF_REACH..];
        [points.firsts[at], points.thirds[at]] = filter.quarters(samples, halves);
    }
    points
}

/// Raises the peaks to the crests at and after each sample, one after another.
fn raise(samples: &[f32; KEPT], points: &Points, peaks: &mut Frame) {
    for (i, peak) in peaks.iter_mut().enumerate() {
        let at = GROUP + i;
        let around = [
            points.thirds[at - 1],
            samples[FIRST + i],
            points.firsts[at],
            points.halves[at],
            points.thirds[at],
            samples[FIRST + i + 1],
        ];
        for three in around.windows(3) {
            *peak = peak.max(crest(three[0], three[1], three[2]));
        }
    }
}

/// Magnitude at the crest of the parabola through three points if the middle one is the largest in
/// magnitude; else the magnitude of the middle one.
fn crest(before: f32, at: f32, after: f32) -> f32 {
    let curvature = before - 2.0 * at + after;
    let slope = before - after;
    let is_crest = at.abs() >= before.abs() && at.abs() >= after.abs() && at * curvature < 0.0;
    if is_crest {
        (at - slope * slope / (8.0 * curvature)).abs()
    } else {
        at.abs()
    }
}

/// [`points`] and [`raise`] for a range of groups, in vectors. Gives a bit for each group in which
/// something is above `floor` when it is `more` higher.
#[inline(always)]
fn raise_groups<S: Simd>(
    simd: S,
    filter: &Interpolator,
    samples: &[f32; KEPT],
    groups: Range<usize>,
    floor: f32,
    more: &[f32; GROUPS],
    peaks: &mut Frame,
) -> u64 {
    // From a group before the first, whose last point is a neighbour, to the reach after the last.
    let (start, end) = (GROUP * groups.start, GROUP * (groups.end + 1));
    let mut halves = [0.0; HALF_REACH + HALVES];
    // Of the group before only the last point counts, which these half points do not reach.
    let skipped = GROUP - 1 - HALF_REACH;
    let to = &mut halves[HALF_REACH + skipped..];
    let chunks = (end + HALF_REACH - start - skipped).div_ceil(GROUP);
    filter.fast_half_points(
        simd,
        samples,
        FIRST - GROUP + start + skipped,
        &mut to[..GROUP * chunks],
    );
    let place = FIRST - GROUP + start;
    let mut third = filter.fast_quarters(simd, &samples[place - HALF_REACH..], &halves)[1];
    let mut near = 0;
    for group in groups.clone() {
        let place = FIRST + GROUP * group;
        let near_halves = &halves[GROUP * (group + 1) - start..];
        let before = third;
        let quarters = filter.fast_quarters(simd, &samples[place - HALF_REACH..], near_halves);
        third = quarters[1];
        let points = [
            before.slide::<7>(third),
            f32x8::from_slice(simd, &samples[place..place + GROUP]),
            quarters[0],
            f32x8::from_slice(simd, &near_halves[HALF_REACH..HALF_REACH + GROUP]),
            third,
            f32x8::from_slice(simd, &samples[place + 1..place + 1 + GROUP]),
        ];
        let most = most_of(simd, &points);
        if (most + more[group]).simd_gt(floor).any_true() {
            near |= 1 << group;
        }
        if most.simd_gt(floor).any_true() {
            let peaks = &mut peaks[GROUP * group..GROUP * (group + 1)];
            let peak = f32x8::from_slice(simd, peaks);
            peak.max(fast_crests(&points)).store_slice(peaks);
        }
    }
    near
}

/// No crest of the inner of six points in a row is more than this: the parabola's slope is at most
/// its curvature where the middle point is the largest.
#[inline(always)]
fn most_of<S: Simd>(simd: S, points: &[f32x8<S>; 6]) -> f32x8<S> {
    let mut most = f32x8::splat(simd, 0.0);
    for at in 1..5 {
        let slope = (points[at - 1] - points[at + 1]).abs();
        most = most.max(slope.mul_add(0.1251, points[at].abs()));
    }
    most
}

/// The largest crest of the inner of six points in a row.
#[inline(always)]
fn fast_crests<S: Simd>(points: &[f32x8<S>; 6]) -> f32x8<S> {
    let first = fast_crest(points[0], points[1], points[2]);
    let second = fast_crest(points[1], points[2], points[3]);
    let third = fast_crest(points[2], points[3], points[4]);
    first
        .max(second)
        .max(third)
        .max(fast_crest(points[3], points[4], points[5]))
}

/// [`crest`] without branches.
#[inline(always)]
fn fast_crest<S: Simd>(before: f32x8<S>, at: f32x8<S>, after: f32x8<S>) -> f32x8<S> {
    let curvature = before - at - (at - after);
    let slope = before - after;
    let magnitude = at.abs();
    // The parabola opens against the sign of a crest; where it does not, its rise is not taken.
    let is_crest = magnitude.simd_ge(before.abs())
        & magnitude.simd_ge(after.abs())
        & (at * curvature).simd_lt(0.0);
    let rise = slope * slope / (curvature.abs() * 8.0);
    is_crest.select(magnitude + rise, magnitude)
}

/// The points of the frame's first group, a quarter of a sample apart, and one on either side.
fn around(filter: &Interpolator, samples: &[f32; KEPT]) -> [f32; 4 * GROUP + 2] {
    let found = points(filter, samples);
    std::array::from_fn(|n| {
        let n = 4 * GROUP - 1 + n;
        match n % 4 {
            0 => samples[FIRST - GROUP + n / 4],
            1 => found.firsts[n / 4],
            2 => found.halves[n / 4],
            _ => found.thirds[n / 4],
        }
    })
}

/// Bound of the points of a group over the largest sample of each block in reach: the largest sum
/// that the magnitudes of any point's weights give on that block, with an eighth of the difference
/// of its neighbours for the crest. Found by interpolating a unit sample at every place.
fn bound(around: impl Fn(&[f32; KEPT]) -> [f32; 4 * GROUP + 2]) -> [f32; REACH] {
    let reach = GROUP * (REACH / 2);
    let mut sums = [[0.0_f32; 4 * GROUP]; REACH];
    for offset in 0..GROUP * REACH {
        let mut samples = [0.0; KEPT];
        samples[FIRST + offset - reach] = 1.0;
        let points = around(&samples);
        for (sum, three) in sums[offset / GROUP].iter_mut().zip(points.windows(3)) {
            *sum += three[1].abs() + (three[0] - three[2]).abs() / 8.0;
        }
    }
    // A little more, for what rounding may take off.
    sums.map(|sums| 1.0001 * sums.iter().fold(0.0_f32, |m, s| m.max(*s)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::decibel::gain_to_db;
    use crate::dsp::instruction_set::InstructionSet;

    /// Largest reading in dB of a sine of amplitude 1, `cycles` a sample, starting at `phase`.
    fn reading_db(cycles: f64, phase: f64) -> f32 {
        let mut detector = TruePeak::new();
        let mut largest = 0.0_f32;
        for frame in 0..40 {
            let audio: Frame = std::array::from_fn(|i| {
                let n = (frame * FRAME + i) as f64;
                (std::f64::consts::TAU * (cycles * n + phase)).sin() as f32
            });
            let mut peaks = [0.0; FRAME];
            detector.process(&audio, 0.0, &mut peaks, Implementation::Reference);
            if frame > 2 {
                largest = peaks.iter().fold(largest, |l, p| l.max(*p));
            }
        }
        gain_to_db(largest)
    }

    #[test]
    fn sines_up_to_044_of_the_rate_read_right() {
        for (cycles, phase) in [
            (0.25, 0.0),
            (0.25, 0.125),
            (1.0 / 6.0, 1.0 / 6.0),
            (0.125, 0.1875),
            (0.3, 0.0),
            (0.4, 0.1),
            (0.44, 0.05),
        ] {
            let got = reading_db(cycles, phase);
            // The parabola misses at most 0.07 dB of a sine at 0.45 of the rate; the ripple is 0.07 dB.
            assert!(
                (-0.08..0.08).contains(&got),
                "{cycles} cycles, phase {phase}: {got} dB"
            );
        }
    }

    /// Seeded noise of which a few stretches of a few samples are loud, anywhere in the frame.
    fn bursts(frames: usize) -> Vec<Frame> {
        let mut seed: u32 = 11;
        let mut next = || {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 8) as f32 / 8_388_608.0 - 1.0
        };
        let mut loud = 0;
        let mut sample = || {
            if next() > 0.98 {
                loud = (next().abs() * 60.0) as usize;
            }
            loud = loud.max(1) - 1;
            next() * if loud > 0 { 2.0 } else { 0.05 }
        };
        (0..frames)
            .map(|_| std::array::from_fn(|_| sample()))
            .collect()
    }

    #[test]
    fn vectors_find_what_the_reference_finds_wherever_it_is_above_the_floor() {
        let floor = 0.7;
        for set in InstructionSet::available() {
            let (mut plain, mut fast) = (TruePeak::new(), TruePeak::new());
            let (mut skipped, mut above) = (0, 0);
            for (index, frame) in bursts(4000).iter().enumerate() {
                let (mut expected, mut got) = ([0.0; FRAME], [0.0; FRAME]);
                plain.process(frame, floor, &mut expected, Implementation::Reference);
                let way = Implementation::Vectorized(set);
                let is_above = fast.process(frame, floor, &mut got, way);
                skipped += usize::from(!is_above);
                for (i, (got, expected)) in got.iter().zip(&expected).enumerate() {
                    above += usize::from(*expected > floor);
                    // f32 rounding of sums of 64 products; the parabola's quotient is benign.
                    let agrees = (got - expected).abs() <= 2e-6 * expected.max(1.0);
                    let is_left_out = *got <= *expected && *expected <= floor;
                    assert!(
                        agrees || is_left_out,
                        "{}, frame {index}, sample {i}: got {got}, expected {expected}",
                        set.name()
                    );
                }
            }
            assert!(
                skipped > 100 && above > 10_000,
                "{skipped} skipped, {above} above"
            );
        }
    }

    #[test]
    fn a_reading_lags_by_the_stated_latency_and_never_reads_below_the_samples() {
        let mut detector = TruePeak::new();
        let mut audio = [0.0; FRAME];
        audio[20] = 1.0;
        let mut peaks = [0.0; FRAME];
        detector.process(&audio, 0.0, &mut peaks, Implementation::Reference);
        let at = peaks
            .iter()
            .enumerate()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .unwrap()
            .0;
        assert_eq!(at, 20 + TRUE_PEAK_LATENCY);
        assert!(peaks[at] >= 1.0, "{}", peaks[at]);
    }
}
