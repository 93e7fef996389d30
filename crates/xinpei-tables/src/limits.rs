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
/// Most bytes that all parts of a spreadsheet may unpack to.
pub const SHEET_BYTES: u64 = 1 << 30;
/// Most bytes that the texts shared by the cells of a spreadsheet may unpack to.
pub const SHEET_SHARED_BYTES: u64 = 1 << 28;
/// Most bytes of text that are kept of a sheet.
pub const SHEET_TEXT_BYTES: usize = 1 << 29;
/// Most cells of a sheet, the empty ones between others included.
pub const SHEET_CELLS: usize = 1 << 26;
