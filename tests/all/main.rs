//! The tests of the whole: engine against oracle, properties, goldens, hostile input, layering.

mod shipped;
mod tiny;
mod traps;
