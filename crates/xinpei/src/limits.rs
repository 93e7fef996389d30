//! Every limit of the engine, in one place.

/// Largest rule file, in bytes.
pub const RULE_FILE_BYTES: usize = 4 * 1024 * 1024;
/// Deepest nesting of lists and maps in a rule file.
pub const YAML_DEPTH: usize = 32;
/// Most values in one rule file, aliases expanded.
pub const YAML_NODES: usize = 400_000;
/// Most values that aliases may add to one rule file.
pub const ALIAS_NODES: usize = 10_000;
/// Most files in one rulebook.
pub const RULEBOOK_FILES: usize = 2_000;
/// Most diagnostics that one reading reports; the rest are counted.
pub const DIAGNOSTICS: usize = 1_000;

/// Longest expression, in bytes.
pub const EXPRESSION_BYTES: usize = 16 * 1024;
/// Deepest expression that the parser accepts.
pub const EXPRESSION_DEPTH: usize = 64;
/// Most nodes of all expressions of a rulebook together.
pub const EXPRESSION_NODES: usize = 2_000_000;
/// Deepest nesting of expressions, branches and calls while one rule is lowered.
pub const LOWERING_DEPTH: usize = 150;
/// Deepest chain of functions calling functions.
pub const CALL_DEPTH: usize = 32;
/// Most digits after the point of any number.
pub const DIGITS: u32 = 18;
/// Most digits after the point of points.
pub const POINT_DIGITS: u32 = 9;
/// Most points, up or down, that a rule may write.
pub const POINTS: i64 = 1_000_000_000;
/// Largest magnitude, in units of the last digit, that a number may reach.
pub const MAGNITUDE: i128 = 79_228_162_514_264_337_593_543_950_335;

/// Most events of one table for one enterprise.
pub const EVENTS_PER_ENTERPRISE: usize = 10_000;
/// Rows that are evaluated together, so that a pass stays in cache.
pub const CHUNK_ROWS: usize = 512;
/// Most losses that are ranked for whole batches; more are ranked row by row.
pub const RANKED: usize = 8;

/// Most numbers that a run records of a row for a later one, besides losses.
pub const RECORDED: usize = 60;

/// Operations that one call of an opaque function may take, closures included.
pub const SCRIPT_OPERATIONS: u64 = 50_000;
/// Nested calls inside an opaque function.
pub const SCRIPT_CALLS: usize = 24;
/// Longest text inside an opaque function, in bytes.
pub const SCRIPT_TEXT: usize = 64 * 1024;
/// Longest array inside an opaque function.
pub const SCRIPT_ARRAY: usize = 20_000;
/// Most entries of a map inside an opaque function.
pub const SCRIPT_MAP: usize = 1_000;
/// Most variables inside an opaque function.
pub const SCRIPT_VARIABLES: usize = 256;
/// Most lines of a script, and most bytes of a line.
pub const SCRIPT_LINES: usize = 60_000;
/// Most functions in the scripts of a rulebook.
pub const SCRIPT_FUNCTIONS: usize = 1_000;
