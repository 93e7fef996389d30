//! Conditions of attributes: whether they hold at a place, and how the rule language says them.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::Operand;
use crate::card::{FieldKind, text};

/// A constant of a predicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Constant {
    /// A number, or a date in days.
    Number(Decimal),
    /// A member by its index; `false` and `true` of a flag.
    Member(usize),
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A condition over operands, each by its index.
#[derive(Clone, Debug)]
pub(crate) enum Predicate {
    True,
    False,
    Compare(usize, Comparison, Constant),
    In(usize, Vec<Constant>, bool),
    Missing(usize, bool),
    And(Vec<Predicate>),
    Or(Vec<Predicate>),
    Xor(Vec<Predicate>),
    /// The first that is known.
    Surrogate(Vec<Predicate>),
}

impl Predicate {
    /// The operands it looks at.
    pub(crate) fn operands(&self, into: &mut BTreeSet<usize>) {
        match self {
            Self::True | Self::False => {}
            Self::Compare(at, ..) | Self::In(at, ..) | Self::Missing(at, _) => drop(into.insert(*at)),
            Self::And(list) | Self::Or(list) | Self::Xor(list) | Self::Surrogate(list) => {
                list.iter().for_each(|p| p.operands(into));
            }
        }
    }

    pub(super) fn constants(&self, into: &mut BTreeSet<Decimal>) {
        let mut add = |constant: &Constant| {
            if let Constant::Number(number) = constant {
                into.insert(*number);
            }
        };
        match self {
            Self::True | Self::False | Self::Missing(..) => {}
            Self::Compare(_, _, constant) => add(constant),
            Self::In(_, list, _) => list.iter().for_each(add),
            Self::And(list) | Self::Or(list) | Self::Xor(list) | Self::Surrogate(list) => {
                list.iter().for_each(|p| p.constants(into));
            }
        }
    }

    /// Whether it holds at a place of the only operand; `None` where that is not known.
    pub(super) fn holds(&self, at: Option<Place>, constants: &[Decimal]) -> Option<bool> {
        match self {
            Self::True => Some(true),
            Self::False => Some(false),
            Self::Missing(_, negated) => Some(at.is_none() != *negated),
            Self::Compare(_, comparison, constant) => {
                let order = at?.0.cmp(&place(*constant, constants).0);
                Some(match comparison {
                    Comparison::Equal => order.is_eq(),
                    Comparison::NotEqual => order.is_ne(),
                    Comparison::Less => order.is_lt(),
                    Comparison::LessOrEqual => order.is_le(),
                    Comparison::Greater => order.is_gt(),
                    Comparison::GreaterOrEqual => order.is_ge(),
                })
            }
            Self::In(_, list, negated) => {
                let at = at?;
                Some(list.iter().any(|c| place(*c, constants).0 == at.0) != *negated)
            }
            Self::And(list) => fold(list, at, constants, false),
            Self::Or(list) => fold(list, at, constants, true),
            Self::Xor(list) => list.iter().try_fold(false, |odd, p| Some(odd != p.holds(at, constants)?)),
            Self::Surrogate(list) => list.iter().find_map(|p| p.holds(at, constants)),
        }
    }

    /// The condition in the rule language.
    pub(super) fn text(&self, operands: &[Operand]) -> String {
        let operand = |at: usize| {
            let text = operands.get(at).map_or("", |o| o.text.as_str());
            if text.contains(' ') { format!("({text})") } else { text.to_owned() }
        };
        let constant = |at: usize, constant: &Constant| match (operands.get(at).map(|o| &o.kind), constant) {
            (Some(FieldKind::Category(members)), Constant::Member(member)) => {
                quoted(members.get(*member).map_or("", String::as_str))
            }
            (_, Constant::Member(member)) => (*member == 1).to_string(),
            (Some(FieldKind::Date), Constant::Number(days)) => format!("date(\"{}\")", text(*days, true)),
            (_, Constant::Number(number)) => number.normalize().to_string(),
        };
        let joined = |list: &[Self], by: &str| {
            let parts: Vec<String> = list.iter().map(|p| p.text(operands)).collect();
            format!("({})", parts.join(by))
        };
        match self {
            Self::True => "true".to_owned(),
            Self::False => "false".to_owned(),
            Self::Missing(at, false) => format!("!present({})", operand(*at)),
            Self::Missing(at, true) => format!("present({})", operand(*at)),
            Self::Compare(at, comparison, value) => {
                let sign = match comparison {
                    Comparison::Equal => "==",
                    Comparison::NotEqual => "!=",
                    Comparison::Less => "<",
                    Comparison::LessOrEqual => "<=",
                    Comparison::Greater => ">",
                    Comparison::GreaterOrEqual => ">=",
                };
                format!("{} {sign} {}", operand(*at), constant(*at, value))
            }
            Self::In(at, list, negated) => {
                let each: Vec<String> =
                    list.iter().map(|c| format!("{} == {}", operand(*at), constant(*at, c))).collect();
                if *negated { format!("!({})", each.join(" || ")) } else { format!("({})", each.join(" || ")) }
            }
            Self::And(list) => joined(list, " && "),
            Self::Or(list) => joined(list, " || "),
            Self::Xor(list) => {
                list.iter().skip(1).fold(list.first().map_or_else(String::new, |p| p.text(operands)), |odd, p| {
                    let other = p.text(operands);
                    format!("(({odd}) && !({other}) || !({odd}) && ({other}))")
                })
            }
            Self::Surrogate(list) => {
                let mut parts = list.iter().rev().map(|p| p.text(operands));
                let last = parts.next().unwrap_or_default();
                parts.fold(last, |rest, part| format!("otherwise({part}, {rest})"))
            }
        }
    }
}

/// A text of the rule language.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Kleene's and (`stop` false) and or (`stop` true).
fn fold(list: &[Predicate], at: Option<Place>, constants: &[Decimal], stop: bool) -> Option<bool> {
    let mut known = true;
    for predicate in list {
        match predicate.holds(at, constants) {
            Some(holds) if holds == stop => return Some(stop),
            Some(_) => {}
            None => known = false,
        }
    }
    known.then_some(!stop)
}

/// A place of an operand: twice the index of a member plus one; of a number odd at a constant, even between
/// two. `Place(2 * i)` lies just below the constant `i`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place(pub(super) usize);

pub(super) fn place(constant: Constant, constants: &[Decimal]) -> Place {
    match constant {
        Constant::Member(member) => Place(2 * member + 1),
        Constant::Number(number) => Place(2 * constants.partition_point(|c| *c < number) + 1),
    }
}
