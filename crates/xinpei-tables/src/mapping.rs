//! `mapping.yaml` of a department folder: which column of which file holds which fact.

mod bind;

use std::fs::File;
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use rust_decimal::Decimal;
use xinpei::author::shape::{self, Form, Shape, may, must};
use xinpei::author::yaml::{self, Node};
use xinpei::decimal;
use xinpei::diagnostic::{Code, Diagnostics, Files, Span};
use xinpei::{Date, Error};

pub(crate) use bind::{Bound, BoundColumn, BoundFile, Role};

use crate::dossiers::Columnar;
use crate::limits;
use crate::text::{ENCODINGS, Encoding};

/// Most digits after the point that a column of floats may be read with.
const MOST_DIGITS: u32 = 15;

/// The version of the mapping format that is read here.
pub const VERSION: u32 = 1;

/// A mapping file, checked as far as it can be without a rulebook.
#[derive(Clone, Debug)]
pub struct Mapping {
    /// The mapping file.
    pub path: PathBuf,
    /// The rulebook folder, or one version's folder.
    pub rules: PathBuf,
    /// The files, in the order of the mapping.
    pub files: Vec<MappedFile>,
    texts: Arc<Files>,
}

/// One file that a department delivers.
#[derive(Clone, Debug)]
pub struct MappedFile {
    /// Its name, as the mapping writes it.
    pub file: String,
    /// Where it is.
    pub path: PathBuf,
    /// Whether its rows are the enterprises to decide on.
    pub register: bool,
    /// The table of events that its rows belong to.
    pub events: Option<String>,
    /// How its characters are written.
    pub encoding: Encoding,
    /// The day the department delivered it.
    pub delivered: Option<Date>,
    /// The column with the key of the enterprise.
    pub key: String,
    /// The column with a name for people.
    pub name: Option<String>,
    /// The columns that hold facts, or fields of events.
    pub columns: Vec<MappedColumn>,
    /// Columns that are left out on purpose.
    pub ignore: Vec<String>,
    span: Span,
    events_span: Span,
}

/// One column that holds a fact, or a field of events.
#[derive(Clone, Debug)]
pub struct MappedColumn {
    /// Its name in the header.
    pub column: String,
    /// The fact, or the field.
    pub target: String,
    /// What its numbers are multiplied by.
    pub times: Option<Decimal>,
    /// With how many digits after the point a column of floats is read.
    pub digits: Option<u32>,
    /// What its texts stand for, as written; `None` is missing.
    pub values: Vec<(String, Option<String>)>,
    spans: ColumnSpans,
}

#[derive(Clone, Debug)]
struct ColumnSpans {
    target: Span,
    times: Span,
    values: Vec<Span>,
}

/// The grammar of a mapping file.
pub const FORM: Form = Form::Map(&MAPPING);

static MAPPING: Shape = Shape {
    name: "the mapping",
    keys: &[
        must("mapping", Form::Whole, "the version of the format, 1"),
        must("rules", Form::Text, "a rulebook folder or one version's folder, seen from the mapping file"),
        must("files", Form::List(&Form::Map(&FILE)), "the files of the departments"),
    ],
};

static FILE: Shape = Shape {
    name: "a file",
    keys: &[
        must("file", Form::Text, "its name, seen from the mapping file"),
        may("register", Form::Flag, "`true`: its rows are the enterprises to decide on"),
        may("events", Form::Dotted, "the table that its rows are events of"),
        may("encoding", Form::Choice(ENCODINGS), "how its characters are written; utf-8 by default"),
        may("delivered", Form::Date, "the day the department delivered it"),
        must("key", Form::Text, "the column with the key of the enterprise"),
        may("name", Form::Text, "the column with a name for people; in the register only"),
        may("columns", Form::Dict(&Form::Either(COLUMN_FORMS)), "column → fact, or column → field of an event"),
        may("ignore", Form::List(&Form::Text), "columns that are left out on purpose"),
    ],
};

const COLUMN_FORMS: &[Form] = &[Form::Text, Form::Map(&COLUMN)];

static COLUMN: Shape = Shape {
    name: "a column",
    keys: &[
        may("fact", Form::Dotted, "the fact that the column holds"),
        may("field", Form::Word, "in a file of events: the field that the column holds"),
        may("times", Form::Number, "what every number is multiplied by"),
        may("digits", Form::Whole, "for a column of floats, which needs it: how many digits after the point are read"),
        may("values", Form::Dict(&Form::Scalar), "text of a cell → value of the fact; `null` is missing"),
    ],
};

