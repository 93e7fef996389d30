//! Decisions as columns: one schema, and the record batches that have it.
//!
//! | column | type | null | holds |
//! |---|---|---|---|
//! | `enterprise` | Utf8 | no | the key |
//!
//! and so on: [`GROUPS`] is the whole list. What is in a cell is what [`crate::Decision`] says, to the
//! last digit, but no decision is built to fill it, and nothing is computed for a column that was not
//! asked for. Dictionaries hold every word that a rulebook can say, in the rulebook's order, and are
//! the same arrays for every batch of one [`Columns`].
//!
//! ```
//! use xinpei::arrow::{Columns, decisions};
//! use xinpei::{BatchBuilder, Date, Rulebook};
//!
//! # fn main() -> Result<(), xinpei::Error> {
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/sme-size/2011.1");
//! let rulebook = Rulebook::load(folder)?;
//! let mut builder = BatchBuilder::new(rulebook.dictionary());
//! builder.row("a");
//! let batch = builder.finish();
//! let columns = Columns::parse("enterprise,status,score", &rulebook)?;
//! let outcome = rulebook.score(&batch, Date::parse("2026-06-30").unwrap());
//! let records = decisions(&outcome, &columns, &[])?;
//! assert_eq!((records.num_rows(), records.num_columns()), (1, 3));
//! # Ok(()) }
//! ```

mod columns;
mod fill;
mod layout;
mod lists;

use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch, RecordBatchOptions};
use arrow_schema::SchemaRef;

pub use columns::Columns;

use crate::error::Error;
use crate::evaluate::outcome::Outcome;
use crate::rulebook::Rulebook;

/// A group of columns, as `--columns` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The name of the group.
    pub name: &'static str,
    /// The name of its columns: the group's own, or `section:ID` and the like.
    pub column: &'static str,
    /// The Arrow type; `p` and `s` follow from the digits and the range that the rules declare.
    pub ty: &'static str,
    /// When a cell is null; empty when never.
    pub null: &'static str,
    /// What a cell holds.
    pub says: &'static str,
    /// Whether it is written when nobody chooses.
    pub standard: bool,
}

const fn group(
    name: &'static str,
    column: &'static str,
    ty: &'static str,
    null: &'static str,
    says: &'static str,
) -> Group {
    Group { name, column, ty, null, says, standard: true }
}

const fn asked(group: Group) -> Group {
    Group { standard: false, ..group }
}

const LISTED: &str = "List<Dictionary<Int16, Utf8>>";

/// All groups, in the order of the schema.
pub const GROUPS: &[Group] = &[
    group("enterprise", "enterprise", "Utf8", "", "the key of the enterprise"),
    asked(group("name", "name", "Utf8", "the input has none", "the name of the enterprise, as the input has it")),
    asked(group("as_of", "as_of", "Date32", "", "the date that was decided on")),
    group("status", "status", "Dictionary<Int8, Utf8>", "", "`rated`, `unrated` or `refer`"),
    group("score", "score", "Decimal128(p, s)", "unrated", "the score, with the digits of the rulebook"),
    group("grade", "grade", "Dictionary<Int16, Utf8>", "unrated", "the grade; the dictionary has all, best first"),
    group(
        "coverage",
        "coverage",
        "Decimal128(3, 2)",
        "",
        "the share of attainable points that rests on present facts, rounded down",
    ),
    group("sections", "section:ID", "Decimal128(p, s)", "", "the points of a section after floor and cap"),
    asked(group("characteristics", "characteristic:ID", "Decimal128(p, s)", "", "the points of a characteristic")),
    group(
        "reasons",
        "reasons",
        "List<Struct<code: Dictionary<Int16, Utf8>, lost: Decimal128(p, s)>>",
        "`lost` of an override",
        "why points were lost: overrides first, then the largest losses",
    ),
    group("overrides", "overrides", LISTED, "", "the ids of the overrides that fired"),
    group("outcomes", "outcomes", LISTED, "", "the ids of the outcomes that follow"),
    group(
        "faults",
        "faults",
        "List<Struct<fact: Utf8, kind: Dictionary<Int8, Utf8>, value: Utf8>>",
        "",
        "what is wrong with the data",
    ),
    group("receipt", "receipt", "Utf8", "", "`sha256:…`: what it takes to replay the decision"),
];

/// The schema of the decisions of a rulebook. Its metadata has `xinpei.rulebook`, `xinpei.version`,
/// `xinpei.digest` and `xinpei.language`, and nothing of the machine or the time.
///
/// # Errors
/// When the columns were chosen for another rulebook.
pub fn schema(rulebook: &Rulebook, columns: &Columns) -> Result<SchemaRef, Error> {
    columns.layout.belongs(rulebook.program())?;
    Ok(columns.schema())
}

/// The decisions of an outcome as a record batch with the schema of `columns`, a row an enterprise,
/// in the order of the outcome.
///
/// `names` go with the rows and matter only when the column `name` was asked for; an empty or absent
/// one is null.
///
/// # Errors
/// When the columns were chosen for another rulebook than the one that was applied.
pub fn decisions(outcome: &Outcome<'_>, columns: &Columns, names: &[String]) -> Result<RecordBatch, Error> {
    columns.layout.belongs(outcome.program)?;
    let fill = fill::Fill::new(outcome, &columns.layout, names);
    let arrays: Vec<ArrayRef> = columns.kinds.iter().map(|kind| fill.column(*kind)).collect::<Result<_, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(outcome.rows()));
    RecordBatch::try_new_with_options(Arc::clone(&columns.schema), arrays, &options).map_err(fill::misfit)
}
