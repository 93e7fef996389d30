//! The functions of the rule language, and calls of functions of the scripts.

use rhai::{Expr, FnCallExpr, Position};

use super::lower::{Lowered, Lowerer, Stage, Val};
use super::typed::{Comparison, NodeId, Numeric, Op, ResultRef, Type, Unit};
use crate::date;
use crate::decimal::{ROUNDINGS, Rounding};
use crate::diagnostic::{Code, Span, suggest};
use crate::limits;

/// Every function of the language and the number of its arguments, least and most.
pub(super) const BUILTINS: &[(&str, usize, usize)] = &[
    ("abs", 1, 1),
    ("add_days", 2, 2),
    ("add_months", 2, 2),
    ("bare", 1, 1),
    ("choose", 3, 3),
    ("date", 1, 1),
    ("days_between", 2, 2),
    ("days_since", 1, 1),
    ("fired", 1, 1),
    ("max", 2, 2),
    ("min", 2, 2),
    ("month", 1, 1),
    ("months_between", 2, 2),
    ("months_since", 1, 1),
    ("otherwise", 2, 2),
    ("points", 1, 1),
    ("present", 1, 1),
    ("round", 2, 3),
    ("section", 1, 1),
    ("year", 1, 1),
    ("years_since", 1, 1),
];

/// Days, months and years that lie between two dates of the calendar of facts.
const DAYS: i128 = 110_000;

