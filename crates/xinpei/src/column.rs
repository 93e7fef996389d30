//! A batch of dossiers as columns: what the evaluator reads.

mod builder;
mod dictionary;
pub(crate) mod events;
mod keys;
pub(crate) mod shared;
mod storage;
mod table;
mod take;
#[cfg(test)]
mod tests;
pub(crate) mod units;

use std::ops::Range;
use std::sync::Arc;

pub use builder::{BatchBuilder, Cell};
pub use dictionary::Dictionary;
pub use keys::Keys;
pub use storage::Column;
pub use table::Table;

use crate::check::typed::{Fact, FactKind};
use crate::fault::Fault;

/// A batch of dossiers as columns.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Keys of the enterprises, in the order of the input.
    pub enterprises: Keys,
    /// One entry for each fact of the dictionary.
    pub facts: Vec<FactColumn>,
    /// What is wrong: row and fault, in the order of rows.
    pub faults: Vec<(usize, Fault)>,
    /// The signature of the dictionary it was built over.
    signature: Arc<str>,
}

/// The column of a fact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactColumn {
    /// One value a row.
    Value(Column),
    /// A table of events a row.
    Events(Table),
}

impl Batch {
    /// Whether it was built over a dictionary with the same facts, types and members.
    #[must_use]
    pub fn fits(&self, dictionary: &Dictionary) -> bool {
        Arc::ptr_eq(&self.signature, &dictionary.signature) || self.signature == dictionary.signature
    }

    /// The rows of a range, their events and their faults, as a batch of their own.
    #[must_use]
    pub fn slice(&self, rows: Range<usize>) -> Self {
        let facts = self.facts.iter().map(|fact| match fact {
            FactColumn::Value(column) => FactColumn::Value(column.slice(rows.clone())),
            FactColumn::Events(table) => FactColumn::Events(table.slice(rows.clone())),
        });
        let from = self.faults.partition_point(|(row, _)| *row < rows.start);
        let to = self.faults.partition_point(|(row, _)| *row < rows.end);
        let faults = self.faults.get(from..to).unwrap_or_default();
        Self {
            enterprises: self.enterprises.slice(rows.clone()),
            facts: facts.collect(),
            faults: faults.iter().map(|(row, fault)| (row - rows.start, fault.clone())).collect(),
            signature: Arc::clone(&self.signature),
        }
    }

    /// The same batch, of whose columns these hold their values themselves. Others, the keys and the
    /// faults are left out.
    #[cfg(feature = "arrow")]
    pub(crate) fn plain(&self, facts: &[u32]) -> Self {
        let mut batch = Self {
            enterprises: Keys::default(),
            facts: vec![FactColumn::Value(Column::default()); self.facts.len()],
            faults: Vec::new(),
            signature: Arc::clone(&self.signature),
        };
        for fact in facts.iter().filter_map(|fact| usize::try_from(*fact).ok()) {
            if let (Some(from), Some(to)) = (self.facts.get(fact), batch.facts.get_mut(fact)) {
                from.clone_into(to);
                match to {
                    FactColumn::Value(column) => column.own(),
                    FactColumn::Events(table) => table.fields.iter_mut().for_each(Column::own),
                }
            }
        }
        batch
    }

    /// The same enterprises over another dictionary: nothing is known of them, and each has a fault.
    pub(crate) fn estranged(&self, dictionary: &Dictionary) -> Self {
        let mut builder = BatchBuilder::new(dictionary);
        for enterprise in self.enterprises.iter() {
            builder.row(enterprise);
            builder.fault(Fault {
                fact: "enterprise".into(),
                kind: crate::fault::FaultKind::WrongType,
                value: "the batch was built over another dictionary".into(),
            });
        }
        builder.finish()
    }

    /// Takes all rows out, keeping the memory.
    fn clear(&mut self) {
        self.enterprises.clear();
        self.faults.clear();
        for column in &mut self.facts {
            match column {
                FactColumn::Value(column) => column.clear(),
                FactColumn::Events(table) => table.clear(),
            }
        }
    }

    /// How many dossiers there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.enterprises.len()
    }

    /// The faults of a row.
    pub fn faults_of(&self, row: usize) -> impl Iterator<Item = &Fault> {
        let start = self.faults.partition_point(|(r, _)| *r < row);
        self.faults.get(start..).unwrap_or_default().iter().take_while(move |(r, _)| *r == row).map(|(_, f)| f)
    }

    pub(crate) fn value(&self, fact: u32) -> Option<&Column> {
        match self.facts.get(usize::try_from(fact).ok()?)? {
            FactColumn::Value(column) => Some(column),
            FactColumn::Events(_) => None,
        }
    }

    pub(crate) fn table(&self, fact: u32) -> Option<&Table> {
        match self.facts.get(usize::try_from(fact).ok()?)? {
            FactColumn::Events(table) => Some(table),
            FactColumn::Value(_) => None,
        }
    }
}

impl Dictionary {
    pub(crate) fn empty_batch(&self) -> Batch {
        Batch {
            enterprises: Keys::default(),
            facts: self.empty_columns(),
            faults: Vec::new(),
            signature: Arc::clone(&self.signature),
        }
    }

    /// Rows without keys and facts, for results that come from elsewhere.
    pub(crate) fn blank_batch(&self, rows: usize) -> Batch {
        Batch { enterprises: Keys::blank(rows), facts: Vec::new(), ..self.empty_batch() }
    }

    fn empty_columns(&self) -> Vec<FactColumn> {
        let column = |fact: &Fact| match &fact.kind {
            FactKind::Value(_) => FactColumn::Value(Column::default()),
            FactKind::Events(events) => FactColumn::Events(Table::new(events.fields.len())),
        };
        self.facts.iter().map(column).collect()
    }
}
