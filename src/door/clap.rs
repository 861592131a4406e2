//! The CLAP door: an entry of ours whose plug-ins forward to the framework's.
//!
//! `entry` and `factory` are what a host finds first, `guard` is the plug-in it gets, `inner` the
//! framework's plug-in behind it and `host` what that one sees of the host. The rest is one file an
//! extension, and `process` with `audio`, `events` and `transport` for a block of audio.

mod block;
mod entry;
mod extensions;
mod factory;
mod forwarded;
mod guard;
mod host;
mod inner;
mod lifecycle;
mod presets;

pub use entry::clap_entry;
pub use factory::FACTORY;
pub(super) use guard::{BLOCK_SIZES, SAMPLE_RATES};
