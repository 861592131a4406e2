//! The EQ: a curve over the critical bands becomes a kernel, which partitioned convolution plays.

pub mod convolver;
pub mod curve;
pub mod design;
pub mod fft_eq;
pub mod partition_spectra;
pub mod retired;
