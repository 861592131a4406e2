//! `auralis.parameters`.

use pyo3::prelude::*;
use serde_json::json;

use crate::report;
use auralis_engine::params::{Row, TABLE};

/// The parameters: a list of dicts with id, name, group, type ("float", "bool" or "enum"), unit, default,
/// note and automatable; min and max of a float, choices of an enum. The ids are for ever.
#[pyfunction]
pub fn parameters(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let rows: Vec<_> = TABLE.iter().map(Row::describe).collect();
    report::dict(py, &json!(rows))
}
