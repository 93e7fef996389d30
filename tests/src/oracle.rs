//! A second evaluator: row by row, over the checked rules, as plain as possible.
//!
//! It shares with the engine the checked tree and nothing else: its numbers are `Decimal`s, its
//! dates are the calendar's, its fractions are rounded by their floor.

mod aggregate;
mod calendar;
mod dossier;
mod node;
mod number;
mod opaque;
mod result;
mod score;
mod value;

pub use calendar::{add_months, civil, months_between};
pub use number::{Mode, quotient, units};
pub use result::{Expected, Follow, Reason};
pub use score::decide;
