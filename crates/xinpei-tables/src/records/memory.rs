//! Record batches that somebody else made, one after the other.

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::Schema;
use xinpei::Error;

/// Record batches of one schema, and the schema.
pub struct Batches {
    schema: Arc<Schema>,
    next: Box<dyn Iterator<Item = Result<RecordBatch, Error>> + Send>,
}

impl std::fmt::Debug for Batches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batches").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl Batches {
    /// The batches of an iterator, which all have the schema.
    pub fn new(
        schema: Arc<Schema>,
        batches: impl Iterator<Item = Result<RecordBatch, Error>> + Send + 'static,
    ) -> Self {
        Self { schema, next: Box::new(batches) }
    }
}

/// Batches from memory as a source of records.
#[derive(Debug)]
pub(super) struct Memory {
    name: String,
    batches: Batches,
}

impl Memory {
    pub(super) fn new(name: &str, batches: Batches) -> Self {
        Self { name: name.to_owned(), batches }
    }

    pub(super) fn schema(&self) -> Arc<Schema> {
        Arc::clone(&self.batches.schema)
    }

    /// The next record batch that has rows.
    pub(super) fn next(&mut self) -> Result<Option<RecordBatch>, Error> {
        for batch in self.batches.next.by_ref() {
            let batch = batch?;
            // A batch is read by the places of the schema; one with other columns would be misread.
            if batch.schema_ref().fields() != self.batches.schema.fields() {
                return Err(Error::input(format!(
                    "`{}`: a later part has other columns than the first; give all parts one schema",
                    self.name
                )));
            }
            if batch.num_rows() > 0 {
                return Ok(Some(batch));
            }
        }
        Ok(None)
    }
}
