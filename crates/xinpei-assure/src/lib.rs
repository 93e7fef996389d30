//! What changes between two rulebooks: [`diff`] says it in words, [`compare`] in the decisions of a
//! batch.
//!
//! Both are exact and deterministic: no float, no clock, no order of a hash map.
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/sme-size/2011.1");
//! use xinpei::author::edit::{Change, Tree};
//! use xinpei::{Dossier, Rulebook};
//! use xinpei_assure::{Comparison, Difference};
//!
//! let old = Rulebook::load(folder)?;
//! let new = old.with_changes(&[Change::set("rulebook", "title.en", Tree::text("Sizes"))])?;
//! println!("{}", Difference::between(&old, &new).text("en"));
//!
//! # let as_of = "2026-06-30".parse().map_err(|()| "a date")?;
//! let mut batch = xinpei::BatchBuilder::new(old.dictionary());
//! batch.dossier(&Dossier::from_json(r#"{"enterprise": "a", "facts": {}}"#)?);
//! let batch = batch.finish();
//! let mut comparison = Comparison::new(&old, &new);
//! comparison.add(&old.score(&batch, as_of), &new.score(&batch, as_of))?;
//! assert_eq!(comparison.finish().changed, 0);
//! # Ok(()) }
//! ```

pub mod compare;
pub mod diff;
pub mod words;

pub use compare::{Again, Census, Comparison, Moved, Report};
pub use diff::Difference;
