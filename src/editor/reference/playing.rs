//! Playing a reference, as loud as the master.

use egui::{Rect, Ui};

use super::super::controls::lamp_button;
use super::super::theme;
use crate::params::AuralisParams;
use crate::reference_player::ReferencePlayer;
use crate::shared::Meters;
use auralis_dsp::basics::decibel::SILENCE_DB;
use auralis_engine::ear::Reference;
use auralis_engine::params::ParamId;

/// The first reference that is used and has a file to play.
fn playable(params: &AuralisParams) -> Option<Reference> {
    let shelved = params.persisted.shelf.get();
    let kept = (0..crate::shelf::PLACES).filter_map(|place| shelved.at(place));
    let mut used = kept.filter(|kept| kept.weight > 0.0 && kept.reference.file().is_some());
    used.next().map(|kept| kept.reference.clone())
}

/// Keeps what plays as loud as the master, goes on to another reference when that is used instead, and ends when
/// none is.
pub fn follow(params: &AuralisParams, player: &ReferencePlayer, meters: &Meters) {
    if !player.is_on() {
        return;
    }
    let Some(reference) = playable(params) else {
        player.stop();
        return;
    };
    if let Some(path) = reference.file().filter(|path| !player.plays(path)) {
        player.start(path.to_owned(), params.persisted.reference.clone());
    }
    let heard = meters.output_loudness.integrated.get();
    let wanted = if heard > SILENCE_DB {
        heard
    } else {
        params.number(ParamId::LoudTarget).value()
    };
    player.match_loudness(reference.loudness_lufs(), wanted);
}

/// The button that starts and ends it.
pub fn button(ui: &Ui, rect: Rect, params: &AuralisParams, player: &ReferencePlayer) {
    let reference = playable(params);
    let help = match &reference {
        Some(reference) => format!(
            "Plays the loudest minute of {} instead of the master, as loud as the master. The song must play, too. \
             Never in a bounce.",
            reference.name()
        ),
        None => String::from("Plays a reference that was loaded from a file and is in use."),
    };
    let response =
        lamp_button(ui, rect, "Play", player.is_on(), theme::REFERENCE).on_hover_text(help);
    if !response.clicked() {
        return;
    }
    match reference.as_ref().and_then(Reference::file) {
        _ if player.is_on() => player.stop(),
        Some(path) => player.start(path.to_owned(), params.persisted.reference.clone()),
        None => {}
    }
}

/// What is to be said while it plays.
pub fn banner(params: &AuralisParams, player: &ReferencePlayer) -> Option<String> {
    let reference = playable(params).filter(|_| player.is_on())?;
    Some(format!(
        "You hear the reference {}, {:+.1} dB to be as loud as the master.",
        reference.name(),
        player.gain_db()
    ))
}