impl Mapping {
    /// Reads a mapping file, or `mapping.yaml` of a folder.
    ///
    /// # Errors
    /// When the file cannot be read; when it has mistakes, with all of them as
    /// [`Error::diagnostics`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let path = if path.is_dir() { path.join("mapping.yaml") } else { path.to_owned() };
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(|e| Error::read(&path, e))?;
        file.take(limits::MAPPING_BYTES + 1).read_to_end(&mut bytes).map_err(|e| Error::read(&path, e))?;
        Self::parse(&path, bytes)
    }

    /// The one file of the mapping, if it stands alone and is a file of columns: it is read piece by
    /// piece, and its columns may hold tables.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn alone(&self) -> Result<Option<(&MappedFile, Columnar)>, Error> {
        match self.files.as_slice() {
            [only] => Ok(Columnar::of(&only.path)?.map(|columnar| (only, columnar))),
            _ => Ok(None),
        }
    }

    /// Every file that reading a delivery may open: the mapping and what it names.
    pub fn inputs(&self) -> impl Iterator<Item = &Path> {
        std::iter::once(self.path.as_path()).chain(self.files.iter().map(|f| f.path.as_path()))
    }

    fn parse(path: &Path, bytes: Vec<u8>) -> Result<Self, Error> {
        let mut out = Diagnostics::default();
        let mut texts = Files::default();
        let text = String::from_utf8(bytes);
        let number = texts.push(path.display().to_string(), text.as_deref().unwrap_or("").to_owned());
        let texts = Arc::new(texts);
        out.files = Arc::clone(&texts);
        let root = match &text {
            Ok(text) => yaml::parse(number, text, &mut out),
            Err(_) => {
                out.error(Code::NotUtf8, Span { file: number, start: 0, end: 1 }, "the file is not UTF-8")
                    .help("save it as UTF-8 without BOM");
                None
            }
        };
        if let Some(root) = &root {
            shape::check(root, &FORM, &[], &mut out);
        }
        let mapping = match root {
            // What the shape found wrong is reported before meaning is looked for.
            Some(root) if !out.has_errors() => {
                Reader { folder: path.parent().unwrap_or(Path::new("")), out: &mut out }.mapping(path, &root, texts)
            }
            _ => None,
        };
        match mapping {
            Some(mapping) if !out.has_errors() => Ok(mapping),
            _ => Err(Error::rules(out)),
        }
    }
}

