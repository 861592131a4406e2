//! Stereo width: mid and side.

use super::Frame;
use super::smoothing::Segment;

/// Scales the side signal of a stereo frame by `width` (1 leaves every bit as it is, 0 is mono).
/// Mono frames are left alone.
#[inline(always)]
pub fn widen(audio: &mut [Frame], width: Segment) {
    let [left, right] = audio else { return };
    if width.is(1.0) {
        return;
    }
    for (i, (l, r)) in left.iter_mut().zip(right.iter_mut()).enumerate() {
        let mid = 0.5 * (*l + *r);
        let side = 0.5 * (*l - *r) * width.at(i);
        *l = mid + side;
        *r = mid - side;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dsp::FRAME;

    #[test]
    fn width_scales_the_side_only() {
        let mut audio = [[0.75; FRAME], [0.25; FRAME]];
        widen(&mut audio, Segment::constant(0.0));
        assert_eq!(audio, [[0.5; FRAME], [0.5; FRAME]]);
        let mut audio = [[0.75; FRAME], [0.25; FRAME]];
        widen(&mut audio, Segment::constant(2.0));
        assert_eq!(audio, [[1.0; FRAME], [0.0; FRAME]]);
    }
}
