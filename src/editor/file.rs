//! Choosing an audio file: the system's file dialog and, since not every system has one, a field for
//! the file's path.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::{Align2, Key, Popup, PopupCloseBehavior, Response, TextEdit, Ui};

/// Files that a dialog shows.
pub struct Files {
    /// What they are called.
    pub name: &'static str,
    /// Their endings.
    pub extensions: &'static [&'static str],
}

/// What can be decoded.
const AUDIO: Files = Files {
    name: "Audio",
    extensions: &[
        "wav", "aif", "aiff", "flac", "ogg", "oga", "mp3", "m4a", "mp4", "aac",
    ],
};
/// No user reads a dialog and closes it within this time: there was none.
const NO_DIALOG: Duration = Duration::from_secs(1);
/// What the user reads then.
const NO_DIALOG_HELP: &str = "The system shows no file dialog (on Linux it takes a desktop portal or zenity): type or \
    paste the file's path instead.";
/// Width of the field, in points.
const FIELD_WIDTH: f32 = 320.0;

/// What is done with a file once it is chosen.
pub trait Chosen: Clone + Send + 'static {
    /// What the dialog shows.
    const FILES: Files = AUDIO;

    /// Takes the file's path, on a thread that is neither the window's nor the audio's.
    fn take(self, path: PathBuf);

    /// Says why there is none.
    fn fail(&self, text: &str);
}

/// What opens below the button. The dialog has this title.
pub fn menu(button: &Response, title: &str, chosen: &impl Chosen) {
    Popup::from_toggle_button_response(button)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| {
            ui.horizontal(|ui| {
                if field(ui, title, chosen) {
                    ui.close();
                }
            });
        });
}

/// The button of the dialog, and the field for a path; whether a file is on its way. The dialog has this title.
pub fn field(ui: &mut Ui, title: &str, chosen: &impl Chosen) -> bool {
    let help = "Opens the system's file dialog. On Linux that takes a desktop portal \
        or zenity; without them type or paste the path.";
    let is_asked = ui.button("Browse...").on_hover_text(help).clicked();
    if is_asked {
        browse(title, chosen);
    }
    let path = typed(ui);
    let is_typed = path.is_some();
    if let Some(path) = path {
        let theirs = chosen.clone();
        on_own_thread(chosen, move || theirs.take(path));
    }
    is_asked || is_typed
}

/// The field and its button; the path once it is complete.
fn typed(ui: &mut Ui) -> Option<PathBuf> {
    let id = ui.scope_id().with("path");
    let mut text = ui.data(|data| data.get_temp::<String>(id).unwrap_or_default());
    let field = TextEdit::singleline(&mut text)
        .hint_text("or the path of a file")
        .align(Align2::LEFT_CENTER)
        .desired_width(FIELD_WIDTH);
    let response = ui.add(field);
    let entered = response.lost_focus() && ui.input(|i| i.key_pressed(Key::Enter));
    if ui.memory(|memory| memory.focused().is_none()) {
        response.request_focus();
    }
    let complete = ui.button("Load").clicked() || entered;
    let path = path_of(&text);
    if complete {
        text.clear();
    }
    ui.data_mut(|data| data.insert_temp(id, text));
    path.filter(|_| complete)
}

/// The path in a text as file managers copy it: bare, in quotes, or as a `file` URI.
fn path_of(text: &str) -> Option<PathBuf> {
    let bare = text.trim().trim_matches('"');
    let path = match bare.strip_prefix("file://") {
        Some(uri) => percent_encoding::percent_decode_str(uri)
            .decode_utf8()
            .ok()?
            .into_owned(),
        None => bare.to_owned(),
    };
    Some(path)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

/// Asks the user for a file.
fn browse<C: Chosen>(title: &str, chosen: &C) {
    // The dialog is made here, where macOS wants it: on the thread of the window.
    let file = rfd::AsyncFileDialog::new()
        .set_title(title)
        .add_filter(C::FILES.name, C::FILES.extensions)
        .pick_file();
    let theirs = chosen.clone();
    let asked = Instant::now();
    on_own_thread(chosen, move || match pollster::block_on(file) {
        Some(file) => theirs.take(file.path().to_owned()),
        // The library says nothing of why.
        None if asked.elapsed() < NO_DIALOG => theirs.fail(NO_DIALOG_HELP),
        None => {}
    });
}

/// Does what takes a while, on a thread that is neither the window's nor the audio's.
fn on_own_thread(chosen: &impl Chosen, work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().name("auralis-file".to_owned());
    if thread.spawn(work).is_err() {
        chosen.fail("The system gives no thread to read a file.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_in_what_file_managers_copy() {
        for text in [
            "/music/A song.wav",
            " /music/A song.wav\n",
            "\"/music/A song.wav\"",
            "file:///music/A%20song.wav",
        ] {
            let got = path_of(text);
            assert_eq!(got, Some(PathBuf::from("/music/A song.wav")), "{text:?}");
        }
        for text in ["", "  ", "\"\"", "file://", "file:///%FF"] {
            assert_eq!(path_of(text), None, "{text:?}");
        }
    }
}
