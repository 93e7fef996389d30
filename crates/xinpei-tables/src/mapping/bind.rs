//! A mapping and a dictionary together: every column knows its fact and how to read it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use xinpei::arrow::Binding;
use xinpei::check::typed::{EventField, FactKind, Type, ValueType};
use xinpei::diagnostic::{Code, Diagnostics, Span, suggest};
use xinpei::{Date, Dictionary, Error, decimal};

use super::{MappedColumn, MappedFile, Mapping};
use crate::cells::{CellReader, Translated};
use crate::text::Encoding;

/// A mapping whose every column has a reader.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    pub(crate) dictionary: Dictionary,
    pub(crate) files: Vec<BoundFile>,
    /// Index of the register in `files`.
    pub(crate) register: usize,
}

/// A file whose every column has a reader.
#[derive(Clone, Debug)]
pub(crate) struct BoundFile {
    pub(crate) file: String,
    pub(crate) path: PathBuf,
    pub(crate) encoding: Encoding,
    pub(crate) delivered: Option<Date>,
    pub(crate) role: Role,
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) columns: Vec<BoundColumn>,
    pub(crate) ignore: Vec<String>,
}

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// The enterprises.
    Register,
    /// Facts about enterprises.
    Facts,
    /// Events of this table.
    Events(usize),
}

/// A column with its reader.
#[derive(Clone, Debug)]
pub(crate) struct BoundColumn {
    pub(crate) column: String,
    /// Index of the fact, or of the field of the event.
    pub(crate) target: usize,
    pub(crate) reader: CellReader,
    /// With how many digits floats are read.
    pub(crate) digits: Option<u32>,
    /// Whether it holds numbers.
    pub(crate) number: bool,
}

impl BoundColumn {
    fn new(column: &MappedColumn, target: usize, reader: CellReader, value: &ValueType) -> Self {
        let number = value.ty.number().is_some();
        Self { column: column.column.clone(), target, reader, digits: column.digits, number }
    }
}

impl BoundFile {
    /// The facts that the file delivers.
    pub(crate) fn facts(&self) -> BTreeSet<usize> {
        match self.role {
            Role::Events(table) => BTreeSet::from([table]),
            _ => self.columns.iter().map(|c| c.target).collect(),
        }
    }
}

impl Mapping {
    /// Finds the fact of every column.
    pub(crate) fn bind(&self, dictionary: &Dictionary) -> Result<Bound, Error> {
        let mut binder = self.binder(dictionary);
        let files = self.files.iter().map(|file| binder.file(file)).collect();
        if binder.out.has_errors() {
            return Err(Error::rules(binder.out));
        }
        let register = self.files.iter().position(|f| f.register).unwrap_or(0);
        Ok(Bound { dictionary: dictionary.clone(), files, register })
    }

    /// How the columns of a file of columns are read, where a column may hold a table.
    pub(crate) fn bindings(&self, file: &MappedFile, dictionary: &Dictionary) -> Result<Vec<Binding>, Error> {
        let mut binder = self.binder(dictionary);
        let bindings = file.columns.iter().filter_map(|column| binder.binding(column, &file.file)).collect();
        if binder.out.has_errors() { Err(Error::rules(binder.out)) } else { Ok(bindings) }
    }

    fn binder<'a>(&self, dictionary: &'a Dictionary) -> Binder<'a> {
        let mut out = Diagnostics::default();
        out.files = Arc::clone(&self.texts);
        Binder { dictionary, out, facts: BTreeMap::new() }
    }
}

struct Binder<'a> {
    dictionary: &'a Dictionary,
    out: Diagnostics,
    /// Facts that have a column already, and in which file.
    facts: BTreeMap<usize, String>,
}

