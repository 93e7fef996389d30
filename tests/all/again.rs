//! Scoring again by changed rules comes to the same as scoring anew.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use xinpei::explain::Loss;
use xinpei::{Batch, BatchBuilder, Date, Rulebook, Scratch, Summary};
use xinpei_benches::workload::{self, Line};
use xinpei_tests::generator::yaml::Yaml;
use xinpei_tests::generator::{self, Book, Rng};

use crate::agreement::{load, taste};
use crate::tiny;

/// How many of a change's rows were scored again.
#[derive(Default)]
struct Tally {
    none: usize,
    some: usize,
    all: usize,
}

fn said(summary: &Summary<'_>, row: usize) -> (Option<i128>, Option<i128>, Vec<Loss>) {
    (summary.score(row), summary.rank(row), summary.losses(row).collect())
}

/// Panics unless every row comes to the same, whichever way it was scored.
fn agree(before: &Rulebook, after: &Rulebook, batch: &Batch, as_of: Date, tally: &mut Tally, what: &str) {
    let mut scratch = Scratch::default();
    let held = before.hold(batch, as_of, &mut scratch);
    let revision = after.revision_of(before);
    let rescored = revision.rescore(&held, &mut scratch);
    let (old, new) = (before.summarise(batch, as_of, &mut scratch), after.summarise(batch, as_of, &mut scratch));
    let moved: BTreeSet<usize> = rescored.moved().collect();
    assert_eq!((rescored.rows(), moved.len()), (batch.rows(), rescored.moved().len()), "{what}");
    for row in 0..batch.rows() {
        let (summary, at) = rescored.place(row);
        assert_eq!(said(summary, at), said(&new, row), "{what}: row {row}, moved: {}", moved.contains(&row));
        assert_eq!((rescored.score(row), rescored.rank(row)), (new.score(row), new.rank(row)), "{what}: row {row}");
        assert_eq!(said(held.summary(), row), said(&old, row), "{what}: held row {row}");
    }
    match moved.len() {
        0 => tally.none += 1,
        n if n == batch.rows() => tally.all += 1,
        _ => tally.some += 1,
    }
}

/// All numbers of a tree.
fn numbers<'y>(yaml: &'y mut Yaml, list: &mut Vec<&'y mut String>) {
    match yaml {
        Yaml::Plain(text) if Decimal::from_str_exact(text).is_ok() => list.push(text),
        Yaml::Plain(_) | Yaml::Text(_) => {}
        Yaml::List(values) => values.iter_mut().for_each(|value| numbers(value, list)),
        Yaml::Map(map) => map.iter_mut().for_each(|(_, value)| numbers(value, list)),
    }
}

/// Visits all lists of a tree.
fn lists(yaml: &mut Yaml, visit: &mut dyn FnMut(&mut Vec<Yaml>)) {
    match yaml {
        Yaml::List(values) => {
            visit(values);
            values.iter_mut().for_each(|value| lists(value, visit));
        }
        Yaml::Map(map) => map.iter_mut().for_each(|(_, value)| lists(value, visit)),
        Yaml::Plain(_) | Yaml::Text(_) => {}
    }
}

/// Changes something in one file: a number (an edge, points, a cap, a grade), or the entries of a
/// list (bands, lines, overrides).
fn change(book: &mut Book, rng: &mut Rng) -> Option<String> {
    let paths: Vec<String> =
        book.files.keys().filter(|p| !p.starts_with("facts/") || rng.percent(10)).cloned().collect();
    let path = rng.pick(&paths).clone();
    let file = book.files.get_mut(&path)?;
    if rng.percent(75) {
        let mut list = Vec::new();
        numbers(file, &mut list);
        if list.is_empty() {
            return None;
        }
        let at = rng.below(list.len());
        let number = Decimal::from_str_exact(list[at]).expect("a number");
        let step = *rng.pick(&[Decimal::ONE, Decimal::NEGATIVE_ONE, number, Decimal::from(7)]);
        let said = format!("{path}: {number} + {step}");
        *list[at] = (number + step).to_string();
        return Some(said);
    }
    let mut count = 0;
    lists(file, &mut |_| count += 1);
    if count == 0 {
        return None;
    }
    let (mut at, swap) = (rng.below(count), rng.percent(50));
    lists(file, &mut |list| {
        match at {
            0 if list.len() > 1 && swap => list.swap(0, 1),
            0 => drop(list.pop()),
            _ => {}
        }
        at = at.wrapping_sub(1);
    });
    Some(format!("{path}: a list, swapped: {swap}"))
}

