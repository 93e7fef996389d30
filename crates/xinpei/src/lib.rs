//! Xinpei (信培): exact, explained credit scores for small and medium enterprises.
#![warn(missing_docs)]

pub mod author;
pub mod check;
pub mod date;
pub mod decimal;
pub mod diagnostic;
pub mod error;
pub mod column;
pub mod dossier;
pub mod fault;
pub mod compile;
pub mod evaluate;
pub mod cases;
pub mod explain;
mod label;
pub mod rulebook;
pub mod limits;
pub mod uscc;

pub use column::{Batch, BatchBuilder, Cell, Dictionary};
pub use author::versions::Versions;
pub use date::Date;
pub use evaluate::outcome::{Detail, Outcome};
pub use evaluate::Scratch;
pub use explain::decision::{Decision, Status};
pub use rulebook::Rulebook;
pub use dossier::{Dossier, Value};
pub use fault::{Fault, FaultKind};
pub use error::Error;
pub use label::Label;
