//! How decisions follow the song: the mode, the locks, and one look at the song's file.

use std::path::PathBuf;

use egui::{Color32, Rect, Sense, Ui, vec2};

use super::controls::{Writer, button, line, segments, toggle};
use super::file::{self, Chosen};
use super::findings;
use super::theme;
use crate::params::AuralisParams;
use crate::song_file::{Look, SongLook};
use auralis_engine::Memory;
use auralis_engine::ear::AdaptMode;
use auralis_engine::ear::view::View;
use auralis_engine::master::Order;
use auralis_engine::params::{Choices, ParamId};

/// Height of the row, in points.
pub const HEIGHT: f32 = 26.0;
/// Width of the three modes, in points.
const MODES_WIDTH: f32 = 190.0;
/// Width of a lock, in points.
const LOCK_WIDTH: f32 = 78.0;
/// Width of a button, in points.
const BUTTON_WIDTH: f32 = 104.0;
/// What each mode does.
const MODES_HELP: &str = "Learn: the decisions follow the estimate of the whole song, which is kept from pass \
    to pass. Hold: they stand still. Follow: they follow the last seconds, for streams and speech.";
/// The locks: parameter, text, explanation.
const LOCKS: [(ParamId, &str, &str); 3] = [
    (
        ParamId::EqLock,
        "Lock EQ",
        "The adaptive EQ stands still in every mode.",
    ),
    (
        ParamId::CompLock,
        "Lock comp",
        "The compressor's threshold and ratio stand still in every mode.",
    ),
    (
        ParamId::LoudLock,
        "Lock level",
        "The loudness gain stands still in every mode.",
    ),
];

/// Draws the row in `rect`.
pub fn show(ui: &Ui, rect: Rect, params: &AuralisParams, view: &View, writer: &Writer) {
    ui.painter()
        .rect_filled(rect, theme::ROUNDING, theme::SURFACE);
    hold_what_was_decided(params, writer);
    let inner = rect.shrink2(vec2(4.0, 3.0));
    let modes = inner.with_max_x(inner.left() + MODES_WIDTH);
    segments(
        ui,
        modes,
        writer,
        params.choice(ParamId::AdaptMode),
        MODES_HELP,
    );
    let mut left = modes.right() + 2.0 * theme::GAP;
    for (id, text, help) in LOCKS {
        let place = Rect::from_x_y_ranges(left..=left + LOCK_WIDTH, inner.y_range());
        toggle(
            ui,
            place,
            writer,
            params.switch(id),
            (text, help),
            theme::TARGET,
        );
        left = place.right() + theme::GAP;
    }
    let place = inner.with_min_x(inner.right() - BUTTON_WIDTH);
    let look = &params.persisted.look;
    if look.is_hearing() {
        let help = "Gives the file up; what was learned stays.";
        if button(ui, place, "Stop").on_hover_text(help).clicked() {
            look.dismiss();
        }
    } else {
        let help = "One look at the song's file (WAV, AIFF, FLAC, OGG, MP3, M4A): decides about the whole of it, \
            then holds.";
        let response = button(ui, place, "Learn file...").on_hover_text(help);
        let chosen = Song {
            look: look.clone(),
            order: order(params),
            memory: params.persisted.memory.clone(),
        };
        file::menu(&response, "A song for Auralis to learn", &chosen);
    }
    let place = found(ui, place, params, writer);
    let room = Rect::from_x_y_ranges(
        left + theme::GAP..=place.left() - theme::GAP,
        rect.y_range(),
    );
    let (text, color) = status(look, params, view);
    line(ui, room, rect.center().y, &text, color);
    let hover = ui.interact(room, ui.scope_id().with("learning"), Sense::empty());
    hover.on_hover_text(text);
}

/// The button of what was found in the file, left of `place`, where there is something; gives the place of
/// the leftmost button.
fn found(ui: &Ui, place: Rect, params: &AuralisParams, writer: &Writer) -> Rect {
    let findings = params.persisted.look.findings();
    let faults: Vec<_> = findings.iter().filter(|finding| finding.fault).collect();
    if faults.is_empty() {
        return place;
    }
    let place = place.translate(vec2(-BUTTON_WIDTH - theme::GAP, 0.0));
    let help =
        "What the song's file has beside its tone and its loudness, and settings that could help.";
    let response = button(ui, place, &findings::title(faults.len())).on_hover_text(help);
    findings::menu(&response, &faults, params, writer);
    place
}

/// A look at a file that may be chosen.
#[derive(Clone)]
struct Song {
    look: SongLook,
    order: Order,
    memory: Memory,
}

impl Chosen for Song {
    fn take(self, path: PathBuf) {
        self.look.start(path, self.order, self.memory);
    }

    fn fail(&self, text: &str) {
        self.look.fail(text.to_owned());
    }
}

/// What a look at a file decides with: the panel's settings, once for the whole song.
fn order(params: &AuralisParams) -> Order {
    let mut settings = params.settings();
    settings.analysis.mode = AdaptMode::Learn;
    Order {
        settings,
        reference: params.persisted.reference.current(),
    }
}

/// Once a look has decided, that is held.
fn hold_what_was_decided(params: &AuralisParams, writer: &Writer) {
    if params.persisted.look.take_decided() {
        let last = (AdaptMode::ALL.len() - 1) as f32;
        let hold = AdaptMode::Hold.index() as f32 / last;
        writer.once(params.choice(ParamId::AdaptMode), hold);
    }
}

/// What is known, in a line.
fn status(look: &SongLook, params: &AuralisParams, view: &View) -> (String, Color32) {
    match look.get() {
        Look::Hears {
            name,
            pass,
            seconds,
        } => {
            let what = if pass < 2 { "listening" } else { "trying it" };
            return (format!("{name}: {what}, {seconds:.0} s"), theme::TARGET);
        }
        Look::Failed(why) => return (why, theme::ALARM),
        Look::None | Look::Decided => {}
    }
    let (learned_s, songs) = params.persisted.memory.learned_s();
    let known = match (learned_s, songs) {
        (0.0, _) => String::from("Nothing kept of the song yet"),
        (s, 0) => format!("{} of the song kept", minutes(s)),
        (s, n) => format!("{} of the song kept, and {n} other songs", minutes(s)),
    };
    let text = match params.values().choice(ParamId::AdaptMode) {
        _ if params.switch(ParamId::Bypass).value() => {
            format!("Bypassed, nothing is heard. {known}")
        }
        AdaptMode::Hold if learned_s == 0.0 => {
            String::from("Nothing kept of a song: nothing is adapted")
        }
        AdaptMode::Hold => format!("Held: {known}"),
        AdaptMode::Learn if view.hops > 0 && !view.listening => {
            format!("{known}; waiting for sound")
        }
        AdaptMode::Learn => known,
        AdaptMode::Follow => String::from("Follows what is on"),
    };
    (text, theme::DIM)
}

/// A time as m:ss.
fn minutes(seconds: f32) -> String {
    let seconds = seconds.round() as u32;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_minutes() {
        for (seconds, text) in [(0.4, "0:00"), (59.6, "1:00"), (754.0, "12:34")] {
            assert_eq!(minutes(seconds), text);
        }
    }
}
