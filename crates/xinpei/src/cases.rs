//! Examples with expected results, written by rule authors beside their rules.

mod place;

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::author::source::Source;
use crate::author::yaml::{Kind, Node};
use crate::check::typed::{FactKind, Typed};
use crate::date::Date;
use crate::decimal;
use crate::diagnostic::{Code, Diagnostics, suggest};
use crate::dossier::{Dossier, Value};
use crate::evaluate::Scratch;
use crate::explain::decision::Decision;
use crate::rulebook::Rulebook;

/// The key of an enterprise in cases that name none: valid, and belonging to no real unit.
pub const ENTERPRISE: &str = "91000000MA00000157";

/// What came of a case.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The file, inside the rulebook.
    pub file: String,
    /// The line on which the case starts.
    pub line: usize,
    /// Its id.
    pub id: String,
    /// What differs from the expectation; empty when the case passes.
    pub failures: Vec<String>,
}

/// Runs every case of a rulebook, in the order of files and lines.
#[must_use]
pub fn run(rulebook: &Rulebook) -> Vec<CaseResult> {
    let mut scratch = Scratch::default();
    let mut results = Vec::new();
    let files = &rulebook.source().files;
    for root in &rulebook.source().cases {
        for case in cases(root) {
            let (line, _) = files.line_column(case.span);
            let id = case.get("id").and_then(Node::text).unwrap_or("").to_owned();
            let failures = match as_of(root, case) {
                None => vec!["the case has no as-of date".to_owned()],
                Some(as_of) => {
                    let dossier = dossier(root, case);
                    let decision = rulebook.decide_with(&dossier, as_of, &mut scratch);
                    let mut failures = case.get("expect").map_or_else(Vec::new, |expect| {
                        let mut list = failures(expect, &decision);
                        list.extend(place::failures(expect, rulebook, &dossier, as_of, &mut scratch));
                        list
                    });
                    if !failures.is_empty() {
                        let faults = decision.faults.iter();
                        failures.extend(faults.map(|f| format!("fault: {} {} `{}`", f.fact, f.kind.word(), f.value)));
                    }
                    failures
                }
            };
            results.push(CaseResult { file: files.path(root.span.file).to_owned(), line, id, failures });
        }
    }
    results
}

fn cases(root: &Node) -> impl Iterator<Item = &Node> {
    root.get("cases").and_then(Node::list).unwrap_or_default().iter().filter(|n| n.map().is_some())
}

fn as_of(root: &Node, case: &Node) -> Option<Date> {
    case.get("as_of").or_else(|| root.get("as_of")).and_then(Node::text).and_then(Date::parse)
}

/// The facts of a case on top of those of its file.
fn facts<'a>(root: &'a Node, case: &'a Node) -> BTreeMap<&'a str, &'a Node> {
    let both = [root.get("facts"), case.get("facts")].into_iter().flatten();
    both.flat_map(|n| n.map().unwrap_or_default()).map(|(k, n)| (k.text.as_str(), n)).collect()
}

fn dossier(root: &Node, case: &Node) -> Dossier {
    let enterprise = case.get("enterprise").and_then(Node::text).unwrap_or(ENTERPRISE).to_owned();
    let facts = facts(root, case).into_iter().map(|(id, node)| (id.to_owned(), value(node))).collect();
    Dossier { enterprise, facts }
}

fn value(node: &Node) -> Value {
    match &node.kind {
        _ if node.is_null() => Value::Missing,
        Kind::Scalar { text, .. } => Value::Text(text.clone()),
        Kind::List(rows) => {
            let row =
                |row: &Node| row.map().unwrap_or_default().iter().map(|(k, n)| (k.text.clone(), value(n))).collect();
            Value::Events(rows.iter().map(row).collect())
        }
        Kind::Map(_) => Value::Missing,
    }
}

