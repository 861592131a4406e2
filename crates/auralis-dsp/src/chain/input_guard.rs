//! The input as everything behind it may rely on it: finite, bounded, without subnormals.

use fearless_simd::{Simd, dispatch, f32x8, i32x8, prelude::*};

use crate::Frame;
use crate::simd::instruction_set::Implementation;

/// Largest sample that is let through, +60 dBFS. Beyond it a sample is a fault, not a level.
pub const MAX_SAMPLE: f32 = 1000.0;
/// Samples smaller than this (-400 dBFS) become 0: no product of one with a filter's weight is
/// subnormal.
const MIN_SAMPLE: f32 = 1e-20;

/// What a frame was like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guarded {
    /// Whether something was a fault.
    pub faulty: bool,
    /// The largest magnitude of what is left.
    pub peak: f32,
}

/// Makes a frame safe in place: NaN, infinities and samples beyond [`MAX_SAMPLE`] become 0, so that no
/// processor has anything to recover from.
#[inline(always)]
pub fn guard(frame: &mut Frame, implementation: Implementation) -> Guarded {
    match implementation {
        Implementation::Scalar => repair_all(frame),
        Implementation::Vectorized(set) => {
            let peak = dispatch!(set.level(), simd => clear_tiny(simd, frame));
            // A NaN is not within.
            if peak <= MAX_SAMPLE {
                return Guarded {
                    faulty: false,
                    peak,
                };
            }
            repair_all(frame)
        }
    }
}

/// The reference.
fn repair_all(frame: &mut Frame) -> Guarded {
    let faulty = frame.iter_mut().fold(false, |faulty, x| faulty | repair(x));
    let peak = peak(frame, Implementation::Scalar);
    Guarded { faulty, peak }
}

/// Makes a sample safe; true when it was a fault.
fn repair(x: &mut f32) -> bool {
    let magnitude = x.abs();
    // A NaN is in no range.
    let is_fault = !(0.0..=MAX_SAMPLE).contains(&magnitude);
    if is_fault || magnitude < MIN_SAMPLE {
        *x = 0.0;
    }
    is_fault
}

/// Clears what is too small, and gives the largest magnitude: infinity or NaN if there is one.
#[inline(always)]
fn clear_tiny<S: Simd>(simd: S, frame: &mut Frame) -> f32 {
    let zero = f32x8::splat(simd, 0.0);
    // As whole numbers, the bits of magnitudes are in the order of the magnitudes, and those of NaN
    // above all.
    let mut largest = i32x8::splat(simd, 0);
    for samples in frame.as_chunks_mut::<8>().0 {
        let x = f32x8::from_slice(simd, samples);
        let magnitude = x.abs();
        largest = largest.max(magnitude.bitcast::<i32x8<S>>());
        let is_tiny = magnitude.simd_lt(MIN_SAMPLE);
        is_tiny.select(zero, x).store_slice(samples);
    }
    f32::from_bits(largest.reduce_max().cast_unsigned())
}

/// The largest magnitude of a frame.
#[inline(always)]
pub fn peak(frame: &Frame, implementation: Implementation) -> f32 {
    match implementation {
        Implementation::Scalar => frame.iter().fold(0.0, |peak, x| peak.max(x.abs())),
        Implementation::Vectorized(set) => dispatch!(set.level(), simd => fast_peak(simd, frame)),
    }
}

/// [`peak`] in vectors.
#[inline(always)]
fn fast_peak<S: Simd>(simd: S, frame: &Frame) -> f32 {
    let mut peak = f32x8::splat(simd, 0.0);
    for samples in frame.as_chunks::<8>().0 {
        peak = peak.max(f32x8::from_slice(simd, samples).abs());
    }
    peak.reduce_max()
}

/// Copies a frame, and gives its largest magnitude.
#[inline(always)]
pub fn copy(from: &Frame, to: &mut Frame, implementation: Implementation) -> f32 {
    match implementation {
        Implementation::Scalar => {
            *to = *from;
            peak(to, implementation)
        }
        Implementation::Vectorized(set) => {
            dispatch!(set.level(), simd => fast_copy(simd, from, to))
        }
    }
}

/// [`copy`] in vectors.
#[inline(always)]
fn fast_copy<S: Simd>(simd: S, from: &Frame, to: &mut Frame) -> f32 {
    let mut peak = f32x8::splat(simd, 0.0);
    let to = to.as_chunks_mut::<8>().0;
    for (from, to) in from.as_chunks::<8>().0.iter().zip(to) {
        let x = f32x8::from_slice(simd, from);
        peak = peak.max(x.abs());
        x.store_slice(to);
    }
    peak.reduce_max()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;
    use crate::simd::instruction_set::InstructionSet;

    #[test]
    fn only_faults_are_changed() {
        let ways = InstructionSet::available().into_iter();
        let ways = ways.map(Implementation::Vectorized);
        for way in std::iter::once(Implementation::Scalar).chain(ways) {
            let mut frame = [-0.5; FRAME];
            let fine = Guarded {
                faulty: false,
                peak: 0.5,
            };
            assert_eq!(guard(&mut frame, way), fine, "{way:?}");
            assert_eq!(frame, [-0.5; FRAME], "{way:?}");
            assert_eq!(peak(&frame, way), 0.5, "{way:?}");
            frame[50..56].copy_from_slice(&[
                f32::NAN,
                f32::INFINITY,
                f32::NEG_INFINITY,
                1e30,
                -1e30,
                1e-40,
            ]);
            let faulty = Guarded {
                faulty: true,
                peak: 0.5,
            };
            assert_eq!(guard(&mut frame, way), faulty, "{way:?}");
            assert_eq!(
                frame[49..57],
                [-0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, -0.5],
                "{way:?}"
            );
        }
    }
}
