//! A table summed up: every event in turn, with what is known about it.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use xinpei::check::typed::{Aggregate, FactKind, NodeId};

use super::node::Row;
use super::value::Value;

pub fn sum_up(
    row: &Row<'_>,
    kind: Aggregate,
    table: u32,
    mask: Option<NodeId>,
    value: Option<NodeId>,
    digits: u32,
) -> Option<Value> {
    let events = row.facts.tables[table as usize].as_ref()?.len();
    let number = |n: Decimal| Some(Value::Number(super::number::with_digits(n, digits)));
    if matches!(kind, Aggregate::Any | Aggregate::All) {
        return quantify(row, kind == Aggregate::All, events, mask, value?);
    }
    // Every mask is known, and every value of an event that takes part.
    let mut part = Vec::new();
    for event in 0..events {
        let takes_part = match mask {
            None => true,
            Some(mask) => row.flag(mask, event)?,
        };
        if takes_part {
            part.push(event);
        }
    }
    if kind == Aggregate::Count {
        return number(Decimal::from(part.len()));
    }
    let value = value?;
    let values = part.iter().map(|event| row.value(value, *event));
    let values: Vec<Value> = values.collect::<Option<_>>()?;
    match kind {
        Aggregate::Sum => number(values.into_iter().map(Value::number).sum()),
        Aggregate::Min => values.into_iter().min_by(Value::order),
        Aggregate::Max => values.into_iter().max_by(Value::order),
        Aggregate::Run => {
            let holds: Vec<bool> = values.into_iter().map(Value::flag).collect();
            number(Decimal::from(longest_run(row, table, &part, &holds)?))
        }
        Aggregate::MonthlyMax => {
            let mut dearest: BTreeMap<(i16, i8), Decimal> = BTreeMap::new();
            for (event, value) in part.iter().zip(values) {
                let date = order(row, table, *event)?;
                let most = dearest.entry((date.year(), date.month())).or_default();
                *most = value.number().max(*most);
            }
            number(dearest.into_values().sum())
        }
        Aggregate::Count | Aggregate::Any | Aggregate::All => None,
    }
}

/// `any` is true as soon as one event is known to take part and to satisfy, `all` false as soon as
/// one is known to take part and not to.
fn quantify(row: &Row<'_>, all: bool, events: usize, mask: Option<NodeId>, condition: NodeId) -> Option<Value> {
    let mut unknown = false;
    for event in 0..events {
        let part = mask.map_or(Some(true), |mask| row.flag(mask, event));
        let decides = row.flag(condition, event).map(|holds| holds != all);
        let both = match (part, decides) {
            (Some(false), _) | (_, Some(false)) => Some(false),
            (Some(true), Some(true)) => Some(true),
            _ => None,
        };
        match both {
            Some(true) => return Some(Value::Flag(!all)),
            Some(false) => {}
            None => unknown = true,
        }
    }
    if unknown { None } else { Some(Value::Flag(all)) }
}

/// The longest run of consecutive records; of monthly records a month without one breaks it.
fn longest_run(row: &Row<'_>, table: u32, part: &[usize], holds: &[bool]) -> Option<usize> {
    let FactKind::Events(events) = &row.typed.facts[table as usize].kind else { panic!("a table") };
    let mut months = Vec::new();
    for event in part {
        // Records of unknown order are in no run that is known.
        let date = order(row, table, *event)?;
        months.push(i64::from(date.year()) * 12 + i64::from(date.month()));
    }
    let connected = |at: usize| !events.monthly || months[at] - months[at - 1] <= 1;
    let mut longest = 0;
    for first in 0..holds.len() {
        let mut length = 0;
        for (at, holds) in holds.iter().enumerate().skip(first) {
            if !holds || (at > first && !connected(at)) {
                break;
            }
            length += 1;
        }
        longest = longest.max(length);
    }
    Some(longest)
}

/// The date that orders an event.
fn order(row: &Row<'_>, table: u32, event: usize) -> Option<Date> {
    let FactKind::Events(events) = &row.typed.facts[table as usize].kind else { panic!("a table") };
    let list = row.facts.tables[table as usize].as_ref()?;
    list[event][events.order?].clone().map(Value::date)
}
