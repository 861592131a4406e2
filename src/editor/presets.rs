//! The presets: those that come with Auralis, and the user's own.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use egui::{Popup, PopupCloseBehavior, Rect, RichText, ScrollArea, TextEdit, Ui, pos2};

use super::controls::{Writer, button};
use super::file::{self, Chosen, Files};
use super::history::Change;
use super::theme;
use crate::params::AuralisParams;
use crate::preset_folder::{Listing, PresetFolder, Saved};
use auralis_engine::presets::{Preset, factory};

/// Width of the list, in points.
const WIDTH: f32 = 420.0;
/// Width of the arrows, in points.
const ARROW_WIDTH: f32 = 22.0;

/// What the menu remembers between frames.
#[derive(Default)]
pub struct PresetMenu {
    /// What the user's folder held when the menu was opened.
    listing: Listing,
    is_open: bool,
    /// The name that is being typed.
    name: String,
    /// What went wrong last, or what was done.
    message: Message,
    /// The preset in use, as it was loaded.
    current: Option<Preset>,
}

/// A line that another thread may write: importing reads a file.
#[derive(Clone, Default)]
struct Message(Arc<Mutex<String>>);

impl Message {
    fn set(&self, text: impl Into<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = text.into();
    }

    fn get(&self) -> String {
        let text = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        text.clone()
    }
}

/// Where the user's presets are.
pub fn folder_text() -> String {
    match PresetFolder::of_user() {
        Some(folder) => format!("Presets: {}", folder.path().display()),
        None => String::from("This system has no folder for presets."),
    }
}

/// All presets, those of Auralis first.
fn every(listing: &Listing) -> Vec<Preset> {
    // None that was released is broken.
    let mut presets = factory::all().unwrap_or_default();
    presets.extend(listing.presets.iter().map(|saved| saved.preset.clone()));
    presets
}

impl PresetMenu {
    /// Draws the name, the arrows and, when it is open, the list.
    pub fn show(&mut self, ui: &Ui, rect: Rect, params: &AuralisParams, writer: &Writer) {
        let left = rect.with_max_x(rect.left() + ARROW_WIDTH);
        let right = rect.with_min_x(rect.right() - ARROW_WIDTH);
        let middle = Rect::from_min_max(
            pos2(left.right() + 3.0, rect.top()),
            pos2(right.left() - 3.0, rect.bottom()),
        );
        for (place, text, step, help) in [
            (left, "<", -1, "Previous preset"),
            (right, ">", 1, "Next preset"),
        ] {
            if button(ui, place, text).on_hover_text(help).clicked() {
                self.refresh();
                self.move_on(step, params, writer);
            }
        }
        let response = button(ui, middle, &self.title(params)).on_hover_text("Presets");
        let shown = Popup::from_toggle_button_response(&response)
            .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
            .width(WIDTH)
            .show(|ui| {
                if !self.is_open {
                    self.refresh();
                    self.message.set("");
                    self.name = params.persisted.preset_name();
                }
                self.list(ui, params, writer);
            });
        self.is_open = shown.is_some();
    }

    /// Reads the user's folder again.
    fn refresh(&mut self) {
        let folder = PresetFolder::of_user();
        self.listing = folder.map(|folder| folder.list()).unwrap_or_default();
    }

    /// The name of the preset in use, with a mark when something was changed since.
    fn title(&mut self, params: &AuralisParams) -> String {
        let name = params.persisted.preset_name();
        if name.is_empty() {
            return String::from("Presets");
        }
        if self
            .current
            .as_ref()
            .is_none_or(|current| current.name() != name)
        {
            self.refresh();
            let mut presets = every(&self.listing).into_iter();
            self.current = presets.find(|preset| preset.name() == name);
        }
        let values = params.values();
        let is_untouched = |preset: &Preset| preset.recalled(&values) == values;
        match &self.current {
            Some(current) if is_untouched(current) => name,
            _ => format!("{name} *"),
        }
    }

    /// Loads the preset so many places further.
    fn move_on(&mut self, step: isize, params: &AuralisParams, writer: &Writer) {
        let presets = every(&self.listing);
        let name = params.persisted.preset_name();
        let last = presets.len() as isize;
        let at = presets.iter().position(|preset| preset.name() == name);
        let next = match at {
            Some(at) => (at as isize + step).rem_euclid(last.max(1)),
            None if step > 0 => 0,
            None => last - 1,
        };
        if let Some(preset) = presets.get(next.unsigned_abs()) {
            self.load(preset, params, writer);
        }
    }

    /// Puts a preset in place of the settings.
    fn load(&mut self, preset: &Preset, params: &AuralisParams, writer: &Writer) {
        let wanted = preset.recalled(&params.values());
        let moves = writer.put_all(params, &wanted);
        writer.did(format!("Preset {}", preset.name()), Change::Params(moves));
        params.persisted.set_preset_name(preset.name());
        self.current = Some(preset.clone());
    }

