//! Levels and loudness over time.

pub mod gated_mean;
pub mod k_weighting;
pub mod level_range;
pub mod levels;
pub mod loudness;
mod loudness_bins;
pub mod loudness_range;
pub mod peaks;
