//! One value of each parameter.

use std::fmt;

use super::choices::Choices;
use super::table::{COUNT, Kind, ParamId, TABLE};
use super::text::place;

/// Plain values: a number in its unit, a switch as 0 or 1, a choice as its place in the list. All are
/// within their range.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Values([f32; COUNT]);

impl Default for Values {
    /// Those of a new instance.
    fn default() -> Self {
        Self(std::array::from_fn(|index| TABLE[index].kind.default()))
    }
}

/// Why a value could not be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueError {
    /// No parameter has this id.
    UnknownId(String),
    /// The text says no value of this parameter.
    NoValue {
        /// The parameter's id.
        id: &'static str,
        /// What was typed.
        text: String,
        /// What is wanted: a range with its unit, or a list.
        wanted: String,
    },
}

impl fmt::Display for ValueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownId(id) => write!(f, "there is no parameter '{id}'"),
            Self::NoValue { id, text, wanted } => {
                write!(f, "'{text}' is no value of '{id}': it takes {wanted}")
            }
        }
    }
}

impl std::error::Error for ValueError {}

impl Values {
    /// A plain value.
    pub fn get(&self, param: ParamId) -> f32 {
        self.0[param as usize]
    }

    /// A percentage as a share of one.
    pub fn share(&self, param: ParamId) -> f32 {
        self.get(param) / 100.0
    }

    /// Whether a switch is on.
    pub fn is_on(&self, param: ParamId) -> bool {
        self.get(param) >= 0.5
    }

    /// What is chosen.
    pub fn choice<T: Choices>(&self, param: ParamId) -> T {
        T::at(place(self.get(param), T::ALL.len()))
    }

    /// Sets a plain value, made to fit its range.
    pub fn set(&mut self, param: ParamId, value: f32) {
        self.0[param as usize] = param.row().kind.fitted(value);
    }

    /// Sets the parameter with an id to what a text says.
    ///
    /// # Errors
    /// When there is no such parameter, or the text is no value within its range.
    pub fn set_text(&mut self, id: &str, text: &str) -> Result<(), ValueError> {
        let param = ParamId::with_id(id).ok_or_else(|| ValueError::UnknownId(id.to_owned()))?;
        let row = param.row();
        let (min, max) = row.kind.range();
        let value = param.parse(text).filter(|v| (min..=max).contains(v));
        let value = value.ok_or_else(|| ValueError::NoValue {
            id: row.id,
            text: text.to_owned(),
            wanted: wanted(param),
        })?;
        self.set(param, value);
        Ok(())
    }
}

/// What may be typed for a parameter.
pub fn wanted(param: ParamId) -> String {
    match param.row().kind {
        Kind::Float { min, max, .. } => {
            format!("{} to {}", param.print(min), param.print(max))
        }
        Kind::Switch { .. } => String::from("on or off"),
        Kind::Choice { names, .. } => names.join(", "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ear::Target;

    #[test]
    fn a_typed_value_is_set_and_a_wrong_one_is_named() {
        let mut values = Values::default();
        values.set_text("target", "Jazz").unwrap();
        values.set_text("lim_ceiling", "-0.5 dBTP").unwrap();
        assert_eq!(values.choice::<Target>(ParamId::Target), Target::Jazz);
        assert_eq!(values.get(ParamId::LimCeiling), -0.5);
        let before = values;
        for (id, text, names) in [
            ("volume", "1", "'volume'"),
            ("lim_ceiling", "3", "-12.00 dBTP to 0.00 dBTP"),
            ("target", "Polka", "Hip-Hop"),
            ("eq_on", "maybe", "on or off"),
        ] {
            let error = values.set_text(id, text).unwrap_err().to_string();
            assert!(error.contains(names), "{id}={text}: {error}");
        }
        assert_eq!(values, before, "what was refused changed nothing");
    }

    #[test]
    fn plain_values_are_made_to_fit() {
        let mut values = Values::default();
        for (value, fitted) in [(99.0, 20.0), (-1.0, 1.0), (f32::NAN, 2.0), (3.5, 3.5)] {
            values.set(ParamId::CompRatio, value);
            assert_eq!(values.get(ParamId::CompRatio), fitted, "{value}");
        }
        values.set(ParamId::Target, 11.6);
        assert_eq!(values.choice::<Target>(ParamId::Target), Target::Speech);
    }
}
