//! The hand-off of stage 4: the results of a batch, as columns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::register::{Data, View};
use crate::column::Batch;
pub(crate) use crate::compile::program::{CODE_BITS, Kept};
pub use crate::compile::program::{Characteristic, Effect, FactKind, LANGUAGE, NodeId, Program, Section, Type, Typed};
use crate::date::Date;
use crate::fault::Fault;

/// How much of a batch's results is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Score, grade, rated or not, and the points that reasons need.
    Summary,
    /// Everything that a decision says.
    Full,
}

/// The results of a batch. [`Outcome::decision`] explains a row.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The program that was evaluated.
    pub program: &'a Program,
    /// The batch it was evaluated on; its enterprises alone if it was built over another dictionary.
    pub batch: Cow<'a, Batch>,
    /// The as-of date.
    pub as_of: Date,
    pub(crate) kept: &'a Kept,
    /// All columns of one width one after the other: three allocations whatever the rulebook.
    narrow: Vec<i64>,
    wide: Vec<i128>,
    valid: Vec<u8>,
    pub(crate) script_faults: BTreeMap<usize, Vec<Fault>>,
}

impl<'a> Outcome<'a> {
    pub(super) fn new(program: &'a Program, batch: Cow<'a, Batch>, as_of: Date, detail: Detail) -> Self {
        let kept = match detail {
            Detail::Full => &program.full,
            Detail::Summary => &program.summary,
        };
        let rows = batch.rows();
        Self {
            program,
            batch,
            as_of,
            kept,
            narrow: vec![0; kept.widths.0 * rows],
            wide: vec![0; kept.widths.1 * rows],
            valid: vec![0; kept.nodes.len() * rows],
            script_faults: BTreeMap::new(),
        }
    }

    /// Writes the values of a kept node from a row on.
    pub(super) fn write(&mut self, place: usize, start: usize, view: &View<'_>) {
        let rows = self.batch.rows();
        let Some((_, column)) = self.kept.columns.get(place) else { return };
        let from = column * rows + start;
        match view.data {
            Data::Narrow(data) => copy(&mut self.narrow, from, data),
            Data::Wide(data) => copy(&mut self.wide, from, data),
        }
        copy(&mut self.valid, place * rows + start, view.valid);
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// The value of a node at a row, in units of its type, if it was kept and is known.
    #[must_use]
    pub fn value(&self, id: NodeId, row: usize) -> Option<i128> {
        let place = self.place(id)?;
        let rows = self.batch.rows();
        if row >= rows || self.valid.get(place * rows + row) != Some(&1) {
            return None;
        }
        let (wide, column) = self.kept.columns.get(place)?;
        let at = column * rows + row;
        if *wide { self.wide.get(at).copied() } else { self.narrow.get(at).map(|v| i128::from(*v)) }
    }

    fn place(&self, id: NodeId) -> Option<usize> {
        let place = self.kept.places.get(usize::try_from(id).ok()?)?;
        usize::try_from(*place).ok().filter(|p| *p < self.kept.nodes.len())
    }

    /// All values of a node, known or not, if they were kept and are 64 bits wide.
    pub(crate) fn narrow(&self, id: NodeId) -> Option<&[i64]> {
        let (wide, column) = self.kept.columns.get(self.place(id)?)?;
        let rows = self.batch.rows();
        (!wide).then(|| self.narrow.get(column * rows..(column + 1) * rows))?
    }

    /// The rounded score of a row, in units of its last digit.
    #[must_use]
    pub fn score(&self, row: usize) -> Option<i128> {
        self.value(self.program.outputs.score, row)
    }

    /// Everything that is wrong with the data of a row.
    #[must_use]
    pub fn faults(&self, row: usize) -> Vec<Fault> {
        let mut faults: Vec<Fault> =
            self.batch.faults_of(row).chain(self.script_faults.get(&row).into_iter().flatten()).cloned().collect();
        faults.sort();
        faults
    }
}

/// Score, grade and losses of a batch, without what else a decision says.
#[derive(Debug)]
pub struct Summary<'a>(pub(crate) Outcome<'a>);

impl Summary<'_> {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.0.rows()
    }

    /// The rounded score of a row, in units of its last digit; `None` when unrated.
    #[must_use]
    pub fn score(&self, row: usize) -> Option<i128> {
        self.0.score(row)
    }

    /// The rank of the grade of a row: 0 is the last one; `None` when unrated.
    #[must_use]
    pub fn rank(&self, row: usize) -> Option<i128> {
        self.0.value(self.0.program.outputs.grade, row)
    }
}

fn copy<T: Copy>(to: &mut [T], from: usize, data: &[T]) {
    if let Some(to) = to.get_mut(from..from + data.len()) {
        to.copy_from_slice(data);
    }
}
