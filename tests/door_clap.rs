//! The CLAP door, driven in this process through its entry by a host that makes every mistake.
#![allow(missing_docs, unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks)] // every call is a host's: pointers to locals, or null on purpose

#[path = "door_clap/audio.rs"]
mod audio;
#[path = "door_clap/block.rs"]
mod block;
#[path = "../crates/auralis-engine/tests/common/mod.rs"]
mod common;
#[path = "door_clap/events.rs"]
mod events;
#[path = "door_clap/extensions.rs"]
mod extensions;
#[path = "door_clap/host.rs"]
mod host;
#[path = "door_clap/latency.rs"]
mod latency;
#[path = "door_clap/many.rs"]
mod many;
#[path = "door_clap/order.rs"]
mod order;
#[path = "door_clap/presets.rs"]
mod presets;
#[path = "door_clap/state.rs"]
mod state;

use assert_no_alloc::AllocDisabler;

/// Aborts the test process at an allocation inside `assert_no_alloc`.
#[global_allocator]
static GUARD: AllocDisabler = AllocDisabler;
