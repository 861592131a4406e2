//! Auralis, an adaptive mastering effect.
//!
//! The engine is in crates of its own, `auralis-dsp` and `auralis-engine`, which name no framework.
//! Here, each importing only from those before it: [`audio_file`], [`reference_file`] and [`preset_folder`], [`compare`],
//! [`params`], [`song_file`] and [`shared`], [`editor`], [`plugin`], and the [`door`] to hosts. `tools` (feature `cli`) is what
//! the command line needs.

pub mod audio_file;
pub mod compare;
pub mod door;
pub mod editor;
pub mod params;
pub mod plugin;
pub mod preset_folder;
pub mod reference_file;
pub mod shared;
pub mod song_file;
#[cfg(feature = "cli")]
pub mod tools;
