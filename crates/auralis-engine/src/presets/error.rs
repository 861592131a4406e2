//! Why a text is no preset.

use std::fmt;

use super::VERSION;
use crate::params::values::ValueError;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PresetError {
    /// It is no JSON, or it ends too early.
    Syntax {
        /// From 1.
        line: usize,
        /// From 1; 0 at the end of a line.
        column: usize,
        /// Whether the text ends where more must follow.
        is_truncated: bool,
    },
    /// It is JSON, but of something else.
    OtherFormat,
    /// It is of a version that is not known here.
    Version(String),
    /// A field is missing or says nothing that it can say.
    Field {
        /// The field.
        field: String,
        /// What is wrong with it, in words that follow its name.
        problem: String,
    },
    /// A parameter does not exist or cannot have this value.
    Value(ValueError),
}

impl fmt::Display for PresetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax {
                line,
                is_truncated: true,
                ..
            } => write!(f, "the preset is cut off: it ends in line {line}"),
            Self::Syntax { line, column, .. } => {
                write!(f, "no preset: line {line}, column {column} is no JSON")
            }
            Self::OtherFormat => write!(
                f,
                "no preset of Auralis: it has no \"auralis_preset\" with a version"
            ),
            Self::Version(version) => write!(
                f,
                "a preset of version {version}, and this Auralis reads version {VERSION}"
            ),
            Self::Field { field, problem } => write!(f, "the preset's \"{field}\" {problem}"),
            Self::Value(error) => write!(f, "in the preset's \"values\", {error}"),
        }
    }
}

impl std::error::Error for PresetError {}

impl From<ValueError> for PresetError {
    fn from(error: ValueError) -> Self {
        Self::Value(error)
    }
}
