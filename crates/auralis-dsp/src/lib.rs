//! Signal processing: slices and numbers in, slices and numbers out.
//!
//! Nothing here knows a plug-in framework, a thread or a file. Audio is `f32`, one slice a channel,
//! in frames of [`FRAME`] samples; coefficients and long sums are `f64`. Every processor has the
//! same shape by convention: `XSettings` (plain numbers, units in the names), `X::new(sample_rate,
//! ..)` allocates all, `reset()` clears state and keeps the memory, `process(..)` never allocates,
//! locks or panics, `latency_samples()` is constant.
//!
//! [`chain`] is all of it in order; [`eq`], [`tame`], [`dynamics`], [`clipper`] and [`limiter`] are its processors,
//! [`basics`] what they are made of, [`simd`] what vectors need. [`signals`] are seeded test
//! signals.

pub mod bands;
pub mod basics;
pub mod chain;
pub mod clipper;
pub mod dynamics;
pub mod eq;
pub mod limiter;
pub mod options;
pub mod signals;
pub mod simd;
pub mod tame;

/// Samples of one processing frame. Host blocks of any length are cut into frames of this size, so
/// every processor only ever sees whole frames.
pub const FRAME: usize = 64;

/// Most channels of the main input and of the sidechain.
pub const MAX_CHANNELS: usize = 2;

/// One frame of one channel.
pub type Frame = [f32; FRAME];

/// Octaves of a sample rate above 48 kHz, rounded up to whole ones: 0 at 44.1 and 48 kHz, 1 at 88.2
/// and 96 kHz, -2 at 8 kHz. Lengths in samples that must keep their resolution in Hz scale by two
/// to this power.
pub fn rate_octaves(sample_rate: f64) -> i32 {
    // A rate may lie a little over a power of two (48 000 declared as 48 048).
    #[allow(clippy::cast_possible_truncation)] // a small whole number
    let octaves = (sample_rate / 48_000.0 / 1.01).log2().ceil() as i32;
    octaves.clamp(-4, 5)
}

/// `samples_at_48k` scaled by [`rate_octaves`], at least [`FRAME`].
pub fn scaled_to_rate(samples_at_48k: usize, sample_rate: f64) -> usize {
    let octaves = rate_octaves(sample_rate);
    let scaled = if octaves >= 0 {
        samples_at_48k << octaves
    } else {
        samples_at_48k >> -octaves
    };
    scaled.max(FRAME)
}
