//! Stereo width: mid and side.

use crate::Frame;
use crate::basics::decibel::{SILENCE_DB, power_to_db};
use crate::basics::smoothing::Segment;

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

/// Level of the side over that of the mid in dB, from their powers; [`SILENCE_DB`] where there is no
/// side.
pub fn side_to_mid_db(mid_power: f64, side_power: f64) -> f32 {
    let side_db = power_to_db(side_power);
    if side_db <= f64::from(SILENCE_DB) {
        return SILENCE_DB;
    }
    #[allow(clippy::cast_possible_truncation)] // decibels
    let ratio_db = (side_db - power_to_db(mid_power)) as f32;
    ratio_db.max(SILENCE_DB)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;

    #[test]
    fn width_scales_the_side_only() {
        let mut audio = [[0.75; FRAME], [0.25; FRAME]];
        widen(&mut audio, Segment::constant(0.0));
        assert_eq!(audio, [[0.5; FRAME], [0.5; FRAME]]);
        let mut audio = [[0.75; FRAME], [0.25; FRAME]];
        widen(&mut audio, Segment::constant(2.0));
        assert_eq!(audio, [[1.0; FRAME], [0.0; FRAME]]);
    }

    #[test]
    fn the_side_is_told_beside_the_mid() {
        for (mid, side, expected) in [
            (1.0, 0.1, -10.0),
            (0.1, 1.0, 10.0),
            (1.0, 0.0, SILENCE_DB),
            (0.0, 0.0, SILENCE_DB),
            // A side that is left of rounding is none: it may come out below 0.
            (1.0, -1e-17, SILENCE_DB),
        ] {
            assert_eq!(side_to_mid_db(mid, side), expected, "{mid}, {side}");
        }
    }
}
