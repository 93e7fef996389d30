//! What an answer says beside its plan: how far the rules reach, which values would do, which edges are near.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so")]

mod coverage;
mod days;
mod effects;
mod products;
mod sides;
mod until;
mod values;

use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Dossier, Rulebook};
use xinpei_cultivate::{Answer, Request, plan};

/// A small rulebook: its last day, from where its grades A and B reach (60 and 30 if nothing is said; C is the
/// last one), how much must be known, its facts, the characteristics of its section, its overrides, measures and products.
#[derive(Default)]
struct Town<'t> {
    to: Option<&'t str>,
    edges: Option<(u32, u32)>,
    unrated_below: Option<&'t str>,
    facts: &'t str,
    lines: &'t str,
    overrides: &'t str,
    measures: &'t str,
    products: &'t str,
}

impl Town<'_> {
    fn rulebook(&self) -> Rulebook {
        load(&self.texts())
    }

    /// The rule files: path and text.
    fn texts(&self) -> Vec<(&'static str, String)> {
        let to = self.to.map_or_else(String::new, |to| format!(", to: {to}"));
        let coverage =
            self.unrated_below.map_or_else(String::new, |least| format!("coverage: {{unrated_below: {least}}}\n"));
        let manifest = format!(
            "rulebook: town\nversion: \"1\"\nlanguage: 1\ntitle: {{en: Town}}\nauthority: {{en: Test}}\n\
             effective: {{from: 2020-01-01{to}}}\nlanguages: [en]\nkey: text\nscore: {{digits: 0, rounding: half_up}}\n{coverage}"
        );
        let (a, b) = self.edges.unwrap_or((60, 30));
        let grades = format!(
            "grades:\n  - {{id: A, from: {a}, label: {{en: good}}}}\n  - {{id: B, from: {b}, label: {{en: fair}}}}\n\
             \x20 - {{id: C, label: {{en: poor}}}}\n{}",
            self.overrides
        );
        let facts = format!("department: d\nlabel: {{en: some}}\nfacts:\n{}", self.facts);
        let section = format!("section: s\nlabel: {{en: some}}\ncharacteristics:\n{}", self.lines);
        let mut texts = vec![
            ("rulebook.yaml", manifest),
            ("grades.yaml", grades),
            ("facts/d.yaml", facts),
            ("sections/s.yaml", section),
        ];
        if !self.measures.is_empty() {
            texts
                .push(("measures/d.yaml", format!("department: d\nlabel: {{en: some}}\nmeasures:\n{}", self.measures)));
        }
        if !self.products.is_empty() {
            texts.push((
                "products/bank.yaml",
                format!("lender: bank\nlabel: {{en: Bank}}\nproducts:\n{}", self.products),
            ));
        }
        texts
    }

    /// The answer for an enterprise with these facts, as JSON, on 30 June 2026.
    fn ask(&self, facts: &str, request: &Request) -> Answer {
        plan(&self.rulebook(), &dossier(facts), day("2026-06-30"), request).unwrap()
    }
}

fn load(texts: &[(&str, String)]) -> Rulebook {
    Rulebook::from_files(&RuleFiles::from_texts(texts.iter().map(|(path, text)| (*path, text.as_str())))).unwrap()
}

fn day(text: &str) -> Date {
    Date::parse(text).unwrap()
}

fn dossier(facts: &str) -> Dossier {
    Dossier::from_json(&format!("{{\"enterprise\": \"e\", \"facts\": {facts}}}")).unwrap()
}
