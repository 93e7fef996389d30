//! The hand-off of stage 5: everything the engine says about one enterprise.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

use crate::date::Date;
use crate::fault::Fault;
use crate::label::Label;

/// Whether a decision can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Rated.
    Rated,
    /// Not rated: an override says so, or too little is known.
    Unrated,
    /// Something is wrong with the data; a person must look. Score and grade are provisional.
    Refer,
}

impl Status {
    /// The word in a decision.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rated => "rated",
            Self::Unrated => "unrated",
            Self::Refer => "refer",
        }
    }
}

/// Everything the engine says about one enterprise. Its canonical form is [`Decision::to_json`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Decision {
    /// The key of the enterprise.
    pub enterprise: String,
    /// The rulebook that was applied.
    pub rulebook: RulebookRef,
    /// The as-of date.
    #[serde(serialize_with = "display")]
    pub as_of: Date,
    /// Whether the decision can be relied on.
    pub status: Status,
    /// The score; absent when unrated.
    #[serde(serialize_with = "display_option")]
    pub score: Option<Decimal>,
    /// The grade; absent when unrated.
    pub grade: Option<String>,
    /// The share of attainable points that rests on present facts, rounded down to two digits.
    #[serde(serialize_with = "display")]
    pub coverage: Decimal,
    /// Points by section.
    pub sections: Vec<SectionPoints>,
    /// Points by characteristic.
    pub characteristics: Vec<CharacteristicPoints>,
    /// The overrides that fired, in document order.
    pub overrides: Vec<Fired>,
    /// Why points were lost: overrides first, then the largest losses.
    pub reasons: Vec<Reason>,
    /// What follows.
    pub outcomes: Vec<Follows>,
    /// What is wrong with the data.
    pub faults: Vec<Fault>,
    /// Digest of the facts that the rules use.
    pub facts: String,
    /// Digest over rulebook, as-of date, facts and result: what it takes to replay the decision.
    pub receipt: String,
}

/// The rulebook of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RulebookRef {
    /// The id.
    pub id: String,
    /// The version.
    pub version: String,
    /// Digest of the canonical content.
    pub digest: String,
    /// The version of the rule language.
    pub language: u32,
}

/// Points of a section.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SectionPoints {
    /// The id.
    pub id: String,
    /// The points after floor and cap.
    #[serde(serialize_with = "display")]
    pub points: Decimal,
    /// The most points that the section can have.
    #[serde(serialize_with = "display")]
    pub max: Decimal,
}

/// Points of a characteristic.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CharacteristicPoints {
    /// The id.
    pub id: String,
    /// The section.
    pub section: String,
    /// What was scored, in its plain spelling: a value, or the number of events that count. Absent when
    /// it is not known, and for a list of conditions.
    pub value: Option<String>,
    /// The points.
    #[serde(serialize_with = "display")]
    pub points: Decimal,
    /// The most points that a known answer can have.
    #[serde(serialize_with = "display")]
    pub max: Decimal,
    /// Whether the answer was not known.
    pub missing: bool,
}

/// An override that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fired {
    /// The id.
    pub id: String,
    /// `cap`, `veto`, `notch` or `unrated`.
    pub effect: &'static str,
    /// The grade of a cap or a veto.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// The notches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notch: Option<i32>,
    /// The name people use.
    pub text: Label,
    /// The clause it rests on.
    pub basis: String,
}

/// Why points were lost.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// The code.
    pub code: String,
    /// The points lost; absent for an override.
    #[serde(serialize_with = "display_option", skip_serializing_if = "Option::is_none")]
    pub lost: Option<Decimal>,
    /// The text.
    pub text: Label,
}

/// What follows from a decision.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Follows {
    /// The id.
    pub id: String,
    /// `entitlement`, `sanction`, `alert`, `listing` or `product`.
    pub kind: String,
    /// The department that owes it, or the lender of a product.
    pub department: String,
    /// What follows.
    pub text: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The last day.
    #[serde(serialize_with = "display_option", skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The amount; of a product its limit.
    #[serde(serialize_with = "display_option", skip_serializing_if = "Option::is_none")]
    pub amount: Option<Decimal>,
    /// The yearly rate of a product, in per cent.
    #[serde(serialize_with = "display_option", skip_serializing_if = "Option::is_none")]
    pub rate: Option<Decimal>,
    /// How grave an alert is: `high`, `medium` or `low`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub severity: Option<String>,
    /// The public list that a listing stands on: `honest` or `dishonest`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publicity: Option<String>,
}

impl Decision {
    /// The canonical bytes of the decision: one line of JSON, numbers as text, the same everywhere.
    #[must_use]
    pub fn to_json(&self) -> String {
        // INVARIANT: every key is a text and every value has a form in JSON, so that writing into
        // memory cannot fail.
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn display<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

fn display_option<T: std::fmt::Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