/// What differs between a decision and what a case expects.
fn failures(expect: &Node, decision: &Decision) -> Vec<String> {
    let mut failures = Vec::new();
    let mut differs = |what: &str, expected: String, got: String| {
        if expected != got {
            failures.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    for (key, node) in expect.map().unwrap_or_default() {
        let text = node.text().unwrap_or("");
        match key.text.as_str() {
            "status" => differs("status", text.to_owned(), decision.status.word().to_owned()),
            "grade" => differs("grade", text_or_none(node), decision.grade.clone().unwrap_or_else(none)),
            "score" => {
                differs("score", number_or_none(node), decision.score.map_or_else(none, |s| s.normalize().to_string()))
            }
            "coverage" => differs("coverage", number_or_none(node), decision.coverage.normalize().to_string()),
            "sections" => {
                for (id, node) in node.map().unwrap_or_default() {
                    let got =
                        decision.sections.iter().find(|s| s.id == id.text).map(|s| s.points.normalize().to_string());
                    differs(&format!("section {}", id.text), number_or_none(node), got.unwrap_or_else(none));
                }
            }
            "points" => {
                for (id, node) in node.map().unwrap_or_default() {
                    let got = decision
                        .characteristics
                        .iter()
                        .find(|c| c.id == id.text)
                        .map(|c| c.points.normalize().to_string());
                    differs(&format!("points {}", id.text), number_or_none(node), got.unwrap_or_else(none));
                }
            }
            "values" => {
                for (id, node) in node.map().unwrap_or_default() {
                    let got = decision.characteristics.iter().find(|c| c.id == id.text).and_then(|c| c.value.clone());
                    let plain = |t: String| decimal::parse(&t).map_or(t, |n| n.normalize().to_string());
                    differs(&format!("value {}", id.text), plain(text_or_none(node)), plain(got.unwrap_or_else(none)));
                }
            }
            "overrides" => differs("overrides", listed(node), joined(decision.overrides.iter().map(|o| o.id.as_str()))),
            "reasons" => differs("reasons", listed(node), joined(decision.reasons.iter().map(|r| r.code.as_str()))),
            "faults" => {
                let facts: BTreeSet<&str> = decision.faults.iter().map(|f| f.fact.as_str()).collect();
                let expected: BTreeSet<&str> = items(node).collect();
                differs("faults", joined(expected.into_iter()), joined(facts.into_iter()));
            }
            "outcomes" => {
                for id in items(node).filter(|id| !decision.outcomes.iter().any(|o| o.id == **id)) {
                    differs(
                        "outcomes",
                        format!("`{id}` among them"),
                        joined(decision.outcomes.iter().map(|o| o.id.as_str())),
                    );
                }
            }
            "no_outcomes" => {
                for id in items(node).filter(|id| decision.outcomes.iter().any(|o| o.id == **id)) {
                    differs(
                        "outcomes",
                        format!("`{id}` not among them"),
                        joined(decision.outcomes.iter().map(|o| o.id.as_str())),
                    );
                }
            }
            _ => {}
        }
    }
    failures
}

fn none() -> String {
    "none".to_owned()
}

fn text_or_none(node: &Node) -> String {
    if node.is_null() { none() } else { node.text().unwrap_or("").to_owned() }
}

fn number_or_none(node: &Node) -> String {
    let number: Option<Decimal> = node.text().and_then(|t| decimal::parse(t).ok());
    number.map_or_else(none, |n| n.normalize().to_string())
}

fn items(node: &Node) -> impl Iterator<Item = &str> {
    node.list().unwrap_or_default().iter().filter_map(Node::text)
}

fn listed(node: &Node) -> String {
    joined(items(node))
}

fn joined<'a>(items: impl Iterator<Item = &'a str>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// Checks the cases of a rulebook: they name facts and rules that exist, and expect something.
pub(crate) fn check(source: &Source, typed: &Typed, out: &mut Diagnostics) {
    let mut ids = BTreeSet::new();
    for root in &source.cases {
        for (id, node) in root.get("facts").and_then(Node::map).unwrap_or_default() {
            fact(&id.text, id.span, node, typed, out);
        }
        for case in cases(root) {
            if let Some(id) = case.get("id")
                && !ids.insert(id.text().unwrap_or("").to_owned())
            {
                out.error(Code::DuplicateId, id.span, "there is another case of this id").help("every id stands once");
            }
            if case.get("as_of").or_else(|| root.get("as_of")).is_none() {
                out.error(Code::MissingKey, case.span.part(0, 1), "the case lacks the key `as_of`")
                    .help("write it here or at the top of the file");
            }
            for (id, node) in case.get("facts").and_then(Node::map).unwrap_or_default() {
                fact(&id.text, id.span, node, typed, out);
            }
            if let Some(expect) = case.get("expect") {
                if expect.map().is_some_and(<[_]>::is_empty) {
                    out.error(Code::CaseExpectsNothing, expect.span, "the case expects nothing")
                        .help("write at least one key, such as `score: 700`");
                }
                known(expect, typed, out);
            }
        }
    }
}

fn fact(id: &str, span: crate::diagnostic::Span, node: &Node, typed: &Typed, out: &mut Diagnostics) {
    let Some(fact) = typed.facts.iter().find(|f| f.id == id) else {
        out.error(Code::CaseUnknownFact, span, format!("there is no fact `{id}`"))
            .help(suggest(id, typed.facts.iter().map(|f| f.id.as_str())));
        return;
    };
    match (&fact.kind, &node.kind) {
        (FactKind::Events(events), Kind::List(rows)) => {
            for row in rows.iter().filter(|r| r.map().is_none()) {
                out.error(Code::CaseBadValue, row.span, "an event is a map of fields")
                    .help("write `{filed: 2026-01-03, …}`");
            }
            for (field, node) in rows.iter().flat_map(|r| r.map().unwrap_or_default()) {
                if !events.fields.iter().any(|f| f.id == field.text) {
                    out.error(
                        Code::CaseUnknownFact,
                        field.span,
                        format!("the events of `{id}` have no field `{}`", field.text),
                    )
                    .help(suggest(&field.text, events.fields.iter().map(|f| f.id.as_str())));
                } else if node.text().is_none() {
                    out.error(Code::CaseBadValue, node.span, "a field has a single value").help("write one value");
                }
            }
        }
        (_, Kind::Scalar { .. }) if node.is_null() => {}
        (FactKind::Value(_), Kind::Scalar { .. }) => {}
        (FactKind::Events(_), _) => {
            out.error(Code::CaseBadValue, node.span, format!("`{id}` is a table"))
                .help("write a list of events: `[{filed: 2026-01-03, …}]`, or `[]`");
        }
        (FactKind::Value(_), _) => {
            out.error(Code::CaseBadValue, node.span, format!("`{id}` has a single value")).help("write one value");
        }
    }
}

/// Every id that an expectation names exists.
fn known(expect: &Node, typed: &Typed, out: &mut Diagnostics) {
    let sections: Vec<&str> = typed.sections.iter().map(|s| s.id.as_str()).collect();
    let characteristics: Vec<&str> = typed.characteristics.iter().map(|c| c.id.as_str()).collect();
    let overrides: Vec<&str> = typed.overrides.iter().map(|o| o.id.as_str()).collect();
    let outcomes: Vec<&str> = typed.outcomes.iter().map(|o| o.id.as_str()).collect();
    let tiers: Vec<&str> = typed.tiers.iter().flat_map(|t| &t.tiers).map(|t| t.id.as_str()).collect();
    let cultivation: Vec<&str> = place::exits(typed).map(|rule| rule.id.as_str()).collect();
    let grades: Vec<&str> = typed.grades.iter().map(|g| g.id.as_str()).collect();
    let codes: Vec<&str> =
        overrides.iter().copied().chain(typed.characteristics.iter().map(|c| c.code.as_str())).collect();
    for (key, node) in expect.map().unwrap_or_default() {
        let (known, named): (&[&str], Vec<(&str, crate::diagnostic::Span)>) = match key.text.as_str() {
            "sections" => (&sections, keys(node)),
            "points" | "values" => (&characteristics, keys(node)),
            "overrides" => (&overrides, values(node)),
            "outcomes" | "no_outcomes" => (&outcomes, values(node)),
            "reasons" => (&codes, values(node)),
            "tier" => (&tiers, vec![(node.text().unwrap_or(""), node.span)]),
            "cultivation" => (&cultivation, values(node)),
            "grade" if !node.is_null() => (&grades, vec![(node.text().unwrap_or(""), node.span)]),
            _ => continue,
        };
        for (id, span) in named.into_iter().filter(|(id, _)| !known.contains(id)) {
            out.error(Code::CaseUnknownId, span, format!("there is no `{id}`"))
                .help(suggest(id, known.iter().copied()));
        }
    }
}

fn keys(node: &Node) -> Vec<(&str, crate::diagnostic::Span)> {
    node.map().unwrap_or_default().iter().map(|(k, _)| (k.text.as_str(), k.span)).collect()
}

fn values(node: &Node) -> Vec<(&str, crate::diagnostic::Span)> {
    node.list().unwrap_or_default().iter().filter_map(|n| Some((n.text()?, n.span))).collect()
}
