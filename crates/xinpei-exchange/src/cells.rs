//! Attributes with predicates as bands, members or conditions.
//!
//! A foreign characteristic is a list of attributes, each a predicate and points; the first that is true
//! counts. Over one field the constants of all predicates cut its values into cells within which no
//! predicate changes: at a constant, and between two. Each cell has one first true attribute, so bands come
//! out whatever the predicates look like. Over several fields the attributes become conditions.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use xinpei::decimal;

use crate::card::{Edge, FieldKind, Points, Scored, text};

mod predicate;

pub(crate) use self::predicate::{Comparison, Constant, Predicate};
use self::predicate::{Place, place, quoted};

/// Most sentences about one characteristic.
const SENTENCES: usize = 50;

/// What a predicate looks at: a fact, or an expression over facts.
#[derive(Clone, Debug)]
pub(crate) struct Operand {
    /// The fact's id or the expression.
    pub(crate) text: String,
    /// Its values.
    pub(crate) kind: FieldKind,
    /// Whether it may be missing.
    pub(crate) may_miss: bool,
    /// Values that count as missing.
    pub(crate) as_missing: Vec<Constant>,
}

/// An attribute: its condition, and what it gives.
#[derive(Clone, Debug)]
pub(crate) struct Attribute {
    pub(crate) predicate: Predicate,
    pub(crate) outcome: Outcome,
}

/// Points and the code of their reason.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Outcome {
    pub(crate) points: Points,
    pub(crate) code: Option<String>,
}

/// Outcomes as bands, members or conditions.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Table {
    Bands(usize, Vec<(Option<Edge>, Outcome)>),
    Members(usize, Vec<(String, Outcome)>),
    First(Vec<(Option<String>, Outcome)>),
}

/// A characteristic, solved.
#[derive(Clone, Debug)]
pub(crate) struct Solved {
    pub(crate) table: Table,
    /// What a missing answer gives.
    pub(crate) missing: Outcome,
    /// Operands without which there is no result.
    pub(crate) required: Vec<usize>,
}

/// Whether a member that no list names would find an attribute.
pub(crate) fn takes_others(attributes: &[Attribute]) -> bool {
    let other = Some(Place(usize::MAX));
    attributes.iter().any(|a| a.predicate.holds(other, &[]) == Some(true))
}

/// Solves the attributes of a characteristic. Errors are sentences.
///
/// With `apart` no two attributes may hold for one value of a single operand.
pub(crate) fn solve(attributes: &[Attribute], operands: &[Operand], apart: bool) -> Result<Solved, Vec<String>> {
    let mut used = BTreeSet::new();
    attributes.iter().for_each(|a| a.predicate.operands(&mut used));
    let used: Vec<usize> = used.into_iter().collect();
    match used.as_slice() {
        [only] => match operands.get(*only) {
            Some(operand) => over_one(attributes, *only, operand, apart),
            None => Err(vec!["it looks at nothing".to_owned()]),
        },
        _ => over_several(attributes, operands),
    }
}

