//! Expressions of the rules in SQL.

use rust_decimal::Decimal;
use xinpei::check::typed::{Comparison, NodeId, Numeric, Op, ResultRef, Type, Typed};
use xinpei::decimal::{self, Rounding};
use xinpei::{Date, limits};

use crate::read::members;

/// Longest expression, in bytes: a function that is used over and over is written out each time.
const BYTES: usize = 64 * 1024;
/// Most digits of a `DECIMAL`.
const WIDTH: u32 = 38;

/// What an expression is made of, or why it cannot be written.
pub(super) type Written = Result<String, &'static str>;

/// Writes expressions.
pub(super) struct Writer<'a> {
    pub(super) typed: &'a Typed,
    pub(super) as_of: Option<Date>,
}

/// A name as SQL quotes it.
pub(super) fn name(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A text as SQL quotes it.
pub(super) fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A date.
pub(super) fn date(days: i128) -> String {
    let days = i32::try_from(days).unwrap_or(0);
    format!("DATE '{}'", Date::from_days(days))
}

/// A `DECIMAL` that holds every value of a range.
pub(super) fn cast(of: &str, numeric: &Numeric) -> Written {
    let most = numeric.low.unsigned_abs().max(numeric.high.unsigned_abs());
    let width = u32::try_from(most.to_string().len()).unwrap_or(WIDTH + 1).max(numeric.digits + 1);
    if width > WIDTH {
        return Err("its numbers have more digits than a `DECIMAL` has");
    }
    Ok(format!("CAST({of} AS DECIMAL({width}, {}))", numeric.digits))
}

/// A number as a literal.
pub(super) fn number(value: Decimal) -> String {
    let value = value.normalize();
    if value.is_sign_negative() && !value.is_zero() { format!("({value})") } else { value.abs().to_string() }
}

impl Writer<'_> {
    /// An expression over the columns of facts and results.
    pub(super) fn write(&self, id: NodeId, depth: usize) -> Written {
        if depth > limits::LOWERING_DEPTH {
            return Err("its expression is nested too deeply");
        }
        let written = self.node(id, depth + 1)?;
        if written.len() > BYTES {
            return Err("its expression is too long once every function is written out");
        }
        Ok(written)
    }

    fn node(&self, id: NodeId, depth: usize) -> Written {
        let node = self.typed.arena.node(id);
        let of = |id: &NodeId| self.write(*id, depth);
        let exact = |text: String| match &node.ty {
            Type::Number(numeric) => cast(&text, numeric),
            _ => Ok(text),
        };
        let infix = |a: &NodeId, sign: &str, b: &NodeId| Ok(format!("({} {sign} {})", of(a)?, of(b)?));
        let pick = |a: &NodeId, sign: &str, b: &NodeId| {
            let (a, b) = (of(a)?, of(b)?);
            Ok(format!("CASE WHEN {a} {sign} {b} THEN {a} WHEN {b} IS NOT NULL AND {a} IS NOT NULL THEN {b} END"))
        };
        match &node.op {
            Op::Missing => Ok("NULL".to_owned()),
            Op::Const(units) => self.constant(*units, &node.ty),
            Op::Fact(fact) => {
                let fact = usize::try_from(*fact).ok().and_then(|at| self.typed.facts.get(at));
                fact.map(|fact| name(&fact.id)).ok_or("it looks at an unknown fact")
            }
            Op::AsOf => {
                self.as_of.map(|d| date(d.days().into())).ok_or("it looks at the as-of date, and none was given")
            }
            Op::Result(result) => self.result(*result),
            Op::Add(a, b) => exact(infix(a, "+", b)?),
            Op::Sub(a, b) => exact(infix(a, "-", b)?),
            Op::Mul(a, b) => exact(infix(a, "*", b)?),
            Op::Neg(a) => exact(format!("(-{})", of(a)?)),
            Op::Abs(a) => exact(format!("abs({})", of(a)?)),
            Op::Min(a, b) => pick(a, "<=", b),
            Op::Max(a, b) => pick(a, ">=", b),
            Op::Rescale(a) => exact(of(a)?),
            Op::Round(a, Rounding::HalfUp) => {
                let Type::Number(numeric) = &node.ty else { return Err("it rounds what is no number") };
                exact(format!("round({}, {})", of(a)?, numeric.digits))
            }
            Op::Round(..) => Err("it rounds otherwise than half up"),
            Op::Divide(..) => Err("a quotient is not exact in SQL"),
            Op::Compare(comparison, a, b) => {
                let sign = match comparison {
                    Comparison::Eq => "=",
                    Comparison::Ne => "<>",
                    Comparison::Lt => "<",
                    Comparison::Le => "<=",
                    Comparison::Gt => ">",
                    Comparison::Ge => ">=",
                };
                let ordered = !matches!(comparison, Comparison::Eq | Comparison::Ne);
                if ordered && matches!(self.typed.arena.node(*a).ty, Type::Category(_) | Type::Grade) {
                    return Err("it compares grades by size");
                }
                infix(a, sign, b)
            }
            Op::In(a, list) => {
                let Type::Category(category) = &self.typed.arena.node(*a).ty else {
                    return Err("it looks for a member of no category");
                };
                let names = usize::try_from(*category).ok().and_then(|at| self.typed.categories.get(at));
                let names = names.ok_or("it looks for a member of no category")?;
                let list: Vec<String> = list.iter().filter_map(|m| names.name((*m).into())).map(text).collect();
                Ok(format!("({} IN ({}))", of(a)?, list.join(", ")))
            }
            Op::And(a, b) => infix(a, "AND", b),
            Op::Or(a, b) => infix(a, "OR", b),
            Op::Not(a) => Ok(format!("(NOT {})", of(a)?)),
            Op::Present(a) => Ok(format!("({} IS NOT NULL)", of(a)?)),
            Op::Otherwise(a, b) => exact(format!("COALESCE({}, {})", of(a)?, of(b)?)),
            Op::Choose(condition, yes, no) => {
                let condition = of(condition)?;
                exact(format!("CASE WHEN {condition} THEN {} WHEN NOT {condition} THEN {} END", of(yes)?, of(no)?))
            }
            Op::DaysBetween(a, b) => exact(format!("({} - {})", of(b)?, of(a)?)),
            Op::Year(a) => exact(format!("EXTRACT(YEAR FROM {})", of(a)?)),
            Op::Month(a) => exact(format!("EXTRACT(MONTH FROM {})", of(a)?)),
            Op::MonthsBetween(..) | Op::YearsBetween(..) | Op::AddMonths(..) => Err("it counts calendar months"),
            Op::AddDays(..) => Err("it moves a date"),
            Op::Field(..) | Op::Spread(..) | Op::Aggregate { .. } => Err("it looks at events"),
            Op::Opaque(..) => Err("it calls a script that runs by itself"),
            Op::Bands(..) | Op::Members(..) => Err("it bands what an event costs"),
        }
    }

    fn constant(&self, units: i128, ty: &Type) -> Written {
        match ty {
            Type::Number(numeric) => Ok(number(decimal::from_units(units, numeric.digits))),
            Type::Flag => Ok((if units == 1 { "TRUE" } else { "FALSE" }).to_owned()),
            Type::Date => Ok(date(units)),
            Type::Category(category) => {
                let names = usize::try_from(*category).ok().and_then(|at| self.typed.categories.get(at));
                let member = i64::try_from(units).ok().and_then(|at| names?.name(at));
                member.map(text).ok_or("it names a member of no category")
            }
            Type::Grade => Err("it names a grade"),
        }
    }

    fn result(&self, result: ResultRef) -> Written {
        let at = |index: u32| usize::try_from(index).unwrap_or(usize::MAX);
        match result {
            ResultRef::Score => Ok("\"total\"".to_owned()),
            ResultRef::Section(index) => {
                let section = self.typed.sections.get(at(index)).ok_or("it names no section")?;
                Ok(name(&format!("section {}", section.id)))
            }
            ResultRef::Points(index) => {
                let line = self.typed.characteristics.get(at(index)).ok_or("it names no characteristic")?;
                Ok(name(&format!("points {}", line.id)))
            }
            ResultRef::Grade | ResultRef::Fired(_) | ResultRef::Rated => Err("it looks at the grade"),
        }
    }

    /// The members of a fact, quoted.
    pub(super) fn members(&self, fact: usize) -> Option<Vec<String>> {
        members(self.typed, fact).map(|names| names.iter().map(|n| text(n)).collect())
    }
}
