//! Which column or key is which fact, and how floats are read.

use std::collections::BTreeMap;

use arrow_schema::{DataType, Field, Schema};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString};
use rust_decimal::Decimal;
use xinpei::arrow::Binding;
use xinpei::cells::{CellReader, Translated};
use xinpei::check::typed::{FactKind, Type, ValueType};
use xinpei::diagnostic::suggest;
use xinpei::{Date, Dictionary};

use crate::errors::{self, Place};
use crate::value::{self, Held, Target};

/// With how many digits floats are read.
#[derive(Clone, Debug, Default)]
pub(crate) enum Digits {
    #[default]
    Never,
    All(u32),
    /// By fact, or field as `court.cases.due`.
    By(BTreeMap<String, u32>),
}

impl Digits {
    pub(crate) fn of(&self, id: &str) -> Option<u32> {
        match self {
            Self::Never => None,
            Self::All(digits) => Some(*digits),
            Self::By(list) => list.get(id).copied(),
        }
    }

    fn parse(value: Option<&Bound<'_, PyAny>>, dictionary: &Dictionary) -> PyResult<Self> {
        let Some(value) = value else { return Ok(Self::Never) };
        let number = |value: &Bound<'_, PyAny>| {
            let digits = if value.cast::<PyBool>().is_ok() { None } else { value.extract::<u32>().ok() };
            digits.filter(|d| *d <= 18).ok_or_else(|| errors::input("`digits` is a whole number from 0 to 18"))
        };
        let Ok(list) = value.cast::<PyDict>() else { return number(value).map(Self::All) };
        let mut by = BTreeMap::new();
        for (id, digits) in list.iter() {
            let id: String = id.extract()?;
            number_at(&id, dictionary)?;
            by.insert(id, number(&digits)?);
        }
        Ok(Self::By(by))
    }
}

/// Whether `digits` may name a fact or a field: it must hold numbers.
fn number_at(id: &str, dictionary: &Dictionary) -> PyResult<()> {
    let all: Vec<(String, &ValueType)> = values(dictionary).collect();
    match all.iter().find(|(known, _)| known == id) {
        Some((_, value)) if value.ty.number().is_some() => Ok(()),
        Some(_) => Err(errors::input(format!("`{id}` holds no numbers, so `digits` cannot name it"))),
        None => Err(errors::input(format!(
            "`digits` names the fact `{id}`, which the dictionary lacks; {}",
            suggest(id, all.iter().map(|(known, _)| known.as_str()))
        ))),
    }
}

/// All facts with one value, and all fields of events as `court.cases.due`.
fn values(dictionary: &Dictionary) -> impl Iterator<Item = (String, &ValueType)> {
    dictionary.facts().iter().flat_map(|fact| match &fact.kind {
        FactKind::Value(value) => vec![(fact.id.clone(), value)],
        FactKind::Events(events) => {
            events.fields.iter().map(|field| (format!("{}.{}", fact.id, field.id), &field.value)).collect()
        }
    })
}

/// What a call says about columns and keys.
#[derive(Clone, Debug)]
pub(crate) struct Options {
    /// The column or key with the key of the enterprise.
    pub(crate) key: String,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) digits: Digits,
}

impl Options {
    pub(crate) fn parse(
        key: &str,
        mapping: Option<&Bound<'_, PyDict>>,
        digits: Option<&Bound<'_, PyAny>>,
        dictionary: &Dictionary,
    ) -> PyResult<Self> {
        let digits = Digits::parse(digits, dictionary)?;
        let mut bindings = Vec::new();
        for (column, target) in mapping.into_iter().flat_map(|m| m.iter()) {
            bindings.push(binding(&column, &target, None, dictionary)?);
        }
        Ok(Self { key: key.to_owned(), bindings, digits })
    }

    /// The binding of a column or key.
    pub(crate) fn binding(&self, column: &str) -> Option<&Binding> {
        self.bindings.iter().find(|b| b.column == column)
    }

