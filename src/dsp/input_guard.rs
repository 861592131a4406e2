//! The input as everything behind it may rely on it: finite, bounded, without subnormals.

use super::Frame;

/// Largest sample that is let through, +60 dBFS. Beyond it a sample is a fault, not a level.
pub const MAX_SAMPLE: f32 = 1000.0;
/// Samples that are looked at together.
const LANES: usize = 8;
/// Samples smaller than this (-600 dBFS) become 0.
const MIN_SAMPLE: f32 = 1e-30;

/// Makes a frame safe in place: NaN and infinities become 0, larger samples are clamped to
/// [`MAX_SAMPLE`]. True when something was a fault.
#[inline(always)]
pub fn guard(frame: &mut Frame) -> bool {
    // One flag a lane, so that the loop has no branch; faults are rare.
    let mut faults = [false; LANES];
    for samples in frame.as_chunks_mut::<LANES>().0 {
        for (x, fault) in samples.iter_mut().zip(&mut faults) {
            let magnitude = x.abs();
            *fault |= !(magnitude <= MAX_SAMPLE);
            // A mask instead of a conditional store, which some processors are slow at.
            let keep = if magnitude < MIN_SAMPLE { 0 } else { u32::MAX };
            *x = f32::from_bits(x.to_bits() & keep);
        }
    }
    let is_faulty = faults.contains(&true);
    if is_faulty {
        frame.iter_mut().for_each(repair);
    }
    is_faulty
}

/// Replaces a fault by what comes nearest.
fn repair(x: &mut f32) {
    if !x.is_finite() {
        *x = 0.0;
    } else if x.abs() > MAX_SAMPLE {
        *x = MAX_SAMPLE.copysign(*x);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::FRAME;

    #[test]
    fn only_faults_are_changed() {
        let mut frame = [0.5; FRAME];
        assert!(!guard(&mut frame));
        frame[..6].copy_from_slice(&[
            f32::NAN,
            f32::INFINITY,
            f32::NEG_INFINITY,
            1e30,
            -1e30,
            1e-40,
        ]);
        assert!(guard(&mut frame));
        assert_eq!(
            frame[..7],
            [0.0, 0.0, 0.0, MAX_SAMPLE, -MAX_SAMPLE, 0.0, 0.5]
        );
    }
}
