//! Presets: settings as readable text, with a name.
//!
//! ```json
//! {
//!   "auralis_preset": 1,
//!   "name": "Warm",
//!   "description": "Full below, soft above",
//!   "values": { "target": "Warm", "comp_ratio": "3:1", "lim_ceiling": -1.0, "eq_on": true }
//! }
//! ```
//!
//! Values are texts as in the panel, numbers in the parameter's unit, or true and false. Parameters
//! that are not named are not touched. [`factory`] holds those that come with Auralis.

pub mod error;
pub mod factory;
mod format;
mod recall;

pub use error::PresetError;

use crate::params::{ParamId, Values};

/// The version of the format that is written, and the newest one that is read.
pub const VERSION: u64 = 1;

/// Settings with a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Preset {
    name: String,
    description: String,
    /// In the order of the text; each within its range, none twice.
    values: Vec<(ParamId, f32)>,
}

impl Preset {
    /// A preset of all parameters that are not at their default.
    pub fn of(name: &str, description: &str, values: &Values) -> Self {
        let default = Values::default();
        let params = crate::params::TABLE.iter().map(|row| row.param);
        let changed = params.filter(|param| values.get(*param) != default.get(*param));
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            values: changed.map(|param| (param, values.get(param))).collect(),
        }
    }

    /// Reads a preset.
    ///
    /// # Errors
    /// When the text is no preset, one of a later version, or names what does not exist. The error
    /// says what and where; nothing of such a preset is used.
    pub fn parse(text: &str) -> Result<Self, PresetError> {
        format::parse(text)
    }

    /// Sets what it names. What it does not name stays.
    pub fn apply(&self, values: &mut Values) {
        for (param, value) in &self.values {
            values.set(*param, *value);
        }
    }

    /// As text that [`parse`](Self::parse) reads.
    pub fn to_json(&self) -> String {
        format!("{:#}\n", self.document())
    }

    /// The same as a document.
    pub fn document(&self) -> serde_json::Value {
        format::document(self)
    }

    /// The same under another name.
    pub fn renamed(&self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self.clone()
        }
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is for, in a line; empty when it does not say.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// What it sets, as plain values.
    pub fn values(&self) -> &[(ParamId, f32)] {
        &self.values
    }
}

#[cfg(test)]
mod tests;
