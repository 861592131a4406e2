//! The top row: presets, A and B, undo, what is heard, bypass.

use egui::{Align2, Key, Modifiers, Popup, Rect, Sense, Ui, pos2, vec2};

use super::controls::{Knob, Writer, button, combo, lamp_button, line, toggle};
use super::history::Change;
use super::presets::{self, PresetMenu};
use super::theme;
use super::undo::{self, ReferenceWatch};
use crate::compare::Side;
use crate::params::AuralisParams;
use crate::shared::Meters;
use auralis_dsp::options::Listen;
use auralis_engine::params::{Choices, ParamId, Values};

/// Height of the row, in points.
pub const HEIGHT: f32 = 44.0;
/// Height of the banner, in points.
pub const BANNER_HEIGHT: f32 = 26.0;
/// Sizes of the panel a user can choose, in percent.
const ZOOMS: [u16; 8] = [75, 90, 100, 125, 150, 200, 250, 300];

/// What the row remembers between frames.
#[derive(Default)]
pub struct Toolbar {
    presets: PresetMenu,
    references: ReferenceWatch,
}

/// Places from the left or from the right of a row.
struct Row {
    rest: Rect,
}

impl Row {
    fn left(&mut self, width: f32) -> Rect {
        let (place, rest) = self.rest.split_left_right_at_x(self.rest.left() + width);
        self.rest = rest.with_min_x(rest.left() + theme::GAP);
        place
    }

    fn right(&mut self, width: f32) -> Rect {
        let (rest, place) = self.rest.split_left_right_at_x(self.rest.right() - width);
        self.rest = rest.with_max_x(rest.right() - theme::GAP);
        place
    }
}

impl Toolbar {
    /// Draws the row in `rect`.
    pub fn show(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        params: &AuralisParams,
        meters: &Meters,
        writer: &Writer,
    ) {
        ui.painter()
            .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
        self.references.look(params, writer);
        let center = rect.center();
        let mut row = Row {
            rest: Rect::from_center_size(center, vec2(rect.width() - 16.0, 26.0)),
        };
        let name = row.left(74.0);
        ui.painter().text(
            name.left_center(),
            Align2::LEFT_CENTER,
            "Auralis",
            theme::font(18.0),
            theme::ACCENT,
        );
        let bypass = row.right(84.0);
        let look = ("Bypass", "Passes the input on, delayed by the latency.");
        toggle(
            ui,
            bypass,
            writer,
            params.switch(ParamId::Bypass),
            look,
            theme::ALARM,
        );
        menu(ui, row.right(30.0), params, writer);
        zoom(ui, row.right(52.0));
        mix(ui, row.right(54.0), rect, params, writer);
        listen(ui, &mut row, params, meters, writer);
        self.steps(ui, &mut row, params, writer);
        sides(ui, &mut row, params, writer);
        self.presets.show(ui, row.rest, params, writer);
    }

    /// Undo and redo.
    fn steps(&mut self, ui: &Ui, row: &mut Row, params: &AuralisParams, writer: &Writer) {
        let (redo_at, undo_at) = (row.right(46.0), row.right(46.0));
        let help = |what: &str, name: Option<&str>| match name {
            Some(name) => format!("{what}: {name}"),
            None => format!("Nothing to {}", what.to_lowercase()),
        };
        let (undo_help, redo_help) = {
            let history = writer.history.borrow();
            let undo_help = help("Undo", history.undo_name());
            (undo_help, help("Redo", history.redo_name()))
        };
        // On X11 the panel has the keyboard only while a field uses it: these keys are the host's else.
        let (undo_key, redo_key) = ui.input_mut(|input| {
            let again = input.consume_key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z)
                || input.consume_key(Modifiers::COMMAND, Key::Y);
            (input.consume_key(Modifiers::COMMAND, Key::Z), again)
        });
        let undo_button = button(ui, undo_at, "Undo").on_hover_text(undo_help);
        if undo_button.clicked() || undo_key {
            undo::undo(params, writer, &mut self.references);
        }
        let redo_button = button(ui, redo_at, "Redo").on_hover_text(redo_help);
        if redo_button.clicked() || redo_key {
            undo::redo(params, writer, &mut self.references);
        }
    }
}

/// A, B, and the button that makes them the same.
fn sides(ui: &Ui, row: &mut Row, params: &AuralisParams, writer: &Writer) {
    let compare = &params.persisted.compare;
    let copy_at = row.right(58.0);
    let (b_at, a_at) = (row.right(26.0), row.right(26.0));
    let used = compare.side();
    for (side, place, text) in [(Side::A, a_at, "A"), (Side::B, b_at, "B")] {
        let help = "Two settings to compare. Everything that makes the sound is switched.";
        let lit = side == used;
        let response = lamp_button(ui, place, text, lit, theme::ACCENT).on_hover_text(help);
        if response.clicked() && !lit {
            let wanted = compare.switch(&params.values());
            let moves = writer.put_all(params, &wanted);
            writer.did(format!("Switch to {text}"), Change::Compare(moves));
        }
    }
    let (text, to) = match used {
        Side::A => ("A to B", "B"),
        Side::B => ("B to A", "A"),
    };
    let help = format!("Makes {to} the same as what is heard now.");
    if button(ui, copy_at, text).on_hover_text(help).clicked() {
        compare.copy(&params.values());
    }
}

