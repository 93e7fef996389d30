//! Rhai's syntax tree → typed nodes: names, literals and operators.

use rhai::{Expr, Position, Stmt};
use rust_decimal::Decimal;

use super::lower::{Lowered, Lowerer, Stage, Val};
use super::typed::{Comparison, FactKind, Numeric, Op, ResultRef, Type, Unit};
use crate::date::{self, Date};
use crate::decimal;
use crate::diagnostic::{Code, suggest};

/// One link of a chain such as `court.cases.filter(…).count()`.
enum Step<'e> {
    Property(&'e str, Position),
    Method(&'e rhai::FnCallExpr, Position),
}

impl Lowerer<'_> {
    pub(super) fn expression(&mut self, expression: &Expr) -> Lowered<Val> {
        let position = expression.start_position();
        self.deeper(position, |me| me.expression_at(expression, position))
    }

    fn expression_at(&mut self, expression: &Expr, position: Position) -> Lowered<Val> {
        match expression {
            Expr::BoolConstant(value, _) => Ok(Val::Node(self.flag(*value))),
            Expr::IntegerConstant(value, at) => self.literal(*at, Decimal::from(*value)),
            Expr::DynamicConstant(value, at) if value.is_decimal() => {
                self.literal(*at, value.as_decimal().unwrap_or_default())
            }
            Expr::StringConstant(text, at) => Ok(Val::Text(text.to_string(), self.span(*at))),
            Expr::Unit(_) => Ok(Val::Nothing),
            Expr::Array(items, _) => {
                let items: Lowered<Vec<Val>> = items.iter().map(|item| self.expression(item)).collect();
                Ok(Val::List(items?))
            }
            Expr::Variable(variable, _, at) => self.variable(&variable.1, *at),
            Expr::And(parts, _) | Expr::Or(parts, _) => self.connective(parts, matches!(expression, Expr::And(..))),
            Expr::FnCall(call, _) => self.call(call, position),
            Expr::Dot(..) => self.chain(expression),
            Expr::Stmt(block) => match block.statements() {
                [Stmt::Expr(inner)] => self.expression(inner),
                _ if self.calls.is_empty() => {
                    self.refuse(position, "a statement", "write a list of conditions (`first`)")
                }
                // It would end the block alone, not the function.
                statements if super::statements::returns(statements) => {
                    self.refuse(position, "`return` inside an expression", "let the block end with its value")
                }
                statements => self.block_value(statements, position),
            },
            Expr::Index(..) => self.refuse(position, "indexing", "filter the table instead"),
            Expr::Coalesce(..) => self.refuse(position, "`??`", "write `otherwise(value, default)`"),
            Expr::CharConstant(..) => self.refuse(position, "a character", "write a text in double quotes"),
            Expr::InterpolatedString(..) => {
                self.refuse(position, "a text with `${…}`", "texts are members of categories only")
            }
            Expr::Map(..) => self.refuse(position, "an object map", "facts have their own names"),
            _ => self.refuse(position, "this construct", "see rules/FORMAT.md, section 7"),
        }
    }

    /// Refuses what the language does not have.
    pub(super) fn refuse<T>(&mut self, position: Position, what: &str, help: &str) -> Lowered<T> {
        let span = self.span(position);
        if self.calls.is_empty() {
            return self.fail(
                Code::NotInLanguage,
                span,
                format!("{what} is not part of the rule language"),
                format!("{help}; or write a function in scripts/"),
            );
        }
        let name = self.calls.last().cloned().unwrap_or_default();
        self.fail(
            Code::OpaqueUndeclared,
            span,
            format!("{what} cannot be lowered to columns, so `{name}` is opaque, but it is not declared so"),
            format!("{help}; or declare `{name}` in scripts/functions.yaml with `opaque: true` and what it returns"),
        )
    }

    /// A number as it is written: Rhai would round digits away in silence.
    fn literal(&mut self, position: Position, parsed: Decimal) -> Lowered<Val> {
        let written = self.written(position);
        match decimal::parse(&written).and_then(|v| if v == parsed { Ok(v) } else { Err(decimal::NumberError::Syntax) })
        {
            Ok(value) => {
                let units = value.mantissa();
                Ok(Val::Node(self.constant(units, value.scale(), Unit::Any)))
            }
            Err(decimal::NumberError::Digits) => {
                let span = self.span(position);
                self.fail(
                    Code::InexactLiteral,
                    span,
                    format!("the number `{written}` cannot be kept exactly"),
                    "at most 28 digits, 18 of them after the point",
                )
            }
            Err(decimal::NumberError::Syntax) => {
                let span = self.span(position);
                self.fail(
                    Code::InexactLiteral,
                    span,
                    format!("`{written}` is not a decimal number"),
                    "digits with `_` between them and an optional fraction, such as 10_000 or 0.35",
                )
            }
        }
    }

    fn connective(&mut self, parts: &[Expr], and: bool) -> Lowered<Val> {
        let mut conditions = Vec::new();
        for part in parts {
            let at = self.span(part.start_position());
            self.pure(part, part.start_position(), "an assignment inside a condition")?;
            conditions.push((self.operand(part).and_then(|id| self.condition(id, at)), at));
        }
        // Every part is lowered before the first failure counts: its author sees all mistakes.
        let mut joined = None;
        for (id, at) in conditions {
            let id = id?;
            joined = Some(match joined {
                None => id,
                Some(before) => self.both(before, id, and, at)?,
            });
        }
        joined.map(Val::Node).ok_or(super::lower::Failed)
    }

    fn variable(&mut self, name: &str, position: Position) -> Lowered<Val> {
        if let Some((_, val)) = self.scope.iter().rev().find(|(n, _)| n == name) {
            return Ok(val.clone());
        }
        if let Some(table) = self.event
            && let Some(field) = self.dictionary.field(table, name)
        {
            return Ok(Val::Node(self.field(table, field)));
        }
        match name {
            "as_of" => return Ok(Val::Node(self.node(Op::AsOf, Type::Date, None))),
            "score" => {
                self.at_least(Stage::Score, "score", position)?;
                let numeric = self.results.score.clone().unwrap_or(Numeric::plain(0, 0, 0));
                return Ok(Val::Node(self.result(ResultRef::Score, Type::Number(numeric))));
            }
            "grade" => {
                self.at_least(Stage::Grade, "grade", position)?;
                return Ok(Val::Node(self.result(ResultRef::Grade, Type::Grade)));
            }
            "rated" => {
                self.at_least(Stage::Grade, "rated", position)?;
                return Ok(Val::Node(self.result(ResultRef::Rated, Type::Flag)));
            }
            _ => {}
        }
        let span = self.span(position);
        let mut known: Vec<String> = self.scope.iter().map(|(n, _)| n.clone()).collect();
        if let Some(table) = self.event {
            known.extend(self.dictionary.field_names(table));
        }
        known.push("as_of".into());
        let mut help = suggest(name, known.iter().map(String::as_str).collect::<Vec<_>>());
        if self.dictionary.has_group(name) {
            help = format!("a fact has two words: `{name}.…`");
        } else if let Some(fact) = self.dictionary.facts.iter().find(|f| f.id.split('.').nth(1) == Some(name)) {
            help = format!("did you mean `{}`?", fact.id);
        }
        let code = if self.event.is_some() { Code::UnknownField } else { Code::UnknownName };
        self.fail(code, span, format!("nothing is called `{name}` here"), help)
    }

    /// A result that must be known at this place.
    pub(super) fn at_least(&mut self, stage: Stage, name: &str, position: Position) -> Lowered<()> {
        if self.stage >= stage {
            return Ok(());
        }
        let span = self.span(position);
        let help = match self.stage {
            Stage::Facts => "a characteristic sees facts only; write an override or an outcome",
            _ => "overrides decide the grade; outcomes can use it",
        };
        self.fail(Code::NotYetKnown, span, format!("`{name}` is not known yet at this place"), help)
    }

    /// A field of an event; an event field that is absent is missing.
    pub(super) fn field(&mut self, table: u32, field: u32) -> super::typed::NodeId {
        let ty = self.dictionary.field_type(table, field);
        self.node(Op::Field(table, field), ty, Some(table))
    }

    fn chain(&mut self, expression: &Expr) -> Lowered<Val> {
        let position = expression.start_position();
        let mut steps = Vec::new();
        let mut at = expression;
        let first = loop {
            let Expr::Dot(pair, flags, place) = at else { break at };
            if flags.intersects(rhai::ASTFlags::NEGATED) {
                return self.refuse(*place, "`?.`", "what is missing stays missing by itself");
            }
            steps.push(&pair.rhs);
            at = &pair.lhs;
        };
        // Chains lean to the right: `a.b.c` is a · (b · c).
        let mut flat = Vec::new();
        for step in steps.into_iter().rev() {
            let mut rest = step;
            while let Expr::Dot(pair, ..) = rest {
                flat.push(&pair.lhs);
                rest = &pair.rhs;
            }
            flat.push(rest);
        }
        let mut links = Vec::new();
        for link in flat {
            match link {
                Expr::Property(names, at) => links.push(Step::Property(&names.2, *at)),
                Expr::MethodCall(call, at) => links.push(Step::Method(call, *at)),
                other => {
                    return self.refuse(other.start_position(), "this construct", "see rules/FORMAT.md, section 7");
                }
            }
        }
        let mut links = links.into_iter();
        let mut value = match first {
            Expr::Variable(variable, _, at) if !self.scope.iter().any(|(n, _)| *n == *variable.1) => match links.next()
            {
                Some(Step::Property(name, _)) => self.fact(&variable.1, name, *at)?,
                _ => self.variable(&variable.1, *at)?,
            },
            other => self.expression(other)?,
        };
        for link in links {
            value = match link {
                Step::Property(name, at) => self.property(value, name, at)?,
                Step::Method(call, at) => self.method(value, call, at, position)?,
            };
        }
        Ok(value)
    }

    fn fact(&mut self, group: &str, name: &str, position: Position) -> Lowered<Val> {
        let id = format!("{group}.{name}");
        let Some(index) = self.dictionary.fact(&id) else {
            if self.dictionary.may_be_broken(&id, "facts/") {
                return Err(super::lower::Failed);
            }
            let span = self.span(position);
            let help = suggest(&id, self.dictionary.facts.iter().map(|f| f.id.as_str()));
            return self.fail(Code::UnknownName, span, format!("there is no fact `{id}`"), help);
        };
        match self.dictionary.kind(index) {
            Some(FactKind::Value(value)) => {
                let ty = value.ty.clone();
                Ok(Val::Node(self.node(Op::Fact(index), ty, None)))
            }
            _ => self.known_events(index, position),
        }
    }

    fn property(&mut self, value: Val, name: &str, position: Position) -> Lowered<Val> {
        let span = self.span(position);
        if matches!(value, Val::OuterEvent) {
            return self.value(value, span).map(Val::Node);
        }
        let Val::Event(table) = value else {
            return self.fail(
                Code::TypeMismatch,
                span,
                format!("`.{name}` asks for a field, but this is no event"),
                "fields are read inside `|c| …`",
            );
        };
        match self.dictionary.field(table, name) {
            Some(field) => Ok(Val::Node(self.field(table, field))),
            None => {
                let names = self.dictionary.field_names(table);
                let help = suggest(name, names.iter().map(String::as_str).collect::<Vec<_>>());
                self.fail(Code::UnknownField, span, format!("the events have no field `{name}`"), help)
            }
        }
    }

    /// The call of an operator or of a function by name.
    fn call(&mut self, call: &rhai::FnCallExpr, position: Position) -> Lowered<Val> {
        let name = call.name.as_str();
        let at = self.span(position);
        let comparison = match name {
            "==" => Some(Comparison::Eq),
            "!=" => Some(Comparison::Ne),
            "<" => Some(Comparison::Lt),
            "<=" => Some(Comparison::Le),
            ">" => Some(Comparison::Gt),
            ">=" => Some(Comparison::Ge),
            _ => None,
        };
        match (call.args.as_slice(), call.op_token.is_some()) {
            ([a, b], true) if comparison.is_some() => {
                let (a, b) = (self.expression(a), self.expression(b));
                let (a, b) = (a?, b?);
                if let Some(comparison) = comparison {
                    return Ok(Val::Node(self.compare(comparison, a, b, at)?));
                }
                Err(super::lower::Failed)
            }
            ([_, _], true) if name == "/" => self.fail(
                Code::BareDivision,
                at,
                "a division without written rounding",
                "write `round(a / b, digits)`, or `round(a / b, digits, \"half_even\")`",
            ),
            ([a, b], true) if matches!(name, "+" | "-" | "*") => {
                let (a, b) = (self.operand(a), self.operand(b));
                let (a, b) = (a?, b?);
                Ok(Val::Node(match name {
                    "+" => self.add(a, b, 1, at)?,
                    "-" => self.add(a, b, -1, at)?,
                    _ => self.multiply(a, b, at)?,
                }))
            }
            ([a], true) if name == "-" => {
                let a = self.operand(a)?;
                Ok(Val::Node(self.negate(a, at)?))
            }
            ([a], true) if name == "+" => self.expression(a),
            ([a], true) if name == "!" => {
                let a = self.operand(a)?;
                Ok(Val::Node(self.not(a, at)?))
            }
            ([list, value], false) if name == "contains" => self.one_of(list, value, at),
            (_, true) => self.refuse(
                position,
                &format!("the operator `{name}`"),
                "operators are + - * == != < <= > >= && || ! in",
            ),
            _ => self.builtin(call, position),
        }
    }

    /// An argument that must be one value.
    pub(super) fn operand(&mut self, expression: &Expr) -> Lowered<super::typed::NodeId> {
        let at = self.span(expression.start_position());
        let val = self.expression(expression)?;
        self.value(val, at)
    }

    /// `value in [a, b, c]`.
    fn one_of(&mut self, list: &Expr, value: &Expr, at: crate::diagnostic::Span) -> Lowered<Val> {
        let value = self.operand(value)?;
        let Val::List(items) = self.expression(list)? else {
            return self.fail(Code::TypeMismatch, at, "`in` asks for a list", "write `x in [\"A\", \"B\"]`");
        };
        if let Type::Category(_) = self.ty(value)
            && !items.is_empty()
            && items.iter().all(|i| matches!(i, Val::Text(..)))
        {
            let mut members = Vec::new();
            for item in &items {
                if let Val::Text(text, place) = item {
                    let member = self.member(text, value, *place)?;
                    if let Op::Const(index) = self.arena.node(member).op {
                        members.push(u32::try_from(index).unwrap_or(0));
                    }
                }
            }
            members.sort_unstable();
            members.dedup();
            let table = self.arena.node(value).table;
            return Ok(Val::Node(self.node(Op::In(value, members), Type::Flag, table)));
        }
        let mut any = None;
        for item in items {
            let equal = self.compare(Comparison::Eq, Val::Node(value), item, at)?;
            any = Some(match any {
                None => equal,
                Some(before) => self.both(before, equal, false, at)?,
            });
        }
        match any {
            Some(id) => Ok(Val::Node(id)),
            None => self.fail(Code::EmptyList, at, "`in` asks for at least one value", "write `x in [\"A\", \"B\"]`"),
        }
    }

    /// A date literal's text.
    pub(super) fn date_literal(&mut self, text: &str, at: crate::diagnostic::Span) -> Lowered<Val> {
        match Date::parse(text).filter(|d| *d >= date::FIRST && *d <= date::LAST) {
            Some(date) => Ok(Val::Node(self.node(Op::Const(i128::from(date.days())), Type::Date, None))),
            None => self.fail(
                Code::NotADate,
                at,
                format!("`{text}` is not a date of the calendar"),
                "write it as date(\"2026-06-30\"), between 1900-01-01 and 2199-12-31",
            ),
        }
    }
}
