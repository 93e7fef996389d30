//! Stage 5, explain: a row of [`crate::evaluate::outcome::Outcome`] → [`decision::Decision`].

mod build;
pub mod decision;
mod reasons;
mod receipt;
mod replay;
mod waterfall;

pub use reasons::{Loss, TopLosses, losses, top_losses};
pub use replay::difference;
pub use waterfall::{Step, StepKind, waterfall};
