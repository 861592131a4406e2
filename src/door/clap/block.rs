//! A block of audio: its memory made safe, its events in order.

pub mod audio;
pub mod events;
pub mod outgoing;
pub mod process;
pub mod ranges;
pub mod transport;
