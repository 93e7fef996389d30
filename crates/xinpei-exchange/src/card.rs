//! What scorecards have in common, whatever format they stand in.

use rust_decimal::Decimal;
use xinpei::Date;

/// A scorecard: lines whose points add up to a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The name people use.
    pub title: String,
    /// What the lines rest on, such as the name of the model.
    pub basis: String,
    /// A remark on where it comes from.
    pub note: Option<String>,
    /// What is known about whoever is scored.
    pub fields: Vec<Field>,
    /// The scored lines, in document order.
    pub lines: Vec<Line>,
    /// How many reasons are told.
    pub reasons: usize,
    /// Against what points are lost.
    pub baseline: Baseline,
    /// Grades, best first, each but the last with its lower edge; empty where there are none.
    pub grades: Vec<Grade>,
    /// Examples with expected results.
    pub cases: Vec<Case>,
}

/// Against what points are lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Baseline {
    /// The most points of each line.
    Max,
    /// A number of each line: the mean of its points.
    Mean,
    /// A number of each line: its neutral points.
    Neutral,
    /// A number of each line.
    Custom,
}

impl Baseline {
    /// The word in a rule file.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Mean => "mean",
            Self::Neutral => "neutral",
            Self::Custom => "custom",
        }
    }
}

/// One thing that is known: a fact of the rulebook.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The id of the fact.
    pub id: String,
    /// The name that the other program uses.
    pub name: String,
    /// Its values.
    pub kind: FieldKind,
    /// What an absent value means.
    pub missing: Missing,
}

/// The values of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum FieldKind {
    /// A number with so many digits after the point, between two edges that belong to it.
    Number {
        /// Digits after the point.
        digits: u32,
        /// The least value.
        from: Option<Decimal>,
        /// The greatest value.
        to: Option<Decimal>,
    },
    /// A civil date.
    Date,
    /// True or false.
    Flag,
    /// One of these members.
    Category(Vec<String>),
}

/// What an absent value means.
#[derive(Clone, Debug, PartialEq)]
pub enum Missing {
    /// Nothing is known.
    Unknown,
    /// There is no result.
    Required,
    /// This value, as its text.
    Means(String),
}

/// One scored line.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The id of the characteristic.
    pub id: String,
    /// The name that the other program uses.
    pub name: String,
    /// How it is scored.
    pub scored: Scored,
    /// Points when the answer is not known.
    pub missing: Decimal,
    /// Points against which a shortfall counts; without it the most that a known answer has.
    pub baseline: Option<Decimal>,
    /// The code of its reason; without it the id.
    pub code: Option<String>,
}

/// How a line is scored.
#[derive(Clone, Debug, PartialEq)]
pub enum Scored {
    /// Bands of a number or a date by upper edge, the last one open: the expression and the bands.
    Bands(String, Vec<(Option<Edge>, Decimal)>),
    /// Points by member of a category, `true` and `false` of a flag: the fact and the members.
    Members(String, Vec<(String, Decimal)>),
    /// Conditions from top to bottom; the last has none.
    First(Vec<(Option<String>, Points)>),
}

/// Points of a condition.
#[derive(Clone, Debug, PartialEq)]
pub enum Points {
    /// A number.
    Number(Decimal),
    /// An expression of the rule language, and its digits after the point.
    Expression(String, u32),
}

impl Points {
    /// Digits after the point.
    #[must_use]
    pub fn digits(&self) -> u32 {
        match self {
            Self::Number(number) => number.normalize().scale(),
            Self::Expression(_, digits) => *digits,
        }
    }

    /// These points less a number.
    #[must_use]
    pub fn less(&self, number: Decimal) -> Self {
        match self {
            Self::Number(points) => Self::Number(*points - number),
            Self::Expression(text, digits) => {
                let (sign, amount) = if number < Decimal::ZERO { ('+', -number) } else { ('-', number) };
                Self::Expression(
                    format!("({text}) {sign} {}", amount.normalize()),
                    (*digits).max(amount.normalize().scale()),
                )
            }
        }
    }
}

/// The upper edge of a band: a number, or a date in days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// Where it lies.
    pub at: Decimal,
    /// Whether the edge itself belongs to the band.
    pub inclusive: bool,
    /// Whether it is a date.
    pub date: bool,
}

impl Edge {
    /// The edge as a rule file writes it.
    #[must_use]
    pub fn text(&self) -> String {
        text(self.at, self.date)
    }
}

/// A value as a rule file writes it: a number, or a date given in days.
pub(crate) fn text(value: Decimal, date: bool) -> String {
    match i32::try_from(value) {
        Ok(days) if date => Date::from_days(days).to_string(),
        _ => value.normalize().to_string(),
    }
}

/// A grade.
#[derive(Clone, Debug, PartialEq)]
pub struct Grade {
    /// Its name.
    pub id: String,
    /// Its lower edge, inclusive; the last has none.
    pub from: Option<Decimal>,
}

/// An example with its expected result.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// Where the expectation comes from.
    pub note: String,
    /// Ids of facts and their values, as texts; a fact left out is missing.
    pub facts: Vec<(String, String)>,
    /// The expected score; `None` where there is no result.
    pub score: Option<Decimal>,
    /// How far the score may lie from the expected one, which a float wrote.
    pub tolerance: Decimal,
    /// The expected grade.
    pub grade: Option<String>,
    /// Exactly these reason codes.
    pub reasons: Option<Vec<String>>,
}

impl Card {
    /// Digits after the point that keep every score exact, as far as scores go.
    #[must_use]
    pub fn digits(&self) -> u32 {
        let line = |line: &Line| {
            let known = match &line.scored {
                Scored::Bands(_, bands) => bands.iter().map(|(_, p)| p.normalize().scale()).max(),
                Scored::Members(_, members) => members.iter().map(|(_, p)| p.normalize().scale()).max(),
                Scored::First(rows) => rows.iter().map(|(_, p)| p.digits()).max(),
            };
            known.unwrap_or(0).max(line.missing.normalize().scale())
        };
        self.lines.iter().map(line).max().unwrap_or(0)
    }

    /// The field with an id.
    #[must_use]
    pub fn field(&self, id: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.id == id)
    }
}