/// What is heard: the master, the input as loud as it, or only what changed.
fn listen(ui: &Ui, row: &mut Row, params: &AuralisParams, meters: &Meters, writer: &Writer) {
    let param = params.choice(ParamId::Listen);
    writer.note(param);
    let (delta_at, input_at) = (row.right(50.0), row.right(118.0));
    let heard: Listen = params.values().choice(ParamId::Listen);
    let gain = meters.adaptive().matched_gain_db;
    let looks = [
        (
            Listen::MatchedInput,
            input_at,
            format!("Input {gain:+.1} dB"),
            "The input at the master's loudness: what the master does beyond being louder. Click again for the master.",
        ),
        (
            Listen::Delta,
            delta_at,
            String::from("Delta"),
            "Only what the processing changes. Click again for the master.",
        ),
    ];
    for (choice, place, text, help) in looks {
        let lit = heard == choice;
        let response = lamp_button(ui, place, &text, lit, theme::TARGET).on_hover_text(help);
        if response.clicked() {
            let wanted = if lit { Listen::Output } else { choice };
            writer.once(param, normalized(params, wanted));
        }
    }
}

fn normalized(params: &AuralisParams, listen: Listen) -> f32 {
    params.normalized(ParamId::Listen, listen.index() as f32)
}

/// What is heard when it is not the master; none when it is.
pub fn not_the_master(values: &Values, gain_db: f32) -> Option<String> {
    if values.is_on(ParamId::Bypass) {
        return Some(String::from("Bypass: you hear the input as it is."));
    }
    match values.choice(ParamId::Listen) {
        Listen::Delta => Some(String::from(
            "Delta: you hear only what the processing changes.",
        )),
        Listen::MatchedInput => Some(format!(
            "You hear the input, {gain_db:+.1} dB to be as loud as the master."
        )),
        Listen::Output => None,
    }
}

/// Says that what is heard is not the master, with a button back to it.
pub fn banner(ui: &Ui, rect: Rect, params: &AuralisParams, text: &str, writer: &Writer) {
    let fill = theme::faded(theme::ALARM, 0.30);
    ui.painter().rect_filled(rect, theme::ROUNDING, fill);
    let place = Rect::from_min_max(
        pos2(rect.right() - 130.0, rect.top() + 3.0),
        rect.max - vec2(4.0, 3.0),
    );
    let room = Rect::from_min_max(
        rect.min + vec2(10.0, 0.0),
        pos2(place.left(), rect.bottom()),
    );
    line(ui, room, rect.center().y, text, theme::TEXT);
    if button(ui, place, "Back to the master").clicked() {
        let mut values = params.values();
        values.set(ParamId::Bypass, 0.0);
        values.set(ParamId::Listen, Listen::Output.index() as f32);
        let moves = writer.put_all(params, &values);
        writer.did("Back to the master", Change::Params(moves));
    }
}

/// How much of the result is heard.
fn mix(ui: &mut Ui, place: Rect, row: Rect, params: &AuralisParams, writer: &Writer) {
    let knob = Knob {
        param: params.number(ParamId::Mix),
        label: "Mix",
        help: "0 %: the input, delayed by the latency. 100 %: the result.",
        adapted: None,
    };
    let tall = Rect::from_center_size(place.center(), vec2(place.width(), row.height() + 8.0));
    knob.show(ui, tall, writer, true);
}

/// The menu of what is rarely changed.
fn menu(ui: &mut Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let param = params.choice(ParamId::Engine);
    writer.note(param);
    let response = button(ui, rect, "...").on_hover_text("More");
    Popup::menu(&response).width(240.0).show(|ui| {
        ui.label("Engine");
        let (place, _) = ui.allocate_exact_size(vec2(220.0, 22.0), Sense::empty());
        let help = "Vectorized: the fast one. Reference: the plain textbook one, to fall back on.";
        combo(ui, place, writer, param, help);
        ui.add_space(theme::GAP);
        ui.label(presets::folder_text());
    });
}

/// The menu of the panel's size.
fn zoom(ui: &mut Ui, rect: Rect) {
    let text = format!("{:.0} %", 100.0 * ui.ctx().zoom_factor());
    let response = button(ui, rect, &text).on_hover_text("Size of the panel");
    Popup::menu(&response).width(72.0).show(|ui| {
        for percent in ZOOMS {
            let factor = f32::from(percent) / 100.0;
            let lit = (ui.ctx().zoom_factor() - factor).abs() < 0.01;
            if ui.selectable_label(lit, format!("{percent} %")).clicked() {
                ui.ctx().set_zoom_factor(factor);
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_heard_instead_of_the_master_is_said() {
        let text = |id: &str, value: &str| {
            let mut values = Values::default();
            values.set_text(id, value).unwrap();
            not_the_master(&values, -3.25)
        };
        assert_eq!(text("listen", "Output"), None);
        for (id, value, words) in [
            ("bypass", "on", "the input as it is"),
            ("listen", "Delta", "only what the processing changes"),
            ("listen", "Matched Input", "-3.2 dB to be as loud"),
        ] {
            let got = text(id, value).unwrap_or_default();
            assert!(got.contains(words), "{id} {value}: {got:?}");
        }
    }
}
