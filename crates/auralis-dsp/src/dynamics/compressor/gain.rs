//! Makeup less reduction, applied to the audio.

use fearless_simd::{Simd, f32x8, prelude::*};

use crate::basics::decibel::db_to_gain;
use crate::basics::log_exp::fast_db_to_gain;
use crate::basics::smoothing::Segment;
use crate::{FRAME, Frame, MAX_CHANNELS};

/// Samples that the kernel takes at a time.
const LANES: usize = 8;

/// What is applied over one frame beside the reduction.
#[derive(Debug, Clone, Copy)]
pub struct GainSegments {
    /// Makeup in dB.
    pub makeup_db: Segment,
    /// Share of the compressed signal.
    pub mix: Segment,
}

/// Applies makeup less reduction to a channel and returns its deepest reduction in dB.
pub fn apply(audio: &mut Frame, reduction_db: &Frame, gain: &GainSegments) -> f32 {
    let mut deepest = 0.0_f32;
    for (i, (sample, reduction)) in audio.iter_mut().zip(reduction_db).enumerate() {
        let wet = db_to_gain(gain.makeup_db.at(i) - reduction);
        *sample *= 1.0 + gain.mix.at(i) * (wet - 1.0);
        deepest = deepest.max(*reduction);
    }
    deepest
}

/// [`apply`] to all channels, from the `delayed` audio, eight samples at a time without branches.
/// Channels with one gain need one exponential.
#[inline(always)]
pub fn fast_apply<S: Simd>(
    simd: S,
    delayed: [&Frame; MAX_CHANNELS],
    reductions_db: [&Frame; MAX_CHANNELS],
    is_one_gain: bool,
    gain: &GainSegments,
    audio: &mut [Frame],
) -> f32 {
    let mut deepest = f32x8::splat(simd, 0.0);
    match audio {
        [left, right] => {
            let left = left.as_chunks_mut::<LANES>().0.iter_mut();
            let both = left.zip(right.as_chunks_mut::<LANES>().0);
            for (n, (left, right)) in both.enumerate() {
                let factor = gain.factor(simd, reductions_db[0], n, &mut deepest);
                (factor * eight(simd, delayed[0], n)).store_slice(left);
                let factor = if is_one_gain {
                    factor
                } else {
                    gain.factor(simd, reductions_db[1], n, &mut deepest)
                };
                (factor * eight(simd, delayed[1], n)).store_slice(right);
            }
        }
        [only] => {
            for (n, only) in only.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let factor = gain.factor(simd, reductions_db[0], n, &mut deepest);
                (factor * eight(simd, delayed[0], n)).store_slice(only);
            }
        }
        _ => {}
    }
    deepest.reduce_max()
}

/// Adds the low band of a channel with the difference of its gain and the high band's; the reductions
/// are the low band's and the high one's. Returns the deepest of the low band in dB.
pub fn add_low(
    audio: &mut Frame,
    low: &Frame,
    reductions_db: [&Frame; 2],
    gain: &GainSegments,
) -> f32 {
    let mut deepest = 0.0_f32;
    for (i, (sample, low)) in audio.iter_mut().zip(low).enumerate() {
        let [of_low, of_high] =
            reductions_db.map(|reduction| db_to_gain(gain.makeup_db.at(i) - reduction[i]));
        *sample += low * gain.mix.at(i) * (of_low - of_high);
        deepest = deepest.max(reductions_db[0][i]);
    }
    deepest
}

/// [`add_low`] to all channels, eight samples at a time; `reductions_db` of each channel. Channels with
/// one gain in each band need two exponentials.
#[inline(always)]
pub fn fast_add_low<S: Simd>(
    simd: S,
    audio: &mut [Frame],
    low: &[Frame; MAX_CHANNELS],
    reductions_db: [[&Frame; 2]; MAX_CHANNELS],
    is_one_gain: bool,
    gain: &GainSegments,
) -> f32 {
    let (mut deepest, mut of_high_band) = (f32x8::splat(simd, 0.0), f32x8::splat(simd, 0.0));
    for n in 0..FRAME / LANES {
        let mut difference = f32x8::splat(simd, 0.0);
        for (channel, audio) in audio.iter_mut().enumerate() {
            if channel == 0 || !is_one_gain {
                let [of_low, of_high] = reductions_db[channel];
                difference = gain.factor(simd, of_low, n, &mut deepest)
                    - gain.factor(simd, of_high, n, &mut of_high_band);
            }
            let sample = eight(simd, audio, n);
            eight(simd, &low[channel], n)
                .mul_add(difference, sample)
                .store_slice(&mut audio[LANES * n..LANES * (n + 1)]);
        }
    }
    deepest.reduce_max()
}

impl GainSegments {
    /// What the samples of chunk `n` are multiplied by.
    #[inline(always)]
    fn factor<S: Simd>(
        &self,
        simd: S,
        reduction_db: &Frame,
        n: usize,
        deepest: &mut f32x8<S>,
    ) -> f32x8<S> {
        let reduction = eight(simd, reduction_db, n);
        *deepest = deepest.max(reduction);
        let wet = fast_db_to_gain(self.makeup_db.lanes(simd, LANES * n) - reduction);
        self.mix.lanes(simd, LANES * n).mul_add(wet - 1.0, 1.0)
    }
}

/// Chunk `n` of a frame.
#[inline(always)]
fn eight<S: Simd>(simd: S, frame: &Frame, n: usize) -> f32x8<S> {
    f32x8::from_slice(simd, &frame[LANES * n..LANES * (n + 1)])
}
