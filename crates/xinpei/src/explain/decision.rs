//! The hand-off of stage 5: everything the engine says about one enterprise.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};

use crate::date::Date;
use crate::error::Error;
use crate::fault::Fault;
use crate::id::Id;
use crate::label::Label;

/// Whether a decision can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The key of the enterprise.
    pub enterprise: String,
    /// The rulebook that was applied.
    pub rulebook: RulebookRef,
    /// The as-of date.
    #[serde(with = "said")]
    pub as_of: Date,
    /// Whether the decision can be relied on.
    pub status: Status,
    /// The score; absent when unrated.
    #[serde(with = "said_option")]
    pub score: Option<Decimal>,
    /// The grade; absent when unrated.
    pub grade: Option<String>,
    /// The share of attainable points that rests on present facts, rounded down to two digits.
    #[serde(with = "said")]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionPoints {
    /// The id.
    pub id: Id,
    /// The points after floor and cap.
    #[serde(with = "said")]
    pub points: Decimal,
    /// The most points that the section can have.
    #[serde(with = "said")]
    pub max: Decimal,
}

/// Points of a characteristic.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharacteristicPoints {
    /// The id.
    pub id: Id,
    /// The section.
    pub section: Id,
    /// What was scored, in its plain spelling: a value, or the number of events that count. Absent when
    /// it is not known, and for a list of conditions.
    pub value: Option<String>,
    /// The points.
    #[serde(with = "said")]
    pub points: Decimal,
    /// The most points that a known answer can have.
    #[serde(with = "said")]
    pub max: Decimal,
    /// Whether the answer was not known.
    pub missing: bool,
}

/// One of a few words. By its own name it is no text that would have to be borrowed from the JSON.
type Word = &'static str;

/// An override that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fired {
    /// The id.
    pub id: String,
    /// `cap`, `veto`, `notch` or `unrated`.
    #[serde(deserialize_with = "effect")]
    pub effect: Word,
    /// The grade of a cap or a veto.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub grade: Option<String>,
    /// The notches.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub notch: Option<i32>,
    /// The name people use.
    pub text: Label,
    /// The clause it rests on.
    pub basis: String,
}

/// Why points were lost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reason {
    /// The code.
    pub code: String,
    /// The points lost; absent for an override.
    #[serde(with = "said_option", skip_serializing_if = "Option::is_none", default)]
    pub lost: Option<Decimal>,
    /// The text.
    pub text: Label,
}

/// What follows from a decision.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
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
    #[serde(with = "said_option", skip_serializing_if = "Option::is_none", default)]
    pub until: Option<Date>,
    /// The amount; of a product its limit.
    #[serde(with = "said_option", skip_serializing_if = "Option::is_none", default)]
    pub amount: Option<Decimal>,
    /// The yearly rate of a product, in per cent.
    #[serde(with = "said_option", skip_serializing_if = "Option::is_none", default)]
    pub rate: Option<Decimal>,
    /// How grave an alert is: `high`, `medium` or `low`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub severity: Option<String>,
    /// The public list that a listing stands on: `honest` or `dishonest`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
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

    /// Reads the canonical form back, as [`Decision::to_json`] wrote it. Nothing is computed again, so
    /// that what it says is as true as whoever kept it: `xinpei replay` tells whether it holds.
    ///
    /// # Errors
    /// When the text is not a decision: other keys, numbers that are not texts, words that there are not.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        serde_json::from_str(text).map_err(|e| Error::input(format!("this is no decision: {e}")))
    }
}

/// Values as their plain text: numbers and dates.
mod said {
    use std::fmt::Display;

    use serde::{Deserializer, Serializer};

    use super::Said;

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: Said, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text: String = serde::Deserialize::deserialize(deserializer)?;
        T::parse(&text).ok_or_else(|| serde::de::Error::custom(format_args!("`{text}` is no {}", T::NOUN)))
    }
}

/// The same where there may be none.
mod said_option {
    use std::fmt::Display;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::Said;

    pub(super) fn serialize<T: Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            Some(value) => serializer.collect_str(value),
            None => serializer.serialize_none(),
        }
    }

    pub(super) fn deserialize<'de, T: Said, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let value = T::parse(&text);
        value.map(Some).ok_or_else(|| serde::de::Error::custom(format_args!("`{text}` is no {}", T::NOUN)))
    }
}

/// What is written as text and read back.
trait Said: Sized {
    const NOUN: &'static str;

    fn parse(text: &str) -> Option<Self>;
}

impl Said for Decimal {
    const NOUN: &'static str = "number";

    fn parse(text: &str) -> Option<Self> {
        crate::decimal::parse(text).ok()
    }
}

impl Said for Date {
    const NOUN: &'static str = "date";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

fn effect<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
    let word = String::deserialize(deserializer)?;
    let all = ["cap", "veto", "notch", "unrated"];
    let known = all.into_iter().find(|known| *known == word);
    known.ok_or_else(|| serde::de::Error::unknown_variant(&word, &["cap", "veto", "notch", "unrated"]))
}
