//! Decisions straight into a file, in bounded memory.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyo3::prelude::*;
use xinpei::arrow::Columns;
use xinpei::{Date, Error, Rulebook};
use xinpei_tables::write::json_line;
use xinpei_tables::{DecisionWriter, Format, Output, Portion, Reject, RejectCsv};

use crate::data::Source;
use crate::errors;
use crate::rulebook::Loaded;
use crate::score::{Call, Work, of};
use crate::summary::{Counts, PySummary};

/// Where decisions are written.
enum Sink {
    Columns(Box<DecisionWriter<Output>>),
    Lines(Output),
}

impl Sink {
    fn open(path: &Path, inputs: &[&Path], columns: &Columns) -> PyResult<Self> {
        let ending = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
        let format = match ending.as_str() {
            "parquet" => Some(Format::Parquet),
            "arrow" | "feather" | "ipc" => Some(Format::Arrow),
            "arrows" => Some(Format::ArrowStream),
            "csv" => Some(Format::Csv),
            "xlsx" => Some(Format::Xlsx),
            "jsonl" | "ndjson" => None,
            _ => {
                return Err(errors::input(format!(
                    "the ending of `{}` names no format; end it in .parquet, .arrow, .arrows, .csv, .xlsx or .jsonl",
                    path.display()
                )));
            }
        };
        let output = Output::create(path, inputs.iter().copied()).map_err(|e| of(&e))?;
        let Some(format) = format else { return Ok(Self::Lines(output)) };
        let writer = DecisionWriter::new(format, output, &columns.schema());
        Ok(Self::Columns(Box::new(writer.map_err(|e| of(&Error::write(path, e)))?)))
    }
}

/// Scores everything that was given into a file, in bounded memory.
pub(crate) fn write(
    py: Python<'_>,
    loaded: &Arc<Loaded>,
    call: &Call<'_, '_>,
    out: &Path,
    left: Option<&PathBuf>,
) -> PyResult<PySummary> {
    let mut work = Work::open(py, loaded, call)?;
    let read = match &work.source {
        Source::Memory => Vec::new(),
        Source::Folder(files) => files.clone(),
        Source::File(path, _) => vec![path.clone()],
    };
    let inputs: Vec<&Path> = read.iter().map(PathBuf::as_path).collect();
    if left.is_some_and(|left| xinpei_tables::same(out, left)) {
        return Err(errors::input("the decisions and the rejects cannot be written into one file"));
    }
    let mut sink = Sink::open(out, &inputs, &work.asked)?;
    let mut left = match left {
        Some(path) => {
            let output = Output::create(path, inputs).map_err(|e| of(&e))?;
            Some((path, RejectCsv::new(output).map_err(|e| of(&Error::write(path, e)))?))
        }
        None => None,
    };
    let mut counts = Counts::new(loaded);
    let places = work.places();
    let start = std::mem::take(&mut work.start);
    let mut reject = |list: &[Reject], counts: &mut Counts| -> Result<(), Error> {
        counts.reject(list.len());
        match &mut left {
            Some((path, csv)) => list.iter().try_for_each(|r| csv.write(r)).map_err(|e| Error::write(path, e)),
            None => Ok(()),
        }
    };
    reject(&start, &mut counts).map_err(|e| of(&e))?;
    let (rulebook, as_of) = (&loaded.rulebook, work.as_of);
    work.run(py, |portion, records| {
        reject(&portion.rejects, &mut counts)?;
        counts.add(&records);
        let failed = |e| Error::write(out, e);
        match &mut sink {
            Sink::Columns(writer) => {
                let records = records.project(&places).map_err(|e| Error::input(e.to_string()))?;
                writer.write(&records).map_err(failed)
            }
            Sink::Lines(output) => lines(rulebook, &portion, as_of, output).map_err(failed),
        }
    })?;
    let notices = work.notices(&call.as_of);
    let done = py.detach(|| -> Result<(), Error> {
        let output = match sink {
            Sink::Columns(writer) => writer.finish().map_err(|e| Error::write(out, e))?,
            Sink::Lines(output) => output,
        };
        // Both are complete before one of them appears.
        let left = left.map(|(path, csv)| csv.finish().map_err(|e| Error::write(path, e))).transpose()?;
        if let Some(left) = left {
            left.commit()?;
        }
        output.commit()
    });
    done.map_err(|e| of(&e))?;
    Ok(counts.summary(notices, &call.as_of.to_string()))
}

/// Decisions in their canonical form, one a line.
fn lines(rulebook: &Rulebook, portion: &Portion, as_of: Date, output: &mut Output) -> std::io::Result<()> {
    let one = portion.dates.first().copied().unwrap_or(as_of);
    if portion.dates.iter().all(|date| *date == one) {
        let outcome = rulebook.score(&portion.batch, one);
        return outcome.decisions().try_for_each(|decision| json_line(output, &decision));
    }
    for (row, date) in portion.dates.iter().enumerate() {
        let batch = portion.batch.slice(row..row + 1);
        json_line(output, &rulebook.score(&batch, *date).decision(0))?;
    }
    Ok(())
}