#[test]
fn random_changes_of_random_rules_come_to_the_same() {
    let (mut tally, mut refused) = (Tally::default(), 0);
    for seed in 0..60 {
        let (book, before) = load(seed);
        let mut rng = Rng::new(seed ^ 0xa6a1);
        let as_of = generator::as_of(&mut rng);
        let mut builder = BatchBuilder::new(before.dictionary());
        for _ in 0..40 {
            let taste = taste(&mut rng);
            builder.dossier(&generator::dossier(&book, &mut rng, taste));
        }
        // Chunks end inside the batch, and its last one is not full.
        let rows: Vec<usize> = (0..700).map(|_| rng.below(40)).collect();
        let batch = builder.finish().take(&rows);
        for _ in 0..8 {
            let mut other = book.clone();
            let mut said = Vec::new();
            for _ in 0..1 + rng.below(2) {
                said.extend(change(&mut other, &mut rng));
            }
            let Ok(after) = Rulebook::from_files(&other.calm()) else {
                refused += 1;
                continue;
            };
            agree(&before, &after, &batch, as_of, &mut tally, &format!("seed {seed}, {}", said.join(", ")));
        }
    }
    let Tally { none, some, all } = tally;
    println!("none: {none}, some: {some}, all: {all}, refused: {refused}");
    assert!(none > 20 && some > 12 && all > 40, "none: {none}, some: {some}, all: {all}, refused: {refused}");
}

/// The card of the benches, some of whose lines are changed in every way that keeps it a card.
#[test]
fn changed_lines_of_a_card_come_to_the_same() {
    let lines = workload::card(25);
    let before = workload::rulebook(&lines).expect("a card");
    let rows = workload::rows(&lines, 3_000);
    let batch = workload::batch(&before, &lines, &rows);
    let mut rng = Rng::new(7);
    let mut tally = Tally::default();
    for round in 0..120 {
        let mut other = lines.clone();
        let mut said = String::new();
        for _ in 0..1 + usize::from(round % 3 == 0) {
            let at = rng.below(other.len());
            said.push_str(&format!("line {at}: {:?} -> ", other[at]));
            alter(&mut other[at], &mut rng);
            said.push_str(&format!("{:?}; ", other[at]));
        }
        // Edges must rise.
        let Ok(after) = workload::rulebook(&other) else { continue };
        agree(&before, &after, &batch, workload::as_of(), &mut tally, &said);
    }
    let Tally { none, some, all } = tally;
    println!("none: {none}, some: {some}, all: {all}");
    assert!(some > 60, "none: {none}, some: {some}, all: {all}");
}

fn alter(line: &mut Line, rng: &mut Rng) {
    let by = i64::try_from(rng.below(60)).expect("small") - 30;
    match rng.below(4) {
        // The best points may change too: then every loss of the line does.
        0 => line.missing += by,
        1 if !line.edges.is_empty() => {
            let at = rng.below(line.edges.len());
            line.edges[at] += by;
        }
        _ => {
            let at = rng.below(line.points.len());
            line.points[at] += by;
        }
    }
}

/// Conditions that read what the lines produce: the points of a line, a section, the coverage.
#[test]
fn what_reads_points_is_found() {
    let facts = ["id: f.a, type: count, range: {from: 0, to: 100}", "id: f.b, type: count, range: {from: 0, to: 100}"];
    let rules = |a: &str, b: &str, when: &str| {
        let lines = [
            format!(
                "id: s.a, of: f.a, points: [{{upto: 9, points: {a}}}, {{upto: 50, points: 20}}, {{points: 30}}], missing: 0"
            ),
            format!("id: s.b, of: f.b, points: [{{upto: 49, points: {b}}}, {{points: 40}}], missing: 5"),
        ];
        let files = tiny::files(&facts, &lines.iter().map(String::as_str).collect::<Vec<_>>());
        let grades = format!(
            "grades:\n  - {{id: A, from: 60, label: {{en: A}}}}\n  - {{id: B, from: 30, label: {{en: B}}}}\n  - {{id: C, label: {{en: C}}}}\noverrides:\n  - {{id: o.r, label: {{en: x}}, basis: pilot, when: '{when}', cap: C}}\n"
        );
        tiny::load(&tiny::with(files, "grades.yaml", &grades))
    };
    let mut tally = Tally::default();
    for when in
        ["points(\"s.a\") < 8", "points(\"s.b\") < 8", "section(\"s\") < 40", "score < 45", "f.a == 7", "!present(f.b)"]
    {
        let before = rules("10", "10", when);
        let mut builder = BatchBuilder::new(before.dictionary());
        for row in 0..1_200_u32 {
            builder.row("e");
            for (fact, value) in [row % 101, row * 7 % 103].into_iter().enumerate() {
                if value <= 100 {
                    builder.set(fact, xinpei::Cell::Number(value.into()));
                }
            }
        }
        let batch = builder.finish();
        for (a, b) in [("6", "10"), ("10", "7"), ("12", "3"), ("31", "10")] {
            let what = format!("{when}, {a}, {b}");
            agree(&before, &rules(a, b, when), &batch, tiny::today(), &mut tally, &what);
        }
    }
    // Half of the rows lie in the changed band of `s.b`, which is more than is scored again by parts.
    assert!(tally.some > 10, "only {} changes moved some rows", tally.some);
}
