//! What the verbs of the zone share: names, amounts, and the facts behind a condition.

use std::fmt::Write;

use rust_decimal::Decimal;
use serde::Serialize;
use xinpei::check::typed::{FactKind, NodeId, Type, Typed, ValueType};
use xinpei::column::FactColumn;
use xinpei::{Batch, Date, Label, Rulebook, decimal};
use xinpei_tables::Portion;

use crate::columns::safe;
use crate::output::Context;

/// An enterprise, by its key and its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Firm {
    pub(crate) enterprise: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
}

impl Firm {
    /// The enterprise of a row.
    pub(crate) fn of(portion: &Portion, row: usize) -> Self {
        let name = portion.names.get(row).cloned().unwrap_or_default();
        Self { enterprise: portion.batch.enterprises.get(row).to_owned(), name }
    }

    /// Its name for a screen, or its key where it has none.
    pub(crate) fn shown(&self) -> String {
        safe(if self.name.is_empty() { &self.enterprise } else { &self.name })
    }
}

/// What every result says of itself.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Head {
    rulebook: Book,
    pub(crate) as_of: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) since: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Book {
    id: String,
    version: String,
    digest: String,
}

impl Head {
    pub(crate) fn new(rulebook: &Rulebook, as_of: Date, since: Option<Date>) -> Self {
        let (id, version) = (rulebook.id().to_owned(), rulebook.version().to_owned());
        let rulebook = Book { id, version, digest: rulebook.digest() };
        Self { rulebook, as_of: as_of.to_string(), since: since.map(|day| day.to_string()) }
    }
}

/// A fact behind a condition, with its value at a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Cause {
    pub(crate) fact: String,
    pub(crate) label: Label,
    /// The value in its plain spelling, of a table the number of its records; absent where it is not known.
    pub(crate) value: Option<String>,
    /// Whether it is money.
    #[serde(skip)]
    money: bool,
    /// Whether it is a number of records.
    #[serde(skip)]
    records: bool,
    /// The name of a member.
    #[serde(skip)]
    member: Option<Label>,
}

/// The facts that a condition rests on, at a row.
pub(crate) fn causes(rulebook: &Rulebook, batch: &Batch, row: usize, node: NodeId) -> Vec<Cause> {
    rulebook.facts_below(node).into_iter().filter_map(|at| cause(rulebook, batch, row, at)).collect()
}

fn cause(rulebook: &Rulebook, batch: &Batch, row: usize, at: usize) -> Option<Cause> {
    let fact = rulebook.typed().facts.get(at)?;
    let mut cause = Cause {
        fact: fact.id.clone(),
        label: fact.label.clone(),
        value: None,
        money: false,
        records: false,
        member: None,
    };
    match (batch.facts.get(at)?, &fact.kind) {
        (FactColumn::Value(column), FactKind::Value(value)) => {
            let units = column.get(row);
            cause.money = value.money;
            cause.value = units.and_then(|units| spelt(rulebook, value, units));
            cause.member = units.and_then(|units| value.labels.get(usize::try_from(units).ok()?)).cloned();
        }
        (FactColumn::Events(table), _) => {
            cause.records = true;
            cause.value = table.known(row).then(|| table.events(row).len().to_string());
        }
        _ => {}
    }
    Some(cause)
}

fn spelt(rulebook: &Rulebook, value: &ValueType, units: i64) -> Option<String> {
    Some(match &value.ty {
        Type::Number(number) => decimal::from_units(units.into(), number.digits).to_string(),
        Type::Flag => (units != 0).to_string(),
        Type::Date => Date::from_days(i32::try_from(units).ok()?).to_string(),
        Type::Category(category) => rulebook.dictionary().members(*category)?.name(units)?.to_owned(),
        Type::Grade => return None,
    })
}

impl Cause {
    /// The value for people.
    pub(crate) fn shown(&self, context: &Context) -> String {
        let lang = context.lang;
        let Some(value) = &self.value else { return lang.pick("未知", "not known").to_owned() };
        match (value.as_str(), &self.member) {
            (_, Some(label)) => safe(label.text(lang.code())),
            ("true", _) => lang.pick("是", "yes").to_owned(),
            ("false", _) => lang.pick("否", "no").to_owned(),
            (value, _) if self.records => format!("{value} {}", lang.pick("条", "records")),
            (value, _) if self.money => decimal::parse(value).map_or_else(|_| value.to_owned(), money),
            (value, _) => safe(value),
        }
    }
}

/// Facts with their values, in one line.
pub(crate) fn list(causes: &[Cause], context: &Context) -> String {
    let one = |cause: &Cause| format!("{} {}", safe(cause.label.text(context.lang.code())), cause.shown(context));
    let all: Vec<String> = causes.iter().map(one).collect();
    all.join(context.lang.pick("，", ", "))
}

/// Yuan with a comma at every third digit, such as 12,345.60.
pub(crate) fn money(amount: Decimal) -> String {
    let text = format!("{amount:.2}");
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    let _ = write!(out, ".{fraction}");
    out
}

/// An amount of a result for people.
pub(crate) fn yuan(text: &str) -> String {
    decimal::parse(text).map_or_else(|_| safe(text), money)
}

/// A share in per cent with one digit, rounded half up.
pub(crate) fn percent(part: usize, whole: usize) -> String {
    let (part, whole) = (part as u128, whole as u128);
    let permille = (part * 2000 + whole).checked_div(whole * 2).unwrap_or(0);
    format!("{}.{} %", permille / 10, permille % 10)
}

/// The name of a grade by its place; `—` where there is none.
pub(crate) fn grade(typed: &Typed, at: Option<usize>) -> String {
    at.and_then(|at| typed.grades.get(at)).map_or_else(|| "—".to_owned(), |g| safe(&g.id))
}

/// The name of a tier by its place; `—` where there is none.
pub(crate) fn tier(typed: &Typed, at: Option<usize>) -> String {
    let tiers = typed.tiers.as_ref().map(|t| t.tiers.as_slice()).unwrap_or_default();
    at.and_then(|at| tiers.get(at)).map_or_else(|| "—".to_owned(), |t| safe(&t.id))
}

#[cfg(test)]
mod tests {
    use super::{percent, yuan};

    #[test]
    fn amounts_and_shares_are_read_at_a_glance() {
        assert_eq!((yuan("0").as_str(), yuan("999.5").as_str()), ("0.00", "999.50"));
        assert_eq!((yuan("1000").as_str(), yuan("-1234567.89").as_str()), ("1,000.00", "-1,234,567.89"));
        assert_eq!((percent(1, 3).as_str(), percent(0, 0).as_str()), ("33.3 %", "0.0 %"));
    }
}
