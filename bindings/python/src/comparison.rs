//! `Comparison`: what another rulebook changes for a portfolio.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::RecordBatchIterator;
use pyo3::exceptions::{PyIndexError, PyKeyError};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyDict, PyString, PyTuple};
use xinpei::{Scratch, uscc};
use xinpei_assure::compare::Matrix;
use xinpei_assure::{Comparison, Report};

use crate::decisions::{handed, stream};
use crate::held::{Asked, Holding, PyHeld};
use crate::moved::{self, PyMoved};
use crate::parts::{Exact, Said};
use crate::rulebook::{Loaded, PyRulebook};
use crate::score::AsOf;
use crate::{errors, show};

/// How many enterprises a page tells one by one.
const TOLD: usize = 10;

/// Where an enterprise is: its row in the data, the piece that has it, and the row there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place {
    pub(crate) row: usize,
    pub(crate) piece: usize,
    pub(crate) at: usize,
}

/// What was counted, and where something changed, in the order of the data.
#[derive(Debug)]
pub(crate) struct Counted {
    pub(crate) report: Report,
    pub(crate) changed: Vec<Place>,
    pub(crate) moved: Vec<Place>,
}

/// A comparison that is over.
#[derive(Debug)]
pub(crate) struct Compared {
    pub(crate) held: Arc<Holding>,
    pub(crate) trial: Arc<Loaded>,
    /// The data as the trial reads it, where its facts are others.
    after: Option<Arc<Holding>>,
    pub(crate) counted: Counted,
}

impl Compared {
    /// What happened to the enterprises at these places of one piece.
    pub(crate) fn explain(&self, places: &[Place]) -> Vec<PyMoved> {
        let (old, new) = (&self.held.loaded.rulebook, &self.trial.rulebook);
        let comparison = Comparison::new(old, new);
        let mut scratch = (Scratch::default(), Scratch::default());
        let mut all = Vec::with_capacity(places.len());
        for group in places.chunk_by(|a, b| a.piece == b.piece) {
            let Some(before) = group.first().and_then(|place| self.held.pieces.get(place.piece)) else { continue };
            let later = group.first().and_then(|place| self.after.as_ref()?.pieces.get(place.piece));
            let rows: Vec<usize> = group.iter().map(|place| place.at).collect();
            let part = before.batch.take(&rows);
            let after = later.map(|piece| piece.batch.take(&rows));
            let a = old.score_with(&part, before.as_of, &mut scratch.0);
            let b = new.score_with(after.as_ref().unwrap_or(&part), before.as_of, &mut scratch.1);
            all.extend(group.iter().enumerate().map(|(row, place)| {
                let name = before.name(place.at).map(str::to_owned);
                PyMoved::of(comparison.explain(&a, &b, row), name, place.row, &self.trial)
            }));
        }
        all
    }

    /// The enterprises that a page tells.
    pub(crate) fn told(&self) -> Vec<PyMoved> {
        self.explain(self.counted.moved.get(..TOLD.min(self.counted.moved.len())).unwrap_or_default())
    }
}

/// What another rulebook changes for a portfolio. It is an Arrow stream itself: a row for each enterprise
/// with anything changed.
#[pyclass(frozen, name = "Comparison", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyComparison(pub(crate) Arc<Compared>);

impl PyComparison {
    pub(crate) fn of(held: &Arc<Holding>, trial: &Arc<Loaded>, after: Option<Arc<Holding>>, counted: Counted) -> Self {
        Self(Arc::new(Compared { held: Arc::clone(held), trial: Arc::clone(trial), after, counted }))
    }

    fn report(&self) -> &Report {
        &self.0.counted.report
    }
}

#[pymethods]
impl PyComparison {
    /// The rulebook before.
    #[getter(old)]
    fn before(&self) -> PyRulebook {
        PyRulebook(Arc::clone(&self.0.held.loaded))
    }

    /// The rulebook after.
    #[getter(new)]
    fn after(&self) -> PyRulebook {
        PyRulebook(Arc::clone(&self.0.trial))
    }

    /// How many enterprises were decided on.
    #[getter]
    fn rows(&self) -> u64 {
        self.report().rows
    }

    /// How many have anything changed: points, score, grade, status, overrides, outcomes.
    #[getter]
    fn changed(&self) -> u64 {
        self.report().changed
    }

    /// How many have another grade or status.
    #[getter]
    fn moved(&self) -> u64 {
        self.report().moved
    }

    /// How many were rated before and after, and have a better grade.
    #[getter]
    fn better(&self) -> u64 {
        self.report().better
    }

    /// How many were rated before and after, and have a worse grade.
    #[getter]
    fn worse(&self) -> u64 {
        self.report().worse
    }

