//! Builds a batch row by row; a value that does not fit its fact becomes a fault.

use rust_decimal::Decimal;

use super::{Batch, Dictionary, FactColumn, events, units};
use crate::check::typed::{FactKind, Missing};
use crate::date::Date;
use crate::dossier::{Dossier, Value};
use crate::fault::{Fault, FaultKind};
use crate::uscc;

/// A value on its way into a batch.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    /// Not known.
    Missing,
    /// Money, a number or a count.
    Number(Decimal),
    /// True or false.
    Flag(bool),
    /// A civil date.
    Date(Date),
    /// A member of a category, or a number, date or flag in its plain spelling.
    Text(&'a str),
    /// A text that the reader could not make sense of.
    Bad(FaultKind, &'a str),
}

/// Builds a [`Batch`]: start a row with [`BatchBuilder::row`], then set its facts.
#[derive(Clone, Debug)]
pub struct BatchBuilder {
    dictionary: Dictionary,
    batch: Batch,
    /// Events of the row being built, by fact; `None` where the table is missing.
    open: Vec<Option<Vec<Vec<Option<i64>>>>>,
}

impl BatchBuilder {
    /// An empty batch over a dictionary.
    #[must_use]
    pub fn new(dictionary: &Dictionary) -> Self {
        Self {
            dictionary: dictionary.clone(),
            batch: dictionary.empty_batch(),
            open: vec![None; dictionary.facts.len()],
        }
    }

    /// An empty batch over a dictionary, in the memory of an earlier batch if that was over the same one.
    #[must_use]
    pub fn reusing(dictionary: &Dictionary, mut batch: Batch) -> Self {
        if !batch.fits(dictionary) {
            return Self::new(dictionary);
        }
        batch.clear();
        Self { dictionary: dictionary.clone(), batch, open: vec![None; dictionary.facts.len()] }
    }

    /// Ends the row before and starts the row of an enterprise. All its facts are missing at first.
    pub fn row(&mut self, enterprise: &str) {
        self.close();
        self.batch.enterprises.push(enterprise);
        for column in &mut self.batch.facts {
            if let FactColumn::Value(column) = column {
                column.push(None);
            }
        }
        if self.dictionary.uscc && uscc::check(enterprise).is_err() {
            self.fault(Fault { fact: "enterprise".into(), kind: FaultKind::WrongCode, value: enterprise.into() });
        }
    }

    /// Sets a fact of the row; a table cannot be set this way.
    pub fn set(&mut self, fact: usize, cell: Cell<'_>) {
        if !self.started(fact) {
            return;
        }
        let Some(definition) = self.dictionary.facts.get(fact) else { return };
        let FactKind::Value(value) = &definition.kind else {
            let fault = Fault { fact: definition.id.clone(), kind: FaultKind::WrongType, value: units::show(cell) };
            self.fault(fault);
            return;
        };
        match units::read(cell, value, &self.dictionary) {
            Ok(units) => {
                if let Some(FactColumn::Value(column)) = self.batch.facts.get_mut(fact) {
                    column.set_last(units);
                }
            }
            Err(wrong) => {
                let fault = wrong.of(&definition.id);
                self.fault(fault);
            }
        }
    }

    /// Says that a table of the row was delivered, even if it has no event.
    pub fn deliver(&mut self, fact: usize) {
        if self.started(fact)
            && let Some(open) = self.open.get_mut(fact)
        {
            open.get_or_insert_with(Vec::new);
        }
    }

    /// Adds an event to a table of the row: one cell for each field, in their order.
    pub fn event(&mut self, fact: usize, cells: &[Cell<'_>]) {
        if !self.started(fact) {
            return;
        }
        let Some(definition) = self.dictionary.facts.get(fact) else { return };
        let FactKind::Events(events) = &definition.kind else { return };
        let mut faults = Vec::new();
        if let Some(open) = self.open.get_mut(fact) {
            let open = open.get_or_insert_with(Vec::new);
            let cells = cells.iter().copied().chain(std::iter::repeat(Cell::Missing));
            let values = events.fields.iter().zip(cells);
            let values = values.map(|(field, cell)| units::read(cell, &field.value, &self.dictionary));
            events::add(definition, events, values, open, &mut faults);
        }
        for fault in faults {
            self.fault(fault);
        }
    }

    /// Before the first row there is nothing to set: the first row gets a fault.
    fn started(&mut self, fact: usize) -> bool {
        let started = !self.batch.enterprises.is_empty();
        if !started {
            let fact = self.dictionary.facts.get(fact).map_or_else(String::new, |f| f.id.clone());
            self.fault(Fault { fact, kind: FaultKind::WrongType, value: "set before the first row".into() });
        }
        started
    }

    /// Reports a fault of the row.
    pub fn fault(&mut self, fault: Fault) {
        let row = self.batch.enterprises.len().saturating_sub(1);
        self.batch.faults.push((row, fault));
    }

    /// Adds a whole dossier as a row.
    pub fn dossier(&mut self, dossier: &Dossier) {
        self.row(&dossier.enterprise);
        for (id, value) in &dossier.facts {
            let Some(fact) = self.dictionary.fact(id) else {
                self.fault(Fault { fact: id.clone(), kind: FaultKind::UnknownFact, value: String::new() });
                continue;
            };
            match value {
                Value::Events(rows) => self.events(fact, rows),
                Value::Missing => {}
                other => self.set(fact, cell(other)),
            }
        }
    }

    fn events(&mut self, fact: usize, rows: &[std::collections::BTreeMap<String, Value>]) {
        let Some(definition) = self.dictionary.facts.get(fact).cloned() else { return };
        let FactKind::Events(events) = &definition.kind else {
            self.fault(Fault { fact: definition.id.clone(), kind: FaultKind::WrongType, value: "a table".into() });
            return;
        };
        self.deliver(fact);
        for row in rows {
            for name in row.keys().filter(|name| !events.fields.iter().any(|f| f.id == **name)) {
                self.fault(Fault {
                    fact: format!("{}.{name}", definition.id),
                    kind: FaultKind::UnknownFact,
                    value: String::new(),
                });
            }
            let cells: Vec<Cell<'_>> =
                events.fields.iter().map(|f| row.get(&f.id).map_or(Cell::Missing, cell)).collect();
            self.event(fact, &cells);
        }
    }

    /// The batch; meanings of missing values are put in their place.
    #[must_use]
    pub fn finish(mut self) -> Batch {
        self.close();
        // Faults of a row stand together, in the order of the dictionary's ids.
        self.batch.faults.sort();
        self.batch
    }

    /// Ends the row being built.
    fn close(&mut self) {
        let Some(row) = self.batch.enterprises.len().checked_sub(1) else { return };
        let facts = std::sync::Arc::clone(&self.dictionary.facts);
        for ((definition, column), open) in facts.iter().zip(&mut self.batch.facts).zip(&mut self.open) {
            let missing = match (column, &definition.kind) {
                (FactColumn::Value(column), _) => {
                    let missing = column.get(row).is_none();
                    if missing
                        && let Missing::Means(units) = definition.missing
                        && !self
                            .batch
                            .faults
                            .iter()
                            .rev()
                            .take_while(|(r, _)| *r == row)
                            .any(|(_, f)| f.fact == definition.id)
                    {
                        // A value at fault is not absent: it stays unknown.
                        column.set_last(Some(units));
                    }
                    missing
                }
                (FactColumn::Events(table), FactKind::Events(events)) => {
                    events::close(table, events, open.take(), definition.missing == Missing::Empty)
                }
                _ => false,
            };
            let known_fault =
                || self.batch.faults.iter().rev().take_while(|(r, _)| *r == row).any(|(_, f)| f.fact == definition.id);
            if missing && definition.missing == Missing::Required && !known_fault() {
                let fault =
                    Fault { fact: definition.id.clone(), kind: FaultKind::RequiredMissing, value: String::new() };
                self.batch.faults.push((row, fault));
            }
        }
    }
}

fn cell(value: &Value) -> Cell<'_> {
    match value {
        Value::Missing => Cell::Missing,
        Value::Number(number) => Cell::Number(*number),
        Value::Flag(flag) => Cell::Flag(*flag),
        Value::Date(date) => Cell::Date(*date),
        Value::Text(text) => Cell::Text(text),
        Value::Events(_) => Cell::Bad(FaultKind::WrongType, "a table"),
    }
}
