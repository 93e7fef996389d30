//! The tests of the whole: engine against oracle, properties, goldens, hostile input, layering.

mod agreement;
mod hostile;
mod shipped;
mod third;
mod tiny;
mod traps;
