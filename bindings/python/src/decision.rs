//! `Decision`: everything said about one enterprise.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use xinpei::Decision;
use xinpei::check::typed::Typed;
use xinpei::explain::waterfall;

use crate::parts::{
    Day, Exact, PyCharacteristicPoints, PyFault, PyFired, PyFollows, PyReason, PySectionPoints, PyStep,
};
use crate::rulebook::{Loaded, PyRulebook};
use crate::{errors, show};

/// Everything said about one enterprise.
#[pyclass(frozen, name = "Decision", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyDecision {
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) decision: Decision,
    pub(crate) name: Option<String>,
    row: Option<usize>,
}

impl PyDecision {
    pub(crate) fn new(loaded: &Arc<Loaded>, decision: Decision, name: Option<String>, row: Option<usize>) -> Self {
        Self { loaded: Arc::clone(loaded), decision, name, row }
    }

    pub(crate) fn typed(&self) -> &Typed {
        self.loaded.rulebook.typed()
    }
}

fn tuple<'py, T: IntoPyObject<'py>>(py: Python<'py>, list: impl Iterator<Item = T>) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, list.collect::<Vec<_>>())
}

/// What a decision is made again of: the pickle of its rulebook, canonical form, name, row.
type Fields = (Py<PyBytes>, String, Option<String>, Option<usize>);

#[pymethods]
impl PyDecision {
    /// The key of the enterprise.
    #[getter]
    fn enterprise(&self) -> &str {
        &self.decision.enterprise
    }

    /// The name of the enterprise, where the data has one.
    #[getter]
    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// The rulebook that was applied.
    #[getter]
    fn rulebook(&self) -> PyRulebook {
        PyRulebook(Arc::clone(&self.loaded))
    }

    /// The date that was decided on, as `datetime.date`.
    #[getter]
    fn as_of(&self) -> Day {
        Day(self.decision.as_of)
    }

    /// `rated`, `unrated` or `refer`; with `refer`, score and grade are provisional.
    #[getter]
    fn status(&self) -> &'static str {
        self.decision.status.word()
    }

    /// The score, as `Decimal`; `None` when unrated.
    #[getter]
    fn score(&self) -> Option<Exact> {
        self.decision.score.map(Exact)
    }

    /// The grade; `None` when unrated.
    #[getter]
    fn grade(&self) -> Option<&str> {
        self.decision.grade.as_deref()
    }

    /// The share of attainable points that rests on present facts, rounded down, as `Decimal`.
    #[getter]
    fn coverage(&self) -> Exact {
        Exact(self.decision.coverage)
    }

    /// Points by section.
    #[getter]
    fn sections<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let pairs = self.decision.sections.iter().zip(&self.typed().sections);
        tuple(py, pairs.map(|(points, section)| PySectionPoints::new(points, &section.label)))
    }

    /// Points by characteristic.
    #[getter]
    fn characteristics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let pairs = self.decision.characteristics.iter().zip(&self.typed().characteristics);
        tuple(py, pairs.map(|(line, rule)| PyCharacteristicPoints::new(line, &rule.label)))
    }

    /// The overrides that fired, in the order of the rules.
    #[getter]
    fn overrides<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.decision.overrides.iter().map(PyFired::new))
    }

    /// Why points were lost: overrides first, then the largest losses.
    #[getter]
    fn reasons<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.decision.reasons.iter().map(PyReason::new))
    }

    /// What follows.
    #[getter]
    fn outcomes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, self.decision.outcomes.iter().map(PyFollows::new))
    }

    /// What is wrong with the data.
    #[getter]
    fn faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let fault = |fault| PyFault::new(&self.decision.enterprise, self.row, fault);
        tuple(py, self.decision.faults.iter().map(fault))
    }

    /// Digest of the facts that the rules use, `sha256:…`.
    #[getter]
    fn facts(&self) -> &str {
        &self.decision.facts
    }

    /// What it takes to replay the decision, `sha256:…`.
    #[getter]
    fn receipt(&self) -> &str {
        &self.decision.receipt
    }

    /// The canonical form: one line of JSON, the same bytes everywhere.
    fn to_json(&self) -> String {
        self.decision.to_json()
    }

    /// From nothing to the score, step by step; the steps add up to the last digit.
    fn waterfall<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        tuple(py, waterfall(self.typed(), &self.decision).iter().map(PyStep::new))
    }

    /// Reads a decision back from its canonical form; nothing is computed again.
    #[staticmethod]
    #[pyo3(signature = (text, rulebook, *, name=None, row=None))]
    fn from_json(text: &str, rulebook: &PyRulebook, name: Option<String>, row: Option<usize>) -> PyResult<Self> {
        let decision = Decision::from_json(text).map_err(|e| errors::input(e.to_string()))?;
        let (made_by, given) = (&decision.rulebook, &rulebook.0.rulebook);
        if made_by.digest != given.digest() {
            return Err(errors::input(format!(
                "the decision is by {} {} with the digest {}, and this rulebook has {}",
                made_by.id,
                made_by.version,
                made_by.digest,
                given.digest()
            )));
        }
        Ok(Self::new(&rulebook.0, decision, name, row))
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Fields)> {
        let (py, this) = (slf.py(), slf.get());
        let make = py.import("xinpei._errors")?.getattr("_decision")?;
        let content = this.loaded.content(py)?;
        Ok((make, (content, this.decision.to_json(), this.name.clone(), this.row)))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| self.decision == other.get().decision)
    }

    fn __hash__(&self) -> u64 {
        let hex = self.decision.receipt.get(7..22);
        hex.and_then(|hex| u64::from_str_radix(hex, 16).ok()).unwrap_or(0)
    }

    fn __str__(&self) -> String {
        show::text::decision(self)
    }

    fn __repr__(&self) -> String {
        let score = self.decision.score.map_or_else(String::new, |score| format!(" {score}"));
        let grade = self.decision.grade.as_deref().map_or_else(String::new, |grade| format!(" {grade}"));
        format!("<Decision {}: {}{score}{grade}>", self.decision.enterprise, self.decision.status.word())
    }

    fn _repr_html_(&self) -> String {
        show::decision(self)
    }
}
