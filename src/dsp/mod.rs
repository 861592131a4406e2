//! Signal processing: slices and numbers in, slices and numbers out.
//!
//! Nothing here knows the plug-in framework, a thread or a file. Audio is `f32`, one slice a
//! channel, in frames of [`FRAME`] samples; coefficients and long sums are `f64`. Every processor
//! has the same shape by convention: `XSettings` (plain numbers, units in the names),
//! `X::new(sample_rate, ..)` allocates all, `reset()` clears state and keeps the memory,
//! `process(..)` never allocates, locks or panics, `latency_samples()` is constant.

pub mod bands;
pub mod decibel;
pub mod options;

/// Samples of one processing frame. Host blocks of any length are cut into frames of this size, so
/// every processor only ever sees whole frames.
pub const FRAME: usize = 64;

/// Most channels of the main input and of the sidechain.
pub const MAX_CHANNELS: usize = 2;
