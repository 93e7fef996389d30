//! Dossiers in one file, whatever its form: pieces of it in the order of its rows.

use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use xinpei::arrow::Binding;
use xinpei::{Date, Dictionary, Error, Rulebook};

use crate::csv_in::CsvDossiers;
use crate::dated::Dated;
use crate::folder::Notice;
use crate::json_in::JsonDossiers;
use crate::mapping::Mapping;
use crate::portion::Portion;
use crate::records::{Batches, Claims, Lane as RecordLane, Records};
use crate::text::Encoding;

/// An input of dossiers in one file, or in record batches.
#[derive(Debug)]
pub struct Dossiers {
    source: Source,
    /// What [`Dossiers::portion`] reads from.
    current: Option<Lane>,
}

#[derive(Debug)]
enum Source {
    /// One row a dossier.
    Csv(Box<CsvDossiers<File>>),
    /// One line a dossier, or one dossier.
    Json(Box<JsonDossiers<File>>),
    /// Columns: Parquet or Arrow.
    Records(Box<Records>),
}

/// What a file of columns is, by how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Columnar {
    /// A Parquet file.
    Parquet,
    /// An Arrow file.
    Arrow,
    /// An Arrow stream.
    ArrowStream,
}

impl Columnar {
    /// Looks at the beginning of a file; `None` if it is no file of columns. A pipe is believed by its
    /// ending, because it cannot be read twice.
    ///
    /// # Errors
    /// When the file cannot be read, or its ending says what its beginning does not.
    pub fn of(path: &Path) -> Result<Option<Self>, Error> {
        // A pipe that was opened and let go is closed to whoever writes into it.
        let about = fs::metadata(path).map_err(|e| Error::read(path, e))?;
        let said = match ending(path).as_str() {
            "parquet" => Some(Self::Parquet),
            "arrow" | "feather" | "ipc" => Some(Self::Arrow),
            "arrows" => Some(Self::ArrowStream),
            _ => None,
        };
        if !about.is_file() {
            return match said {
                None | Some(Self::ArrowStream) => Ok(said),
                Some(_) => Err(Error::input(format!(
                    "`{}` is no regular file, and a file of columns is read from its end; save it first, or send an Arrow stream (.arrows)",
                    path.display()
                ))),
            };
        }
        let mut file = File::open(path).map_err(|e| Error::read(path, e))?;
        let mut head = Vec::with_capacity(8);
        file.by_ref().take(8).read_to_end(&mut head).map_err(|e| Error::read(path, e))?;
        file.seek(SeekFrom::Start(0)).map_err(|e| Error::read(path, e))?;
        let found = match head.as_slice() {
            [b'P', b'A', b'R', b'1', ..] => Some(Self::Parquet),
            [b'A', b'R', b'R', b'O', b'W', b'1', ..] => Some(Self::Arrow),
            [0xff, 0xff, 0xff, 0xff, ..] => Some(Self::ArrowStream),
            _ => None,
        };
        let name = path.display();
        match (said, found) {
            (Some(_), None) if head.is_empty() => Err(Error::input(format!("`{name}` is empty"))),
            (Some(_), None) if head.starts_with(b"FEA1") => Err(Error::input(format!(
                "`{name}` is a Feather file of version 1; write it again as Arrow (Feather version 2) or Parquet"
            ))),
            (Some(Self::Parquet), None) if head.starts_with(b"PARE") => {
                Err(Error::input(format!("`{name}` is an encrypted Parquet file; write it again without a key")))
            }
            (Some(said), None) => Err(Error::input(format!(
                "`{name}` is no {} though it is called one: it begins with other bytes; write it again",
                said.noun()
            ))),
            (_, found) => Ok(found),
        }
    }

    /// What it is, in words.
    pub(crate) const fn noun(self) -> &'static str {
        match self {
            Self::Parquet => "Parquet file",
            Self::Arrow => "Arrow file",
            Self::ArrowStream => "Arrow stream",
        }
    }
}

fn ending(path: &Path) -> String {
    path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase()
}

impl Dossiers {
    /// Opens a file, whose columns are named by facts: Parquet and Arrow by how it begins, rows by the
    /// ending `.csv` or `.xlsx`, else JSON lines or one dossier.
    ///
    /// # Errors
    /// When it cannot be read, or its columns do not fit the dictionary.
    pub fn open(path: &Path, encoding: Encoding, dictionary: &Dictionary) -> Result<Self, Error> {
        let rows = ["csv", "xlsx", "xlsm", "xls"];
        let source = match Columnar::of(path)? {
            Some(columnar) => Source::Records(Box::new(Records::open(path, columnar, dictionary, &Claims::by_name())?)),
            None if rows.contains(&ending(path).as_str()) => {
                Source::Csv(Box::new(CsvDossiers::open(path, encoding, dictionary)?))
            }
            None => Source::Json(Box::new(JsonDossiers::open(path, dictionary)?)),
        };
        Ok(Self { source, current: None })
    }

    /// Opens a file of columns, of which `bindings` say which is which fact; `key` is the column with
    /// the keys of the enterprises.
    ///
    /// # Errors
    /// When it cannot be read, or its columns do not fit.
    pub fn bound(
        path: &Path,
        columnar: Columnar,
        dictionary: &Dictionary,
        key: &str,
        bindings: &[Binding],
    ) -> Result<Self, Error> {
        let claims = Claims { key, name: None, bindings: Some(bindings), ignore: &[] };
        let records = Records::open(path, columnar, dictionary, &claims)?;
        Ok(Self { source: Source::Records(Box::new(records)), current: None })
    }

