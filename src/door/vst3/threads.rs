//! Which thread may do what: the host's main thread, and the gate between it and the audio thread.

pub mod gate;
pub mod main_thread;
pub mod thread;
