//! Random rulebooks as text, and random dossiers for them, each from one number.
//!
//! A rulebook is valid by construction: the generator tracks units, digits and ranges of every
//! expression as the checker does. Property tests and fuzzing use the same one.

mod book;
mod card;
mod condition;
mod dictionary;
mod dossier;
mod expression;
mod function;
mod kind;
mod rng;
mod table;
pub mod yaml;

pub use book::{Book, book, book_of, expressions};
pub use dictionary::{Fact, Table};
pub use dossier::{Taste, as_of, dossier};
pub use expression::{Gen, Text};
pub use kind::{Kind, Num, Unit};
pub use rng::Rng;
