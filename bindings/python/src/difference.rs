//! `Difference`: what is different between two rulebooks, in words.

use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use xinpei_assure::Difference;
use xinpei_assure::diff::{Action, Detail, RuleChange};

use crate::language::{self, Lang};
use crate::parts::{Every, Said};
use crate::rulebook::Loaded;
use crate::show;

/// What is different between two rulebooks, rule by rule.
#[pyclass(frozen, sequence, eq, name = "Difference", module = "xinpei")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PyDifference(pub(crate) Difference);

impl PyDifference {
    pub(crate) fn new(old: &Loaded, new: &Loaded) -> Self {
        Self(Difference::between(&old.rulebook, &new.rulebook))
    }
}

#[pymethods]
impl PyDifference {
    /// The version before.
    #[getter]
    fn old_version(&self) -> &str {
        &self.0.old.version
    }

    /// The version after.
    #[getter]
    fn new_version(&self) -> &str {
        &self.0.new.version
    }

    fn __len__(&self) -> usize {
        self.0.changes.len()
    }

    fn __getitem__(&self, index: isize) -> PyResult<PyRuleChange> {
        let count = self.0.changes.len();
        let at = if index < 0 { count.checked_add_signed(index) } else { usize::try_from(index).ok() };
        let change = at.and_then(|at| self.0.changes.get(at));
        change.map(PyRuleChange::new).ok_or_else(|| PyIndexError::new_err(format!("there are {count} changes")))
    }

    fn __str__(&self) -> String {
        self.0.text(Lang::current().code()).trim_end().to_owned()
    }

    fn __repr__(&self) -> String {
        let (old, new) = (&self.0.old, &self.0.new);
        let name = if old.id == new.id { String::new() } else { format!("{} ", new.id) };
        let count = self.0.changes.len();
        let noun = if count == 1 { "rule differs" } else { "rules differ" };
        format!("<Difference {} {} → {name}{}: {count} {noun}>", old.id, old.version, new.version)
    }

    fn _repr_html_(&self) -> String {
        show::difference(&self.0)
    }
}

/// What changed in one rule.
#[pyclass(frozen, get_all, name = "RuleChange", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyRuleChange {
    /// The kind of rule: `characteristic`, `section`, `grade` and so on.
    kind: String,
    /// Its id; empty for the rulebook itself.
    id: String,
    /// The name people use: the new one.
    label: Said,
    /// `added`, `removed` or `changed`.
    action: &'static str,
    /// What is different, or what a new rule says.
    details: Vec<PyDetail>,
}

impl PyRuleChange {
    fn new(change: &RuleChange) -> Self {
        Self {
            kind: change.kind.word().to_owned(),
            id: change.id.clone(),
            label: Said(change.label.clone()),
            action: match change.action {
                Action::Added => "added",
                Action::Removed => "removed",
                Action::Changed => "changed",
            },
            details: change.details.iter().map(PyDetail::new).collect(),
        }
    }
}

#[pymethods]
impl PyRuleChange {
    fn __repr__(&self) -> String {
        let id = if self.id.is_empty() { String::new() } else { format!(" {}", self.id) };
        format!("<RuleChange {}{id}: {}>", self.kind, self.action)
    }
}

/// One difference.
#[pyclass(frozen, get_all, name = "Detail", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyDetail {
    /// The field, as the rule file has it.
    field: &'static str,
    /// What it says in words.
    text: Said,
    /// The same, by language.
    texts: Every,
    /// The old value; `None` where there was none, and where its words stayed the same.
    old: Option<String>,
    /// The new value.
    new: Option<String>,
}

impl PyDetail {
    fn new(detail: &Detail) -> Self {
        Self {
            field: detail.field,
            text: Said(detail.text.clone()),
            texts: Every(detail.text.clone()),
            old: detail.old.clone(),
            new: detail.new.clone(),
        }
    }
}

#[pymethods]
impl PyDetail {
    fn __repr__(&self) -> String {
        format!("<Detail {}>", language::said(&self.text.0))
    }
}
