//! The panel's window in a CLAP host on X11: that it draws, how large it is, who has the keyboard, what
//! it leaves behind. The door of this library or, for a comparison, that of the bundle which
//! `AURALIS_PANEL_CLAP` names.
//!
//! They move the pointer, press keys and set the display's resolution, so that they want a display of
//! their own and the word that it is one. Without, every test says so and does nothing.
//!
//! ```text
//! Xvfb :77 -screen 0 2600x1900x24 &
//! DISPLAY=:77 AURALIS_PANEL_TESTS=1 cargo test --test panel
//! ```
//!
//! The figures of the changelog: the same with `-- --ignored --nocapture --test-threads 1`.
#![cfg(target_os = "linux")]
#![allow(missing_docs, unsafe_code)]
#![allow(clippy::undocumented_unsafe_blocks)] // every call is a host's: pointers to locals that outlive it

#[path = "panel/audio.rs"]
mod audio;
#[path = "panel/book.rs"]
mod book;
#[path = "panel/figures.rs"]
mod figures;
#[path = "panel/host.rs"]
mod host;
#[path = "panel/picture.rs"]
mod picture;
#[path = "panel/plugin.rs"]
mod plugin;
#[path = "panel/screen.rs"]
mod screen;
#[path = "panel/window.rs"]
mod window;
