//! Settings: keyword arguments by the ids of the parameters.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::errors::refused;
use auralis_engine::params::{ParamId, Values};

/// The keyword arguments: id, and the value as it would be typed, so that it means here what it means
/// on the command line.
pub struct Settings(Vec<(String, String)>);

impl Settings {
    /// Takes the keyword arguments.
    ///
    /// # Errors
    /// When a value is no number, no bool and no text.
    pub fn read(given: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let entries = given.into_iter().flatten().map(|(id, value)| {
            let id: String = id.extract()?;
            let text = typed("settings", &id, &value)?;
            Ok((id, text))
        });
        entries.collect::<PyResult<_>>().map(Self)
    }

    /// Whether a parameter is among them.
    pub fn has(&self, param: ParamId) -> bool {
        self.0.iter().any(|(id, _)| id == param.row().id)
    }

    /// Sets what they say; the values they do not name stay.
    ///
    /// # Errors
    /// When an id is unknown or a value is none of its parameter; then `values` are as they were.
    pub fn apply(&self, values: &mut Values) -> PyResult<()> {
        let mut applied = *values;
        for (id, text) in &self.0 {
            let set = applied.set_text(id, text);
            set.map_err(|error| refused("settings", error))?;
        }
        *values = applied;
        Ok(())
    }
}

/// A number, a bool or a text as it would be typed.
///
/// # Errors
/// When the value is none of them. `argument` is where it stood, `id` its parameter.
pub fn typed(argument: &str, id: &str, value: &Bound<'_, PyAny>) -> PyResult<String> {
    if let Ok(text) = value.cast::<PyString>() {
        return Ok(text.to_string());
    }
    // Before numbers: a bool is one too.
    if let Ok(on) = value.extract::<bool>() {
        return Ok(String::from(if on { "on" } else { "off" }));
    }
    let number: f64 = value.extract().map_err(|_| {
        let why = format!("{id} is {value}; it takes a number, a bool or a text");
        refused(argument, why)
    })?;
    Ok(number.to_string())
}
