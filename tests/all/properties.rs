//! What changes nothing, changes nothing: not a byte of a decision.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::diagnostic::Diagnostics;
use xinpei::explain::{Loss, losses, waterfall};
use xinpei::{Batch, BatchBuilder, Cell, Date, Decision, Dossier, Rulebook, Scratch, Status, Value};
use xinpei_tests::generator::yaml::Yaml;
use xinpei_tests::generator::{self, Book, Rng, Taste};

use crate::agreement::{load, taste};
use crate::{shipped, tiny};

/// Rulebooks whose properties are tried.
const BOOKS: u64 = 25;

fn dossiers(book: &Book, rng: &mut Rng, count: usize) -> Vec<Dossier> {
    let one = |_| {
        let taste = taste(rng);
        generator::dossier(book, rng, taste)
    };
    (0..count).map(one).collect()
}

fn batch<'a>(rulebook: &Rulebook, dossiers: impl IntoIterator<Item = &'a Dossier>) -> Batch {
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    dossiers.into_iter().for_each(|d| builder.dossier(d));
    builder.finish()
}

fn score<'a>(rulebook: &Rulebook, dossiers: impl IntoIterator<Item = &'a Dossier>, as_of: Date) -> Vec<String> {
    let batch = batch(rulebook, dossiers);
    rulebook.score(&batch, as_of).decisions().map(|d| d.to_json()).collect()
}

fn each_book(mut check: impl FnMut(u64, &Book, &Rulebook, &mut Rng, Date)) {
    for seed in 0..BOOKS {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed ^ 0x9e0e);
        let as_of = generator::as_of(&mut rng);
        check(seed, &book, &rulebook, &mut rng, as_of);
    }
}

#[test]
fn one_enterprise_is_a_batch_of_one() {
    each_book(|seed, book, rulebook, rng, as_of| {
        let dossiers = dossiers(book, rng, 20);
        let alone: Vec<String> = dossiers.iter().map(|d| rulebook.decide(d, as_of).to_json()).collect();
        assert_eq!(score(rulebook, &dossiers, as_of), alone, "seed {seed}");
    });
}

#[test]
fn the_size_of_a_batch_changes_nothing() {
    for seed in 0..2 {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed);
        let few = dossiers(&book, &mut rng, 40);
        // The chunks of the engine end inside, at and after the ends of these batches.
        let many: Vec<&Dossier> = few.iter().cycle().take(1025).collect();
        let as_of = generator::as_of(&mut rng);
        let alone: Vec<String> = few.iter().map(|d| rulebook.decide(d, as_of).to_json()).collect();
        let mut scratch = Scratch::default();
        for size in [7, 1023, 1024, 1025] {
            let mut row = 0;
            for part in many.chunks(size) {
                let batch = batch(&rulebook, part.iter().copied());
                let outcome = rulebook.score_with(&batch, as_of, &mut scratch);
                // Near the edges every row is compared, between them some are.
                for at in 0..part.len() {
                    if at < 3 || at + 3 > part.len() || (1021..1024).contains(&at) || (row + at).is_multiple_of(61) {
                        assert_eq!(
                            outcome.decision(at).to_json(),
                            alone[(row + at) % 40],
                            "seed {seed}, size {size}, row {}",
                            row + at
                        );
                    }
                }
                row += part.len();
            }
        }
    }
}

#[test]
fn tables_beyond_the_first_chunk_are_their_own() {
    let table = "id: a.t, type: events, order: d, every: month, fields: [{id: d, label: {en: d}, type: date}, {id: n, label: {en: n}, type: count}]";
    let formulas = [
        "a.t.sum(|c| c.n)",
        "a.t.filter(|c| c.n > 3).count()",
        "a.t.run(|c| c.n > 2)",
        "many(a.t.filter(|c| c.n > 3))",
        "many(a.t)",
    ];
    let mut lines: Vec<String> = formulas
        .iter()
        .enumerate()
        .map(|(at, formula)| format!("id: s.c{at}, formula: '{formula}', at_least: 0, at_most: 100, missing: 50"))
        .collect();
    lines.push("id: s.each, each: a.t, where: n < 8, start: 60, deduct: n, per: month, at_most: 60, missing: 9".into());
    lines.push("id: s.any, of: 'a.t.any(|c| c.n == 7)', points: {true: 3, false: 4}, missing: 5".into());
    let rules = tiny::files(&[table], &lines.iter().map(String::as_str).collect::<Vec<_>>());
    let rules = tiny::with(
        rules,
        "scripts/s.rhai",
        "fn many(t) { if t == () { return (); } let n = 0; while n < t.len() { n += 1; } n }",
    );
    let declared = "functions:\n  - {id: many, label: {en: x}, basis: pilot, opaque: true, returns: {type: count, range: {from: 0, to: 100}}}\n";
    let rulebook = tiny::load(&tiny::with(rules, "scripts/functions.yaml", declared));
    let mut rng = Rng::new(1);
    let dossiers: Vec<Dossier> = (0..2060)
        .map(|_| {
            let events = (0..rng.below(5)).map(|_| {
                let n = if rng.percent(5) { Value::Missing } else { Value::Number(Decimal::from(rng.below(10))) };
                let day = Date::from_days(20_000 + i32::try_from(rng.below(200)).expect("days"));
                BTreeMap::from([("d".to_owned(), Value::Date(day)), ("n".to_owned(), n)])
            });
            Dossier {
                enterprise: "e".into(),
                facts: BTreeMap::from([("a.t".to_owned(), Value::Events(events.collect()))]),
            }
        })
        .collect();
    let batch = batch(&rulebook, &dossiers);
    let outcome = rulebook.score(&batch, tiny::today());
    for row in (1000..1100).chain(2030..2060) {
        let alone = rulebook.decide(&dossiers[row], tiny::today()).to_json();
        assert_eq!(outcome.decision(row).to_json(), alone, "row {row}");
    }
}

