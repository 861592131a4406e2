//! K-weighting of ITU-R BS.1770-5 Annex 1: a high shelf for the head, then a high-pass, for several
//! channels at once.
//!
//! The standard gives coefficients at 48 kHz; at other rates they follow from the same analogue
//! prototypes by the bilinear transform (De Man, "Evaluation of implementations of the EBU R128
//! loudness measurement", AES 145, 2018). Samples in, mean-square sums of the weighted samples out,
//! in `f64`. The lanes run side by side, so four channels cost about as much as one: the
//! recursion's latency is what takes the time.

use fearless_simd::{Simd, dispatch, f64x4, prelude::*};

use auralis_dsp::simd::instruction_set::InstructionSet;

/// Channels that are filtered together: input left and right, output left and right.
pub const LANES: usize = 4;

/// One number a lane.
pub type Lanes = [f64; LANES];

/// State below this is set to 0 between hops, far above the denormal numbers.
const TINY: f64 = 1e-25;

/// A second-order section `b0 b1 b2 / 1 a1 a2` in direct form I: of a sample's operations only one
/// waits for the sample before.
#[derive(Debug, Clone)]
struct Section {
    b: [f64; 3],
    a: [f64; 2],
    /// The last two inputs, the newer one first, and the last two outputs.
    state: [Lanes; 4],
}

impl Section {
    fn new(b: [f64; 3], a: [f64; 2]) -> Self {
        Self {
            b,
            a,
            state: [[0.0; LANES]; 4],
        }
    }

    /// Coefficients and states as vectors.
    #[inline(always)]
    fn load<S: Simd>(&self, simd: S) -> Ticking<S> {
        let splat = |x: f64| f64x4::splat(simd, x);
        Ticking {
            b: [splat(self.b[0]), splat(self.b[1]), splat(self.b[2])],
            a: [splat(-self.a[0]), splat(-self.a[1])],
            state: [
                f64x4::from_slice(simd, &self.state[0]),
                f64x4::from_slice(simd, &self.state[1]),
                f64x4::from_slice(simd, &self.state[2]),
                f64x4::from_slice(simd, &self.state[3]),
            ],
        }
    }

    fn flush_tiny(&mut self) {
        for value in self.state.iter_mut().flatten() {
            if value.abs() < TINY {
                *value = 0.0;
            }
        }
    }
}

/// A section at work, all lanes in a vector.
struct Ticking<S: Simd> {
    b: [f64x4<S>; 3],
    /// With the sign of the recursion.
    a: [f64x4<S>; 2],
    state: [f64x4<S>; 4],
}

impl<S: Simd> Ticking<S> {
    #[inline(always)]
    fn tick(&mut self, x: f64x4<S>) -> f64x4<S> {
        let [x1, x2, y1, y2] = self.state;
        let heard = self.b[0].mul_add(x, self.b[1].mul_add(x1, self.b[2] * x2));
        let y = self.a[0].mul_add(y1, self.a[1].mul_add(y2, heard));
        self.state = [x, x1, y, y1];
        y
    }
}

/// The two sections of the weighting.
#[derive(Debug, Clone)]
pub struct KWeighting {
    shelf: Section,
    high_pass: Section,
    instruction_set: InstructionSet,
}

impl KWeighting {
    /// The weighting at `sample_rate` Hz.
    pub fn new(sample_rate: f64) -> Self {
        Self {
            shelf: shelf(sample_rate),
            high_pass: high_pass(sample_rate),
            instruction_set: InstructionSet::best(),
        }
    }

    /// Filters the same stretch of every lane and gives the sum of the squares of each.
    pub fn sum_of_squares(&mut self, lanes: [&[f32]; LANES]) -> Lanes {
        let length = lanes.iter().map(|lane| lane.len()).min().unwrap_or(0);
        let [l0, l1, l2, l3] = lanes.map(|lane| &lane[..length]);
        let set = self.instruction_set;
        dispatch!(set.level(), simd => self.run(simd, [l0, l1, l2, l3]))
    }

