//! Every limit of this crate, in one place.

/// Largest mapping file, in bytes.
pub const MAPPING_BYTES: u64 = 4 * 1024 * 1024;
/// Bytes that are read and decoded at a time.
pub const CHUNK_BYTES: usize = 64 * 1024;
/// Most lines that one row of a CSV file may run over; more is a quote that was not closed.
pub const LINES_PER_ROW: u64 = 50;
/// Most rows of one register, one table or one input.
pub const ROWS: usize = 1 << 31;
/// Longest line of a JSON lines file and largest single dossier, in bytes.
pub const DOSSIER_BYTES: u64 = 64 * 1024 * 1024;
