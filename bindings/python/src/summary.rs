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

/// Counts that grow record batch by record batch.
#[derive(Debug)]
pub(crate) struct Counts {
    loaded: Arc<Loaded>,
    rows: usize,
    rejects: usize,
    status: Vec<(String, usize)>,
    grades: Vec<(String, usize)>,
    faults: BTreeMap<(String, String), usize>,
    reasons: BTreeMap<String, usize>,
    scores: Option<Scores>,
}

impl Counts {
    pub(crate) fn new(loaded: &Arc<Loaded>) -> Self {
        let typed = loaded.rulebook.typed();
        Self {
            loaded: Arc::clone(loaded),
            rows: 0,
            rejects: 0,
            status: ["rated", "unrated", "refer"].map(|word| (word.to_owned(), 0)).to_vec(),
            grades: typed.grades.iter().map(|grade| (grade.id.clone(), 0)).collect(),
            faults: BTreeMap::new(),
            reasons: BTreeMap::new(),
            scores: None,
        }
    }

    /// Counts rows that became no decision.
    pub(crate) fn reject(&mut self, rows: usize) {
        self.rejects += rows;
    }

    /// Counts decisions.
    pub(crate) fn add(&mut self, records: &RecordBatch) {
        self.rows += records.num_rows();
        count(records, "status", &mut self.status);
        count(records, "grade", &mut self.grades);
        each_fault(std::slice::from_ref(records), |_, _, [fact, kind, _]| {
            *self.faults.entry((fact.to_owned(), kind.to_owned())).or_default() += 1;
        });
        if let Some(array) = records.column_by_name("reasons") {
            let items = array.as_list::<i32>().values();
            for word in words(items.as_struct().column(0).as_ref()).flatten() {
                match self.reasons.get_mut(word) {
                    Some(count) => *count += 1,
                    None => drop(self.reasons.insert(word.to_owned(), 1)),
                }
            }
        }
        if let Some(array) = records.column_by_name("score") {
            for score in array.as_primitive::<Decimal128Type>().iter().flatten() {
                let known = self.scores.get_or_insert(Scores { count: 0, sum: 0, least: score, most: score });
                known.count += 1;
                known.sum += score;
                known.least = known.least.min(score);
                known.most = known.most.max(score);
            }
        }
    }

    /// What it comes to.
    pub(crate) fn summary(self, notices: Vec<String>, as_of: &str) -> PySummary {
        let mut reasons: Vec<(String, usize)> = self.reasons.into_iter().collect();
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let digits = self.loaded.rulebook.typed().score.digits;
        PySummary {
            loaded: self.loaded,
            as_of: as_of.to_owned(),
            decisions: self.rows,
            rejects: self.rejects,
            status: self.status,
            grades: self.grades,
            faults: self.faults.into_iter().collect(),
            reasons,
            notices,
            scores: self.scores,
            digits,
        }
    }
}

impl PySummary {
    pub(crate) fn new(run: &Run) -> Self {
        let mut counts = Counts::new(&run.loaded);
        counts.reject(run.rejects.len());
        run.records.iter().for_each(|records| counts.add(records));
        counts.summary(run.notices.clone(), &run.shown)
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
pub(crate) fn words<'a>(array: &'a dyn Array) -> Box<dyn Iterator<Item = Option<&'a str>> + 'a> {
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

/// Counts the rows that have each word.
fn count(records: &RecordBatch, column: &str, counts: &mut [(String, usize)]) {
    let Some(array) = records.column_by_name(column) else { return };
    for word in words(array.as_ref()).flatten() {
        if let Some((_, count)) = counts.iter_mut().find(|(known, _)| known == word) {
            *count += 1;
        }
    }
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

    /// How often each reason was told, the most frequent first, ties by code; empty without the column `reasons`.
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
