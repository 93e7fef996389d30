//! A batch of dossiers as columns: what the evaluator reads.

mod builder;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

pub use builder::{BatchBuilder, Cell};

use crate::check::typed::{Fact, FactKind, Members};
use crate::fault::Fault;
use crate::hash;

/// The dictionary as a batch needs it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dictionary {
    pub(crate) facts: Arc<[Fact]>,
    pub(crate) categories: Arc<[Arc<Members>]>,
    index: Arc<BTreeMap<String, u32>>,
    /// What a batch must have been built over: ids, types and members.
    signature: Arc<str>,
    /// Whether enterprises are named by their unified social credit code.
    pub uscc: bool,
}

impl Dictionary {
    pub(crate) fn new(facts: &[Fact], categories: &[Arc<Members>], uscc: bool) -> Self {
        let index = facts.iter().zip(0_u32..).map(|(fact, i)| (fact.id.clone(), i)).collect();
        let members: Vec<Vec<&str>> = categories.iter().map(|c| c.names().collect()).collect();
        let kinds: Vec<_> = facts.iter().map(|f| (&f.id, &f.kind, f.missing)).collect();
        let signature = hash::sha256(format!("{kinds:?}{members:?}").as_bytes()).into();
        Self { facts: facts.into(), categories: categories.into(), index: Arc::new(index), signature, uscc }
    }

    /// The facts, in the order of the dictionary's files.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// The index of a fact.
    #[must_use]
    pub fn fact(&self, id: &str) -> Option<usize> {
        self.index.get(id).and_then(|i| usize::try_from(*i).ok())
    }

    /// The members of a category.
    #[must_use]
    pub fn members(&self, category: u32) -> Option<&Members> {
        self.categories.get(usize::try_from(category).ok()?).map(|m| &**m)
    }
}

/// Values in units of their type (a date in days, a member by index, a flag as 0 or 1), each with a
/// byte that is 1 where the value is known. An unknown value is stored as 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    /// The values.
    pub data: Vec<i64>,
    /// 1 where the value is known, 0 where it is missing.
    pub valid: Vec<u8>,
}

impl Column {
    /// Adds a value; `None` is missing.
    pub fn push(&mut self, value: Option<i64>) {
        self.data.push(value.unwrap_or(0));
        self.valid.push(u8::from(value.is_some()));
    }

    /// The value at a row, if it is known.
    #[must_use]
    pub fn get(&self, row: usize) -> Option<i64> {
        if self.valid.get(row) == Some(&1) { self.data.get(row).copied() } else { None }
    }
}

/// The events of a batch: those of row `r` are `offsets[r] .. offsets[r + 1]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Where each row's events start; one more than there are rows.
    pub offsets: Vec<u32>,
    /// 1 where the table is known, 0 where it is missing.
    pub valid: Vec<u8>,
    /// One column for each field.
    pub fields: Vec<Column>,
}

impl Column {
    fn slice(&self, rows: Range<usize>) -> Self {
        Self {
            data: self.data.get(rows.clone()).unwrap_or_default().to_vec(),
            valid: self.valid.get(rows).unwrap_or_default().to_vec(),
        }
    }
}

impl Table {
    fn slice(&self, rows: Range<usize>) -> Self {
        let offsets = self.offsets.get(rows.start..=rows.end).unwrap_or_default();
        let first = offsets.first().copied().unwrap_or(0);
        let place = |offset: Option<&u32>| offset.and_then(|o| usize::try_from(*o).ok()).unwrap_or(0);
        let events = place(offsets.first())..place(offsets.last());
        Self {
            offsets: offsets.iter().map(|offset| offset - first).collect(),
            valid: self.valid.get(rows).unwrap_or_default().to_vec(),
            fields: self.fields.iter().map(|field| field.slice(events.clone())).collect(),
        }
    }
}

/// A batch of dossiers as columns.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Keys of the enterprises, in the order of the input.
    pub enterprises: Vec<String>,
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
            enterprises: self.enterprises.get(rows.clone()).unwrap_or_default().to_vec(),
            facts: facts.collect(),
            faults: faults.iter().map(|(row, fault)| (row - rows.start, fault.clone())).collect(),
            signature: Arc::clone(&self.signature),
        }
    }

    /// The same enterprises over another dictionary: nothing is known of them, and each has a fault.
    pub(crate) fn estranged(&self, dictionary: &Dictionary) -> Self {
        let mut builder = BatchBuilder::new(dictionary);
        for enterprise in &self.enterprises {
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
        let empty = |column: &mut Column| {
            column.data.clear();
            column.valid.clear();
        };
        for column in &mut self.facts {
            match column {
                FactColumn::Value(column) => empty(column),
                FactColumn::Events(table) => {
                    table.offsets.truncate(1);
                    table.valid.clear();
                    table.fields.iter_mut().for_each(empty);
                }
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
            enterprises: Vec::new(),
            facts: self.empty_columns(),
            faults: Vec::new(),
            signature: Arc::clone(&self.signature),
        }
    }

    fn empty_columns(&self) -> Vec<FactColumn> {
        let column = |fact: &Fact| match &fact.kind {
            FactKind::Value(_) => FactColumn::Value(Column::default()),
            FactKind::Events(events) => FactColumn::Events(Table {
                offsets: vec![0],
                valid: Vec::new(),
                fields: vec![Column::default(); events.fields.len()],
            }),
        };
        self.facts.iter().map(column).collect()
    }
}
