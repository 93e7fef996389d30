//! Dossiers in files of columns: Parquet, Arrow files and streams.
//!
//! Keys are looked at in the order of the file, because an enterprise is taken once; everything else
//! of a piece, a row group or a record batch, is read by whoever takes the piece.

mod check;
mod ipc;
mod memory;
mod parquet;
mod spelled;
#[cfg(test)]
mod tests;

use std::io;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{BooleanArray, RecordBatch};
use arrow_schema::{ArrowError, Schema};
use arrow_select::filter::filter_record_batch;
use xinpei::arrow::{Binding, Intake, Texts};
use xinpei::{Dictionary, Error};

use self::check::{Checked, Checker};
use self::ipc::Ipc;
pub use self::memory::Batches;
use self::memory::Memory;
use self::parquet::{Group, Parquet};
pub(crate) use self::spelled::SpelledRows;
use crate::dated::Dated;
use crate::dossiers::Columnar;
use crate::folder::Notice;
use crate::portion::Portion;

/// The column with the keys of the enterprises, where no mapping names another.
pub(crate) const KEY: &str = "enterprise";
/// The column with names for people, where no mapping names another; it may be absent.
pub(crate) const NAME: &str = "name";

/// Which column is what.
pub(crate) struct Claims<'a> {
    pub(crate) key: &'a str,
    pub(crate) name: Option<&'a str>,
    pub(crate) bindings: Option<&'a [Binding]>,
    /// Columns that are left out on purpose.
    pub(crate) ignore: &'a [String],
}

impl Claims<'_> {
    /// Columns named by facts.
    pub(crate) const fn by_name() -> Self {
        Self { key: KEY, name: None, bindings: None, ignore: &[] }
    }
}

/// Dossiers in a file of columns.
#[derive(Debug)]
pub(crate) struct Records {
    source: Source,
    shared: Arc<Shared>,
    checker: Checker,
    /// The file, for messages.
    file: String,
    dictionary: Dictionary,
    /// Whether columns are found by a mapping, and those that it ignores.
    mapped: bool,
    ignore: Vec<String>,
    notices: Vec<Notice>,
}

#[derive(Debug)]
enum Source {
    Parquet(Parquet),
    Ipc(Box<Ipc>),
    Memory(Box<Memory>),
}

/// What all pieces are read with.
#[derive(Debug)]
struct Shared {
    intake: Intake,
    /// The column with names.
    name: Option<String>,
    file: String,
}

/// A piece: a row group or a record batch, and what was found about its keys, cut into portions.
#[derive(Debug)]
pub(crate) struct Lane {
    shared: Arc<Shared>,
    rows: Rows,
    checked: std::vec::IntoIter<Checked>,
}

#[derive(Debug)]
enum Rows {
    Group(Group),
    /// A record batch, and how many of its rows were read.
    Batch(RecordBatch, usize),
}

impl Records {
    pub(crate) fn open(
        path: &Path,
        columnar: Columnar,
        dictionary: &Dictionary,
        claims: &Claims<'_>,
    ) -> Result<Self, Error> {
        let file = path.display().to_string();
        let source = Source::open(path, &file, columnar)?;
        Self::new(source, file, dictionary, claims, claims.bindings.is_some())
    }

    /// Records from memory; `name` stands for them in messages.
    pub(crate) fn of(
        name: &str,
        batches: Batches,
        dictionary: &Dictionary,
        claims: &Claims<'_>,
    ) -> Result<Self, Error> {
        let source = Source::Memory(Box::new(Memory::new(name, batches)));
        Self::new(source, name.to_owned(), dictionary, claims, false)
    }

    fn new(
        mut source: Source,
        file: String,
        dictionary: &Dictionary,
        claims: &Claims<'_>,
        mapped: bool,
    ) -> Result<Self, Error> {
        let of_file = |e: Error| if e.is_input() { Error::input(format!("`{file}`: {e}")) } else { e };
        let schema = source.schema();
        let intake = Intake::new(&schema, dictionary, claims.key, claims.bindings).map_err(of_file)?;
        let name = match claims.name {
            Some(name) => Some(name),
            None => Some(NAME).filter(|name| !mapped && schema.field_with_name(name).is_ok()),
        };
        let name = name.map(|name| check::name(&schema, name)).transpose().map_err(of_file)?;
        let key = schema.index_of(claims.key).map_err(|e| Error::input(format!("`{file}`: {e}")))?;
        let name_at = name.as_deref().and_then(|name| schema.index_of(name).ok());
        let facts = intake.columns().into_iter().filter(|at| *at != key);
        source.facts(facts.chain(name_at));
        source.keys(vec![key]);
        let checker = Checker::new(&file, claims.key, dictionary);
        let shared = Arc::new(Shared { intake, name, file: file.clone() });
        Ok(Self {
            source,
            shared,
            checker,
            file,
            dictionary: dictionary.clone(),
            mapped,
            ignore: claims.ignore.to_vec(),
            notices: Vec::new(),
        })
    }

    /// Adds what is known of the file from elsewhere.
    pub(crate) fn note(&mut self, notices: Vec<Notice>) {
        self.notices.extend(notices);
    }

    /// The rows of the file, where it says.
    pub(crate) fn total(&self) -> Option<u64> {
        match &self.source {
            Source::Parquet(parquet) => Some(parquet.total()),
            Source::Ipc(_) | Source::Memory(_) => None,
        }
    }

