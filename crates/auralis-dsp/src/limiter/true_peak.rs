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

mod bounds;
mod points;

use fearless_simd::{Simd, dispatch};

use crate::basics::delay::Delay;
use crate::basics::log_exp::larger;
use crate::limiter::interpolator::{HALF_TAPS, Interpolator};
use crate::simd::instruction_set::Implementation;
use crate::{FRAME, Frame};
use bounds::{BlockPeaks, Bounds, fast_group_peaks, group_peaks};
use points::{points, raise, raise_groups};

/// Samples by which a reading lags its sample: what the longest filter needs, in whole groups.
pub const TRUE_PEAK_LATENCY: usize = 40;
/// Taps on either side of a windowed sinc, and Kaiser's beta: flat within 0.07 dB up to 0.48 of the
/// sample rate.
const STEEP: (usize, f64) = (HALF_TAPS / 2, 2.5);
/// The same of BS.1770's kind.
const GENTLE: (usize, f64) = (12, 5.0);
/// Of a cautious detector: with it noise, squares and alternating samples, driven by 12 dB, read at most
/// 0.03 dB over the limiter's ceiling by 16x interpolation (without, 0.14).
const CAUTION: f32 = 0.25;
/// Samples that are taken or left together, and samples of a block of the bound.
const GROUP: usize = 8;
const GROUPS: usize = FRAME / GROUP;
/// Samples that are needed from before the frame, in whole frames.
pub const PAST: usize = 2 * FRAME;
/// Where the reading of the frame's first sample is.
const FIRST: usize = PAST - TRUE_PEAK_LATENCY;
/// Half points: a group more at either end of the frame, and what the interpolator's passes add.
const HALVES: usize = 96;
/// Samples that are looked at in all. Those behind the frame are zero: they reach half points that
/// nobody reads, where a pass of the interpolator starts a group or more into the frame.
const KEPT: usize = FIRST + HALVES + HALF_TAPS / 2;
/// The past and the frame.
const FRAMES: usize = PAST / FRAME + 1;

/// The detector of one channel.
#[derive(Debug, Clone)]
pub struct TruePeak {
    steep: Interpolator,
    gentle: Interpolator,
    bounds: Bounds,
    /// Largest magnitude of each block of the past and of the frame.
    blocks: BlockPeaks,
    /// Share of the interpolators' difference that is added to the larger answer.
    caution: f32,
}

impl TruePeak {
    /// A detector that has heard silence.
    pub fn new() -> Self {
        let [steep, gentle] = [STEEP, GENTLE].map(|(side, beta)| Interpolator::new(side, beta));
        Self {
            bounds: Bounds::new(&steep, &gentle),
            steep,
            gentle,
            blocks: [[0.0; GROUPS]; FRAMES],
            caution: 0.0,
        }
    }

    /// One that reads more where the interpolators do not agree: programme with energy at the Nyquist
    /// frequency may have higher peaks through a filter that is steeper still, and a gain that moves
    /// makes others of it. Where they agree, as on music, it reads the same.
    pub fn cautious() -> Self {
        Self {
            caution: CAUTION,
            ..Self::new()
        }
    }

    /// Forgets what was heard.
    pub fn reset(&mut self) {
        self.blocks = [[0.0; GROUPS]; FRAMES];
    }

