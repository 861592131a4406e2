//! A block of audio: buses, events, transport and mode.

pub mod audio;
pub mod buses;
pub mod events;
pub mod mode;
pub mod processor;
pub mod transport;
