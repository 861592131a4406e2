//! The compressor and its parts: level detector, gain computer, ballistics.

pub mod branching;
pub mod compressor;
pub mod envelope;
pub mod gain_computer;
