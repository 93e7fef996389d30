//! A column of the input that says for each row on which date it is decided.

use std::fmt;
use std::sync::Arc;

use xinpei::check::typed::{Type, ValueType};
use xinpei::date::{FIRST, LAST};
use xinpei::{Cell, Date, Dictionary, Value};

use crate::cells::CellReader;

/// What is wrong with a date that the calendar has.
type Check = dyn Fn(Date) -> Result<(), String> + Send + Sync;

/// A column of the input that says for each row on which date it is decided; a fact, or any other
/// column. A row without a date, with an impossible one, or with one that the check refuses is a
/// reject. An enterprise may then stand in several rows, once for each date.
#[derive(Clone)]
pub struct Dated {
    column: String,
    check: Arc<Check>,
}

impl fmt::Debug for Dated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dated").field("column", &self.column).finish_non_exhaustive()
    }
}

impl Dated {
    /// The column of that name; `check` says why a date cannot be decided on.
    pub fn new(column: &str, check: impl Fn(Date) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self { column: column.to_owned(), check: Arc::new(check) }
    }

    /// The name of the column.
    #[must_use]
    pub fn column(&self) -> &str {
        &self.column
    }

    /// What its cells are: dates of the calendar.
    pub(crate) fn value_type() -> ValueType {
        ValueType { ty: Type::Date, dates: (FIRST, LAST), money: false, labels: Vec::new() }
    }

    /// How a cell of text is read.
    pub(crate) fn reader(dictionary: &Dictionary) -> CellReader {
        CellReader::new(&Self::value_type(), dictionary)
    }

    /// The date of a cell, or why the row is a reject. `text` is what stands in it.
    pub(crate) fn cell(&self, cell: &Cell<'_>, text: &str) -> Result<Date, String> {
        match cell {
            Cell::Date(date) => self.date(Some(*date)),
            Cell::Missing => self.date(None),
            _ => Err(self.wrong(text)),
        }
    }

    /// The date of a fact, or why the row is a reject.
    pub(crate) fn value(&self, value: Option<&Value>) -> Result<Date, String> {
        match value {
            None | Some(Value::Missing) => self.date(None),
            Some(Value::Date(date)) => self.date(Some(*date)),
            Some(Value::Text(text)) => Date::parse(text).map_or_else(|| Err(self.wrong(text)), |d| self.date(Some(d))),
            Some(Value::Number(number)) => Err(self.wrong(&number.to_string())),
            Some(Value::Flag(flag)) => Err(self.wrong(&flag.to_string())),
            Some(Value::Events(_)) => Err(self.wrong("a table")),
        }
    }

    /// A date that is known or not.
    pub(crate) fn date(&self, date: Option<Date>) -> Result<Date, String> {
        let date = date.ok_or_else(|| format!("the row has no date in the column `{}`", self.column))?;
        if date < FIRST || date > LAST {
            return Err(format!("the date {date} in the column `{}` lies outside {FIRST} to {LAST}", self.column));
        }
        (self.check)(date).map(|()| date)
    }

    pub(crate) fn wrong(&self, text: &str) -> String {
        format!("the column `{}` has no date: `{text}`", self.column)
    }
}