    /// Takes the newest frame of `audio`, which keeps [`PAST`] samples before it, and raises `peaks[i]`
    /// to the largest magnitude between its sample `i - TRUE_PEAK_LATENCY` and the next one, both
    /// included. Magnitudes up to `floor` may be left out; false when all are.
    #[inline(always)]
    pub fn process(
        &mut self,
        audio: &Delay,
        floor: f32,
        peaks: &mut Frame,
        implementation: Implementation,
    ) -> bool {
        self.take(audio.window(0), implementation);
        match implementation {
            Implementation::Scalar => {
                let samples = samples(audio);
                let mut found = [[0.0; FRAME]; 2];
                for (found, interpolator) in found.iter_mut().zip([&self.gentle, &self.steep]) {
                    raise(&samples, &points(interpolator, &samples), found);
                }
                self.raise_to(&found, floor, peaks);
                true
            }
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => self.raise_where_needed(simd, audio, floor, peaks))
            }
        }
    }

    /// Raises the peaks to what the interpolators found. What is below `floor` counts as that: it may
    /// have been left out.
    #[inline(always)]
    fn raise_to(&self, [gentle, steep]: &[Frame; 2], floor: f32, peaks: &mut Frame) {
        for ((peak, gentle), steep) in peaks.iter_mut().zip(gentle).zip(steep) {
            let apart = (larger(*gentle, floor) - larger(*steep, floor)).abs();
            let most = larger(*gentle, *steep);
            *peak = larger(*peak, self.caution * apart + most);
        }
    }

    /// The same when only samples count.
    #[inline(always)]
    pub fn process_samples(
        &mut self,
        audio: &Delay,
        peaks: &mut Frame,
        implementation: Implementation,
    ) {
        self.take(audio.window(0), implementation);
        for (peak, x) in peaks.iter_mut().zip(audio.window(TRUE_PEAK_LATENCY)) {
            *peak = larger(*peak, x.abs());
        }
    }

    #[inline(always)]
    fn take(&mut self, frame: &Frame, implementation: Implementation) {
        self.blocks.copy_within(1.., 0);
        self.blocks[FRAMES - 1] = match implementation {
            Implementation::Scalar => group_peaks(frame),
            Implementation::Vectorized(set) => {
                dispatch!(set.level(), simd => fast_group_peaks(simd, frame))
            }
        };
    }

    /// The vectorised way: only in groups in which there may be more than `floor`. False when there
    /// are none.
    #[inline(always)]
    fn raise_where_needed<S: Simd>(
        &self,
        simd: S,
        audio: &Delay,
        floor: f32,
        peaks: &mut Frame,
    ) -> bool {
        let suspects = self.bounds.suspects(simd, &self.blocks, floor);
        if suspects.any.is_empty() {
            return false;
        }
        let (samples, more) = (&samples(audio), &suspects.more);
        let mut found = [[0.0; FRAME]; 2];
        let [gentle, steep] = &mut found;
        let groups = suspects.any;
        let near = raise_groups(simd, &self.gentle, samples, groups, floor, more, gentle);
        let left = near.and(suspects.steep);
        if !left.is_empty() {
            let none = [0.0; GROUPS];
            raise_groups(simd, &self.steep, samples, left, floor, &none, steep);
        }
        self.raise_to(&found, floor, peaks);
        true
    }
}

/// The samples before the newest frame, the frame, zeros.
#[inline(always)]
fn samples(audio: &Delay) -> [f32; KEPT] {
    let mut samples = [0.0; KEPT];
    let frames = samples.as_chunks_mut::<FRAME>().0;
    for (back, frame) in frames.iter_mut().take(FRAMES).rev().enumerate() {
        audio.read(back * FRAME, frame);
    }
    samples
}

impl Default for TruePeak {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::basics::decibel::gain_to_db;
    use crate::signals::Noise;
    use crate::simd::instruction_set::InstructionSet;

    /// Largest reading in dB of a sine of amplitude 1, `cycles` a sample, starting at `phase`.
    fn reading_db(cycles: f64, phase: f64) -> f32 {
        let (mut detector, mut delay) = (TruePeak::new(), Delay::new(PAST));
        let mut largest = 0.0_f32;
        for frame in 0..40 {
            let audio: Frame = std::array::from_fn(|i| {
                let n = (frame * FRAME + i) as f64;
                (std::f64::consts::TAU * (cycles * n + phase)).sin() as f32
            });
            let mut peaks = [0.0; FRAME];
            delay.write(&audio);
            detector.process(&delay, 0.0, &mut peaks, Implementation::Scalar);
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
        let mut noise = Noise::new(11);
        let mut loud = 0;
        let mut sample = || {
            if noise.white() > 0.98 {
                loud = noise.below(60);
            }
            loud = loud.max(1) - 1;
            noise.white() * if loud > 0 { 2.0 } else { 0.05 }
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
            let mut delay = Delay::new(PAST);
            let (mut skipped, mut above) = (0, 0);
            for (index, frame) in bursts(4000).iter().enumerate() {
                let (mut expected, mut got) = ([0.0; FRAME], [0.0; FRAME]);
                delay.write(frame);
                plain.process(&delay, floor, &mut expected, Implementation::Scalar);
                let way = Implementation::Vectorized(set);
                let is_above = fast.process(&delay, floor, &mut got, way);
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
        let (mut detector, mut delay) = (TruePeak::new(), Delay::new(PAST));
        let mut audio = [0.0; FRAME];
        audio[20] = 1.0;
        let mut peaks = [0.0; FRAME];
        delay.write(&audio);
        detector.process(&delay, 0.0, &mut peaks, Implementation::Scalar);
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
