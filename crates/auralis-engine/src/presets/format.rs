//! The text of a preset, to and from.

use serde_json::{Map, Value, json};

use super::{Preset, PresetError, VERSION};
use crate::params::describe::spelled;
use crate::params::values::ValueError;
use crate::params::{Kind, ParamId, Values};

/// What says that a document is a preset, and of which version.
const MARK: &str = "auralis_preset";

/// All fields of this version.
const FIELDS: [&str; 4] = [MARK, "name", "description", "values"];

pub fn parse(text: &str) -> Result<Preset, PresetError> {
    // Some editors begin a file with a mark of its byte order.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let document: Value = serde_json::from_str(text).map_err(|error| PresetError::Syntax {
        line: error.line(),
        column: error.column(),
        is_truncated: error.is_eof(),
    })?;
    let fields = document.as_object().ok_or(PresetError::OtherFormat)?;
    check_version(fields)?;
    // After the version: a later one may well have other fields.
    if let Some(field) = fields.keys().find(|key| !FIELDS.contains(&key.as_str())) {
        return Err(wrong(field, "is no field of a preset"));
    }
    let name = words(fields, "name")?.unwrap_or_default();
    if name.is_empty() {
        return Err(wrong("name", "is missing"));
    }
    Ok(Preset {
        name,
        description: words(fields, "description")?.unwrap_or_default(),
        values: values(fields)?,
    })
}

fn check_version(fields: &Map<String, Value>) -> Result<(), PresetError> {
    let version = fields.get(MARK).ok_or(PresetError::OtherFormat)?;
    match version.as_u64() {
        Some(VERSION) => Ok(()),
        _ => Err(PresetError::Version(version.to_string())),
    }
}

/// A text without blanks around it, if the field is there.
fn words(fields: &Map<String, Value>, field: &str) -> Result<Option<String>, PresetError> {
    match fields.get(field) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
        Some(_) => Err(wrong(field, "is no text")),
    }
}

fn values(fields: &Map<String, Value>) -> Result<Vec<(ParamId, f32)>, PresetError> {
    let values = fields.get("values");
    let values = values.ok_or_else(|| wrong("values", "are missing"))?;
    let values = values.as_object();
    let values = values.ok_or_else(|| wrong("values", "are no object of ids and values"))?;
    let mut checked = Values::default();
    let each = values.iter().map(|(id, value)| {
        let param = ParamId::with_id(id).ok_or_else(|| ValueError::UnknownId(id.clone()))?;
        let text = value.as_str().map_or(value.to_string(), str::to_owned);
        checked.set_text(id, &text)?;
        Ok((param, checked.get(param)))
    });
    each.collect()
}

fn wrong(field: &str, problem: &str) -> PresetError {
    PresetError::Field {
        field: field.to_owned(),
        problem: problem.to_owned(),
    }
}

/// The document of a preset.
pub fn document(preset: &Preset) -> Value {
    let values = preset.values.iter();
    let values: Map<String, Value> = values
        .map(|(param, value)| (param.row().id.to_owned(), plain(*param, *value)))
        .collect();
    json!({
        MARK: VERSION,
        "name": preset.name,
        "description": preset.description,
        "values": values,
    })
}

/// A value as it is written: exactly, which the texts of the panel are not.
fn plain(param: ParamId, value: f32) -> Value {
    match param.row().kind {
        Kind::Float { .. } => spelled(value).into(),
        Kind::Switch { .. } => (value >= 0.5).into(),
        Kind::Choice { .. } => param.print(value).into(),
    }
}
