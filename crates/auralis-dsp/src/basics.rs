//! What processors are made of: decibels, ballistics, delays, filters, sliding windows.

pub mod buffer;
pub mod decibel;
pub mod delay;
pub mod high_pass;
pub mod log_exp;
pub mod sliding;
pub mod smoothing;
