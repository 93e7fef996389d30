//! What is scored: frames, records, files and folders of departments.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use pyo3_arrow::PyRecordBatchReader;
use pyo3_arrow::input::AnyRecordBatch;
use xinpei::{Date, Error};
use xinpei_tables::{
    Batches, Columnar, Dated, Delivery, Dossiers, Encoding, Lane, Mapping, Notice, Portion, Reject, Taker,
};

use crate::errors::{self, Place};
use crate::mapping::Options;
use crate::record::{Record, is_record};
use crate::rulebook::Loaded;
use crate::times;

/// The name of what comes from memory, in messages and rejects.
pub(crate) const DATA: &str = "data";
/// Rows of a batch that are looked at together.
const SLICE: usize = 131_072;

/// Dossiers, portion by portion.
pub(crate) enum Input {
    Dossiers(Box<Dossiers>),
    /// Rows from `at` on are still to come.
    Delivery {
        delivery: Box<Delivery>,
        at: usize,
        files: Vec<PathBuf>,
    },
    Records(Option<Box<Portion>>),
}

impl Input {
    /// The next piece, which is read in portions of at most so many rows.
    pub(crate) fn lane(&mut self, most: usize) -> Result<Option<Lane>, Error> {
        match self {
            Self::Dossiers(dossiers) => dossiers.lane(most),
            Self::Delivery { delivery, at, .. } => {
                let rows = *at..delivery.batch.rows().min(at.saturating_add(most));
                if rows.is_empty() {
                    return Ok(None);
                }
                *at = rows.end;
                let names = delivery.names.get(rows.clone()).unwrap_or_default().to_vec();
                let batch = delivery.batch.slice(rows.clone());
                let portion = Portion { batch, names, dates: Vec::new(), rejects: Vec::new(), rows: rows.len() };
                Ok(Some(Lane::ready(portion)))
            }
            Self::Records(portion) => Ok(portion.take().map(|p| Lane::ready(*p))),
        }
    }

    /// Reads from now on the date of each row from a column.
    pub(crate) fn date_by(&mut self, column: &str, loaded: &Loaded) -> PyResult<()> {
        let Self::Dossiers(dossiers) = self else {
            return Err(errors::input(format!(
                "`column:{column}` needs a frame or a file with a row an enterprise, not records or a folder"
            )));
        };
        let manifest = &loaded.rulebook.typed().manifest;
        let (version, from, to) = (manifest.version.text.clone(), manifest.from, manifest.to);
        let check = move |date: Date| {
            if from <= date && to.is_none_or(|to| date <= to) {
                return Ok(());
            }
            Err(format!("on {date} the version `{version}` is not in force"))
        };
        dossiers.date_by(Dated::new(column, check)).map_err(|e| errors::of_columns(&e))
    }

    /// Rows that were left out before the first portion.
    pub(crate) fn rejects(&self) -> &[Reject] {
        match self {
            Self::Delivery { delivery, .. } => &delivery.rejects,
            _ => &[],
        }
    }

    /// What a reader should know about the input.
    pub(crate) fn notices(&self) -> Vec<Notice> {
        match self {
            Self::Dossiers(dossiers) => dossiers.notices(),
            Self::Delivery { delivery, .. } => delivery.notices.clone(),
            Self::Records(_) => Vec::new(),
        }
    }
}

/// What was given, as far as it matters for reading it again.
pub(crate) enum Source {
    Memory,
    /// A folder, which is in memory now, and every file that was read.
    Folder(Vec<PathBuf>),
    File(PathBuf, Encoding),
}

