//! What processors are made of: decibels, ballistics, delays, filters, sliding windows.

pub mod biquad;
pub mod buffer;
pub mod decibel;
pub mod delay;
pub mod log_exp;
pub mod sliding;
pub mod smoothing;
