//! The points between samples, and the crests through them.

use fearless_simd::{Simd, f32x8, prelude::*};

use crate::limiter::interpolator::{HALF_REACH, Interpolator};
use crate::limiter::true_peak::bounds::Groups;
use crate::limiter::true_peak::{FIRST, FRAME, Frame, GROUP, GROUPS, HALVES, KEPT};

/// What one interpolator finds around the frame. Index 0 is `GROUP` samples before the frame's first
/// reading.
pub struct Points {
    /// Halfway to the next sample.
    pub halves: [f32; HALVES],
    /// A quarter of the way.
    pub firsts: [f32; GROUP + FRAME],
    /// Three quarters of the way.
    pub thirds: [f32; GROUP + FRAME],
}

/// All points, one after another.
pub fn points(filter: &Interpolator, samples: &[f32; KEPT]) -> Points {
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
pub fn raise(samples: &[f32; KEPT], points: &Points, peaks: &mut Frame) {
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

/// [`points`] and [`raise`] from the first to the last of some groups, in vectors. Gives the groups
/// in which something is above `floor` when it is `more` higher.
#[inline(always)]
pub fn raise_groups<S: Simd>(
    simd: S,
    filter: &Interpolator,
    samples: &[f32; KEPT],
    groups: Groups,
    floor: f32,
    more: &[f32; GROUPS],
    peaks: &mut Frame,
) -> Groups {
    let groups = groups.range();
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
    let mut found = Groups::default();
    for group in groups {
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
            found.insert(group);
        }
        if most.simd_gt(floor).any_true() {
            let peaks = &mut peaks[GROUP * group..GROUP * (group + 1)];
            let peak = f32x8::from_slice(simd, peaks);
            peak.max(fast_crests(&points)).store_slice(peaks);
        }
    }
    found
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
