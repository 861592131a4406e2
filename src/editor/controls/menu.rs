//! The menu of a control, by the right button.

use egui::{Button, Id, Popup, Response, RichText, Ui};
use nice_plug::prelude::Param;

use super::Writer;
use super::entry::{Entry, accepted};

/// Width of the menu, in points.
const WIDTH: f32 = 190.0;

/// Opens the menu of `param` where `response` is clicked with the right button; `typing` is the field
/// in which a value can be typed.
pub fn menu<P: Param>(response: &Response, param: &P, writer: &Writer, typing: Option<Id>) {
    // A list that drops down has a popup of its own.
    let own = Popup::context_menu(response).id(response.id.with("menu"));
    own.width(WIDTH).show(|ui| {
        let text = |normalized| param.normalized_value_to_string(normalized, true);
        let (now, default) = (
            param.unmodulated_normalized_value(),
            param.default_normalized_value(),
        );
        let title = format!("{}: {}", param.name(), text(now));
        ui.label(RichText::new(title).strong());
        if let Some(field) = typing
            && item(ui, true, "Enter value...")
        {
            Entry::open(ui, field, param);
        }
        if item(ui, now != default, &format!("Reset to {}", text(default))) {
            writer.reset(param);
        }
        if item(ui, true, "Copy value") {
            ui.ctx().copy_text(text(now));
            writer.copied.replace(Some(text(now)));
        }
        paste(ui, param, writer);
        undo(ui, writer);
    });
}

/// One line of the menu; whether it was clicked.
fn item(ui: &mut Ui, enabled: bool, text: &str) -> bool {
    ui.add_enabled(enabled, Button::new(text).truncate())
        .clicked()
}

/// Sets what was copied from a control, where it is a value of this one.
fn paste<P: Param>(ui: &mut Ui, param: &P, writer: &Writer) {
    let copied = writer.copied.borrow().clone();
    let value = copied.as_deref().and_then(|text| accepted(param, text));
    let text = match &copied {
        Some(copied) => format!("Paste {copied}"),
        None => "Paste value".to_owned(),
    };
    if item(ui, value.is_some(), &text)
        && let Some(value) = value
    {
        writer.once(param, value);
    }
}

/// Undoes what was done last on the panel, whatever it was.
fn undo(ui: &mut Ui, writer: &Writer) {
    let name = writer.history.borrow().undo_name().map(str::to_owned);
    let text = match &name {
        Some(name) => format!("Undo {name}"),
        None => "Nothing to undo".to_owned(),
    };
    if item(ui, name.is_some(), &text) {
        writer.ask_undo();
        ui.ctx().request_repaint();
    }
}
