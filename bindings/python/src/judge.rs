//! `Tally`: how many goods and bads there are of each score, grade and band. Whatever is judged by is computed
//! from these counts, in `xinpei.judging`.

mod bands;
mod observed;

use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray;
use arrow_array::types::Decimal128Type;
use pyo3::exceptions::PyKeyError;
use pyo3::prelude::*;
use xinpei::decimal;
use xinpei::diagnostic::suggest;

use crate::decisions::{PyDecisions, Run};
use crate::errors::{self, Place};
use crate::judge::bands::Bands;
use crate::judge::observed::Observed;
use crate::language::Lang;
use crate::parts::Exact;
use crate::summary::words;

/// How many rows there are, and of how many it is known what became of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Count {
    rows: usize,
    goods: usize,
    bads: usize,
}

impl Count {
    fn add(&mut self, bad: Option<bool>) {
        self.rows += 1;
        match bad {
            Some(true) => self.bads += 1,
            Some(false) => self.goods += 1,
            None => {}
        }
    }

    /// Goods and bads are told the other way round.
    fn turned(self, turn: bool) -> Self {
        if turn { Self { goods: self.bads, bads: self.goods, ..self } } else { self }
    }
}

/// Condition, points, whether it is that of missing answers, goods and bads.
type Banded = (String, Exact, bool, usize, usize);

/// Why a row is not counted.
const REASONS: [&str; 5] = ["rejected", "unrated", "refer", "no_outcome", "no_decision"];
const REJECTED: usize = 0;
const UNRATED: usize = 1;
const REFER: usize = 2;
const UNKNOWN: usize = 3;
const STRANGER: usize = 4;

/// Goods and bads of a run by score, grade and band.
#[pyclass(frozen, name = "Tally", module = "xinpei._xinpei")]
pub(crate) struct PyTally {
    run: Arc<Run>,
    /// For each decision whether it is bad; `None` where it does not count.
    seen: Vec<Option<bool>>,
    left: [Count; 5],
    /// Scores in units of their last digit, the worst first.
    scores: Vec<(i128, Count)>,
    /// By grade, best first.
    grades: Vec<Count>,
    /// By characteristic, as soon as somebody asks.
    bands: Mutex<Option<Arc<Vec<Bands>>>>,
}

/// The scores of a batch, in units of their last digit.
fn scores(records: &RecordBatch) -> impl Iterator<Item = Option<i128>> {
    let column = records.column_by_name("score").and_then(|c| c.as_primitive_opt::<Decimal128Type>());
    column.into_iter().flatten()
}

impl PyTally {
    /// Counts scores and grades.
    fn count(run: &Arc<Run>, observed: Observed, bad: bool, referred: bool) -> Self {
        let grades = &run.loaded.rulebook.typed().grades;
        let mut tally = Self {
            run: Arc::clone(run),
            seen: Vec::with_capacity(run.rows),
            left: [Count::default(); 5],
            scores: Vec::new(),
            grades: vec![Count::default(); grades.len()],
            bands: Mutex::default(),
        };
        tally.leave(REJECTED, observed.rejected.turned(!bad));
        tally.leave(STRANGER, observed.strangers.turned(!bad));
        let mut values = observed.rows.into_iter();
        let mut scored: Vec<(i128, bool)> = Vec::with_capacity(run.rows);
        for records in &run.records {
            // INVARIANT: these columns are always made.
            let columns = ["status", "score", "grade"].map(|name| records.column_by_name(name));
            let [Some(status), Some(score), Some(grade)] = columns else { continue };
            let score = score.as_primitive::<Decimal128Type>();
            for ((status, grade), score) in words(status.as_ref()).zip(words(grade.as_ref())).zip(score) {
                let value = values.next().flatten().map(|value| value == bad);
                let refer = status == Some("refer");
                let place = match (score, value) {
                    (None, _) if !refer => UNRATED,
                    (None, _) => REFER,
                    _ if refer && !referred => REFER,
                    (Some(_), None) => UNKNOWN,
                    (Some(score), Some(bad)) => {
                        scored.push((score, bad));
                        let at = grades.iter().position(|known| Some(known.id.as_str()) == grade);
                        if let Some(count) = at.and_then(|at| tally.grades.get_mut(at)) {
                            count.add(value);
                        }
                        tally.seen.push(value);
                        continue;
                    }
                };
                tally.seen.push(None);
                let mut one = Count::default();
                one.add(value);
                tally.leave(place, one);
            }
        }
        scored.sort_unstable();
        for same in scored.chunk_by(|a, b| a.0 == b.0) {
            let mut count = Count::default();
            same.iter().for_each(|(_, bad)| count.add(Some(*bad)));
            tally.scores.extend(same.first().map(|(score, _)| (*score, count)));
        }
        tally
    }

