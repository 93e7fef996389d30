//! The hand-off of a comparison: plain data, numbers as exact text.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use xinpei::Label;

use crate::diff::Side;

/// What changed in the decisions of a portfolio.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The rulebook before.
    pub old: Side,
    /// The rulebook after.
    pub new: Side,
    /// How many enterprises were decided on.
    pub rows: u64,
    /// How many of them have anything changed: points, score, grade, status, overrides, outcomes.
    pub changed: u64,
    /// How many have another grade or status.
    pub moved: u64,
    /// How many were rated before and after, and have a better grade of the new list.
    pub better: u64,
    /// How many were rated before and after, and have a worse grade of the new list.
    pub worse: u64,
    /// How many went from which grade to which.
    pub matrix: Matrix,
    /// How scores shifted.
    pub score: ScoreShift,
    /// How the points of sections shifted, after floor and cap; every section.
    pub sections: Vec<PointShift>,
    /// How the points of characteristics shifted; every characteristic.
    pub characteristics: Vec<PointShift>,
    /// How often overrides fired; every override.
    pub overrides: Vec<Count>,
    /// How often outcomes followed; every outcome.
    pub outcomes: Vec<Count>,
}

/// How many went from which grade to which. Exact: all counts add up to the number of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// Names of the rows: grades of the old rulebook, best first, then `unrated` and `refer`.
    pub old: Vec<String>,
    /// Names of the columns: the same of the new rulebook.
    pub new: Vec<String>,
    /// By row, then by column.
    pub counts: Vec<Vec<u64>>,
}

/// How scores shifted, of enterprises that have a score before and after; a provisional one counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ScoreShift {
    /// How many there are.
    pub rows: u64,
    /// How many have a higher score.
    pub up: u64,
    /// How many have a lower score.
    pub down: u64,
    /// The sum of the scores before.
    #[serde(serialize_with = "display")]
    pub old_sum: Decimal,
    /// The sum of the scores after.
    #[serde(serialize_with = "display")]
    pub new_sum: Decimal,
    /// The sum of all shifts.
    #[serde(serialize_with = "display")]
    pub sum: Decimal,
    /// Order statistics of the shifts, the unshifted ones included; empty without rows.
    pub quantiles: Vec<Quantile>,
    /// Every shift that occurs, rising, and how often.
    pub histogram: Vec<Bar>,
}

/// The smallest shift that at least this share of the enterprises do not exceed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Quantile {
    /// The share in per cent; 0 is the least shift.
    pub percent: u32,
    /// The shift: one that occurs, never one in between.
    #[serde(serialize_with = "display")]
    pub shift: Decimal,
}

/// How often a shift occurs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// The shift.
    #[serde(serialize_with = "display")]
    pub shift: Decimal,
    /// How often.
    pub rows: u64,
}

/// How the points of a section or a characteristic shifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PointShift {
    /// The id.
    pub id: String,
    /// The name people use, in Chinese and English.
    pub label: Label,
    /// How many enterprises have more points.
    pub up: u64,
    /// How many have fewer.
    pub down: u64,
    /// The sum of all shifts.
    #[serde(serialize_with = "display")]
    pub sum: Decimal,
}

/// How often an override fired or an outcome followed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// The id.
    pub id: String,
    /// The name people use, in Chinese and English.
    pub label: Label,
    /// Before.
    pub old: u64,
    /// After.
    pub new: u64,
    /// Enterprises for which it holds now and did not before.
    pub gained: u64,
    /// Enterprises for which it held and does no more.
    pub lost: u64,
    /// Enterprises for which it holds as before, with another last day or amount.
    pub changed: u64,
    /// The sum of the amounts before; zero for what has none.
    #[serde(serialize_with = "display")]
    pub old_amount: Decimal,
    /// The sum of the amounts after.
    #[serde(serialize_with = "display")]
    pub new_amount: Decimal,
}

pub(super) fn display<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

pub(super) fn display_option<T: std::fmt::Display, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
