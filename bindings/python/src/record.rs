//! One enterprise as a dict, a dataclass or another record → a row of a batch.

use std::collections::BTreeSet;

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use xinpei::check::typed::FactKind;
use xinpei::{BatchBuilder, Cell, Fault, FaultKind};

use crate::errors;
use crate::mapping::{self, Options};
use crate::rulebook::Loaded;
use crate::value::{self, Held, Target};

/// A record that was looked at: who it is about, and its facts.
pub(crate) struct Record<'py> {
    pub(crate) enterprise: String,
    pub(crate) name: String,
    facts: Bound<'py, PyDict>,
    /// Keys that are no facts.
    apart: [Option<String>; 2],
    row: Option<usize>,
}

/// Whether a value is a record: a dict, a dataclass, a named tuple, a row of a frame.
pub(crate) fn is_record(value: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = value.py();
    Ok(value.cast::<PyDict>().is_ok()
        || value.hasattr(intern!(py, "__dataclass_fields__"))?
        || value.hasattr(intern!(py, "_asdict"))?
        || value.hasattr(intern!(py, "to_dict"))?
        || value.hasattr(intern!(py, "items"))?)
}

/// The keys and values of a record. Attributes cannot have a point in their names: `tax_grade` stands
/// for `tax.grade` where no other fact is spelt so.
fn pairs<'py>(value: &Bound<'py, PyAny>, loaded: &Loaded) -> PyResult<Bound<'py, PyDict>> {
    let py = value.py();
    if let Ok(dict) = value.cast::<PyDict>() {
        return Ok(dict.clone());
    }
    let dict = PyDict::new(py);
    if let Ok(fields) = value.getattr(intern!(py, "__dataclass_fields__")) {
        for name in fields.cast::<PyDict>()?.keys() {
            let name = name.cast_into::<PyString>()?;
            let id = loaded.spelt(name.to_str()?);
            dict.set_item(id, value.getattr(&name)?)?;
        }
        return Ok(dict);
    }
    if let Ok(method) = value.getattr(intern!(py, "_asdict")) {
        for (name, held) in method.call0()?.cast::<PyDict>()?.iter() {
            let name = name.cast_into::<PyString>()?;
            dict.set_item(loaded.spelt(name.to_str()?), held)?;
        }
        return Ok(dict);
    }
    let mapping = match value.getattr(intern!(py, "to_dict")) {
        Ok(method) => method.call0()?,
        Err(_) => value.clone(),
    };
    py.get_type::<PyDict>().call1((mapping,))?.cast_into::<PyDict>().map_err(Into::into)
}

impl<'py> Record<'py> {
    /// Looks at a record; `row` counts from 0 where there are several.
    pub(crate) fn new(
        value: &Bound<'py, PyAny>,
        options: &Options,
        loaded: &Loaded,
        row: Option<usize>,
    ) -> PyResult<Self> {
        let all = pairs(value, loaded)?;
        let key = options.key.as_str();
        let of = |row: Option<usize>| row.map_or_else(String::new, |row| format!(" in row {row}"));
        let Some(enterprise) = all.get_item(key)? else {
            return Err(errors::input(format!(
                "there is no key `{key}`{}, which names the enterprise; say its name with key=…",
                of(row)
            )));
        };
        let enterprise = if enterprise.is_none() {
            String::new()
        } else {
            let wrong = || errors::input(format!("the key `{key}`{} is not a text", of(row)));
            enterprise.cast::<PyString>().map_err(|_| wrong())?.to_str()?.to_owned()
        };
        let named = if options.binding("name").is_some() || key == "name" { None } else { all.get_item("name")? };
        let name = named.as_ref().and_then(|n| n.extract::<String>().ok()).unwrap_or_default();
        // The shape of a dossier in a file: facts apart from who it is about.
        if let Some(facts) = all.get_item("facts")?
            && let Ok(facts) = facts.cast::<PyDict>()
        {
            for other in all.keys() {
                let other: String = other.extract()?;
                if ![key, "facts", "name"].contains(&other.as_str()) {
                    return Err(errors::input(format!(
                        "`{other}` stands beside `facts`; put it inside, or take it out"
                    )));
                }
            }
            return Ok(Self { enterprise, name, facts: facts.clone(), apart: [None, None], row });
        }
        let apart = [Some(key.to_owned()), named.map(|_| "name".to_owned())];
        Ok(Self { enterprise, name, facts: all, apart, row })
    }

