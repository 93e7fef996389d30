//! Whatever was given → decisions as columns.

use std::sync::Arc;

use arrow_array::RecordBatch;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyString;
use xinpei::arrow::{Columns, decisions};
use xinpei::{Date, Error, Scratch};
use xinpei_tables::Lane;

use crate::data::{self, Source};
use crate::decisions::{PyDecisions, Run};
use crate::errors;
use crate::kept::{Kept, Part, ROWS};
use crate::mapping::Options;
use crate::rulebook::Loaded;

/// What summaries, faults and looking up need.
const ALWAYS: &str = "enterprise,status,score,grade,faults";

fn wanted(columns: Option<&Bound<'_, PyAny>>) -> PyResult<Option<String>> {
    let Some(columns) = columns else { return Ok(None) };
    if columns.cast::<PyString>().is_ok() {
        return Ok(Some(columns.extract()?));
    }
    let list: Vec<String> =
        columns.extract().map_err(|_| errors::input("`columns` is a text such as \"enterprise,score\", or a list"))?;
    Ok(Some(list.join(",")))
}

/// Scores everything that was given.
pub(crate) fn score(
    py: Python<'_>,
    loaded: &Arc<Loaded>,
    data: &Bound<'_, PyAny>,
    as_of: Date,
    columns: Option<&Bound<'_, PyAny>>,
    options: &Options,
    encoding: &str,
) -> PyResult<PyDecisions> {
    let rulebook = &loaded.rulebook;
    let of = |e: Error| {
        // A stream that Python makes hands Ctrl-C on as a text.
        if e.to_string().contains("KeyboardInterrupt") {
            return PyKeyboardInterrupt::new_err(());
        }
        errors::of(&e, std::path::Path::new(""))
    };
    let asked = match wanted(columns)? {
        None => Columns::standard(rulebook),
        Some(text) => Columns::parse(&text, rulebook).map_err(of)?,
    };
    let names: Vec<String> = asked.schema().fields().iter().map(|f| f.name().clone()).collect();
    let made = Columns::parse(&format!("{},{ALWAYS}", names.join(",")), rulebook).map_err(of)?;
    let (mut input, source) = data::open(py, data, loaded, as_of, options, encoding)?;
    let mut rejects = input.rejects().to_vec();
    let mut records: Vec<RecordBatch> = Vec::new();
    let mut parts = Vec::new();
    let mut start = 0;
    let mut scratch = Scratch::default();
    let mut lane: Option<Lane> = None;
    loop {
        let open = match lane.as_mut() {
            Some(open) => open,
            None => match py.detach(|| input.lane(ROWS)).map_err(of)? {
                Some(next) => lane.insert(next),
                None => break,
            },
        };
        let scored = py.detach(|| -> Result<_, Error> {
            let Some(portion) = open.portion()? else { return Ok(None) };
            let outcome = made.score(rulebook, &portion.batch, as_of, &mut scratch)?;
            let records = decisions(&outcome, &made, &portion.names)?;
            drop(outcome);
            Ok(Some((portion, records)))
        });
        // Ctrl-C ends a run between two portions.
        py.check_signals()?;
        let Some((portion, columns)) = scored.map_err(of)? else {
            lane = None;
            continue;
        };
        let rows = portion.batch.rows();
        rejects.extend(portion.rejects);
        if rows > 0 {
            records.push(columns);
            if matches!(source, Source::Memory) {
                parts.push(Part { start, batch: portion.batch, names: portion.names });
            }
        }
        start += rows;
    }
    let kept = match source {
        Source::Memory => Kept::Parts(parts),
        Source::File(path, encoding) => Kept::File(path, encoding, options.clone()),
    };
    let mut notices: Vec<String> = input.notices().iter().map(ToString::to_string).collect();
    let manifest = &rulebook.typed().manifest;
    if as_of < manifest.from || manifest.to.is_some_and(|to| to < as_of) {
        notices.push(format!("version {} of `{}` is not in force on {as_of}", rulebook.version(), rulebook.id()));
    }
    let schema = asked.schema();
    let places = schema.fields().iter().filter_map(|f| made.schema().index_of(f.name()).ok()).collect();
    Ok(PyDecisions::new(Run {
        loaded: Arc::clone(loaded),
        as_of,
        rows: start,
        records,
        schema,
        places,
        kept,
        rejects,
        notices,
    }))
}
