//! What was found in the song's file, and what could help: offered, never applied by itself.

use egui::{Popup, PopupCloseBehavior, Response, RichText, Ui};
use nice_plug::prelude::Param;

use super::controls::Writer;
use super::theme;
use crate::params::AuralisParams;
use auralis_engine::ear::findings::{Finding, Suggestion};
use auralis_engine::params::ParamId;

/// Width of what opens, in points.
const WIDTH: f32 = 420.0;

/// Text of the button: how much was found.
pub fn title(faults: usize) -> String {
    match faults {
        1 => String::from("1 finding"),
        n => format!("{n} findings"),
    }
}

/// What opens below the button: each fault in words, and a button for each setting that could help.
pub fn menu(button: &Response, faults: &[&Finding], params: &AuralisParams, writer: &Writer) {
    Popup::from_toggle_button_response(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(WIDTH)
        .show(|ui| {
            for fault in faults {
                ui.label(RichText::new(fault.name).strong());
                ui.label(&fault.text);
                for suggestion in &fault.suggestions {
                    offer(ui, suggestion, params, writer);
                }
                ui.add_space(theme::GAP);
            }
        });
}

/// A suggestion: a button while the parameter stands elsewhere.
fn offer(ui: &mut Ui, suggestion: &Suggestion, params: &AuralisParams, writer: &Writer) {
    let Some(id) = ParamId::with_id(suggestion.parameter) else {
        return;
    };
    let param = params.number(id);
    let normalized = param.preview_normalized(suggestion.value);
    let value = param.normalized_value_to_string(normalized, true);
    let stands_there = param.unmodulated_normalized_value() == normalized;
    ui.horizontal_wrapped(|ui| {
        let text = if stands_there {
            format!("{} is {value}", param.name())
        } else {
            format!("Set {} to {value}", param.name())
        };
        if ui
            .add_enabled(!stands_there, egui::Button::new(text))
            .clicked()
        {
            writer.once(param, normalized);
        }
        ui.label(RichText::new(&suggestion.reason).color(theme::DIM));
    });
}
