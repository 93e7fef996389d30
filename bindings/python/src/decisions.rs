//! `Decisions`: the decisions of a run as columns, each of which can be explained.

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::cast::AsArray;
use arrow_array::types::Int8Type;
use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader, StructArray};
use arrow_schema::{Field, SchemaRef};
use pyo3::PyTypeInfo;
use pyo3::exceptions::{PyImportError, PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyString, PyTuple};
use pyo3_arrow::ffi::{ArrayIterator, to_schema_pycapsule, to_stream_pycapsule};
use xinpei::diagnostic::nearest;
use xinpei::{Date, uscc};
use xinpei_tables::Reject;

use crate::decision::PyDecision;
use crate::kept::{Kept, Walk};
use crate::parts::{Day, PyFault, PyReject};
use crate::pickled::{self, Dated, Fields, Left};
use crate::rulebook::{Loaded, PyRulebook};
use crate::show;
use crate::summary::PySummary;

/// Decisions that an iterator makes together.
const AHEAD: usize = 256;

/// A run that is over.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) as_of: Date,
    /// The date, or the column that has it, as people read it.
    pub(crate) shown: String,
    /// The column with the date of each row, where rows have their own.
    pub(crate) column: Option<String>,
    /// How many decisions there are.
    pub(crate) rows: usize,
    /// All columns that were made.
    pub(crate) records: Vec<RecordBatch>,
    /// The columns that were asked for, and their places among those that were made.
    pub(crate) schema: SchemaRef,
    pub(crate) places: Vec<usize>,
    pub(crate) kept: Kept,
    pub(crate) rejects: Vec<Reject>,
    pub(crate) notices: Vec<String>,
}

/// The decisions of a run, a row an enterprise in the order of the data. It is an Arrow stream itself.
#[pyclass(frozen, name = "Decisions", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyDecisions(pub(crate) Arc<Run>);

impl PyDecisions {
    pub(crate) fn new(run: Run) -> Self {
        Self(Arc::new(run))
    }

    fn find(&self, code: &str) -> Option<usize> {
        let mut start = 0;
        for records in &self.0.records {
            let keys = records.column_by_name("enterprise")?.as_string_opt::<i32>()?;
            if let Some(at) = keys.iter().position(|key| key == Some(code)) {
                return Some(start + at);
            }
            start += records.num_rows();
        }
        None
    }

    fn near(&self, code: &str) -> Option<&str> {
        let all = self.0.records.iter().filter_map(|r| r.column_by_name("enterprise")?.as_string_opt::<i32>());
        // A stranger in millions of keys is near by chance.
        nearest(code, all.flat_map(|keys| keys.iter().flatten()).take(10_000))
    }

    fn one(&self, py: Python<'_>, row: usize) -> PyResult<PyDecision> {
        let found = self.0.kept.decide(py, &self.0.loaded, self.0.as_of, row, 1)?;
        found.into_iter().next().ok_or_else(|| PyIndexError::new_err("the file has fewer rows than when it was scored"))
    }
}

/// Another library's frame of an Arrow stream.
pub(crate) fn handed<'py, T: PyTypeInfo>(
    slf: &Bound<'py, T>,
    library: &str,
    make: &str,
) -> PyResult<Bound<'py, PyAny>> {
    let py = slf.py();
    let module = py.import(library).map_err(|e| {
        if e.is_instance_of::<PyImportError>(py) {
            let hint = PyImportError::new_err(format!("`{library}` is not installed: pip install {library}"));
            hint.set_cause(py, Some(e));
            return hint;
        }
        e
    })?;
    module.getattr(make)?.call1((slf,))
}

/// Record batches as a stream for other libraries.
pub(crate) fn stream<'py>(
    py: Python<'py>,
    reader: impl RecordBatchReader + Send + 'static,
    requested: Option<Bound<'py, PyCapsule>>,
) -> PyResult<Bound<'py, PyCapsule>> {
    let schema = reader.schema();
    let field = Field::new_struct("", schema.fields().clone(), false);
    let field = Arc::new(field.with_metadata(schema.metadata().clone()));
    let arrays = reader.map(|records| Ok(Arc::new(StructArray::from(records?)) as ArrayRef));
    Ok(to_stream_pycapsule(py, Box::new(ArrayIterator::new(arrays, field)), requested)?)
}

