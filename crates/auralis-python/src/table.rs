//! `auralis.parameters`.

use pyo3::prelude::*;
use serde_json::{Value, json};

use crate::report;
use auralis_engine::params::{Kind, Row, TABLE};

/// The parameters: a list of dicts with id, name, group, type ("float", "bool" or "enum"), unit, default,
/// note and automatable; min and max of a float, choices of an enum. The ids are for ever.
#[pyfunction]
pub fn parameters(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    report::dict(py, &TABLE.iter().map(row).collect())
}

/// A parameter as `auralis params --json` tells it.
fn row(row: &Row) -> Value {
    let mut entry = json!({
        "id": row.id, "name": row.name, "group": row.group, "note": row.note,
        "automatable": row.kind.is_automatable(), "unit": "",
    });
    match row.kind {
        Kind::Float {
            min,
            max,
            default,
            unit,
            ..
        } => {
            entry["type"] = json!("float");
            entry["unit"] = json!(unit.suffix().trim());
            entry["min"] = json!(spelled(min));
            entry["max"] = json!(spelled(max));
            entry["default"] = json!(spelled(default));
        }
        Kind::Switch { default } => {
            entry["type"] = json!("bool");
            entry["default"] = json!(default);
        }
        Kind::Choice { names, .. } => {
            entry["type"] = json!("enum");
            entry["default"] = json!(names[0]);
            entry["choices"] = json!(names);
        }
    }
    entry
}

/// A number as the table spells it, not as the nearest double of its f32.
fn spelled(value: f32) -> f64 {
    let spelled = value.to_string().parse();
    spelled.unwrap_or(f64::from(value))
}
