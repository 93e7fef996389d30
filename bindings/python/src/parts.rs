//! What a decision is made of, and what was left out of a run.

use std::collections::BTreeMap;

use pyo3::prelude::*;
use rust_decimal::Decimal;
use xinpei::explain::decision::{CharacteristicPoints, Fired, Follows, Reason, SectionPoints};
use xinpei::explain::{Step, StepKind};
use xinpei::{Date, Fault, Label};
use xinpei_tables::Reject;

use crate::language;
use crate::value::{to_date, to_decimal};

/// A decimal that becomes Python's own when it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Exact(pub(crate) Decimal);

impl<'py> IntoPyObject<'py> for Exact {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(to_decimal(py, self.0)?.into_bound(py))
    }
}

/// A date that becomes Python's own when it is asked for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day(pub(crate) Date);

impl<'py> IntoPyObject<'py> for Day {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(to_date(py, self.0)?.into_bound(py))
    }
}

/// A text in all languages, shown in the one that was chosen.
#[derive(Clone, Debug)]
pub(crate) struct Said(pub(crate) Label);

impl<'py> IntoPyObject<'py> for Said {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        Ok(language::said(&self.0).into_pyobject(py)?.into_any())
    }
}

/// The same text by language.
#[derive(Clone, Debug)]
pub(crate) struct Every(pub(crate) Label);

impl<'py> IntoPyObject<'py> for Every {
    type Target = PyAny;
    type Output = Bound<'py, PyAny>;
    type Error = PyErr;

    fn into_pyobject(self, py: Python<'py>) -> PyResult<Self::Output> {
        let all: BTreeMap<String, String> = language::all(&self.0);
        Ok(all.into_pyobject(py)?.into_any())
    }
}

/// Points of a section.
#[pyclass(frozen, get_all, name = "SectionPoints", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PySectionPoints {
    /// The id.
    id: String,
    /// The name people use.
    label: Said,
    /// The points after floor and cap, as `Decimal`.
    points: Exact,
    /// The most points that the section can have, as `Decimal`.
    max: Exact,
}

impl PySectionPoints {
    pub(crate) fn new(points: &SectionPoints, label: &Label) -> Self {
        Self {
            id: points.id.to_string(),
            label: Said(label.clone()),
            points: Exact(points.points),
            max: Exact(points.max),
        }
    }
}

#[pymethods]
impl PySectionPoints {
    fn __repr__(&self) -> String {
        format!("<SectionPoints {}: {} of {}>", self.id, self.points.0, self.max.0)
    }
}

/// Points of a characteristic.
#[pyclass(frozen, get_all, name = "CharacteristicPoints", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyCharacteristicPoints {
    /// The id.
    id: String,
    /// The name people use.
    label: Said,
    /// The id of the section.
    section: String,
    /// What was scored, in its plain spelling; `None` where it is not known, and for conditions.
    value: Option<String>,
    /// The points, as `Decimal`.
    points: Exact,
    /// The most points that a known answer can have, as `Decimal`.
    max: Exact,
    /// Whether the answer was not known.
    missing: bool,
}

impl PyCharacteristicPoints {
    pub(crate) fn new(line: &CharacteristicPoints, label: &Label) -> Self {
        Self {
            id: line.id.to_string(),
            label: Said(label.clone()),
            section: line.section.to_string(),
            value: line.value.clone(),
            points: Exact(line.points),
            max: Exact(line.max),
            missing: line.missing,
        }
    }
}

#[pymethods]
impl PyCharacteristicPoints {
    fn __repr__(&self) -> String {
        let value = if self.missing { "missing" } else { self.value.as_deref().unwrap_or("") };
        format!("<CharacteristicPoints {} {value}: {} of {}>", self.id, self.points.0, self.max.0)
    }
}

/// An override that fired.
#[pyclass(frozen, get_all, name = "Fired", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyFired {
    /// The id.
    id: String,
    /// `cap`, `veto`, `notch` or `unrated`.
    effect: &'static str,
    /// The grade of a cap or a veto.
    grade: Option<String>,
    /// The notches.
    notch: Option<i32>,
    /// The name people use.
    text: Said,
    /// The clause it rests on.
    basis: String,
}

impl PyFired {
    pub(crate) fn new(fired: &Fired) -> Self {
        Self {
            id: fired.id.clone(),
            effect: fired.effect,
            grade: fired.grade.clone(),
            notch: fired.notch,
            text: Said(fired.text.clone()),
            basis: fired.basis.clone(),
        }
    }
}

#[pymethods]
impl PyFired {
    fn __repr__(&self) -> String {
        let to = self.grade.clone().or_else(|| self.notch.map(|n| n.to_string()));
        format!("<Fired {}: {} {}>", self.id, self.effect, to.unwrap_or_default())
    }
}

