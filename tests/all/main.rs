//! The tests of the whole: engine against oracle, properties, goldens, hostile input, layering.

mod again;
mod agreement;
mod columns;
mod files;
mod golden;
mod hand;
mod hostile;
mod layering;
mod nouns;
mod properties;
mod robust;
mod shipped;
mod third;
mod tiny;
mod traps;
mod written;
