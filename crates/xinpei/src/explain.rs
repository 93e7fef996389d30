//! Stage 5, explain: a row of [`crate::evaluate::outcome::Outcome`] → [`decision::Decision`].

mod build;
pub mod decision;
mod reasons;
mod receipt;
mod replay;
mod waterfall;
pub mod words;

pub use reasons::{Loss, losses};
#[cfg(feature = "arrow")]
pub(crate) use receipt::{Sealed, facts as digest_of_facts};
pub use replay::{between, difference};
pub use waterfall::{Step, StepKind, waterfall};
