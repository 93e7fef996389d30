//! The value of one node of the checked tree, for one enterprise or one of its events.

use std::cell::RefCell;
use std::collections::HashMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use xinpei::check::typed::{Comparison, Edge, NodeId, Op, ResultRef, Type, Typed};

use super::dossier::Facts;
use super::number::{self, Mode, with_digits};
use super::opaque::Sandbox;
use super::value::Value;
use super::{aggregate, calendar};

/// What overrides and outcomes may ask for; `None` while it is not known.
#[derive(Debug, Default)]
pub struct Results {
    pub score: Option<Decimal>,
    /// How many grades are worse.
    pub grade: Option<usize>,
    pub rated: bool,
    pub sections: Vec<Decimal>,
    pub points: Vec<Decimal>,
    pub fired: Vec<bool>,
}

/// Everything that a node's value depends on.
pub struct Row<'a> {
    pub typed: &'a Typed,
    pub facts: &'a Facts,
    pub as_of: Date,
    pub results: &'a Results,
    pub sandbox: &'a Sandbox,
    /// Values known already, by node and event: only so that shared parts are computed once.
    pub known: RefCell<HashMap<(NodeId, usize), Option<Value>>>,
    /// What went wrong in opaque functions.
    pub faults: RefCell<Vec<(String, String)>>,
}

