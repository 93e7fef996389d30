//! `Plan`: what an enterprise should do to reach a grade, or why nothing does.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat};
use xinpei::{BatchBuilder, decimal};
use xinpei_cultivate::{Answer, Planner, Request, Wanted, money, page, until, verdict};

use crate::errors;
use crate::language::{self, Lang};
use crate::mapping::Options;
use crate::record::Record;
use crate::rulebook::Loaded;
use crate::value;

/// What an enterprise should do, or why nothing leads to the target.
#[pyclass(frozen, name = "Plan", module = "xinpei")]
#[derive(Debug)]
pub(crate) struct PyPlan {
    loaded: Arc<Loaded>,
    answer: Answer,
    name: Option<String>,
}

/// Which enterprise, and what is asked.
pub(crate) struct Call<'a, 'py> {
    pub(crate) dossier: &'a Bound<'py, PyAny>,
    pub(crate) as_of: &'a Bound<'py, PyAny>,
    pub(crate) target: Option<&'a Bound<'py, PyAny>>,
    pub(crate) months: u32,
    pub(crate) budget: Option<&'a Bound<'py, PyAny>>,
    pub(crate) others: usize,
    pub(crate) allow_dips: bool,
    pub(crate) node_limit: u64,
    pub(crate) options: Options,
}

/// An amount or a score, exact.
pub(crate) fn exact(value: &Bound<'_, PyAny>, what: &str) -> PyResult<String> {
    if value.is_instance_of::<PyFloat>() {
        return Err(errors::input(format!("{what} is a float; give an int or a Decimal")));
    }
    Ok(value.str()?.to_string())
}

/// Yuan.
pub(crate) fn yuan(value: &Bound<'_, PyAny>, what: &str) -> PyResult<rust_decimal::Decimal> {
    let text = exact(value, what)?;
    let amount = decimal::parse(&text).ok().filter(|amount| !amount.is_sign_negative());
    amount.ok_or_else(|| errors::input(format!("{what} is `{text}`, which is no amount of yuan")))
}

impl PyPlan {
    pub(crate) fn new(py: Python<'_>, loaded: &Arc<Loaded>, call: Call<'_, '_>) -> PyResult<Self> {
        let rulebook = &loaded.rulebook;
        let as_of = value::date(call.as_of, "`as_of`")?;
        let word = call.target.map(|target| exact(target, "`target`")).transpose()?;
        let request = Request {
            target: word.map_or(Wanted::NextGrade, |word| Wanted::of(&word, rulebook)),
            months: call.months,
            budget: call.budget.map(|budget| yuan(budget, "`budget`")).transpose()?,
            others: call.others,
            allow_dips: call.allow_dips,
            nodes: call.node_limit,
            ..Request::default()
        };
        let record = Record::new(call.dossier, &call.options, loaded, None)?;
        let mut builder = BatchBuilder::new(rulebook.dictionary());
        builder.row(&record.enterprise);
        record.fill(&mut builder, loaded, &call.options)?;
        let name = Some(record.name).filter(|name| !name.is_empty());
        let answer = py.detach(|| Planner::new(rulebook).plan_row(&builder.finish(), 0, as_of, &request));
        let answer = answer.map_err(|e| errors::input(e.to_string()))?;
        Ok(Self { loaded: Arc::clone(loaded), answer, name })
    }

    fn zh() -> bool {
        Lang::current() == Lang::Zh
    }
}

#[pymethods]
impl PyPlan {
    /// The key of the enterprise.
    #[getter]
    fn enterprise(&self) -> &str {
        &self.answer.enterprise
    }

    /// What came of planning: `optimal`, `best_found`, `infeasible`, `undecided`, `at_top`, `reached` or `refer`.
    #[getter]
    fn status(&self) -> &'static str {
        self.answer.status.word()
    }

    /// What the plan costs, in yuan; `None` without a plan.
    #[getter]
    fn cost(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.answer.plan.as_ref().map(|plan| value::to_decimal(py, plan.cost)).transpose()
    }

    /// How many months it takes.
    #[getter]
    fn months(&self) -> Option<u32> {
        self.answer.plan.as_ref().map(|plan| plan.months)
    }

    /// The day on which the target is reached.
    #[getter]
    fn review(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.answer.plan.as_ref().map(|plan| value::to_date(py, plan.review)).transpose()
    }

    /// The last day on which the rules are in force, where days behind it would have been looked at; nothing is
    /// said about those.
    #[getter]
    fn rules_until(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.answer.rules_until.map(|day| value::to_date(py, day)).transpose()
    }

    /// The ids of its measures, in the order in which they take effect.
    #[getter]
    fn measures(&self) -> Vec<String> {
        self.answer.plan.iter().flat_map(|plan| plan.steps.iter().map(|step| step.measure.clone())).collect()
    }

    /// The canonical form: one line of JSON, numbers as text. `xinpei replay` takes it.
    fn to_json(&self) -> String {
        self.answer.to_json()
    }

    /// Everything as dicts and lists, numbers as text: steps, sooner and other plans, certificate, gradient, cliffs.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let read = py.import("json")?.call_method1("loads", (self.to_json(),))?;
        Ok(read.cast_into::<PyDict>()?)
    }

    /// The page in both languages that can be printed and handed over: HTML without a script.
    fn to_html(&self) -> String {
        page(&self.loaded.rulebook, &self.answer, self.name.as_deref())
    }

    fn __str__(&self) -> String {
        let mut lines = vec![verdict(&self.answer, Self::zh())];
        lines.extend(until(&self.answer, Self::zh()));
        for (at, step) in self.answer.plan.iter().flat_map(|plan| &plan.steps).enumerate() {
            let text = language::said(&step.text);
            lines.push(format!("{}. {} → {}  {text}  CNY {}", at + 1, step.start, step.end, money(step.cost)));
        }
        lines.join("\n")
    }

    fn __repr__(&self) -> String {
        let plan = self.answer.plan.as_ref().map_or_else(String::new, |plan| {
            format!(", CNY {} in {} months, {} measures", money(plan.cost), plan.months, plan.steps.len())
        });
        format!("<Plan {}: {}{plan}>", self.answer.enterprise, self.answer.status.word())
    }

    /// The page in a frame of its own, so that its styles stay inside.
    fn _repr_html_(&self) -> String {
        let inner = self.to_html().replace('&', "&amp;").replace('"', "&quot;");
        format!("<iframe srcdoc=\"{inner}\" style=\"width:100%;height:36em;border:1px solid #ccc\"></iframe>")
    }
}
