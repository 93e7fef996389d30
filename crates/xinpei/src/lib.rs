//! Xinpei (信培): exact, explained credit scores for small and medium enterprises.
//!
//! A [`Rulebook`] is a folder of rules that people can read. It scores a [`Dossier`] or a whole
//! [`Batch`] of them on an as-of date, and each [`Decision`] says why, to the last digit.
//!
//! ```
//! use xinpei::{Date, Dossier, Rulebook};
//!
//! # fn main() -> Result<(), xinpei::Error> {
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/sme-size/2011.1");
//! let rulebook = Rulebook::load(folder)?;
//! let dossier = Dossier::from_json(r#"{"enterprise": "a", "facts": {}}"#)?;
//! let as_of = Date::parse("2026-06-30").unwrap();
//! let decision = rulebook.decide(&dossier, as_of);
//! println!("{}", decision.to_json());
//! # Ok(()) }
//! ```
//!
//! The way of the data, each arrow a folder of this crate:
//!
//! ```text
//! rule files → author → check → compile → evaluate → explain → decision
//! ```
//!
//! The engine has no clock, no network and no threads of its own, and no float stands between a
//! fact and a decision.

// The five stages, in the order of the data.
pub mod author;
pub mod check;
pub mod compile;
pub mod evaluate;
pub mod explain;

// Columns as other programs know them.
#[cfg(feature = "arrow")]
pub mod arrow;

// The vocabulary.
pub mod cases;
pub mod cells;
pub mod column;
pub mod date;
pub mod decimal;
pub mod diagnostic;
pub mod dossier;
pub mod error;
pub mod fault;
pub mod hash;
mod id;
mod label;
pub mod limits;
pub mod rulebook;
pub mod uscc;

pub use author::versions::Versions;
pub use column::{Batch, BatchBuilder, Cell, Dictionary};
pub use date::Date;
pub use dossier::{Dossier, Value};
pub use error::Error;
pub use evaluate::Scratch;
pub use evaluate::again::{Held, Rescored, Revision};
pub use evaluate::outcome::{Outcome, Summary};
pub use evaluate::placement::{Cultivation, Placement};
pub use evaluate::probe::Probe;
pub use explain::decision::{Decision, Status};
pub use fault::{Fault, FaultKind};
pub use id::Id;
pub use label::Label;
pub use rulebook::Rulebook;
