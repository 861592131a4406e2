//! The references: the shelf they lie on, how much of them is used, playing one, and the buttons that load and
//! learn.

mod chips;
mod playing;

use std::path::PathBuf;

use egui::{Align2, Color32, Popup, Rect, Sense, Ui, vec2};

use super::controls::{Bar, Writer, button, line};
use super::file::{self, Chosen};
use super::row::Row;
use super::theme;
use crate::params::AuralisParams;
use crate::reference_file;
use crate::reference_player::ReferencePlayer;
use auralis_engine::ear::view::View;
use auralis_engine::params::ParamId;
use auralis_engine::reference::slot::CaptureSource;
use auralis_engine::reference::slot::ReferenceSlot;

pub use playing::{banner, follow};

/// Height of the row, in points.
pub const HEIGHT: f32 = 30.0;
/// Width of a button, in points.
const BUTTON_WIDTH: f32 = 84.0;
/// Width of the share that is used, in points.
const BLEND_WIDTH: f32 = 104.0;
/// Width of the row's name, in points.
const NAME_WIDTH: f32 = 66.0;

/// What a button asks for.
enum Request {
    Load,
    Learn,
    End(CaptureSource),
    Dismiss,
}

/// A button: its text, what it explains, and what it does.
type Offer = (&'static str, &'static str, Request);

/// Draws the row in `rect`.
pub fn show(
    ui: &mut Ui,
    rect: Rect,
    params: &AuralisParams,
    view: &View,
    player: &ReferencePlayer,
    writer: &Writer,
) {
    ui.painter()
        .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
    let mut row = Row::new(rect.shrink2(vec2(4.0, 3.0)));
    let slot = &params.persisted.reference;
    let name = row.left(NAME_WIDTH);
    let at = name.left_center() + vec2(8.0, 0.0);
    let font = theme::font(theme::LABEL_SIZE);
    ui.painter()
        .text(at, Align2::LEFT_CENTER, "Reference", font, theme::DIM);
    for (text, help, request) in offers(slot) {
        let response = button(ui, row.right(BUTTON_WIDTH), text).on_hover_text(help);
        match request {
            Request::Load => file::menu(&response, "A reference for Auralis", slot),
            Request::Learn => learn_menu(&response, slot),
            _ if !response.clicked() => {}
            Request::End(how) => slot.capture(how),
            Request::Dismiss => slot.dismiss(),
        }
    }
    if let Some((text, color)) = busy(slot) {
        let room = row.rest();
        line(ui, room, rect.center().y, &text, color);
        let hover = ui.interact(room, ui.scope_id().with("reference"), Sense::empty());
        hover.on_hover_text(text);
        return;
    }
    playing::button(ui, row.right(BUTTON_WIDTH), params, player);
    let blend = Bar {
        param: params.number(ParamId::RefBlend),
        label: "Use",
        help: "0 %: the target. 100 %: the reference. Between: both. Without a reference it does nothing.",
    };
    blend.show(ui, row.right(BLEND_WIDTH), writer);
    chips::show(ui, row.rest(), params, view.side_db);
}

impl Chosen for ReferenceSlot {
    fn take(self, path: PathBuf) {
        let reading = self.start_reading();
        drop(self); // an instance that ends need not wait for the file
        reference_file::read(reading, &path);
    }

    fn fail(&self, text: &str) {
        Self::fail(self, text);
    }
}

/// The buttons, from the right to the left.
fn offers(slot: &ReferenceSlot) -> Vec<Offer> {
    if slot.source().is_on() {
        let keep = "Ends learning; what was heard becomes a reference.";
        let discard = "Ends learning; the references stay as they are.";
        return vec![
            ("Discard", discard, Request::End(CaptureSource::Discard)),
            ("Keep", keep, Request::End(CaptureSource::Off)),
        ];
    }
    if slot.is_reading() {
        let help = "Gives the file up; the references stay as they are.";
        return vec![("Stop reading", help, Request::Dismiss)];
    }
    if !slot.failure().is_empty() {
        return vec![("OK", "The references stay as they are.", Request::Dismiss)];
    }
    let learn = "Learns the balance of what plays, until you press Keep.";
    let load = "Takes the balance of a WAV, AIFF, FLAC, OGG, MP3 or M4A file.";
    vec![
        ("Learn...", learn, Request::Learn),
        ("Load file...", load, Request::Load),
    ]
}

/// Where to learn from.
fn learn_menu(response: &egui::Response, slot: &ReferenceSlot) {
    let choices = [
        ("From the input", CaptureSource::Input),
        ("From the sidechain", CaptureSource::Sidechain),
    ];
    Popup::menu(response).show(|ui| {
        for (text, source) in choices {
            if ui.button(text).clicked() {
                slot.capture(source);
            }
        }
    });
}

/// What is under way or went wrong, in a line.
fn busy(slot: &ReferenceSlot) -> Option<(String, Color32)> {
    let failure = slot.failure();
    if slot.source().is_on() {
        Some((learning(slot), theme::REFERENCE))
    } else if slot.is_reading() {
        Some((String::from("Reading the file..."), theme::REFERENCE))
    } else if !failure.is_empty() {
        Some((failure, theme::ALARM))
    } else {
        None
    }
}

/// How far learning is.
fn learning(slot: &ReferenceSlot) -> String {
    let source = match slot.source() {
        CaptureSource::Sidechain => "sidechain",
        _ => "input",
    };
    let seconds = slot.captured_s();
    let hint = if seconds > 0.0 { "" } else { "; play it now" };
    format!("Learning from the {source}, {seconds:.1} s heard{hint}")
}
