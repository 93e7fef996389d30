//! The events of a batch: tables that are columns of columns.

use std::ops::Range;

use super::shared::{Buffer, Known};
use super::storage::Column;

/// The events of a batch. Those of row `r` are `offsets()[r] .. offsets()[r + 1]`; the first offset
/// need not be 0.
#[derive(Clone, Debug)]
pub struct Table {
    offsets: Offsets,
    known: Known,
    /// One column for each field.
    pub fields: Vec<Column>,
}

#[derive(Clone, Debug)]
enum Offsets {
    Own(Vec<i32>),
    #[cfg_attr(
        not(any(feature = "arrow", test)),
        expect(dead_code, reason = "without a format of columns in memory nobody has values to share")
    )]
    Shared(Buffer<i32>),
}

impl Table {
    /// A table with so many fields and no row.
    pub(crate) fn new(fields: usize) -> Self {
        Self {
            offsets: Offsets::Own(vec![0]),
            known: Known::Bytes(Vec::new()),
            fields: vec![Column::default(); fields],
        }
    }

    /// A table whose offsets are those of somebody else.
    #[cfg(any(feature = "arrow", test))]
    pub(crate) const fn shared(offsets: Buffer<i32>, known: Known, fields: Vec<Column>) -> Self {
        Self { offsets: Offsets::Shared(offsets), known, fields }
    }

    /// A table with its own offsets.
    #[cfg(feature = "arrow")]
    pub(crate) const fn with(offsets: Vec<i32>, known: Known, fields: Vec<Column>) -> Self {
        Self { offsets: Offsets::Own(offsets), known, fields }
    }

    /// A table of rows that are at hand: for each its events, one list of values in the order of the
    /// fields, or `None` where the table is missing. Events stand in the order that the caller gives
    /// them: by the order field, then by all fields.
    #[must_use]
    pub fn of_rows<'e>(fields: usize, rows: impl IntoIterator<Item = Option<&'e [Vec<Option<i64>>]>>) -> Self {
        let mut table = Self::new(fields);
        for row in rows {
            for event in row.unwrap_or_default() {
                table.fields.iter_mut().zip(event).for_each(|(field, value)| field.push(*value));
            }
            table.close(row.is_some());
        }
        table
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.offsets().len().saturating_sub(1)
    }

    /// Where each row's events start among all events; one more than there are rows, never falling.
    #[must_use]
    pub fn offsets(&self) -> &[i32] {
        match &self.offsets {
            Offsets::Own(offsets) => offsets,
            Offsets::Shared(offsets) => offsets.values(),
        }
    }

    /// Whether the table of a row is known; one that is known may have no event.
    #[must_use]
    pub fn known(&self, row: usize) -> bool {
        row < self.rows() && self.known.get(row)
    }

    /// The events of a row.
    #[must_use]
    pub fn events(&self, row: usize) -> Range<usize> {
        self.events_of(row..row + 1)
    }

    /// The events of a range of rows.
    #[must_use]
    pub fn events_of(&self, rows: Range<usize>) -> Range<usize> {
        let offsets = self.offsets();
        let at = |row: usize| offsets.get(row).and_then(|offset| usize::try_from(*offset).ok()).unwrap_or(0);
        at(rows.start)..at(rows.end)
    }

    /// Makes the table of every row missing.
    pub fn forget(&mut self) {
        self.known = Known::Bytes(vec![0; self.rows()]);
    }

    /// The rows of a range; what is shared stays shared.
    pub(super) fn slice(&self, rows: Range<usize>) -> Self {
        let known = self.known.slice(rows.clone());
        match &self.offsets {
            // The fields stay whole: offsets point into them as before.
            Offsets::Shared(offsets) => Self {
                offsets: Offsets::Shared(offsets.slice(rows.start..rows.end + 1)),
                known,
                fields: self.fields.clone(),
            },
            Offsets::Own(offsets) => {
                let offsets = offsets.get(rows.start..=rows.end).unwrap_or_default();
                let first = offsets.first().copied().unwrap_or(0);
                let events = self.events_of(rows);
                Self {
                    offsets: Offsets::Own(offsets.iter().map(|offset| offset - first).collect()),
                    known,
                    fields: self.fields.iter().map(|field| field.slice(events.clone())).collect(),
                }
            }
        }
    }

    /// Ends a row whose events were pushed to the fields.
    pub(super) fn close(&mut self, known: bool) {
        let end = self.fields.first().map_or(0, Column::len);
        if let Offsets::Own(offsets) = &mut self.offsets {
            offsets.push(i32::try_from(end).unwrap_or(i32::MAX));
        }
        if let Known::Bytes(bytes) = &mut self.known {
            bytes.push(u8::from(known));
        }
    }

    /// Takes all rows out; own memory is kept.
    pub(super) fn clear(&mut self) {
        match (&mut self.offsets, &mut self.known) {
            (Offsets::Own(offsets), Known::Bytes(bytes)) => {
                offsets.truncate(1);
                bytes.clear();
                self.fields.iter_mut().for_each(Column::clear);
            }
            _ => *self = Self::new(self.fields.len()),
        }
    }
}

impl PartialEq for Table {
    /// Tables are the same when they say the same, however they are stored.
    fn eq(&self, other: &Self) -> bool {
        let events = |row| self.events(row).zip(other.events(row));
        let same = |row: usize| {
            self.known(row) == other.known(row)
                && self.events(row).len() == other.events(row).len()
                && self.fields.iter().zip(&other.fields).all(|(a, b)| events(row).all(|(x, y)| a.get(x) == b.get(y)))
        };
        self.rows() == other.rows() && self.fields.len() == other.fields.len() && (0..self.rows()).all(same)
    }
}

impl Eq for Table {}
