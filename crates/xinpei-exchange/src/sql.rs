//! A rulebook as one SQL statement.
//!
//! The statement reads a table with a row for each enterprise: the column `enterprise`, and a column for each
//! fact under its id. It gives `enterprise`, `status`, `score` and `grade` for each row, exact: every number is
//! a `DECIMAL`, every literal has its digits. It is written for DuckDB, against which it is tested; it uses
//! nothing beyond `CASE`, `CAST`, `COALESCE`, `BETWEEN` and `ROUND` of a `DECIMAL`, ties away from zero.
//!
//! | type of the fact | type of the column |
//! |---|---|
//! | money, number, count | `DECIMAL` or a whole number |
//! | date | `DATE` |
//! | flag | `BOOLEAN` |
//! | category | `VARCHAR` |
//!
//! `NULL` is a missing value, with what the dictionary says absence means; conditions are Kleene's, as in
//! SQL. A row with a fault, a value out of its range, with too many digits or of no member, or without a
//! required fact, has the status `refer`, and neither score nor grade: in a decision those are provisional. Reasons,
//! coverage, outcomes and measures are left out.
//!
//! Tables of events, scripts that run by themselves, quotients, roundings other than half up, calendar months,
//! and a least coverage are refused.

mod expression;
mod statement;

pub use statement::export;

use xinpei::Date;

/// How a statement is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The table that is read, as SQL names it.
    pub table: String,
    /// The as-of date, for rules that look at it.
    pub as_of: Option<Date>,
}

impl Default for Options {
    fn default() -> Self {
        Self { table: "dossiers".to_owned(), as_of: None }
    }
}
