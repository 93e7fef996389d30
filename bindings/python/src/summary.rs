//! `Summary`: how many decisions there are of each kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Int8Type, Int16Type, Int32Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use rust_decimal::Decimal;
use xinpei::decimal::{self, Rounding};

use crate::decisions::{Run, each_fault};
use crate::parts::Exact;
use crate::rulebook::Loaded;
use crate::show;

/// Scores in units of their last digit.
#[derive(Clone, Copy, Debug)]
struct Scores {
    count: i128,
    sum: i128,
    least: i128,
    most: i128,
}

/// How many decisions there are of each kind. Counts keep the order of the rulebook.
#[pyclass(frozen, name = "Summary", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PySummary {
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) as_of: String,
    pub(crate) decisions: usize,
    pub(crate) rejects: usize,
    pub(crate) status: Vec<(String, usize)>,
    pub(crate) grades: Vec<(String, usize)>,
    pub(crate) faults: Vec<((String, String), usize)>,
    pub(crate) reasons: Vec<(String, usize)>,
    pub(crate) notices: Vec<String>,
    scores: Option<Scores>,
    digits: u32,
}

impl PySummary {
    pub(crate) fn new(run: &Run) -> Self {
        let typed = run.loaded.rulebook.typed();
        let digits = typed.score.digits;
        let mut faults: BTreeMap<(String, String), usize> = BTreeMap::new();
        each_fault(&run.records, |_, _, [fact, kind, _]| {
            *faults.entry((fact.to_owned(), kind.to_owned())).or_default() += 1;
        });
        let reasons: Vec<(String, usize)> = if run.schema.column_with_name("reasons").is_some() {
            let mut all = codes(&run.records);
            // A stable sort keeps ties in the order of the rules.
            all.retain(|(_, count)| *count > 0);
            all.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
            all
        } else {
            Vec::new()
        };
        let grades = typed.grades.iter().map(|grade| (grade.id.clone(), 0)).collect();
        let status = ["rated", "unrated", "refer"].map(|word| (word.to_owned(), 0)).to_vec();
        Self {
            loaded: Arc::clone(&run.loaded),
            as_of: run.as_of.to_string(),
            decisions: run.rows,
            rejects: run.rejects.len(),
            status: counted(&run.records, "status", status),
            grades: counted(&run.records, "grade", grades),
            faults: faults.into_iter().collect(),
            reasons,
            notices: run.notices.clone(),
            scores: scores(&run.records),
            digits,
        }
    }

    pub(crate) fn least(&self) -> Option<Decimal> {
        self.scores.map(|s| decimal::from_units(s.least, self.digits))
    }

    pub(crate) fn most(&self) -> Option<Decimal> {
        self.scores.map(|s| decimal::from_units(s.most, self.digits))
    }

    /// The mean, rounded half up to the digits of the score.
    pub(crate) fn mean(&self) -> Option<Decimal> {
        let scores = self.scores?;
        Some(decimal::from_units(decimal::divide(scores.sum, scores.count, Rounding::HalfUp)?, self.digits))
    }
}

/// The word of each row of a dictionary, whatever the width of its keys.
fn words<'a>(array: &'a dyn Array) -> Box<dyn Iterator<Item = Option<&'a str>> + 'a> {
    macro_rules! of {
        ($key:ty) => {{
            let dictionary = array.as_dictionary::<$key>();
            let words = dictionary.values().as_string::<i32>();
            Box::new((0..array.len()).map(move |row| dictionary.key(row).map(|key| words.value(key))))
        }};
    }
    // INVARIANT: decisions have dictionaries of texts with keys of these widths.
    match array.data_type() {
        DataType::Dictionary(key, _) => match **key {
            DataType::Int8 => of!(Int8Type),
            DataType::Int32 => of!(Int32Type),
            _ => of!(Int16Type),
        },
        _ => Box::new(std::iter::empty()),
    }
}

/// How many rows have each word.
fn counted(records: &[RecordBatch], column: &str, mut counts: Vec<(String, usize)>) -> Vec<(String, usize)> {
    for array in records.iter().filter_map(|r| r.column_by_name(column)) {
        for word in words(array.as_ref()).flatten() {
            if let Some((_, count)) = counts.iter_mut().find(|(known, _)| known == word) {
                *count += 1;
            }
        }
    }
    counts
}

/// How many reasons have each code.
fn codes(records: &[RecordBatch]) -> Vec<(String, usize)> {
    let mut counts: Vec<(String, usize)> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for array in records.iter().filter_map(|r| r.column_by_name("reasons")) {
        let items = array.as_list::<i32>().values();
        for word in words(items.as_struct().column(0).as_ref()).flatten() {
            let at = match places.get(word) {
                Some(at) => *at,
                None => {
                    places.insert(word.to_owned(), counts.len());
                    counts.push((word.to_owned(), 0));
                    counts.len() - 1
                }
            };
            if let Some((_, count)) = counts.get_mut(at) {
                *count += 1;
            }
        }
    }
    counts
}

fn scores(records: &[RecordBatch]) -> Option<Scores> {
    let mut all: Option<Scores> = None;
    for array in records.iter().filter_map(|r| r.column_by_name("score")) {
        for score in array.as_primitive::<Decimal128Type>().iter().flatten() {
            let known = all.get_or_insert(Scores { count: 0, sum: 0, least: score, most: score });
            known.count += 1;
            known.sum += score;
            known.least = known.least.min(score);
            known.most = known.most.max(score);
        }
    }
    all
}

fn dict<'py>(py: Python<'py>, counts: &[(String, usize)]) -> PyResult<Bound<'py, PyDict>> {
    let all = PyDict::new(py);
    counts.iter().try_for_each(|(word, count)| all.set_item(word, count))?;
    Ok(all)
}

#[pymethods]
impl PySummary {
    /// How many decisions there are.
    #[getter]
    fn decisions(&self) -> usize {
        self.decisions
    }

    /// How many rows became no decision.
    #[getter]
    fn rejects(&self) -> usize {
        self.rejects
    }

    /// How many decisions have each status.
    #[getter]
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dict(py, &self.status)
    }

    /// How many decisions have each grade, best first; provisional ones are counted too.
    #[getter]
    fn grades<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dict(py, &self.grades)
    }

    /// How many faults there are of each fact and kind.
    #[getter]
    fn faults<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let all = PyDict::new(py);
        self.faults.iter().try_for_each(|((fact, kind), count)| all.set_item((fact, kind), count))?;
        Ok(all)
    }

    /// How often each reason was told, the most frequent first; empty without the column `reasons`.
    #[getter]
    fn reasons<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        dict(py, &self.reasons)
    }

    /// The least score, as `Decimal`; `None` where nobody is rated.
    #[getter]
    fn score_min(&self) -> Option<Exact> {
        self.least().map(Exact)
    }

    /// The greatest score, as `Decimal`.
    #[getter]
    fn score_max(&self) -> Option<Exact> {
        self.most().map(Exact)
    }

    /// The mean score, as `Decimal`, rounded half up to the digits of the score.
    #[getter]
    fn score_mean(&self) -> Option<Exact> {
        self.mean().map(Exact)
    }

    fn __str__(&self) -> String {
        show::text::summary(self)
    }

    fn __repr__(&self) -> String {
        format!("<Summary: {} decisions, {} rejects>", self.decisions, self.rejects)
    }

    fn _repr_html_(&self) -> String {
        show::summary(self)
    }
}
