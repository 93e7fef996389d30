//! What measures and the calendar make of a dossier: applied by code of its own.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xinpei::{Date, Dossier, Value};

use crate::force::Step;
use crate::world::{Amount, Effect, MOST, Measure, OLDEST, World, count};

pub(crate) fn number(dossier: &Dossier, at: usize) -> Option<i64> {
    match dossier.facts.get(&count(at)) {
        Some(Value::Number(n)) => Some(n.to_string().parse().unwrap()),
        _ => None,
    }
}

fn cases(dossier: &mut Dossier) -> Option<&mut Vec<BTreeMap<String, Value>>> {
    match dossier.facts.get_mut("t.cases") {
        Some(Value::Events(events)) => Some(events),
        _ => None,
    }
}

fn due(case: &BTreeMap<String, Value>) -> i64 {
    match &case["due"] {
        Value::Number(n) => n.to_string().parse().unwrap(),
        _ => unreachable!(),
    }
}

fn made(case: &BTreeMap<String, Value>) -> Date {
    match &case["made"] {
        Value::Date(date) => *date,
        _ => unreachable!(),
    }
}

fn open(case: &BTreeMap<String, Value>) -> bool {
    case["status"] == Value::Text("open".into())
}

fn event(made: Date, status: &str, due: i64) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("made".to_owned(), Value::Date(made)),
        ("status".to_owned(), Value::Text(status.into())),
        ("due".to_owned(), Value::Number(Decimal::from(due))),
    ])
}

/// One measure takes effect, so many months after the as-of date; what it reads is what was there before any
/// of its effects.
fn apply(dossier: &mut Dossier, measure: &Measure, start: Date, day: Date, months: i64) {
    let before = dossier.clone();
    let mut added = Vec::new();
    let mut removed: BTreeSet<usize> = BTreeSet::new();
    // Places of cases are those of before; cases are looked at as they were.
    let old: Vec<_> = cases(&mut before.clone()).cloned().unwrap_or_default();
    for effect in &measure.effects {
        match effect {
            Effect::Count(c, way, amount) => {
                let amount = value(&before, *way == "add", *amount, months);
                let now = number(dossier, *c);
                let new = match (*way, now, amount) {
                    ("set", _, Some(a)) => Some(a),
                    ("add", Some(n), Some(a)) => Some(n + a),
                    ("reduce_to", Some(n), Some(a)) => Some(n.min(a)),
                    ("raise_to", Some(n), Some(a)) => Some(n.max(a)),
                    ("reduce_to" | "raise_to", None, Some(a)) => Some(a),
                    _ => now,
                };
                if let Some(new) = new {
                    dossier.facts.insert(count(*c), Value::Number(Decimal::from(new.clamp(0, MOST))));
                }
            }
            Effect::Flag(x, value) => {
                dossier.facts.insert(format!("f.x{x}"), Value::Flag(*value));
            }
            Effect::Category(member) => {
                dossier.facts.insert("k.class".into(), Value::Text((*member).into()));
            }
            Effect::Close(less) => {
                for (at, case) in cases(dossier).into_iter().flatten().enumerate() {
                    if open(&old[at]) && made(&old[at]) <= day {
                        case.insert("status".into(), Value::Text("done".into()));
                        case.insert("due".into(), Value::Number(Decimal::from((due(&old[at]) - less).max(0))));
                    }
                }
            }
            Effect::Remove(limit) => {
                removed.extend((0..old.len()).filter(|at| due(&old[*at]) < *limit && made(&old[*at]) <= day));
            }
            Effect::Add(status, amount) => added.push(event(day, status, *amount)),
            Effect::Monthly(amount) => {
                let Some(now) = cases(dossier) else { continue };
                let (year, month, _) = start.parts();
                let mut first = Date::new(year, month, 1).unwrap().add_months(1);
                while first <= day {
                    if !now.iter().any(|c| made(c) == first) {
                        added.push(event(first, "done", *amount));
                    }
                    first = first.add_months(1);
                }
            }
        }
    }
    if let Some(now) = cases(dossier) {
        let mut at = 0;
        now.retain(|_| {
            at += 1;
            !removed.contains(&(at - 1))
        });
    }
    if !added.is_empty() {
        let known = dossier.facts.entry("t.cases".into()).or_insert(Value::Events(Vec::new()));
        if let Value::Events(list) = known {
            list.extend(added);
        }
    }
}

/// What a number of an effect is.
fn value(dossier: &Dossier, adds: bool, amount: Amount, months: i64) -> Option<i64> {
    let both = |a: usize, b: usize| Some((number(dossier, a)?, number(dossier, b)?));
    let shift = if adds { 8 } else { 0 };
    let known = match amount {
        Amount::Plain(n) => return Some(n),
        Amount::Other(c, n) if adds => return number(dossier, c).map(|v| v - MOST + n),
        Amount::Other(c, n) => (number(dossier, c)? + n).clamp(0, MOST),
        Amount::Topped(a, b) => match both(a, b)? {
            (a, b) if a > b => a.min(15),
            (_, b) => (b - 2).max(0),
        },
        // As many threes as it takes to come down from `a` to `b`, but not below zero.
        Amount::Uneven(a, b) => {
            let (a, b) = both(a, b)?;
            a - 3 * ((a - b).max(0) + 2).div_euclid(3).min(a / 3)
        }
        Amount::Waiting => waiting(dossier)?.min(MOST),
        Amount::Large => match dossier.facts.get("t.cases")? {
            Value::Events(events) => events.iter().filter(|case| due(case) >= 50).count() as i64,
            _ => unreachable!(),
        },
        Amount::Age => (age(dossier)? + months).min(OLDEST).min(MOST),
    };
    Some(known - shift)
}

fn age(dossier: &Dossier) -> Option<i64> {
    match dossier.facts.get("a.age")? {
        Value::Number(n) => Some(n.to_string().parse().unwrap()),
        _ => unreachable!(),
    }
}

pub(crate) fn day_of(dossier: &Dossier, fact: &str) -> Date {
    match dossier.facts[fact] {
        Value::Date(date) => date,
        _ => unreachable!(),
    }
}

/// How many cases are open.
pub(crate) fn waiting(dossier: &Dossier) -> Option<i64> {
    match dossier.facts.get("t.cases")? {
        Value::Events(events) => Some(events.iter().filter(|case| open(case)).count() as i64),
        _ => unreachable!(),
    }
}

/// The months that are complete between two days.
fn months(from: Date, to: Date) -> i64 {
    (0..).take_while(|n| from.add_months(n + 1) <= to).count() as i64
}

/// The facts of a day.
pub(crate) fn facts_on(world: &World, steps: &[Step], day: Date) -> Dossier {
    let mut dossier = world.dossier.clone();
    for continuing in [false, true] {
        for step in steps.iter().filter(|s| s.end <= day) {
            let measure = &world.measures[step.measure];
            if measure.continuing == continuing {
                let when = if continuing { day } else { step.end };
                apply(&mut dossier, measure, step.start, when, months(world.as_of, when));
            }
        }
    }
    if let Some(age) = age(&dossier) {
        let age = (age + months(world.as_of, day)).min(OLDEST);
        dossier.facts.insert("a.age".into(), Value::Number(Decimal::from(age)));
    }
    dossier
}
