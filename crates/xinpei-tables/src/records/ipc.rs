//! Arrow files and streams, record batch by record batch.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::RecordBatch;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, Schema};
use xinpei::Error;

use crate::dossiers::Columnar;

/// How a stream says that it is complete.
const END: [u8; 8] = [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

/// An Arrow file or stream.
pub(super) struct Ipc {
    path: PathBuf,
    name: String,
    columnar: Columnar,
    reader: Reader,
    /// How many batches were read.
    read: usize,
}

enum Reader {
    File(FileReader<BufReader<File>>),
    /// With the last bytes that were read of it.
    Stream(StreamReader<Tail>, Arc<Mutex<[u8; 8]>>),
}

impl std::fmt::Debug for Ipc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ipc").field("name", &self.name).field("read", &self.read).finish_non_exhaustive()
    }
}

impl Ipc {
    pub(super) fn open(path: &Path, name: &str, columnar: Columnar) -> Result<Self, Error> {
        let file = File::open(path).map_err(|e| Error::read(path, e))?;
        let reader = match columnar {
            Columnar::ArrowStream => {
                let last = Arc::new(Mutex::new([0; 8]));
                let tail = Tail { input: BufReader::new(file), last: Arc::clone(&last) };
                StreamReader::try_new(tail, None).map(|reader| Reader::Stream(reader, last))
            }
            _ => FileReader::try_new(BufReader::new(file), None).map(Reader::File),
        };
        let reader = reader.map_err(|e| match e {
            ArrowError::IoError(_, cause) if cause.kind() != io::ErrorKind::UnexpectedEof => Error::read(path, cause),
            other => Error::input(format!(
                "`{name}` is no complete {}: its description cannot be read ({}); copy or write it again",
                columnar.noun(),
                super::parquet::plain(&other.to_string())
            )),
        })?;
        Ok(Self { path: path.to_owned(), name: name.to_owned(), columnar, reader, read: 0 })
    }

    pub(super) fn schema(&self) -> Arc<Schema> {
        match &self.reader {
            Reader::File(reader) => reader.schema(),
            Reader::Stream(reader, _) => reader.schema(),
        }
    }

    /// The next record batch that has rows.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        loop {
            let next = match &mut self.reader {
                Reader::File(reader) => reader.next(),
                Reader::Stream(reader, last) => {
                    let next = reader.next();
                    if next.is_none() && *last.lock().unwrap_or_else(PoisonError::into_inner) != END {
                        return Err(Error::input(format!(
                            "`{}` is no complete Arrow stream: the mark of its end is missing; copy or write it again",
                            self.name
                        )));
                    }
                    next
                }
            };
            match next {
                None => return Ok(None),
                Some(Ok(batch)) => {
                    self.read += 1;
                    if batch.num_rows() > 0 {
                        return Ok(Some(batch));
                    }
                }
                Some(Err(error)) => return Err(self.damaged(error)),
            }
        }
    }

    fn damaged(&self, error: ArrowError) -> Error {
        match error {
            ArrowError::IoError(_, cause) if cause.kind() != io::ErrorKind::UnexpectedEof => {
                Error::read(&self.path, cause)
            }
            other => Error::input(format!(
                "the {} `{}` cannot be read further: batch {} is damaged ({}); copy or write it again",
                self.columnar.noun(),
                self.name,
                self.read,
                super::parquet::plain(&other.to_string())
            )),
        }
    }
}

/// Remembers the last bytes that were read.
struct Tail {
    input: BufReader<File>,
    last: Arc<Mutex<[u8; 8]>>,
}

impl Read for Tail {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(buffer)?;
        let new = buffer.get(..read).unwrap_or_default();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        let all: Vec<u8> = last.iter().chain(new.iter().rev().take(8).rev()).copied().collect();
        if let Some(end) = all.last_chunk() {
            *last = *end;
        }
        Ok(read)
    }
}
