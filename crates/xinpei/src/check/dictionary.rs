//! The dictionary of facts: types, ranges, members and what missing means.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::typed::{
    Department, EventField, Events, Fact, FactKind, Members, Missing, Mutability, Numeric, Type, Unit, ValueType,
};
use crate::author::source::{self, Source};
use crate::date::{self, Date};
use crate::decimal;
use crate::diagnostic::{Code, Diagnostics, Span, suggest};
use crate::label::Label;

/// Digits of money: fen.
const MONEY_DIGITS: u32 = 2;
/// The unit of money.
pub(crate) const MONEY_UNIT: &str = "cny";

/// Facts by name, with their categories.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    pub(super) facts: Vec<Fact>,
    pub(super) departments: Vec<Department>,
    pub(super) categories: Vec<Arc<Members>>,
    index: BTreeMap<String, u32>,
    /// Facts and rules that were reported as broken.
    broken: BTreeSet<String>,
    /// Kinds of file of which one could not be read.
    lost: BTreeSet<&'static str>,
}

impl Dictionary {
    pub(super) fn fact(&self, id: &str) -> Option<u32> {
        self.index.get(id).copied()
    }

    /// Notes a rule that was reported as broken.
    pub(super) fn note_broken(&mut self, id: &str) {
        self.broken.insert(id.to_owned());
    }

    /// Whether a name that is not known may stand for something that was reported already, in files
    /// of that kind.
    pub(super) fn may_be_broken(&self, id: &str, kind: &str) -> bool {
        self.lost.contains(kind) || self.broken.contains(id)
    }

    /// Whether every fact and scored line is sound, so that the range of the score is known.
    pub(super) fn sound(&self) -> bool {
        !self.lost.contains("sections/") && self.broken.is_empty()
    }

    pub(super) fn fact_at(&self, fact: u32) -> Option<&Fact> {
        self.facts.get(usize::try_from(fact).ok()?)
    }

    pub(super) fn kind(&self, fact: u32) -> Option<&FactKind> {
        self.fact_at(fact).map(|f| &f.kind)
    }

    fn events(&self, fact: u32) -> Option<&Events> {
        match self.kind(fact)? {
            FactKind::Events(events) => Some(events),
            FactKind::Value(_) => None,
        }
    }

    pub(super) fn field(&self, table: u32, name: &str) -> Option<u32> {
        let at = self.events(table)?.fields.iter().position(|f| f.id == name)?;
        u32::try_from(at).ok()
    }

    pub(super) fn field_type(&self, table: u32, field: u32) -> Type {
        let field = self.events(table).and_then(|e| e.fields.get(usize::try_from(field).ok()?));
        field.map_or(Type::Flag, |f| f.value.ty.clone())
    }

    pub(super) fn field_names(&self, table: u32) -> Vec<String> {
        self.events(table).map_or_else(Vec::new, |e| e.fields.iter().map(|f| f.id.clone()).collect())
    }

    pub(super) fn ordered(&self, table: u32) -> bool {
        self.order(table).is_some()
    }

    /// The field that orders the events.
    pub(super) fn order(&self, table: u32) -> Option<u32> {
        u32::try_from(self.events(table)?.order?).ok()
    }

    pub(super) fn has_group(&self, name: &str) -> bool {
        self.facts.iter().any(|f| f.id.split('.').next() == Some(name))
    }

    pub(super) fn members(&self, category: u32) -> Arc<Members> {
        let members = usize::try_from(category).ok().and_then(|c| self.categories.get(c));
        members.cloned().unwrap_or_else(|| Arc::new(Members::new([])))
    }

    /// What a function returns, declared like a fact.
    pub(super) fn returns(&self, declared: &source::Fact, out: &mut Diagnostics) -> Option<ValueType> {
        value_type(declared, &mut Vec::new(), out)
    }
}

pub(super) fn check(source: &Source, out: &mut Diagnostics) -> Dictionary {
    let mut dictionary = Dictionary {
        departments: source
            .departments
            .iter()
            .map(|d| Department { id: d.id.text.clone(), label: d.label.clone(), refresh: d.refresh })
            .collect(),
        broken: source.unread.clone(),
        lost: source.lost.clone(),
        ..Dictionary::default()
    };
    let engine = super::parse::engine();
    for fact in &source.facts {
        if dictionary.index.contains_key(&fact.id.text) {
            duplicate(&fact.id, "fact", out);
            continue;
        }
        usable(&engine, &fact.id, out);
        let Some(kind) = kind(fact, &engine, &mut dictionary.categories, out) else {
            dictionary.broken.insert(fact.id.text.clone());
            continue;
        };
        let missing = missing(fact, &kind, &dictionary.categories, out);
        let at = u32::try_from(dictionary.facts.len()).unwrap_or(u32::MAX);
        let mutability = mutability(fact, &kind, out);
        let fields = match &kind {
            FactKind::Value(_) => Vec::new(),
            FactKind::Events(events) => {
                let free = |id: &str| fact.fields.iter().find(|f| f.id.text == id).is_some_and(is_free);
                let of = |f: &EventField| if free(&f.id) { Mutability::Free } else { Mutability::Immutable };
                events.fields.iter().map(of).collect()
            }
        };
        dictionary.index.insert(fact.id.text.clone(), at);
        dictionary.facts.push(Fact {
            id: fact.id.text.clone(),
            label: fact.label.clone(),
            department: fact.department,
            kind,
            missing,
            mutability,
            fields,
            forbidden: fact.forbidden.as_ref().map(|(label, _)| label.clone()),
        });
    }
    dictionary
}

