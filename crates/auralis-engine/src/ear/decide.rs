//! From target and measurement to numbers for the audio thread.

pub mod correction;
pub mod dynamics;
pub mod loss;
pub mod loudness_control;
pub mod loudness_match;
pub mod low_end;
pub mod recent_loudness;
pub mod restoration;
pub mod side;
pub mod song_loudness;
pub mod tilt;
pub mod wish;
