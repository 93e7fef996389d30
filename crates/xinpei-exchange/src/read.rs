//! A rulebook as lines that other formats know, or a list of what they do not.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use xinpei::check::typed::{Characteristic, FactKind, Missing, NodeId, Op, Scoring, Type, Typed};
use xinpei::{Date, Rulebook, decimal};

use crate::card::{self, Edge, Field, FieldKind};
use crate::failure::Findings;

/// A scored line as other formats know it.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) characteristic: &'a Characteristic,
    pub(crate) way: Way,
}

/// How it is scored.
#[derive(Debug)]
pub(crate) enum Way {
    /// Bands of a fact.
    Bands(usize, Vec<(Option<Edge>, Decimal)>),
    /// Members of a fact.
    Members(usize, Vec<(String, Decimal)>),
    /// Conditions over one fact, or over none.
    First(Option<usize>, Vec<(Option<NodeId>, NodeId)>),
    /// A formula over facts that never leaves its limits.
    Formula(Vec<usize>, NodeId),
}

/// Everything that has no place beside a list of points.
pub(crate) fn refuse_rest(rulebook: &Rulebook, out: &mut Findings) {
    let typed = rulebook.typed();
    for rule in &typed.overrides {
        out.refuse(0, format!("override `{}`", rule.id), "overrides are not carried");
    }
    if typed.manifest.unrated_below.is_some() {
        out.refuse(0, "rulebook.yaml", "a least coverage is not carried");
    }
    for section in &typed.sections {
        let lines = typed.characteristics.get(section.characteristics.clone()).unwrap_or_default();
        let sum = |end: &dyn Fn(&Characteristic) -> i128| -> Decimal {
            lines.iter().map(|c| decimal::from_units(end(c), c.points.digits)).sum()
        };
        let (low, high) = (sum(&|c| c.points.low), sum(&|c| c.points.high));
        if let Some(max) = section.max.filter(|max| *max < high) {
            out.refuse(
                0,
                format!("section `{}`", section.id),
                format!("its cap of {max} can bind: its lines reach {high}"),
            );
        }
        if let Some(floor) = section.floor.filter(|floor| *floor > low) {
            out.refuse(
                0,
                format!("section `{}`", section.id),
                format!("its floor of {floor} can bind: its lines reach {low}"),
            );
        }
    }
    let digits = typed.sections.iter().map(|s| s.points.digits).max().unwrap_or(0);
    if digits > typed.manifest.digits {
        let what = format!("the score is rounded from {digits} digits to {}", typed.manifest.digits);
        out.refuse(0, "rulebook.yaml", what);
    }
    if typed.sections.len() > 1 {
        out.note(0, "sections", "lines of all sections stand in one list, in the same order");
    }
    for (what, count) in [("outcomes", typed.outcomes.len()), ("measures", typed.measures.len())] {
        if count > 0 {
            out.note(0, what, "they follow from a score and are left out");
        }
    }
}

/// The lines of a rulebook; what is none of the known ways is refused.
pub(crate) fn rows<'a>(rulebook: &'a Rulebook, out: &mut Findings) -> Vec<Row<'a>> {
    let typed = rulebook.typed();
    let mut rows = Vec::new();
    for characteristic in &typed.characteristics {
        let place = format!("characteristic `{}`", characteristic.id);
        match way(typed, characteristic) {
            Ok(way) => rows.push(Row { characteristic, way }),
            Err(what) => out.refuse(0, place, what),
        }
    }
    rows
}

fn way(typed: &Typed, characteristic: &Characteristic) -> Result<Way, &'static str> {
    match &characteristic.scoring {
        Scoring::Bands(node, bands) => {
            let fact = fact(typed, *node).ok_or("it bands an expression, not a fact")?;
            let (date, digits) = match &typed.arena.node(*node).ty {
                Type::Number(n) => (false, n.digits),
                _ => (true, 0),
            };
            let edge = |e: xinpei::check::typed::Edge| Edge {
                at: decimal::from_units(e.at, digits).normalize(),
                inclusive: e.inclusive,
                date,
            };
            Ok(Way::Bands(fact, bands.iter().map(|b| (b.edge.map(edge), b.points)).collect()))
        }
        Scoring::Members(node, points) => {
            let fact = fact(typed, *node).ok_or("it gives points to members of an expression, not of a fact")?;
            let names = members(typed, fact).ok_or("its fact has no members")?;
            Ok(Way::Members(fact, names.into_iter().zip(points.iter().copied()).collect()))
        }
        Scoring::First(rows) => {
            let mut facts = BTreeSet::new();
            for (when, points) in rows {
                when.iter().chain([points]).try_for_each(|id| strict(typed, *id, &mut facts))?;
            }
            let facts: Vec<usize> = facts.into_iter().collect();
            match facts.as_slice() {
                [] => Ok(Way::First(None, rows.clone())),
                [only] => Ok(Way::First(Some(*only), rows.clone())),
                _ => Err("its conditions look at several facts, and one that is not known decides otherwise elsewhere"),
            }
        }
        Scoring::Formula(node, least, most) => {
            let mut facts = BTreeSet::new();
            strict(typed, *node, &mut facts)?;
            let Type::Number(n) = &typed.arena.node(*node).ty else { return Err("its formula is no number") };
            let (low, high) = (decimal::from_units(n.low, n.digits), decimal::from_units(n.high, n.digits));
            if low < *least || high > *most {
                return Err("its formula is cut off at a limit");
            }
            Ok(Way::Formula(facts.into_iter().collect(), *node))
        }
        Scoring::Grid(..) => Err("bands of two variables are not carried"),
        Scoring::Each(_) => Err("deductions for each event are not carried"),
    }
}

