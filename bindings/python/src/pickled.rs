//! The pickle of a run: its columns and what was left out. The facts behind it stay where they are.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_ipc::reader::StreamReader;
use arrow_ipc::writer::StreamWriter;
use arrow_schema::ArrowError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use xinpei::Date;
use xinpei_tables::Reject;

use crate::decisions::Run;
use crate::errors;
use crate::kept::Kept;
use crate::rulebook::Loaded;

/// What a run is made again of: the pickle of its rulebook, an Arrow stream of all columns, date and what
/// people read of it, the columns that were asked for, rejects, notices.
pub(crate) type Fields = (Py<PyBytes>, Py<PyBytes>, Dated, Vec<String>, Vec<Left>, Vec<String>);
/// Days since 1970-01-01, the date or column as people read it, the column.
pub(crate) type Dated = (i32, String, Option<String>);
/// A reject: file, line, enterprise, reason.
pub(crate) type Left = (String, u64, String, String);

fn failed(error: &ArrowError) -> PyErr {
    errors::input(format!("these decisions cannot be taken along: {error}"))
}

/// The fields of a run.
pub(crate) fn fields(py: Python<'_>, run: &Run) -> PyResult<Fields> {
    let schema = run.records.first().map_or_else(|| Arc::clone(&run.schema), RecordBatch::schema);
    let written = py.detach(|| -> Result<Vec<u8>, ArrowError> {
        let mut writer = StreamWriter::try_new(Vec::new(), &schema)?;
        run.records.iter().try_for_each(|records| writer.write(records))?;
        writer.into_inner()
    });
    let bytes = PyBytes::new(py, &written.map_err(|e| failed(&e))?).unbind();
    let left = |r: &Reject| (r.file.clone(), r.line, r.enterprise.clone(), r.reason.clone());
    let columns = run.schema.fields().iter().map(|field| field.name().clone()).collect();
    let dated = (run.as_of.days(), run.shown.clone(), run.column.clone());
    let content = run.loaded.content(py)?;
    Ok((content, bytes, dated, columns, run.rejects.iter().map(left).collect(), run.notices.clone()))
}

/// A run of its fields.
pub(crate) fn run(
    loaded: &Arc<Loaded>,
    stream: &[u8],
    (days, shown, column): Dated,
    columns: &[String],
    rejects: Vec<Left>,
    notices: Vec<String>,
) -> PyResult<Run> {
    let reader = StreamReader::try_new(stream, None).map_err(|e| failed(&e))?;
    let made = reader.schema();
    let places = columns.iter().map(|name| made.index_of(name)).collect::<Result<Vec<_>, _>>();
    let places = places.map_err(|e| failed(&e))?;
    let schema = Arc::new(made.project(&places).map_err(|e| failed(&e))?);
    let records: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(|e| failed(&e))?;
    let reject = |(file, line, enterprise, reason)| Reject { file, line, enterprise, reason };
    Ok(Run {
        loaded: Arc::clone(loaded),
        as_of: Date::from_days(days),
        shown,
        column,
        rows: records.iter().map(RecordBatch::num_rows).sum(),
        records,
        schema,
        places,
        kept: Kept::Away,
        rejects: rejects.into_iter().map(reject).collect(),
        notices,
    })
}