fn is_free(field: &source::Fact) -> bool {
    field.mutability.as_ref().is_some_and(|m| m.text == "free")
}

/// How a fact may change, if its type can change that way.
fn mutability(fact: &source::Fact, kind: &FactKind, out: &mut Diagnostics) -> Mutability {
    let Some(word) = &fact.mutability else { return Mutability::Immutable };
    let ordered = match kind {
        FactKind::Value(value) => !matches!(value.ty, Type::Category(_)),
        FactKind::Events(_) => true,
    };
    let timed = match kind {
        FactKind::Value(value) => match &value.ty {
            Type::Date => true,
            Type::Number(n) => n.digits == 0 && ["day", "month", "year"].iter().any(|u| n.unit == Unit::base(u)),
            _ => false,
        },
        FactKind::Events(_) => false,
    };
    let fits = match word.text.as_str() {
        "only_up" | "only_down" => ordered,
        "time_driven" => timed,
        _ => true,
    };
    if !fits {
        let help = match word.text.as_str() {
            "time_driven" => "dates move with the calendar, and whole numbers of the unit day, month or year",
            _ => "members of a category have no order; write `free` or `immutable`",
        };
        out.error(Code::MutabilityMismatch, word.span, format!("this type cannot be `{}`", word.text)).help(help);
    }
    if let (Some((_, span)), FactKind::Value(_), true) = (&fact.forbidden, kind, word.text != "immutable") {
        out.error(Code::MutabilityMismatch, *span, "advice is forbidden about a fact that may change")
            .help("remove `forbidden`, or write `mutability: immutable`");
    }
    match word.text.as_str() {
        "only_up" => Mutability::OnlyUp,
        "only_down" => Mutability::OnlyDown,
        "free" => Mutability::Free,
        "time_driven" => Mutability::TimeDriven,
        _ => Mutability::Immutable,
    }
}

pub(super) fn duplicate(id: &source::Text, what: &str, out: &mut Diagnostics) {
    out.error(Code::DuplicateId, id.span, format!("there is another {what} `{}`", id.text))
        .help("every id stands once");
}

/// A word that expressions reserve cannot name a fact.
fn usable(engine: &rhai::Engine, id: &source::Text, out: &mut Diagnostics) {
    if id.text == "as_of" {
        out.error(Code::ReservedWord, id.span, "`as_of` is the date of the decision in every expression")
            .help("choose another word");
    }
    if let Err(mistake) = super::parse::expression(engine, &id.text)
        && source::is_id(&id.text)
    {
        out.error(
            Code::ReservedWord,
            id.span,
            format!("`{}` cannot be used in an expression: {}", id.text, mistake.message),
        )
        .help("choose another word");
    }
}

fn kind(
    fact: &source::Fact,
    engine: &rhai::Engine,
    categories: &mut Vec<Arc<Members>>,
    out: &mut Diagnostics,
) -> Option<FactKind> {
    if fact.kind.text != "events" {
        if let Some(span) =
            fact.fields.first().map(|f| f.id.span).or(fact.order.as_ref().map(|o| o.span)).or(fact.monthly)
        {
            foreign(span, "fields, order and every", "events", out);
        }
        return value_type(fact, categories, out).map(FactKind::Value);
    }
    for span in [
        fact.unit.as_ref().map(|u| u.span),
        fact.digits.map(|d| d.span),
        fact.range.as_ref().map(|r| r.2),
        fact.members.as_ref().map(|m| m.1),
    ]
    .into_iter()
    .flatten()
    {
        foreign(span, "unit, digits, range and members", "single values; give them to a field", out);
    }
    if fact.fields.is_empty() {
        out.error(Code::MissingKey, fact.id.span, "a table of events lacks `fields`")
            .help("list the fields of one event");
        return None;
    }
    let mut fields: Vec<EventField> = Vec::new();
    for field in &fact.fields {
        if fields.iter().any(|f| f.id == field.id.text) {
            duplicate(&field.id, "field", out);
            continue;
        }
        usable(engine, &field.id, out);
        if let Some(value) = value_type(field, categories, out) {
            fields.push(EventField {
                id: field.id.text.clone(),
                required: matches!(field.missing, source::Missing::Required),
                label: field.label.clone(),
                value,
            });
        }
    }
    let order = fact.order.as_ref().and_then(|order| {
        let found = fields.iter().position(|f| f.id == order.text && f.value.ty == Type::Date);
        if found.is_none() {
            out.error(Code::BadOrder, order.span, format!("there is no date field `{}`", order.text))
                .help("records are ordered by a field of type date");
        }
        found
    });
    if let Some(span) = fact.monthly.filter(|_| fact.order.is_none()) {
        out.error(Code::BadOrder, span, "`every: month` needs `order`").help("name the date field of the month");
    }
    Some(FactKind::Events(Events { fields, order, monthly: fact.monthly.is_some() }))
}

