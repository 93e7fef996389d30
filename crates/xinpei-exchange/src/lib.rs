//! Scorecards of other programs as rule files, and rulebooks for other programs.
//!
//! ```text
//! PMML Scorecard ─┐                                  ┌─ PMML Scorecard
//! points table ───┼→ Card → rule files   rulebook → Card ─┴─ points table
//! optbinning, … ──┘                      rulebook ────────── SQL
//! ```
//! A [`Card`] is what the formats have in common: fields, lines of bands, members or conditions, grades.
//! What a format cannot carry exactly is refused with a list ([`Failure::Refused`]), each [`Item`] with its
//! place; what is carried but reads otherwise than before is told in notes.

mod card;
mod cells;
mod failure;
mod names;
mod numbers;
pub mod pmml;
mod read;
mod samples;
pub mod sql;
pub mod table;
mod write;

pub use card::{Baseline, Card, Case, Edge, Field, FieldKind, Grade, Line, Missing, Points, Scored};
pub use failure::{Failure, Imported, Item};
pub use write::Heading;
