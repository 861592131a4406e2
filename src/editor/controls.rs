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
#[cfg(test)]
pub mod recorder;
mod tooltip;

pub use bar::Bar;
pub use button::{button, line, whole_line};
pub use choice::{combo, keyed, lamp_button, lamp_button_of, segments, toggle};
pub use entry::Entry;
pub use gesture::{Writer, drive, wheel_lines};
pub use keys::ring;
pub use knob::{IN_USE_ROW, Knob};
pub use menu::menu;
pub use tooltip::{MOVES, explain};
