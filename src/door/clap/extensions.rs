//! The extensions that the guard answers or forwards.

pub mod gui;
pub mod latency;
pub mod panel_thread;
pub mod params;
pub mod ports;
pub mod preset_load;
pub mod render;
pub mod state;
pub mod stream;
