//! The Python package `auralis`.
//!
//! `master` masters or analyses a `song` in memory, `processor` is the plug-in's processor for blocks;
//! `arrays` takes numpy arrays and gives them, `settings` and `reference` the other arguments, `report` and
//! `table` make dicts. Everything that a caller can do wrong is a `ValueError` that begins with the name
//! of the argument.

mod arrays;
mod errors;
mod master;
mod processor;
mod reference;
mod report;
mod settings;
mod song;
mod table;

use pyo3::prelude::*;

/// Adaptive mastering: one decision per song, the engine of the Auralis plug-in.
///
/// Audio is a numpy array of float32 or float64 and of shape (channels, frames) with 1 or 2 channels,
/// or of shape (frames,) for mono; full scale is 1. Results have the shape and the dtype of what went
/// in. Settings are keyword arguments by the ids of `parameters()`: numbers, bools, or text as it is
/// typed in the panel ("Jazz", "-18 dB", "250 ms"). The GIL is released while audio is worked on.
#[pymodule]
mod auralis {
    #[pymodule_export]
    use crate::master::{analyze, master};
    #[pymodule_export]
    use crate::processor::Processor;
    #[pymodule_export]
    use crate::table::parameters;

    #[pymodule_export]
    #[allow(non_upper_case_globals)] // Python's name for it
    const __version__: &str = env!("CARGO_PKG_VERSION");
}
