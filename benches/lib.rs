//! The workload of the benches: a scorecard of any size, its enterprises, and the same card written
//! by hand over columns.

pub mod hand;
pub mod plain;
pub mod workload;
