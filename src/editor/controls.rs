//! The parameters' controls. All of them write through [`Writer`], so that a host sees each change
//! inside a gesture and can record it.

mod bar;
mod button;
mod choice;
mod entry;
mod gesture;
mod keys;
mod knob;
mod menu;
mod tooltip;

pub use bar::Bar;
pub use button::{button, line};
pub use choice::{combo, lamp_button, segments, toggle};
pub use entry::Entry;
pub use gesture::{Writer, drive, wheel_lines};
pub use knob::{IN_USE_ROW, Knob};
pub use tooltip::{MOVES, explain};

#[cfg(test)]
pub use gesture::recorder;