fn over_one(attributes: &[Attribute], at: usize, operand: &Operand, apart: bool) -> Result<Solved, Vec<String>> {
    let mut constants = BTreeSet::new();
    attributes.iter().for_each(|a| a.predicate.constants(&mut constants));
    if let FieldKind::Number { from, to, .. } = &operand.kind {
        constants.extend([*from, *to].into_iter().flatten());
    }
    constants.extend(operand.as_missing.iter().filter_map(|c| match c {
        Constant::Number(number) => Some(*number),
        Constant::Member(_) => None,
    }));
    let constants: Vec<Decimal> = constants.into_iter().collect();
    let first = |at: Option<Place>| {
        let missing = |p: Place| operand.as_missing.iter().any(|c| place(*c, &constants) == p);
        let at = at.filter(|p| !missing(*p));
        let mut holding = attributes.iter().filter(|a| a.predicate.holds(at, &constants) == Some(true));
        match (holding.next(), holding.next()) {
            (Some(_), Some(_)) if apart => Err("two rows hold for"),
            (Some(found), _) => Ok(found.outcome.clone()),
            (None, _) if apart => Err("no row holds for"),
            (None, _) => Err("no attribute holds for"),
        }
    };
    let mut wrong = Vec::new();
    let table = match &operand.kind {
        FieldKind::Number { digits, from, to } => {
            let inside = |c: Decimal| from.is_none_or(|f| c >= f) && to.is_none_or(|t| c <= t);
            bands(at, operand, &constants, *digits, inside, false, first, &mut wrong)
        }
        FieldKind::Date => bands(at, operand, &constants, 0, |_| true, true, first, &mut wrong),
        FieldKind::Flag | FieldKind::Category(_) => {
            let names = match &operand.kind {
                FieldKind::Category(members) => members.clone(),
                _ => vec!["false".to_owned(), "true".to_owned()],
            };
            let mut rows = Vec::new();
            for (member, name) in names.into_iter().enumerate() {
                if wrong.len() >= SENTENCES {
                    break;
                }
                match first(Some(Place(2 * member + 1))) {
                    Ok(outcome) => rows.push((name, outcome)),
                    Err(what) => wrong.push(format!("{what} `{name}`")),
                }
            }
            members(at, operand, rows)
        }
    };
    let missing = first(None);
    if let (Err(what), true) =
        (&missing, attributes.iter().filter(|a| a.predicate.holds(None, &constants) == Some(true)).count() > 1)
    {
        wrong.push(format!("{what} a missing value"));
    }
    let missing = missing.ok();
    let required = if operand.may_miss && missing.is_none() { vec![at] } else { Vec::new() };
    // What a missing answer gives is never asked where it is not possible.
    let code = match &table {
        Table::Bands(_, rows) => rows.first().map(|(_, o)| o.code.clone()),
        Table::Members(_, rows) => rows.first().map(|(_, o)| o.code.clone()),
        Table::First(rows) => rows.first().map(|(_, o)| o.code.clone()),
    };
    let never = Outcome { points: Points::Number(Decimal::ZERO), code: code.flatten() };
    let missing = missing.unwrap_or(never);
    if matches!(missing.points, Points::Expression(..)) {
        wrong.push("the points of a missing value are computed from it".to_owned());
    }
    if wrong.is_empty() { Ok(Solved { table, missing, required }) } else { Err(wrong) }
}

/// Members whose points are numbers, or conditions where some are computed.
fn members(at: usize, operand: &Operand, rows: Vec<(String, Outcome)>) -> Table {
    if rows.iter().all(|(_, o)| matches!(o.points, Points::Number(_))) {
        return Table::Members(at, rows);
    }
    let last = rows.len().saturating_sub(1);
    let flag = operand.kind == FieldKind::Flag;
    let row = |(i, (name, outcome)): (usize, (String, Outcome))| {
        let name = if flag { name } else { quoted(&name) };
        ((i < last).then(|| format!("{} == {name}", operand.text)), outcome)
    };
    Table::First(rows.into_iter().enumerate().map(row).collect())
}

/// The cells of a number or a date, joined to bands.
#[expect(clippy::too_many_arguments, reason = "what is known about one operand")]
fn bands(
    at: usize,
    operand: &Operand,
    constants: &[Decimal],
    digits: u32,
    inside: impl Fn(Decimal) -> bool,
    date: bool,
    first: impl Fn(Option<Place>) -> Result<Outcome, &'static str>,
    wrong: &mut Vec<String>,
) -> Table {
    let mut found: Vec<(usize, Outcome)> = Vec::new();
    for cell in 0..=2 * constants.len() {
        let (below, here) = (cell.checked_sub(2).and_then(|c| constants.get(c / 2)), constants.get(cell / 2));
        let reached = if cell % 2 == 1 {
            here.is_some_and(|c| inside(*c) && decimal::to_units(*c, digits).is_some())
        } else {
            // Between two constants, both inside or one of them the edge of what is inside.
            let within = below.is_none_or(|c| inside(*c)) && here.is_none_or(|c| inside(*c));
            let outer = match (below, here) {
                (None, Some(first)) => !edge(operand, *first, true),
                (Some(last), None) => !edge(operand, *last, false),
                _ => true,
            };
            within && outer && between(below.copied(), here.copied(), digits)
        };
        if !reached {
            continue;
        }
        match first(Some(Place(cell))) {
            Ok(outcome) => match found.last_mut() {
                Some((end, last)) if *last == outcome => *end = cell,
                _ => found.push((cell, outcome)),
            },
            Err(hold) => {
                let text = |c: Option<&Decimal>| c.map(|c| text(*c, date));
                let what = match (cell % 2, text(below), text(here)) {
                    (1, _, Some(here)) => format!("the value {here}"),
                    (_, Some(below), Some(here)) => format!("values between {below} and {here}"),
                    (_, None, Some(here)) => format!("values below {here}"),
                    (_, Some(below), None) => format!("values above {below}"),
                    _ => "any value".to_owned(),
                };
                wrong.push(format!("{hold} {what}"));
            }
        }
    }
    let last = found.len().saturating_sub(1);
    let edged = found.into_iter().enumerate().map(|(i, (cell, outcome))| {
        let at = constants.get(cell / 2).copied().filter(|_| i < last);
        (at.map(|at| Edge { at, inclusive: cell % 2 == 1, date }), outcome)
    });
    let edged: Vec<(Option<Edge>, Outcome)> = edged.collect();
    if edged.iter().all(|(_, o)| matches!(o.points, Points::Number(_))) {
        return Table::Bands(at, edged);
    }
    let condition = |edge: Edge| {
        let value = if date { format!("date(\"{}\")", edge.text()) } else { edge.text() };
        format!("{} {} {value}", operand.text, if edge.inclusive { "<=" } else { "<" })
    };
    Table::First(edged.into_iter().map(|(edge, outcome)| (edge.map(condition), outcome)).collect())
}

