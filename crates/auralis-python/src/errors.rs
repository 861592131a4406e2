//! What a caller is told.

use std::fmt::Display;

use pyo3::PyErr;
use pyo3::exceptions::PyValueError;

/// A `ValueError` that names the argument.
pub fn refused(argument: &str, why: impl Display) -> PyErr {
    PyValueError::new_err(format!("{argument}: {why}"))
}
