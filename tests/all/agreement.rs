//! Engine and oracle on random rulebooks and random dossiers.

use std::collections::BTreeSet;

use xinpei::check::typed::Op;
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
    let refused = |e| panic!("seed {seed} is refused: {}\n{}", shown(&e), book.shown());
    let rulebook = Rulebook::from_files(&book.calm()).unwrap_or_else(refused);
    (book, rulebook)
}

/// Half of the dossiers lack a third of their values, some lack none, some have mistakes.
pub fn taste(rng: &mut Rng) -> Taste {
    Taste { missing: *rng.pick(&[0, 5, 30, 60]), wrong: *rng.pick(&[0, 0, 0, 4]) }
}

#[test]
fn the_generator_reaches_every_operation() {
    let (mut ops, mut wide) = (BTreeSet::new(), 0_usize);
    let (mut known, mut lines, mut statuses) = (0_usize, 0_usize, BTreeSet::new());
    for seed in 0..150 {
        let (book, rulebook) = load(seed);
        let arena = &rulebook.program().arena;
        for id in 0..u32::try_from(arena.len()).expect("few nodes") {
            let op = &arena.node(id).op;
            let name = match op {
                Op::Aggregate { kind, .. } => format!("{kind:?}"),
                Op::Compare(comparison, ..) => format!("{comparison:?}"),
                other => format!("{other:?}").split(['(', ' ']).next().unwrap_or_default().to_owned(),
            };
            ops.insert(name);
            wide += usize::from(arena.node(id).ty.number().is_some_and(|n| !n.fits_i64()));
        }
        for line in &rulebook.typed().characteristics {
            ops.insert(format!("{:?}", line.scoring).split('(').next().unwrap_or_default().to_owned() + " line");
        }
        let mut rng = Rng::new(seed ^ 0xd0551e5);
        let (taste, as_of) = (taste(&mut rng), generator::as_of(&mut rng));
        let decision = rulebook.decide(&generator::dossier(&book, &mut rng, taste), as_of);
        known += decision.characteristics.iter().filter(|c| !c.missing).count();
        lines += decision.characteristics.len();
        statuses.insert(decision.status.word());
    }
    let wanted = "Missing Const Fact Field AsOf Spread Result Add Sub Mul Neg Abs Min Max Rescale Round Divide Eq Ne Lt Le Gt Ge In And Or Not \
                  Present Otherwise Choose DaysBetween MonthsBetween YearsBetween AddDays AddMonths Year Month Count Sum Any All Run MonthlyMax \
                  Opaque Bands Members";
    let absent: Vec<&str> = wanted.split_whitespace().filter(|name| !ops.contains(*name)).collect();
    assert!(absent.is_empty(), "never generated: {absent:?}");
    assert!(wide > 100, "only {wide} values of 128 bits");
    for way in ["Bands", "Members", "Grid", "First", "Each", "Formula"] {
        assert!(ops.contains(&format!("{way} line")), "never scored by {way}");
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), ["rated", "refer", "unrated"]);
    assert!((40..=95).contains(&(known * 100 / lines)), "{known} of {lines} lines are known");
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
            assert!(
                differences.is_empty(),
                "seed {seed}, as of {as_of}\n{}\n{dossier:?}\n{}",
                differences.join("\n"),
                book.shown()
            );
        }
    }
}
