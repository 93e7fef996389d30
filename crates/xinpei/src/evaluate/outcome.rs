//! The hand-off of stage 4: the results of a batch, as columns.

use std::collections::BTreeMap;

use super::register::Register;
use crate::check::typed::NodeId;
use crate::column::Batch;
use crate::compile::program::Program;
use crate::date::Date;
use crate::fault::Fault;

/// How much of a batch's results is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
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
    /// The batch it was evaluated on.
    pub batch: &'a Batch,
    /// The as-of date.
    pub as_of: Date,
    pub(crate) wanted: Vec<NodeId>,
    pub(crate) columns: Vec<Option<Register>>,
    pub(crate) script_faults: BTreeMap<usize, Vec<Fault>>,
}

impl<'a> Outcome<'a> {
    pub(super) fn new(program: &'a Program, batch: &'a Batch, as_of: Date, detail: Detail) -> Self {
        let outputs = &program.outputs;
        let wanted = match detail {
            Detail::Full => outputs.kept(),
            Detail::Summary => {
                let mut wanted = outputs.points.clone();
                wanted.extend([outputs.score, outputs.grade, outputs.rated]);
                wanted.sort_unstable();
                wanted.dedup();
                wanted
            }
        };
        let mut columns = Vec::new();
        columns.resize_with(program.arena.len(), || None);
        Self { program, batch, as_of, wanted, columns, script_faults: BTreeMap::new() }
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// The value of a node at a row, in units of its type, if it was kept and is known.
    #[must_use]
    pub fn value(&self, id: NodeId, row: usize) -> Option<i128> {
        self.columns.get(usize::try_from(id).ok()?)?.as_ref()?.get(row)
    }

    /// The rounded score of a row, in units of its last digit.
    #[must_use]
    pub fn score(&self, row: usize) -> Option<i128> {
        self.value(self.program.outputs.score, row)
    }

    /// Everything that is wrong with the data of a row.
    #[must_use]
    pub fn faults(&self, row: usize) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self.batch.faults_of(row).chain(self.script_faults.get(&row).into_iter().flatten()).cloned().collect();
        faults.sort();
        faults.dedup();
        faults
    }
}
