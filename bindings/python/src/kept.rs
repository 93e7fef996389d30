//! The dossiers behind decisions, so that each can be explained.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use xinpei::{Batch, Date, Outcome, Rulebook, Scratch};
use xinpei_tables::{Encoding, Lane, Portion};

use crate::data::{self, Input};
use crate::decision::PyDecision;
use crate::errors;
use crate::mapping::Options;
use crate::rulebook::Loaded;

/// Rows that are scored together.
pub(crate) const ROWS: usize = 16_384;

/// The dossiers of a run.
#[derive(Debug)]
pub(crate) enum Kept {
    /// In memory, or shared with the frame that they came from.
    Parts(Vec<Part>),
    /// A file, which is read again.
    File(PathBuf, Encoding, Options, Option<String>),
    /// Not here: the run came out of a pickle.
    Away,
}

/// Dossiers that were scored together, and the place of the first among all.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) start: usize,
    pub(crate) batch: Batch,
    pub(crate) names: Vec<String>,
    /// The date of each row, where rows have their own.
    pub(crate) dates: Vec<Date>,
}

impl Part {
    pub(crate) fn new(start: usize, portion: Portion) -> Self {
        Self { start, batch: portion.batch, names: portion.names, dates: portion.dates }
    }

    /// Decisions on the rows from one on.
    fn decide(&self, loaded: &Arc<Loaded>, as_of: Date, from: usize, count: usize) -> Vec<PyDecision> {
        let first = from.saturating_sub(self.start);
        let rows = first..self.batch.rows().min(first.saturating_add(count));
        let mut all = Vec::with_capacity(rows.len());
        let mut add = |decision, row: usize| {
            let name = self.names.get(row).filter(|name| !name.is_empty()).cloned();
            all.push(PyDecision::new(loaded, decision, name, Some(self.start + row)));
        };
        if self.dates.is_empty() {
            let batch = self.batch.slice(rows.clone());
            let outcome = loaded.rulebook.score(&batch, as_of);
            outcome.decisions().zip(rows).for_each(|(decision, row)| add(decision, row));
        } else {
            for (row, date) in rows.clone().zip(self.dates.get(rows).unwrap_or_default()) {
                let batch = self.batch.slice(row..row + 1);
                add(loaded.rulebook.score(&batch, *date).decision(0), row);
            }
        }
        all
    }

    /// Scores everything with full detail, the rows of one date together; `take` gets each outcome and the
    /// places of its rows among all.
    fn again(
        &self,
        rulebook: &Rulebook,
        as_of: Date,
        scratch: &mut Scratch,
        take: &mut impl FnMut(&Outcome<'_>, &[usize]),
    ) {
        let mut dates: BTreeMap<Date, Vec<usize>> = BTreeMap::new();
        for row in 0..self.batch.rows() {
            dates.entry(self.dates.get(row).copied().unwrap_or(as_of)).or_default().push(row);
        }
        let only = dates.len() == 1;
        for (date, rows) in dates {
            let places: Vec<usize> = rows.iter().map(|row| self.start + row).collect();
            if only {
                take(&rulebook.score_with(&self.batch, date, scratch), &places);
            } else {
                take(&rulebook.score_with(&self.batch.take(&rows), date, scratch), &places);
            }
        }
    }
}

impl Kept {
    /// Decisions on at most so many rows from one on.
    pub(crate) fn decide(
        &self,
        py: Python<'_>,
        loaded: &Arc<Loaded>,
        as_of: Date,
        from: usize,
        count: usize,
    ) -> PyResult<Vec<PyDecision>> {
        match self {
            Self::Parts(parts) => {
                let at = parts.partition_point(|part| part.start + part.batch.rows() <= from);
                let part = parts.get(at);
                Ok(py.detach(|| part.map(|part| part.decide(loaded, as_of, from, count)).unwrap_or_default()))
            }
            Self::Away => Err(away("whole decisions")),
            Self::File(..) => match self.walk(loaded, as_of)? {
                Some(mut walk) => walk.decide(py, loaded, as_of, from, count),
                None => Ok(Vec::new()),
            },
        }
    }

    /// Scores everything again with full detail, while others may run; `take` gets each outcome and the places
    /// of its rows among all. Tells how many rows there were.
    pub(crate) fn again(
        &self,
        py: Python<'_>,
        loaded: &Loaded,
        as_of: Date,
        mut take: impl FnMut(&Outcome<'_>, &[usize]) + Send,
    ) -> PyResult<usize> {
        let (mut scratch, mut rows) = (Scratch::default(), 0);
        let mut walk = self.walk(loaded, as_of)?;
        let parts: &[Part] = match self {
            Self::Parts(parts) => parts,
            Self::File(..) => &[],
            Self::Away => return Err(away("bands")),
        };
        for part in parts {
            // Ctrl-C ends it between two portions.
            py.check_signals()?;
            py.detach(|| part.again(&loaded.rulebook, as_of, &mut scratch, &mut take));
            rows += part.batch.rows();
        }
        while let Some(walk) = &mut walk {
            py.check_signals()?;
            let read = py.detach(|| {
                let part = walk.next()?.map(|portion| Part::new(rows, portion));
                if let Some(part) = &part {
                    part.again(&loaded.rulebook, as_of, &mut scratch, &mut take);
                }
                Ok(part.map(|part| part.batch.rows()))
            });
            match read.map_err(|e| errors::of(&e, &walk.path))? {
                Some(read) => rows += read,
                None => break,
            }
        }
        Ok(rows)
    }

    /// A way through a file, from its first row on; `None` where dossiers are in memory.
    pub(crate) fn walk(&self, loaded: &Loaded, as_of: Date) -> PyResult<Option<Walk>> {
        let Self::File(path, encoding, options, column) = self else { return Ok(None) };
        let mut input = data::file(path, loaded, as_of, options, *encoding)?;
        if let Some(column) = column {
            input.date_by(column, loaded)?;
        }
        Ok(Some(Walk { path: path.clone(), input, lane: None, part: None }))
    }
}

/// What a run that came out of a pickle has not.
fn away(what: &str) -> PyErr {
    errors::input(format!(
        "the facts behind these decisions did not travel with their pickle: score the data here to have {what}"
    ))
}

/// A file that is read again, row after row.
pub(crate) struct Walk {
    path: PathBuf,
    input: Input,
    lane: Option<Lane>,
    part: Option<Part>,
}

impl Walk {
    /// Decisions on at most so many rows from one on; rows before it are passed over.
    pub(crate) fn decide(
        &mut self,
        py: Python<'_>,
        loaded: &Arc<Loaded>,
        as_of: Date,
        from: usize,
        count: usize,
    ) -> PyResult<Vec<PyDecision>> {
        loop {
            let end = self.part.as_ref().map_or(0, |part| part.start + part.batch.rows());
            if let Some(part) = self.part.as_ref().filter(|_| from < end) {
                return Ok(py.detach(|| part.decide(loaded, as_of, from, count)));
            }
            py.check_signals()?;
            let next = py.detach(|| self.next()).map_err(|e| errors::of(&e, &self.path))?;
            match next {
                Some(portion) => {
                    self.part = Some(Part::new(end, portion));
                }
                None => return Ok(Vec::new()),
            }
        }
    }

    fn next(&mut self) -> Result<Option<Portion>, xinpei::Error> {
        loop {
            if let Some(lane) = &mut self.lane
                && let Some(portion) = lane.portion()?
            {
                return Ok(Some(portion));
            }
            self.lane = self.input.lane(ROWS)?;
            if self.lane.is_none() {
                return Ok(None);
            }
        }
    }
}
