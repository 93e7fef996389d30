//! A mapping and a dictionary together: every column knows its fact and how to read it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

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
        let mut out = Diagnostics::default();
        out.files = Arc::clone(&self.texts);
        let mut binder = Binder { dictionary, out, facts: BTreeMap::new() };
        let files = self.files.iter().map(|file| binder.file(file)).collect();
        if binder.out.has_errors() {
            return Err(Error::rules(binder.out));
        }
        let register = self.files.iter().position(|f| f.register).unwrap_or(0);
        Ok(Bound { dictionary: dictionary.clone(), files, register })
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
                bound.push(BoundColumn { column: column.column.clone(), target, reader });
            }
        }
        bound
    }

    fn fact(&mut self, column: &MappedColumn, file: &str) -> Option<BoundColumn> {
        let span = column.spans.target;
        let id = &column.target;
        let Some(target) = self.dictionary.fact(id) else {
            let known = self.dictionary.facts().iter().map(|f| f.id.as_str());
            self.out
                .error(Code::UnknownName, span, format!("the dictionary has no fact `{id}`"))
                .help(suggest(id, known));
            return None;
        };
        let dictionary = self.dictionary.clone();
        let FactKind::Value(value) = &dictionary.facts().get(target)?.kind else {
            self.out
                .error(Code::TableAsValue, span, format!("`{id}` is a table of events"))
                .help(format!("give the file `events: {id}` and map its columns to fields"));
            return None;
        };
        if let Some(first) = self.facts.insert(target, file.to_owned()) {
            self.out
                .error(Code::DuplicateId, span, format!("the fact `{id}` has two columns"))
                .help(format!("`{first}` delivers it already; keep one of them"));
        }
        Some(BoundColumn { column: column.column.clone(), target, reader: self.reader(column, value) })
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
        let mut values = BTreeMap::new();
        for ((text, meaning), span) in column.values.iter().zip(&column.spans.values) {
            let translated = match meaning {
                None => Some(Translated::Missing),
                Some(meaning) => self.translated(meaning, value, *span),
            };
            values.extend(translated.map(|t| (text.clone(), t)));
        }
        CellReader::new(value, self.dictionary).times(column.times).values(values)
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
