//! The way down: a frame at four times the rate, low-passed, a sample for every four points.
//!
//! By two, with the seven taps of a half-band filter, and by two again with the low-pass that is steep:
//! half the work of one that is as steep at four times the rate. What is nothing is not filtered.

use std::f64::consts::PI;
use std::sync::OnceLock;

use fearless_simd::{Simd, f32x8, prelude::*};

use super::{GROUPS, LANES, SIDE, Upsampled};
use crate::limiter::interpolator::{bessel_i0, windowed_sinc};
use crate::simd::scan::narrow;
use crate::{FRAME, Frame};

/// Kaiser's beta of the first filter: it rises by 0.16 dB where the second one falls by 0.27.
const HALF_BAND_BETA: f64 = 3.0;
/// Kaiser's beta of the low-pass, and its corner (-6 dB) as a share of the sample rate.
const LOW_PASS: (f64, f64) = (6.0, 0.43);
/// Points of each phase at twice the rate that are kept before a frame, and their groups.
const KEPT: usize = 32;
const KEPT_GROUPS: usize = KEPT / LANES;
/// Groups at twice the rate that a group of samples comes from, less one.
const BEFORE: usize = SIDE * 2 / LANES;
/// Weights of the low-pass, oldest first: of the samples at twice the rate that are samples, and of those
/// just before them (of which the first is nothing).
type Taps = [[f32; 2 * SIDE + 1]; 2];

/// The filters.
#[derive(Debug)]
struct Filters {
    /// Of the points next to the middle, and of those three away. The middle has a half.
    half_band: [f32; 2],
    taps: Taps,
}

/// The way down of a channel.
#[derive(Debug, Clone)]
pub struct Decimator {
    filters: &'static Filters,
    /// The last group of phases 1 to 3.
    last: [[f32; LANES]; 3],
    /// Whether there is anything in it.
    is_last_used: bool,
    /// At twice the rate the points before the frame and those of the frame: samples, and those before
    /// samples.
    twice: [[f32; KEPT + FRAME]; 2],
    /// In which groups of these there is anything, a bit for each.
    used: u32,
}

/// The last group of phases 1 to 3, unless it is nothing.
type Last<S> = Option<[f32x8<S>; 3]>;

impl Decimator {
    /// Silence before the first frame.
    pub fn new() -> Self {
        static FILTERS: OnceLock<Filters> = OnceLock::new();
        Self {
            filters: FILTERS.get_or_init(Filters::new),
            last: [[0.0; LANES]; 3],
            is_last_used: false,
            twice: [[0.0; KEPT + FRAME]; 2],
            used: 0,
        }
    }

    /// Forgets all points.
    pub fn reset(&mut self) {
        self.last = [[0.0; LANES]; 3];
        self.twice = [[0.0; KEPT + FRAME]; 2];
        (self.is_last_used, self.used) = (false, 0);
    }

    /// Whether all points that are still to be heard are 0.
    #[inline(always)]
    pub fn is_silent(&self) -> bool {
        !self.is_last_used && self.used >> GROUPS == 0
    }

    /// Makes room for the next frame.
    #[inline(always)]
    fn advance(&mut self) {
        for twice in &mut self.twice {
            twice.copy_within(FRAME.., 0);
        }
        self.used >>= GROUPS;
    }

    /// Adds the next points, low-passed, to a frame.
    pub fn add_to(&mut self, audio: &mut Frame, points: &Upsampled) {
        self.advance();
        self.halve(points);
        for (i, sample) in audio.iter_mut().enumerate() {
            let newest = KEPT + i;
            for (taps, twice) in self.filters.taps.iter().zip(&self.twice) {
                let pairs = taps.iter().zip(&twice[newest - 2 * SIDE..=newest]);
                *sample += pairs.map(|(tap, point)| tap * point).sum::<f32>();
            }
        }
    }

    /// From four times the rate to twice.
    fn halve(&mut self, points: &Upsampled) {
        let [near, far] = self.filters.half_band;
        let last = self.last;
        let point = |phase: usize, i: usize, ago: usize| {
            if i >= ago {
                points[phase][i - ago]
            } else {
                last[phase - 1][LANES + i - ago]
            }
        };
        for i in 0..FRAME {
            let on = near * (point(1, i, 0) + point(3, i, 1))
                + far * (point(3, i, 0) + point(1, i, 1))
                + 0.5 * point(0, i, 0);
            let before = near * (point(1, i, 1) + point(3, i, 1))
                + far * (point(1, i, 0) + point(3, i, 2))
                + 0.5 * point(2, i, 1);
            (self.twice[0][KEPT + i], self.twice[1][KEPT + i]) = (on, before);
        }
        for (last, points) in self.last.iter_mut().zip(&points[1..]) {
            last.copy_from_slice(&points[FRAME - LANES..]);
        }
        let is_any = |points: &[f32]| points.iter().any(|x| *x != 0.0);
        self.is_last_used = is_any(self.last.as_flattened());
        for group in 0..GROUPS {
            let here = KEPT + LANES * group..KEPT + LANES * (group + 1);
            let is_used = self
                .twice
                .iter()
                .any(|points| is_any(&points[here.clone()]));
            self.used |= u32::from(is_used) << (KEPT_GROUPS + group);
        }
    }

