//! The reference of an instance: where all threads find it, how it is captured while playing, and how one
//! listens to it.

pub mod playback;
pub mod recorder;
pub mod slot;

pub use playback::PlaybackSlot;
pub use slot::ReferenceSlot;
