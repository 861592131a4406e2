//! The built .vst3 in a host that calls it as DAWs do: every mode is said once, buses are switched
//! on and off, and what the standard allows is done. `cargo xtask test` builds the bundle and runs
//! these, each in a process of its own.
#![allow(missing_docs)]
// The standard's numbers have other types on other systems.
#![allow(clippy::unnecessary_cast)]

#[path = "../../crates/auralis-engine/tests/common/mod.rs"]
mod common;

mod block;
mod bounces;
mod buses;
mod calls;
mod changes;
mod child;
mod clocks;
mod daw;
mod instance;
mod latency;
mod life;
mod module;
mod old_state;
mod order;
mod run;
mod setups;
mod sidechain;
mod states;
mod stream;
