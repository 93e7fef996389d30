//! Keys, and dates where rows have their own: which rows are dossiers, and which are rejects.

use std::borrow::Cow;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::Schema;
use xinpei::arrow::{Binding, ColumnReader, Texts};
use xinpei::column::Keys;
use xinpei::diagnostic::suggest;
use xinpei::{Cell, Date, Dictionary, Error};

use crate::dated::Dated;
use crate::limits;
use crate::portion::repeated;
use crate::reject::{Reject, key};
use crate::seen::Seen;

/// Looks at keys and dates in the order of the file.
#[derive(Debug)]
pub(super) struct Checker {
    file: String,
    key: String,
    dictionary: Dictionary,
    dated: Option<(Dated, ColumnReader)>,
    seen: Seen,
    /// Rows that were looked at.
    rows: usize,
}

/// What was found about some rows that follow each other.
#[derive(Debug)]
pub(super) struct Checked {
    /// How many there are.
    pub(super) rows: usize,
    /// The keys of those that are dossiers, in their plain form.
    pub(super) keys: Keys,
    /// Their dates, where rows have their own.
    pub(super) dates: Vec<Date>,
    /// The places of the others, rising.
    pub(super) dropped: Vec<usize>,
    pub(super) rejects: Vec<Reject>,
}

/// A column with names for people, which is one of texts.
pub(super) fn name(schema: &Schema, name: &str) -> Result<String, Error> {
    let names = || schema.fields().iter().map(|f| f.name().as_str());
    let field = schema
        .field_with_name(name)
        .map_err(|_| Error::input(format!("there is no column `{name}`; {}", suggest(name, names()))))?;
    if Texts::new(arrow_array::new_empty_array(field.data_type()).as_ref()).is_none() {
        return Err(Error::input(format!("the column `{name}` holds names of enterprises and must be one of texts")));
    }
    Ok(name.to_owned())
}

impl Checker {
    pub(super) fn new(file: &str, key: &str, dictionary: &Dictionary) -> Self {
        let (file, key) = (file.to_owned(), key.to_owned());
        Self { file, key, dictionary: dictionary.clone(), dated: None, seen: Seen::default(), rows: 0 }
    }

    pub(super) fn date_by(&mut self, dated: Dated, schema: &Schema) -> Result<(), Error> {
        let column = dated.column();
        let names = || schema.fields().iter().map(|f| f.name().as_str());
        let field = schema.field_with_name(column).map_err(|_| {
            Error::input(format!("`{}` has no column `{column}`; {}", self.file, suggest(column, names())))
        })?;
        let binding = Binding::new(column, column);
        let reader = ColumnReader::new(field.data_type(), &Dated::value_type(), &self.dictionary, &binding)
            .map_err(|why| Error::input(format!("`{}`: the column `{column}` {why}", self.file)))?;
        self.dated = Some((dated, reader));
        Ok(())
    }

    /// The column with dates.
    pub(super) fn dated(&self) -> Option<&str> {
        self.dated.as_ref().map(|(dated, _)| dated.column())
    }

    /// The columns that are looked at.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.key.as_str()).chain(self.dated())
    }

    fn column<'a>(&self, records: &'a RecordBatch, name: &str) -> Result<&'a ArrayRef, Error> {
        let changed = || Error::input(format!("`{}`: a later part has no column `{name}`", self.file));
        records.column_by_name(name).ok_or_else(changed)
    }

    /// Looks at the rows that come next.
    pub(super) fn check(&mut self, records: &RecordBatch) -> Result<Checked, Error> {
        let rows = records.num_rows();
        if self.rows + rows > limits::ROWS {
            return Err(Error::input(format!("`{}` has more than {} rows; split it", self.file, limits::ROWS)));
        }
        let array = self.column(records, &self.key)?;
        let changed = |name: &str| Error::input(format!("`{}`: `{name}` has another type in a later part", self.file));
        let texts = Texts::new(array.as_ref()).ok_or_else(|| changed(&self.key))?;
        let dates = match &self.dated {
            None => None,
            Some((dated, reader)) => {
                let array = self.column(records, dated.column())?;
                Some((dated, reader.open(array.as_ref()).ok_or_else(|| changed(dated.column()))?))
            }
        };
        // First all keys are brought to their plain form, then looked up one after the other: look-ups
        // wait for memory, and a processor waits for several at once where nothing else stands between.
        let plain: Vec<Result<Cow<'_, str>, String>> =
            (0..rows).map(|row| key(texts.get(row).unwrap_or(""), self.dictionary.uscc)).collect();
        let mut own: Option<Keys> = None;
        let mut checked =
            Checked { rows, keys: Keys::default(), dates: Vec::new(), dropped: Vec::new(), rejects: Vec::new() };
        for (row, plain) in plain.into_iter().enumerate() {
            let line = u64::try_from(self.rows + row + 1).unwrap_or(u64::MAX);
            let date = dates.as_ref().map(|(dated, cells)| {
                cells.with(row, |cell| {
                    let shown = match cell {
                        Cell::Text(text) | Cell::Bad(_, text) => text.to_owned(),
                        _ => String::new(),
                    };
                    dated.cell(&cell, &shown)
                })
            });
            let taken = date.transpose().and_then(|date| {
                let key = plain?;
                self.seen.take(&key, date, line).map_err(|first| repeated("row", first, date))?;
                Ok((key, date))
            });
            let text = || texts.get(row).unwrap_or("");
            // What was borrowed is a part of the text.
            let changed = |key: &Cow<'_, str>| matches!(key, Cow::Owned(_)) || key.len() != text().len();
            match taken {
                Ok((key, date)) => {
                    checked.dates.extend(date);
                    // As long as all keys are plain and nothing is left out, those of the file do.
                    if own.is_none() && (changed(&key) || !checked.dropped.is_empty()) {
                        let kept = (0..row).filter(|row| checked.dropped.binary_search(row).is_err());
                        own = Some(kept.map(|row| texts.get(row).unwrap_or("")).collect());
                    }
                    if let Some(own) = &mut own {
                        own.push(&key);
                    }
                }
                Err(reason) => {
                    checked.dropped.push(row);
                    let (file, enterprise) = (self.file.clone(), text().to_owned());
                    checked.rejects.push(Reject { file, line, enterprise, reason });
                }
            }
        }
        self.rows += rows;
        checked.keys = match own {
            Some(own) => own,
            None if checked.dropped.is_empty() => Keys::from_arrow(array.as_ref()).unwrap_or_default(),
            // Rows at the end were left out, or all of them.
            None => {
                let kept = (0..rows).filter(|row| checked.dropped.binary_search(row).is_err());
                kept.map(|row| texts.get(row).unwrap_or("")).collect()
            }
        };
        Ok(checked)
    }
}
