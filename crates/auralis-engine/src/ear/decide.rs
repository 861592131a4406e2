//! From target and measurement to numbers for the audio thread.

pub mod correction;
pub mod dynamics;
pub mod landing;
pub mod loudness_control;
pub mod loudness_match;
pub mod tilt;
