//! Stage 1, author: rule files → [`source::Source`], with every mistake of spelling.

pub mod digest;
pub mod edit;
pub mod folder;
mod format;
pub mod read;
pub mod schema;
pub mod shape;
pub mod source;
pub mod versions;
pub mod yaml;