    /// Sets the facts of the row that was started.
    pub(crate) fn fill(&self, builder: &mut BatchBuilder, loaded: &Loaded, options: &Options) -> PyResult<()> {
        let dictionary = loaded.rulebook.dictionary();
        let mut mapped = BTreeSet::new();
        for (key, held) in self.facts.iter() {
            let Ok(key) = key.cast::<PyString>() else {
                return Err(errors::input(format!("the key {} is not a text", key.repr()?)));
            };
            let key = key.to_str()?;
            if self.apart.iter().flatten().any(|apart| apart == key) {
                continue;
            }
            let binding = if options.bindings.is_empty() { None } else { options.binding(key) };
            let id = binding.map_or(key, |b| b.target.as_str());
            let Some(at) = dictionary.fact(id) else {
                builder.fault(Fault { fact: id.to_owned(), kind: FaultKind::UnknownFact, value: String::new() });
                continue;
            };
            if !options.bindings.is_empty() && !mapped.insert(at) {
                return Err(errors::input(format!("the fact `{id}` has two keys; keep one of them")));
            }
            let Some(fact) = dictionary.facts().get(at) else { continue };
            match &fact.kind {
                FactKind::Value(value) => {
                    let digits = binding.and_then(|b| b.digits).or_else(|| options.digits.of(id));
                    let target = Target { id, value, digits, row: self.row };
                    match binding.and_then(|b| mapping::reader(b, value, dictionary)) {
                        None => value::read(&held, target, |cell| builder.set(at, cell))?,
                        Some(reader) => {
                            let held = value::hold(&held, target)?;
                            match held.plain() {
                                Some(text) => builder.set(at, reader.read(&text)),
                                None => builder.set(at, held.cell()),
                            }
                        }
                    }
                }
                FactKind::Events(_) => self.events(builder, at, &held, loaded, options, binding)?,
            }
        }
        Ok(())
    }

    fn events(
        &self,
        builder: &mut BatchBuilder,
        at: usize,
        list: &Bound<'_, PyAny>,
        loaded: &Loaded,
        options: &Options,
        binding: Option<&xinpei::arrow::Binding>,
    ) -> PyResult<()> {
        let dictionary = loaded.rulebook.dictionary();
        let Some(fact) = dictionary.facts().get(at) else { return Ok(()) };
        let FactKind::Events(events) = &fact.kind else { return Ok(()) };
        if list.is_none() {
            return Ok(());
        }
        let single = list.cast::<PyString>().is_ok() || is_record(list)? && list.cast::<PyDict>().is_ok();
        let rows = if single { None } else { list.try_iter().ok() };
        let Some(rows) = rows else {
            builder.set(at, Cell::Bad(FaultKind::WrongType, list.repr()?.to_str()?));
            return Ok(());
        };
        builder.deliver(at);
        for row in rows {
            let row = row?;
            if !is_record(&row)? {
                builder.set(at, Cell::Bad(FaultKind::WrongType, row.repr()?.to_str()?));
                continue;
            }
            let mut cells = vec![Held::Missing; events.fields.len()];
            for (key, held) in pairs(&row, loaded)?.iter() {
                let key: String = key.extract()?;
                let inner = binding.and_then(|b| b.fields.iter().find(|f| f.column == key));
                let field = inner.map_or(key.as_str(), |f| f.target.as_str());
                let place = events.fields.iter().position(|f| f.id == field);
                let id = format!("{}.{field}", fact.id);
                let (Some(place), Some(field)) = (place, place.and_then(|p| events.fields.get(p))) else {
                    builder.fault(Fault { fact: id, kind: FaultKind::UnknownFact, value: String::new() });
                    continue;
                };
                let digits = inner.and_then(|b| b.digits).or_else(|| options.digits.of(&id));
                let held = value::hold(&held, Target { id: &id, value: &field.value, digits, row: self.row })?;
                let held = match inner.and_then(|b| mapping::reader(b, &field.value, dictionary)) {
                    None => held,
                    Some(reader) => held.plain().map_or(held, |text| owned(reader.read(&text))),
                };
                if let Some(cell) = cells.get_mut(place) {
                    *cell = held;
                }
            }
            let cells: Vec<Cell<'_>> = cells.iter().map(Held::cell).collect();
            builder.event(at, &cells);
        }
        Ok(())
    }
}

fn owned(cell: Cell<'_>) -> Held {
    match cell {
        Cell::Missing => Held::Missing,
        Cell::Number(number) => Held::Number(number),
        Cell::Flag(flag) => Held::Flag(flag),
        Cell::Date(date) => Held::Date(date),
        Cell::Text(text) => Held::Text(text.to_owned()),
        Cell::Bad(kind, text) => Held::Bad(kind, text.to_owned()),
    }
}
