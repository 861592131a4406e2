//! Where the settings start from: a preset in a file, one that comes with Auralis, or a state of the
//! plug-in.

use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::params::snapshot::restored;
use crate::tools::usage::WrongUsage;
use auralis_engine::ear::{AdaptMode, Reference};
use auralis_engine::params::{Choices, ParamId, Values};
use auralis_engine::presets::{Preset, factory};

/// The settings, and the reference that a state holds.
///
/// # Errors
/// When the file is neither, or there is neither a file nor a preset of this name.
pub fn from(file_or_name: &Path) -> Result<(Values, Option<Reference>)> {
    if !file_or_name.is_file() {
        return Ok((applied(&named(file_or_name)?), None));
    }
    let name = file_or_name.display();
    let text = std::fs::read_to_string(file_or_name).with_context(|| name.to_string())?;
    if is_state(&text) {
        return state(&text).map_err(|reason| anyhow::anyhow!("{name}: {reason}"));
    }
    let preset = Preset::parse(&text).with_context(|| name.to_string())?;
    Ok((applied(&preset), None))
}

/// The preset of a name.
fn named(name: &Path) -> Result<Preset> {
    let name = name.to_string_lossy();
    if let Some(preset) = factory::named(&name)? {
        return Ok(preset);
    }
    let all = factory::all()?;
    let names: Vec<&str> = all.iter().map(Preset::name).collect();
    let names = names.join(", ");
    let text = format!("--preset {name}: there is no such file, and the presets are {names}");
    bail!(WrongUsage(text))
}

fn applied(preset: &Preset) -> Values {
    let mut values = Values::default();
    preset.apply(&mut values);
    values
}

/// Whether a text is a state as the framework writes it.
fn is_state(text: &str) -> bool {
    let json = serde_json::from_str::<Value>(text);
    json.is_ok_and(|json| json["params"].is_object() && json["fields"].is_object())
}

/// The settings of a state. Whether it held something is not among them: every file is decided about
/// anew.
fn state(text: &str) -> Result<(Values, Option<Reference>), String> {
    let (mut values, reference) = restored(text.as_bytes())?;
    values.set(ParamId::AdaptMode, AdaptMode::Learn.index() as f32);
    Ok((values, reference))
}
