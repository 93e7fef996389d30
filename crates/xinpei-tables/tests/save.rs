//! Changes of every characteristic of yuanhe, saved: which lines change, and what the rules say then.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails where it must")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use rust_decimal::Decimal;
use xinpei::Rulebook;
use xinpei::author::edit::{Change, Tree};
use xinpei::author::folder::RuleFiles;
use xinpei::author::read;
use xinpei::author::source::{Points, Scoring};
use xinpei::diagnostic::{Code, Diagnostics, Severity};
use xinpei_tables::save_rules;

fn shipped() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules/yuanhe/2026.1")
}

/// One number of the points of each characteristic: its id, the change that makes it one more, and the
/// words before that number in the file. One less where the points are promised to rise with a fact.
fn plan(rulebook: &Rulebook) -> Vec<(String, Change, &'static str)> {
    let all = rulebook.source().sections.iter().flat_map(|s| &s.characteristics);
    all.map(|c| {
        let (field, mark, old) = match &c.scoring {
            Scoring::Points { points: Points::Bands(bands, _), .. } => {
                let (field, band) = match bands[0].by.first() {
                    Some(inner) => ("points[0].by[0].points", inner),
                    None => ("points[0].points", &bands[0]),
                };
                (field.to_owned(), "points: ", band.points.unwrap().value)
            }
            Scoring::Points { points: Points::Members(members, _), .. } => {
                (format!("points[\"{}\"]", members[0].0.text), "points: {", members[0].1.value)
            }
            Scoring::First(rows) => {
                ("first[0].points".to_owned(), "points: ", rows[0].points.text().unwrap().parse().unwrap())
            }
            Scoring::Each { start, .. } => ("start".to_owned(), "start: ", start.value),
            Scoring::Formula { at_most, .. } => ("at_most".to_owned(), "at_most: ", at_most.value),
        };
        let step = if matches!(c.promise, Some((_, true))) { -Decimal::ONE } else { Decimal::ONE };
        let change = Change::set(&c.id.text, field, Tree::number((old + step).to_string()));
        (c.id.text.clone(), change, mark)
    })
    .collect()
}

/// The same change by hand: the first number behind the first of these words below the line of the id.
/// Knows nothing of YAML: lines and characters only. Returns the number of the line, from 0, too.
fn by_hand(text: &str, id: &str, mark: &str) -> (String, usize) {
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    let head = lines.iter().position(|line| line.trim_end() == format!("  - id: {id}")).unwrap();
    let tail = (head + 1..lines.len()).find(|at| lines[*at].starts_with("  - id: ")).unwrap_or(lines.len());
    let step = if lines[head..tail].iter().any(|line| line.contains("rises_with: ")) { -1 } else { 1 };
    // A key alone on its line has no space behind the colon.
    let at = (head..tail).find(|at| lines[*at].contains(mark)).unwrap();
    let line = lines[at].clone();
    let from = line.find(mark).unwrap() + mark.len();
    let from = from + line[from..].find(|c: char| c.is_ascii_digit() || c == '-').unwrap();
    let to = line[from..].find(|c: char| !c.is_ascii_digit() && c != '-').map_or(line.len(), |n| from + n);
    let number: i64 = line[from..to].parse().unwrap();
    lines[at] = format!("{}{}{}", &line[..from], number + step, &line[to..]);
    (lines.join("\n"), at)
}

fn texts(folder: &Path) -> BTreeMap<String, String> {
    all_texts(&RuleFiles::read(folder).unwrap())
}

fn all_texts(files: &RuleFiles) -> BTreeMap<String, String> {
    files.files.iter().map(|(path, bytes)| (path.clone(), String::from_utf8(bytes.clone()).unwrap())).collect()
}

#[test]
fn every_characteristic_of_yuanhe_in_turn() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("yuanhe/2026.1");
    let mut original = RuleFiles::read(&shipped()).unwrap();
    // Checking the many cases takes most of the time, and they are no rules.
    original.files.retain(|path, _| !path.starts_with("cases/"));
    let before = all_texts(&original);
    let rulebook = Rulebook::from_files(&original).unwrap();
    assert_eq!(save_rules(&original, &folder).unwrap().len(), original.files.len());
    assert_eq!(texts(&folder), before);
    let plan = plan(&rulebook);
    let listed = before.iter().filter(|(path, _)| path.starts_with("sections/")).flat_map(|(_, text)| text.lines());
    assert_eq!(plan.len(), listed.filter(|line| line.starts_with("  - id: ")).count());
    for (id, change, mark) in plan {
        let section = before.iter().find(|(path, text)| {
            path.starts_with("sections/") && text.lines().any(|line| line.trim_end() == format!("  - id: {id}"))
        });
        let (path, text) = section.unwrap();
        let (hand, line) = by_hand(text, &id, mark);
        let trial = rulebook.with_changes(&[change]).unwrap_or_else(|e| panic!("{id}: {e}"));
        let written = save_rules(&trial.files(), &folder).unwrap();
        let after = texts(&folder);
        assert_eq!(written, std::slice::from_ref(path), "{id}");
        // Every other file is as it was, and of this one only the expected line changed.
        for (other, said) in &before {
            assert!(other == path || after[other] == *said, "{id}: {other}");
        }
        let (old, new): (Vec<&str>, Vec<&str>) = (text.lines().collect(), after[path].lines().collect());
        assert_eq!(old.len(), new.len(), "{id}");
        let differ: Vec<usize> = (0..old.len()).filter(|at| old[*at] != new[*at]).collect();
        assert_eq!(differ, [line], "{id}: {:?}", new[line]);
        // Read back it is clean, and the same rulebook as the one that was changed by hand.
        let (back, diagnostics) = Rulebook::check(&RuleFiles::read(&folder).unwrap());
        // The one note is about an opaque function, as before.
        let said: Vec<Code> = diagnostics.sorted().iter().map(|d| d.code).collect();
        assert_eq!(said, [Code::OpaqueFunction], "{id}");
        let mut files = original.clone();
        files.files.insert(path.clone(), hand.into_bytes());
        let source = read::read(&files, &mut Diagnostics::default()).unwrap();
        let digest = format!("sha256:{}", source.digest);
        assert_eq!(back.unwrap().digest(), digest, "{id}");
        assert_eq!(trial.digest(), digest, "{id}");
        assert_ne!(digest, rulebook.digest(), "{id}");
        fs::write(folder.join(path), text).unwrap();
    }
    assert_eq!(texts(&folder), before);
    assert_eq!(save_rules(&original, &folder).unwrap(), [] as [String; 0]);
}

