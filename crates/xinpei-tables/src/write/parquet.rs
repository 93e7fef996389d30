//! Decisions as a Parquet file.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::{DataType, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;

use super::recut::{ROWS, Recut};

/// Rows of a row group: enough for columns to compress and for few groups, few enough that a group
/// of decisions is some 15 MB while it is written.
pub(super) const GROUP_ROWS: usize = 8 * ROWS;

/// Decisions as a Parquet file.
pub(super) struct Parquet<W: Write + Send> {
    recut: Recut,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> Parquet<W> {
    pub(super) fn new(out: W, schema: &SchemaRef) -> io::Result<Self> {
        let mut properties = WriterProperties::builder()
            .set_created_by(concat!("xinpei version ", env!("CARGO_PKG_VERSION")).to_owned())
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true);
        for field in schema.fields() {
            let path = || ColumnPath::new(vec![field.name().clone()]);
            // No two rows have the same key or receipt: a dictionary of them saves nothing.
            if matches!(field.data_type(), DataType::Utf8) {
                properties = properties.set_column_dictionary_enabled(path(), false);
            }
            // Nobody looks for a range of digests.
            if field.name() == "receipt" {
                properties = properties.set_column_statistics_enabled(path(), EnabledStatistics::None);
            }
        }
        let writer = ArrowWriter::try_new(out, schema.clone(), Some(properties.build())).map_err(cause)?;
        Ok(Self { recut: Recut::new(schema.clone(), false), writer })
    }

    pub(super) fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        self.recut.push::<ParquetError>(batch, |full| self.writer.write(full)).map_err(cause)
    }

    pub(super) fn finish(mut self) -> io::Result<W> {
        if let Some(rest) = self.recut.rest().map_err(super::arrow_cause)? {
            self.writer.write(&rest).map_err(cause)?;
        }
        self.writer.into_inner().map_err(cause)
    }
}

fn cause(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(cause) => *cause,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }
}
