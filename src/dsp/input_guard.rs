//! The input as everything behind it may rely on it: finite, bounded, without subnormals.

use super::Frame;

/// Largest sample that is let through, +60 dBFS. Beyond it a sample is a fault, not a level.
pub const MAX_SAMPLE: f32 = 1000.0;
/// Samples smaller than this (-600 dBFS) become 0.
const MIN_SAMPLE: f32 = 1e-30;

/// Makes a frame safe in place: NaN and infinities become 0, larger samples are clamped to
/// [`MAX_SAMPLE`]. True when something was a fault.
pub fn guard(frame: &mut Frame) -> bool {
    let mut faulty = false;
    for x in frame.iter_mut() {
        let magnitude = x.abs();
        if magnitude <= MAX_SAMPLE {
            *x = if magnitude < MIN_SAMPLE { 0.0 } else { *x };
        } else {
            faulty = true;
            *x = if x.is_finite() {
                MAX_SAMPLE.copysign(*x)
            } else {
                0.0
            };
        }
    }
    faulty
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
