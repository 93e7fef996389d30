//! `Held`: enterprises that stay in memory, so that one trial after another is compared at once.

use std::collections::BTreeMap;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyTuple};
use xinpei::{Batch, Date, Scratch};
use xinpei_assure::{Again, Census, Comparison};
use xinpei_cultivate::Means;
use xinpei_tables::{Portion, Reject};

use crate::comparison::{Counted, Place, PyComparison};
use crate::data;
use crate::errors;
use crate::mapping::Options;
use crate::parts::PyReject;
use crate::plan::yuan;
use crate::rulebook::{Loaded, PyRulebook};
use crate::score::{self, AsOf};
use crate::shortlist::{self, PyShortlist};

/// What is held, and how it was read.
#[derive(Debug)]
pub(crate) struct Asked {
    pub(crate) data: Py<PyAny>,
    pub(crate) as_of: AsOf,
    pub(crate) key: String,
    pub(crate) mapping: Option<Py<PyDict>>,
    pub(crate) digits: Option<Py<PyAny>>,
    pub(crate) encoding: String,
}

/// Enterprises that are decided on together, on one date.
#[derive(Debug)]
pub(crate) struct Piece {
    pub(crate) batch: Batch,
    pub(crate) as_of: Date,
    names: Vec<String>,
    rows: Rows,
}

/// The places of the enterprises of a piece among all.
#[derive(Debug)]
enum Rows {
    From(usize),
    At(Vec<usize>),
}

impl Piece {
    /// The place among all of an enterprise of the piece.
    pub(crate) fn row(&self, at: usize) -> usize {
        match &self.rows {
            Rows::From(start) => start + at,
            Rows::At(rows) => rows.get(at).copied().unwrap_or(0),
        }
    }

    /// The name of an enterprise, where the data has one.
    pub(crate) fn name(&self, at: usize) -> Option<&str> {
        self.names.get(at).map(String::as_str).filter(|name| !name.is_empty())
    }

    /// A portion on the one date, or by the dates of its rows.
    fn of(portion: Portion, start: usize, as_of: Date) -> Vec<Self> {
        let Portion { batch, names, dates, .. } = portion;
        let one = dates.first().copied().unwrap_or(as_of);
        if dates.iter().all(|date| *date == one) {
            return vec![Self { batch, as_of: one, names, rows: Rows::From(start) }];
        }
        let mut by_date: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        dates.iter().enumerate().for_each(|(row, date)| by_date.entry(*date).or_default().push(row));
        let piece = |(as_of, rows): (Date, Vec<usize>)| Self {
            batch: batch.take(&rows),
            as_of,
            names: rows.iter().filter_map(|row| names.get(*row).cloned()).collect(),
            rows: Rows::At(rows.into_iter().map(|row| start + row).collect()),
        };
        by_date.into_iter().map(piece).collect()
    }
}

/// Enterprises in memory, and what one rulebook says of them, counted.
#[derive(Debug)]
pub(crate) struct Holding {
    pub(crate) loaded: Arc<Loaded>,
    pub(crate) shown: String,
    pub(crate) rows: usize,
    pub(crate) pieces: Vec<Piece>,
    census: Census,
    rejects: Vec<Reject>,
    asked: Asked,
}

