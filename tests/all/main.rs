//! The tests of the whole: engine against oracle, properties, goldens, hostile input, layering.

mod agreement;
mod shipped;
mod tiny;
mod traps;