impl Lowerer<'_> {
    pub(super) fn builtin(&mut self, call: &FnCallExpr, position: Position) -> Lowered<Val> {
        let name = call.name.as_str();
        let at = self.span(position);
        if self.scripts.has(name) {
            return self.script_call(call, position);
        }
        let Some((_, least, most)) = BUILTINS.iter().find(|(n, ..)| *n == name) else {
            if self.scripts.broken() {
                return Err(super::lower::Failed);
            }
            let known: Vec<&str> = BUILTINS.iter().map(|(n, ..)| *n).chain(self.scripts.names()).collect();
            let help = suggest(name, known);
            return self.fail(Code::UnknownFunction, at, format!("there is no function `{name}`"), help);
        };
        if call.args.len() < *least || call.args.len() > *most {
            let asked = if least == most { least.to_string() } else { format!("{least} or {most}") };
            return self.fail(
                Code::WrongArguments,
                at,
                format!(
                    "`{name}` takes {asked} {}, not {}",
                    if *most == 1 { "argument" } else { "arguments" },
                    call.args.len()
                ),
                "see rules/FORMAT.md, section 7",
            );
        }
        let id = match (name, call.args.as_slice()) {
            ("round", [value, digits, mode @ ..]) => self.round_call(value, digits, mode.first(), at)?,
            ("min" | "max", [a, b]) => {
                let (a, b) = (self.operand(a)?, self.operand(b)?);
                self.extreme(a, b, name == "min", at)?
            }
            ("abs", [a]) => {
                let a = self.operand(a)?;
                let x = self.numeric(a, at)?;
                let high = x.low.abs().max(x.high.abs());
                let low = if x.low > 0 || x.high < 0 { x.low.abs().min(x.high.abs()) } else { 0 };
                let table = self.arena.node(a).table;
                self.node(Op::Abs(a), Type::Number(Numeric { low, high, ..x }), table)
            }
            ("bare", [a]) => {
                let a = self.operand(a)?;
                let x = self.numeric(a, at)?;
                let table = self.arena.node(a).table;
                self.node(Op::Rescale(a), Type::Number(Numeric { unit: Unit::Plain, ..x }), table)
            }
            ("choose", [condition, yes, no]) => {
                let condition = self.operand(condition)?;
                let condition = self.condition(condition, at)?;
                let (yes, no) = (self.expression(yes)?, self.expression(no)?);
                self.choose(condition, yes, no, at)?
            }
            ("otherwise", [value, default]) => {
                let (value, default) = (self.expression(value)?, self.expression(default)?);
                self.otherwise(value, default, at)?
            }
            ("present", [value]) => return self.present(value, at),
            ("date" | "section" | "points" | "fired", [argument]) => return self.named(name, argument, position),
            _ => self.date_call(name, &call.args, at)?,
        };
        Ok(Val::Node(id))
    }

    fn present(&mut self, value: &Expr, at: Span) -> Lowered<Val> {
        let val = self.expression(value)?;
        // A table is present when its count is known.
        let id = match val {
            Val::Table(table, mask) => self.count(table, mask),
            other => self.value(other, at)?,
        };
        let table = self.arena.node(id).table;
        Ok(Val::Node(self.node(Op::Present(id), Type::Flag, table)))
    }

    fn round_call(&mut self, value: &Expr, digits: &Expr, mode: Option<&Expr>, at: Span) -> Lowered<NodeId> {
        let digits = match digits {
            Expr::IntegerConstant(n, _) if (0..=9).contains(n) => u32::try_from(*n).unwrap_or(0),
            other => {
                let span = self.span(other.start_position());
                return self.fail(
                    Code::DigitsNotLiteral,
                    span,
                    "the number of digits is a plain number from 0 to 9",
                    "write `round(a / b, 2)`",
                );
            }
        };
        let mode = match mode {
            None => Rounding::HalfUp,
            Some(Expr::StringConstant(word, position)) => match Rounding::from_word(word) {
                Some(mode) => mode,
                None => {
                    let span = self.span(*position);
                    return self.fail(
                        Code::UnknownWord,
                        span,
                        format!("there is no rounding `{word}`"),
                        suggest(word, ROUNDINGS.iter().copied()),
                    );
                }
            },
            Some(other) => {
                let span = self.span(other.start_position());
                return self.fail(
                    Code::UnknownWord,
                    span,
                    "the rounding is a text",
                    format!("one of {}", ROUNDINGS.join(", ")),
                );
            }
        };
        if let Expr::FnCall(call, _) = value
            && call.name == "/"
            && let [a, b] = call.args.as_slice()
        {
            let (a, b) = (self.operand(a)?, self.operand(b)?);
            return self.divide(a, b, digits, mode, at);
        }
        let value = self.operand(value)?;
        self.round(value, digits, mode, at)
    }

    /// Functions whose argument is a name.
    fn named(&mut self, name: &str, argument: &Expr, position: Position) -> Lowered<Val> {
        let at = self.span(position);
        let Expr::StringConstant(text, place) = argument else {
            return self.fail(
                Code::TypeMismatch,
                at,
                format!("`{name}` takes a text in double quotes"),
                format!("write {name}(\"…\")"),
            );
        };
        let span = self.span(*place);
        if name == "date" {
            return self.date_literal(text, span);
        }
        self.at_least(if name == "fired" { Stage::Grade } else { Stage::Score }, name, position)?;
        let text = text.as_str();
        let found = match name {
            "section" => {
                self.results.sections.get(text).map(|(i, n)| (ResultRef::Section(*i), Type::Number(n.clone())))
            }
            "points" => self.results.points.get(text).map(|(i, n)| (ResultRef::Points(*i), Type::Number(n.clone()))),
            _ => self.results.fired.get(text).map(|i| (ResultRef::Fired(*i), Type::Flag)),
        };
        match found {
            Some((result, ty)) => Ok(Val::Node(self.result(result, ty))),
            None if self.dictionary.may_be_broken(text, if name == "fired" { "grades.yaml" } else { "sections/" }) => {
                Err(super::lower::Failed)
            }
            None => {
                let known: Vec<&str> = match name {
                    "section" => self.results.sections.keys().map(String::as_str).collect(),
                    "points" => self.results.points.keys().map(String::as_str).collect(),
                    _ => self.results.fired.keys().map(String::as_str).collect(),
                };
                let what = match name {
                    "section" => "section",
                    "points" => "characteristic",
                    _ => "override",
                };
                let help = suggest(text, known);
                self.fail(Code::UnknownReference, span, format!("there is no {what} `{text}`"), help)
            }
        }
    }

    fn date_call(&mut self, name: &str, arguments: &[Expr], at: Span) -> Lowered<NodeId> {
        let mut ids = Vec::new();
        for argument in arguments {
            ids.push(self.operand(argument)?);
        }
        if name.ends_with("_since") {
            let today = self.node(Op::AsOf, Type::Date, None);
            ids.push(today);
        }
        let Some(first) = ids.first().copied() else { return Err(super::lower::Failed) };
        self.date(first, at)?;
        let plain = |low, high, unit: &str| Type::Number(Numeric { unit: Unit::base(unit), digits: 0, low, high });
        let second = ids.get(1).copied();
        let Some(second) = second else {
            let table = self.arena.node(first).table;
            let (op, low, high) =
                if name == "year" { (Op::Year(first), 1_000, 9_999) } else { (Op::Month(first), 1, 12) };
            return Ok(self.node(op, Type::Number(Numeric::plain(0, low, high)), table));
        };
        if name.starts_with("add_") {
            let count = self.numeric(second, at)?;
            let unit = if name == "add_days" { "day" } else { "month" };
            if count.digits > 0 || count.unit.join(&Unit::base(unit)).is_none() && count.unit != Unit::Plain {
                return self.fail(
                    Code::UnitMismatch,
                    at,
                    format!("`{name}` adds a whole number of {unit}s"),
                    "round it, or drop its unit with `bare(…)`",
                );
            }
            let (a, n, table) = self.align(first, second, at)?;
            return Ok(self.node(
                if name == "add_days" { Op::AddDays(a, n) } else { Op::AddMonths(a, n) },
                Type::Date,
                table,
            ));
        }
        self.date(second, at)?;
        let (a, b, table) = self.align(first, second, at)?;
        let (op, ty) = match name {
            "days_since" | "days_between" => (Op::DaysBetween(a, b), plain(-DAYS, DAYS, "day")),
            "months_since" | "months_between" => (Op::MonthsBetween(a, b), plain(-DAYS / 28, DAYS / 28, "month")),
            _ => (Op::YearsBetween(a, b), plain(-DAYS / 365, DAYS / 365, "year")),
        };
        Ok(self.node(op, ty, table))
    }

    fn date(&mut self, id: NodeId, at: Span) -> Lowered<()> {
        match self.ty(id) {
            Type::Date => Ok(()),
            other => self.fail(
                Code::TypeMismatch,
                at,
                format!("this is {}, not a date", other.noun()),
                "write dates as date(\"2026-01-01\")",
            ),
        }
    }

    /// How many events are left of a table.
    pub(super) fn count(&mut self, table: u32, mask: Option<NodeId>) -> NodeId {
        let most = i128::try_from(limits::EVENTS_PER_ENTERPRISE).unwrap_or(i128::MAX);
        let op = Op::Aggregate { kind: super::typed::Aggregate::Count, table, mask, value: None };
        self.node(op, Type::Number(Numeric::plain(0, 0, most)), None)
    }

    /// Whether a value equals a literal, for `switch`.
    pub(super) fn equals(&mut self, value: NodeId, literal: Val, at: Span) -> Lowered<NodeId> {
        self.compare(Comparison::Eq, Val::Node(value), literal, at)
    }
}

// The calendar of facts bounds every difference of dates.
const _: () = assert!(date::LAST.days() - date::FIRST.days() < 110_000);