/// Opens whatever was given; rows may have their dates in a column.
pub(crate) fn open(
    py: Python<'_>,
    data: &Bound<'_, PyAny>,
    loaded: &Loaded,
    as_of: (Date, Option<&str>),
    options: &Options,
    encoding: &str,
) -> PyResult<(Input, Source)> {
    let (as_of, day) = as_of;
    if data.cast::<PyString>().is_ok() || data.hasattr(intern!(py, "__fspath__"))? {
        let path: PathBuf = data.extract()?;
        let encoding = Encoding::from_word(&encoding.to_ascii_lowercase())
            .ok_or_else(|| errors::input(format!("there is no encoding `{encoding}`; choose utf-8, gbk or gb18030")))?;
        let input = py.detach(|| file(&path, loaded, as_of, options, encoding))?;
        let source = match &input {
            Input::Delivery { files, .. } => Source::Folder(files.clone()),
            _ => Source::File(path, encoding),
        };
        return Ok((input, source));
    }
    if let Some(mut reader) = stream(data, loaded, options)? {
        // Where a frame has no other dates.
        if data.hasattr(intern!(py, "iloc"))? {
            reader = times::as_dates(reader, loaded, options, day)?;
        }
        return Ok((frame(reader, loaded, options)?, Source::Memory));
    }
    if is_record(data)? {
        let portion = records(std::iter::once(Ok(data.clone())), loaded, options)?;
        return Ok((Input::Records(portion.map(Box::new)), Source::Memory));
    }
    let Ok(rows) = data.try_iter() else {
        return Err(errors::input(format!(
            "nothing can be scored of `{}`: pass a frame of pandas, Polars, pyarrow or DuckDB, records such as dicts, or the path of a file",
            data.get_type().name()?
        )));
    };
    let portion = records(rows, loaded, options)?;
    Ok((Input::Records(portion.map(Box::new)), Source::Memory))
}

/// A file or folder.
pub(crate) fn file(
    path: &Path,
    loaded: &Loaded,
    as_of: Date,
    options: &Options,
    encoding: Encoding,
) -> PyResult<Input> {
    let dictionary = loaded.rulebook.dictionary();
    let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    if path.is_dir() || ["yaml", "yml"].contains(&ending.as_str()) {
        if path.is_dir() && !path.join("mapping.yaml").is_file() {
            return Err(errors::input(format!(
                "the folder `{}` has no mapping.yaml, which says what its files hold",
                path.display()
            )));
        }
        let read = Mapping::read(path).and_then(|mapping| {
            let files = mapping.inputs().map(Path::to_owned).collect();
            Ok((Delivery::read(&mapping, &loaded.rulebook, as_of)?, files))
        });
        // The diagnostics of a mapping name its file with its folder.
        let (delivery, files) = read.map_err(|e| errors::of(&e, Path::new("")))?;
        return Ok(Input::Delivery { delivery: Box::new(delivery), at: 0, files });
    }
    if !path.exists() {
        return Err(errors::of(&Error::read(path, std::io::ErrorKind::NotFound.into()), Path::new("")));
    }
    let mapped = !options.bindings.is_empty() || options.key != "enterprise";
    let opened = match Columnar::of(path) {
        Ok(Some(columnar)) if mapped => Dossiers::bound(path, columnar, dictionary, &options.key, &options.bindings),
        Ok(None) if mapped => {
            return Err(errors::input(format!(
                "`mapping` and `key` are for columns with types, and `{}` is a file of texts: name its columns by facts, or describe it in a mapping.yaml",
                path.display()
            )));
        }
        _ => Dossiers::open(path, encoding, dictionary),
    };
    Ok(Input::Dossiers(Box::new(opened.map_err(|e| errors::of_columns(&e))?)))
}

/// Record batches of whatever has the Arrow PyCapsule interface; `None` if it has not.
fn stream(
    data: &Bound<'_, PyAny>,
    loaded: &Loaded,
    options: &Options,
) -> PyResult<Option<Box<dyn RecordBatchReader + Send>>> {
    let py = data.py();
    // A lazy frame is a question; its answer is a frame.
    let collected = if data.get_type().name()?.to_str()? == "LazyFrame" && data.hasattr(intern!(py, "collect"))? {
        Some(data.call_method0(intern!(py, "collect"))?)
    } else {
        None
    };
    let data = collected.as_ref().unwrap_or(data);
    let opened = if data.hasattr(intern!(py, "__arrow_c_stream__"))? {
        data.extract::<PyRecordBatchReader>().and_then(PyRecordBatchReader::into_reader)
    } else if data.hasattr(intern!(py, "__arrow_c_array__"))? {
        data.extract::<AnyRecordBatch>().and_then(AnyRecordBatch::into_reader)
    } else {
        return Ok(None);
    };
    opened.map(Some).map_err(|error| explain(data, error, loaded, options))
}

