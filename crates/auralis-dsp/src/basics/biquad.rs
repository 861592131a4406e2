//! A second-order section in transposed direct form II.

use crate::Frame;

/// Coefficients normalised to `a0 = 1`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BiquadCoefficients {
    b: [f64; 3],
    a: [f64; 2],
}

impl BiquadCoefficients {
    /// Butterworth high-pass, 12 dB an octave, -3 dB at `cutoff_hz` (R. Bristow-Johnson, "Cookbook
    /// formulae for audio EQ biquad filter coefficients", HPF with Q = 1/sqrt 2). The cutoff is kept
    /// below 0.49 of the sample rate.
    pub fn high_pass(cutoff_hz: f64, sample_rate: f64) -> Self {
        let w = std::f64::consts::TAU * (cutoff_hz / sample_rate).min(0.49);
        let alpha = w.sin() * std::f64::consts::FRAC_1_SQRT_2;
        let (cos, a0) = (w.cos(), 1.0 + alpha);
        let b = (1.0 + cos) / 2.0 / a0;
        Self {
            b: [b, -2.0 * b, b],
            a: [-2.0 * cos / a0, (1.0 - alpha) / a0],
        }
    }
}

/// State of one channel; `f64`, so that low cutoffs at high rates stay accurate.
#[derive(Debug, Clone, Default)]
pub struct Biquad {
    state: [f64; 2],
}

impl Biquad {
    /// Clears the state.
    pub fn reset(&mut self) {
        self.state = [0.0; 2];
    }

    /// Filters a frame in place.
    pub fn process(&mut self, frame: &mut Frame, c: &BiquadCoefficients) {
        let [mut s1, mut s2] = self.state;
        for sample in frame.iter_mut() {
            let x = f64::from(*sample);
            let y = c.b[0] * x + s1;
            s1 = c.b[1] * x - c.a[0] * y + s2;
            s2 = c.b[2] * x - c.a[1] * y;
            #[allow(clippy::cast_possible_truncation)] // back to the audio's precision
            let out = y as f32;
            *sample = out;
        }
        // A state this small is 300 dB down: cleared before it becomes subnormal.
        self.state = [s1, s2].map(|s| if s.abs() < 1e-15 { 0.0 } else { s });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FRAME;
    use crate::basics::decibel::gain_to_db;

    fn gain_at(hz: f64, coefficients: &BiquadCoefficients, rate: f64) -> f32 {
        let mut filter = Biquad::default();
        let mut peak = 0.0_f32;
        for frame in 0..2000 {
            let mut audio: Frame = std::array::from_fn(|i| {
                let n = (frame * FRAME + i) as f64;
                (std::f64::consts::TAU * hz * n / rate).sin() as f32
            });
            filter.process(&mut audio, coefficients);
            if frame > 1000 {
                peak = audio.iter().fold(peak, |p, x| p.max(x.abs()));
            }
        }
        gain_to_db(peak)
    }

    #[test]
    fn high_pass_is_3_db_down_at_the_cutoff_and_falls_12_db_an_octave() {
        let c = BiquadCoefficients::high_pass(200.0, 48_000.0);
        for (hz, expected_db) in [(200.0, -3.01), (50.0, -24.1), (4000.0, 0.0)] {
            let got = gain_at(hz, &c, 48_000.0);
            // The peak of a sampled sine is read on the sample grid: below 0.05 dB here.
            assert!(
                (got - expected_db).abs() < 0.1,
                "{hz} Hz: {got} dB, expected {expected_db}"
            );
        }
    }
}