fn foreign(span: Span, keys: &str, owner: &str, out: &mut Diagnostics) {
    out.error(Code::KeyForOtherType, span, "this key does not go with this type")
        .help(format!("{keys} go with {owner}"));
}

fn value_type(fact: &source::Fact, categories: &mut Vec<Arc<Members>>, out: &mut Diagnostics) -> Option<ValueType> {
    let kind = fact.kind.text.as_str();
    let allowed: &[&str] = match kind {
        "money" => &["range"],
        "number" => &["digits", "unit", "range"],
        "count" => &["unit", "range"],
        "date" => &["range"],
        "category" => &["members"],
        _ => &[],
    };
    let given = [
        ("unit", fact.unit.as_ref().map(|u| u.span)),
        ("digits", fact.digits.map(|d| d.span)),
        ("range", fact.range.as_ref().map(|r| r.2)),
        ("members", fact.members.as_ref().map(|m| m.1)),
    ];
    for (key, span) in given {
        if let Some(span) = span.filter(|_| !allowed.contains(&key)) {
            out.error(Code::KeyForOtherType, span, format!("a {kind} has no `{key}`")).help(if allowed.is_empty() {
                "remove it".to_owned()
            } else {
                format!("a {kind} can have {}", allowed.join(", "))
            });
        }
    }
    let plain = |ty| ValueType { ty, dates: (date::FIRST, date::LAST), money: kind == "money", labels: Vec::new() };
    match kind {
        "flag" => Some(plain(Type::Flag)),
        "date" => {
            let edge = |node: &Option<source::Node>, default: Date, out: &mut Diagnostics| match node {
                None => default,
                Some(node) => calendar(node.text().unwrap_or("")).unwrap_or_else(|| {
                    out.error(
                        Code::NotADate,
                        node.span,
                        format!("`{}` is not a date of the calendar", node.text().unwrap_or("")),
                    )
                    .help("write it as 2026-06-30, between 1900-01-01 and 2199-12-31");
                    default
                }),
            };
            let mut value = plain(Type::Date);
            if let Some((from, to, span)) = &fact.range {
                value.dates = (edge(from, date::FIRST, out), edge(to, date::LAST, out));
                if value.dates.0 > value.dates.1 {
                    reversed(*span, out);
                }
            }
            Some(value)
        }
        "category" => {
            let Some((members, _)) = &fact.members else {
                out.error(Code::MissingKey, fact.id.span, "a category lacks `members`")
                    .help("list them: `members: [A, B, C]`");
                return None;
            };
            let mut seen = BTreeSet::new();
            for (member, _) in members {
                if member.text.trim().is_empty() {
                    out.error(Code::EmptyText, member.span, "a member has no name").help("write one, or remove it");
                } else if member.text == "else" {
                    out.error(Code::ReservedWord, member.span, "`else` takes the rest wherever members have points")
                        .help("choose another word");
                }
                if !seen.insert(member.text.as_str()) {
                    out.error(Code::DuplicateMember, member.span, format!("the member `{}` stands twice", member.text))
                        .help("remove one");
                }
            }
            // Members have no order of their own: the same ones are the same category however they stand.
            let mut members: Vec<&source::Member> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
            members.dedup_by(|(a, _), (b, _)| a.text == b.text);
            let list = Members::new(members.iter().map(|(m, _)| m.text.clone()));
            let at = categories.iter().position(|c| **c == list).unwrap_or_else(|| {
                categories.push(Arc::new(list));
                categories.len() - 1
            });
            let labels: Vec<Label> = members.iter().filter_map(|(_, l)| l.clone()).collect();
            Some(ValueType { labels, ..plain(Type::Category(u32::try_from(at).unwrap_or(u32::MAX))) })
        }
        _ => numeric(fact, out).map(|n| plain(Type::Number(n))),
    }
}

/// A date of the calendar of facts.
fn calendar(text: &str) -> Option<Date> {
    Date::parse(text).filter(|d| *d >= date::FIRST && *d <= date::LAST)
}

