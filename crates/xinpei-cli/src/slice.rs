//! Some rows of a batch as a batch of their own.

use std::ops::Range;

use xinpei::Batch;
use xinpei::column::{Column, FactColumn, Table};

/// The rows of a range, their events and their faults.
pub(crate) fn slice(batch: &Batch, rows: Range<usize>) -> Batch {
    let facts = batch.facts.iter().map(|fact| match fact {
        FactColumn::Value(values) => FactColumn::Value(column(values, rows.clone())),
        FactColumn::Events(events) => FactColumn::Events(table(events, rows.clone())),
    });
    let from = batch.faults.partition_point(|(row, _)| *row < rows.start);
    let to = batch.faults.partition_point(|(row, _)| *row < rows.end);
    let faults = batch.faults.get(from..to).unwrap_or_default();
    Batch {
        enterprises: batch.enterprises.get(rows.clone()).unwrap_or_default().to_vec(),
        facts: facts.collect(),
        faults: faults.iter().map(|(row, fault)| (row - rows.start, fault.clone())).collect(),
    }
}

fn column(column: &Column, rows: Range<usize>) -> Column {
    Column {
        data: column.data.get(rows.clone()).unwrap_or_default().to_vec(),
        valid: column.valid.get(rows).unwrap_or_default().to_vec(),
    }
}

fn table(table: &Table, rows: Range<usize>) -> Table {
    // The events of row `r` are `offsets[r] .. offsets[r + 1]`: one more offset than rows.
    let offsets = table.offsets.get(rows.start..=rows.end).unwrap_or_default();
    let first = offsets.first().copied().unwrap_or(0);
    let place = |offset: Option<&u32>| offset.and_then(|o| usize::try_from(*o).ok()).unwrap_or(0);
    let events = place(offsets.first())..place(offsets.last());
    Table {
        offsets: offsets.iter().map(|offset| offset - first).collect(),
        valid: table.valid.get(rows).unwrap_or_default().to_vec(),
        fields: table.fields.iter().map(|field| column(field, events.clone())).collect(),
    }
}
