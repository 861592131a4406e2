//! The captured reference: what it is, and the buttons that load, learn and clear it.

use egui::{Color32, Rect, Sense, Ui, pos2, vec2};

use super::controls::{button, line};
use super::file::{self, Chosen};
use super::theme;
use std::path::PathBuf;

use crate::params::AuralisParams;
use crate::reference_file;
use auralis_engine::ear::reference::Reference;
use auralis_engine::ear::reference::{MONO_DB, matching_width};
use auralis_engine::ear::view::View;
use auralis_engine::params::ParamId;
use auralis_engine::reference::slot::CaptureSource;
use auralis_engine::reference::slot::ReferenceSlot;

/// Height of the row, in points.
pub const HEIGHT: f32 = 26.0;
/// Width of a button, in points.
const BUTTON_WIDTH: f32 = 104.0;

/// What a button asks for.
enum Request {
    Load,
    Learn(CaptureSource),
    Clear,
    Dismiss,
}

/// A button: its text, what it explains, and what it does.
type Offer = (&'static str, &'static str, Request);

/// Draws the row in `rect`.
pub fn show(ui: &Ui, rect: Rect, params: &AuralisParams, view: &View) {
    ui.painter()
        .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
    let slot = &params.persisted.reference;
    let mut right = rect.right() - 4.0;
    for (text, help, request) in offers(slot) {
        let place = Rect::from_min_max(
            pos2(right - BUTTON_WIDTH, rect.top() + 3.0),
            pos2(right, rect.bottom() - 3.0),
        );
        right = place.left() - theme::GAP;
        let response = button(ui, place, text).on_hover_text(help);
        match request {
            Request::Load => file::menu(&response, "A reference for Auralis", slot),
            _ if !response.clicked() => {}
            Request::Learn(learning) => slot.capture(learning),
            Request::Clear => slot.replace(None),
            Request::Dismiss => slot.dismiss(),
        }
    }
    let room = Rect::from_min_max(
        rect.min + vec2(12.0, 0.0),
        pos2(right - theme::GAP, rect.bottom()),
    );
    let status = Status::of(slot, params.number(ParamId::RefBlend).value(), view.side_db);
    line(ui, room, rect.center().y, &status.text, status.color);
    let hover = ui.interact(room, ui.scope_id().with("reference"), Sense::empty());
    hover.on_hover_text(status.help);
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
        let keep = "Ends learning; what was heard becomes the reference.";
        let discard = "Ends learning; the reference in use stays.";
        return vec![
            ("Discard", discard, Request::Learn(CaptureSource::Discard)),
            ("Keep", keep, Request::Learn(CaptureSource::Off)),
        ];
    }
    if slot.is_reading() {
        let help = "Gives the file up; the reference in use stays.";
        return vec![("Stop reading", help, Request::Dismiss)];
    }
    let side = "Learns the balance of what plays into the sidechain, until you press Keep.";
    let main = "Learns the balance of what plays into the main input, until you press Keep.";
    let load = "Takes the balance of a WAV, AIFF, FLAC, OGG, MP3 or M4A file.";
    let mut offers = vec![
        (
            "Learn sidechain",
            side,
            Request::Learn(CaptureSource::Sidechain),
        ),
        ("Learn input", main, Request::Learn(CaptureSource::Input)),
        ("Load file...", load, Request::Load),
    ];
    if !slot.failure().is_empty() {
        let help = "The reference in use stays.";
        offers.push(("OK", help, Request::Dismiss));
    } else if slot.current().is_some() {
        offers.push(("Clear", "Forgets the reference.", Request::Clear));
    }
    offers
}

/// What there is, in a line, and more of it for the pointer.
struct Status {
    text: String,
    color: Color32,
    help: String,
}

impl Status {
    /// The status of `slot`, of which `blend_percent` is used, beside a programme with this level of
    /// the side over the mid.
    fn of(slot: &ReferenceSlot, blend_percent: f32, side_db: f32) -> Self {
        let failure = slot.failure();
        let (text, color) = if slot.source().is_on() {
            (learning(slot), theme::REFERENCE)
        } else if slot.is_reading() {
            (
                "Reference: reading the file...".to_owned(),
                theme::REFERENCE,
            )
        } else if !failure.is_empty() {
            (format!("Reference: {failure}"), theme::ALARM)
        } else if let Some(reference) = slot.current() {
            return Self {
                text: summary(&reference, blend_percent),
                color: theme::TEXT,
                help: comparison(&reference, side_db),
            };
        } else {
            let text = "No reference. Load a file, or play one into the input or the sidechain \
                and learn it.";
            (text.to_owned(), theme::DIM)
        };
        let help = text.clone();
        Self { text, color, help }
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
    format!("Reference: learning from the {source}, {seconds:.1} s heard{hint}")
}

/// A reference in a line.
fn summary(reference: &Reference, blend_percent: f32) -> String {
    let hint = if blend_percent > 0.0 {
        ""
    } else {
        "; turn up Reference in the EQ to use it"
    };
    format!(
        "Reference: {}, {:.1} LUFS, {:.0} s, {}{hint}",
        reference.name(),
        reference.loudness_lufs(),
        reference.seconds(),
        side(reference.side_db()),
    )
}

/// The level of the side in words.
fn side(side_db: f32) -> String {
    if side_db > MONO_DB {
        format!("side {side_db:.1} dB")
    } else {
        "mono".to_owned()
    }
}

/// A reference beside the programme.
fn comparison(reference: &Reference, side_db: f32) -> String {
    let counted = format!(
        "{}: {:.0} s count, those within 10 LU of the mean loudness; the loudest weigh most.",
        reference.name(),
        reference.seconds(),
    );
    let Some(width) = matching_width(side_db, reference.side_db()) else {
        return counted;
    };
    format!(
        "{counted}\nThe side over the mid: {:.1} dB, {side_db:.1} dB in the input. \
        A Width of {:.0} % would make them alike.",
        reference.side_db(),
        100.0 * width,
    )
}
