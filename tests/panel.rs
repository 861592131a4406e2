//! The panel's window in a CLAP host on X11: that it draws, how large it is, who has the keyboard, what
//! it leaves behind. The door of this library or, for a comparison, that of the bundle which
//! `AURALIS_PANEL_CLAP` names.
//!
//! Without a display every test says so and does nothing. For one of one's own:
//!
//! ```text
//! Xvfb :77 -screen 0 2400x1600x24 & DISPLAY=:77 cargo test --test panel
//! ```
//!
//! The figures of the changelog: `cargo test --release --test panel -- --ignored --nocapture`.
#![cfg(target_os = "linux")]
#![allow(missing_docs, unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks)] // every call is a host's: pointers to locals that outlive it

#[path = "panel/audio.rs"]
mod audio;
#[path = "panel/figures.rs"]
mod figures;
#[path = "panel/host.rs"]
mod host;
#[path = "panel/plugin.rs"]
mod plugin;
#[path = "panel/screen.rs"]
mod screen;
#[path = "panel/window.rs"]
mod window;