    #[inline(always)]
    fn run<S: Simd>(&mut self, simd: S, lanes: [&[f32]; LANES]) -> Lanes {
        let (mut shelf, mut high_pass) = (self.shelf.load(simd), self.high_pass.load(simd));
        let mut sums = f64x4::splat(simd, 0.0);
        let [l0, l1, l2, l3] = lanes;
        for (((l0, l1), l2), l3) in l0.iter().zip(l1).zip(l2).zip(l3) {
            let x = [
                f64::from(*l0),
                f64::from(*l1),
                f64::from(*l2),
                f64::from(*l3),
            ];
            let y = high_pass.tick(shelf.tick(f64x4::from_slice(simd, &x)));
            sums = y.mul_add(y, sums);
        }
        for (section, after) in [(&mut self.shelf, shelf), (&mut self.high_pass, high_pass)] {
            for (state, after) in section.state.iter_mut().zip(after.state) {
                after.store_slice(state);
            }
        }
        let mut all = [0.0; LANES];
        sums.store_slice(&mut all);
        all
    }

    /// Ends decaying states before they become denormal. Call it once a hop.
    pub fn flush_tiny(&mut self) {
        self.shelf.flush_tiny();
        self.high_pass.flush_tiny();
    }
}

/// A corner as the bilinear transform wants it. One beyond the Nyquist frequency, as the shelf's at
/// rates below 3.4 kHz, lies just below it: the filter stays stable, and there is nothing above.
fn prewarped(hz: f64, sample_rate: f64) -> f64 {
    (std::f64::consts::PI * (hz / sample_rate).min(0.49)).tan()
}

/// The high shelf: +4 dB above about 1.7 kHz.
fn shelf(sample_rate: f64) -> Section {
    let (center_hz, gain_db, q) = (
        1_681.974_450_955_533,
        3.999_843_853_973_347,
        0.707_175_236_955_419_6,
    );
    let k = prewarped(center_hz, sample_rate);
    let high = 10_f64.powf(gain_db / 20.0);
    let band = high.powf(0.499_666_774_154_541_6);
    let a0 = 1.0 + k / q + k * k;
    Section::new(
        [
            (high + band * k / q + k * k) / a0,
            2.0 * (k * k - high) / a0,
            (high - band * k / q + k * k) / a0,
        ],
        [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
    )
}

/// The high-pass near 38 Hz; its numerator is 1, -2, 1 as in the standard.
fn high_pass(sample_rate: f64) -> Section {
    let (corner_hz, q) = (38.135_470_876_024_44, 0.500_327_037_323_877_3);
    let k = prewarped(corner_hz, sample_rate);
    let a0 = 1.0 + k / q + k * k;
    Section::new(
        [1.0, -2.0, 1.0],
        [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coefficients_at_48_khz_are_the_standards() {
        // BS.1770-5, Annex 1, tables 1 and 2; printed with 14 decimals.
        let (shelf, high_pass) = (shelf(48_000.0), high_pass(48_000.0));
        let got = [
            shelf.b[0],
            shelf.b[1],
            shelf.b[2],
            shelf.a[0],
            shelf.a[1],
            high_pass.a[0],
            high_pass.a[1],
        ];
        let expected = [
            1.535_124_859_586_97,
            -2.691_696_189_406_38,
            1.198_392_810_852_85,
            -1.690_659_293_182_41,
            0.732_480_774_215_85,
            -1.990_047_454_833_98,
            0.990_072_250_366_21,
        ];
        for (i, (got, expected)) in got.iter().zip(&expected).enumerate() {
            assert!(
                (got - expected).abs() < 1e-9,
                "coefficient {i}: {got}, expected {expected}"
            );
        }
    }

    #[test]
    fn silence_after_sound_ends_in_exact_rest() {
        let mut filter = KWeighting::new(48_000.0);
        let (one, silence) = ([1.0_f32; 2048], [0.0_f32; 2048]);
        filter.sum_of_squares([&one; LANES]);
        for _ in 0..100 {
            filter.sum_of_squares([&silence; LANES]);
            filter.flush_tiny();
        }
        assert_eq!(filter.high_pass.state, [[0.0; LANES]; 4]);
    }
}
