//! What the tests share: an evaluator as plain as possible, and a generator of rulebooks and dossiers.

pub mod export;
pub mod generator;
pub mod oracle;