impl Holding {
    /// Reads everything that was given, and counts what the rulebook says of it.
    pub(crate) fn read(py: Python<'_>, loaded: &Arc<Loaded>, asked: Asked) -> PyResult<Self> {
        let rulebook = &loaded.rulebook;
        let options = Options::parse(
            &asked.key,
            asked.mapping.as_ref().map(|mapping| mapping.bind(py)),
            asked.digits.as_ref().map(|digits| digits.bind(py)),
            rulebook.dictionary(),
        )?;
        let as_of = asked.as_of.date(loaded);
        let (mut input, _) =
            data::open(py, asked.data.bind(py), loaded, (as_of, asked.as_of.column()), &options, &asked.encoding)?;
        if let AsOf::Column(column) = &asked.as_of {
            input.date_by(column, loaded)?;
        }
        let mut rejects = input.rejects().to_vec();
        let (mut pieces, mut rows) = (Vec::new(), 0);
        let (mut census, mut scratch) = (Census::new(rulebook), Scratch::default());
        score::each(py, &mut input, |mut portion| {
            rejects.append(&mut portion.rejects);
            let start = rows;
            rows += portion.batch.rows();
            for piece in Piece::of(portion, start, as_of) {
                census.add(&rulebook.score_with(&piece.batch, piece.as_of, &mut scratch))?;
                pieces.push(piece);
            }
            Ok(())
        })?;
        let shown = asked.as_of.to_string();
        Ok(Self { loaded: Arc::clone(loaded), shown, rows, pieces, census, rejects, asked })
    }

    /// Where the enterprise with a key is.
    pub(crate) fn find(&self, key: &str) -> Option<Place> {
        self.pieces.iter().enumerate().find_map(|(piece, held)| {
            let at = held.batch.enterprises.iter().position(|known| known == key)?;
            Some(Place { row: held.row(at), piece, at })
        })
    }

    /// Where a row is.
    pub(crate) fn place(&self, row: usize) -> Option<Place> {
        self.pieces.iter().enumerate().find_map(|(piece, held)| {
            let at = match &held.rows {
                Rows::From(start) => row.checked_sub(*start).filter(|at| *at < held.batch.rows())?,
                Rows::At(rows) => rows.iter().position(|known| *known == row)?,
            };
            Some(Place { row, piece, at })
        })
    }

    /// Compares with a trial over the same facts: only whom it can touch is decided on again.
    fn again(&self, py: Python<'_>, trial: &Loaded) -> PyResult<Counted> {
        let mut again = Again::new(&self.loaded.rulebook, &trial.rulebook);
        let mut counted = Counting::default();
        for (at, piece) in self.pieces.iter().enumerate() {
            let rows = py.detach(|| again.add(&piece.batch, piece.as_of)).map_err(|e| score::of(&e))?;
            counted.add(at, piece, &rows);
            py.check_signals()?;
        }
        Ok(counted.over(again.finish(&self.census).map_err(|e| score::of(&e))?))
    }

    /// Compares with a trial over other facts, for which the data was read again.
    fn anew(&self, py: Python<'_>, after: &Self) -> PyResult<Counted> {
        let (old, new) = (&self.loaded.rulebook, &after.loaded.rulebook);
        let mut comparison = Comparison::new(old, new);
        let mut counted = Counting::default();
        let mut scratch = (Scratch::default(), Scratch::default());
        let other = || {
            errors::input(
                "the two rulebooks read different enterprises: pass data that can be read twice, such as a frame or a file, and see what `score` rejects with each",
            )
        };
        if self.rows != after.rows || self.pieces.len() != after.pieces.len() {
            return Err(other());
        }
        for (at, (a, b)) in self.pieces.iter().zip(&after.pieces).enumerate() {
            if a.batch.enterprises != b.batch.enterprises {
                return Err(other());
            }
            let rows = py.detach(|| {
                let before = old.score_with(&a.batch, a.as_of, &mut scratch.0);
                comparison.add(&before, &new.score_with(&b.batch, b.as_of, &mut scratch.1))
            });
            counted.add(at, a, &rows.map_err(|e| score::of(&e))?);
            py.check_signals()?;
        }
        Ok(counted.over(comparison.finish()))
    }

