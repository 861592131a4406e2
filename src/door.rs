//! The door: where hosts come in. It owns the framework's plug-in and hands it only what it can
//! bear, so that a host's mistake costs an error or a silent block and never the process.
//!
//! Every format starts at the CLAP entry. Only this folder speaks the ABI of hosts.

pub mod clap;
mod pin;
mod vst3;
