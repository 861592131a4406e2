//! Auralis, an adaptive mastering effect.
//!
//! Modules, each importing only from those before it: `dsp`, `analysis`, `processor` (none of them
//! names the framework), `params` and `shared`, `editor`, `plugin`. `tools` (feature `cli`) is what
//! the command line needs.

pub mod analysis;
pub mod audio_file;
mod door;
pub mod dsp;
pub mod editor;
pub mod params;
pub mod plugin;
pub mod processor;
pub mod shared;
#[cfg(feature = "cli")]
pub mod tools;

#[allow(unsafe_code, missing_docs)] // the framework's export macros define the C entry points
mod export {
    use crate::plugin::Auralis;
    use nice_plug::prelude::*;
    nice_export_clap!(Auralis);
}
