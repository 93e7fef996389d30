//! Rulebooks of a few lines, for tests that are about one thing.

use xinpei::author::folder::RuleFiles;
use xinpei::diagnostic::Severity;
use xinpei::{Date, Decision, Dossier, Rulebook};

const MANIFEST: &str = "\
rulebook: tiny
version: one
language: 1
title: {en: Tiny}
authority: {en: Nobody}
effective: {from: 2000-01-01}
languages: [en]
key: text
score: {digits: 2, rounding: half_up}
";
const GRADES: &str = "\
grades:
  - {id: A, from: -1_000_000, label: {en: A}}
  - {id: B, label: {en: B}}
";

/// The files of a rulebook with these facts and characteristics, each one line of YAML in braces.
pub fn files(facts: &[&str], lines: &[&str]) -> RuleFiles {
    let facts: String = facts.iter().map(|f| format!("  - {{label: {{en: x}}, {f}}}\n")).collect();
    let lines: String = lines.iter().map(|l| format!("  - {{label: {{en: x}}, basis: pilot, {l}}}\n")).collect();
    RuleFiles::from_texts([
        ("rulebook.yaml", MANIFEST),
        ("facts/f.yaml", &format!("department: f\nlabel: {{en: F}}\nfacts:\n{facts}")),
        ("sections/s.yaml", &format!("section: s\nlabel: {{en: S}}\ncharacteristics:\n{lines}")),
        ("grades.yaml", GRADES),
    ])
}

/// Adds or replaces a file.
pub fn with(mut files: RuleFiles, path: &str, text: &str) -> RuleFiles {
    files.files.insert(path.to_owned(), text.as_bytes().to_vec());
    files
}

/// Loads rules that have no mistake.
pub fn load(files: &RuleFiles) -> Rulebook {
    Rulebook::from_files(files).unwrap_or_else(|error| panic!("{}", shown(&error)))
}

/// All mistakes.
pub fn mistakes(files: &RuleFiles) -> Vec<String> {
    let (_, diagnostics) = Rulebook::check(files);
    diagnostics
        .sorted()
        .iter()
        .filter(|d| d.severity == Severity::Error)
        .map(|d| format!("{}: {}", d.code.name(), d.message))
        .collect()
}

/// An error with all its diagnostics.
pub fn shown(error: &xinpei::Error) -> String {
    let list = error.diagnostics().map(|d| d.sorted().iter().map(|d| format!("{d:?}")).collect::<Vec<_>>());
    format!("{error}\n{}", list.unwrap_or_default().join("\n"))
}

/// A dossier from the JSON of its facts.
pub fn dossier(facts: &str) -> Dossier {
    Dossier::from_json(&format!("{{\"enterprise\": \"e\", \"facts\": {facts}}}")).expect("a dossier")
}

/// 30 June 2026.
pub fn today() -> Date {
    "2026-06-30".parse().expect("a date")
}

/// The decision of tiny rules on the JSON of some facts.
pub fn decide(files: &RuleFiles, facts: &str) -> Decision {
    load(files).decide(&dossier(facts), today())
}

/// The points of the first characteristic.
pub fn points(files: &RuleFiles, facts: &str) -> String {
    decide(files, facts).characteristics[0].points.to_string()
}