/// Takes the tree of a mapping apart; its shape is known to fit.
struct Reader<'a> {
    folder: &'a Path,
    out: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn mapping(&mut self, path: &Path, root: &Node, texts: Arc<Files>) -> Option<Mapping> {
        let version = root.get("mapping")?;
        if version.text() != Some("1") {
            self.out
                .error(Code::UnknownLanguageVersion, version.span, "a version of the mapping format that is not known")
                .help("write `mapping: 1`");
        }
        let nodes = root.get("files")?;
        let files: Vec<MappedFile> = nodes.list()?.iter().filter_map(|node| self.file(node)).collect();
        let mut registers = files.iter().filter(|f| f.register);
        if registers.next().is_none() {
            self.out
                .error(Code::MissingKey, nodes.span.part(0, 1), "no file is the register")
                .help("add `register: true` to the file that lists the enterprises");
        }
        for second in registers {
            self.out
                .error(Code::DuplicateKey, second.span, format!("`{}` is a second register", second.file))
                .help("one file lists the enterprises; remove `register: true` here");
        }
        for (at, file) in files.iter().enumerate() {
            if files.iter().take(at).any(|f| f.path == file.path) {
                self.out
                    .error(Code::DuplicateId, file.span, format!("the file `{}` stands twice", file.file))
                    .help("put all its columns into one entry");
            }
        }
        Some(Mapping { path: path.to_owned(), rules: self.folder.join(root.get("rules")?.text()?), files, texts })
    }

    fn file(&mut self, node: &Node) -> Option<MappedFile> {
        let text = |key: &str| Some(node.get(key)?.text()?.trim().to_owned());
        let name = node.get("file")?;
        let file = text("file")?;
        if !Path::new(&file).components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir)) {
            self.out
                .error(Code::WrongShape, name.span, format!("`{file}` leaves the folder of the mapping"))
                .help("name a file beside the mapping, or in a folder below it");
        }
        let register = node.get("register").is_some_and(|n| n.text() == Some("true"));
        let events = text("events");
        if register && let Some(other) = node.get("events") {
            self.out
                .error(Code::NotOneOf, other.span, "the register cannot hold events")
                .help("deliver the events in a file of their own");
        }
        if !register && let Some(other) = node.get("name") {
            self.out
                .error(Code::KeyForOtherType, other.span, "`name` stands in the register only")
                .help("move it there, or list the column under `ignore`");
        }
        if !register && node.get("columns").is_none() {
            self.out
                .error(Code::MissingKey, node.span.part(0, 1), format!("`{file}` lacks the key `columns`"))
                .help("say which column holds which fact, or remove the file");
        }
        let entries = node.get("columns").and_then(Node::map).unwrap_or_default();
        let mut columns = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            columns.extend(self.column(key, value, events.is_some()));
        }
        let ignore: Vec<&Node> = node.get("ignore").and_then(Node::list).unwrap_or_default().iter().collect();
        let claims = [node.get("key"), node.get("name")].into_iter().flatten().chain(ignore.iter().copied());
        let mut claimed: Vec<&str> = columns.iter().map(|c: &MappedColumn| c.column.as_str()).collect();
        for claim in claims {
            let column = claim.text()?.trim();
            if claimed.contains(&column) {
                self.out
                    .error(Code::DuplicateId, claim.span, format!("the column `{column}` has two uses"))
                    .help("keep one of them");
            }
            claimed.push(column);
        }
        Some(MappedFile {
            path: self.folder.join(&file),
            file,
            register,
            events,
            encoding: text("encoding").and_then(|w| Encoding::from_word(&w)).unwrap_or_default(),
            delivered: text("delivered").and_then(|d| Date::parse(&d)),
            key: text("key")?,
            name: text("name"),
            ignore: ignore.iter().filter_map(|n| Some(n.text()?.trim().to_owned())).collect(),
            columns,
            span: name.span,
            events_span: node.get("events").map_or(name.span, |n| n.span),
        })
    }

    fn column(&mut self, key: &yaml::Key, node: &Node, event: bool) -> Option<MappedColumn> {
        let column = key.text.trim().to_owned();
        if column.is_empty() {
            self.out
                .error(Code::EmptyText, key.span, "the name of the column is empty")
                .help("write the name that stands in the header");
            return None;
        }
        if let Some(target) = node.text() {
            let spans = ColumnSpans { target: node.span, times: node.span, values: Vec::new() };
            let target = target.to_owned();
            return Some(MappedColumn { column, target, times: None, digits: None, values: Vec::new(), spans });
        }
        let (here, other) = if event { ("field", "fact") } else { ("fact", "field") };
        if let Some(other_node) = node.get(other) {
            let help = if event {
                "in a file of events a column holds a field: write `field: …`"
            } else {
                "outside events a column holds a fact: write `fact: …`"
            };
            self.out.error(Code::KeyForOtherType, other_node.span, format!("`{other}` cannot stand here")).help(help);
            return None;
        }
        let Some(target) = node.get(here) else {
            self.out
                .error(Code::MissingKey, node.span.part(0, 1), format!("the column lacks the key `{here}`"))
                .help(format!("write `{here}: …`"));
            return None;
        };
        let times = node.get("times");
        let factor = times.and_then(|n| decimal::parse(n.text()?).ok());
        if let Some(times) = times
            && factor.is_some_and(|f| f.is_zero())
        {
            self.out
                .error(Code::NotANumber, times.span, "every number would become 0")
                .help("write the factor between the unit of the column and the unit of the fact");
        }
        let digits = node.get("digits").and_then(|n| Some((n, n.text()?.parse::<u32>().ok())));
        if let Some((digits, written)) = digits
            && written.is_none_or(|d| d > MOST_DIGITS)
        {
            self.out
                .error(
                    Code::NotANumber,
                    digits.span,
                    format!("a float has at most {MOST_DIGITS} digits that mean something"),
                )
                .help("write how many digits after the point the column is delivered with");
        }
        let mut values: Vec<(String, Option<String>)> = Vec::new();
        let mut spans = Vec::new();
        for (text, value) in node.get("values").and_then(Node::map).unwrap_or_default() {
            let from = text.text.trim();
            if from.is_empty() {
                self.out
                    .error(Code::EmptyText, text.span, "a blank cell is missing")
                    .help("what missing means is said in the dictionary, by `missing:`");
            } else if values.iter().any(|(v, _)| v == from) {
                self.out
                    .error(Code::DuplicateKey, text.span, format!("the text `{from}` stands twice"))
                    .help("blanks around it do not count; keep one");
            }
            values.push((from.to_owned(), if value.is_null() { None } else { value.text().map(str::to_owned) }));
            spans.push(value.span);
        }
        let spans = ColumnSpans { target: target.span, times: times.map_or(node.span, |n| n.span), values: spans };
        let digits = digits.and_then(|(_, written)| written);
        Some(MappedColumn { column, target: target.text()?.to_owned(), times: factor, digits, values, spans })
    }
}

#[cfg(test)]
mod tests;
