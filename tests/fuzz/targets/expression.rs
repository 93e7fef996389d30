//! Any text as an expression and as a script: lowering ends, and what it accepts can be evaluated.
#![no_main]

use libfuzzer_sys::fuzz_target;
use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Dossier, Rulebook};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let (expression, script) = text.split_once('\u{1}').unwrap_or((text, ""));
    let quoted = expression.replace('\'', "''").replace(['\n', '\r', '\t'], " ");
    let section = format!(
        "section: b\nlabel: {{en: b}}\ncharacteristics:\n  - {{id: b.a, label: {{en: a}}, basis: pilot, formula: '{quoted}', at_least: -5, at_most: 9, missing: 1}}\n  - {{id: b.b, label: {{en: b}}, basis: pilot, first: [{{when: '{quoted}', points: 1}}, {{points: 0}}], missing: 0}}\n"
    );
    let mut files = RuleFiles::from_texts(xinpei_fuzz::BASE);
    files.files.insert("sections/b.yaml".to_owned(), section.into_bytes());
    if !script.is_empty() {
        files.files.insert("scripts/b.rhai".to_owned(), script.as_bytes().to_vec());
    }
    let (rulebook, diagnostics) = Rulebook::check(&files);
    assert_ne!(rulebook.is_some(), diagnostics.has_errors());
    let Some(rulebook) = rulebook else { return };
    let as_of = Date::parse("2024-02-29").expect("a date");
    for facts in ["{}", xinpei_fuzz::FACTS] {
        let dossier = Dossier::from_json(&format!(r#"{{"enterprise": "a", "facts": {facts}}}"#)).expect("a dossier");
        let decision = rulebook.decide(&dossier, as_of);
        let steps = xinpei::explain::waterfall(rulebook.typed(), &decision);
        assert_eq!(decision.score, steps.last().map(|s| s.total), "the waterfall adds up");
    }
});
