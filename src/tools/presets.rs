//! Presets by name or from files.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use auralis_engine::presets::{Preset, factory};

use crate::preset_folder::{MOST_BYTES, PresetFolder, Saved};
use crate::tools::output::{document, print, print_json};
use crate::tools::table::{self, new_table};
use crate::tools::usage::WrongUsage;

/// What `FILE|NAME` stands for.
pub enum Found {
    /// One that comes with Auralis, or one of the user's.
    Preset(Preset),
    /// The text of a file, which is not read further.
    File(String),
}

/// Finds a file, or else the preset of a name, in any case.
///
/// # Errors
/// [`WrongUsage`] when there is neither, and when the file cannot be read.
pub fn find(file_or_name: &Path) -> Result<Found> {
    let shown = file_or_name.display();
    let name = file_or_name.to_string_lossy();
    if !file_or_name.is_file()
        && let Some(preset) = factory::named(&name)?.or_else(|| of_user(&name))
    {
        return Ok(Found::Preset(preset));
    }
    match read(file_or_name) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let presets = every()?;
            let names: Vec<&str> = presets.iter().map(Preset::name).collect();
            let names = names.join(", ");
            let text = format!("preset {shown}: there is no such file, and the names are {names}");
            Err(WrongUsage(text).into())
        }
        read => {
            let text = read.with_context(|| format!("cannot read the preset {shown}"))?;
            ensure!(
                text.len() as u64 <= MOST_BYTES,
                "{shown}: no preset: it is larger than 1 MiB"
            );
            Ok(Found::File(text))
        }
    }
}

/// The user's own preset of a name.
fn of_user(name: &str) -> Option<Preset> {
    Some(PresetFolder::of_user()?.named(name)?.preset)
}

/// Those that come with Auralis, then the user's own.
fn every() -> Result<Vec<Preset>> {
    let mut presets = factory::all()?;
    let saved = PresetFolder::of_user().map(|folder| folder.list().presets);
    let saved = saved.unwrap_or_default().into_iter();
    presets.extend(saved.map(|Saved { preset, .. }| preset));
    Ok(presets)
}

/// Reads the text of a file of this name.
///
/// # Errors
/// When it is no preset.
pub fn parse(text: &str, name: &Path) -> Result<Preset> {
    Preset::parse(text).with_context(|| name.display().to_string())
}

/// The text of a file, as far as a preset can be long and a little more.
fn read(path: &Path) -> std::io::Result<String> {
    let mut bytes = Vec::new();
    let mut file = File::open(path)?.take(MOST_BYTES + 1);
    file.read_to_end(&mut bytes)?;
    // What is no text is no preset, which is for the parser to say.
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Prints all presets, those that come with Auralis and the user's own, or what one of a name or file sets.
///
/// # Errors
/// As [`find`] and [`parse`].
pub fn run(name: Option<&Path>, json: bool) -> Result<()> {
    let Some(name) = name else {
        return list(json);
    };
    let preset = match find(name)? {
        Found::Preset(preset) => preset,
        Found::File(text) => parse(&text, name)?,
    };
    if json {
        return print(preset.to_json());
    }
    let (name, description) = (preset.name(), preset.description());
    print(format!(
        "{name}: {description}\n{}\n",
        table::preset(&preset)
    ))
}

fn list(json: bool) -> Result<()> {
    let presets = every()?;
    if json {
        let documents: Vec<_> = presets.iter().map(Preset::document).collect();
        let fields = serde_json::json!({ "presets": documents });
        return print_json(&document("auralis.presets/1", fields));
    }
    let mut table = new_table(&["name", "what for"], 0..0);
    for preset in &presets {
        table.add_row([preset.name(), preset.description()]);
    }
    print(format!("{table}\n"))
}
