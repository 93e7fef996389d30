//! The rules of a rulebook as objects.

use std::collections::BTreeMap;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyTuple;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use xinpei::Label;
use xinpei::author::source::{self, Effect};
use xinpei::check::typed::{Characteristic, Fact, FactKind, Grade, Missing, Scoring, Section, Type, ValueType};

use crate::language::{self, Lang};
use crate::parts::{Every, Said};
use crate::rulebook::Loaded;
use crate::show::{self, lines};
use crate::value::to_decimal;

/// A section of the scorecard.
#[pyclass(frozen, name = "Section", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PySection {
    loaded: Arc<Loaded>,
    at: usize,
}

impl PySection {
    pub(crate) fn new(loaded: &Arc<Loaded>, at: usize) -> Self {
        Self { loaded: Arc::clone(loaded), at }
    }

    fn section(&self) -> Option<&Section> {
        self.loaded.rulebook.typed().sections.get(self.at)
    }

    fn label_of(&self) -> Label {
        self.section().map(|s| s.label.clone()).unwrap_or_default()
    }
}

#[pymethods]
impl PySection {
    /// The id.
    #[getter]
    fn id(&self) -> &str {
        self.section().map_or("", |s| &s.id)
    }

    /// The name people use, in the language that was chosen.
    #[getter]
    fn label(&self) -> String {
        language::said(&self.label_of())
    }

    /// The name people use, by language.
    #[getter]
    fn labels(&self) -> BTreeMap<String, String> {
        language::all(&self.label_of())
    }

    /// The cap, as `Decimal`; `None` without one.
    #[getter]
    fn max(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.section().and_then(|s| s.max).map(|max| to_decimal(py, max)).transpose()
    }

    /// The floor, as `Decimal`; `None` without one.
    #[getter]
    fn floor(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.section().and_then(|s| s.floor).map(|floor| to_decimal(py, floor)).transpose()
    }

    /// Its characteristics.
    #[getter]
    fn characteristics<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let range = self.section().map_or(0..0, |s| s.characteristics.clone());
        PyTuple::new(py, range.map(|at| PyCharacteristic::new(&self.loaded, at)).collect::<Vec<_>>())
    }

    fn __str__(&self) -> String {
        show::text::section(&self.loaded, self.at)
    }

    fn __repr__(&self) -> String {
        format!("<Section {}: {}>", self.id(), self.label())
    }

    fn _repr_html_(&self) -> String {
        show::section(&self.loaded, self.at)
    }
}

/// A scored line.
#[pyclass(frozen, name = "Characteristic", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyCharacteristic {
    loaded: Arc<Loaded>,
    at: usize,
}

impl PyCharacteristic {
    pub(crate) fn new(loaded: &Arc<Loaded>, at: usize) -> Self {
        Self { loaded: Arc::clone(loaded), at }
    }

    fn line(&self) -> Option<&Characteristic> {
        self.loaded.rulebook.typed().characteristics.get(self.at)
    }

    fn label_of(&self) -> Label {
        self.line().map(|c| c.label.clone()).unwrap_or_default()
    }

    fn number(&self, py: Python<'_>, of: impl Fn(&Characteristic) -> Decimal) -> PyResult<Option<Py<PyAny>>> {
        self.line().map(|line| to_decimal(py, of(line))).transpose()
    }
}

#[pymethods]
impl PyCharacteristic {
    /// The id.
    #[getter]
    fn id(&self) -> &str {
        self.line().map_or("", |c| &c.id)
    }

    /// The name people use, in the language that was chosen.
    #[getter]
    fn label(&self) -> String {
        language::said(&self.label_of())
    }

    /// The name people use, by language.
    #[getter]
    fn labels(&self) -> BTreeMap<String, String> {
        language::all(&self.label_of())
    }

    /// The id of its section.
    #[getter]
    fn section(&self) -> &str {
        let section = self.line().and_then(|c| self.loaded.rulebook.typed().sections.get(c.section));
        section.map_or("", |s| &s.id)
    }

    /// The clause it rests on.
    #[getter]
    fn basis(&self) -> &str {
        self.line().map_or("", |c| &c.basis)
    }

