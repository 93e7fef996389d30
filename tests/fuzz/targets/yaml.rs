//! Any bytes as one file of a rulebook: reading ends, and never in a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xinpei::Rulebook;
use xinpei::author::folder::RuleFiles;

const PLACES: [&str; 8] = [
    "rulebook.yaml",
    "facts/a.yaml",
    "sections/a.yaml",
    "grades.yaml",
    "outcomes/a.yaml",
    "cases/a.yaml",
    "products/a.yaml",
    "tiers.yaml",
];

fuzz_target!(|data: &[u8]| {
    let Some((place, text)) = data.split_first() else { return };
    let mut files = RuleFiles::from_texts(xinpei_fuzz::BASE);
    files.files.insert(PLACES[usize::from(*place) % PLACES.len()].to_owned(), text.to_vec());
    let (rulebook, diagnostics) = Rulebook::check(&files);
    // Nothing is refused without a word, nothing with an error is usable.
    assert_ne!(rulebook.is_some(), diagnostics.has_errors());
    for diagnostic in diagnostics.sorted() {
        let _ = diagnostics.files.line_column(diagnostic.span);
    }
    if let Some(rulebook) = rulebook {
        let _ = xinpei::cases::run(&rulebook);
    }
});
