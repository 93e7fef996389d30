//! Cuts batches anew, so that what is written does not depend on how rows were batched.

use std::mem;

use arrow_array::RecordBatch;
use arrow_schema::{ArrowError, SchemaRef};
use arrow_select::concat::concat_batches;

/// Rows of a batch that is written; a multiple of 8, and a divisor of the rows of a row group.
pub(super) const ROWS: usize = 16_384;

/// Collects rows until there are [`ROWS`].
#[derive(Debug)]
pub(super) struct Recut {
    schema: SchemaRef,
    /// Whether every batch is a copy of its rows.
    copies: bool,
    held: Vec<RecordBatch>,
    rows: usize,
}

impl Recut {
    pub(super) fn new(schema: SchemaRef, copies: bool) -> Self {
        Self { schema, copies, held: Vec::new(), rows: 0 }
    }

    /// Adds rows, and hands on each batch that is full.
    pub(super) fn push<E: From<ArrowError>>(
        &mut self,
        batch: &RecordBatch,
        mut write: impl FnMut(&RecordBatch) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut start = 0;
        while start < batch.num_rows() {
            let length = (ROWS - self.rows).min(batch.num_rows() - start);
            self.held.push(batch.slice(start, length));
            self.rows += length;
            start += length;
            if self.rows == ROWS {
                write(&self.take()?)?;
            }
        }
        Ok(())
    }

    /// The rows that wait; none when there are none.
    pub(super) fn rest(&mut self) -> Result<Option<RecordBatch>, ArrowError> {
        if self.rows == 0 { Ok(None) } else { self.take().map(Some) }
    }

    fn take(&mut self) -> Result<RecordBatch, ArrowError> {
        self.rows = 0;
        let mut held = mem::take(&mut self.held);
        if let [only] = held.as_slice() {
            if !self.copies {
                return Ok(only.clone());
            }
            // Two parts are copied, one would be handed through: it may be a slice, and share the
            // bits around it.
            held.push(only.slice(0, 0));
        }
        concat_batches(&self.schema, &held)
    }
}
