//! What can go wrong, as the exceptions of `xinpei._errors`.

use std::path::Path;

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyDict;
use xinpei::diagnostic::Diagnostics;

use crate::diagnostics::PyDiagnostics;

static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

fn class<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    let module = MODULE.get_or_try_init(py, || py.import("xinpei._errors").map(Bound::unbind))?;
    module.bind(py).getattr(name)
}

/// Where something is wrong, as far as it is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place<'a> {
    pub(crate) fact: Option<&'a str>,
    pub(crate) column: Option<&'a str>,
    pub(crate) row: Option<usize>,
}

fn raise(name: &str, message: String, place: &Place<'_>) -> PyErr {
    let made = Python::attach(|py| {
        let words = PyDict::new(py);
        if place.fact.is_some() || place.column.is_some() || place.row.is_some() {
            words.set_item("fact", place.fact)?;
            words.set_item("column", place.column)?;
            words.set_item("row", place.row)?;
        }
        Ok(PyErr::from_value(class(py, name)?.call((message,), Some(&words))?))
    });
    made.unwrap_or_else(|e| e)
}

/// Something the caller gave cannot be used.
pub(crate) fn input(message: impl Into<String>) -> PyErr {
    raise("InputError", message.into(), &Place::default())
}

/// Something the caller gave cannot be used, at a place.
pub(crate) fn at(message: impl Into<String>, place: &Place<'_>) -> PyErr {
    raise("InputError", message.into(), place)
}

/// Columns do not fit the dictionary.
pub(crate) fn column(message: impl Into<String>, place: &Place<'_>) -> PyErr {
    raise("ColumnError", message.into(), place)
}

/// A float where an exact number is needed.
pub(crate) fn inexact(message: impl Into<String>, place: &Place<'_>) -> PyErr {
    raise("InexactError", message.into(), place)
}

/// What could not be carried between formats, as a whole and one by one.
pub(crate) fn refused(message: String, items: Vec<String>) -> PyErr {
    Python::attach(|py| Ok(PyErr::from_value(class(py, "ExchangeError")?.call1((message, items))?)))
        .unwrap_or_else(|e| e)
}

/// A rulebook or a mapping has mistakes; `folder` is where its files are.
pub(crate) fn rules(diagnostics: &Diagnostics, folder: &str) -> PyErr {
    let made = Python::attach(|py| {
        let list = PyDiagnostics::of(diagnostics, folder);
        let message = list.message();
        let list = Py::new(py, list)?;
        Ok(PyErr::from_value(class(py, "RuleError")?.call1((message, list))?))
    });
    made.unwrap_or_else(|e| e)
}

/// An error of the engine.
pub(crate) fn of(error: &xinpei::Error, folder: &Path) -> PyErr {
    match error.diagnostics() {
        Some(diagnostics) => rules(diagnostics, &folder.display().to_string()),
        None if error.is_io() => raise("FileError", error.to_string(), &Place::default()),
        None => input(error.to_string()),
    }
}

/// An error of the engine that is about columns.
pub(crate) fn of_columns(error: &xinpei::Error) -> PyErr {
    if error.is_input() { column(error.to_string(), &Place::default()) } else { of(error, Path::new("")) }
}
