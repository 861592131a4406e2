//! Four times the sample rate, and back: what a curve needs so that its harmonics do not fold.
//!
//! Up: samples, the points halfway and a quarter to either side of those, so that every fourth point is a
//! sample, exactly. Down: by two twice, first with seven taps, then with a low-pass of 49 points at twice
//! the rate; together -0.1 dB at 0.375 of the sample rate (18 kHz at 48 kHz), -67 dB at 0.52 of it and below
//! -63 dB from there to the rate itself. All have linear phase. A frame of each phase is made at a time;
//! together they are [`LATENCY`] samples late.

pub mod decimator;
pub mod upsampler;

use crate::Frame;
use crate::limiter::interpolator::HALF_REACH;

/// Samples by which audio that went up and down is late.
pub const LATENCY: usize = REACH + SIDE;

/// Samples that the kernels take at a time: a group.
pub const LANES: usize = 8;
/// Groups of a frame.
pub const GROUPS: usize = crate::FRAME / LANES;
/// Samples on either side of a half point.
const HALF_SIDE: usize = 10;
/// Samples that must follow a point before it can be computed.
const REACH: usize = HALF_SIDE + HALF_REACH;
/// Samples on either side that the way down takes.
const SIDE: usize = 12;

/// A frame at four times the rate: `[phase][sample]`, phase 0 are the samples themselves.
pub type Upsampled = [Frame; 4];
