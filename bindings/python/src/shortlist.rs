//! `Shortlist`: which enterprises to cultivate, so that most reach the admission line.

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyTuple};
use xinpei::{Date, Scratch};
use xinpei_cultivate::{Admission, Aim, Candidate, Choice, Means, NODES, Prospect, Request, money, shortlist};

use crate::errors;
use crate::held::Holding;
use crate::value;

/// One enterprise, and how far it is from the line.
#[derive(Debug)]
struct Row {
    enterprise: String,
    name: Option<String>,
    as_of: Date,
    prospect: Prospect,
}

/// Which enterprises to cultivate: a row for each enterprise, in the order of the data.
#[pyclass(frozen, name = "Shortlist", module = "xinpei")]
#[derive(Debug)]
pub(crate) struct PyShortlist {
    line: String,
    rows: Vec<Row>,
    /// Rows with a plan, in their order; the choice is among them.
    ready: Vec<usize>,
    choice: Choice,
    measures: Vec<String>,
}

/// What is asked.
pub(crate) struct Asked {
    pub(crate) means: Means,
    pub(crate) line: Option<String>,
    pub(crate) months: u32,
    pub(crate) credit: bool,
    pub(crate) everybody: bool,
    pub(crate) nodes: u64,
}

impl PyShortlist {
    pub(crate) fn new(py: Python<'_>, holding: &Holding, asked: &Asked) -> PyResult<Self> {
        let rulebook = &holding.loaded.rulebook;
        let request = Request { months: asked.months, nodes: asked.nodes, ..Request::default() };
        let line = match &asked.line {
            Some(grade) => Admission::of_grade(rulebook, grade, request),
            None => Admission::of_tiers(rulebook, request),
        };
        let line = line.map_err(|e| errors::input(e.to_string()))?;
        let planner = line.planner();
        let mut found: Vec<(usize, Row)> = Vec::with_capacity(holding.rows);
        let mut scratch = Scratch::default();
        for piece in &holding.pieces {
            for start in (0..piece.batch.rows()).step_by(64) {
                let batch = piece.batch.slice(start..piece.batch.rows().min(start + 64));
                let rows = py.detach(|| -> Result<Vec<(usize, Row)>, xinpei::Error> {
                    let placement = rulebook.place(&batch, piece.as_of, &mut scratch);
                    let mut one = |at: usize| {
                        let selected = !asked.everybody;
                        let prospect = line.prospect(&planner, (&placement, &batch), at, selected, &mut scratch)?;
                        let enterprise = batch.enterprises.get(at).to_owned();
                        let name = piece.name(start + at).map(str::to_owned);
                        Ok((piece.row(start + at), Row { enterprise, name, as_of: piece.as_of, prospect }))
                    };
                    (0..batch.rows()).map(&mut one).collect()
                });
                found.extend(rows.map_err(|e| errors::input(e.to_string()))?);
                py.check_signals()?;
            }
        }
        found.sort_by_key(|(place, _)| *place);
        let rows: Vec<Row> = found.into_iter().map(|(_, row)| row).collect();
        let (mut ready, mut candidates) = (Vec::new(), Vec::new());
        for (at, row) in rows.iter().enumerate() {
            if let Prospect::Ready(way) = &row.prospect {
                ready.push(at);
                candidates.push(Candidate { cost: way.cost, months: way.months, credit: way.credit });
            }
        }
        let aim = if asked.credit { Aim::Credit } else { Aim::Enterprises };
        let choice = py.detach(|| shortlist(&candidates, asked.means, aim, NODES));
        let measures = rulebook.typed().measures.iter().map(|m| m.id.clone()).collect();
        Ok(Self { line: line.id().to_owned(), rows, ready, choice, measures })
    }

    /// The places of those chosen among all rows.
    fn places(&self) -> impl Iterator<Item = usize> {
        self.choice.chosen.iter().filter_map(|at| self.ready.get(*at).copied())
    }
}

#[pymethods]
impl PyShortlist {
    /// The line that plans lead to: a grade, or a tier of the rulebook.
    #[getter]
    fn line(&self) -> &str {
        &self.line
    }

    /// The keys of those chosen, in the order of the data.
    #[getter]
    fn chosen<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let keys: Vec<&str> = self.places().filter_map(|at| Some(self.rows.get(at)?.enterprise.as_str())).collect();
        PyTuple::new(py, keys)
    }

    /// What their plans cost together, in yuan.
    #[getter]
    fn cost(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_decimal(py, self.choice.cost)
    }

    /// The credit that lenders' products then allow together, in yuan.
    #[getter]
    fn credit(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        value::to_decimal(py, self.choice.credit)
    }

    /// Whether no choice within the means is better.
    #[getter]
    const fn proved(&self) -> bool {
        self.choice.proved
    }

    fn __len__(&self) -> usize {
        self.choice.chosen.len()
    }

    /// A dict for each enterprise, in the order of the data: `enterprise`, `name`, `as_of`, `prospect` (`ready`,
    /// `reached`, `refused`, `none`, `undecided` or `refer`), `chosen`, and of a plan `cost`, `months`, `review`,
    /// `grade`, `score`, `credit` and `measures`, which are `None` for others.
    fn to_dicts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let chosen: std::collections::BTreeSet<usize> = self.places().collect();
        let list = PyList::empty(py);
        for (at, row) in self.rows.iter().enumerate() {
            let dict = PyDict::new(py);
            dict.set_item("enterprise", &row.enterprise)?;
            dict.set_item("name", &row.name)?;
            dict.set_item("as_of", value::to_date(py, row.as_of)?)?;
            dict.set_item("prospect", word(&row.prospect))?;
            dict.set_item("chosen", chosen.contains(&at))?;
            let way = match &row.prospect {
                Prospect::Ready(way) => Some(way),
                _ => None,
            };
            dict.set_item("cost", way.map(|w| value::to_decimal(py, w.cost)).transpose()?)?;
            dict.set_item("months", way.map(|w| w.months))?;
            dict.set_item("review", way.map(|w| value::to_date(py, w.review)).transpose()?)?;
            dict.set_item("grade", way.and_then(|w| w.grade.clone()))?;
            dict.set_item("score", way.and_then(|w| w.score).map(|s| value::to_decimal(py, s)).transpose()?)?;
            dict.set_item("credit", way.map(|w| value::to_decimal(py, w.credit)).transpose()?)?;
            let ids = |w: &xinpei_cultivate::Way| -> Vec<&String> {
                w.measures.iter().filter_map(|m| self.measures.get(*m)).collect()
            };
            dict.set_item("measures", way.map(|w| ids(w)))?;
            list.append(dict)?;
        }
        Ok(list)
    }

    fn __repr__(&self) -> String {
        format!(
            "<Shortlist to {}: {} of {} with a plan, CNY {}>",
            self.line,
            self.choice.chosen.len(),
            self.ready.len(),
            money(self.choice.cost)
        )
    }
}

/// The word for a prospect.
const fn word(prospect: &Prospect) -> &'static str {
    match prospect {
        Prospect::Ready(_) => "ready",
        Prospect::Reached => "reached",
        Prospect::Refused { .. } => "refused",
        Prospect::None { .. } => "none",
        Prospect::Undecided => "undecided",
        Prospect::Refer => "refer",
    }
}