impl Binder<'_> {
    fn file(&mut self, file: &MappedFile) -> BoundFile {
        let table = file.events.as_deref().map(|id| self.table(id, file.events_span));
        let role = match &table {
            Some(found) => Role::Events(found.as_ref().map_or(usize::MAX, |(at, _)| *at)),
            None if file.register => Role::Register,
            None => Role::Facts,
        };
        let columns = match &table {
            Some(Some((_, fields))) => self.fields(&file.columns, fields),
            // The table is not known: nothing can be said about its fields.
            Some(None) => Vec::new(),
            None => file.columns.iter().filter_map(|column| self.fact(column, &file.file)).collect(),
        };
        BoundFile {
            file: file.file.clone(),
            path: file.path.clone(),
            encoding: file.encoding,
            delivered: file.delivered,
            role,
            key: file.key.clone(),
            name: file.name.clone(),
            columns,
            ignore: file.ignore.clone(),
        }
    }

    fn table(&mut self, id: &str, span: Span) -> Option<(usize, Vec<EventField>)> {
        let found = self.dictionary.fact(id).and_then(|at| Some((at, self.dictionary.facts().get(at)?)));
        match found.map(|(at, fact)| (at, &fact.kind)) {
            Some((at, FactKind::Events(events))) => Some((at, events.fields.clone())),
            Some(_) => {
                self.out
                    .error(Code::TypeMismatch, span, format!("`{id}` is no table of events"))
                    .help("map it as a column of a file without `events`");
                None
            }
            None => {
                let facts = self.dictionary.facts().iter();
                let tables = facts.filter(|f| matches!(f.kind, FactKind::Events(_))).map(|f| f.id.as_str());
                self.out
                    .error(Code::UnknownName, span, format!("the dictionary has no table `{id}`"))
                    .help(suggest(id, tables));
                None
            }
        }
    }

    fn fields(&mut self, columns: &[MappedColumn], fields: &[EventField]) -> Vec<BoundColumn> {
        let mut bound: Vec<BoundColumn> = Vec::new();
        for column in columns {
            let Some(target) = fields.iter().position(|f| f.id == column.target) else {
                self.out
                    .error(
                        Code::UnknownField,
                        column.spans.target,
                        format!("the events have no field `{}`", column.target),
                    )
                    .help(suggest(&column.target, fields.iter().map(|f| f.id.as_str())));
                continue;
            };
            if bound.iter().any(|b| b.target == target) {
                self.out
                    .error(
                        Code::DuplicateId,
                        column.spans.target,
                        format!("the field `{}` has two columns", column.target),
                    )
                    .help("keep one of them");
            }
            if let Some(field) = fields.get(target) {
                let reader = self.reader(column, &field.value);
                bound.push(BoundColumn::new(column, target, reader, &field.value));
            }
        }
        bound
    }

    fn fact(&mut self, column: &MappedColumn, file: &str) -> Option<BoundColumn> {
        let (target, kind) = self.found(column, file)?;
        let FactKind::Value(value) = &kind else {
            let id = &column.target;
            self.out
                .error(Code::TableAsValue, column.spans.target, format!("`{id}` is a table of events"))
                .help(format!("give the file `events: {id}` and map its columns to fields"));
            return None;
        };
        let reader = self.reader(column, value);
        Some(BoundColumn::new(column, target, reader, value))
    }

    /// How a column of a file of columns is read.
    fn binding(&mut self, column: &MappedColumn, file: &str) -> Option<Binding> {
        let (_, kind) = self.found(column, file)?;
        let mut binding = Binding::new(&column.column, &column.target);
        match &kind {
            FactKind::Value(value) => {
                (binding.times, binding.digits) = (column.times, column.digits);
                binding.values = self.values(column, value);
            }
            FactKind::Events(_) if column.times.is_some() || column.digits.is_some() || !column.values.is_empty() => {
                self.out
                    .error(
                        Code::KeyForOtherType,
                        column.spans.target,
                        format!("`{}` is a table of events, which is read as it is", column.target),
                    )
                    .help("remove `times`, `digits` and `values`");
            }
            FactKind::Events(_) => {}
        }
        Some(binding)
    }

    /// The fact of a column, which no other column holds.
    fn found(&mut self, column: &MappedColumn, file: &str) -> Option<(usize, FactKind)> {
        let span = column.spans.target;
        let id = &column.target;
        let found = self.dictionary.fact(id).and_then(|at| Some((at, self.dictionary.facts().get(at)?.kind.clone())));
        if found.is_none() {
            let known = self.dictionary.facts().iter().map(|f| f.id.as_str());
            self.out
                .error(Code::UnknownName, span, format!("the dictionary has no fact `{id}`"))
                .help(suggest(id, known));
        }
        let (target, kind) = found?;
        if let Some(first) = self.facts.insert(target, file.to_owned()) {
            self.out
                .error(Code::DuplicateId, span, format!("the fact `{id}` has two columns"))
                .help(format!("`{first}` delivers it already; keep one of them"));
        }
        Some((target, kind))
    }

    fn reader(&mut self, column: &MappedColumn, value: &ValueType) -> CellReader {
        if column.times.is_some() && value.ty.number().is_none() {
            self.out
                .error(
                    Code::TypeMismatch,
                    column.spans.times,
                    format!("`{}` is {}, not a number", column.target, value.ty.noun()),
                )
                .help("remove `times`");
        }
        CellReader::new(value, self.dictionary).times(column.times).values(self.values(column, value))
    }

    /// What the texts of a column stand for.
    fn values(&mut self, column: &MappedColumn, value: &ValueType) -> BTreeMap<String, Translated> {
        let mut values = BTreeMap::new();
        for ((text, meaning), span) in column.values.iter().zip(&column.spans.values) {
            let translated = match meaning {
                None => Some(Translated::Missing),
                Some(meaning) => self.translated(meaning, value, *span),
            };
            values.extend(translated.map(|t| (text.clone(), t)));
        }
        values
    }

    fn translated(&mut self, meaning: &str, value: &ValueType, span: Span) -> Option<Translated> {
        let (code, message, help) = match &value.ty {
            Type::Flag => match meaning {
                "true" => return Some(Translated::Flag(true)),
                "false" => return Some(Translated::Flag(false)),
                _ => (Code::NotABoolean, "is not `true` or `false`", "write `true`, `false` or `null`".to_owned()),
            },
            Type::Date => match Date::parse(meaning) {
                Some(date) => return Some(Translated::Date(date)),
                None => (Code::NotADate, "is not a date of the calendar", "write it as 2026-06-30".to_owned()),
            },
            Type::Category(category) => {
                let members = self.dictionary.members(*category);
                if members.is_some_and(|m| m.index(meaning).is_some()) {
                    return Some(Translated::Member(meaning.to_owned()));
                }
                let names: Vec<&str> = members.map(|m| m.names().collect()).unwrap_or_default();
                (Code::UnknownMember, "is no member of the category", suggest(meaning, names.iter().copied()))
            }
            _ => match decimal::parse(meaning) {
                Ok(number) => return Some(Translated::Number(number)),
                Err(_) => (
                    Code::NotANumber,
                    "is not a decimal number",
                    "digits with an optional fraction, such as 1250.00".to_owned(),
                ),
            },
        };
        self.out.error(code, span, format!("`{meaning}` {message}")).help(help);
        None
    }
}
