//! What a case expects of tiers and of the rules of cultivation.

use super::{joined, listed, none};
use crate::author::yaml::Node;
use crate::check::typed::{Rule, Typed};
use crate::column::BatchBuilder;
use crate::date::Date;
use crate::dossier::Dossier;
use crate::evaluate::Scratch;
use crate::evaluate::placement::Cultivation;
use crate::rulebook::Rulebook;

/// The keys that need a placement.
const KEYS: [&str; 3] = ["tier", "selected", "cultivation"];

/// What differs between a placement and what a case expects.
pub(super) fn failures(
    expect: &Node,
    rulebook: &Rulebook,
    dossier: &Dossier,
    as_of: Date,
    scratch: &mut Scratch,
) -> Vec<String> {
    let mut failures = Vec::new();
    let wanted = |key: &&str| expect.get(key).is_some();
    if !KEYS.iter().any(wanted) {
        return failures;
    }
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    builder.dossier(dossier);
    let batch = builder.finish();
    let placement = rulebook.place(&batch, as_of, scratch);
    let typed = rulebook.typed();
    let mut differs = |what: &str, expected: Option<String>, got: String| {
        if let Some(expected) = expected.filter(|expected| *expected != got) {
            failures.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    let tier = placement.tier(0).and_then(|at| typed.tiers.as_ref()?.tiers.get(at));
    let text = |key: &str| expect.get(key).and_then(Node::text).map(str::to_owned);
    differs("tier", text("tier"), tier.map_or_else(none, |tier| tier.id.clone()));
    differs("selected", text("selected"), placement.selected(0).to_string());
    let mut hold = placement.rules(Cultivation::Success, 0);
    hold.extend(placement.rules(Cultivation::Removal, 0));
    let hold = exits(typed).zip(hold).filter(|(_, holds)| *holds == Some(true)).map(|(rule, _)| rule.id.as_str());
    differs("cultivation", expect.get("cultivation").map(listed), joined(hold));
    failures
}

/// The rules by which an enterprise leaves cultivation, in document order.
pub(super) fn exits(typed: &Typed) -> impl Iterator<Item = &Rule> {
    typed.tiers.iter().flat_map(|tiers| tiers.success.iter().chain(&tiers.removal))
}
