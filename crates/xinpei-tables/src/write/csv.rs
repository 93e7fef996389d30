//! Decisions as CSV.

use std::io::{self, Write};

use arrow_array::RecordBatch;
use arrow_schema::Schema;

use super::cells::{Cells, Sort, titles};
use super::csv_cause;

/// Decisions as CSV, one a row: UTF-8 without a mark, one line feed a row.
pub(super) struct Csv<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> Csv<W> {
    /// Starts with the header.
    pub(super) fn new(out: W, schema: &Schema) -> io::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(titles(schema)).map_err(csv_cause)?;
        Ok(Self { writer })
    }

    /// Writes the rows of a batch.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> io::Result<()> {
        let cells = Cells::new(batch)?;
        let mut text = String::new();
        for row in 0..batch.num_rows() {
            for column in 0..cells.len() {
                text.clear();
                if cells.write(column, row, &mut text) == Sort::Foreign && runs(&text) {
                    text.insert(0, '\'');
                }
                self.writer.write_field(&text).map_err(csv_cause)?;
            }
            self.writer.write_record(None::<&[u8]>).map_err(csv_cause)?;
        }
        Ok(())
    }

    /// Writes what is still held back and gives the writer back.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.writer.flush()?;
        self.writer.into_inner().map_err(|e| io::Error::new(e.error().kind(), e.error().to_string()))
    }
}

/// Whether a spreadsheet would take a text for a formula and run it.
fn runs(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}