    /// How it is scored: `bands`, `members`, `grid`, `first`, `each` or `formula`.
    #[getter]
    fn way(&self) -> &'static str {
        match self.line().map(|c| &c.scoring) {
            Some(Scoring::Bands(..)) => "bands",
            Some(Scoring::Members(..)) => "members",
            Some(Scoring::Grid(..)) => "grid",
            Some(Scoring::First(_)) => "first",
            Some(Scoring::Each(_)) => "each",
            Some(Scoring::Formula(..)) | None => "formula",
        }
    }

    /// What is scored, as written.
    #[getter]
    fn of(&self) -> String {
        lines::of(&self.loaded, self.at)
    }

    /// Its rows as written: condition and points, as texts.
    #[getter]
    fn points(&self) -> Vec<(String, String)> {
        lines::rows(&self.loaded, self.at, Lang::current())
    }

    /// The most points that a known answer can have, as `Decimal`.
    #[getter]
    fn max(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.number(py, |c| c.max.normalize())
    }

    /// The least points that a known answer can have, as `Decimal`.
    #[getter]
    fn min(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.number(py, |c| c.min.normalize())
    }

    /// The points when the answer is not known, as `Decimal`.
    #[getter]
    fn missing(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.number(py, |c| c.missing.normalize())
    }

    /// The points against which a shortfall counts, as `Decimal`.
    #[getter]
    fn baseline(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.number(py, |c| c.baseline.normalize())
    }

    /// The code of its reason.
    #[getter]
    fn code(&self) -> &str {
        self.line().map_or("", |c| &c.code)
    }

    fn __str__(&self) -> String {
        show::text::characteristic(&self.loaded, self.at)
    }

    fn __repr__(&self) -> String {
        format!("<Characteristic {}: {}>", self.id(), self.label())
    }

    fn _repr_html_(&self) -> String {
        show::characteristic(&self.loaded, self.at)
    }
}

/// A fact of the dictionary.
#[pyclass(frozen, get_all, name = "Fact", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyFact {
    /// The id.
    id: String,
    /// The name people use, in the language that was chosen.
    label: Said,
    /// The name people use, by language.
    labels: Every,
    /// The id of the department that delivers it.
    department: String,
    /// `money`, `number`, `count`, `date`, `flag`, `category` or `events`.
    r#type: &'static str,
    /// Digits after the point; `None` for what is no number.
    digits: Option<u32>,
    /// The members of a category.
    members: Vec<String>,
    /// The fields of a table: name and type.
    fields: Vec<(String, &'static str)>,
    /// Whether an absent value is a fault.
    required: bool,
}

fn kind(value: &ValueType) -> &'static str {
    match &value.ty {
        Type::Number(_) if value.money => "money",
        Type::Number(number) if number.digits == 0 && number.low == 0 => "count",
        Type::Number(_) => "number",
        Type::Date => "date",
        Type::Flag => "flag",
        Type::Category(_) | Type::Grade => "category",
    }
}

impl PyFact {
    pub(crate) fn new(fact: &Fact, loaded: &Loaded) -> Self {
        let typed = loaded.rulebook.typed();
        let written = loaded.rulebook.source().facts.iter().find(|f| f.id.text == fact.id);
        let (mut digits, mut members, mut fields) = (None, Vec::new(), Vec::new());
        let ty = match &fact.kind {
            FactKind::Value(value) => {
                digits = value.ty.number().map(|n| n.digits);
                if let Type::Category(category) = value.ty {
                    let known = loaded.rulebook.dictionary().members(category);
                    members = known.map(|m| m.names().map(str::to_owned).collect()).unwrap_or_default();
                }
                written.and_then(|f| word(&f.kind.text)).unwrap_or_else(|| kind(value))
            }
            FactKind::Events(events) => {
                fields = events.fields.iter().map(|f| (f.id.clone(), kind(&f.value))).collect();
                "events"
            }
        };
        Self {
            id: fact.id.clone(),
            label: Said(fact.label.clone()),
            labels: Every(fact.label.clone()),
            department: typed.departments.get(fact.department).map_or_else(String::new, |d| d.id.clone()),
            r#type: ty,
            digits,
            members,
            fields,
            required: fact.missing == Missing::Required,
        }
    }
}

#[pymethods]
impl PyFact {
    fn __repr__(&self) -> String {
        format!("<Fact {} ({}): {}>", self.id, self.r#type, language::said(&self.label.0))
    }
}

/// A grade.
#[pyclass(frozen, name = "Grade", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyGrade(Grade);

impl PyGrade {
    pub(crate) fn new(grade: &Grade) -> Self {
        Self(grade.clone())
    }
}

#[pymethods]
impl PyGrade {
    /// Its name.
    #[getter]
    fn id(&self) -> &str {
        &self.0.id
    }