#[test]
fn the_order_of_rows_changes_nothing() {
    each_book(|seed, book, rulebook, rng, as_of| {
        let mut dossiers = dossiers(book, rng, 20);
        let mut before = score(rulebook, &dossiers, as_of);
        rng.shuffle(&mut dossiers);
        let mut after = score(rulebook, &dossiers, as_of);
        before.sort();
        after.sort();
        assert_eq!(before, after, "seed {seed}");
    });
}

/// A dossier as JSON, its keys in random order, its numbers with or without quotes.
pub fn json(dossier: &Dossier, rng: &mut Rng) -> String {
    fn value(value: &Value, rng: &mut Rng) -> String {
        match value {
            Value::Missing => "null".into(),
            Value::Number(n) if rng.percent(50) => n.to_string(),
            Value::Number(n) => format!("\"{n}\""),
            Value::Flag(f) => f.to_string(),
            Value::Date(d) => format!("\"{d}\""),
            Value::Text(text) => serde_json::to_string(text).expect("a text"),
            Value::Events(rows) => {
                let rows: Vec<String> = rows.iter().map(|row| object(row, rng)).collect();
                format!("[{}]", rows.join(", "))
            }
        }
    }
    fn object(map: &BTreeMap<String, Value>, rng: &mut Rng) -> String {
        let mut entries: Vec<_> = map.iter().collect();
        rng.shuffle(&mut entries);
        let entries: Vec<String> = entries.into_iter().map(|(id, v)| format!("\"{id}\": {}", value(v, rng))).collect();
        format!("{{{}}}", entries.join(", "))
    }
    format!("{{\"facts\": {}, \"enterprise\": \"{}\"}}", object(&dossier.facts, rng), dossier.enterprise)
}

#[test]
fn a_dossier_as_json_in_any_order_decides_the_same() {
    each_book(|seed, book, rulebook, rng, as_of| {
        // A number of the wrong type is another mistake in quotes than without.
        let right: Vec<Dossier> =
            (0..10).map(|_| generator::dossier(book, rng, Taste { missing: 30, wrong: 0 })).collect();
        for dossier in right {
            let read = Dossier::from_json(&json(&dossier, rng)).expect("a dossier");
            assert_eq!(
                rulebook.decide(&read, as_of).to_json(),
                rulebook.decide(&dossier, as_of).to_json(),
                "seed {seed}"
            );
        }
    });
}

#[test]
fn the_order_in_which_facts_are_set_changes_nothing() {
    each_book(|seed, book, rulebook, rng, as_of| {
        for dossier in dossiers(book, rng, 5) {
            let mut entries: Vec<_> =
                dossier.facts.iter().filter(|(_, v)| !matches!(v, Value::Events(_) | Value::Missing)).collect();
            rng.shuffle(&mut entries);
            let mut builder = BatchBuilder::new(rulebook.dictionary());
            builder.row(&dossier.enterprise);
            for (id, value) in entries {
                let Some(fact) = rulebook.dictionary().fact(id) else { continue };
                builder.set(
                    fact,
                    match value {
                        Value::Number(n) => Cell::Number(*n),
                        Value::Flag(f) => Cell::Flag(*f),
                        Value::Date(d) => Cell::Date(*d),
                        Value::Text(text) => Cell::Text(text),
                        Value::Missing | Value::Events(_) => Cell::Missing,
                    },
                );
            }
            let batch = builder.finish();
            let mut plain = dossier.clone();
            plain.facts.retain(|id, v| !matches!(v, Value::Events(_)) && rulebook.dictionary().fact(id).is_some());
            assert_eq!(
                rulebook.score(&batch, as_of).decision(0).to_json(),
                rulebook.decide(&plain, as_of).to_json(),
                "seed {seed}"
            );
        }
    });
}

