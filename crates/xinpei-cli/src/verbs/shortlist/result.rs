//! A shortlist as data: who is on it, and everybody else with the reason.

use rust_decimal::Decimal;
use serde::Serialize;
use xinpei::Rulebook;
use xinpei_cultivate::{Admission, Aim, Choice, Means, Prospect, Way};

use crate::zone::{self, Firm, Head};

/// An enterprise and how far it is from the line.
pub(super) struct Row {
    pub(super) firm: Firm,
    pub(super) score: Option<Decimal>,
    pub(super) grade: Option<usize>,
    pub(super) tier: Option<usize>,
    pub(super) prospect: Prospect,
}

/// The whole result.
#[derive(Serialize)]
pub(super) struct Record {
    #[serde(flatten)]
    pub(super) head: Head,
    pub(super) line: String,
    pub(super) grade: String,
    pub(super) by: &'static str,
    pub(super) budget: Option<String>,
    pub(super) capacity: Option<usize>,
    pub(super) counts: Counts,
    /// What the plans of those chosen cost together.
    pub(super) cost: String,
    /// The credit that becomes possible, each with its best product.
    pub(super) credit: String,
    /// Whether no choice is better.
    pub(super) proved: bool,
    /// More credit than this no choice brings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) bound: Option<String>,
    pub(super) chosen: Vec<Ready>,
    /// A plan leads to the line, but budget or capacity do not reach.
    pub(super) left: Vec<Ready>,
    /// No plan leads to the line, the nearest first.
    pub(super) none: Vec<Without>,
    /// The rules of cultivation do not take them in.
    pub(super) refused: Vec<Refused>,
    /// The search for a plan was stopped at its limit.
    pub(super) undecided: Vec<Firm>,
    /// A person must look at their data first.
    pub(super) refer: Vec<Firm>,
}

/// How many enterprises there are of each sort.
#[derive(Default, Serialize)]
pub(super) struct Counts {
    pub(super) enterprises: usize,
    pub(super) reached: usize,
    pub(super) chosen: usize,
    pub(super) left: usize,
    pub(super) none: usize,
    pub(super) refused: usize,
    pub(super) undecided: usize,
    pub(super) refer: usize,
    pub(super) rejects: usize,
}

/// An enterprise that a plan leads to the line.
#[derive(Serialize)]
pub(super) struct Ready {
    #[serde(flatten)]
    pub(super) firm: Firm,
    pub(super) tier: String,
    pub(super) score: Option<String>,
    pub(super) grade: String,
    pub(super) cost: String,
    pub(super) months: u32,
    pub(super) review: String,
    pub(super) measures: Vec<String>,
    /// Score and grade on the review day.
    pub(super) result: (Option<String>, Option<String>),
    pub(super) credit: String,
    /// Whether no cheaper plan exists.
    pub(super) cheapest: bool,
    /// Yuan by which the budget would have to grow; absent for those chosen, and where capacity is short.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) short: Option<String>,
}

/// An enterprise without a plan.
#[derive(Serialize)]
pub(super) struct Without {
    #[serde(flatten)]
    pub(super) firm: Firm,
    pub(super) score: Option<String>,
    pub(super) grade: String,
    /// Points needed, attainable at most, and the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) points: Option<(String, String, String)>,
    /// Overrides that no measure and no waiting lifts.
    pub(super) blocked: Vec<String>,
}

/// An enterprise that is not taken in.
#[derive(Serialize)]
pub(super) struct Refused {
    #[serde(flatten)]
    pub(super) firm: Firm,
    /// Rules of selection that are not known to hold.
    pub(super) unmet: Vec<String>,
    /// Bars that hold.
    pub(super) barred: Vec<String>,
}