    /// [`Decimator::add_to`] in vectors: what `points` gives for each group, `None` for nothing.
    #[inline(always)]
    pub fn fast_add_to<S: Simd>(
        &mut self,
        simd: S,
        audio: &mut Frame,
        mut points: impl FnMut(usize) -> Option<[f32x8<S>; 4]>,
    ) {
        self.advance();
        let mut last: Last<S> = None;
        if self.is_last_used {
            let [a, b, c] = &self.last;
            let load = |points: &[f32; LANES]| f32x8::from_slice(simd, points);
            last = Some([load(a), load(b), load(c)]);
        }
        for group in 0..GROUPS {
            last = self.fast_halve(simd, group, points(group), last);
        }
        self.is_last_used = last.is_some();
        let nothing = f32x8::splat(simd, 0.0);
        let phases = last.unwrap_or([nothing; 3]);
        for (last, phase) in self.last.iter_mut().zip(phases) {
            phase.store_slice(last);
        }
        self.fast_low_pass(simd, audio);
    }

    /// A group from four times the rate to twice.
    #[inline(always)]
    fn fast_halve<S: Simd>(
        &mut self,
        simd: S,
        group: usize,
        points: Option<[f32x8<S>; 4]>,
        last: Last<S>,
    ) -> Last<S> {
        let nothing = f32x8::splat(simd, 0.0);
        let here = KEPT + LANES * group..KEPT + LANES * (group + 1);
        let [on, before] = &mut self.twice;
        let (on, before) = (&mut on[here.clone()], &mut before[here]);
        if points.is_none() && last.is_none() {
            nothing.store_slice(on);
            nothing.store_slice(before);
            return None;
        }
        self.used |= 1 << (KEPT_GROUPS + group);
        let [near, far] = self.filters.half_band;
        let [p0, p1, p2, p3] = points.unwrap_or([nothing; 4]);
        let [l1, l2, l3] = last.unwrap_or([nothing; 3]);
        let (first, second) = (l1.slide::<7>(p1), l2.slide::<7>(p2));
        let (third, earlier) = (l3.slide::<7>(p3), l3.slide::<6>(p3));
        let sum = (p3 + first).mul_add(far, p0 * 0.5);
        (p1 + third).mul_add(near, sum).store_slice(on);
        let sum = (p1 + earlier).mul_add(far, second * 0.5);
        (first + third).mul_add(near, sum).store_slice(before);
        points.map(|_| [p1, p2, p3])
    }

    /// Adds the samples, in groups that have something.
    #[inline(always)]
    fn fast_low_pass<S: Simd>(&self, simd: S, audio: &mut Frame) {
        let mut wanted = 0;
        for before in KEPT_GROUPS - BEFORE..=KEPT_GROUPS {
            wanted |= self.used >> before;
        }
        let (halves, _) = audio.as_chunks_mut::<{ 4 * LANES }>();
        for (n, half) in halves.iter_mut().enumerate() {
            let first = 4 * n;
            let (left, right) = half.split_at_mut(2 * LANES);
            match wanted >> first & 15 {
                0 => {}
                1..4 => self.pass::<S, 2>(simd, first, left),
                4 | 8 | 12 => self.pass::<S, 2>(simd, first + 2, right),
                _ => self.pass::<S, 4>(simd, first, half),
            }
        }
    }

    /// Adds the samples of so many groups, which share their loads of the taps.
    #[inline(always)]
    fn pass<S: Simd, const N: usize>(&self, simd: S, group: usize, audio: &mut [f32]) {
        let mut sums = [[f32x8::splat(simd, 0.0); N]; 2];
        let oldest = KEPT + LANES * group - 2 * SIDE;
        let width = LANES * N + 2 * SIDE;
        let on = &self.twice[0][oldest..oldest + width];
        let before = &self.twice[1][oldest..oldest + width];
        let [on_taps, before_taps] = &self.filters.taps;
        for tap in 0..=2 * SIDE {
            let on_tap = f32x8::splat(simd, on_taps[tap]);
            let before_tap = f32x8::splat(simd, before_taps[tap]);
            let on = on[tap..tap + LANES * N].as_chunks::<LANES>().0;
            let before = before[tap..tap + LANES * N].as_chunks::<LANES>().0;
            for n in 0..N {
                sums[0][n] = f32x8::from_slice(simd, &on[n]).mul_add(on_tap, sums[0][n]);
                sums[1][n] = f32x8::from_slice(simd, &before[n]).mul_add(before_tap, sums[1][n]);
            }
        }
        for (n, samples) in audio.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
            let sum = sums[0][n] + sums[1][n];
            (f32x8::from_slice(simd, samples) + sum).store_slice(samples);
        }
    }
}

impl Default for Decimator {
    fn default() -> Self {
        Self::new()
    }
}

impl Filters {
    fn new() -> Self {
        let half_band = windowed_sinc(2, HALF_BAND_BETA);
        Self {
            half_band: [0.5 * half_band[0], 0.5 * half_band[1]],
            taps: low_pass(),
        }
    }
}

/// The low-pass: a sinc under Kaiser's window, with unity gain at DC.
fn low_pass() -> Taps {
    let (beta, corner) = LOW_PASS;
    let side = SIDE as f64;
    // `t` in samples from the middle; nothing a half sample beyond the last.
    let weight = |t: f64| {
        let x = 2.0 * PI * corner * t;
        let sinc = if t == 0.0 { 1.0 } else { x.sin() / x };
        let inside = 1.0 - (t / (side + 0.5)).powi(2);
        if inside > 1e-9 {
            sinc * bessel_i0(beta * inside.sqrt())
        } else {
            0.0
        }
    };
    let at = |phase: usize, tap: usize| weight(tap as f64 - side - 0.5 * phase as f64);
    let places = (0..2).flat_map(|phase| (0..=2 * SIDE).map(move |tap| (phase, tap)));
    let sum: f64 = places.map(|(phase, tap)| at(phase, tap)).sum();
    [0, 1].map(|phase| std::array::from_fn(|tap| narrow(at(phase, tap) / sum)))
}