    /// How many went from which grade to which: by the old grade, then by the new one, best first, then
    /// `unrated` and `refer`.
    #[getter]
    fn matrix<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let Matrix { old, new, counts } = &self.report().matrix;
        let rows = PyDict::new(py);
        for (from, cells) in old.iter().zip(counts) {
            let row = PyDict::new(py);
            new.iter().zip(cells).try_for_each(|(to, count)| row.set_item(to, count))?;
            rows.set_item(from, row)?;
        }
        Ok(rows)
    }

    /// How scores shifted.
    #[getter]
    fn score(&self) -> PyScoreShift {
        let score = &self.report().score;
        PyScoreShift {
            rows: score.rows,
            up: score.up,
            down: score.down,
            old_sum: Exact(score.old_sum),
            new_sum: Exact(score.new_sum),
            sum: Exact(score.sum),
            quantiles: score.quantiles.iter().map(|q| (q.percent, Exact(q.shift))).collect(),
            histogram: score.histogram.iter().map(|bar| (Exact(bar.shift), bar.rows)).collect(),
        }
    }

    /// How the points of sections shifted, after floor and cap; every section.
    #[getter]
    fn sections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.report().sections.iter().map(PyPointShift::new).collect::<Vec<_>>())
    }

    /// How the points of characteristics shifted; every characteristic.
    #[getter]
    fn characteristics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.report().characteristics.iter().map(PyPointShift::new).collect::<Vec<_>>())
    }

    /// How often overrides fired; every override.
    #[getter]
    fn overrides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.report().overrides.iter().map(PyCount::new).collect::<Vec<_>>())
    }

    /// How often outcomes followed; every outcome.
    #[getter]
    fn outcomes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.report().outcomes.iter().map(PyCount::new).collect::<Vec<_>>())
    }

    /// Enterprises with another grade or status, in the order of the data, and why: at most so many.
    #[pyo3(signature = (most=20))]
    fn moves<'py>(&self, py: Python<'py>, most: usize) -> PyResult<Bound<'py, PyTuple>> {
        let moved = &self.0.counted.moved;
        let mut all = Vec::new();
        for part in moved.get(..most.min(moved.len())).unwrap_or_default().chunks(moved::TOGETHER) {
            all.extend(py.detach(|| self.0.explain(part)));
            py.check_signals()?;
        }
        PyTuple::new(py, all)
    }

    /// What happened to the enterprise with a code, or in a row of the data, whether it moved or not.
    fn __getitem__(&self, py: Python<'_>, at: &Bound<'_, PyAny>) -> PyResult<PyMoved> {
        let held = &self.0.held;
        let place = if let Ok(code) = at.cast::<PyString>() {
            let code = code.to_str()?;
            let plain = if held.loaded.rulebook.dictionary().uscc { uscc::normalise(code) } else { code.to_owned() };
            held.find(&plain).ok_or_else(|| PyKeyError::new_err(format!("the data has no enterprise `{code}`")))?
        } else {
            let at: isize = at.extract()?;
            let row = if at < 0 { held.rows.checked_add_signed(at) } else { usize::try_from(at).ok() };
            let place = row.and_then(|row| held.place(row));
            place.ok_or_else(|| PyIndexError::new_err(format!("there are {} enterprises", held.rows)))?
        };
        let found = py.detach(|| self.0.explain(&[place])).pop();
        found.ok_or_else(|| PyIndexError::new_err(format!("there are {} enterprises", held.rows)))
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        Ok(pyo3_arrow::ffi::to_schema_pycapsule(py, moved::schema(&self.0).as_ref())?)
    }

    /// Enterprises with anything changed by the Arrow PyCapsule interface, explained piece by piece.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyCapsule>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        let compared = Arc::clone(&self.0);
        let schema = moved::schema(&compared);
        let count = compared.counted.changed.len();
        let parts = (0..count).step_by(moved::TOGETHER).map(move |from| {
            let to = count.min(from + moved::TOGETHER);
            moved::records(&compared, compared.counted.changed.get(from..to).unwrap_or_default())
        });
        stream(py, RecordBatchIterator::new(parts, schema), requested_schema)
    }

    /// Enterprises with anything changed as a `pyarrow.Table`.
    fn to_arrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        handed(slf, "pyarrow", "table")
    }

    /// Enterprises with anything changed as a `polars.DataFrame`.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        handed(slf, "polars", "DataFrame")
    }

    /// Enterprises with anything changed as a `pandas.DataFrame`.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        handed(slf, "pyarrow", "table")?.call_method0("to_pandas")
    }

    fn __str__(&self) -> String {
        show::text::comparison(&self.0)
    }

    fn __repr__(&self) -> String {
        let report = self.report();
        let (old, new) = (&report.old, &report.new);
        let name = if old.id == new.id { String::new() } else { format!("{} ", new.id) };
        format!(
            "<Comparison {} {} → {name}{}: {} enterprises, {} changed, {} with another grade or status>",
            old.id, old.version, new.version, report.rows, report.changed, report.moved
        )
    }

    fn _repr_html_(&self) -> String {
        show::comparison(&self.0)
    }
}

