//! The reference of an instance: where all threads find it, and how it is captured while playing.

pub mod recorder;
pub mod slot;

pub use slot::ReferenceSlot;