impl Row<'_> {
    /// The value of a node; `event` counts the events of the node's table, if it has one.
    pub fn value(&self, id: NodeId, event: usize) -> Option<Value> {
        let key = (id, if self.typed.arena.node(id).table.is_some() { event } else { usize::MAX });
        if let Some(value) = self.known.borrow().get(&key) {
            return value.clone();
        }
        let value = self.compute(id, event);
        if let (Some(Value::Number(n)), Type::Number(ty)) = (&value, &self.typed.arena.node(id).ty) {
            // What the checker proved of this number holds.
            let n = with_digits(*n, ty.digits);
            assert!(
                (ty.low..=ty.high).contains(&n.mantissa()),
                "{n} lies outside the range of {:?}",
                self.typed.arena.node(id)
            );
        }
        self.known.borrow_mut().insert(key, value.clone());
        value
    }

    pub fn number(&self, id: NodeId, event: usize) -> Option<Decimal> {
        self.value(id, event).map(Value::number)
    }

    pub fn flag(&self, id: NodeId, event: usize) -> Option<bool> {
        self.value(id, event).map(Value::flag)
    }

    fn date(&self, id: NodeId, event: usize) -> Option<Date> {
        self.value(id, event).map(Value::date)
    }

    fn compute(&self, id: NodeId, event: usize) -> Option<Value> {
        let node = self.typed.arena.node(id);
        let digits = node.ty.number().map_or(0, |n| n.digits);
        let fit = |n: Decimal| Value::Number(with_digits(n, digits));
        let number = |id: &NodeId| self.number(*id, event);
        let date = |id: &NodeId| self.date(*id, event);
        let days = |n: i64| Value::Number(Decimal::from(n));
        Some(match &node.op {
            Op::Missing => return None,
            Op::Const(units) => self.constant(*units, &node.ty),
            Op::Fact(fact) => self.facts.values[*fact as usize].clone()?,
            Op::Field(fact, field) => self.facts.tables[*fact as usize].as_ref()?[event][*field as usize].clone()?,
            Op::AsOf => Value::Date(calendar::kept(self.as_of)?),
            Op::Spread(inner, _) => self.value(*inner, 0)?,
            Op::Result(result) => self.result(*result)?,
            Op::Add(a, b) => fit(number(a)? + number(b)?),
            Op::Sub(a, b) => fit(number(a)? - number(b)?),
            Op::Mul(a, b) => fit(number(a)? * number(b)?),
            Op::Neg(a) => fit(-number(a)?),
            Op::Abs(a) => fit(number(a)?.abs()),
            Op::Min(a, b) => self.extreme(*a, *b, event, true)?,
            Op::Max(a, b) => self.extreme(*a, *b, event, false)?,
            Op::Rescale(a) => fit(number(a)?),
            Op::Round(a, mode) => Value::Number(number::round(number(a)?, digits, Mode::of(mode.word()))),
            Op::Divide(a, b, mode) => {
                Value::Number(number::quotient(number(a)?, number(b)?, digits, Mode::of(mode.word()))?)
            }
            Op::Compare(comparison, a, b) => {
                let order = self.value(*a, event)?.order(&self.value(*b, event)?);
                Value::Flag(match comparison {
                    Comparison::Eq => order.is_eq(),
                    Comparison::Ne => order.is_ne(),
                    Comparison::Lt => order.is_lt(),
                    Comparison::Le => order.is_le(),
                    Comparison::Gt => order.is_gt(),
                    Comparison::Ge => order.is_ge(),
                })
            }
            Op::In(a, members) => match self.value(*a, event)? {
                Value::Member(m) => Value::Flag(members.contains(&m)),
                other => panic!("{other:?} is no member"),
            },
            Op::And(a, b) => match (self.flag(*a, event), self.flag(*b, event)) {
                (Some(false), _) | (_, Some(false)) => Value::Flag(false),
                (Some(true), Some(true)) => Value::Flag(true),
                _ => return None,
            },
            Op::Or(a, b) => match (self.flag(*a, event), self.flag(*b, event)) {
                (Some(true), _) | (_, Some(true)) => Value::Flag(true),
                (Some(false), Some(false)) => Value::Flag(false),
                _ => return None,
            },
            Op::Not(a) => Value::Flag(!self.flag(*a, event)?),
            Op::Present(a) => Value::Flag(self.value(*a, event).is_some()),
            Op::Otherwise(a, b) => self.value(*a, event).or_else(|| self.value(*b, event))?,
            Op::Choose(c, a, b) => self.value(if self.flag(*c, event)? { *a } else { *b }, event)?,
            Op::DaysBetween(a, b) => days(calendar::days_between(date(a)?, date(b)?)),
            Op::MonthsBetween(a, b) => days(calendar::months_between(date(a)?, date(b)?)),
            Op::YearsBetween(a, b) => days(calendar::months_between(date(a)?, date(b)?) / 12),
            Op::AddDays(a, n) => {
                Value::Date(calendar::add_days(date(a)?, whole(number(n)?)?).and_then(calendar::kept)?)
            }
            Op::AddMonths(a, n) => {
                Value::Date(calendar::add_months(date(a)?, whole(number(n)?)?).and_then(calendar::kept)?)
            }
            Op::Year(a) => days(date(a)?.year().into()),
            Op::Month(a) => days(date(a)?.month().into()),
            Op::Aggregate { kind, table, mask, value } => {
                aggregate::sum_up(self, *kind, *table, *mask, *value, digits)?
            }
            Op::Opaque(function, arguments) => match self.sandbox.call(self, *function, arguments) {
                Ok(value) => value?,
                Err(message) => {
                    self.faults.borrow_mut().push((self.typed.opaque[*function as usize].id.clone(), message));
                    return None;
                }
            },
            Op::Bands(a, edges, points) => {
                let value = self.value(*a, event)?;
                let band = edges
                    .iter()
                    .position(|edge| self.within(&value, *edge, &self.typed.arena.node(*a).ty))
                    .unwrap_or(edges.len());
                Value::Number(Decimal::from_i128_with_scale(points[band].into(), digits))
            }
            Op::Members(a, points) => {
                let at = match self.value(*a, event)? {
                    Value::Member(m) => m as usize,
                    Value::Flag(f) => usize::from(f),
                    other => panic!("{other:?} is no member"),
                };
                Value::Number(Decimal::from_i128_with_scale(points[at].into(), digits))
            }
        })
    }

    /// Whether a value lies in the band below an edge.
    pub fn within(&self, value: &Value, edge: Edge, ty: &Type) -> bool {
        let order = value.order(&self.constant(edge.at, ty));
        order.is_lt() || (edge.inclusive && order.is_eq())
    }

    fn extreme(&self, a: NodeId, b: NodeId, event: usize, least: bool) -> Option<Value> {
        let (a, b) = (self.value(a, event)?, self.value(b, event)?);
        Some(if a.order(&b).is_lt() == least { a } else { b })
    }

    fn constant(&self, units: i128, ty: &Type) -> Value {
        match ty {
            Type::Number(numeric) => Value::Number(Decimal::from_i128_with_scale(units, numeric.digits)),
            Type::Flag => Value::Flag(units == 1),
            Type::Date => {
                let days = i64::try_from(units).expect("a day");
                Value::Date(calendar::add_days(jiff::civil::date(1970, 1, 1), days).expect("a date of the calendar"))
            }
            Type::Category(_) => Value::Member(u32::try_from(units).expect("an index")),
            Type::Grade => Value::Grade(usize::try_from(units).expect("a rank")),
        }
    }

    fn result(&self, result: ResultRef) -> Option<Value> {
        Some(match result {
            ResultRef::Score => Value::Number(self.results.score?),
            ResultRef::Grade => Value::Grade(self.results.grade?),
            ResultRef::Section(i) => Value::Number(self.results.sections[i as usize]),
            ResultRef::Points(i) => Value::Number(self.results.points[i as usize]),
            ResultRef::Fired(i) => Value::Flag(self.results.fired[i as usize]),
            ResultRef::Rated => Value::Flag(self.results.rated),
        })
    }
}

/// A whole number of days or months; `None` beyond any calendar.
fn whole(number: Decimal) -> Option<i64> {
    assert!(number.fract().is_zero(), "{number} is not whole");
    i64::try_from(number).ok().filter(|n| n.abs() <= 10_000_000)
}
