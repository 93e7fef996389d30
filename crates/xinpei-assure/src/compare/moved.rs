//! One enterprise before and after: how its score came to shift.

use rust_decimal::Decimal;
use serde::Serialize;
use xinpei::check::typed::NodeId;
use xinpei::evaluate::outcome::Outcome;
use xinpei::{Date, decimal};

use super::read::{self, Flags, Points};
use super::report::{display, display_option};
use super::ties::{Tie, Ties};

/// An enterprise before and after. The shifts add up to the shift of the score, to the last digit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// The key of the enterprise.
    pub enterprise: String,
    /// Where it stood.
    pub old: Standing,
    /// Where it stands.
    pub new: Standing,
    /// What shifted its score: characteristics in document order, then what floors and caps of sections
    /// made of them, then rounding.
    pub shifts: Vec<Shift>,
    /// Overrides that fire now and did not before.
    pub overrides_gained: Vec<String>,
    /// Overrides that fired and do no more.
    pub overrides_lost: Vec<String>,
    /// Outcomes that follow now and did not before.
    pub outcomes_gained: Vec<String>,
    /// Outcomes that followed and do no more.
    pub outcomes_lost: Vec<String>,
    /// Outcomes that follow as before, with another last day or amount.
    pub outcomes_changed: Vec<OutcomeChange>,
}

/// Status, score and grade.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// `rated`, `unrated` or `refer`.
    pub status: &'static str,
    /// The score; absent when unrated.
    #[serde(serialize_with = "display_option")]
    pub score: Option<Decimal>,
    /// The grade; absent when unrated.
    pub grade: Option<String>,
}

/// What a shift comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShiftKind {
    /// The points of a characteristic.
    Characteristic,
    /// What the floor or the cap of a section adds or takes.
    Limit,
    /// What rounding the score adds or takes.
    Rounding,
}

/// Points before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Shift {
    /// What it comes from.
    pub kind: ShiftKind,
    /// The id of the characteristic or the section; empty for rounding.
    pub id: String,
    /// Before; zero where there was no such rule.
    #[serde(serialize_with = "display")]
    pub old: Decimal,
    /// After.
    #[serde(serialize_with = "display")]
    pub new: Decimal,
    /// After less before; not zero.
    #[serde(serialize_with = "display")]
    pub shift: Decimal,
}

/// The last day and the amount of an outcome, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OutcomeChange {
    /// The id.
    pub id: String,
    /// The last day before and after.
    pub until: (Option<String>, Option<String>),
    /// The amount before and after.
    pub amount: (Option<String>, Option<String>),
}

pub(super) fn moved(ties: &Ties, old: &Outcome<'_>, new: &Outcome<'_>, row: usize) -> Moved {
    let flags = |list: &[Tie], nodes: fn(&Outcome<'_>) -> Vec<NodeId>| {
        let (olds, news) = (nodes(old), nodes(new));
        let at = |list: &[NodeId], at: Option<usize>| at.and_then(|i| list.get(i)).copied();
        let (mut gained, mut lost) = (Vec::new(), Vec::new());
        for tie in list {
            let before = Flags::of(old, at(&olds, tie.old)).at(row);
            let after = Flags::of(new, at(&news, tie.new)).at(row);
            if after && !before {
                gained.push(tie.id.clone());
            } else if before && !after {
                lost.push(tie.id.clone());
            }
        }
        (gained, lost)
    };
    let (overrides_gained, overrides_lost) = flags(&ties.overrides, |o| o.program.outputs.overrides.clone());
    let (outcomes_gained, outcomes_lost) = flags(&ties.outcomes, |o| o.program.outputs.outcomes.clone());
    let before = standing(old, &ties.grades.0, row);
    let after = standing(new, &ties.grades.1, row);
    Moved {
        enterprise: new.batch.enterprises.get(row).to_owned(),
        shifts: shifts(ties, old, new, (before.score, after.score), row),
        old: before,
        new: after,
        overrides_gained,
        overrides_lost,
        outcomes_gained,
        outcomes_lost,
        outcomes_changed: details(ties, old, new, row),
    }
}

