//! The door: how hosts reach the plug-in.
//!
//! The framework makes one CLAP entry; every other format is an adapter over it, so that a host's
//! mistakes are dealt with in one place and all formats sound the same.

mod vst3;
