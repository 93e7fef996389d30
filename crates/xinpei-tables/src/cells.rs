//! How the text of a cell is read: the engine's own reader, the same for every format.

pub use xinpei::cells::{CellReader, Translated};

#[cfg(test)]
mod tests;
