//! A dossier read by the dictionary: values, tables, and what is wrong.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xinpei::check::typed::{EventField, FactKind, Missing, Type, Typed, ValueType};
use xinpei::{Dossier, Value as Given};

use super::calendar;
use super::number::with_digits;
use super::value::Value;

/// The most events of one table.
const MOST_EVENTS: usize = 10_000;

/// One event: its fields, in the order of the dictionary.
pub type Event = Vec<Option<Value>>;

/// The facts of one enterprise.
#[derive(Debug, Default)]
pub struct Facts {
    /// By fact; `None` also for a table.
    pub values: Vec<Option<Value>>,
    /// By fact; `None` where the table is missing, and for a single value.
    pub tables: Vec<Option<Vec<Event>>>,
    /// Fact and kind.
    pub faults: BTreeSet<(String, String)>,
}

pub fn read(typed: &Typed, dossier: &Dossier) -> Facts {
    let mut facts = Facts::default();
    if typed.manifest.uscc && !is_uscc(&dossier.enterprise) {
        facts.fault("enterprise", "wrong_code");
    }
    for id in dossier.facts.keys().filter(|id| !typed.facts.iter().any(|f| f.id == **id)) {
        facts.fault(id, "unknown_fact");
    }
    for fact in &typed.facts {
        let given = dossier.facts.get(&fact.id).unwrap_or(&Given::Missing);
        let (mut value, mut table) = (None, None);
        match (&fact.kind, given) {
            (FactKind::Value(ty), Given::Missing) => {
                if let Missing::Means(units) = fact.missing {
                    value = Some(of_units(units, ty));
                }
            }
            (FactKind::Value(ty), given) => match read_value(given, ty, typed) {
                Ok(known) => value = known,
                Err(kind) => facts.fault(&fact.id, kind),
            },
            (FactKind::Events(_), Given::Missing) => {
                if fact.missing == Missing::Empty {
                    table = Some(Vec::new());
                }
            }
            (FactKind::Events(events), Given::Events(rows)) => {
                let mut list = Vec::new();
                for row in rows {
                    list.push(facts.event(&fact.id, &events.fields, row, typed));
                }
                if list.len() > MOST_EVENTS {
                    facts.fault(&fact.id, "too_many_events");
                } else {
                    list.sort_by(|a, b| in_order(a, b, events.order));
                    table = Some(list);
                }
            }
            (FactKind::Events(_), _) => {
                if fact.missing == Missing::Empty {
                    table = Some(Vec::new());
                }
                facts.fault(&fact.id, "wrong_type");
            }
        }
        if fact.missing == Missing::Required && *given == Given::Missing {
            facts.fault(&fact.id, "required_missing");
        }
        facts.values.push(value);
        facts.tables.push(table);
    }
    facts
}

impl Facts {
    fn fault(&mut self, fact: &str, kind: &str) {
        self.faults.insert((fact.to_owned(), kind.to_owned()));
    }

    fn event(&mut self, table: &str, fields: &[EventField], row: &BTreeMap<String, Given>, typed: &Typed) -> Event {
        for name in row.keys().filter(|name| !fields.iter().any(|f| f.id == **name)) {
            self.fault(&format!("{table}.{name}"), "unknown_fact");
        }
        let read = |field: &EventField| match row.get(&field.id) {
            None | Some(Given::Missing) => {
                if field.required {
                    self.fault(&format!("{table}.{}", field.id), "required_missing");
                }
                None
            }
            Some(given) => read_value(given, &field.value, typed).unwrap_or_else(|kind| {
                self.fault(&format!("{table}.{}", field.id), kind);
                None
            }),
        };
        fields.iter().map(read).collect()
    }
}

/// Events stand by their order field, then by every field; what is missing comes first.
fn in_order(a: &Event, b: &Event, order: Option<usize>) -> Ordering {
    let known = |a: &Option<Value>, b: &Option<Value>| match (a, b) {
        (None, None) => Ordering::Equal,
        (None, Some(_)) => Ordering::Less,
        (Some(_), None) => Ordering::Greater,
        (Some(a), Some(b)) => a.order(b),
    };
    let first = order.map_or(Ordering::Equal, |o| known(&a[o], &b[o]));
    a.iter().zip(b).fold(first, |so_far, (a, b)| so_far.then_with(|| known(a, b)))
}

