//! Decisions as an Arrow file or stream.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_ipc::writer::{FileWriter, StreamWriter};
use arrow_schema::{ArrowError, SchemaRef};

use super::arrow_cause;
use super::recut::Recut;

/// Decisions as an Arrow file or stream. Not compressed, so that a file can be mapped into memory.
pub(super) struct Ipc<W: Write> {
    recut: Recut,
    writer: Writer<W>,
}

enum Writer<W: Write> {
    File(FileWriter<W>),
    Stream(StreamWriter<W>),
}

impl<W: Write> Ipc<W> {
    pub(super) fn new(out: W, schema: &SchemaRef, stream: bool) -> io::Result<Self> {
        let writer = match stream {
            false => FileWriter::try_new(out, schema).map(Writer::File),
            true => StreamWriter::try_new(out, schema).map(Writer::Stream),
        };
        Ok(Self { recut: Recut::new(schema.clone(), true), writer: writer.map_err(arrow_cause)? })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let writer = &mut self.writer;
        self.recut.push::<ArrowError>(batch, |full| writer.write(full)).map_err(arrow_cause)
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if let Some(rest) = self.recut.rest().map_err(arrow_cause)? {
            self.writer.write(&rest).map_err(arrow_cause)?;
        }
        match self.writer {
            Writer::File(writer) => writer.into_inner(),
            Writer::Stream(writer) => writer.into_inner(),
        }
        .map_err(arrow_cause)
    }
}

impl<W: Write> Writer<W> {
    fn write(&mut self, batch: &RecordBatch) -> Result<(), ArrowError> {
        match self {
            Self::File(writer) => writer.write(batch),
            Self::Stream(writer) => writer.write(batch),
        }
    }
}