    fn leave(&mut self, place: usize, more: Count) {
        if let Some(left) = self.left.get_mut(place) {
            left.rows += more.rows;
            left.goods += more.goods;
            left.bads += more.bads;
        }
    }

    /// Scores everything again, for decisions do not have their bands.
    fn banded(&self, py: Python<'_>) -> PyResult<Arc<Vec<Bands>>> {
        let known = || self.bands.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(bands) = known() {
            return Ok(bands);
        }
        let (run, loaded) = (&self.run, &self.run.loaded);
        let lines = loaded.rulebook.typed().characteristics.iter().enumerate();
        let mut all: Vec<Bands> = lines.map(|(at, line)| Bands::new(loaded, at, line)).collect();
        let scores: Vec<Option<i128>> = run.records.iter().flat_map(scores).collect();
        let mut same = true;
        // The lock is not held while others may run.
        let rows = run.kept.again(py, loaded, run.as_of, |outcome, places| {
            same &= places.iter().enumerate().all(|(row, at)| scores.get(*at) == Some(&outcome.score(row)));
            let seen = places.iter().enumerate().filter_map(|(row, at)| Some((row, (*self.seen.get(*at)?)?)));
            let seen: Vec<(usize, bool)> = seen.collect();
            all.iter_mut().for_each(|bands| bands.add(outcome, &seen));
        })?;
        if rows != run.rows || !same {
            return Err(errors::input("the file is not what it was when it was scored: score it again"));
        }
        let all = Arc::new(all);
        *self.bands.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&all));
        Ok(all)
    }
}

#[pymethods]
impl PyTally {
    /// Counts decisions by what became of the enterprises; without an outcome every row counts as good.
    #[new]
    #[pyo3(signature = (decisions, outcome=None, *, bad=true, drop=false, referred=false))]
    fn new(
        py: Python<'_>,
        decisions: &PyDecisions,
        outcome: Option<&Bound<'_, PyAny>>,
        bad: bool,
        drop: bool,
        referred: bool,
    ) -> PyResult<Self> {
        let run = &decisions.0;
        let observed = match outcome {
            Some(outcome) => observed::read(outcome, run)?,
            None => Observed {
                rows: vec![Some(!bad); run.rows],
                rejected: Count { rows: run.rejects.len(), ..Count::default() },
                strangers: Count::default(),
            },
        };
        if !drop && let Some(row) = observed.rows.iter().position(Option::is_none) {
            let many = observed.rows.iter().filter(|value| value.is_none()).count();
            let message = format!(
                "the outcome of {many} of {} decisions is not known, the first of them in row {row}: fill it, or \
                 leave such rows out with missing=\"drop\"",
                run.rows
            );
            return Err(errors::at(message, &Place { row: Some(row), ..Place::default() }));
        }
        Ok(py.detach(|| Self::count(run, observed, bad, referred)))
    }

    /// Score, goods and bads of each score that occurs, the worst first.
    #[getter]
    fn scores(&self) -> Vec<(Exact, usize, usize)> {
        let digits = self.run.loaded.rulebook.typed().score.digits;
        let one =
            |(score, count): &(i128, Count)| (Exact(decimal::from_units(*score, digits)), count.goods, count.bads);
        self.scores.iter().map(one).collect()
    }

    /// Grade, goods and bads of every grade, best first.
    #[getter]
    fn grades(&self) -> Vec<(String, usize, usize)> {
        let grades = self.run.loaded.rulebook.typed().grades.iter().zip(&self.grades);
        grades.map(|(grade, count)| (grade.id.clone(), count.goods, count.bads)).collect()
    }

    /// Reason, rows, goods and bads of what is not counted.
    #[getter]
    fn left_out(&self) -> Vec<(&'static str, usize, usize, usize)> {
        REASONS.iter().zip(&self.left).map(|(reason, c)| (*reason, c.rows, c.goods, c.bads)).collect()
    }

    /// Condition, points, whether it is that of missing answers, goods and bads of every band.
    fn bands(&self, py: Python<'_>, id: &str) -> PyResult<Vec<Banded>> {
        let loaded = &self.run.loaded;
        let lines = &loaded.rulebook.typed().characteristics;
        let at = lines.iter().position(|line| line.id == id).ok_or_else(|| {
            let hint = suggest(id, lines.iter().map(|line| line.id.as_str()));
            PyKeyError::new_err(format!("there is no characteristic `{id}`; {hint}"))
        })?;
        let all = self.banded(py)?;
        let rows = all.get(at).map(|bands| bands.rows(loaded, Lang::current())).unwrap_or_default();
        let plain =
            |(words, points, missing, count): bands::Row| (words, Exact(points), missing, count.goods, count.bads);
        Ok(rows.into_iter().map(plain).collect())
    }
}
