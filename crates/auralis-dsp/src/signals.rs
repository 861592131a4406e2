//! Seeded test signals, for tests, benches and measurements: the same seed gives the same samples on
//! every system.

use std::f64::consts::TAU;

/// Noise from a linear congruential generator (Numerical Recipes, 3rd ed., section 7.1: modulus 2^32).
#[derive(Debug, Clone)]
pub struct Noise {
    state: u32,
    /// State of the filters that make it pink.
    pink: [f32; 7],
}

impl Noise {
    /// A generator; other seeds give other noise.
    pub fn new(seed: u32) -> Self {
        // One step of another generator, so that neighbouring seeds do not begin alike.
        let state = seed.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        Self {
            state,
            pink: [0.0; 7],
        }
    }

    /// The next 24 bits.
    pub fn bits(&mut self) -> u32 {
        self.state = self
            .state
            .wrapping_mul(1_664_525)
            .wrapping_add(1_013_904_223);
        self.state >> 8
    }

    /// A number from 0 to `end` - 1; `end` is at most 2^24.
    pub fn below(&mut self, end: usize) -> usize {
        (self.bits() as usize * end) >> 24
    }

    /// Uniform in -1..1.
    pub fn white(&mut self) -> f32 {
        self.bits() as f32 / 8_388_608.0 - 1.0
    }

    /// Pink within 0.05 dB above 10 Hz at 44.1 kHz (P. Kellet's filter), about -17 dB RMS.
    pub fn pink(&mut self) -> f32 {
        let white = self.white();
        let p = &mut self.pink;
        p[0] = 0.99886 * p[0] + white * 0.055_517_9;
        p[1] = 0.99332 * p[1] + white * 0.075_075_9;
        p[2] = 0.96900 * p[2] + white * 0.153_852;
        p[3] = 0.86650 * p[3] + white * 0.310_485_6;
        p[4] = 0.55000 * p[4] + white * 0.532_952_2;
        p[5] = -0.7616 * p[5] - white * 0.016_898;
        let sum: f32 = p.iter().sum::<f32>() + white * 0.5362;
        p[6] = white * 0.115_926;
        0.11 * sum
    }
}

/// White noise between -1 and 1.
pub fn noise(seed: u32, len: usize) -> Vec<f32> {
    let mut noise = Noise::new(seed);
    (0..len).map(|_| noise.white()).collect()
}

/// A sine of `amplitude` that starts at phase 0.
pub fn sine(hz: f64, amplitude: f64, sample_rate: f64, len: usize) -> Vec<f32> {
    let step = TAU * hz / sample_rate;
    (0..len)
        .map(|n| (amplitude * (step * n as f64).sin()) as f32)
        .collect()
}