/// How scores shifted, of enterprises that have a score before and after.
#[pyclass(frozen, get_all, name = "ScoreShift", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyScoreShift {
    /// How many there are.
    rows: u64,
    /// How many have a higher score.
    up: u64,
    /// How many have a lower score.
    down: u64,
    /// The sum of the scores before, as `Decimal`.
    old_sum: Exact,
    /// The sum of the scores after, as `Decimal`.
    new_sum: Exact,
    /// The sum of all shifts, as `Decimal`.
    sum: Exact,
    /// By share in per cent the smallest shift that at least this share do not exceed.
    quantiles: BTreeMap<u32, Exact>,
    /// Every shift that occurs, rising, and how often.
    histogram: Vec<(Exact, u64)>,
}

#[pymethods]
impl PyScoreShift {
    fn __repr__(&self) -> String {
        format!("<ScoreShift: {} up, {} down, {} in all>", self.up, self.down, self.sum.0)
    }
}

/// How the points of a section or a characteristic shifted.
#[pyclass(frozen, get_all, name = "PointShift", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyPointShift {
    /// The id.
    id: String,
    /// The name people use.
    label: Said,
    /// How many enterprises have more points.
    up: u64,
    /// How many have fewer.
    down: u64,
    /// The sum of all shifts, as `Decimal`.
    sum: Exact,
}

impl PyPointShift {
    fn new(shift: &xinpei_assure::compare::PointShift) -> Self {
        let label = Said(shift.label.clone());
        Self { id: shift.id.clone(), label, up: shift.up, down: shift.down, sum: Exact(shift.sum) }
    }
}

#[pymethods]
impl PyPointShift {
    fn __repr__(&self) -> String {
        format!("<PointShift {}: {} up, {} down, {} in all>", self.id, self.up, self.down, self.sum.0)
    }
}

/// How often an override fired or an outcome followed.
#[pyclass(frozen, get_all, name = "Count", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyCount {
    /// The id.
    id: String,
    /// The name people use.
    label: Said,
    /// Before.
    old: u64,
    /// After.
    new: u64,
    /// Enterprises for which it holds now and did not before.
    gained: u64,
    /// Enterprises for which it held and does no more.
    lost: u64,
    /// Enterprises for which it holds as before, with another last day or amount.
    changed: u64,
    /// The sum of the amounts before, as `Decimal`; zero for what has none.
    old_amount: Exact,
    /// The sum of the amounts after, as `Decimal`.
    new_amount: Exact,
}

impl PyCount {
    fn new(count: &xinpei_assure::compare::Count) -> Self {
        Self {
            id: count.id.clone(),
            label: Said(count.label.clone()),
            old: count.old,
            new: count.new,
            gained: count.gained,
            lost: count.lost,
            changed: count.changed,
            old_amount: Exact(count.old_amount),
            new_amount: Exact(count.new_amount),
        }
    }
}

#[pymethods]
impl PyCount {
    fn __repr__(&self) -> String {
        format!("<Count {}: {} → {}>", self.id, self.old, self.new)
    }
}

/// Compares two rulebooks over the same enterprises.
#[pyfunction]
#[pyo3(signature = (old, new, data, *, as_of=None, key="enterprise", mapping=None, digits=None, encoding="utf-8"))]
#[expect(clippy::too_many_arguments, reason = "each has a name where it is called")]
pub(crate) fn compare(
    py: Python<'_>,
    old: &PyRulebook,
    new: &PyRulebook,
    data: &Bound<'_, PyAny>,
    as_of: Option<&Bound<'_, PyAny>>,
    key: &str,
    mapping: Option<Bound<'_, PyDict>>,
    digits: Option<Bound<'_, PyAny>>,
    encoding: &str,
) -> PyResult<PyComparison> {
    if let Ok(held) = data.cast::<PyHeld>() {
        let held = held.get();
        if held.0.loaded.rulebook.digest() != old.0.rulebook.digest() {
            return Err(errors::input("the enterprises are held by another rulebook than the one before"));
        }
        return held.0.compare(py, &new.0);
    }
    let Some(as_of) = as_of else {
        return Err(errors::input("say on which date with as_of=…; only what is held already has one"));
    };
    let asked = Asked {
        data: data.clone().unbind(),
        as_of: AsOf::parse(as_of)?,
        key: key.to_owned(),
        mapping: mapping.map(Bound::unbind),
        digits: digits.map(Bound::unbind),
        encoding: encoding.to_owned(),
    };
    Arc::new(Holding::read(py, &old.0, asked)?).compare(py, &new.0)
}
