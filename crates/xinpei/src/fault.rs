//! What is wrong with one enterprise's data.

use serde::{Deserialize, Serialize};

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The enterprise's unified social credit code does not check.
    WrongCode,
    /// A required value is missing.
    RequiredMissing,
    /// The text is not a number.
    NotANumber,
    /// The number has more digits than the fact keeps.
    TooManyDigits,
    /// The value lies outside the range of the fact.
    OutOfRange,
    /// The text is not a date of the calendar.
    NotADate,
    /// The text is not true or false.
    NotAFlag,
    /// The text is no member of the category.
    UnknownMember,
    /// The value has another type than the fact.
    WrongType,
    /// The dictionary has no such fact or field.
    UnknownFact,
    /// The table has more events than the engine takes for one enterprise.
    TooManyEvents,
    /// An opaque function failed or left its declared range.
    Script,
}

impl FaultKind {
    /// All kinds, in the order of the variants.
    pub const ALL: &[Self] = &[
        Self::WrongCode,
        Self::RequiredMissing,
        Self::NotANumber,
        Self::TooManyDigits,
        Self::OutOfRange,
        Self::NotADate,
        Self::NotAFlag,
        Self::UnknownMember,
        Self::WrongType,
        Self::UnknownFact,
        Self::TooManyEvents,
        Self::Script,
    ];

    /// The word in a decision.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::WrongCode => "wrong_code",
            Self::RequiredMissing => "required_missing",
            Self::NotANumber => "not_a_number",
            Self::TooManyDigits => "too_many_digits",
            Self::OutOfRange => "out_of_range",
            Self::NotADate => "not_a_date",
            Self::NotAFlag => "not_a_flag",
            Self::UnknownMember => "unknown_member",
            Self::WrongType => "wrong_type",
            Self::UnknownFact => "unknown_fact",
            Self::TooManyEvents => "too_many_events",
            Self::Script => "script",
        }
    }
}

/// One thing wrong with one enterprise's data. The value counts as missing and the decision is
/// referred to a person.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The fact, a field as `court.cases.due`, or the function of the scripts.
    pub fact: String,
    /// What is wrong.
    pub kind: FaultKind,
    /// The value as it came, or what the function said.
    pub value: String,
}
