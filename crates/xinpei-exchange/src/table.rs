//! Points tables: a row for each band or member, as CSV, spreadsheets and frames hold them.
//!
//! | column | what stands in it |
//! |---|---|
//! | `characteristic` | the line; its rows belong together |
//! | `fact` | what it looks at, one fact for each characteristic; empty in a row of points for everybody |
//! | `from`, `from_edge` | the lower edge, and `inclusive` or `exclusive`; both empty without one |
//! | `to`, `to_edge` | the upper edge, and `inclusive` or `exclusive`; both empty without one |
//! | `value` | a member of a category; `true` or `false` |
//! | `points` | the points |
//! | `missing` | `true` in the row of a missing answer |
//! | `digits` | digits after the point of the fact's values; once is enough, and the options may say it instead |
//! | `code` | the reason's code, the same in all rows of a characteristic |
//! | `baseline` | the points against which a shortfall counts, the same in all rows |
//!
//! The last three columns may be left out. The edge of a band is always written in words. Bands of a
//! characteristic neither overlap nor leave gaps; its rows stand in any order. A characteristic without a row
//! for a missing answer makes its fact `missing: required`. Dates are written as 2026-06-30.

use std::collections::BTreeMap;
use std::path::Path;

use xinpei::Error;
use xinpei_tables::{Encoding, Texts};

use crate::write::Heading;

mod export;
mod import;
mod sheet;

pub use export::export;
pub use import::import;

/// The columns of a points table, in order.
pub const COLUMNS: [&str; 12] = [
    "characteristic",
    "fact",
    "from",
    "from_edge",
    "to",
    "to_edge",
    "value",
    "points",
    "missing",
    "digits",
    "code",
    "baseline",
];

/// Columns that may be left out.
const OPTIONAL: [&str; 3] = ["digits", "code", "baseline"];

/// Most rows of a table.
const ROWS: usize = 100_000;

/// A points table: one text for each of [`COLUMNS`] in each row, and the line of the row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// The rows.
    pub rows: Vec<(u32, [String; 12])>,
}

/// How a table is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the rulebook says about itself.
    pub heading: Heading,
    /// The name people use.
    pub title: String,
    /// What the lines rest on.
    pub basis: String,
    /// Digits after the point of facts that are numbers, where the table does not say.
    pub digits: Option<u32>,
    /// Digits of single facts, by name.
    pub fact_digits: BTreeMap<String, u32>,
    /// Members of facts beyond those of the rows, by name.
    pub members: BTreeMap<String, Vec<String>>,
    /// Of rows that overlap the first counts; otherwise they are refused.
    pub ordered: bool,
}

impl Options {
    /// A table that rests on nothing but the zone's own choice, and says its digits itself.
    #[must_use]
    pub fn new(heading: Heading) -> Self {
        Self {
            title: heading.id.clone(),
            heading,
            basis: "pilot".to_owned(),
            digits: None,
            fact_digits: BTreeMap::new(),
            members: BTreeMap::new(),
            ordered: false,
        }
    }
}

impl Table {
    /// Reads a CSV file or the first sheet of an .xlsx file.
    ///
    /// # Errors
    /// When it cannot be read, a column is missing, or there is one that a points table has not.
    pub fn read(path: &Path, encoding: Encoding) -> Result<Self, Error> {
        let texts = Texts::read(path, encoding, ROWS)?;
        let name = path.display();
        let place = |column: &&str| texts.header.iter().position(|h| h == column);
        if let Some(lost) = COLUMNS.iter().find(|c| place(c).is_none() && !OPTIONAL.contains(*c)) {
            return Err(Error::input(format!(
                "`{name}` has no column `{lost}`; a points table has {}",
                COLUMNS.join(", ")
            )));
        }
        if let Some(strange) = texts.header.iter().find(|h| !COLUMNS.contains(&h.as_str())) {
            return Err(Error::input(format!(
                "`{name}` has the column `{strange}`; a points table has {}",
                COLUMNS.join(", ")
            )));
        }
        let twice = |column: &&&str| texts.header.iter().filter(|h| h == *column).count() > 1;
        if let Some(column) = COLUMNS.iter().find(twice) {
            return Err(Error::input(format!("`{name}` has the column `{column}` twice")));
        }
        let places = COLUMNS.map(|column| place(&column));
        let cell = |row: &[String], at: Option<usize>| at.and_then(|at| row.get(at)).cloned().unwrap_or_default();
        let rows = texts.rows.iter().filter(|(_, row)| row.iter().any(|c| !c.is_empty()));
        let rows = rows.map(|(line, row)| (u32::try_from(*line).unwrap_or(u32::MAX), places.map(|at| cell(row, at))));
        Ok(Self { rows: rows.collect() })
    }

    /// The table as CSV text.
    #[must_use]
    pub fn to_csv(&self) -> String {
        let mut out = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
        let written =
            out.write_record(COLUMNS).and_then(|()| self.rows.iter().try_for_each(|(_, r)| out.write_record(r)));
        // Memory takes whatever is written to it.
        let bytes = written.ok().and_then(|()| out.into_inner().ok()).unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}
