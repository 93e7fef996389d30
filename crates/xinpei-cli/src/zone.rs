//! What the verbs of the zone share: names, amounts, and the facts behind a condition.

use std::collections::BTreeMap;

use serde::Serialize;
use xinpei::check::typed::{FactKind, NodeId, Op, Type, Typed, ValueType};
use xinpei::column::FactColumn;
use xinpei::explain::words::{self, Noun};
use xinpei::{Batch, Date, Label, Probe, Rulebook, Scratch, decimal};
use xinpei_cultivate::money;
use xinpei_tables::{Notice, Portion};

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
    /// The day of the latest record of a table that orders them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) latest: Option<String>,
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

/// The facts that a condition rests on, at a row and on a day.
pub(crate) fn causes(on: (&Rulebook, Date), batch: &Batch, row: usize, node: NodeId) -> Vec<Cause> {
    on.0.facts_below(node).into_iter().filter_map(|at| cause(on, batch, row, at)).collect()
}

/// The parts of outcomes' conditions, to tell which of several alternatives hold.
pub(crate) struct Parts<'r> {
    rulebook: &'r Rulebook,
    known: BTreeMap<usize, (Vec<NodeId>, Probe)>,
}

/// More facts than this tell nothing: the condition reads the whole card.
const TELLING: usize = 8;

impl<'r> Parts<'r> {
    pub(crate) const fn new(rulebook: &'r Rulebook) -> Self {
        Self { rulebook, known: BTreeMap::new() }
    }

    /// The facts behind those alternatives of an outcome's condition that hold at a row; none where they
    /// are too many to tell anything.
    pub(crate) fn facts(
        &mut self,
        outcome: usize,
        batch: &Batch,
        row: usize,
        as_of: Date,
        scratch: &mut Scratch,
    ) -> Vec<usize> {
        let rulebook = self.rulebook;
        let (nodes, probe) = self.known.entry(outcome).or_insert_with(|| {
            let nodes = alternatives(rulebook, outcome);
            (nodes.clone(), rulebook.probe(nodes))
        });
        let values = rulebook.values(probe, &batch.slice(row..row + 1), as_of, scratch);
        let holds = |value: &Vec<Option<i128>>| value.first().copied().flatten() == Some(1);
        let firing = nodes.iter().zip(&values).filter(|(_, value)| holds(value));
        let mut facts: Vec<usize> = firing.flat_map(|(id, _)| rulebook.facts_below(*id)).collect();
        facts.sort_unstable();
        facts.dedup();
        if facts.len() > TELLING { Vec::new() } else { facts }
    }
}

/// The alternatives of an outcome's condition, of which one is enough.
fn alternatives(rulebook: &Rulebook, outcome: usize) -> Vec<NodeId> {
    let program = rulebook.program();
    let mut open: Vec<NodeId> = program.outputs.outcomes.get(outcome).copied().into_iter().collect();
    let mut parts = Vec::new();
    while let Some(id) = open.pop() {
        match &program.arena.node(id).op {
            Op::Or(a, b) => open.extend([*b, *a]),
            Op::Otherwise(when, _) => open.push(*when),
            _ => parts.push(id),
        }
    }
    parts
}

/// A fact with its value at a row and on a day: a record of the future takes no part.
pub(crate) fn cause((rulebook, as_of): (&Rulebook, Date), batch: &Batch, row: usize, at: usize) -> Option<Cause> {
    let fact = rulebook.typed().facts.get(at)?;
    let mut cause = Cause {
        fact: fact.id.clone(),
        label: fact.label.clone(),
        value: None,
        latest: None,
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
        (FactColumn::Events(table), FactKind::Events(events)) => {
            let day = |event: usize| events.order.and_then(|order| table.fields.get(order)?.get(event));
            let known = |event: &usize| day(*event).is_none_or(|day| day <= i64::from(as_of.days()));
            let records: Vec<usize> = table.events(row).filter(known).collect();
            cause.records = true;
            cause.value = table.known(row).then(|| records.len().to_string());
            let latest = records.iter().filter_map(|event| day(*event)).max();
            cause.latest = latest.and_then(|day| i32::try_from(day).ok()).map(|day| Date::from_days(day).to_string());
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
        let Some(value) = &self.value else { return lang.noun(Noun::Missing).to_owned() };
        match (value.as_str(), &self.member) {
            (_, Some(label)) => safe(label.text(lang.code())),
            ("true", _) => lang.pick("是", "yes").to_owned(),
            ("false", _) => lang.pick("否", "no").to_owned(),
            (value, _) if self.records => {
                let noun = lang.pick("条", if value == "1" { "record" } else { "records" });
                let latest = self.latest.as_ref().map(|day| format!("{}{day}", lang.pick("，最近 ", ", latest ")));
                format!("{value} {noun}{}", latest.unwrap_or_default())
            }
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

/// An amount of a result for people.
pub(crate) fn yuan(text: &str) -> String {
    decimal::parse(text).map_or_else(|_| safe(text), money)
}

/// A share in per cent with one digit, rounded half up.
pub(crate) fn percent(part: usize, whole: usize) -> String {
    words::percent(part as u64, whole as u64)
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

/// A source that is late, or absent where no day is told.
#[derive(Serialize)]
pub(crate) struct Stale {
    pub(crate) file: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) department: Option<String>,
    /// The last day on which it was fresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) due: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) days: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) facts: Vec<String>,
}

impl Stale {
    /// The sources that are late or absent.
    pub(crate) fn of(notices: &[Notice]) -> Vec<Self> {
        let stale = |notice: &Notice| match notice {
            Notice::Absent { file, facts } => {
                Some(Self { file: file.clone(), department: None, due: None, days: None, facts: facts.clone() })
            }
            Notice::Late { file, department, due, days, .. } => Some(Self {
                file: file.clone(),
                department: Some(department.clone()),
                due: Some(due.to_string()),
                days: Some(*days),
                facts: Vec::new(),
            }),
            _ => None,
        };
        notices.iter().filter_map(stale).collect()
    }

    /// Since when it is stale, in words.
    pub(crate) fn why(&self, context: &Context) -> String {
        match (&self.due, self.days, context.lang.code()) {
            (Some(due), Some(days), "zh") => format!("有效至 {due}，逾期 {days} 天"),
            (Some(due), Some(days), _) => format!("was fresh until {due}, {days} days late"),
            _ => context.lang.pick("未报送", "not delivered").to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{percent, yuan};

    #[test]
    fn amounts_and_shares_are_read_at_a_glance() {
        assert_eq!((yuan("0").as_str(), yuan("999.5").as_str()), ("0.00", "999.50"));
        assert_eq!((yuan("1000").as_str(), yuan("-1234567.89").as_str()), ("1,000.00", "−1,234,567.89"));
        assert_eq!((percent(1, 3).as_str(), percent(0, 0).as_str()), ("33.3 %", "0.0 %"));
    }
}
