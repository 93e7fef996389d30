//! Random facts: every type, with units, ranges, meanings of missing values, and tables.

use rust_decimal::Decimal;
use xinpei::Date;

use super::kind::{Kind, Num, Unit};
use super::rng::Rng;
use super::yaml::Yaml;

/// A fact, or a field of a table.
#[derive(Clone, Debug)]
pub struct Fact {
    pub id: String,
    pub kind: Kind,
    /// First and last date, of a date.
    pub dates: (Date, Date),
    pub missing: Absent,
}

/// What an absent value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    Unknown,
    Required,
    Known,
}

/// A table of events.
#[derive(Clone, Debug)]
pub struct Table {
    pub id: String,
    pub fields: Vec<Fact>,
    /// Which field orders the records.
    pub order: Option<usize>,
    pub monthly: bool,
}

/// Members of the categories that are used.
pub const CATEGORIES: &[&[&str]] =
    &[&["A", "B", "M", "C", "D"], &["open", "performed", "settled"], &["甲", "乙", "C 1"], &["on", "null"]];

const UNITS: &[Unit] = &[Unit::Plain, Unit::Of("kwh"), Unit::Of("percent")];

/// The label of anything.
pub fn label(rng: &mut Rng) -> Yaml {
    let words = ["税务", "执行: 案件", "收入 # 1", "it's", "\"quoted\"", "x"];
    let mut word = || Yaml::text(*rng.pick(&words));
    Yaml::Map(vec![("zh".into(), word()), ("en".into(), word())])
}

fn decimal(units: i128, digits: u32) -> Decimal {
    Decimal::from_i128_with_scale(units, digits)
}

/// A random single value; the keys that its YAML has beside id and label.
fn single(rng: &mut Rng, id: String, name: &str) -> (Fact, Vec<(String, Yaml)>) {
    let mut keys = vec![("type".to_owned(), Yaml::plain(name))];
    let calendar: (Date, Date) = ("1900-01-01".parse().expect("a date"), "2199-12-31".parse().expect("a date"));
    let mut dates = calendar;
    let numeric = |rng: &mut Rng, unit, digits: u32, low: i128, high: i128, keys: &mut Vec<(String, Yaml)>| {
        let mut num = Num::new(unit, digits, low, high);
        if digits > 6 || rng.percent(65) {
            let most = 10_i128.pow(u32::try_from(1 + rng.below(7)).expect("small") + digits).min(high);
            num.high = rng.between(2, most.max(3));
            num.low = if low < 0 && rng.percent(40) { -rng.between(0, most) } else { 0 };
            let edge = |units| Yaml::plain(decimal(units, digits));
            keys.push(("range".into(), Yaml::Map(vec![("from".into(), edge(num.low)), ("to".into(), edge(num.high))])));
        }
        Kind::Num(num)
    };
    let kind = match name {
        "money" => numeric(rng, Unit::Of("cny"), 2, -100_000_000_000_000, 100_000_000_000_000, &mut keys),
        "count" => {
            let unit = if rng.percent(30) { Unit::Of("person") } else { Unit::Plain };
            if let Unit::Of(unit) = unit {
                keys.push(("unit".into(), Yaml::text(unit)));
            }
            numeric(rng, unit, 0, 0, 1_000_000_000, &mut keys)
        }
        "number" => {
            let digits = *rng.pick(&[0, 1, 2, 3, 4, 4, 9]);
            let most = 1_000_000_000_000 * 10_i128.pow(digits);
            let unit = *rng.pick(UNITS);
            keys.push(("digits".into(), Yaml::plain(digits)));
            if let Unit::Of(unit) = unit {
                keys.push(("unit".into(), Yaml::text(unit)));
            }
            numeric(rng, unit, digits, -most, most, &mut keys)
        }
        "date" => {
            if rng.percent(30) {
                dates = ("2000-02-29".parse().expect("a date"), "2030-12-31".parse().expect("a date"));
                let range = vec![("from".into(), Yaml::plain(dates.0)), ("to".into(), Yaml::plain(dates.1))];
                keys.push(("range".into(), Yaml::Map(range)));
            }
            Kind::Date
        }
        "flag" => Kind::Flag,
        _ => {
            let category = rng.below(CATEGORIES.len());
            let members = CATEGORIES[category].iter().map(|m| Yaml::text(*m));
            let members = if rng.percent(70) {
                Yaml::List(members.collect())
            } else {
                Yaml::Map(CATEGORIES[category].iter().map(|m| ((*m).to_owned(), label(rng))).collect())
            };
            keys.push(("members".into(), members));
            Kind::Category(category)
        }
    };
    (Fact { id, kind, dates, missing: Absent::Unknown }, keys)
}

/// A value of a fact in the spelling of a rule file.
fn plain_value(rng: &mut Rng, fact: &Fact) -> Yaml {
    match &fact.kind {
        Kind::Num(num) => Yaml::plain(decimal(*rng.pick(&[num.low, num.high, 0.clamp(num.low, num.high)]), num.digits)),
        Kind::Flag => Yaml::plain(rng.percent(50)),
        Kind::Date => Yaml::plain(if rng.percent(50) { fact.dates.0 } else { "2024-02-29".parse().expect("a date") }),
        Kind::Category(category) => Yaml::text(*rng.pick(CATEGORIES[*category])),
    }
}

/// A single fact and its YAML.
pub fn fact(rng: &mut Rng, id: String, name: &str) -> (Fact, Yaml) {
    let (mut fact, keys) = single(rng, id, name);
    let mut map = vec![("id".to_owned(), Yaml::text(&fact.id)), ("label".to_owned(), label(rng))];
    map.extend(keys);
    match rng.below(8) {
        0 => {
            fact.missing = Absent::Required;
            map.push(("missing".into(), Yaml::text("required")));
        }
        1 | 2 => {
            fact.missing = Absent::Known;
            map.push(("missing".into(), Yaml::Map(vec![("means".into(), plain_value(rng, &fact))])));
        }
        3 => map.push(("missing".into(), Yaml::text("unknown"))),
        _ => {}
    }
    (fact, Yaml::Map(map))
}

/// A table and its YAML.
pub fn table(rng: &mut Rng, id: String) -> (Table, Yaml) {
    let mut names = vec!["date", "flag", "category", "money", "number", "count"];
    rng.shuffle(&mut names);
    names.truncate(2 + rng.below(4));
    let mut fields = Vec::new();
    let mut list = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let (field, keys) = single(rng, format!("f{at}"), name);
        let mut map = vec![("id".to_owned(), Yaml::text(&field.id)), ("label".to_owned(), label(rng))];
        map.extend(keys);
        fields.push(field);
        list.push(Yaml::Map(map));
    }
    let order = names.iter().position(|name| *name == "date").filter(|_| rng.percent(85));
    let monthly = order.is_some() && rng.percent(50);
    let mut map =
        vec![("id".to_owned(), Yaml::text(&id)), ("label".into(), label(rng)), ("type".into(), Yaml::plain("events"))];
    if let Some(order) = order {
        map.push(("order".into(), Yaml::text(&fields[order].id)));
    }
    if monthly {
        map.push(("every".into(), Yaml::text("month")));
    }
    map.push(("fields".into(), Yaml::List(list)));
    match rng.below(6) {
        0 => map.push(("missing".into(), Yaml::text("required"))),
        1 | 2 => map.push(("missing".into(), Yaml::Map(vec![("means".into(), Yaml::text("empty"))]))),
        _ => {}
    }
    (Table { id, fields, order, monthly }, Yaml::Map(map))
}