/// Whether a constant is the lower (or upper) edge of what the operand may be.
fn edge(operand: &Operand, constant: Decimal, lower: bool) -> bool {
    match &operand.kind {
        FieldKind::Number { from, to, .. } => {
            if lower {
                *from == Some(constant)
            } else {
                *to == Some(constant)
            }
        }
        _ => false,
    }
}

/// Whether a value with so many digits lies strictly between two constants.
fn between(below: Option<Decimal>, above: Option<Decimal>, digits: u32) -> bool {
    let (Some(below), Some(above)) = (below, above) else { return true };
    let Some(factor) = decimal::pow10(digits) else { return true };
    let units = |value: Decimal, mode| {
        let value = value.normalize();
        let scale = decimal::pow10(value.scale())?;
        decimal::divide(value.mantissa().checked_mul(factor)?, scale, mode)
    };
    match (units(below, decimal::Rounding::Floor), units(above, decimal::Rounding::Ceiling)) {
        (Some(low), Some(high)) => high - low > 1,
        _ => true,
    }
}

/// Conditions over several operands. One that is not known counts as false, as in the foreign card.
fn over_several(attributes: &[Attribute], operands: &[Operand]) -> Result<Solved, Vec<String>> {
    let mut rows = Vec::new();
    for attribute in attributes {
        match &attribute.predicate {
            Predicate::True => {
                rows.push((None, attribute.outcome.clone()));
                break;
            }
            Predicate::False => {}
            predicate => {
                rows.push((Some(format!("otherwise({}, false)", predicate.text(operands))), attribute.outcome.clone()));
            }
        }
    }
    let Some((None, last)) = rows.last().cloned() else {
        return Err(vec![
            "its attributes look at several fields and may all fail; end them with one that is always true".to_owned(),
        ]);
    };
    // No condition is ever missing, so this is never asked.
    let missing = if matches!(last.points, Points::Number(_)) {
        last
    } else {
        Outcome { points: Points::Number(Decimal::ZERO), code: last.code }
    };
    Ok(Solved { table: Table::First(rows), missing, required: Vec::new() })
}

impl Solved {
    /// The codes of its reasons, in document order.
    pub(crate) fn codes(&self) -> Vec<Option<String>> {
        let mut codes: Vec<Option<String>> = Vec::new();
        let outcomes: Vec<&Outcome> = match &self.table {
            Table::Bands(_, rows) => rows.iter().map(|(_, o)| o).collect(),
            Table::Members(_, rows) => rows.iter().map(|(_, o)| o).collect(),
            Table::First(rows) => rows.iter().map(|(_, o)| o).collect(),
        };
        for outcome in outcomes.into_iter().chain([&self.missing]) {
            if !codes.contains(&outcome.code) {
                codes.push(outcome.code.clone());
            }
        }
        codes
    }

    /// The same with other points: `change` gives the points of an outcome.
    pub(crate) fn scored(&self, operands: &[Operand], change: &dyn Fn(&Outcome) -> Points) -> (Scored, Decimal) {
        let number = |outcome: &Outcome| match change(outcome) {
            Points::Number(number) => number,
            Points::Expression(..) => Decimal::ZERO,
        };
        let text = |at: &usize| operands.get(*at).map_or_else(String::new, |o| o.text.clone());
        let scored = match &self.table {
            Table::Bands(at, rows) => {
                let mut bands: Vec<(Option<Edge>, Decimal)> = Vec::new();
                for (edge, outcome) in rows {
                    let points = number(outcome);
                    match bands.last_mut() {
                        Some((end, last)) if *last == points => *end = *edge,
                        _ => bands.push((*edge, points)),
                    }
                }
                Scored::Bands(text(at), bands)
            }
            Table::Members(at, rows) => {
                Scored::Members(text(at), rows.iter().map(|(name, o)| (name.clone(), number(o))).collect())
            }
            Table::First(rows) => Scored::First(rows.iter().map(|(when, o)| (when.clone(), change(o))).collect()),
        };
        (scored, number(&self.missing))
    }
}
