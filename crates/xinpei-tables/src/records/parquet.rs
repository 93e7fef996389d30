//! Parquet files, row group by row group.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, Schema};
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use xinpei::Error;

use crate::guard::guarded;

/// A Parquet file.
#[derive(Debug)]
pub(super) struct Parquet {
    input: Input,
    name: String,
    metadata: ArrowReaderMetadata,
    /// The row group that comes next.
    next: usize,
    facts: Vec<usize>,
    keys: Vec<usize>,
}

/// Some columns of a row group, which are read by whoever wants them.
pub(super) struct Group {
    number: usize,
    name: String,
    reader: ParquetRecordBatchReader,
}

impl std::fmt::Debug for Group {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Group").field("number", &self.number).finish_non_exhaustive()
    }
}

impl Parquet {
    pub(super) fn open(path: &Path, name: &str) -> Result<Self, Error> {
        let file = File::open(path).map_err(|e| Error::read(path, e))?;
        let length = file.metadata().map_err(|e| Error::read(path, e))?.len();
        let input = Input { file: Arc::new(Mutex::new(file)), length };
        let metadata = guarded(|| ArrowReaderMetadata::load(&input, ArrowReaderOptions::new()))
            .unwrap_or_else(|| Err(super::broken().into()));
        let metadata = metadata.map_err(|e| match io_cause(e) {
            Ok(cause) => Error::read(path, cause),
            Err(why) => Error::input(format!(
                "`{name}` is no complete Parquet file: its description, which stands at the end, cannot be read ({why}); copy or write it again"
            )),
        })?;
        Ok(Self { input, name: name.to_owned(), metadata, next: 0, facts: Vec::new(), keys: Vec::new() })
    }

    pub(super) fn schema(&self) -> Arc<Schema> {
        Arc::clone(self.metadata.schema())
    }

    pub(super) fn total(&self) -> u64 {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    pub(super) fn facts(&mut self, columns: Vec<usize>) {
        self.facts = columns;
    }

    pub(super) fn keys(&mut self, columns: Vec<usize>) {
        self.keys = columns;
    }

    /// The next row group that has rows, once for its facts and once for its keys, each in parts of at
    /// most `most` rows.
    pub(super) fn group(&mut self, most: usize) -> Result<Option<[Group; 2]>, Error> {
        loop {
            let Some(group) = self.metadata.metadata().row_groups().get(self.next) else { return Ok(None) };
            self.next += 1;
            if group.num_rows() > 0 {
                break;
            }
        }
        let number = self.next - 1;
        let part = |columns: &[usize]| {
            let reader = self.reader(number, columns, most)?;
            Ok(Group { number, name: self.name.clone(), reader })
        };
        Ok(Some([part(&self.facts)?, part(&self.keys)?]))
    }

    fn reader(&self, group: usize, columns: &[usize], most: usize) -> Result<ParquetRecordBatchReader, Error> {
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(self.input.clone(), self.metadata.clone());
        let columns = ProjectionMask::roots(builder.parquet_schema(), columns.iter().copied());
        let builder = builder.with_row_groups(vec![group]).with_projection(columns).with_batch_size(most);
        guarded(|| builder.build())
            .unwrap_or_else(|| Err(super::broken().into()))
            .map_err(|e| damaged(&self.name, group, ArrowError::from(e)))
    }
}

impl Group {
    /// The next rows.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        let next = guarded(|| self.reader.next()).unwrap_or_else(|| Some(Err(super::broken())));
        next.transpose().map_err(|e| damaged(&self.name, self.number, e))
    }
}

fn damaged(name: &str, group: usize, error: ArrowError) -> Error {
    let why = plain(&error.to_string());
    Error::input(format!(
        "`{name}` cannot be read further: row group {group} is damaged ({why}); copy or write it again"
    ))
}

/// What a library says, without the names of its kinds of error.
pub(super) fn plain(text: &str) -> String {
    let mut text = text.trim();
    while let Some((_, rest)) = text.split_once(": ").filter(|(kind, _)| kind.to_lowercase().ends_with("error")) {
        text = rest;
    }
    text.trim_end_matches('.').to_lowercase()
}

/// The cause if reading failed, else what is wrong with what was read.
fn io_cause(error: ParquetError) -> Result<io::Error, String> {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(cause) if !super::of_content(&cause) => Ok(*cause),
            Ok(cause) => Err(cause.to_string()),
            Err(other) => Err(other.to_string()),
        },
        other => Err(plain(&other.to_string())),
    }
}

/// A file that many read at the same time, each at its own place.
#[derive(Clone, Debug)]
struct Input {
    file: Arc<Mutex<File>>,
    length: u64,
}

impl Length for Input {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Input {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> parquet::errors::Result<Self::T> {
        Ok(BufReader::new(From { input: self.clone(), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<Bytes> {
        let mut bytes = Vec::new();
        let mut from = From { input: self.clone(), at: start };
        let read = from.by_ref().take(u64::try_from(length).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
        if read < length {
            return Err(ParquetError::EOF(format!("the file ends {} bytes too early", length - read)));
        }
        Ok(bytes.into())
    }
}

/// The file from a place on.
struct From {
    input: Input,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = self.input.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(self.at))?;
        let read = file.read(buffer)?;
        self.at += u64::try_from(read).unwrap_or(0);
        Ok(read)
    }
}
