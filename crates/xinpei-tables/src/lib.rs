//! Dossiers from the files that departments deliver, and decisions to files that people open.
//!
//! ```text
//! mapping.yaml + its files       → Delivery ─┐
//! one Parquet, Arrow, CSV, …     → Portion  ─┴→ Batch → Rulebook::score → Decision → JSON lines, Table
//!                                                                └→ columns  → Parquet, Arrow, CSV, XLSX
//! ```
//! Whatever comes in, nothing is lost: rows in = decisions + rejects, and each [`Reject`] names file,
//! line and reason. A cell that cannot be read is a fault of its enterprise, never a silent score.
//!
//! ```no_run
//! # fn main() -> Result<(), xinpei::Error> {
//! use std::path::Path;
//! use xinpei::{Date, Versions};
//! use xinpei_tables::{Delivery, Mapping};
//!
//! let as_of = Date::parse("2026-06-30").unwrap();
//! let mapping = Mapping::read(Path::new("examples/yuanhe"))?;
//! let rulebook = Versions::open(&mapping.rules)?.in_force(as_of)?;
//! let delivery = Delivery::read(&mapping, &rulebook, as_of)?;
//! let outcome = rulebook.score(&delivery.batch, as_of);
//! for decision in outcome.decisions() {
//!     println!("{}", decision.to_json());
//! }
//! # Ok(()) }
//! ```

pub mod cells;
mod csv_in;
mod dated;
mod dossiers;
mod folder;
pub mod guard;
mod json_in;
pub mod limits;
pub mod mapping;
mod output;
mod packed;
mod portion;
mod records;
mod reject;
mod reject_csv;
mod rows;
mod save;
mod seen;
mod sheet;
mod table;
#[cfg(test)]
mod testing;
mod text;
mod texts;
pub mod write;

pub use csv_in::CsvDossiers;
pub use dated::Dated;
pub use dossiers::{Columnar, Dossiers, Lane};
pub use folder::{Delivery, FileCount, Notice, Source};
pub use json_in::JsonDossiers;
pub use mapping::Mapping;
pub use output::{Output, same};
pub use portion::{Portion, Taker};
pub use records::Batches;
pub use reject::Reject;
pub use reject_csv::RejectCsv;
pub use save::save_rules;
pub use table::{Column, Table};
pub use text::{ENCODINGS, Encoding};
pub use texts::Texts;
pub use write::{DecisionWriter, Format};
