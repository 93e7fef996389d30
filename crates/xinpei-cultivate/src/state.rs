//! The facts of one enterprise as a plan changes them.

use std::collections::BTreeMap;
use std::sync::Arc;

use xinpei::check::typed::{FactKind, Type, ValueType};
use xinpei::column::FactColumn;
use xinpei::{Batch, BatchBuilder, Cell, Date, Dictionary, Dossier, Label, Value, decimal};

/// The events of a table: one list of values for each, in the order of the fields.
pub(crate) type Events = Vec<Vec<Option<i64>>>;

/// What is known of a fact, in units of its type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Held {
    /// One value.
    Value(Option<i64>),
    /// The events of a table, in their canonical order; `None` where the table is missing. Shared by
    /// all states that have the same.
    Events(Option<Arc<Events>>),
}

/// All facts of one enterprise, by their place in the dictionary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The key of the enterprise.
    pub enterprise: String,
    pub(crate) facts: Vec<Held>,
}

impl State {
    /// The facts of a row of a batch.
    #[must_use]
    pub fn of(batch: &Batch, row: usize) -> Self {
        let held = |column: &FactColumn| match column {
            FactColumn::Value(column) => Held::Value(column.get(row)),
            FactColumn::Events(table) => Held::Events(table.known(row).then(|| {
                let event = |at: usize| table.fields.iter().map(|field| field.get(at)).collect();
                Arc::new(table.events(row).map(event).collect())
            })),
        };
        Self { enterprise: batch.enterprises.get(row).to_owned(), facts: batch.facts.iter().map(held).collect() }
    }

    pub(crate) fn held(&self, fact: u32) -> Option<&Held> {
        self.facts.get(usize::try_from(fact).ok()?)
    }

    pub(crate) fn held_mut(&mut self, fact: u32) -> Option<&mut Held> {
        self.facts.get_mut(usize::try_from(fact).ok()?)
    }

    /// The events of a table, to be changed, if the table is known.
    pub(crate) fn events_mut(&mut self, fact: u32) -> Option<&mut Events> {
        match self.held_mut(fact)? {
            Held::Events(Some(events)) => Some(Arc::make_mut(events)),
            _ => None,
        }
    }

    /// Puts some facts in the place of those that are here.
    pub(crate) fn put(&mut self, facts: &[(u32, Held)]) {
        for (fact, held) in facts {
            if let Some(slot) = self.held_mut(*fact) {
                slot.clone_from(held);
            }
        }
    }

    /// Adds the facts as a row of a batch.
    pub(crate) fn push(&self, builder: &mut BatchBuilder, dictionary: &Dictionary) {
        builder.row(&self.enterprise);
        for (at, (held, fact)) in self.facts.iter().zip(dictionary.facts()).enumerate() {
            match (held, &fact.kind) {
                (Held::Value(Some(units)), FactKind::Value(value)) => {
                    builder.set(at, cell(Some(*units), value, dictionary));
                }
                (Held::Events(Some(events)), FactKind::Events(table)) => {
                    builder.deliver(at);
                    for event in events.iter() {
                        let cells: Vec<Cell<'_>> = event
                            .iter()
                            .zip(&table.fields)
                            .map(|(units, field)| cell(*units, &field.value, dictionary))
                            .collect();
                        builder.event(at, &cells);
                    }
                }
                _ => {}
            }
        }
    }

    /// The facts as a batch of one row.
    pub(crate) fn batch(&self, dictionary: &Dictionary) -> Batch {
        let mut builder = BatchBuilder::new(dictionary);
        self.push(&mut builder, dictionary);
        builder.finish()
    }

    /// The facts as a dossier, which the command and every other reader can score.
    #[must_use]
    pub fn dossier(&self, dictionary: &Dictionary) -> Dossier {
        let mut facts = BTreeMap::new();
        for (held, fact) in self.facts.iter().zip(dictionary.facts()) {
            let value = match (held, &fact.kind) {
                (Held::Value(Some(units)), FactKind::Value(value)) => plain(*units, value, dictionary),
                (Held::Events(Some(events)), FactKind::Events(table)) => {
                    let event = |event: &Vec<Option<i64>>| {
                        let known = event.iter().zip(&table.fields).filter_map(|(units, field)| {
                            Some((field.id.clone(), plain((*units)?, &field.value, dictionary)))
                        });
                        known.collect()
                    };
                    Value::Events(events.iter().map(event).collect())
                }
                _ => continue,
            };
            facts.insert(fact.id.clone(), value);
        }
        Dossier { enterprise: self.enterprise.clone(), facts }
    }
}

/// A date from whole days since 1970-01-01.
pub(crate) fn day(units: i64) -> Date {
    Date::from_days(i32::try_from(units).unwrap_or(i32::MAX))
}

/// A value as a batch takes it.
fn cell<'d>(units: Option<i64>, value: &ValueType, dictionary: &'d Dictionary) -> Cell<'d> {
    let Some(units) = units else { return Cell::Missing };
    match &value.ty {
        Type::Number(number) => Cell::Number(decimal::from_units(units.into(), number.digits)),
        Type::Flag => Cell::Flag(units != 0),
        Type::Date => Cell::Date(day(units)),
        Type::Category(category) => {
            dictionary.members(*category).and_then(|m| m.name(units)).map_or(Cell::Missing, Cell::Text)
        }
        Type::Grade => Cell::Missing,
    }
}

/// A value as a dossier holds it.
fn plain(units: i64, value: &ValueType, dictionary: &Dictionary) -> Value {
    match cell(Some(units), value, dictionary) {
        Cell::Number(number) => Value::Number(number),
        Cell::Flag(flag) => Value::Flag(flag),
        Cell::Date(date) => Value::Date(date),
        Cell::Text(text) => Value::Text(text.to_owned()),
        _ => Value::Missing,
    }
}

/// A value in its plain spelling.
pub(crate) fn spelt(units: Option<i64>, value: &ValueType, dictionary: &Dictionary) -> Option<String> {
    Some(match plain(units?, value, dictionary) {
        Value::Number(number) => number.to_string(),
        Value::Flag(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Text(text) => text,
        Value::Missing | Value::Events(_) => return None,
    })
}

/// What people call a value, if it has a name.
pub(crate) fn named(units: Option<i64>, value: &ValueType) -> Option<Label> {
    match (&value.ty, units?) {
        (Type::Flag, 0) => Some(Label::new([("zh", "否"), ("en", "no")])),
        (Type::Flag, _) => Some(Label::new([("zh", "是"), ("en", "yes")])),
        (Type::Category(_), member) => value.labels.get(usize::try_from(member).ok()?).cloned(),
        _ => None,
    }
}