    /// Compares with another rulebook.
    pub(crate) fn compare(self: &Arc<Self>, py: Python<'_>, trial: &Arc<Loaded>) -> PyResult<PyComparison> {
        let fits = self.pieces.iter().all(|piece| piece.batch.fits(trial.rulebook.dictionary()));
        if fits {
            let counted = self.again(py, trial)?;
            return Ok(PyComparison::of(self, trial, None, counted));
        }
        let asked = Asked {
            data: self.asked.data.clone_ref(py),
            as_of: self.asked.as_of.clone(),
            key: self.asked.key.clone(),
            mapping: self.asked.mapping.as_ref().map(|mapping| mapping.clone_ref(py)),
            digits: self.asked.digits.as_ref().map(|digits| digits.clone_ref(py)),
            encoding: self.asked.encoding.clone(),
        };
        let after = Arc::new(Self::read(py, trial, asked)?);
        let counted = self.anew(py, &after)?;
        Ok(PyComparison::of(self, trial, Some(after), counted))
    }
}

/// Where something changed, on the way.
#[derive(Default)]
struct Counting {
    changed: Vec<Place>,
    moved: Vec<Place>,
}

impl Counting {
    fn add(&mut self, piece: usize, held: &Piece, rows: &xinpei_assure::compare::Rows) {
        let place = |at: &usize| Place { row: held.row(*at), piece, at: *at };
        self.changed.extend(rows.changed.iter().map(place));
        self.moved.extend(rows.moved.iter().map(place));
    }

    /// In the order of the data.
    fn over(mut self, report: xinpei_assure::Report) -> Counted {
        self.changed.sort_unstable_by_key(|place| place.row);
        self.moved.sort_unstable_by_key(|place| place.row);
        Counted { report, changed: self.changed, moved: self.moved }
    }
}

/// Enterprises that stay in memory, scored once, so that one trial after another is compared at once.
#[pyclass(frozen, name = "Held", module = "xinpei")]
#[derive(Clone, Debug)]
pub(crate) struct PyHeld(pub(crate) Arc<Holding>);

#[pymethods]
impl PyHeld {
    /// The rulebook that was applied.
    #[getter]
    fn rulebook(&self) -> PyRulebook {
        PyRulebook(Arc::clone(&self.0.loaded))
    }

    /// Rows that became no decision, with the reason of each.
    #[getter]
    fn rejects<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.rejects.iter().map(PyReject::new).collect::<Vec<_>>())
    }

    fn __len__(&self) -> usize {
        self.0.rows
    }

    /// What a trial changes for these enterprises.
    fn compare(&self, py: Python<'_>, trial: &PyRulebook) -> PyResult<PyComparison> {
        self.0.compare(py, &trial.0)
    }

    /// Which of these enterprises to cultivate, so that most reach the admission line.
    #[pyo3(signature = (
        *, budget=None, capacity=None, line=None, months=24, by="enterprises", everybody=false, node_limit=100_000
    ))]
    #[expect(clippy::too_many_arguments, reason = "each has a name where it is called")]
    pub(crate) fn shortlist(
        &self,
        py: Python<'_>,
        budget: Option<&Bound<'_, PyAny>>,
        capacity: Option<usize>,
        line: Option<String>,
        months: u32,
        by: &str,
        everybody: bool,
        node_limit: u64,
    ) -> PyResult<PyShortlist> {
        let credit = match by {
            "enterprises" => false,
            "credit" => true,
            _ => return Err(errors::input(format!("`by` is `{by}`; choose `enterprises` or `credit`"))),
        };
        let budget = budget.map(|budget| yuan(budget, "`budget`")).transpose()?;
        let means = Means { budget, capacity };
        let asked = shortlist::Asked { means, line, months, credit, everybody, nodes: node_limit };
        PyShortlist::new(py, &self.0, &asked)
    }

    fn __repr__(&self) -> String {
        let (rulebook, holding) = (&self.0.loaded.rulebook, &self.0);
        let (id, version, rejects) = (rulebook.id(), rulebook.version(), holding.rejects.len());
        format!("<Held: {} by {id} {version} as of {}, {rejects} rejects>", holding.rows, holding.shown)
    }
}
