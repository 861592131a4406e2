//! What the detector hears, as gain reduction in dB: level, stereo link, static curve.

use fearless_simd::{Simd, f32x8, prelude::*};

use crate::basics::decibel::SILENCE_DB;
use crate::basics::log_exp::{fast_power_to_db, power_to_db};
use crate::basics::smoothing::Segment;
use crate::dynamics::gain_computer::{FastKnee, soft_knee_db};
use crate::{Frame, MAX_CHANNELS};

/// Samples that the kernel takes at a time.
const LANES: usize = 8;

/// What the detector hears of both channels.
pub struct Heard<'a> {
    /// Samples, or powers.
    pub frames: [&'a Frame; MAX_CHANNELS],
    /// Whether they are powers.
    pub is_power: bool,
}

/// The static curve over one frame.
#[derive(Debug, Clone, Copy)]
pub struct CurveSegments {
    /// Threshold in dB.
    pub threshold_db: Segment,
    /// Reduction over level above the knee.
    pub slope: Segment,
    /// Full width of the knee in dB.
    pub knee_db: Segment,
}

/// The reductions that each sample asks for; linked, each level moves towards the louder one. Returns the
/// highest level in dB.
pub fn reductions(
    heard: &Heard,
    link: f32,
    curve: &CurveSegments,
    out: &mut [Frame; MAX_CHANNELS],
) -> f32 {
    let [left, right] = out;
    let mut highest = SILENCE_DB;
    for (i, (left, right)) in left.iter_mut().zip(right).enumerate() {
        let levels = [heard.level_db(0, i), heard.level_db(1, i)];
        let loudest = levels[0].max(levels[1]);
        highest = highest.max(loudest);
        for (out, level) in [left, right].into_iter().zip(levels) {
            let linked = level + link * (loudest - level);
            *out = curve.reduction_db(i, linked);
        }
    }
    highest
}

/// [`reductions`] of eight samples at a time, without branches. One gain needs one logarithm and is
/// left in the first frame.
#[inline(always)]
pub fn fast_reductions<S: Simd>(
    simd: S,
    heard: &Heard,
    link: f32,
    is_one_gain: bool,
    curve: &CurveSegments,
    out: &mut [Frame; MAX_CHANNELS],
) -> f32 {
    let mut highest = f32x8::splat(simd, SILENCE_DB);
    let knee_rests = curve.knee_db.is_constant();
    let mut knee = FastKnee::new(curve.knee_db.lanes(simd, 0));
    let [left, right] = out;
    let chunks = left.as_chunks_mut::<LANES>().0.iter_mut();
    for (n, (left, right)) in chunks.zip(right.as_chunks_mut::<LANES>().0).enumerate() {
        let at = LANES * n;
        if !knee_rests {
            knee = FastKnee::new(curve.knee_db.lanes(simd, at));
        }
        let (threshold, slope) = (
            curve.threshold_db.lanes(simd, at),
            curve.slope.lanes(simd, at),
        );
        let powers = (heard.powers(simd, 0, at), heard.powers(simd, 1, at));
        if is_one_gain {
            let level = fast_power_to_db(powers.0.max(powers.1));
            highest = highest.max(level);
            knee.reduction_db(level - threshold, slope)
                .store_slice(left);
            continue;
        }
        let levels = (fast_power_to_db(powers.0), fast_power_to_db(powers.1));
        let loudest = levels.0.max(levels.1);
        highest = highest.max(loudest);
        for (out, level) in [(left, levels.0), (right, levels.1)] {
            let linked = (loudest - level).mul_add(link, level);
            knee.reduction_db(linked - threshold, slope)
                .store_slice(out);
        }
    }
    highest.reduce_max()
}

impl Heard<'_> {
    /// Level in dB of a channel's sample `i`.
    fn level_db(&self, channel: usize, i: usize) -> f32 {
        let x = self.frames[channel][i];
        power_to_db(if self.is_power { x } else { x * x })
    }

    /// Powers of eight samples of a channel from `at` on.
    #[inline(always)]
    fn powers<S: Simd>(&self, simd: S, channel: usize, at: usize) -> f32x8<S> {
        let x = f32x8::from_slice(simd, &self.frames[channel][at..at + LANES]);
        if self.is_power { x } else { x * x }
    }
}

impl CurveSegments {
    /// Reduction in dB of a level at sample `i`.
    fn reduction_db(&self, i: usize, level_db: f32) -> f32 {
        let over_db = level_db - self.threshold_db.at(i);
        soft_knee_db(over_db, self.slope.at(i), self.knee_db.at(i))
    }
}
