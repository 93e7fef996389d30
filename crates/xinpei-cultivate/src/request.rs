//! What is asked of a plan.

use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize};
use xinpei::Rulebook;

use crate::answer::{display, option};

/// What is asked of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// What is to be reached: the next better grade by default.
    pub target: Wanted,
    /// How many months a plan may take.
    pub months: u32,
    /// How much a plan may cost, in yuan; any amount by default.
    #[serde(default, serialize_with = "option", deserialize_with = "amount", skip_serializing_if = "Option::is_none")]
    pub budget: Option<Decimal>,
    /// How many other plans are told beside the best and those that are sooner.
    pub others: usize,
    /// Whether after a step score and grade may be below those of the start; where time alone lowers them
    /// they may in any case, but not below what they would be if nothing were done.
    pub allow_dips: bool,
    /// How many months a certificate looks ahead for the first day on which there is a plan.
    pub further: u32,
    /// How many sets of facts a certificate tries, to tell which would have to be different.
    pub unlock: usize,
    /// How many nodes each search may look at; the answer says whether that was enough.
    pub nodes: u64,
    /// How many sets of measures that belong together may be listed.
    pub options: usize,
}

/// What is to be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wanted {
    /// The next better grade that a score can reach.
    #[default]
    NextGrade,
    /// This grade or better.
    Grade(String),
    /// That the product of this id admits the enterprise: its least grade, and all its conditions.
    Product(String),
    /// This score or more.
    Score(#[serde(serialize_with = "display", deserialize_with = "number")] Decimal),
    /// The best grade, and in it the best score, that can be had in these months for this budget.
    Best,
}

impl Wanted {
    /// What a word means: a grade goes before a product, that before `best`, and that before a score.
    #[must_use]
    pub fn of(word: &str, rulebook: &Rulebook) -> Self {
        let typed = rulebook.typed();
        if typed.grades.iter().any(|g| g.id == word) {
            return Self::Grade(word.to_owned());
        }
        if typed.products.iter().filter_map(|p| typed.outcomes.get(p.outcome)).any(|o| o.id == word) {
            return Self::Product(word.to_owned());
        }
        match (word, xinpei::decimal::parse(word)) {
            ("best", _) => Self::Best,
            (_, Ok(score)) => Self::Score(score),
            (_, Err(_)) => Self::Grade(word.to_owned()),
        }
    }
}

impl Default for Request {
    fn default() -> Self {
        Self {
            target: Wanted::NextGrade,
            months: 12,
            budget: None,
            others: 0,
            allow_dips: false,
            further: 36,
            unlock: 8,
            nodes: 200_000,
            options: 4_096,
        }
    }
}

fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    let text = String::deserialize(deserializer)?;
    xinpei::decimal::parse(&text).map_err(|_| serde::de::Error::custom(format!("`{text}` is not a number")))
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    number(deserializer).map(Some)
}