#[test]
fn the_order_of_events_changes_nothing() {
    each_book(|seed, book, rulebook, rng, as_of| {
        for dossier in dossiers(book, rng, 10) {
            let mut other = dossier.clone();
            for value in other.facts.values_mut() {
                if let Value::Events(rows) = value {
                    rng.shuffle(rows);
                }
            }
            assert_eq!(
                rulebook.decide(&other, as_of).to_json(),
                rulebook.decide(&dossier, as_of).to_json(),
                "seed {seed}"
            );
        }
    });
}

#[test]
fn the_layout_of_random_rules_changes_nothing() {
    each_book(|seed, book, rulebook, rng, as_of| {
        let files = book.wild(rng);
        let wild = Rulebook::from_files(&files)
            .unwrap_or_else(|e| panic!("seed {seed}: {}\n{:?}", tiny::shown(&e), texts(&files)));
        assert_eq!(wild.digest(), rulebook.digest(), "seed {seed}\n{}", texts(&files));
        for dossier in dossiers(book, rng, 5) {
            assert_eq!(
                wild.decide(&dossier, as_of).to_json(),
                rulebook.decide(&dossier, as_of).to_json(),
                "seed {seed}"
            );
        }
    });
}

fn texts(files: &xinpei::author::folder::RuleFiles) -> String {
    files.files.iter().map(|(path, text)| format!("--- {path}\n{}", String::from_utf8_lossy(text))).collect()
}

/// The tree of a rule file.
fn tree(text: &[u8]) -> Yaml {
    let text = std::str::from_utf8(text).expect("text");
    Yaml::of(&xinpei::author::yaml::parse(0, text, &mut Diagnostics::default()).expect("YAML"))
}

fn digest(files: &xinpei::author::folder::RuleFiles) -> String {
    xinpei::author::read::read(files, &mut Diagnostics::default()).expect("rules").digest
}

#[test]
fn the_layout_of_shipped_rules_changes_nothing() {
    let mut rng = Rng::new(7);
    for folder in shipped::folders() {
        let files = xinpei::author::folder::RuleFiles::read(&folder).expect("rules");
        let rulebook = Rulebook::from_files(&files).expect("rules");
        let mut wild = files.clone();
        for (path, text) in &mut wild.files {
            if path.ends_with(".yaml") && !path.starts_with("cases/") {
                *text = tree(text).wild(&mut rng).into_bytes();
            }
        }
        let other = Rulebook::from_files(&wild).unwrap_or_else(|e| panic!("{}: {}", folder.display(), tiny::shown(&e)));
        assert_eq!(other.digest(), rulebook.digest(), "{}", folder.display());
        for (id, as_of, dossier) in shipped::cases(&rulebook).into_iter().take(10) {
            assert_eq!(other.decide(&dossier, as_of).to_json(), rulebook.decide(&dossier, as_of).to_json(), "{id}");
        }
    }
}

/// Changes one scalar of a tree; how many scalars there are before it is the number to count down.
fn change(yaml: &mut Yaml, at: &mut usize) -> bool {
    let mut here = |text: &mut String, other: &str| {
        if *at == 0 {
            text.push_str(other);
            return true;
        }
        *at -= 1;
        false
    };
    match yaml {
        Yaml::Plain(text) => here(text, "1"),
        Yaml::Text(text) => here(text, "x"),
        Yaml::List(list) => list.iter_mut().any(|value| change(value, at)),
        Yaml::Map(map) => map.iter_mut().any(|(_, value)| change(value, at)),
    }
}

#[test]
fn another_value_has_another_digest() {
    each_book(|seed, book, rulebook, rng, _| {
        for _ in 0..20 {
            let paths: Vec<&String> = book.files.keys().collect();
            let path = (*rng.pick(&paths)).clone();
            let mut other = book.clone();
            let yaml = other.files.get_mut(&path).expect("a file");
            if !change(yaml, &mut rng.below(40)) {
                continue;
            }
            let shown = yaml.calm();
            assert_ne!(format!("sha256:{}", digest(&other.calm())), rulebook.digest(), "seed {seed}: {path}\n{shown}");
        }
    });
}

