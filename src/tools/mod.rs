//! What the command line needs: files, measurements, reports and a CLAP host.
//!
//! - [`audio_out`] writes audio files; [`audio_file`](crate::audio_file) reads them.
//! - [`demo_piece`] synthesises a piece of music to master.
//! - [`mod@listen`] tells what the analysis hears in a piece.
//! - [`measure`] measures loudness, peaks and the long-term spectrum.
//! - [`mod@analyze`] tells what the ear makes of finished pieces.
//! - [`mod@bench`] measures what the engine costs.
//! - [`clap_host`] loads the built plug-in and renders through it, as a DAW would.
//! - [`mod@render`] masters files.
//! - [`report`] draws before and after, [`table`] puts them into a table.
//! - [`presets`] finds settings by name or in files.
//! - [`logging`] tells what is going on, [`output`] prints.
//! - [`demo`] is all of it in one go.

pub mod analyze;
pub mod audio_out;
pub mod bench;
pub mod clap_host;
pub mod demo;
pub mod demo_piece;
pub mod listen;
pub mod logging;
pub mod measure;
pub mod output;
pub mod presets;
pub mod render;
pub mod report;
pub mod table;
pub mod usage;
pub mod wav;