    /// What opens.
    fn list(&mut self, ui: &mut Ui, params: &AuralisParams, writer: &Writer) {
        let current = params.persisted.preset_name();
        let mut chosen = None;
        ScrollArea::vertical().max_height(360.0).show(ui, |ui| {
            let mut offer = |ui: &mut Ui, preset: &Preset| {
                let lit = preset.name() == current;
                let response = ui.selectable_label(lit, preset.name());
                if response.on_hover_text(preset.description()).clicked() {
                    chosen = Some(preset.clone());
                }
            };
            ui.label(RichText::new("Auralis").color(theme::DIM));
            ui.columns(2, |columns| {
                let presets = factory::all().unwrap_or_default();
                let half = presets.len().div_ceil(2);
                for (i, preset) in presets.iter().enumerate() {
                    offer(&mut columns[i / half.max(1)], preset);
                }
            });
            ui.separator();
            ui.label(RichText::new("Yours").color(theme::DIM));
            if self.listing.presets.is_empty() {
                ui.label(RichText::new("None saved yet").color(theme::DIM));
            }
            for saved in &self.listing.presets {
                offer(ui, &saved.preset);
            }
            for broken in &self.listing.broken {
                ui.label(RichText::new(format!("Skipped: {broken}")).color(theme::ALARM));
            }
        });
        ui.separator();
        self.own(ui, params);
        let message = self.message.get();
        if !message.is_empty() {
            ui.label(RichText::new(message).color(theme::TARGET));
        }
        if let Some(preset) = chosen {
            self.load(&preset, params, writer);
            self.name = preset.name().to_owned();
        }
    }

    /// Saving, renaming, deleting, importing.
    fn own(&mut self, ui: &mut Ui, params: &AuralisParams) {
        let Some(folder) = PresetFolder::of_user() else {
            ui.label(folder_text());
            return;
        };
        let current = folder.named(&params.persisted.preset_name());
        let outcome = ui
            .horizontal(|ui| {
                let field = TextEdit::singleline(&mut self.name)
                    .hint_text("Name")
                    .desired_width(170.0);
                ui.add(field);
                let help = "Saves the settings under this name, in place of yours of that name.";
                if ui.button("Save").on_hover_text(help).clicked() {
                    return Some(self.save(&folder, params));
                }
                let saved = current?;
                let help = format!("Gives {:?} the name in the field.", saved.preset.name());
                if ui.button("Rename").on_hover_text(help).clicked() {
                    return Some(self.rename(&folder, &saved, params));
                }
                let help = format!("Deletes {:?}.", saved.preset.name());
                if ui.button("Delete").on_hover_text(help).clicked() {
                    let name = saved.preset.name().to_owned();
                    let done = folder.delete(&saved);
                    return Some(done.map(|()| format!("{name} is deleted.")));
                }
                None
            })
            .inner;
        if let Some(outcome) = outcome {
            self.message
                .set(outcome.unwrap_or_else(|error| format!("{error:#}")));
            self.refresh();
        }
        ui.horizontal(|ui| {
            ui.label("Import");
            let import = Import {
                folder,
                message: self.message.clone(),
            };
            file::field(ui, "A preset for Auralis", &import);
            if ui.button("Refresh").clicked() {
                self.refresh();
            }
        });
    }

    fn save(&mut self, folder: &PresetFolder, params: &AuralisParams) -> anyhow::Result<String> {
        let preset = Preset::of_sound(self.name.trim(), "", &params.values());
        let path = folder.save(&preset)?;
        params.persisted.set_preset_name(preset.name());
        self.current = Some(preset);
        Ok(format!("Saved as {}", path.display()))
    }

    fn rename(
        &mut self,
        folder: &PresetFolder,
        saved: &Saved,
        params: &AuralisParams,
    ) -> anyhow::Result<String> {
        folder.rename(saved, &self.name)?;
        params.persisted.set_preset_name(self.name.trim());
        Ok(format!(
            "{} is now {}",
            saved.preset.name(),
            self.name.trim()
        ))
    }
}

/// A preset from a file anywhere, into the user's folder.
#[derive(Clone)]
struct Import {
    folder: PresetFolder,
    message: Message,
}

impl Chosen for Import {
    const FILES: Files = Files {
        name: "Presets",
        extensions: &["json"],
    };

    fn take(self, path: PathBuf) {
        let text = match self.folder.import(&path) {
            Ok(saved) => format!("{} is among yours now: press Refresh.", saved.preset.name()),
            Err(error) => format!("{error:#}"),
        };
        self.message.set(text);
    }

    fn fail(&self, text: &str) {
        self.message.set(text);
    }
}