    /// The bindings of the columns of a schema: those that were said, and names that are facts. Floats
    /// get their digits.
    pub(crate) fn of_schema(&self, schema: &Schema, dictionary: &Dictionary) -> PyResult<Vec<Binding>> {
        let mut all = self.bindings.clone();
        for field in schema.fields() {
            let said = self.bindings.iter().any(|b| b.column == *field.name());
            if !said && *field.name() != self.key && dictionary.fact(field.name()).is_some() {
                all.push(Binding::new(field.name(), field.name()));
            }
        }
        for binding in &mut all {
            let Ok(field) = schema.field_with_name(&binding.column) else { continue };
            let fact = dictionary.fact(&binding.target).and_then(|at| dictionary.facts().get(at));
            match fact.map(|fact| &fact.kind) {
                Some(FactKind::Value(value)) => {
                    let target = binding.target.clone();
                    self.floats(binding, field, &target, &binding_name(field.name(), None), value)?;
                }
                Some(FactKind::Events(events)) => {
                    let Some(children) = children(field) else { continue };
                    if binding.fields.is_empty() {
                        let named = children.iter().filter(|c| events.fields.iter().any(|f| f.id == *c.name()));
                        binding.fields = named.map(|c| Binding::new(c.name(), c.name())).collect();
                    }
                    let fact = binding.target.clone();
                    for inner in &mut binding.fields {
                        let child = children.iter().find(|c| *c.name() == inner.column);
                        let value = events.fields.iter().find(|f| f.id == inner.target).map(|f| &f.value);
                        if let (Some(child), Some(value)) = (child, value) {
                            let target = format!("{fact}.{}", inner.target);
                            self.floats(inner, child, &target, &binding_name(field.name(), Some(child.name())), value)?;
                        }
                    }
                }
                None => {}
            }
        }
        Ok(all)
    }

    fn floats(
        &self,
        binding: &mut Binding,
        field: &Field,
        target: &str,
        column: &str,
        value: &ValueType,
    ) -> PyResult<()> {
        if !matches!(field.data_type(), DataType::Float32 | DataType::Float64) || value.ty.number().is_none() {
            return Ok(());
        }
        binding.digits = binding.digits.or_else(|| self.digits.of(target));
        if binding.digits.is_some() {
            return Ok(());
        }
        let message = format!(
            "the column `{column}` holds floats, and `{target}` is exact: deliver decimals, whole numbers or texts, or say with how many digits it is read, such as digits={{\"{target}\": 2}}"
        );
        Err(errors::inexact(message, &Place { fact: Some(target), column: Some(column), row: None }))
    }
}

fn binding_name(column: &str, field: Option<&str>) -> String {
    field.map_or_else(|| column.to_owned(), |field| format!("{column}.{field}"))
}

/// The fields of the structs of a list.
fn children(field: &Field) -> Option<&arrow_schema::Fields> {
    let (DataType::List(item) | DataType::LargeList(item)) = field.data_type() else { return None };
    match item.data_type() {
        DataType::Struct(fields) => Some(fields),
        _ => None,
    }
}

/// `"tax.grade"`, or `{"fact": "tax.grade", "values": {…}}` and the like; inside a table `field` instead
/// of `fact`.
fn binding(
    column: &Bound<'_, PyAny>,
    target: &Bound<'_, PyAny>,
    table: Option<&str>,
    dictionary: &Dictionary,
) -> PyResult<Binding> {
    let column: String = column.extract().map_err(|_| errors::input("`mapping` names columns by texts"))?;
    let noun = if table.is_some() { "field" } else { "fact" };
    if let Ok(id) = target.cast::<PyString>() {
        let id = id.to_str()?;
        find(id, table, dictionary)?;
        return Ok(Binding::new(&column, id));
    }
    let Ok(words) = target.cast::<PyDict>() else {
        return Err(errors::input(format!("`mapping` says of `{column}` neither a {noun} nor a dict with `{noun}`")));
    };
    let known = [noun, "times", "digits", "values", "fields"];
    for word in words.keys() {
        let word: String = word.extract()?;
        if !known.contains(&word.as_str()) {
            return Err(errors::input(format!("`mapping` knows no `{word}`; {}", suggest(&word, known))));
        }
    }
    let Some(id) = words.get_item(noun)? else {
        return Err(errors::input(format!("`mapping` does not say which {noun} the column `{column}` holds")));
    };
    let id: String = id.extract()?;
    let value = find(&id, table, dictionary)?;
    let mut binding = Binding::new(&column, &id);
    if let Some(times) = words.get_item("times")? {
        binding.times = Some(factor(&times)?);
    }
    if let Some(digits) = words.get_item("digits")?
        && let Digits::All(digits) = Digits::parse(Some(&digits), dictionary)?
    {
        binding.digits = Some(digits);
    }
    if let Some(list) = words.get_item("values")? {
        let Some(value) = value else {
            return Err(errors::input(format!("`{id}` is a table: `values` belongs to its fields")));
        };
        for (text, meaning) in list.cast::<PyDict>()?.iter() {
            binding.values.insert(text.extract()?, translated(&meaning, &id, value, dictionary)?);
        }
    }
    if let Some(fields) = words.get_item("fields")? {
        for (column, target) in fields.cast::<PyDict>()?.iter() {
            binding.fields.push(self::binding(&column, &target, Some(&id), dictionary)?);
        }
    }
    Ok(binding)
}

