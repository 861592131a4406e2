//! The tilt of the EQ as gains per critical band.

use auralis_dsp::bands;

/// Frequency at which a tilt has 0 dB, in Hz.
const PIVOT_HZ: f32 = 1000.0;

/// Gain in dB of a tilt at the centre of `band`: `tilt_db_per_oct * log2(centre / 1 kHz)`.
///
/// # Panics
/// When `band` is not below [`bands::BANDS`].
pub fn tilt_db(band: usize, tilt_db_per_oct: f32) -> f32 {
    tilt_db_per_oct * (bands::center_hz(band) / PIVOT_HZ).log2()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tilt_turns_around_one_kilohertz() {
        // Band 9 spans 920..1080 Hz: its centre is the pivot itself.
        assert_eq!(tilt_db(8, 1.5), 0.0, "at the pivot");
        for band in 0..bands::BANDS {
            let octaves = (f64::from(bands::center_hz(band)) / 1000.0).log2() as f32;
            let got = tilt_db(band, -1.5);
            // One f32 logarithm and one product: a few 1e-7 relative of at most 7 dB.
            assert!(
                (got + 1.5 * octaves).abs() < 1e-5,
                "band {band}: {got} dB, expected {}",
                -1.5 * octaves
            );
        }
    }
}
