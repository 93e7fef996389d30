//! Goldens: the same bytes in debug and release, on every machine. `UPDATE=1` rewrites them.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};
use xinpei::Scratch;
use xinpei_tests::generator::{self, Rng};

use crate::agreement::{load, taste};
use crate::tiny::{self, dossier, files, today, with};

/// Compares a text with a golden file, or writes it.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden").join(name);
    if std::env::var_os("UPDATE").is_some() {
        fs::create_dir_all(path.parent().expect("a folder")).expect("the folder can be made");
        fs::write(&path, text).expect("the golden can be written");
    }
    let known = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(known, text, "{name} differs; if it should, run with UPDATE=1 and read the difference");
    assert!(text.lines().count() <= 60, "{name} is longer than a screen");
}

#[test]
fn decisions_have_the_same_bytes_everywhere() {
    let mut lines = String::new();
    let mut scratch = Scratch::default();
    for block in 0..8 {
        let mut sha = Sha256::new();
        for seed in block * 25..block * 25 + 25 {
            let (book, rulebook) = load(seed);
            let mut rng = Rng::new(seed);
            for _ in 0..3 {
                let (taste, as_of) = (taste(&mut rng), generator::as_of(&mut rng));
                let dossier = generator::dossier(&book, &mut rng, taste);
                sha.update(rulebook.decide_with(&dossier, as_of, &mut scratch).to_json().as_bytes());
                sha.update(b"\n");
            }
        }
        let hex: String = sha.finalize().iter().map(|b| format!("{b:02x}")).collect();
        lines.push_str(&format!("seeds {}-{}: sha256:{hex}\n", block * 25, block * 25 + 24));
    }
    golden("decisions.sha256", &lines);
}

/// Rules with one of everything that is worth seeing in a listing.
fn small() -> xinpei::author::folder::RuleFiles {
    let table = "id: court.cases, type: events, order: filed, fields: [{id: filed, label: {en: f}, type: date}, {id: due, label: {en: d}, type: money, range: {from: 0, to: 1_000_000}}]";
    let rules = files(
        &[
            "id: tax.grade, type: category, members: [A, B, D]",
            "id: tax.arrears, type: money, range: {from: 0, to: 10_000_000}, missing: {means: 0}",
            table,
        ],
        &[
            "id: s.grade, of: tax.grade, points: {A: 60, B: 40, D: 0}, missing: 20",
            "id: s.arrears, of: tax.arrears, points: [{upto: 0, points: 30}, {below: 10_000, points: 12.5}, {points: 0}], missing: 0",
            "id: s.cases, each: court.cases, where: months_since(filed) <= 24, start: 10, deduct: {of: due, points: [{below: 10_000, points: 3}, {points: 8}]}, at_most: 10, missing: 5",
        ],
    );
    let grades = "\
grades:
  - {id: A, from: 60, label: {en: Good}}
  - {id: B, label: {en: Fair}}
overrides:
  - {id: tax.hopeless, label: {en: Tax grade D}, basis: pilot, when: 'tax.grade == \"D\" || court.cases.sum(|c| c.due) > 500_000', cap: B}
";
    let outcomes = "\
department: bank
label: {en: Bank}
outcomes:
  - {id: bank.line, kind: product, label: {en: Credit line}, basis: pilot, when: 'grade >= \"A\"', until: 'add_months(as_of, 12)', amount: 'round(score * 1.5, 0)'}
";
    with(with(rules, "grades.yaml", grades), "outcomes/o.yaml", outcomes)
}

#[test]
fn a_program_can_be_read() {
    golden("listing.txt", &tiny::load(&small()).program().listing());
}

#[test]
fn a_decision_can_be_read() {
    let facts = r#"{"tax.grade": "A", "tax.arrears": 12.50, "court.cases": [{"filed": "2025-01-31", "due": 900}, {"filed": "2020-01-01", "due": 5}]}"#;
    let decision = tiny::load(&small()).decide(&dossier(facts), today());
    // One value a line, in the order of the canonical form, short texts left beside their keys.
    let mut text = String::new();
    let mut depth = 0_usize;
    let mut inside = false;
    for c in decision.to_json().chars() {
        match c {
            '"' => inside = !inside,
            '[' | '{' if !inside => depth += 1,
            ']' | '}' if !inside => depth -= 1,
            _ => {}
        }
        text.push(c);
        if c == ',' && !inside && (depth <= 1 || (depth == 2 && text.ends_with("},"))) {
            text.push('\n');
        }
    }
    golden("decision.json", &format!("{text}\n"));
}