fn reversed(span: Span, out: &mut Diagnostics) {
    out.error(Code::ReversedRange, span, "the range ends before it starts")
        .help("`from` is the least value, `to` the greatest");
}

fn numeric(fact: &source::Fact, out: &mut Diagnostics) -> Option<Numeric> {
    let (digits, least, most) = match fact.kind.text.as_str() {
        "money" => (MONEY_DIGITS, -100_000_000_000_000, 100_000_000_000_000),
        "count" => (0, 0, 1_000_000_000),
        "number" => {
            let Some(number) = fact.digits else {
                out.error(Code::MissingKey, fact.id.span, "a number lacks `digits`")
                    .help("say how many digits it has after the point: `digits: 2`");
                return None;
            };
            match u32::try_from(number.value).ok().filter(|d| *d <= 9) {
                Some(digits) => {
                    // A trillion, or what 64 bits hold of a number with more digits.
                    let most = decimal::pow10(12 + digits.min(6))?;
                    (digits, -most, most)
                }
                None => {
                    out.error(Code::TooManyDigits, number.span, "`digits` lies between 0 and 9")
                        .help("write a whole number up to 9");
                    return None;
                }
            }
        }
        _ => return None,
    };
    let unit = match (&fact.unit, fact.kind.text.as_str()) {
        (_, "money") => Unit::base(MONEY_UNIT),
        (Some(unit), _) => Unit::base(&unit.text),
        (None, _) => Unit::Plain,
    };
    let mut numeric = Numeric { unit, digits, low: least, high: most };
    if let Some((from, to, span)) = &fact.range {
        let mut edge = |node: &Option<source::Node>, default: i128| match node {
            None => default,
            Some(node) => {
                match decimal::parse(node.text().unwrap_or("")).ok().and_then(|d| decimal::to_units(d, digits)) {
                    Some(units) => units,
                    None => {
                        out.error(
                            Code::NotANumber,
                            node.span,
                            format!("the edge is not a number with at most {digits} digits after the point"),
                        )
                        .help("write it as 10_000 or 0.35");
                        default
                    }
                }
            }
        };
        numeric.low = edge(from, least);
        numeric.high = edge(to, most);
        if numeric.low > numeric.high {
            reversed(*span, out);
        }
        if !numeric.fits_i64() || (fact.kind.text == "count" && numeric.low < 0) {
            out.error(Code::ReversedRange, *span, "the range exceeds what this type can hold")
                .help("a count is not below 0; a value has at most 18 digits");
            return None;
        }
    }
    Some(numeric)
}

fn missing(fact: &source::Fact, kind: &FactKind, categories: &[Arc<Members>], out: &mut Diagnostics) -> Missing {
    match (&fact.missing, kind) {
        (source::Missing::Unknown, _) => Missing::Unknown,
        (source::Missing::Required, _) => Missing::Required,
        (source::Missing::Means(node), FactKind::Events(_)) => {
            if node.text() == Some("empty") {
                return Missing::Empty;
            }
            out.error(Code::BadMeaning, node.span, "a missing table can only mean `empty`")
                .help("write `missing: {means: empty}`");
            Missing::Unknown
        }
        (source::Missing::Means(node), FactKind::Value(value)) => {
            match units_of(node.text().unwrap_or(""), value, categories) {
                Some(units) => Missing::Means(units),
                None => {
                    let text = node.text().unwrap_or("");
                    let help = match &value.ty {
                        Type::Category(category) => {
                            let members = usize::try_from(*category).ok().and_then(|c| categories.get(c));
                            members.map_or_else(String::new, |m| suggest(text, m.names()))
                        }
                        Type::Flag => "write `true` or `false`".to_owned(),
                        _ => "write a value of its type, inside its range".to_owned(),
                    };
                    out.error(Code::BadMeaning, node.span, format!("`{text}` is no value of the fact")).help(help);
                    Missing::Unknown
                }
            }
        }
    }
}

/// A text as a value of a type, in units: for rule files and cases, where nothing is guessed.
pub(crate) fn units_of(text: &str, value: &ValueType, categories: &[Arc<Members>]) -> Option<i64> {
    match &value.ty {
        Type::Number(numeric) => {
            let units = decimal::to_units(decimal::parse(text).ok()?, numeric.digits)?;
            (units >= numeric.low && units <= numeric.high).then(|| i64::try_from(units).ok())?
        }
        Type::Flag => match text {
            "true" => Some(1),
            "false" => Some(0),
            _ => None,
        },
        Type::Date => {
            Date::parse(text).filter(|d| *d >= value.dates.0 && *d <= value.dates.1).map(|d| i64::from(d.days()))
        }
        Type::Category(category) => categories.get(usize::try_from(*category).ok()?)?.index(text).map(i64::from),
        Type::Grade => None,
    }
}
