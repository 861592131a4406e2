//! The panel in a window of the host, and the main thread's ticks.

pub mod panel;
pub mod ticker;
pub mod view;