/// The values of a fact or a field; a table has none.
fn find<'a>(id: &str, table: Option<&str>, dictionary: &'a Dictionary) -> PyResult<Option<&'a ValueType>> {
    let fact = |id: &str| dictionary.fact(id).and_then(|at| dictionary.facts().get(at));
    if let Some(table) = table {
        let Some(FactKind::Events(events)) = fact(table).map(|f| &f.kind) else {
            return Err(errors::input(format!("`{table}` is no table, so it has no `fields`")));
        };
        return match events.fields.iter().find(|f| f.id == id) {
            Some(field) => Ok(Some(&field.value)),
            None => Err(errors::input(format!(
                "the events `{table}` have no field `{id}`; {}",
                suggest(id, events.fields.iter().map(|f| f.id.as_str()))
            ))),
        };
    }
    match fact(id) {
        Some(fact) => Ok(match &fact.kind {
            FactKind::Value(value) => Some(value),
            FactKind::Events(_) => None,
        }),
        None => {
            let known = dictionary.facts().iter().map(|f| f.id.as_str());
            Err(errors::input(format!("the dictionary has no fact `{id}`; {}", suggest(id, known))))
        }
    }
}

fn factor(value: &Bound<'_, PyAny>) -> PyResult<Decimal> {
    let numbers = ValueType {
        ty: Type::Number(xinpei::check::typed::Numeric::plain(18, i128::MIN, i128::MAX)),
        dates: (xinpei::date::FIRST, xinpei::date::LAST),
        money: false,
        labels: Vec::new(),
    };
    let held = value::hold(value, Target { id: "times", value: &numbers, digits: None, row: None })?;
    let number = match held {
        Held::Number(number) => Some(number),
        Held::Text(text) => xinpei::decimal::parse(&text).ok(),
        _ => None,
    };
    number.ok_or_else(|| errors::input("`times` is a number such as 10000 or Decimal(\"0.01\")"))
}

/// What a text stands for, checked against the type of its fact.
fn translated(
    meaning: &Bound<'_, PyAny>,
    id: &str,
    value: &ValueType,
    dictionary: &Dictionary,
) -> PyResult<Translated> {
    let held = value::hold(meaning, Target { id, value, digits: None, row: None })?;
    let shown = held.plain().unwrap_or_default();
    let known = match (&value.ty, held) {
        (_, Held::Missing) => Some(Translated::Missing),
        (Type::Flag, Held::Flag(flag)) => Some(Translated::Flag(flag)),
        (Type::Date, Held::Date(date)) => Some(Translated::Date(date)),
        (Type::Date, Held::Text(text)) => Date::parse(&text).map(Translated::Date),
        (Type::Number(_), Held::Number(number)) => Some(Translated::Number(number)),
        (Type::Number(_), Held::Text(text)) => xinpei::decimal::parse(&text).ok().map(Translated::Number),
        (Type::Category(category), Held::Text(text)) => {
            let members = dictionary.members(*category);
            members.and_then(|m| m.index(&text)).map(|_| Translated::Member(text))
        }
        _ => None,
    };
    known.ok_or_else(|| {
        let members = match &value.ty {
            Type::Category(category) => dictionary.members(*category).map(|m| m.names().collect::<Vec<_>>()),
            _ => None,
        };
        let help = members.map_or_else(String::new, |names| format!("; {}", suggest(&shown, names.iter().copied())));
        errors::input(format!("`values` says `{shown}`, which is no value of `{id}`{help}"))
    })
}

/// A reader for a key whose values are multiplied or translated.
pub(crate) fn reader(binding: &Binding, value: &ValueType, dictionary: &Dictionary) -> Option<CellReader> {
    let plain = binding.times.is_none() && binding.values.is_empty();
    (!plain).then(|| CellReader::new(value, dictionary).times(binding.times).values(binding.values.clone()))
}