    /// Opens the one file of a mapping, which is a file of columns; `None` if it is something else,
    /// which [`crate::Delivery`] reads.
    ///
    /// # Errors
    /// When the mapping names facts that the dictionary lacks (with all mistakes as
    /// [`Error::diagnostics`]); when the file cannot be read, or its columns do not fit.
    pub fn mapped(mapping: &Mapping, rulebook: &Rulebook, as_of: Date) -> Result<Option<Self>, Error> {
        let Some((file, columnar)) = mapping.alone()? else { return Ok(None) };
        let dictionary = rulebook.dictionary();
        let bindings = mapping.bindings(file, dictionary)?;
        let name = file.name.as_deref();
        let claims = Claims { key: &file.key, name, bindings: Some(&bindings), ignore: &file.ignore };
        let mut records = Records::open(&file.path, columnar, dictionary, &claims)?;
        let facts = bindings.iter().filter_map(|binding| dictionary.fact(&binding.target)).collect();
        records.note(Notice::late(
            (&file.file, file.delivered),
            &facts,
            dictionary,
            &rulebook.typed().departments,
            as_of,
        ));
        Ok(Some(Self { source: Source::Records(Box::new(records)), current: None }))
    }

    /// Reads record batches from memory; `name` stands for them in messages and rejects. `bindings` say
    /// which column is which fact; without them, and for what they leave over, names of columns are
    /// compared with facts. A column `name` has names for people.
    ///
    /// Values are shared with the batches wherever they fit as they are: see [`xinpei::arrow::Intake`].
    ///
    /// # Errors
    /// When the columns do not fit.
    pub fn batches(
        name: &str,
        batches: Batches,
        dictionary: &Dictionary,
        key: &str,
        bindings: Option<&[Binding]>,
    ) -> Result<Self, Error> {
        let records = Records::of(name, batches, dictionary, &Claims { key, name: None, bindings, ignore: &[] })?;
        Ok(Self { source: Source::Records(Box::new(records)), current: None })
    }

    /// Reads from now on the date of each row from a column.
    ///
    /// # Errors
    /// When there is no such column, or it holds no dates.
    pub fn date_by(&mut self, dated: Dated) -> Result<(), Error> {
        match &mut self.source {
            Source::Csv(input) => input.date_by(dated),
            Source::Json(input) => {
                input.date_by(dated);
                Ok(())
            }
            Source::Records(input) => input.date_by(dated),
        }
    }

    /// How many rows there are, where the file says so.
    #[must_use]
    pub fn total(&self) -> Option<u64> {
        match &self.source {
            Source::Records(input) => input.total(),
            Source::Csv(_) | Source::Json(_) => None,
        }
    }

    /// What a reader should know about the file; complete as soon as it is open.
    #[must_use]
    pub fn notices(&self) -> Vec<Notice> {
        match &self.source {
            Source::Csv(input) => input.notices(),
            Source::Json(_) => Vec::new(),
            Source::Records(input) => input.notices(),
        }
    }

    /// The next piece, which is read in portions of at most `most` rows; `None` at the end. Pieces may
    /// be read at the same time.
    ///
    /// # Errors
    /// When the file cannot be read further.
    pub fn lane(&mut self, most: usize) -> Result<Option<Lane>, Error> {
        let most = most.max(1);
        let ready = |portion: Option<Portion>| portion.map(|p| Lane(Form::Ready(Some(Box::new(p)))));
        match &mut self.source {
            Source::Csv(input) => Ok(ready(input.portion(most)?)),
            Source::Json(input) => Ok(ready(input.portion(most)?)),
            Source::Records(input) => Ok(input.lane(most)?.map(|lane| Lane(Form::Records(Box::new(lane))))),
        }
    }

    /// The next rows, at most `most`; `None` at the end.
    ///
    /// # Errors
    /// When the file cannot be read further.
    pub fn portion(&mut self, most: usize) -> Result<Option<Portion>, Error> {
        loop {
            if let Some(portion) = self.current.as_mut().map_or(Ok(None), Lane::portion)? {
                return Ok(Some(portion));
            }
            self.current = self.lane(most)?;
            if self.current.is_none() {
                return Ok(None);
            }
        }
    }
}

/// A piece of an input, which can be read apart from the others.
#[derive(Debug)]
pub struct Lane(Form);

#[derive(Debug)]
enum Form {
    Ready(Option<Box<Portion>>),
    Records(Box<RecordLane>),
}

impl Lane {
    /// A piece that was read already.
    #[must_use]
    pub fn ready(portion: Portion) -> Self {
        Self(Form::Ready(Some(Box::new(portion))))
    }

    /// Its next rows; `None` at its end.
    ///
    /// # Errors
    /// When the file cannot be read further.
    pub fn portion(&mut self) -> Result<Option<Portion>, Error> {
        match &mut self.0 {
            Form::Ready(portion) => Ok(portion.take().map(|p| *p)),
            Form::Records(lane) => lane.portion(),
        }
    }
}