/// A given value by its type; the kind of its fault.
fn read_value(given: &Given, ty: &ValueType, typed: &Typed) -> Result<Option<Value>, &'static str> {
    let value = match (&ty.ty, given) {
        (_, Given::Missing) => return Ok(None),
        (Type::Number(_), Given::Number(number)) => number_within(*number, ty)?,
        (Type::Number(_), Given::Text(text)) => number_within(number_of(text)?, ty)?,
        (Type::Flag, Given::Flag(flag)) => Value::Flag(*flag),
        (Type::Flag, Given::Text(text)) => match text.as_str() {
            "true" => Value::Flag(true),
            "false" => Value::Flag(false),
            _ => return Err("not_a_flag"),
        },
        (Type::Date, Given::Date(date)) => date_within(calendar::civil(*date), ty)?,
        (Type::Date, Given::Text(text)) => date_within(date_of(text)?, ty)?,
        (Type::Category(category), Given::Text(text)) => {
            let members = &typed.categories[*category as usize];
            let at = members.names().position(|name| name == text).ok_or("unknown_member")?;
            Value::Member(u32::try_from(at).expect("an index"))
        }
        _ => return Err("wrong_type"),
    };
    Ok(Some(value))
}

/// GB 32100-2015: the 18th sign makes the weighted sum a multiple of 31.
fn is_uscc(text: &str) -> bool {
    let signs = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    let values: Option<Vec<usize>> = text.chars().map(|c| signs.find(c)).collect();
    let Some(values) = values.filter(|v| v.len() == 18) else { return false };
    let mut weight = 1;
    let mut sum = 0;
    for value in values.iter().take(17) {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    (sum + values[17]) % 31 == 0
}

fn number_of(text: &str) -> Result<Decimal, &'static str> {
    let body = text.strip_prefix(['+', '-']).unwrap_or(text);
    let parts: Vec<&str> = body.splitn(2, '.').collect();
    let fine = |part: &&str| {
        !part.is_empty() && part.split('_').all(|run| !run.is_empty() && run.chars().all(|c| c.is_ascii_digit()))
    };
    if !parts.iter().all(fine) {
        return Err("not_a_number");
    }
    let number = Decimal::from_str_exact(&text.replace(['_', '+'], "")).map_err(|_| "too_many_digits")?;
    if number.scale() > 18 { Err("too_many_digits") } else { Ok(number) }
}

fn number_within(number: Decimal, ty: &ValueType) -> Result<Value, &'static str> {
    let Type::Number(numeric) = &ty.ty else { return Err("wrong_type") };
    let number = number.normalize();
    if number.scale() > numeric.digits {
        return Err("too_many_digits");
    }
    let edge = |units: i128| Decimal::from_i128_with_scale(units, numeric.digits);
    if number < edge(numeric.low) || number > edge(numeric.high) {
        return Err("out_of_range");
    }
    Ok(Value::Number(with_digits(number, numeric.digits)))
}

fn date_of(text: &str) -> Result<jiff::civil::Date, &'static str> {
    // The calendar's own reader takes more spellings than one.
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    if shape != "9999-99-99" {
        return Err("not_a_date");
    }
    text.parse().map_err(|_| "not_a_date")
}

fn date_within(date: jiff::civil::Date, ty: &ValueType) -> Result<Value, &'static str> {
    if date < calendar::civil(ty.dates.0) || date > calendar::civil(ty.dates.1) {
        return Err("out_of_range");
    }
    Ok(Value::Date(date))
}

/// What a rule file says a missing value means.
fn of_units(units: i64, ty: &ValueType) -> Value {
    match &ty.ty {
        Type::Number(numeric) => Value::Number(Decimal::from_i128_with_scale(units.into(), numeric.digits)),
        Type::Flag => Value::Flag(units == 1),
        Type::Date => {
            Value::Date(calendar::add_days(jiff::civil::date(1970, 1, 1), units).expect("a date of the calendar"))
        }
        Type::Category(_) => Value::Member(u32::try_from(units).expect("an index")),
        Type::Grade => panic!("no fact is a grade"),
    }
}