#[test]
fn a_trial_of_a_new_version() {
    let place = tempfile::tempdir().unwrap();
    let rulebook = Rulebook::load(shipped()).unwrap();
    let trial = rulebook
        .with_changes(&[
            Change::set("rulebook", "version", Tree::text("2026.2")),
            Change::set("rulebook", "effective", Tree::map([("from", Tree::Date("2026-10-01".parse().unwrap()))])),
            Change::set("grades.AA", "from", Tree::number("870")),
            Change::set("court.dishonest", "cap", Tree::text("C")),
        ])
        .unwrap();
    let refused = save_rules(&trial.files(), place.path().join("yuanhe/2026.1")).unwrap_err();
    assert!(refused.is_input() && refused.to_string().contains("…/yuanhe/2026.2"), "{refused}");
    let folder = place.path().join("yuanhe/2026.2");
    save_rules(&trial.files(), &folder).unwrap();
    assert_eq!(Rulebook::load(&folder).unwrap().digest(), trial.digest());
    let (old, new) = (texts(&shipped()), texts(&folder));
    let differ = |path: &str| {
        let pairs = old[path].lines().zip(new[path].lines()).filter(|(a, b)| a != b);
        pairs.map(|(_, b)| b.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(differ("rulebook.yaml"), ["version: \"2026.2\"", "effective: {from: 2026-10-01}"]);
    assert_eq!(differ("grades.yaml"), ["- {id: AA, from: 870, label: {zh: 信用优良, en: Very good}}", "cap: C"]);
}

#[test]
fn folders_that_are_not_overwritten() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("yuanhe/2026.1");
    let files = RuleFiles::read(&shipped()).unwrap();
    let refuse = |files: &RuleFiles, folder: &Path, word: &str| {
        let error = save_rules(files, folder).unwrap_err();
        assert!(error.is_input() && error.to_string().contains(word), "{error}");
    };
    refuse(&files, &place.path().join("2026.1"), "is not the folder of yuanhe 2026.1");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("mine.txt"), "mine").unwrap();
    refuse(&files, &folder, "holds no rulebook");
    fs::remove_file(folder.join("mine.txt")).unwrap();
    save_rules(&files, &folder).unwrap();
    let changed = files.with_changes(&[Change::set("tax.arrears", "missing", Tree::number("1"))]).unwrap();
    // A file more would be a rule more.
    fs::write(folder.join("sections/99.yaml"), "section: x\n").unwrap();
    refuse(&changed, &folder, "holds `sections/99.yaml`");
    fs::remove_file(folder.join("sections/99.yaml")).unwrap();
    // A released version stays what it is; saving the same again writes nothing.
    fs::write(folder.with_file_name("2026.1.lock"), "sha256:0 language:1\n").unwrap();
    refuse(&changed, &folder, "was released and is never changed");
    assert_eq!(save_rules(&files, &folder).unwrap(), [] as [String; 0]);
    fs::remove_file(folder.with_file_name("2026.1.lock")).unwrap();
    fs::write(folder.join("rulebook.yaml"), "rulebook: other\nversion: \"2026.1\"\n").unwrap();
    refuse(&changed, &folder, "another rulebook");
    let mut outside = files.clone();
    outside.files.insert("scripts/../../x.rhai".to_owned(), Vec::new());
    refuse(&outside, &place.path().join("new/yuanhe/2026.1"), "no path inside a folder");
    // Rules with mistakes are not saved at all.
    let wrong = files.with_changes(&[Change::set("tax.arrears", "points[0].points", Tree::text("many"))]).unwrap();
    let error = save_rules(&wrong, place.path().join("new/yuanhe/2026.1")).unwrap_err();
    let diagnostics = error.diagnostics().unwrap();
    let all = diagnostics.sorted().into_iter().filter(|d| d.severity == Severity::Error);
    let all: Vec<_> = all.collect();
    let [one] = all.as_slice() else { panic!("{error}: {all:?}") };
    assert_eq!(diagnostics.files.path(one.span.file), "sections/03-arrears.yaml");
    assert!(one.message.contains("`many`"), "{}", one.message);
    assert_eq!(diagnostics.files.slice(one.span), "many");
    assert!(!place.path().join("new").exists());
}
