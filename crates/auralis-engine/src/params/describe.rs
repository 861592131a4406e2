//! A parameter as data, for the command line and for other languages.

use serde::Serialize;

use super::table::{Kind, Row};

/// A row of the table, to be written as JSON or the like.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Description {
    /// Stable id.
    pub id: &'static str,
    /// Name that hosts show.
    pub name: &'static str,
    /// Group that hosts show.
    pub group: &'static str,
    /// What it does, where the name does not say it.
    pub note: &'static str,
    /// Whether a host may automate it.
    pub automatable: bool,
    /// What it counts; empty for switches and choices.
    pub unit: &'static str,
    /// Range and default.
    #[serde(flatten)]
    pub values: ValuesDescription,
}

/// The values that a parameter takes.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type")]
pub enum ValuesDescription {
    /// A number.
    #[serde(rename = "float")]
    Float {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// Value of a new instance.
        default: f64,
    },
    /// On or off.
    #[serde(rename = "bool")]
    Switch {
        /// Value of a new instance.
        default: bool,
    },
    /// One of a list.
    #[serde(rename = "enum")]
    Choice {
        /// Name of a new instance's.
        default: &'static str,
        /// All names.
        choices: &'static [&'static str],
    },
}

impl Row {
    /// The row as data.
    pub fn describe(&self) -> Description {
        let (unit, values) = match self.kind {
            Kind::Float {
                min,
                max,
                default,
                unit,
                ..
            } => {
                let [min, max, default] = [min, max, default].map(spelled);
                let values = ValuesDescription::Float { min, max, default };
                (unit.suffix().trim(), values)
            }
            Kind::Switch { default } => ("", ValuesDescription::Switch { default }),
            Kind::Choice { default, names, .. } => {
                let default = names[default];
                let choices = names;
                ("", ValuesDescription::Choice { default, choices })
            }
        };
        Description {
            id: self.id,
            name: self.name,
            group: self.group,
            note: self.note,
            automatable: self.kind.is_automatable(),
            unit,
            values,
        }
    }
}

/// A number as the table spells it, not as the nearest double of its f32.
pub(crate) fn spelled(value: f32) -> f64 {
    let spelled = value.to_string().parse();
    spelled.unwrap_or(f64::from(value))
}
