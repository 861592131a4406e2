//! The captured reference: what it is, and the buttons that learn it.

mod file;

use egui::{Color32, Rect, Ui, pos2, vec2};

use super::controls::{button, line};
use super::theme;
use crate::analysis::ReferenceSlot;
use crate::analysis::reference::Learning;
use crate::params::AuralisParams;

/// Height of the row, in points.
pub const HEIGHT: f32 = 26.0;
/// Width of a button, in points.
const BUTTON_WIDTH: f32 = 104.0;

/// What a button asks for.
enum Request {
    Load,
    Learn(Learning),
    Clear,
}

/// A button: its text, what it explains, and what it does.
type Offer = (&'static str, &'static str, Request);

/// Draws the row in `rect`.
pub fn show(ui: &Ui, rect: Rect, params: &AuralisParams) {
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
        if button(ui, place, text).on_hover_text(help).clicked() {
            match request {
                Request::Load => file::ask(slot),
                Request::Learn(learning) => slot.learn(learning),
                Request::Clear => slot.replace(None),
            }
        }
    }
    let room = Rect::from_min_max(
        rect.min + vec2(12.0, 0.0),
        pos2(right - theme::GAP, rect.bottom()),
    );
    let (text, color) = status(slot, params.eq.ref_blend.value());
    line(ui, room, rect.center().y, &text, color);
}

/// The buttons, from the right to the left.
fn offers(slot: &ReferenceSlot) -> Vec<Offer> {
    if slot.learning().is_on() {
        let keep = "Ends learning; what was heard becomes the reference.";
        let discard = "Ends learning; the reference in use stays.";
        return vec![
            ("Discard", discard, Request::Learn(Learning::Discard)),
            ("Keep", keep, Request::Learn(Learning::Off)),
        ];
    }
    let side = "Learns the balance of what plays into the sidechain, until you press Keep.";
    let main = "Learns the balance of what plays into the main input, until you press Keep.";
    let load = "Takes the balance of a WAV, FLAC, OGG or MP3 file.";
    let mut offers = vec![
        ("Learn sidechain", side, Request::Learn(Learning::Sidechain)),
        ("Learn input", main, Request::Learn(Learning::Input)),
        ("Load file...", load, Request::Load),
    ];
    if slot.current().is_some() {
        offers.push(("Clear", "Forgets the reference.", Request::Clear));
    }
    offers
}

/// What there is, in a line.
fn status(slot: &ReferenceSlot, blend_percent: f32) -> (String, Color32) {
    if slot.learning().is_on() {
        let text = format!("Reference: learning, {:.1} s heard", slot.learned_s());
        return (text, theme::REFERENCE);
    }
    let failure = slot.failure();
    if !failure.is_empty() {
        return (format!("Reference: {failure}"), theme::ALARM);
    }
    let Some(reference) = slot.current() else {
        let text =
            "No reference. Load a file, or play one into the input or the sidechain and learn it.";
        return (text.to_owned(), theme::DIM);
    };
    let hint = if blend_percent > 0.0 {
        ""
    } else {
        "; turn up Reference in the EQ to use it"
    };
    let (name, lufs) = (reference.name(), reference.loudness_lufs());
    let text = format!(
        "Reference: {name}, {lufs:.1} LUFS, {:.0} s{hint}",
        reference.seconds()
    );
    (text, theme::TEXT)
}
