//! Where the settings start from: a preset in a file, one that comes with Auralis, or a state of the
//! plug-in.

use std::path::Path;

use anyhow::Result;
use serde_json::Value;

use crate::params::snapshot::restored;
use crate::tools::presets::{self, Found};
use auralis_engine::ear::{AdaptMode, Reference};
use auralis_engine::params::{Choices, ParamId, Values};
use auralis_engine::presets::Preset;

/// The settings, and the reference that a state holds.
///
/// # Errors
/// When the file is neither, or there is neither a file nor a preset of this name.
pub fn from(file_or_name: &Path) -> Result<(Values, Option<Reference>)> {
    let preset = match presets::find(file_or_name)? {
        Found::Preset(preset) => preset,
        Found::File(text) if is_state(&text) => {
            let name = file_or_name.display();
            return state(&text).map_err(|reason| anyhow::anyhow!("{name}: {reason}"));
        }
        Found::File(text) => presets::parse(&text, file_or_name)?,
    };
    Ok((applied(&preset), None))
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