fn standing(outcome: &Outcome<'_>, grades: &[String], row: usize) -> Standing {
    let at = read::standing(outcome, grades.len(), row);
    let status = match at.checked_sub(grades.len()) {
        None => "rated",
        Some(0) => "unrated",
        Some(_) => "refer",
    };
    let score = read::number(outcome, Some(outcome.program.outputs.score), row);
    Standing {
        status,
        score: score.map(|(units, digits)| decimal::from_units(units, digits)),
        grade: read::grade(outcome, grades.len(), row).and_then(|i| grades.get(i)).cloned(),
    }
}

fn shifts(
    ties: &Ties,
    old: &Outcome<'_>,
    new: &Outcome<'_>,
    scores: (Option<Decimal>, Option<Decimal>),
    row: usize,
) -> Vec<Shift> {
    let mut list = Vec::new();
    let mut push = |kind, id: &str, old: Decimal, new: Decimal| {
        if old != new {
            let (old, new) = (old.normalize(), new.normalize());
            list.push(Shift { kind, id: id.to_owned(), old, new, shift: (new - old).normalize() });
        }
    };
    let decimal = |(units, digits): (i128, u32)| decimal::from_units(units, digits);
    for tie in &ties.characteristics {
        let before = decimal(Points::of(old, tie.old).at(row));
        let after = decimal(Points::of(new, tie.new).at(row));
        push(ShiftKind::Characteristic, &tie.id, before, after);
    }
    let (mut totals, mut limits) = ((Decimal::ZERO, Decimal::ZERO), Vec::new());
    for tie in &ties.sections {
        let (before, after) = (section(old, tie.old, row), section(new, tie.new, row));
        totals = (totals.0 + before.0, totals.1 + after.0);
        limits.push((&tie.id, before.1, after.1));
    }
    limits.iter().for_each(|(id, before, after)| push(ShiftKind::Limit, id, *before, *after));
    if let (Some(before), Some(after)) = scores {
        push(ShiftKind::Rounding, "", before - totals.0, after - totals.1);
    }
    list
}

/// The points of a section, and what its floor and cap made of the sum of its characteristics.
fn section(outcome: &Outcome<'_>, at: Option<usize>, row: usize) -> (Decimal, Decimal) {
    let typed = &outcome.program.typed;
    let Some((section, id)) = at.and_then(|i| Some((typed.sections.get(i)?, outcome.program.outputs.sections.get(i)?)))
    else {
        return (Decimal::ZERO, Decimal::ZERO);
    };
    let decimal = |(units, digits): (i128, u32)| decimal::from_units(units, digits);
    let points = read::number(outcome, Some(*id), row).map(decimal).unwrap_or_default();
    let lines = section.characteristics.clone();
    let sum: Decimal = lines.map(|line| decimal(Points::of(outcome, Some(line)).at(row))).sum();
    (points, points - sum)
}

fn details(ties: &Ties, old: &Outcome<'_>, new: &Outcome<'_>, row: usize) -> Vec<OutcomeChange> {
    let mut list = Vec::new();
    for tie in &ties.outcomes {
        let (Some(i), Some(j)) = (tie.old, tie.new) else { continue };
        let follows = |outcome: &Outcome<'_>, at: usize| {
            Flags::of(outcome, outcome.program.outputs.outcomes.get(at).copied()).at(row)
        };
        if !follows(old, i) || !follows(new, j) {
            continue;
        }
        let of = |outcome: &Outcome<'_>, at: usize| {
            let (until, amount) = outcome.program.outputs.details.get(at).copied().unwrap_or_default();
            let day = |(days, _): (i128, u32)| Date::from_days(i32::try_from(days).unwrap_or(0)).to_string();
            let sum = |(units, digits): (i128, u32)| decimal::from_units(units, digits).to_string();
            (read::number(outcome, until, row).map(day), read::number(outcome, amount, row).map(sum))
        };
        let ((until, amount), (until_now, amount_now)) = (of(old, i), of(new, j));
        if until != until_now || amount != amount_now {
            list.push(OutcomeChange { id: tie.id.clone(), until: (until, until_now), amount: (amount, amount_now) });
        }
    }
    list
}
