//! Scorecards of other programs in, and rulebooks out, behind `xinpei.importing` and `Rulebook.to_…`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use pyo3::prelude::*;
use xinpei_exchange::table::{self, Table};
use xinpei_exchange::{Failure, Heading, Imported, Item, pmml, sql};
use xinpei_tables::{Encoding, Output, save_rules};

use crate::rulebook::{Loaded, PyRulebook};
use crate::{errors, value};

/// What every import says about the rulebook, in the order of the words in Python.
type Head<'py> = (String, String, Bound<'py, PyAny>, String, bool);

fn heading((id, version, from, authority, uscc): Head<'_>) -> PyResult<Heading> {
    Ok(Heading { id, version, from: value::date(&from, "`effective_from`")?, authority, uscc })
}

/// The exception for what could not be carried.
fn failed(failure: Failure) -> PyErr {
    match failure {
        Failure::Error(error) => errors::of(&error, Path::new("")),
        Failure::Refused(items) => {
            let list = items.iter().map(ToString::to_string).collect();
            errors::refused(Failure::Refused(items).to_string(), list)
        }
    }
}

/// Tells what reads otherwise than before; `depth` frames up is who asked for it.
fn tell(py: Python<'_>, notes: &[Item], depth: u32) -> PyResult<()> {
    let warnings = py.import("warnings")?;
    let class = py.import("xinpei._errors")?.getattr("ExchangeWarning")?;
    notes.iter().try_for_each(|note| warnings.call_method1("warn", (note.to_string(), &class, depth)).map(drop))
}

fn made(py: Python<'_>, imported: Result<Imported, Failure>, out: Option<&Path>) -> PyResult<PyRulebook> {
    let imported = imported.map_err(failed)?;
    tell(py, &imported.notes, 2)?;
    if let Some(folder) = out {
        save_rules(&imported.files, folder).map_err(|e| errors::of(&e, folder))?;
    }
    PyRulebook::of(imported.files, out.unwrap_or(Path::new("")))
}

/// Makes a rulebook of a points table: lines, each with the texts of its columns.
#[pyfunction]
#[pyo3(signature = (rows, head, title, basis, digits, fact_digits, members, ordered, out))]
#[expect(clippy::too_many_arguments, reason = "called by xinpei.importing alone")]
pub(crate) fn _import_points(
    py: Python<'_>,
    rows: Vec<(u32, [String; 12])>,
    head: Head<'_>,
    title: String,
    basis: String,
    digits: Option<u32>,
    fact_digits: BTreeMap<String, u32>,
    members: BTreeMap<String, Vec<String>>,
    ordered: bool,
    out: Option<PathBuf>,
) -> PyResult<PyRulebook> {
    let heading = heading(head)?;
    let options = table::Options { heading, title, basis, digits, fact_digits, members, ordered };
    let imported = py.detach(|| table::import(&Table { rows }, &options));
    made(py, imported, out.as_deref())
}

/// The rows of a points table in a file.
#[pyfunction]
pub(crate) fn _read_points(py: Python<'_>, path: PathBuf, encoding: &str) -> PyResult<Vec<(u32, [String; 12])>> {
    let encoding =
        Encoding::from_word(encoding).ok_or_else(|| errors::input(format!("there is no encoding `{encoding}`")))?;
    let table = py.detach(|| Table::read(&path, encoding)).map_err(|e| errors::of(&e, &path))?;
    Ok(table.rows)
}

/// Makes a rulebook of a PMML document.
#[pyfunction]
#[pyo3(signature = (text, head, digits, field_digits, members, drop_reasons, out))]
#[expect(clippy::too_many_arguments, reason = "called by xinpei.importing alone")]
pub(crate) fn _import_pmml(
    py: Python<'_>,
    text: String,
    head: Head<'_>,
    digits: u32,
    field_digits: BTreeMap<String, u32>,
    members: BTreeMap<String, Vec<String>>,
    drop_reasons: bool,
    out: Option<PathBuf>,
) -> PyResult<PyRulebook> {
    let heading = heading(head)?;
    let options = pmml::Options { heading, digits, field_digits, members, drop_reasons };
    let imported = py.detach(|| pmml::import(&text, &options));
    made(py, imported, out.as_deref())
}

/// What was written, into a file if one is named.
fn written(py: Python<'_>, exported: Result<(String, Vec<Item>), Failure>, path: Option<&Path>) -> PyResult<String> {
    let (text, notes) = exported.map_err(failed)?;
    tell(py, &notes, 1)?;
    if let Some(path) = path {
        let mut output = Output::create(path, []).map_err(|e| errors::of(&e, path))?;
        output.write_all(text.as_bytes()).map_err(|e| errors::of(&output.failed(e), path))?;
        output.commit().map_err(|e| errors::of(&e, path))?;
    }
    Ok(text)
}

pub(crate) fn to_pmml(py: Python<'_>, loaded: &Loaded, path: Option<&Path>) -> PyResult<String> {
    let exported = py.detach(|| pmml::export(&loaded.rulebook));
    written(py, exported, path)
}

pub(crate) fn to_sql(
    py: Python<'_>,
    loaded: &Loaded,
    table: String,
    as_of: Option<&Bound<'_, PyAny>>,
    path: Option<&Path>,
) -> PyResult<String> {
    let as_of = as_of.map(|date| value::date(date, "`as_of`")).transpose()?;
    let exported = py.detach(|| sql::export(&loaded.rulebook, &sql::Options { table, as_of }));
    written(py, exported, path)
}

pub(crate) fn to_points(py: Python<'_>, loaded: &Loaded) -> PyResult<Vec<BTreeMap<&'static str, String>>> {
    let (table, notes) = py.detach(|| table::export(&loaded.rulebook)).map_err(failed)?;
    tell(py, &notes, 1)?;
    Ok(table.rows.into_iter().map(|(_, cells)| table::COLUMNS.into_iter().zip(cells).collect()).collect())
}
