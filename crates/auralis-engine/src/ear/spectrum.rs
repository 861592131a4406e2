//! What a hop says by itself, above all its spectrum, and the averages of the critical bands.

pub mod band_levels;
pub(crate) mod bins;
pub mod fine;
pub mod measures;
pub mod noise_floor;
pub mod tone;
pub mod transform;
