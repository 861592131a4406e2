//! The song's file and what is known of the song: one look at it, what was found in it, forgetting it.

use std::path::PathBuf;

use egui::{Rect, Ui};

use super::super::controls::{Writer, button};
use super::super::file::{self, Chosen};
use super::super::history::Change;
use super::super::theme;
use super::findings;
use crate::params::AuralisParams;
use crate::song_file::SongLook;
use auralis_engine::Memory;
use auralis_engine::ear::AdaptMode;
use auralis_engine::master::Order;
use auralis_engine::params::{Choices, ParamId};

/// Draws the buttons in `rect`, from the left.
pub fn show(ui: &Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    // As wide as the three states above.
    let width = (rect.width() - 2.0 * theme::GAP) / 3.0;
    let mut left = rect.left();
    let mut place = || {
        let place = Rect::from_x_y_ranges(left..=left + width, rect.y_range());
        left = place.right() + theme::GAP;
        place
    };
    look(ui, place(), params);
    relearn(ui, place(), params, writer);
    found(ui, place(), params, writer);
}

/// The button that begins a look at the song's file, or gives it up.
fn look(ui: &Ui, place: Rect, params: &AuralisParams) {
    let look = &params.persisted.look;
    if look.is_hearing() {
        let help = "Gives the file up; what was learned stays.";
        if button(ui, place, "Stop").on_hover_text(help).clicked() {
            look.dismiss();
        }
        return;
    }
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

/// The button that clears what was learned.
fn relearn(ui: &Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
    let help = "Forgets what was learned of the programme and learns it anew. \
        Playing teaches; a bounce starts from what playing has taught.";
    let response = button(ui, rect, "Relearn").on_hover_text(help);
    if response.clicked() {
        let memory = &params.persisted.memory;
        let before = memory.recall_songs().1;
        memory.replace(None);
        let after = memory.recall_songs().1;
        writer.did("Relearn", Change::Learned(Box::new([before, after])));
    }
}

/// The button of what was found in the file, where there is something.
fn found(ui: &Ui, place: Rect, params: &AuralisParams, writer: &Writer) {
    let findings = params.persisted.look.findings();
    let faults: Vec<_> = findings.iter().filter(|finding| finding.fault).collect();
    if faults.is_empty() {
        return;
    }
    let help =
        "What the song's file has beside its tone and its loudness, and settings that could help.";
    let response = button(ui, place, &findings::title(faults.len())).on_hover_text(help);
    findings::menu(&response, &faults, params, writer);
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
pub fn hold_what_was_decided(params: &AuralisParams, writer: &Writer) {
    if params.persisted.look.take_decided() {
        let hold = AdaptMode::Hold.index() as f32;
        let hold = params.normalized(ParamId::AdaptMode, hold);
        writer.once(params.choice(ParamId::AdaptMode), hold);
    }
}