/// The fact that a node is.
pub(crate) fn fact(typed: &Typed, node: NodeId) -> Option<usize> {
    match &typed.arena.node(node).op {
        Op::Fact(fact) => usize::try_from(*fact).ok(),
        Op::Rescale(inner) => fact(typed, *inner),
        _ => None,
    }
}

/// The facts of an expression that is missing exactly where one of them is.
fn strict(typed: &Typed, id: NodeId, facts: &mut BTreeSet<usize>) -> Result<(), &'static str> {
    match &typed.arena.node(id).op {
        Op::Const(_) => {}
        Op::Fact(fact) => drop(facts.insert(usize::try_from(*fact).unwrap_or(usize::MAX))),
        Op::Add(..)
        | Op::Sub(..)
        | Op::Mul(..)
        | Op::Neg(_)
        | Op::Rescale(_)
        | Op::Abs(_)
        | Op::Compare(..)
        | Op::In(..)
        | Op::And(..)
        | Op::Or(..)
        | Op::Not(_) => {
            return typed.arena.operands(id).into_iter().try_for_each(|a| strict(typed, a, facts));
        }
        Op::Aggregate { .. } | Op::Field(..) | Op::Spread(..) => return Err("it looks at events"),
        Op::Opaque(..) => return Err("it calls a script that runs by itself"),
        Op::AsOf
        | Op::DaysBetween(..)
        | Op::MonthsBetween(..)
        | Op::YearsBetween(..)
        | Op::AddDays(..)
        | Op::AddMonths(..)
        | Op::Year(_)
        | Op::Month(_) => return Err("it reckons with dates"),
        Op::Divide(..) | Op::Round(..) => return Err("it rounds"),
        _ => return Err("its conditions are more than comparisons of one fact"),
    }
    Ok(())
}

/// The names of a fact's members, in the order of the dictionary; of a flag `false` first.
pub(crate) fn members(typed: &Typed, fact: usize) -> Option<Vec<String>> {
    let FactKind::Value(value) = &typed.facts.get(fact)?.kind else { return None };
    match &value.ty {
        Type::Flag => Some(vec!["false".to_owned(), "true".to_owned()]),
        Type::Category(category) => {
            let members = typed.categories.get(usize::try_from(*category).ok()?)?;
            Some(members.names().map(str::to_owned).collect())
        }
        _ => None,
    }
}

/// Every fact with a single value, in the order of the dictionary, and its index there.
pub(crate) fn fields(typed: &Typed, out: &mut Findings) -> Vec<(usize, Field)> {
    let mut list = Vec::new();
    for (at, fact) in typed.facts.iter().enumerate() {
        let value = match &fact.kind {
            FactKind::Value(value) => value,
            FactKind::Events(_) if fact.missing == Missing::Required => {
                out.refuse(0, format!("fact `{}`", fact.id), "a table of events is required");
                continue;
            }
            FactKind::Events(_) => {
                out.note(0, format!("fact `{}`", fact.id), "a table of events; left out");
                continue;
            }
        };
        let kind = match &value.ty {
            Type::Number(n) => FieldKind::Number {
                digits: n.digits,
                from: Some(decimal::from_units(n.low, n.digits).normalize()),
                to: Some(decimal::from_units(n.high, n.digits).normalize()),
            },
            Type::Date => FieldKind::Date,
            Type::Flag => FieldKind::Flag,
            _ => FieldKind::Category(members(typed, at).unwrap_or_default()),
        };
        let missing = match fact.missing {
            Missing::Unknown | Missing::Empty => card::Missing::Unknown,
            Missing::Required => card::Missing::Required,
            Missing::Means(units) => card::Missing::Means(match &kind {
                FieldKind::Number { digits, .. } => decimal::from_units(units.into(), *digits).normalize().to_string(),
                FieldKind::Date => {
                    i32::try_from(units).map_or_else(|_| String::new(), |d| Date::from_days(d).to_string())
                }
                FieldKind::Flag => (units == 1).to_string(),
                FieldKind::Category(names) => {
                    usize::try_from(units).ok().and_then(|i| names.get(i)).cloned().unwrap_or_default()
                }
            }),
        };
        list.push((at, Field { id: fact.id.clone(), name: fact.id.clone(), kind, missing }));
    }
    list
}
