//! Events of one row: taken up one by one, then put into their canonical order.

use super::Table;
use super::units::Wrong;
use crate::check::typed::{Events, Fact};
use crate::fault::{Fault, FaultKind};
use crate::limits;

/// Adds an event to those of a row, and what is wrong with it to the faults; one value for each field.
pub(crate) fn add(
    definition: &Fact,
    events: &Events,
    values: impl Iterator<Item = Result<Option<i64>, Wrong>>,
    open: &mut Vec<Vec<Option<i64>>>,
    faults: &mut Vec<Fault>,
) {
    let mut row = Vec::with_capacity(events.fields.len());
    for (field, value) in events.fields.iter().zip(values) {
        let fact = || format!("{}.{}", definition.id, field.id);
        if field.required && value == Ok(None) {
            faults.push(Fault { fact: fact(), kind: FaultKind::RequiredMissing, value: String::new() });
        }
        row.push(value.unwrap_or_else(|wrong| {
            faults.push(wrong.of(&fact()));
            None
        }));
    }
    if open.len() < limits::EVENTS_PER_ENTERPRISE {
        open.push(row);
    } else if open.len() == limits::EVENTS_PER_ENTERPRISE {
        open.push(row);
        faults.push(too_many(definition));
    }
}

fn too_many(definition: &Fact) -> Fault {
    Fault {
        fact: definition.id.clone(),
        kind: FaultKind::TooManyEvents,
        value: format!("more than {}", limits::EVENTS_PER_ENTERPRISE),
    }
}

/// How events are ordered: by the order field, then by every field.
pub(crate) fn order(events: &Events, a: &[Option<i64>], b: &[Option<i64>]) -> std::cmp::Ordering {
    let at = |row: &[Option<i64>]| events.order.and_then(|o| row.get(o).copied().flatten());
    at(a).cmp(&at(b)).then_with(|| a.cmp(b))
}

/// Moves the events of a row into the columns, in their canonical order; whether they are missing.
pub(crate) fn close(table: &mut Table, events: &Events, open: Option<Vec<Vec<Option<i64>>>>, empty: bool) -> bool {
    let known = open.is_some() || empty;
    let mut rows = open.unwrap_or_default();
    let too_many = rows.len() > limits::EVENTS_PER_ENTERPRISE;
    if too_many {
        rows.clear();
    }
    // INVARIANT: events are ordered by the order field, then by every field, so that the order of an
    // export changes nothing.
    rows.sort_by(|a, b| order(events, a, b));
    for row in &rows {
        for (column, value) in table.fields.iter_mut().zip(row) {
            column.push(*value);
        }
    }
    table.close(known && !too_many);
    !known
}
