//! What is told of a song: a figure, whether it is a fault, and what could be done.

use std::fmt;

use serde::Serialize;

/// One finding.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Finding {
    /// Stable id.
    pub id: &'static str,
    /// What it is called.
    pub name: &'static str,
    /// The figure; none where the song is too short, or has nothing that could be measured.
    pub value: Option<f64>,
    /// Its unit.
    pub unit: &'static str,
    /// Whether it lies beyond its limit.
    pub fault: bool,
    /// What was found, in words.
    pub text: String,
    /// The figure of each critical band from 20 Hz on, none where the band holds no programme; only of
    /// findings that have one.
    pub bands: Option<Vec<Option<f64>>>,
    /// What could help. Nothing is applied by itself.
    pub suggestions: Vec<Suggestion>,
}

/// A setting that could help.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Suggestion {
    /// Id of the parameter.
    pub parameter: &'static str,
    /// Its value, in its unit.
    pub value: f32,
    /// Why.
    pub reason: String,
}

impl fmt::Display for Suggestion {
    /// As it is typed behind `--set`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.parameter, self.value)
    }
}

impl Finding {
    /// A figure within its limit.
    pub fn new(id: &'static str, name: &'static str, unit: &'static str) -> Self {
        Self {
            id,
            name,
            value: None,
            unit,
            fault: false,
            text: String::from("not measured"),
            bands: None,
            suggestions: Vec::new(),
        }
    }

    /// With its figure, in words too.
    pub fn told(mut self, value: f64, text: impl Into<String>) -> Self {
        self.value = Some(value);
        self.text = text.into();
        self
    }

    /// As a fault, or not.
    pub fn is_fault(mut self, fault: bool) -> Self {
        self.fault = fault;
        self
    }

    /// With what could help against a fault; it is left out where there is none.
    pub fn suggest(
        mut self,
        parameter: &'static str,
        value: f32,
        reason: impl Into<String>,
    ) -> Self {
        if self.fault {
            self.suggestions.push(Suggestion {
                parameter,
                value,
                reason: reason.into(),
            });
        }
        self
    }
}