#[pymethods]
impl PyDecisions {
    /// The rulebook that was applied.
    #[getter]
    fn rulebook(&self) -> PyRulebook {
        PyRulebook(Arc::clone(&self.0.loaded))
    }

    /// The date that was decided on, as `datetime.date`; `None` where each row has its own.
    #[getter]
    fn as_of(&self) -> Option<Day> {
        self.0.column.is_none().then_some(Day(self.0.as_of))
    }

    /// The names of the columns.
    #[getter]
    fn columns(&self) -> Vec<String> {
        self.0.schema.fields().iter().map(|f| f.name().clone()).collect()
    }

    /// What a reader should know about the data, in words.
    #[getter]
    fn notices<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, &self.0.notices)
    }

    /// Rows that became no decision, with the reason of each.
    #[getter]
    fn rejects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.rejects.iter().map(PyReject::new).collect::<Vec<_>>())
    }

    /// All that is wrong with the data of enterprises that were decided on.
    #[getter]
    fn faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let mut faults = Vec::new();
        each_fault(&self.0.records, |enterprise, row, [fact, kind, value]| {
            faults.push(PyFault::of_words(enterprise, row, fact, kind, value));
        });
        PyTuple::new(py, faults)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Fields)> {
        let make = slf.py().import("xinpei._errors")?.getattr("_decisions")?;
        Ok((make, pickled::fields(slf.py(), &slf.get().0)?))
    }

    /// Decisions of their pickle.
    #[staticmethod]
    fn _again(
        rulebook: &PyRulebook,
        stream: &[u8],
        dated: Dated,
        columns: Vec<String>,
        rejects: Vec<Left>,
        notices: Vec<String>,
    ) -> PyResult<Self> {
        Ok(Self::new(pickled::run(&rulebook.0, stream, dated, &columns, rejects, notices)?))
    }

    /// How many there are of each status and grade, and the like.
    fn summary(&self) -> PySummary {
        PySummary::new(&self.0)
    }

    fn __len__(&self) -> usize {
        self.0.rows
    }

    /// The decision on the enterprise with a code, or in a row.
    fn __getitem__(&self, py: Python<'_>, at: &Bound<'_, PyAny>) -> PyResult<PyDecision> {
        if let Ok(code) = at.cast::<PyString>() {
            let code = code.to_str()?;
            let plain = if self.0.loaded.rulebook.dictionary().uscc { uscc::normalise(code) } else { code.to_owned() };
            if let Some(row) = self.find(&plain) {
                return self.one(py, row);
            }
            let rejected = self.0.rejects.iter().find(|r| r.enterprise == code);
            let hint = match (rejected, self.near(&plain)) {
                (Some(reject), _) => {
                    format!("row {} of `{}` was rejected: {}", reject.line, reject.file, reject.reason)
                }
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => "the data has no such key".to_owned(),
            };
            return Err(PyKeyError::new_err(format!("there is no decision on `{code}`; {hint}")));
        }
        let at: isize = at.extract()?;
        let row = if at < 0 { self.0.rows.checked_add_signed(at) } else { usize::try_from(at).ok() };
        let row = row.filter(|row| *row < self.0.rows);
        let row = row.ok_or_else(|| PyIndexError::new_err(format!("there are {} decisions", self.0.rows)))?;
        self.one(py, row)
    }

    fn __contains__(&self, code: &Bound<'_, PyAny>) -> PyResult<bool> {
        match code.cast::<PyString>() {
            Ok(code) => Ok(self.find(code.to_str()?).is_some()),
            Err(_) => Ok(false),
        }
    }

    fn __iter__(&self) -> DecisionIterator {
        DecisionIterator { run: Arc::clone(&self.0), state: Mutex::default() }
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(to_schema_pycapsule(py, self.0.schema.as_ref())?)
    }

    /// The decisions by the Arrow PyCapsule interface.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let run = Arc::clone(&self.0);
        let parts = (0..run.records.len()).map(move |at| {
            let records = run.records.get(at).map(|records| records.project(&run.places));
            // INVARIANT: places are those of columns that every part has.
            records.unwrap_or_else(|| Ok(RecordBatch::new_empty(Arc::clone(&run.schema))))
        });
        stream(py, RecordBatchIterator::new(parts, Arc::clone(&self.0.schema)), requested_schema)
    }

    /// The decisions as a `pyarrow.Table`; nothing is copied.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        handed(slf, "pyarrow", "table")
    }

    /// The decisions as a `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        handed(slf, "polars", "DataFrame")
    }

    /// The decisions as a `pandas.DataFrame`: numbers as `Decimal`, dates as `datetime.date`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        handed(slf, "pyarrow", "table")?.call_method0("to_pandas")
    }

    fn __str__(&self) -> String {
        show::text::summary(&self.summary())
    }

    fn __repr__(&self) -> String {
        format!(
            "<Decisions: {} by {} {} as of {}, {} rejects>",
            self.0.rows,
            self.0.loaded.rulebook.id(),
            self.0.loaded.rulebook.version(),
            self.0.shown,
            self.0.rejects.len()
        )
    }

    fn _repr_html_(&self) -> String {
        show::summary(&self.summary())
    }
}

