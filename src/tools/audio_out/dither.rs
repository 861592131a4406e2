//! From floats to integers: TPDF dither, then rounding (Lipshitz, Wannamaker, Vanderkooy, "Quantization
//! and dither: a theoretical survey", JAES 40(5), 1992).
//!
//! The noise is triangular, 2 LSB from peak to peak, of another seed in every file and channel. A block
//! that lies on the grid of the integers as it is has nothing to be rounded and is left alone, so that
//! silence stays silent, and a file that nothing was done to comes out as it went in.

use fastrand::Rng;

/// Rounds the samples of a file.
#[derive(Debug)]
pub struct Quantizer {
    /// Integers of a full scale.
    scale: f32,
    channels: Vec<Rng>,
    /// The rounded block, one vector a channel.
    block: Vec<Vec<i32>>,
}

impl Quantizer {
    /// For integers of this many bits, at most 24; the same seed gives the same noise.
    pub fn new(bits: u16, channels: usize, seed: u64) -> Self {
        // Generators of like seeds begin alike: those of the channels are drawn.
        let mut seeds = Rng::with_seed(seed);
        seeds = Rng::with_seed(seeds.u64(..));
        Self {
            scale: f32::from(2_i16).powi(i32::from(bits) - 1),
            channels: (0..channels)
                .map(|_| Rng::with_seed(seeds.u64(..)))
                .collect(),
            block: vec![Vec::new(); channels],
        }
    }

    /// Rounds a block: one vector a channel. What lies beyond full scale is clipped.
    pub fn quantize(&mut self, block: &[Vec<f32>]) -> &[Vec<i32>] {
        let channels = self.block.iter_mut().zip(&mut self.channels);
        for ((out, noise), samples) in channels.zip(block) {
            out.clear();
            let scale = self.scale;
            if samples.iter().all(|x| is_whole(x * scale)) {
                out.extend(samples.iter().map(|x| rounded(f64::from(x * scale), scale)));
            } else {
                let dithered = |x: f32, bits| f64::from(x * scale) + triangular(bits);
                let (pairs, rest) = samples.as_chunks::<2>();
                out.extend(pairs.iter().flat_map(|[a, b]| {
                    let bits = noise.u64(..);
                    [dithered(*a, bits), dithered(*b, bits >> 32)].map(|x| rounded(x, scale))
                }));
                let last = rest.iter().map(|x| dithered(*x, noise.u64(..)));
                out.extend(last.map(|x| rounded(x, scale)));
            }
        }
        &self.block
    }
}

/// Whether a sample lies on the grid.
#[allow(clippy::cast_possible_truncation)] // saturates, and differs then
fn is_whole(x: f32) -> bool {
    (x as i32) as f32 == x
}

/// 1.5 * 2^52: what is added to it loses its fraction to the nearest integer, without a call.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// The nearest integer within full scale.
#[allow(clippy::cast_possible_truncation)] // clamped to 24 bits
fn rounded(x: f64, scale: f32) -> i32 {
    let scale = f64::from(scale);
    (x.clamp(-scale, scale - 1.0) + ROUND - ROUND) as i32
}

/// Between -1 and 1, most often near 0, from 32 random bits: the difference of two uniform numbers, in
/// steps of 2^-16.
#[allow(clippy::cast_possible_truncation)] // the halves
fn triangular(bits: u64) -> f64 {
    let (high, low) = ((bits >> 16) as u16, bits as u16);
    f64::from(i32::from(high) - i32::from(low)) / 65_536.0
}
