//! Random dossiers: missing values, edges and the values beside them, odd dates, empty tables.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::{Date, Dossier, Value};

use super::book::Book;
use super::dictionary::{CATEGORIES, Fact};
use super::kind::Kind;
use super::rng::Rng;

/// How a dossier tastes: so many of a hundred values are missing, or wrong.
#[derive(Clone, Copy, Debug)]
pub struct Taste {
    pub missing: usize,
    pub wrong: usize,
}

const DATES: &[&str] = &[
    "2024-02-29",
    "2025-01-31",
    "2025-02-28",
    "2026-05-31",
    "2026-06-30",
    "2026-07-01",
    "2023-12-31",
    "2000-02-29",
    "2020-02-29",
];

/// A random as-of date.
pub fn as_of(rng: &mut Rng) -> Date {
    rng.pick(DATES).parse().expect("a date")
}

/// A random dossier for a rulebook.
pub fn dossier(book: &Book, rng: &mut Rng, taste: Taste) -> Dossier {
    let mut dossier = Dossier { enterprise: format!("e{}", rng.below(1000)), facts: BTreeMap::new() };
    for fact in &book.facts {
        match value(book, rng, fact, taste) {
            // What is missing may be left out or be written as such.
            Value::Missing if rng.percent(50) => {}
            value => drop(dossier.facts.insert(fact.id.clone(), value)),
        }
    }
    for table in &book.tables {
        if rng.percent(taste.missing) {
            continue;
        }
        let count = *rng.pick(&[0, 1, 2, 3, 5, 8, 12]);
        // Half of the tables have records of neighbouring months.
        let near = rng.percent(50);
        let rows = (0..count).map(|_| {
            let fields = table.fields.iter().enumerate().map(|(at, field)| {
                let value = match near && table.order == Some(at) {
                    true => Value::Date(Date::from_days(i32::try_from(20_300 + rng.between(0, 180)).expect("days"))),
                    false => value(book, rng, field, Taste { missing: taste.missing / 2, ..taste }),
                };
                (field.id.clone(), value)
            });
            fields.filter(|(_, value)| *value != Value::Missing).collect()
        });
        let rows: Vec<BTreeMap<String, Value>> = rows.collect();
        dossier.facts.insert(table.id.clone(), Value::Events(rows));
    }
    if rng.percent(taste.wrong) {
        dossier.facts.insert("no.fact".into(), Value::Flag(true));
    }
    dossier
}

fn value(book: &Book, rng: &mut Rng, fact: &Fact, taste: Taste) -> Value {
    if rng.percent(taste.missing) {
        return Value::Missing;
    }
    if rng.percent(taste.wrong) {
        return match rng.below(4) {
            0 => Value::Text("nonsense".into()),
            1 => Value::Number(Decimal::from_i128_with_scale(1_234_567_890_123_456_789, 3)),
            2 => Value::Date("1850-01-01".parse().expect("a date")),
            _ => Value::Text("2025-02-30".into()),
        };
    }
    match &fact.kind {
        Kind::Num(num) => {
            let edges: Vec<i128> = book.edges.iter().filter(|(text, _)| *text == fact.id).map(|(_, at)| *at).collect();
            let units = match rng.below(8) {
                0 => num.low,
                1 => num.high,
                2 => 0,
                3 | 4 if !edges.is_empty() => rng.pick(&edges) + rng.between(-1, 1),
                5 => rng.between(num.low, num.high),
                _ => {
                    let most = 10_i128.pow(num.digits + 1) * *rng.pick(&[1, 10, 1000]);
                    rng.between(0, most)
                }
            };
            let number = Decimal::from_i128_with_scale(units.clamp(num.low, num.high), num.digits);
            if rng.percent(30) { Value::Text(number.to_string()) } else { Value::Number(number) }
        }
        Kind::Flag => match rng.below(4) {
            0 => Value::Text("true".into()),
            1 => Value::Text("false".into()),
            n => Value::Flag(n == 2),
        },
        Kind::Date => {
            let days = match rng.below(6) {
                0 => fact.dates.0.days(),
                1 => fact.dates.1.days(),
                2 | 3 => rng.pick(DATES).parse::<Date>().expect("a date").days(),
                _ => i32::try_from(rng.between(18_000, 20_700)).expect("days"),
            };
            let date = Date::from_days(days.clamp(fact.dates.0.days(), fact.dates.1.days()));
            if rng.percent(30) { Value::Text(date.to_string()) } else { Value::Date(date) }
        }
        Kind::Category(category) => Value::Text((*rng.pick(CATEGORIES[*category])).to_owned()),
    }
}