/// Shows every fault: enterprise, row, and fact, kind and value.
pub(crate) fn each_fault(records: &[RecordBatch], mut take: impl FnMut(&str, usize, [&str; 3])) {
    let mut start = 0;
    for part in records {
        let keys = part.column_by_name("enterprise").and_then(|c| c.as_string_opt::<i32>());
        let faults = part.column_by_name("faults").and_then(|c| c.as_list_opt::<i32>());
        if let (Some(keys), Some(faults)) = (keys, faults)
            && !faults.values().is_empty()
        {
            for row in (0..faults.len()).filter(|row| faults.value_length(*row) > 0) {
                let items = faults.value(row);
                let items = items.as_struct();
                let facts = items.column(0).as_string::<i32>();
                let kinds = items.column(1).as_dictionary::<Int8Type>();
                let (words, values) = (kinds.values().as_string::<i32>(), items.column(2).as_string::<i32>());
                for at in 0..items.len() {
                    let kind = kinds.key(at).map_or("", |key| words.value(key));
                    take(keys.value(row), start + row, [facts.value(at), kind, values.value(at)]);
                }
            }
        }
        start += part.num_rows();
    }
}

/// Walks through decisions.
#[pyclass(frozen, name = "DecisionIterator", module = "xinpei._xinpei")]
pub(crate) struct DecisionIterator {
    run: Arc<Run>,
    state: Mutex<State>,
}

/// How far an iterator came.
#[derive(Default)]
struct State {
    /// The row after those that were made.
    next: usize,
    made: std::vec::IntoIter<PyDecision>,
    /// The file that is read again.
    walk: Option<Walk>,
}

#[pymethods]
impl DecisionIterator {
    fn __iter__(slf: Bound<'_, Self>) -> Bound<'_, Self> {
        slf
    }

    fn __next__(&self, py: Python<'_>) -> PyResult<Option<PyDecision>> {
        let run = &self.run;
        loop {
            let (next, walk) = {
                let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(decision) = state.made.next() {
                    return Ok(Some(decision));
                }
                (state.next, state.walk.take())
            };
            if next >= run.rows {
                return Ok(None);
            }
            py.check_signals()?;
            // The lock is not held while others may run.
            let mut walk = match walk {
                Some(walk) => Some(walk),
                None => run.kept.walk(&run.loaded, run.as_of)?,
            };
            let made = match &mut walk {
                Some(walk) => walk.decide(py, &run.loaded, run.as_of, next, AHEAD)?,
                None => run.kept.decide(py, &run.loaded, run.as_of, next, AHEAD)?,
            };
            if made.is_empty() {
                return Ok(None);
            }
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            // Another thread may have made the same ones meanwhile.
            if state.next == next {
                *state = State { next: next + made.len(), made: made.into_iter(), walk };
            }
        }
    }
}