    /// What it means, in the language that was chosen.
    #[getter]
    fn label(&self) -> String {
        language::said(&self.0.label)
    }

    /// What it means, by language.
    #[getter]
    fn labels(&self) -> BTreeMap<String, String> {
        language::all(&self.0.label)
    }

    /// The least score, as `Decimal`; `None` for the last grade and for those reached by override only.
    #[getter]
    fn at_least(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.0.from.map(|from| to_decimal(py, from)).transpose()
    }

    /// Whether only an override leads to it.
    #[getter]
    fn by_override(&self) -> bool {
        self.0.by_override
    }

    fn __repr__(&self) -> String {
        format!("<Grade {}: {}>", self.0.id, self.label())
    }
}

/// A rule that caps, sets, moves or withholds the grade.
#[pyclass(frozen, get_all, name = "Override", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyOverride {
    /// The id.
    id: String,
    /// The name people use, in the language that was chosen.
    label: Said,
    /// The name people use, by language.
    labels: Every,
    /// The clause it rests on.
    basis: String,
    /// The condition, as written.
    when: String,
    /// `cap`, `veto`, `notch` or `unrated`.
    effect: &'static str,
    /// The grade of a cap or a veto.
    grade: Option<String>,
    /// The notches.
    notch: Option<i64>,
}

impl PyOverride {
    pub(crate) fn new(rule: &source::Override) -> Self {
        let (effect, grade, notch) = match &rule.effect {
            Effect::Cap(grade) => ("cap", Some(grade.text.clone()), None),
            Effect::Veto(grade) => ("veto", Some(grade.text.clone()), None),
            Effect::Notch(number) => ("notch", None, number.value.to_i64()),
            Effect::Unrated => ("unrated", None, None),
        };
        Self {
            id: rule.id.text.clone(),
            label: Said(rule.label.clone()),
            labels: Every(rule.label.clone()),
            basis: rule.basis.clone(),
            when: rule.when.text().unwrap_or("").to_owned(),
            effect,
            grade,
            notch,
        }
    }
}

#[pymethods]
impl PyOverride {
    fn __repr__(&self) -> String {
        let to = self.grade.clone().or_else(|| self.notch.map(|n| n.to_string()));
        let to = to.map_or_else(String::new, |to| format!(" {to}"));
        format!("<Override {}: {}{to} when {}>", self.id, self.effect, self.when)
    }
}

/// What may follow from a decision.
#[pyclass(frozen, get_all, name = "Outcome", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyOutcome {
    /// The id.
    id: String,
    /// `entitlement`, `sanction`, `alert`, `listing` or `product`.
    kind: String,
    /// The id of the department that owes it, or of the lender of a product.
    department: String,
    /// What follows, in the language that was chosen.
    label: Said,
    /// What follows, by language.
    labels: Every,
    /// The clause it rests on.
    basis: String,
    /// The condition, as written.
    when: String,
}

impl PyOutcome {
    pub(crate) fn new(rule: &source::Outcome) -> Self {
        Self {
            id: rule.id.text.clone(),
            kind: rule.kind.clone(),
            department: rule.department.0.clone(),
            label: Said(rule.label.clone()),
            labels: Every(rule.label.clone()),
            basis: rule.basis.clone(),
            when: rule.when.text().unwrap_or("").to_owned(),
        }
    }

    /// The outcome that a product is: its floor and its conditions together.
    pub(crate) fn of_product(rule: &source::Product) -> Self {
        let floor = rule.floor.iter().map(|grade| format!("grade >= \"{}\"", grade.text));
        let conditions = rule.conditions.iter().map(|(_, when)| format!("({})", when.text().unwrap_or("")));
        Self {
            id: rule.id.text.clone(),
            kind: "product".to_owned(),
            department: rule.lender.0.clone(),
            label: Said(rule.label.clone()),
            labels: Every(rule.label.clone()),
            basis: rule.basis.clone(),
            when: floor.chain(conditions).collect::<Vec<_>>().join(" && "),
        }
    }
}

#[pymethods]
impl PyOutcome {
    fn __repr__(&self) -> String {
        format!("<Outcome {} ({}): {}>", self.id, self.kind, language::said(&self.label.0))
    }
}

/// The word of a type that a rule file writes.
fn word(text: &str) -> Option<&'static str> {
    ["money", "number", "count", "date", "flag", "category", "events"].into_iter().find(|known| *known == text)
}
