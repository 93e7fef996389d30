//! Engine and oracle on random rulebooks and random dossiers.

use xinpei::{Rulebook, Scratch};
use xinpei_tests::generator::{self, Book, Rng, Taste};
use xinpei_tests::oracle;

use crate::tiny::shown;

/// How many rulebooks to try; the environment can ask for more.
pub fn seeds() -> u64 {
    std::env::var("XINPEI_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(400)
}

/// The rulebook of a seed, which has no mistake.
pub fn load(seed: u64) -> (Book, Rulebook) {
    let book = generator::book(seed);
    let rulebook = Rulebook::from_files(&book.calm()).unwrap_or_else(|e| panic!("seed {seed} is refused: {}\n{}", shown(&e), book.shown()));
    (book, rulebook)
}

/// Half of the dossiers lack a third of their values, some lack none, some have mistakes.
pub fn taste(rng: &mut Rng) -> Taste {
    Taste { missing: *rng.pick(&[0, 5, 30, 60]), wrong: *rng.pick(&[0, 0, 0, 4]) }
}

#[test]
fn engine_and_oracle_agree_on_random_rulebooks() {
    let mut scratch = Scratch::default();
    for seed in 0..seeds() {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed ^ 0xd0551e5);
        for _ in 0..12 {
            let (taste, as_of) = (taste(&mut rng), generator::as_of(&mut rng));
            let dossier = generator::dossier(&book, &mut rng, taste);
            let decision = rulebook.decide_with(&dossier, as_of, &mut scratch);
            let differences = oracle::decide(rulebook.typed(), &dossier, as_of).differences(&decision);
            assert!(differences.is_empty(), "seed {seed}, as of {as_of}\n{}\n{dossier:?}\n{}", differences.join("\n"), book.shown());
        }
    }
}
