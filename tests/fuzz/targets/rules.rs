//! Any bytes as a rulebook by the generator of the property tests: it has no mistake, and engine and
//! oracle agree on its decisions.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xinpei::Rulebook;
use xinpei_tests::generator::{self, Rng, Taste};
use xinpei_tests::oracle;

fuzz_target!(|data: &[u8]| {
    let mut rng = Rng::of(data);
    let book = generator::book_of(&mut rng);
    let rulebook = Rulebook::from_files(&book.calm()).unwrap_or_else(|e| panic!("{e}\n{}", book.shown()));
    for missing in [0, 10, 50] {
        let as_of = generator::as_of(&mut rng);
        let dossier = generator::dossier(&book, &mut rng, Taste { missing, wrong: 1 });
        let decision = rulebook.decide(&dossier, as_of);
        let differences = oracle::decide(rulebook.typed(), &dossier, as_of).differences(&decision);
        assert!(differences.is_empty(), "{}\n{dossier:?} as of {as_of}\n{}", differences.join("\n"), book.shown());
    }
});
