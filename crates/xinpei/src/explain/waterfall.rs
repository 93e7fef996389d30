//! From nothing to the score, step by step; the steps add up to the last digit.

use rust_decimal::Decimal;

use super::decision::Decision;
use crate::evaluate::outcome::Typed;

/// What a step of the waterfall is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// The points of a characteristic.
    Characteristic,
    /// What the floor or the cap of a section adds or takes.
    Limit,
    /// What rounding the score adds or takes.
    Rounding,
}

/// One step of the waterfall.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is.
    pub kind: StepKind,
    /// The id of the characteristic or the section; empty for rounding.
    pub id: String,
    /// What it adds.
    pub amount: Decimal,
    /// The sum of all steps up to this one.
    pub total: Decimal,
}

/// The steps that lead to the score of a decision. The last total is the score; an unrated
/// enterprise has the steps of its sections without a rounding.
#[must_use]
pub fn waterfall(typed: &Typed, decision: &Decision) -> Vec<Step> {
    let mut steps = Vec::new();
    let mut total = Decimal::ZERO;
    let mut push = |kind, id: &str, amount: Decimal, total: &mut Decimal| {
        *total += amount;
        steps.push(Step { kind, id: id.to_owned(), amount, total: *total });
    };
    for (section, points) in typed.sections.iter().zip(&decision.sections) {
        let mut sum = Decimal::ZERO;
        for line in decision.characteristics.get(section.characteristics.clone()).unwrap_or_default() {
            sum += line.points;
            push(StepKind::Characteristic, &line.id, line.points, &mut total);
        }
        if points.points != sum {
            push(StepKind::Limit, &section.id, points.points - sum, &mut total);
        }
    }
    if let Some(score) = decision.score
        && score != total
    {
        push(StepKind::Rounding, "", score - total, &mut total);
    }
    steps
}
