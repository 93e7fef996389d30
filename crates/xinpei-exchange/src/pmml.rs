//! PMML Scorecards, versions 4.1 to 4.4.
//!
//! # In
//! [`import`] reads data dictionary, mining schema, derived fields, characteristics, outputs and
//! verification rows. The first attribute that is true counts. What an attribute does with a missing value
//! becomes the `missing` of its characteristic; a field whose absence leaves a characteristic without a true
//! attribute becomes `missing: required`, because PMML then gives no result and the engine refers.
//!
//! | in PMML | in the rules |
//! |---|---|
//! | `DataField` of a number | a number with digits: of an integer 0, of a double those of [`Options::digits`] |
//! | `Interval`, `Value` | the range, the members; a value outside is a fault, as `returnInvalid` says |
//! | `missingValueReplacement` | `missing: {means: …}` |
//! | `ComplexPartialScore` of `+`, `-`, `*`, `abs`, `floor`, `ceil` | an expression |
//! | `initialScore` | a line of its own |
//! | reason codes of attributes | a line for each code: the points lost against the baseline, which joins the initial score |
//! | `Output` with a `Discretize` of the score | grades |
//! | `ModelVerification` | cases; each is tried before anything is written |
//!
//! Reasons are what was lost against the baseline, where that is more than nothing; ties stand in document
//! order; the list is not padded. Other programs fill it up when fewer characteristics lost points than
//! there are ranks: JPMML with nothing, PMML4S by repeating the last code.
//!
//! What does not fit is refused, each thing with its element and line: quotients and rounding without a
//! mode, `pointsAbove`, targets that rescale, models in ensembles, outliers that are moved, fields of text
//! whose values nobody lists, and whatever else the tables above do not name.
//!
//! # Out
//! [`export`] writes what is exact: bands, members and conditions over one fact, sections whose caps cannot
//! bind, grades, and rows of verification.

mod document;
mod export;
mod expression;
mod fields;
mod output;
mod predicate;
mod scorecard;
mod verification;

use std::collections::BTreeMap;

pub use export::export;
pub use scorecard::import;

use crate::write::Heading;

/// How a PMML document is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What the rulebook says about itself.
    pub heading: Heading,
    /// Digits after the point of fields that are doubles.
    pub digits: u32,
    /// Digits of single fields, by name.
    pub field_digits: BTreeMap<String, u32>,
    /// Values of fields of text beyond those that the document lists, by name.
    pub members: BTreeMap<String, Vec<String>>,
    /// Leave the reasons of the document out: points alone are carried.
    pub drop_reasons: bool,
}

impl Options {
    /// Doubles with four digits, nothing added, nothing left out.
    #[must_use]
    pub fn new(heading: Heading) -> Self {
        Self { heading, digits: 4, field_digits: BTreeMap::new(), members: BTreeMap::new(), drop_reasons: false }
    }
}