/// Why points were lost.
#[pyclass(frozen, get_all, name = "Reason", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyReason {
    /// The code.
    code: String,
    /// The points lost, as `Decimal`; `None` for an override.
    lost: Option<Exact>,
    /// The text.
    text: Said,
    /// The text, by language.
    texts: Every,
}

impl PyReason {
    pub(crate) fn new(reason: &Reason) -> Self {
        Self {
            code: reason.code.clone(),
            lost: reason.lost.map(Exact),
            text: Said(reason.text.clone()),
            texts: Every(reason.text.clone()),
        }
    }
}

#[pymethods]
impl PyReason {
    fn __repr__(&self) -> String {
        let lost = self.lost.map_or_else(String::new, |lost| format!(": {} lost", lost.0));
        format!("<Reason {}{lost}>", self.code)
    }
}

/// What follows from a decision.
#[pyclass(frozen, get_all, name = "Follows", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyFollows {
    /// The id.
    id: String,
    /// `entitlement`, `sanction`, `alert`, `listing` or `product`.
    kind: String,
    /// The id of the department that owes it.
    department: String,
    /// What follows.
    text: Said,
    /// The clause it rests on.
    basis: String,
    /// The last day, as `datetime.date`.
    until: Option<Day>,
    /// The amount, as `Decimal`.
    amount: Option<Exact>,
}

impl PyFollows {
    pub(crate) fn new(follows: &Follows) -> Self {
        Self {
            id: follows.id.clone(),
            kind: follows.kind.clone(),
            department: follows.department.clone(),
            text: Said(follows.text.clone()),
            basis: follows.basis.clone(),
            until: follows.until.map(Day),
            amount: follows.amount.map(Exact),
        }
    }
}

#[pymethods]
impl PyFollows {
    fn __repr__(&self) -> String {
        format!("<Follows {} ({})>", self.id, self.kind)
    }
}

/// One thing wrong with the data of one enterprise.
#[pyclass(frozen, get_all, name = "Fault", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyFault {
    /// The key of the enterprise.
    enterprise: String,
    /// The place of its decision among the decisions, counted from 0; `None` in a decision made alone.
    row: Option<usize>,
    /// The fact, or a field as `court.cases.due`.
    fact: String,
    /// What is wrong, such as `out_of_range`.
    kind: String,
    /// The value as it came.
    value: String,
}

impl PyFault {
    pub(crate) fn new(enterprise: &str, row: Option<usize>, fault: &Fault) -> Self {
        Self {
            enterprise: enterprise.to_owned(),
            row,
            fact: fault.fact.clone(),
            kind: fault.kind.word().to_owned(),
            value: fault.value.clone(),
        }
    }

    pub(crate) fn of_words(enterprise: &str, row: usize, fact: &str, kind: &str, value: &str) -> Self {
        Self {
            enterprise: enterprise.to_owned(),
            row: Some(row),
            fact: fact.to_owned(),
            kind: kind.to_owned(),
            value: value.to_owned(),
        }
    }
}

#[pymethods]
impl PyFault {
    fn __repr__(&self) -> String {
        format!("<Fault {} {} {}: {}>", self.enterprise, self.fact, self.kind, self.value)
    }
}

/// A row that became no decision.
#[pyclass(frozen, get_all, name = "Reject", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyReject {
    /// The file, or `data` for what was in memory.
    file: String,
    /// The line on which the row starts, counted from 1; in a frame the number of the row.
    line: u64,
    /// The key as it came.
    enterprise: String,
    /// Why, in one line.
    reason: String,
}

impl PyReject {
    pub(crate) fn new(reject: &Reject) -> Self {
        Self {
            file: reject.file.clone(),
            line: reject.line,
            enterprise: reject.enterprise.clone(),
            reason: reject.reason.clone(),
        }
    }
}

#[pymethods]
impl PyReject {
    fn __repr__(&self) -> String {
        format!("<Reject {}:{} {}: {}>", self.file, self.line, self.enterprise, self.reason)
    }
}

/// One step of the waterfall.
#[pyclass(frozen, get_all, name = "Step", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyStep {
    /// `characteristic`, `limit` (the floor or the cap of a section) or `rounding`.
    kind: &'static str,
    /// The id of the characteristic or the section; empty for rounding.
    id: String,
    /// What it adds, as `Decimal`.
    amount: Exact,
    /// The sum up to here, as `Decimal`.
    total: Exact,
}

impl PyStep {
    pub(crate) fn new(step: &Step) -> Self {
        let kind = match step.kind {
            StepKind::Characteristic => "characteristic",
            StepKind::Limit => "limit",
            StepKind::Rounding => "rounding",
        };
        Self { kind, id: step.id.clone(), amount: Exact(step.amount), total: Exact(step.total) }
    }
}

#[pymethods]
impl PyStep {
    fn __repr__(&self) -> String {
        format!("<Step {} {}: {} → {}>", self.kind, self.id, self.amount.0, self.total.0)
    }
}
