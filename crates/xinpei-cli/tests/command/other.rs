//! `xinpei schema`, `xinpei explain-code`, and what holds for every verb.

use crate::place::Place;

#[test]
fn schemas_are_json() {
    let place = Place::new();
    let kinds = place.run(&["schema"]);
    let names: Vec<&str> = kinds.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(
        names,
        [
            "rulebook",
            "facts",
            "sections",
            "grades",
            "outcomes",
            "products",
            "tiers",
            "measures",
            "functions",
            "cases",
            "mapping"
        ]
    );
    for name in names {
        let schema: serde_json::Value = serde_json::from_str(&place.run(&["schema", name]).out).unwrap();
        assert!(schema["$schema"].is_string(), "{name}");
    }
    assert_eq!(place.run(&["schema", "--out", "schemas"]).code, 0);
    assert_eq!(place.read("schemas/grades.schema.json"), place.run(&["schema", "grades"]).out);
    place.run(&["schema", "grade"]).refused(&["`grade`", "did you mean `grades`?"]);
}

#[test]
fn codes_are_explained() {
    let place = Place::new();
    assert!(place.run(&["explain-code", "x0406"]).out.starts_with("# X0406"));
    let list = place.run(&["explain-code"]).out;
    assert_eq!(list.lines().count(), xinpei::diagnostic::Code::all().count());
    let json: serde_json::Value =
        serde_json::from_str(&place.run(&["explain-code", "X0201", "--format", "json"]).out).unwrap();
    assert_eq!(json["code"], "X0201");
    place.run(&["explain-code", "X9999"]).refused(&["there is no code `X9999`"]);
}

#[test]
fn every_verb_has_help() {
    let place = Place::new();
    let help = place.run(&["--help"]);
    assert_eq!(help.code, 0);
    for verb in ["check", "score", "explain", "test", "replay", "diff", "compare", "schema", "new", "explain-code"] {
        assert!(help.out.contains(&format!("\n  {verb} ")), "{}", help.out);
        assert_eq!(place.run(&[verb, "--help"]).code, 0);
    }
}
