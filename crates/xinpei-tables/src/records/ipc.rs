//! Arrow files and streams, record batch by record batch. An Arrow file is a stream between two marks,
//! with an index behind it that nobody needs who reads from the beginning.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_buffer::Buffer;
use arrow_ipc::reader::StreamDecoder;
use arrow_schema::Schema;
use xinpei::Error;

use crate::dossiers::Columnar;
use crate::guard::guarded;

/// How an Arrow file begins, and how it ends.
const MARK: &[u8; 6] = b"ARROW1";
/// The mark at the beginning is filled up with zeros to a multiple of this.
const STEP: u64 = 8;
/// Bytes that are read at a time. Nothing is believed of a length before the bytes are there.
const PIECE: u64 = 1 << 20;

/// An Arrow file or stream.
pub(super) struct Ipc {
    path: PathBuf,
    name: String,
    columnar: Columnar,
    file: File,
    decoder: StreamDecoder,
    schema: Arc<Schema>,
    /// What was read and not yet decoded.
    rest: Buffer,
    /// Whether the mark of the stream's end was met.
    ended: bool,
    /// How many batches were decoded.
    read: usize,
}

impl std::fmt::Debug for Ipc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ipc").field("name", &self.name).field("read", &self.read).finish_non_exhaustive()
    }
}

impl Ipc {
    pub(super) fn open(path: &Path, name: &str, columnar: Columnar) -> Result<Self, Error> {
        let cannot = |e| Error::read(path, e);
        let file = File::open(path).map_err(cannot)?;
        let mut ipc = Self {
            path: path.to_owned(),
            name: name.to_owned(),
            columnar,
            file,
            decoder: StreamDecoder::new(),
            schema: Arc::new(Schema::empty()),
            rest: Buffer::default(),
            ended: false,
            read: 0,
        };
        if columnar == Columnar::Arrow {
            ipc.framed().map_err(cannot)?.then_some(()).ok_or_else(|| ipc.incomplete())?;
        }
        ipc.head()?;
        Ok(ipc)
    }

    /// Whether the file ends in its mark; goes to the stream inside.
    fn framed(&mut self) -> std::io::Result<bool> {
        let mut mark = [0; MARK.len()];
        if self.file.metadata()?.len() > STEP {
            self.file.seek(SeekFrom::End(-6))?;
            self.file.read_exact(&mut mark)?;
        }
        let (mut start, mut step) = (STEP, [0; 8]);
        loop {
            self.file.seek(SeekFrom::Start(start))?;
            if mark != *MARK || self.file.read(&mut step)? == 0 || step != [0; 8] {
                break;
            }
            start += STEP;
        }
        self.file.seek(SeekFrom::Start(start))?;
        Ok(mark == *MARK)
    }

    /// Decodes the schema and nothing else.
    fn head(&mut self) -> Result<(), Error> {
        loop {
            if let Some(schema) = self.decoder.schema() {
                self.schema = schema;
                return Ok(());
            }
            // A few bytes at a time, so that no batch is decoded on the way.
            if self.decode(8)?.is_some() || self.ended {
                return Err(self.damaged("it has no schema"));
            }
        }
    }

    pub(super) fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.schema)
    }

    /// The next record batch that has rows.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        while !self.ended {
            if let Some(batch) = self.decode(usize::MAX)? {
                self.read += 1;
                if batch.num_rows() > 0 {
                    return Ok(Some(batch));
                }
            }
        }
        Ok(None)
    }

    /// Decodes up to so many bytes of what was read, or the next piece; a batch if one is complete.
    fn decode(&mut self, most: usize) -> Result<Option<RecordBatch>, Error> {
        if self.rest.is_empty() {
            self.fill()?;
        }
        let whole = self.rest.len().min(most);
        // At the end of the input a byte is offered that is not there: a decoder that has met the mark
        // refuses it.
        let mut part = if whole == 0 { Buffer::from(vec![0_u8]) } else { self.rest.slice_with_length(0, whole) };
        let decoded = guarded(|| self.decoder.decode(&mut part));
        if whole > 0 {
            self.rest.advance(whole - part.len());
        }
        match decoded {
            None => Err(self.damaged("its parts contradict each other")),
            Some(Ok(_)) if whole == 0 => Err(self.incomplete()),
            Some(Ok(batch)) => Ok(batch),
            // INVARIANT: between messages nothing can be wrong but that one follows the mark of the end.
            Some(Err(_)) if self.decoder.finish().is_ok() => {
                self.ended = true;
                match self.columnar {
                    Columnar::ArrowStream if whole > 0 => Err(self.damaged("bytes follow its end")),
                    _ => Ok(None),
                }
            }
            Some(Err(error)) => Err(self.damaged(&super::parquet::plain(&error.to_string()))),
        }
    }

    /// Reads the next piece of the file; nothing is left at its end.
    fn fill(&mut self) -> Result<(), Error> {
        let mut bytes = Vec::new();
        self.file.by_ref().take(PIECE).read_to_end(&mut bytes).map_err(|e| Error::read(&self.path, e))?;
        self.rest = bytes.into();
        Ok(())
    }

    fn incomplete(&self) -> Error {
        Error::input(format!(
            "`{}` is no complete {}: the mark of its end is missing; copy or write it again",
            self.name,
            self.columnar.noun()
        ))
    }

    fn damaged(&self, why: &str) -> Error {
        Error::input(format!(
            "the {} `{}` cannot be read further: what follows batch {} is damaged ({why}); copy or write it again",
            self.columnar.noun(),
            self.name,
            self.read
        ))
    }
}
