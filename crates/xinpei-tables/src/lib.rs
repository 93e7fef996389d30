//! Dossiers from the files that departments deliver, and decisions to files that people open.
//!
//! ```text
//! mapping.yaml + CSV files → Delivery ─┐
//! one CSV, JSON lines      → Portion  ─┴→ Batch → Rulebook::score → Decision → JSON lines, CSV, Table
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
mod folder;
mod json_in;
pub mod limits;
pub mod mapping;
mod output;
mod packed;
mod portion;
mod reject;
mod rows;
mod table;
#[cfg(test)]
mod testing;
mod text;
pub mod write;

pub use csv_in::CsvDossiers;
pub use folder::{Delivery, FileCount, Notice, Source};
pub use json_in::JsonDossiers;
pub use mapping::Mapping;
pub use output::Output;
pub use portion::{Dossiers, Portion};
pub use reject::Reject;
pub use table::{Column, Table};
pub use text::{ENCODINGS, Encoding};
