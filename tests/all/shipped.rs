//! Engine and oracle on every case of the rulebooks that ship.

use xinpei::author::yaml::{Kind, Node};
use xinpei::{Dossier, Rulebook, Value};
use xinpei_tests::oracle;

/// A dossier as a case writes it.
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

/// The cases of a rulebook: id, as-of date and dossier.
pub fn cases(rulebook: &Rulebook) -> Vec<(String, xinpei::Date, Dossier)> {
    let mut list = Vec::new();
    for root in &rulebook.source().cases {
        for case in root.get("cases").and_then(Node::list).unwrap_or_default() {
            let text = |node: &Node, key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
            let as_of = text(case, "as_of").or_else(|| text(root, "as_of")).expect("a case has a date");
            let mut dossier = Dossier { enterprise: "91000000MA00000157".into(), ..Dossier::default() };
            for facts in [root.get("facts"), case.get("facts")].into_iter().flatten() {
                dossier
                    .facts
                    .extend(facts.map().unwrap_or_default().iter().map(|(id, node)| (id.text.clone(), value(node))));
            }
            list.push((text(case, "id").unwrap_or_default(), as_of.parse().expect("a date"), dossier));
        }
    }
    list
}

/// Every rulebook in the repository: those that ship, and the tests' own.
pub fn folders() -> Vec<std::path::PathBuf> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = Vec::new();
    for parent in [root.join("../rules"), root.join("rulesets")] {
        for entry in std::fs::read_dir(&parent).expect("the folder is there") {
            let folder = entry.expect("an entry").path();
            if folder.is_dir()
                && let Ok(versions) = xinpei::author::versions::folders(&folder)
            {
                folders.extend(versions);
            }
        }
    }
    folders.sort();
    folders
}

#[test]
fn engine_and_oracle_agree_on_the_cases_of_every_rulebook() {
    let mut count = 0;
    let mut failures = Vec::new();
    for folder in folders() {
        let rulebook = Rulebook::load(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for (id, as_of, dossier) in cases(&rulebook) {
            let decision = rulebook.decide(&dossier, as_of);
            for difference in oracle::decide(rulebook.typed(), &dossier, as_of).differences(&decision) {
                failures.push(format!("{} {} {id}: {difference}", rulebook.id(), rulebook.version()));
            }
            count += 1;
        }
    }
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
    assert!(count > 300, "only {count} cases were found");
}