/// Why a frame gives no columns: the column and the row, where they can be found.
fn explain(data: &Bound<'_, PyAny>, error: PyErr, loaded: &Loaded, options: &Options) -> PyErr {
    let py = data.py();
    // Ctrl-C and the like are nobody's columns.
    if !error.is_instance_of::<pyo3::exceptions::PyException>(py) {
        return error;
    }
    let found: PyResult<(String, Option<String>, Option<usize>)> = py
        .import("xinpei._frames")
        .and_then(|module| module.getattr("explain")?.call1((data, error.value(py)))?.extract());
    let (message, column, row) = found.unwrap_or_else(|_| (error.value(py).to_string(), None, None));
    let fact = column.as_deref().map(|c| options.binding(c).map_or(c, |b| b.target.as_str()));
    let fact = fact.filter(|fact| loaded.rulebook.dictionary().fact(fact).is_some());
    let message = match fact {
        Some(fact) => format!("{message} (the fact `{fact}`)"),
        None => message,
    };
    let raised = errors::column(message, &Place { fact, column: column.as_deref(), row });
    raised.set_cause(py, Some(error));
    raised
}

/// Dossiers of record batches.
fn frame(reader: Box<dyn RecordBatchReader + Send>, loaded: &Loaded, options: &Options) -> PyResult<Input> {
    let dictionary = loaded.rulebook.dictionary();
    let schema = reader.schema();
    let bindings = options.of_schema(&schema, dictionary)?;
    let batches = reader.flat_map(|batch| {
        let parts: Vec<Result<RecordBatch, Error>> = match batch {
            Ok(batch) => {
                let rows = batch.num_rows();
                (0..rows).step_by(SLICE).map(|at| Ok(batch.slice(at, SLICE.min(rows - at)))).collect()
            }
            Err(error) => vec![Err(Error::input(format!("`{DATA}` cannot be read further: {error}")))],
        };
        parts
    });
    let batches = Batches::new(Arc::clone(&schema), batches);
    let dossiers = Dossiers::batches(DATA, batches, dictionary, &options.key, Some(&bindings));
    Ok(Input::Dossiers(Box::new(dossiers.map_err(|e| errors::of_columns(&e))?)))
}

/// Dossiers of records, all at once.
fn records<'py>(
    rows: impl Iterator<Item = PyResult<Bound<'py, PyAny>>>,
    loaded: &Loaded,
    options: &Options,
) -> PyResult<Option<Portion>> {
    let mut taker = Taker::new(DATA, loaded.rulebook.dictionary());
    for (at, row) in rows.enumerate() {
        let row = row?;
        if at % 4096 == 4095 {
            row.py().check_signals()?;
        }
        if !is_record(&row)? {
            let kind = row.get_type().name()?;
            return Err(errors::input(format!("row {at} is `{kind}`, not a record such as a dict")));
        }
        columns_of_lists(&row, options)?;
        let record = Record::new(&row, options, loaded, Some(at))?;
        let mut failed = None;
        let line = u64::try_from(at).unwrap_or(u64::MAX).saturating_add(1);
        taker.take(line, &record.enterprise, &record.name, None, |builder, key| {
            builder.row(key);
            failed = record.fill(builder, loaded, options).err();
        });
        if let Some(error) = failed {
            return Err(error);
        }
    }
    Ok(taker.portion())
}

/// A dict of columns is no record.
fn columns_of_lists(row: &Bound<'_, PyAny>, options: &Options) -> PyResult<()> {
    let Ok(dict) = row.cast::<PyDict>() else { return Ok(()) };
    match dict.get_item(&options.key)? {
        Some(key) if key.cast::<PyString>().is_err() && key.try_iter().is_ok() => Err(errors::input(format!(
            "`{}` is a list: a dict is one enterprise; make a frame of columns, such as pyarrow.table(data)",
            options.key
        ))),
        _ => Ok(()),
    }
}