#[test]
fn threads_change_nothing() {
    for seed in 0..6 {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed);
        let dossiers = dossiers(&book, &mut rng, 60);
        let as_of = generator::as_of(&mut rng);
        let alone = score(&rulebook, &dossiers, as_of);
        let (first, second) = dossiers.split_at(31);
        let halves: Vec<String> = std::thread::scope(|scope| {
            let work = [first, second].map(|half| {
                let rulebook = &rulebook;
                scope.spawn(move || score(rulebook, half, as_of))
            });
            work.into_iter().flat_map(|w| w.join().expect("a thread ends")).collect()
        });
        assert_eq!(halves, alone, "seed {seed}");
    }
}

#[test]
fn the_waterfall_adds_up_to_the_score() {
    each_book(|seed, book, rulebook, rng, as_of| {
        for dossier in dossiers(book, rng, 20) {
            let decision = rulebook.decide(&dossier, as_of);
            let steps = waterfall(rulebook.typed(), &decision);
            let sections: Decimal = decision.sections.iter().map(|s| s.points).sum();
            let mut total = Decimal::ZERO;
            for step in &steps {
                total += step.amount;
                assert_eq!(step.total, total, "seed {seed}");
            }
            assert_eq!(total, decision.score.unwrap_or(sections), "seed {seed}");
        }
    });
}

/// What may not depend on the order of overrides.
fn core(decision: &Decision) -> (Status, Option<Decimal>, Option<String>, Vec<String>) {
    let mut fired: Vec<String> = decision.overrides.iter().map(|o| o.id.clone()).collect();
    fired.sort();
    (decision.status, decision.score, decision.grade.clone(), fired)
}

#[test]
fn the_order_of_overrides_changes_no_grade() {
    let mut moved = 0;
    for seed in 0..BOOKS * 3 {
        let (book, rulebook) = load(seed);
        let mut rng = Rng::new(seed);
        let mut other = book.clone();
        let Some(Yaml::Map(keys)) = other.files.get_mut("grades.yaml") else { panic!("grades") };
        let Some((_, Yaml::List(overrides))) = keys.iter_mut().find(|(key, _)| key == "overrides") else { continue };
        if overrides.len() < 2 {
            continue;
        }
        overrides.reverse();
        let other = Rulebook::from_files(&other.calm()).expect("the same rules in another order");
        let as_of = generator::as_of(&mut rng);
        for dossier in dossiers(&book, &mut rng, 20) {
            let decision = rulebook.decide(&dossier, as_of);
            moved += usize::from(decision.overrides.len() > 1);
            assert_eq!(core(&decision), core(&other.decide(&dossier, as_of)), "seed {seed}");
        }
    }
    assert!(moved > 50, "only {moved} decisions had two overrides");
}

#[test]
fn reasons_are_positive_sorted_and_never_padded() {
    each_book(|seed, book, rulebook, rng, as_of| {
        for dossier in dossiers(book, rng, 20) {
            let decision = rulebook.decide(&dossier, as_of);
            // A notch upwards is no reason.
            let against: Vec<_> = decision.overrides.iter().filter(|o| o.notch.is_none_or(|n| n < 0)).collect();
            let (overrides, losses) = decision.reasons.split_at(against.len());
            assert!(overrides.iter().zip(&against).all(|(r, o)| r.code == o.id && r.lost.is_none()), "seed {seed}");
            let lost: Vec<Decimal> = losses.iter().map(|r| r.lost.expect("points were lost")).collect();
            assert!(
                lost.iter().all(|l| *l > Decimal::ZERO) && lost.is_sorted_by(|a, b| a >= b),
                "seed {seed}: {lost:?}"
            );
            assert!(losses.len() <= rulebook.typed().manifest.reasons, "seed {seed}");
            let mut codes: Vec<&str> = losses.iter().map(|r| r.code.as_str()).collect();
            codes.sort_unstable();
            codes.dedup();
            assert_eq!(codes.len(), losses.len(), "seed {seed}: a code stands twice");
        }
    });
}

#[test]
fn the_fast_ranking_of_losses_is_the_slow_one() {
    each_book(|seed, book, rulebook, rng, as_of| {
        let batch = batch(rulebook, &dossiers(book, rng, 300));
        let outcome = rulebook.score(&batch, as_of);
        let summary = rulebook.summarise(&batch, as_of, &mut Scratch::default());
        let count = rulebook.typed().manifest.reasons;
        for row in 0..300 {
            let fast: Vec<Loss> = summary.losses(row).collect();
            assert_eq!(fast, losses(&outcome, row, count), "seed {seed}, row {row}");
            assert_eq!(summary.score(row), outcome.score(row), "seed {seed}, row {row}");
        }
    });
}
