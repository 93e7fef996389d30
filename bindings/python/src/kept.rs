//! The dossiers behind decisions, so that each can be explained.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use xinpei::{Batch, Date};
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
    File(PathBuf, Encoding, Options),
}

/// Dossiers that were scored together, and the place of the first among all.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) start: usize,
    pub(crate) batch: Batch,
    pub(crate) names: Vec<String>,
}

impl Part {
    /// Decisions on the rows from one on.
    fn decide(&self, loaded: &Arc<Loaded>, as_of: Date, from: usize, count: usize) -> Vec<PyDecision> {
        let first = from.saturating_sub(self.start);
        let rows = first..self.batch.rows().min(first.saturating_add(count));
        let batch = self.batch.slice(rows.clone());
        let outcome = loaded.rulebook.score(&batch, as_of);
        let all = outcome.decisions().zip(rows).map(|(decision, row)| {
            let name = self.names.get(row).filter(|name| !name.is_empty()).cloned();
            PyDecision::new(loaded, decision, name, Some(self.start + row))
        });
        all.collect()
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
            Self::File(..) => match self.walk(loaded, as_of)? {
                Some(mut walk) => walk.decide(py, loaded, as_of, from, count),
                None => Ok(Vec::new()),
            },
        }
    }

    /// A way through a file, from its first row on; `None` where dossiers are in memory.
    pub(crate) fn walk(&self, loaded: &Loaded, as_of: Date) -> PyResult<Option<Walk>> {
        let Self::File(path, encoding, options) = self else { return Ok(None) };
        let input = data::file(path, loaded, as_of, options, *encoding)?;
        Ok(Some(Walk { path: path.clone(), input, lane: None, part: None }))
    }
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
                    self.part = Some(Part { start: end, batch: portion.batch, names: portion.names });
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
