//! A batch of dossiers as columns: what the evaluator reads.

mod builder;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use builder::{BatchBuilder, Cell};

use crate::check::typed::{Fact, FactKind, Members};
use crate::fault::Fault;

/// The dictionary as a batch needs it. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dictionary {
    pub(crate) facts: Arc<[Fact]>,
    pub(crate) categories: Arc<[Arc<Members>]>,
    index: Arc<BTreeMap<String, u32>>,
    /// Whether enterprises are named by their unified social credit code.
    pub uscc: bool,
}

impl Dictionary {
    pub(crate) fn new(facts: &[Fact], categories: &[Arc<Members>], uscc: bool) -> Self {
        let index = facts.iter().zip(0_u32..).map(|(fact, i)| (fact.id.clone(), i)).collect();
        Self { facts: facts.into(), categories: categories.into(), index: Arc::new(index), uscc }
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

/// A batch of dossiers as columns.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Keys of the enterprises, in the order of the input.
    pub enterprises: Vec<String>,
    /// One entry for each fact of the dictionary.
    pub facts: Vec<FactColumn>,
    /// What is wrong: row and fault, in the order of rows.
    pub faults: Vec<(usize, Fault)>,
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
