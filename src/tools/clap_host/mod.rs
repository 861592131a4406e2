//! A small CLAP host, for the demo and for the tests through the built plug-in.
//!
//! It does what a DAW does: loads the bundle, chooses the port layout that fits the audio, sets
//! parameters as a user types them, processes on an audio thread in blocks of any sizes while the
//! main thread serves the plug-in's requests, honours restarts, and compensates the latency.
//!
//! ```no_run
//! # fn main() -> anyhow::Result<()> {
//! # use std::path::Path;
//! use auralis::audio_file::read;
//! use auralis::tools::clap_host::{HostedPlugin, RenderOptions};
//!
//! let mut plugin = HostedPlugin::load(Path::new("target/bundled/Auralis.clap"))?;
//! plugin.set_text("Limiter Ceiling", "-1 dBTP")?;
//! let options = RenderOptions { block_sizes: vec![512, 64], ..RenderOptions::default() };
//! let rendered = plugin.render(&read(Path::new("song.wav"))?, &options)?;
//! println!("{} samples of latency", rendered.latency_samples);
//! # Ok(()) }
//! ```
//!
//! [`HostedPlugin::render`] is activation, processing and deactivation in one. For finer steps,
//! such as `reset` between blocks, [`HostedPlugin::activate`] gives a [`Session`].

mod buffers;
mod handlers;
mod params;
mod plugin;
mod render;
mod session;

pub use params::{ParamEvent, ParamInfo, Setting};
pub use plugin::{HostedPlugin, PLUGIN_ID, Ports};
pub use render::{RenderOptions, Rendered};
pub use session::{ActivateOptions, Session};
