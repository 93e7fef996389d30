//! Builds a batch row by row; a value that does not fit its fact becomes a fault.

use rust_decimal::Decimal;

use super::{Batch, Column, Dictionary, FactColumn, Table};
use crate::check::typed::{Events, FactKind, Missing, Type, ValueType};
use crate::date::Date;
use crate::decimal;
use crate::dossier::{Dossier, Value};
use crate::fault::{Fault, FaultKind};
use crate::limits;
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

    /// An empty batch over a dictionary in the memory of an earlier batch over the same one.
    #[must_use]
    pub(crate) fn reusing(dictionary: &Dictionary, mut batch: Batch) -> Self {
        batch.clear();
        Self { dictionary: dictionary.clone(), batch, open: vec![None; dictionary.facts.len()] }
    }

    /// Ends the row before and starts the row of an enterprise. All its facts are missing at first.
    pub fn row(&mut self, enterprise: &str) {
        self.close();
        self.batch.enterprises.push(enterprise.to_owned());
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
            let fault = Fault { fact: definition.id.clone(), kind: FaultKind::WrongType, value: show(cell) };
            self.fault(fault);
            return;
        };
        match units(cell, value, &self.dictionary) {
            Ok(units) => {
                if let Some(FactColumn::Value(column)) = self.batch.facts.get_mut(fact)
                    && let (Some(data), Some(valid)) = (column.data.last_mut(), column.valid.last_mut())
                {
                    *data = units.unwrap_or(0);
                    *valid = u8::from(units.is_some());
                }
            }
            Err(kind) => {
                let fault = Fault { fact: definition.id.clone(), kind, value: show(cell) };
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
        let mut row = Vec::with_capacity(events.fields.len());
        let mut faults = Vec::new();
        for (field, cell) in events.fields.iter().zip(cells.iter().copied().chain(std::iter::repeat(Cell::Missing))) {
            if field.required && matches!(cell, Cell::Missing) {
                let fact = format!("{}.{}", definition.id, field.id);
                faults.push(Fault { fact, kind: FaultKind::RequiredMissing, value: String::new() });
            }
            row.push(units(cell, &field.value, &self.dictionary).unwrap_or_else(|kind| {
                faults.push(Fault { fact: format!("{}.{}", definition.id, field.id), kind, value: show(cell) });
                None
            }));
        }
        let open = self.open.get_mut(fact).map(|o| o.get_or_insert_with(Vec::new));
        if let Some(open) = open {
            if open.len() < limits::EVENTS_PER_ENTERPRISE {
                open.push(row);
            } else if open.len() == limits::EVENTS_PER_ENTERPRISE {
                open.push(row);
                faults.push(Fault {
                    fact: definition.id.clone(),
                    kind: FaultKind::TooManyEvents,
                    value: format!("more than {}", limits::EVENTS_PER_ENTERPRISE),
                });
            }
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
                    let missing = column.valid.last() == Some(&0);
                    if missing
                        && let Missing::Means(units) = definition.missing
                        && !self
                            .batch
                            .faults
                            .iter()
                            .rev()
                            .take_while(|(r, _)| *r == row)
                            .any(|(_, f)| f.fact == definition.id)
                        && let (Some(data), Some(valid)) = (column.data.last_mut(), column.valid.last_mut())
                    {
                        // A value at fault is not absent: it stays unknown.
                        *data = units;
                        *valid = 1;
                    }
                    missing
                }
                (FactColumn::Events(table), FactKind::Events(events)) => {
                    close_table(table, events, open.take(), definition.missing == Missing::Empty)
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

/// Moves the events of a row into the columns, in their canonical order; whether they are missing.
fn close_table(table: &mut Table, events: &Events, open: Option<Vec<Vec<Option<i64>>>>, empty: bool) -> bool {
    let known = open.is_some() || empty;
    let mut rows = open.unwrap_or_default();
    let too_many = rows.len() > limits::EVENTS_PER_ENTERPRISE;
    if too_many {
        rows.clear();
    }
    // INVARIANT: events are ordered by the order field, then by every field, so that the order of an
    // export changes nothing.
    let order = |row: &Vec<Option<i64>>| events.order.and_then(|o| row.get(o).copied().flatten());
    rows.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.cmp(b)));
    for row in &rows {
        for (column, value) in table.fields.iter_mut().zip(row) {
            column.push(*value);
        }
    }
    let end = table.fields.first().map_or(0, |f| f.data.len());
    table.offsets.push(u32::try_from(end).unwrap_or(u32::MAX));
    table.valid.push(u8::from(known && !too_many));
    !known
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

fn show(cell: Cell<'_>) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Number(number) => number.to_string(),
        Cell::Flag(flag) => flag.to_string(),
        Cell::Date(date) => date.to_string(),
        Cell::Text(text) | Cell::Bad(_, text) => text.chars().take(200).collect(),
    }
}

/// A cell in units of a type; `Ok(None)` is missing.
fn units(cell: Cell<'_>, value: &ValueType, dictionary: &Dictionary) -> Result<Option<i64>, FaultKind> {
    let number = |number: Decimal| -> Result<Option<i64>, FaultKind> {
        let Type::Number(numeric) = &value.ty else { return Err(FaultKind::WrongType) };
        let units = decimal::to_units(number, numeric.digits).ok_or(FaultKind::TooManyDigits)?;
        if units < numeric.low || units > numeric.high {
            return Err(FaultKind::OutOfRange);
        }
        i64::try_from(units).map(Some).map_err(|_| FaultKind::OutOfRange)
    };
    let date = |date: Date| {
        if date < value.dates.0 || date > value.dates.1 {
            Err(FaultKind::OutOfRange)
        } else {
            Ok(Some(i64::from(date.days())))
        }
    };
    match (cell, &value.ty) {
        (Cell::Missing, _) => Ok(None),
        (Cell::Bad(kind, _), _) => Err(kind),
        (Cell::Number(n), Type::Number(_)) => number(n),
        (Cell::Flag(flag), Type::Flag) => Ok(Some(i64::from(flag))),
        (Cell::Date(d), Type::Date) => date(d),
        (Cell::Text(text), Type::Number(_)) => match decimal::parse(text) {
            Ok(n) => number(n),
            Err(decimal::NumberError::Digits) => Err(FaultKind::TooManyDigits),
            Err(decimal::NumberError::Syntax) => Err(FaultKind::NotANumber),
        },
        (Cell::Text(text), Type::Date) => date(Date::parse(text).ok_or(FaultKind::NotADate)?),
        (Cell::Text(text), Type::Flag) => match text {
            "true" => Ok(Some(1)),
            "false" => Ok(Some(0)),
            _ => Err(FaultKind::NotAFlag),
        },
        (Cell::Text(text), Type::Category(category)) => {
            let index = dictionary.members(*category).and_then(|m| m.index(text));
            index.map(|i| Some(i64::from(i))).ok_or(FaultKind::UnknownMember)
        }
        _ => Err(FaultKind::WrongType),
    }
}

impl From<&Column> for Vec<Option<i64>> {
    fn from(column: &Column) -> Self {
        column.data.iter().zip(&column.valid).map(|(d, v)| (*v == 1).then_some(*d)).collect()
    }
}
