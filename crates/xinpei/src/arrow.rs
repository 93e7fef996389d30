//! Columns as other programs know them: record batches of Arrow.

pub mod decisions;
pub mod intake;

pub use arrow_array::RecordBatch;
pub use arrow_schema::SchemaRef;
pub use decisions::{Columns, decisions, schema};
pub use intake::{Binding, ColumnReader, Intake, Texts, rounded};
