//! The parameters' controls. All of them write through [`Writer`], so that a host sees each change
//! inside a gesture and can record it.

mod button;
mod choice;
mod entry;
mod gesture;
mod knob;

pub use button::{button, line};
pub use choice::{combo, lamp_button, segments, toggle};
pub use entry::Entry;
pub use gesture::{Writer, drive};
pub use knob::Knob;

use egui::{Response, RichText};
use nice_plug::prelude::Param;

use super::theme;

/// What can be done with a control that moves.
pub const MOVES: &str = "Drag, or scroll. Shift: fine. Double-click or Ctrl-click: default. \
    Click the value to type.";

/// Shows what a control is, where it stands and how it is used while the pointer rests on it.
pub fn explain<P: Param>(response: &Response, param: &P, help: &str, usage: &str) {
    response.clone().on_hover_ui(|ui| {
        let value = param.normalized_value_to_string(param.unmodulated_normalized_value(), true);
        let default = param.normalized_value_to_string(param.default_normalized_value(), true);
        ui.label(RichText::new(format!("{}: {value}", param.name())).strong());
        ui.label(help);
        ui.label(RichText::new(format!("Default {default}. {usage}")).color(theme::DIM));
    });
}
