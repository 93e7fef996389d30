//! Typed operations on numbers, dates and conditions: units are joined, digits aligned, ranges kept.

use super::lower::{Failed, Lowered, Lowerer, Val};
use super::typed::{Comparison, NodeId, Numeric, Op, Type, Unit};
use crate::decimal::{self, Rounding};
use crate::diagnostic::{Code, Span, suggest};
use crate::limits;

impl Lowerer<'_> {
    /// A constant number.
    pub(super) fn constant(&mut self, units: i128, digits: u32, unit: Unit) -> NodeId {
        self.node(Op::Const(units), Type::Number(Numeric { unit, digits, low: units, high: units }), None)
    }

    pub(super) fn flag(&mut self, value: bool) -> NodeId {
        self.node(Op::Const(i128::from(value)), Type::Flag, None)
    }

    pub(super) fn numeric(&mut self, id: NodeId, at: Span) -> Lowered<Numeric> {
        match self.ty(id) {
            Type::Number(numeric) => Ok(numeric),
            other => self.fail(
                Code::TypeMismatch,
                at,
                format!("this is {}, not a number", other.noun()),
                "only numbers can be calculated with",
            ),
        }
    }

    /// Keeps a number type within the limits.
    pub(super) fn bounded(&mut self, numeric: Option<Numeric>, at: Span) -> Lowered<Numeric> {
        match numeric {
            Some(n) if n.digits > limits::DIGITS => self.fail(
                Code::TooManyFractionDigits,
                at,
                format!("the result has {} digits after the point", n.digits),
                format!("round an operand; at most {} digits", limits::DIGITS),
            ),
            Some(n) if n.within_limits() => Ok(n),
            _ => self.fail(
                Code::MayOverflow,
                at,
                "the result may have more than 28 digits",
                "declare a narrower `range` for the facts in it, or round to fewer digits",
            ),
        }
    }

    /// The same number with more digits.
    pub(super) fn rescale(&mut self, id: NodeId, digits: u32, at: Span) -> Lowered<NodeId> {
        let node = self.arena.node(id).clone();
        let numeric = self.numeric(id, at)?;
        if numeric.digits == digits {
            return Ok(id);
        }
        let wide = self.bounded(numeric.with_digits(digits), at)?;
        if let Op::Const(units) = node.op {
            let factor = decimal::pow10(digits - numeric.digits).ok_or(Failed)?;
            return Ok(self.node(Op::Const(units * factor), Type::Number(wide), None));
        }
        Ok(self.node(Op::Rescale(id), Type::Number(wide), node.table))
    }

    /// Two numbers with a common unit and the same digits, beside each other.
    pub(super) fn joined(&mut self, a: NodeId, b: NodeId, at: Span) -> Lowered<(NodeId, NodeId, Unit, Option<u32>)> {
        let (x, y) = (self.numeric(a, at)?, self.numeric(b, at)?);
        let Some(unit) = x.unit.join(&y.unit) else {
            return self.fail(
                Code::UnitMismatch,
                at,
                format!("the units do not fit: {} and {}", x.unit, y.unit),
                "bring both to one unit, or drop it with `bare(…)`",
            );
        };
        let digits = x.digits.max(y.digits);
        let a = self.rescale(a, digits, at)?;
        let b = self.rescale(b, digits, at)?;
        let (a, b, table) = self.align(a, b, at)?;
        Ok((a, b, unit, table))
    }

    /// A sum (`sign` 1) or a difference (`sign` -1).
    pub(super) fn add(&mut self, a: NodeId, b: NodeId, sign: i128, at: Span) -> Lowered<NodeId> {
        let (a, b, unit, table) = self.joined(a, b, at)?;
        let (x, y) = (self.numeric(a, at)?, self.numeric(b, at)?);
        let (low, high) = if sign > 0 { (y.low, y.high) } else { (-y.high, -y.low) };
        let ty = self.bounded(Some(Numeric { unit, digits: x.digits, low: x.low + low, high: x.high + high }), at)?;
        let op = if sign > 0 { Op::Add(a, b) } else { Op::Sub(a, b) };
        Ok(self.node(op, Type::Number(ty), table))
    }

    pub(super) fn multiply(&mut self, a: NodeId, b: NodeId, at: Span) -> Lowered<NodeId> {
        let (x, y) = (self.numeric(a, at)?, self.numeric(b, at)?);
        let corners: Option<Vec<i128>> = [(x.low, y.low), (x.low, y.high), (x.high, y.low), (x.high, y.high)]
            .iter()
            .map(|(p, q)| p.checked_mul(*q))
            .collect();
        let range = corners.and_then(|c| Some((c.iter().copied().min()?, c.iter().copied().max()?)));
        let ty =
            range.map(|(low, high)| Numeric { unit: x.unit.times(&y.unit, 1), digits: x.digits + y.digits, low, high });
        let ty = self.bounded(ty, at)?;
        let (a, b, table) = self.align(a, b, at)?;
        Ok(self.node(Op::Mul(a, b), Type::Number(ty), table))
    }

    pub(super) fn negate(&mut self, a: NodeId, at: Span) -> Lowered<NodeId> {
        let x = self.numeric(a, at)?;
        let node = self.arena.node(a).clone();
        let ty = Type::Number(Numeric { low: -x.high, high: -x.low, ..x });
        let op = if let Op::Const(units) = node.op { Op::Const(-units) } else { Op::Neg(a) };
        Ok(self.node(op, ty, node.table))
    }

    /// `a / b` rounded to `digits`.
    pub(super) fn divide(&mut self, a: NodeId, b: NodeId, digits: u32, mode: Rounding, at: Span) -> Lowered<NodeId> {
        let (x, y) = (self.numeric(a, at)?, self.numeric(b, at)?);
        if y.low == 0 && y.high == 0 {
            return self.fail(Code::DivisionByZero, at, "the divisor is always zero", "divide by something else");
        }
        // The quotient is a·10^(digits + digits(b) - digits(a)) / b, so a is given that many digits
        // first; where that is negative, b is.
        let shift = i64::from(digits) + i64::from(y.digits) - i64::from(x.digits);
        let grow = |n: &Numeric, by: i64| -> Option<(i128, i128)> {
            let factor = decimal::pow10(u32::try_from(by.max(0)).ok()?)?;
            Some((n.low.checked_mul(factor)?, n.high.checked_mul(factor)?))
        };
        let (Some((a_low, a_high)), Some((b_low, b_high))) = (grow(&x, shift), grow(&y, -shift)) else {
            return self.fail(
                Code::MayOverflow,
                at,
                "the division may need more than 38 digits",
                "declare a narrower `range` for the facts in it, or round to fewer digits",
            );
        };
        // The least divisor by amount: one unit where the range spans zero.
        let least = if b_low <= 0 && b_high >= 0 {
            decimal::pow10(u32::try_from((-shift).max(0)).unwrap_or(0)).unwrap_or(1)
        } else {
            b_low.abs().min(b_high.abs())
        };
        let most = a_low.abs().max(a_high.abs()) / least.max(1) + 1;
        let low = if a_low >= 0 && b_low >= 0 { 0 } else { -most };
        let high = if (a_low >= 0 && b_high <= 0) || (a_high <= 0 && b_low >= 0) { 0 } else { most };
        let unit = x.unit.times(&y.unit, -1);
        let unit = if unit == Unit::Any { Unit::Plain } else { unit };
        let ty = self.bounded(Some(Numeric { unit, digits, low, high }), at)?;
        let (a, b, table) = self.align(a, b, at)?;
        Ok(self.node(Op::Divide(a, b, mode), Type::Number(ty), table))
    }

    pub(super) fn round(&mut self, a: NodeId, digits: u32, mode: Rounding, at: Span) -> Lowered<NodeId> {
        let x = self.numeric(a, at)?;
        if digits >= x.digits {
            return self.rescale(a, digits, at);
        }
        let factor = decimal::pow10(x.digits - digits).ok_or(Failed)?;
        let edge = |v: i128| decimal::divide(v, factor, mode).unwrap_or(0);
        let ty = Numeric { unit: x.unit, digits, low: edge(x.low), high: edge(x.high) };
        let table = self.arena.node(a).table;
        Ok(self.node(Op::Round(a, mode), Type::Number(ty), table))
    }

    /// The lesser or the greater of two numbers or dates.
    pub(super) fn extreme(&mut self, a: NodeId, b: NodeId, least: bool, at: Span) -> Lowered<NodeId> {
        let make = |a, b| if least { Op::Min(a, b) } else { Op::Max(a, b) };
        if self.ty(a) == Type::Date && self.ty(b) == Type::Date {
            let (a, b, table) = self.align(a, b, at)?;
            return Ok(self.node(make(a, b), Type::Date, table));
        }
        let (a, b, unit, table) = self.joined(a, b, at)?;
        let (x, y) = (self.numeric(a, at)?, self.numeric(b, at)?);
        let (low, high) =
            if least { (x.low.min(y.low), x.high.min(y.high)) } else { (x.low.max(y.low), x.high.max(y.high)) };
        Ok(self.node(make(a, b), Type::Number(Numeric { unit, digits: x.digits, low, high }), table))
    }

    /// Two values brought to one type, a text becoming a member or a grade.
    pub(super) fn unify(&mut self, a: Val, b: Val, at: Span) -> Lowered<(NodeId, NodeId)> {
        let (a, b) = match (a, b) {
            (Val::Text(text, place), other) => {
                let b = self.value(other, at)?;
                (self.member(&text, b, place)?, b)
            }
            (other, Val::Text(text, place)) => {
                let a = self.value(other, at)?;
                (a, self.member(&text, a, place)?)
            }
            (a, b) => (self.value(a, at)?, self.value(b, at)?),
        };
        let (x, y) = (self.ty(a), self.ty(b));
        if x.number().is_some() && y.number().is_some() {
            let (a, b, ..) = self.joined(a, b, at)?;
            return Ok((a, b));
        }
        if x != y {
            let message = match (&x, &y) {
                (Type::Category(_), Type::Category(_)) => "the two categories have different members".to_owned(),
                _ => format!("the types do not fit: {} and {}", x.noun(), y.noun()),
            };
            return self.fail(Code::TypeMismatch, at, message, "compare values of one type");
        }
        let (a, b, _) = self.align(a, b, at)?;
        Ok((a, b))
    }

    /// The constant that a text stands for beside a category or a grade.
    pub(super) fn member(&mut self, text: &str, beside: NodeId, at: Span) -> Lowered<NodeId> {
        match self.ty(beside) {
            Type::Category(category) => {
                let members = self.dictionary.members(category);
                match members.index(text) {
                    Some(index) => Ok(self.node(Op::Const(i128::from(index)), Type::Category(category), None)),
                    None => {
                        let help = suggest(text, members.names());
                        self.fail(Code::UnknownMember, at, format!("`{text}` is no member of this category"), help)
                    }
                }
            }
            Type::Grade => match self.results.grades.iter().rev().position(|g| g == text) {
                Some(rank) => Ok(self.node(Op::Const(i128::try_from(rank).unwrap_or(0)), Type::Grade, None)),
                None if self.dictionary.may_be_broken(text, "grades.yaml") => Err(Failed),
                None => {
                    let help = suggest(text, self.results.grades.iter().map(String::as_str).collect::<Vec<_>>());
                    self.fail(Code::UnknownGrade, at, format!("there is no grade `{text}`"), help)
                }
            },
            other => self.fail(
                Code::TypeMismatch,
                at,
                format!("a text stands beside {}", other.noun()),
                "a text can only be compared with a category or a grade; write dates as date(\"2026-01-01\")",
            ),
        }
    }

    pub(super) fn compare(&mut self, comparison: Comparison, a: Val, b: Val, at: Span) -> Lowered<NodeId> {
        // A text given to a function of the scripts beside a literal there: decided at once.
        if let (Val::Text(x, _), Val::Text(y, _)) = (&a, &b)
            && matches!(comparison, Comparison::Eq | Comparison::Ne)
        {
            let equal = (x == y) == (comparison == Comparison::Eq);
            return Ok(self.flag(equal));
        }
        let (a, b) = self.unify(a, b, at)?;
        let ordered = !matches!(self.ty(a), Type::Flag | Type::Category(_));
        if !ordered && !matches!(comparison, Comparison::Eq | Comparison::Ne) {
            return self.fail(
                Code::NoOrder,
                at,
                format!("{} has no order", self.ty(a).noun()),
                "use `==`, `!=` or `in [..]`",
            );
        }
        let table = self.arena.node(a).table;
        Ok(self.node(Op::Compare(comparison, a, b), Type::Flag, table))
    }

    /// What a condition comes to wherever it is known, if the ranges decide it.
    pub(super) fn decided(&self, id: NodeId) -> Option<bool> {
        match &self.arena.node(id).op {
            Op::Const(value) => Some(*value == 1),
            Op::Not(a) => self.decided(*a).map(|holds| !holds),
            Op::And(a, b) => match (self.decided(*a), self.decided(*b)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Op::Or(a, b) => match (self.decided(*a), self.decided(*b)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Op::Compare(comparison, a, b) => {
                let (Type::Number(x), Type::Number(y)) = (self.ty(*a), self.ty(*b)) else { return None };
                let (below, above) = (x.high < y.low, x.low > y.high);
                match comparison {
                    Comparison::Lt if below || x.low >= y.high => Some(below),
                    Comparison::Ge if below || x.low >= y.high => Some(!below),
                    Comparison::Gt if above || x.high <= y.low => Some(above),
                    Comparison::Le if above || x.high <= y.low => Some(!above),
                    Comparison::Eq if below || above => Some(false),
                    Comparison::Ne if below || above => Some(true),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The common type of two branches, ranges joined.
    pub(super) fn branch_type(&self, a: NodeId, b: NodeId) -> Type {
        match (self.ty(a), self.ty(b)) {
            (Type::Number(x), Type::Number(y)) => Type::Number(Numeric {
                unit: x.unit.join(&y.unit).unwrap_or(Unit::Plain),
                digits: x.digits,
                low: x.low.min(y.low),
                high: x.high.max(y.high),
            }),
            (ty, _) => ty,
        }
    }

    pub(super) fn choose(&mut self, condition: NodeId, yes: Val, no: Val, at: Span) -> Lowered<NodeId> {
        let (yes, no) = self.unify(yes, no, at)?;
        let ty = self.branch_type(yes, no);
        let (condition, yes, _) = self.align(condition, yes, at)?;
        let (condition, no, _) = self.align(condition, no, at)?;
        let (yes, no, table) = self.align(yes, no, at)?;
        Ok(self.node(Op::Choose(condition, yes, no), ty, table))
    }

    pub(super) fn otherwise(&mut self, value: Val, default: Val, at: Span) -> Lowered<NodeId> {
        let (a, b) = self.unify(value, default, at)?;
        let ty = self.branch_type(a, b);
        let table = self.arena.node(a).table;
        Ok(self.node(Op::Otherwise(a, b), ty, table))
    }

    pub(super) fn both(&mut self, a: NodeId, b: NodeId, and: bool, at: Span) -> Lowered<NodeId> {
        let (a, b) = (self.condition(a, at)?, self.condition(b, at)?);
        let (a, b, table) = self.align(a, b, at)?;
        Ok(self.node(if and { Op::And(a, b) } else { Op::Or(a, b) }, Type::Flag, table))
    }

    pub(super) fn not(&mut self, a: NodeId, at: Span) -> Lowered<NodeId> {
        let a = self.condition(a, at)?;
        let table = self.arena.node(a).table;
        Ok(self.node(Op::Not(a), Type::Flag, table))
    }
}
