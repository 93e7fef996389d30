//! The ways to score a characteristic: first match, deductions for each event, formulas.

use rust_decimal::Decimal;

use super::card::{ends, spanning};
use super::lower::{Failed, Lowered, Lowerer};
use super::typed::{Each, NodeId, Numeric, Scoring, Unit};
use crate::author::source;
use crate::diagnostic::{Code, Span};

impl Lowerer<'_> {
    /// How points come about, what is shown as the value, and the range of known points.
    pub(super) fn scoring(&mut self, scoring: &source::Scoring, at: Span) -> Lowered<(Scoring, Vec<NodeId>, Numeric)> {
        match scoring {
            source::Scoring::Points { of, points } => self.points_of(of, points),
            source::Scoring::First(rows) => self.first(rows, at),
            source::Scoring::Each { table, filter, start, deduct, per, at_most } => {
                let super::lower::Val::Table(fact, mask) = self.lower(table, None)? else {
                    return self.fail(
                        Code::TypeMismatch,
                        table.span,
                        "`each` asks for a table of events",
                        "name a fact of type `events`",
                    );
                };
                let filter = filter.as_ref().map(|f| self.lower_condition(f, Some(fact))).transpose();
                let cost = match deduct {
                    source::Deduct::Expression(node) => self.lower_value(node, Some(fact)).map(|id| (id, node.span)),
                    source::Deduct::Points(of, points) => self.cost(of, points, fact).map(|id| (id, of.span)),
                };
                let (filter, (cost, span)) = (filter?, cost?);
                let mask = match filter {
                    Some(condition) => {
                        let condition = self.spread(condition, fact);
                        Some(self.restrict(mask, condition, table.span)?)
                    }
                    None => mask,
                };
                let cost = self.spread(cost, fact);
                let range = self.points_value(cost, span)?;
                if range.low < 0 {
                    return self.fail(
                        Code::NegativeDeduction,
                        span,
                        "an event may add points here",
                        "a deduction is not below zero; write max(…, 0)",
                    );
                }
                if *per == source::Per::Month && !self.dictionary.ordered(fact) {
                    return self.fail(
                        Code::MonthNeedsOrder,
                        table.span,
                        "`per: month` needs a table with an order",
                        "write `order: FIELD` in the dictionary",
                    );
                }
                if at_most.value < Decimal::ZERO {
                    return self.fail(
                        Code::NegativeDeduction,
                        at_most.span,
                        "the ceiling of deductions is below zero",
                        "write the most points that events can cost",
                    );
                }
                let known = spanning([start.value, start.value - at_most.value].into_iter());
                let digits = known.digits.max(range.digits).max(at_most.value.scale()).max(start.value.scale());
                let known = self.points_fit(known.with_digits(digits), span)?;
                // Deductions are summed up before the ceiling holds: the sum must fit as well.
                let all = i128::try_from(crate::limits::EVENTS_PER_ENTERPRISE).unwrap_or(i128::MAX);
                let sum = Numeric::plain(range.digits, 0, range.high.saturating_mul(all));
                self.points_fit(sum.with_digits(digits), span)?;
                let count = self.count(fact, mask);
                let each = Each { table: fact, mask, start: start.value, cost, per: *per, at_most: at_most.value };
                Ok((Scoring::Each(each), vec![count], known))
            }
            source::Scoring::Formula { formula, at_least, at_most } => {
                let id = self.lower_value(formula, None)?;
                let range = self.points_value(id, formula.span)?;
                if at_least.value > at_most.value {
                    return self.fail(
                        Code::FloorAboveMax,
                        at_least.span,
                        "`at_least` lies above `at_most`",
                        "swap them",
                    );
                }
                let known = spanning([at_least.value, at_most.value].into_iter());
                let digits = known.digits.max(range.digits).max(at_least.value.scale()).max(at_most.value.scale());
                self.points_fit(Numeric { unit: Unit::Plain, ..range }.with_digits(digits), formula.span)?;
                let known = self.points_fit(known.with_digits(digits), formula.span)?;
                Ok((Scoring::Formula(id, at_least.value, at_most.value), vec![id], known))
            }
        }
    }

    /// Points in the digits of their sum, if that is possible.
    pub(super) fn points_fit(&mut self, points: Option<Numeric>, at: Span) -> Lowered<Numeric> {
        match points {
            Some(points) => Ok(points),
            None => self.fail(
                Code::MayOverflow,
                at,
                "points may have more than 28 digits",
                "declare a narrower `range` for the facts in it, or write points with fewer digits",
            ),
        }
    }

    /// Points are plain numbers.
    pub(super) fn points_value(&mut self, id: NodeId, at: Span) -> Lowered<Numeric> {
        let numeric = self.numeric(id, at)?;
        if let Unit::Of(_) = numeric.unit {
            return self.fail(
                Code::UnitMismatch,
                at,
                format!("points have no unit, this is in {}", numeric.unit),
                "drop the unit with `bare(…)`",
            );
        }
        Ok(numeric)
    }

    fn first(&mut self, rows: &[source::FirstRow], at: Span) -> Lowered<(Scoring, Vec<NodeId>, Numeric)> {
        let mut checked = Vec::new();
        let mut ranges = Vec::new();
        let mut failed = false;
        let last = rows.len().saturating_sub(1);
        for (i, row) in rows.iter().enumerate() {
            if i < last && row.when.is_none() {
                self.out
                    .error(Code::UnreachableRow, rows.get(i + 1).map_or(at, |r| r.span), "nothing reaches this line")
                    .help("the line above has no condition; put it last");
                failed = true;
            }
            let open = rows.iter().any(|r| r.when.is_none());
            if i == last && row.when.is_some() && !open {
                self.out
                    .error(Code::LastNotUnconditional, row.span, "the last line has a condition")
                    .help("end with a line that has `points` alone");
                failed = true;
            }
            let when = match &row.when {
                Some(when) => self.lower_condition(when, None).map(Some),
                None => Ok(None),
            };
            let points =
                self.lower_value(&row.points, None).and_then(|id| Ok((id, self.points_value(id, row.points.span)?)));
            if let (Ok(Some(when)), Some(condition)) = (&when, &row.when)
                && let Some(holds) = self.decided(*when)
            {
                let (span, help) = match holds {
                    true => (
                        rows.get(i + 1).map_or(condition.span, |r| r.span),
                        "the condition above always holds where it is known",
                    ),
                    false => (condition.span, "the condition never holds"),
                };
                self.out.error(Code::UnreachableRow, span, "nothing reaches this line").help(help);
                failed = true;
            }
            if let (Ok(Some(when)), Some(condition)) = (&when, &row.when)
                && checked.iter().any(|(w, _)| *w == Some(*when))
            {
                self.out
                    .error(Code::UnreachableRow, condition.span, "nothing reaches this line")
                    .help("a line above has the same condition");
                failed = true;
            }
            match (when, points) {
                (Ok(when), Ok((id, range))) => {
                    checked.push((when, id));
                    ranges.push(range);
                }
                _ => failed = true,
            }
        }
        if failed || ranges.is_empty() {
            return Err(Failed);
        }
        let digits = ranges.iter().map(|r| r.digits).max().unwrap_or(0);
        let decimals = ranges.iter().flat_map(|r| [ends(r).0, ends(r).1]);
        let known = spanning(decimals.collect::<Vec<_>>().into_iter());
        let digits = known.digits.max(digits);
        for range in &ranges {
            self.points_fit(range.with_digits(digits), at)?;
        }
        let known = self.points_fit(known.with_digits(digits), at)?;
        Ok((Scoring::First(checked), Vec::new(), known))
    }
}