    pub(crate) fn date_by(&mut self, dated: Dated) -> Result<(), Error> {
        let schema = self.source.schema();
        self.checker.date_by(dated, &schema)?;
        let columns = self.checker.columns().filter_map(|name| schema.index_of(name).ok());
        self.source.keys(columns.collect());
        Ok(())
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        let used = [self.checker.dated(), self.shared.name.as_deref()];
        let free = |column: &&String| !used.contains(&Some(column.as_str())) && !self.ignore.contains(column);
        let free: Vec<String> = self.shared.intake.unclaimed().iter().filter(free).cloned().collect();
        let dictionary = (!self.mapped).then_some(&self.dictionary);
        self.notices.iter().cloned().chain(Notice::left_over(&self.file, free, dictionary)).collect()
    }

    /// The next piece, to be read in portions of at most `most` rows.
    pub(crate) fn lane(&mut self, most: usize) -> Result<Option<Lane>, Error> {
        let (rows, checked) = match &mut self.source {
            Source::Parquet(parquet) => {
                let Some([facts, mut keys]) = parquet.group(most)? else { return Ok(None) };
                let mut checked = Vec::new();
                while let Some(part) = keys.next()? {
                    checked.push(self.checker.check(&part)?);
                }
                (Rows::Group(facts), checked)
            }
            Source::Ipc(ipc) => {
                let Some(batch) = ipc.next()? else { return Ok(None) };
                self.checker.parts(batch, most)?
            }
            Source::Memory(memory) => {
                let Some(batch) = memory.next()? else { return Ok(None) };
                self.checker.parts(batch, most)?
            }
        };
        Ok(Some(Lane { shared: Arc::clone(&self.shared), rows, checked: checked.into_iter() }))
    }
}

impl Checker {
    /// A record batch, and what was found about the keys of each part of at most `most` rows.
    fn parts(&mut self, batch: RecordBatch, most: usize) -> Result<(Rows, Vec<Checked>), Error> {
        let parts = (0..batch.num_rows()).step_by(most);
        let part = |start| self.check(&batch.slice(start, most.min(batch.num_rows() - start)));
        let checked = parts.map(part).collect::<Result<_, _>>()?;
        Ok((Rows::Batch(batch, 0), checked))
    }
}

impl Source {
    fn open(path: &Path, file: &str, columnar: Columnar) -> Result<Self, Error> {
        Ok(match columnar {
            Columnar::Parquet => Self::Parquet(Parquet::open(path, file)?),
            Columnar::Arrow | Columnar::ArrowStream => Self::Ipc(Box::new(Ipc::open(path, file, columnar)?)),
        })
    }

    fn schema(&self) -> Arc<Schema> {
        match self {
            Self::Parquet(parquet) => parquet.schema(),
            Self::Ipc(ipc) => ipc.schema(),
            Self::Memory(memory) => memory.schema(),
        }
    }

    /// Which columns hold facts and names.
    fn facts(&mut self, columns: impl Iterator<Item = usize>) {
        if let Self::Parquet(parquet) = self {
            parquet.facts(columns.collect());
        }
    }

    /// Which columns say who a row is about, and when.
    fn keys(&mut self, columns: Vec<usize>) {
        if let Self::Parquet(parquet) = self {
            parquet.keys(columns);
        }
    }
}

impl Lane {
    /// The next rows; `None` at the end.
    pub(crate) fn portion(&mut self) -> Result<Option<Portion>, Error> {
        let Some(checked) = self.checked.next() else { return Ok(None) };
        let records = match &mut self.rows {
            Rows::Group(group) => group.next()?,
            Rows::Batch(batch, at) => {
                let part = batch.slice(*at, checked.rows);
                *at += checked.rows;
                Some(part)
            }
        };
        let file = &self.shared.file;
        let records = records.filter(|records| records.num_rows() == checked.rows).ok_or_else(|| {
            Error::input(format!("`{file}` is damaged: its columns have different numbers of rows; write it again"))
        })?;
        let records = match checked.dropped.as_slice() {
            [] => records,
            dropped => without(&records, dropped)
                .map_err(|e| Error::input(format!("`{file}`: rows cannot be left out: {e}")))?,
        };
        let names = self.shared.name.as_deref().and_then(|name| records.column_by_name(name)).and_then(|column| {
            let texts = Texts::new(column.as_ref())?;
            Some((0..texts.len()).map(|row| texts.get(row).unwrap_or("").trim().to_owned()).collect())
        });
        let batch =
            self.shared.intake.batch_of(&records, checked.keys).map_err(|e| Error::input(format!("`{file}`: {e}")))?;
        Ok(Some(Portion {
            batch,
            names: names.unwrap_or_default(),
            dates: checked.dates,
            rejects: checked.rejects,
            rows: checked.rows,
        }))
    }
}

/// Whether reading failed because of what is in the file: it leads outside, or to what it cannot be.
fn of_content(cause: &io::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput, Other, UnexpectedEof};
    matches!(cause.kind(), InvalidData | InvalidInput | Other | UnexpectedEof)
}

/// A library gave up on a file with a panic.
fn broken() -> ArrowError {
    ArrowError::ParseError("its parts contradict each other".to_owned())
}

/// The records without some rows; their places rise.
fn without(records: &RecordBatch, dropped: &[usize]) -> Result<RecordBatch, ArrowError> {
    let mut dropped = dropped.iter().copied().peekable();
    let keep: BooleanArray = (0..records.num_rows()).map(|row| Some(dropped.next_if_eq(&row).is_none())).collect();
    filter_record_batch(records, &keep)
}