impl Record {
    #[expect(clippy::too_many_arguments, reason = "a result is made of everything that was found, once")]
    pub(super) fn new(
        head: Head,
        rulebook: &Rulebook,
        line: &Admission<'_>,
        (means, aim): (Means, Aim),
        rows: &[Row],
        ready: &[usize],
        choice: &Choice,
        rejects: usize,
    ) -> Self {
        let typed = rulebook.typed();
        let mut record = Self {
            head,
            line: line.id().to_owned(),
            grade: line.grade().to_owned(),
            by: if aim == Aim::Credit { "credit" } else { "enterprises" },
            budget: means.budget.map(|b| b.to_string()),
            capacity: means.capacity,
            counts: Counts { enterprises: rows.len(), rejects, ..Counts::default() },
            cost: choice.cost.to_string(),
            credit: choice.credit.to_string(),
            proved: choice.proved,
            bound: (!choice.proved).then(|| choice.bound.to_string()),
            chosen: Vec::new(),
            left: Vec::new(),
            none: Vec::new(),
            refused: Vec::new(),
            undecided: Vec::new(),
            refer: Vec::new(),
        };
        let full = means.capacity.is_some_and(|capacity| choice.chosen.len() >= capacity);
        let rest = means.budget.map(|budget| budget - choice.cost);
        let mut chosen: Vec<((Decimal, u32), Ready)> = Vec::new();
        let mut left: Vec<((Decimal, u32), Ready)> = Vec::new();
        let mut none: Vec<(Decimal, Without)> = Vec::new();
        for (at, row) in rows.iter().enumerate() {
            match &row.prospect {
                Prospect::Reached => record.counts.reached += 1,
                Prospect::Refer => record.refer.push(row.firm.clone()),
                Prospect::Undecided => record.undecided.push(row.firm.clone()),
                Prospect::Refused { unmet, barred } => {
                    let names = |list: &[xinpei::check::typed::Rule], places: &[usize]| -> Vec<String> {
                        places.iter().filter_map(|at| list.get(*at)).map(|r| r.id.clone()).collect()
                    };
                    let lists = typed.tiers.as_ref().map(|t| (t.selection.as_slice(), t.bars.as_slice()));
                    let (selection, bars) = lists.unwrap_or_default();
                    record.refused.push(Refused {
                        firm: row.firm.clone(),
                        unmet: names(selection, unmet),
                        barred: names(bars, barred),
                    });
                }
                Prospect::None { points, blocked } => {
                    let short = points.map_or(Decimal::MAX, |(needed, attainable)| needed - attainable);
                    none.push((
                        short,
                        Without {
                            firm: row.firm.clone(),
                            score: row.score.map(|s| s.to_string()),
                            grade: zone::grade(typed, row.grade),
                            points: points.map(|(needed, attainable)| {
                                let text = |points: Decimal| points.normalize().to_string();
                                (text(needed), text(attainable), text(needed - attainable))
                            }),
                            blocked: blocked.clone(),
                        },
                    ));
                }
                Prospect::Ready(way) => {
                    let place = ready.binary_search(&at).unwrap_or(usize::MAX);
                    let mut one = ready_of(rulebook, row, way);
                    if choice.chosen.binary_search(&place).is_ok() {
                        chosen.push(((way.cost, way.months), one));
                    } else {
                        let short = rest.map(|rest| way.cost - rest).filter(|s| *s > Decimal::ZERO && !full);
                        one.short = short.map(|s| s.to_string());
                        left.push(((way.cost, way.months), one));
                    }
                }
            }
        }
        chosen.sort_by_key(|(key, _)| *key);
        left.sort_by_key(|(key, _)| *key);
        none.sort_by_key(|(short, _)| *short);
        record.chosen = chosen.into_iter().map(|(_, one)| one).collect();
        record.left = left.into_iter().map(|(_, one)| one).collect();
        record.none = none.into_iter().map(|(_, one)| one).collect();
        record.counts.chosen = record.chosen.len();
        record.counts.left = record.left.len();
        record.counts.none = record.none.len();
        record.counts.refused = record.refused.len();
        record.counts.undecided = record.undecided.len();
        record.counts.refer = record.refer.len();
        record
    }
}

fn ready_of(rulebook: &Rulebook, row: &Row, way: &Way) -> Ready {
    let typed = rulebook.typed();
    let measures = way.measures.iter().filter_map(|at| typed.measures.get(*at)).map(|m| m.id.clone()).collect();
    Ready {
        firm: row.firm.clone(),
        tier: zone::tier(typed, row.tier),
        score: row.score.map(|s| s.to_string()),
        grade: zone::grade(typed, row.grade),
        cost: way.cost.to_string(),
        months: way.months,
        review: way.review.to_string(),
        measures,
        result: (way.score.map(|s| s.to_string()), way.grade.clone()),
        credit: way.credit.to_string(),
        cheapest: way.proved,
        short: None,
    }
}
