//! `xinpei import` and `xinpei export`.

use std::path::Path;

use crate::place::Place;

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xinpei-exchange/tests").join(name);
    path.display().to_string()
}

#[test]
fn a_document_becomes_a_rulebook() {
    let place = Place::new();
    let ran = place.run(&["import", &sample("samples/sample-a.pmml"), "--out", "rules/sample/1"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("rules/sample/1/sections/score.yaml"), "{}", ran.out);
    assert!(ran.err.contains("DataField `income`: its values are read with 4 digits"), "{}", ran.err);
    assert!(ran.err.contains("department  model.department"), "{}", ran.err);
    let check = place.run(&["check", "rules/sample/1"]);
    assert_eq!(check.code, 0, "{}{}", check.out, check.err);
    let test = place.run(&["test", "rules/sample/1"]);
    assert_eq!(test.code, 0, "{}{}", test.out, test.err);
    // The example of the specification: 3 + 0 + 26 = 29.
    place.write("in.csv", "enterprise,model.department,model.age,model.income\na,engineering,25,500\n");
    let args = ["score", "in.csv", "--rules", "rules/sample/1", "--as-of", "2026-06-30", "--format", "json"];
    let scored = place.run(&args);
    assert!(scored.out.contains("\"score\":\"29\""), "{}{}", scored.out, scored.err);
    let json = place.run(&[
        "import",
        &sample("samples/sample-b.pmml"),
        "--out",
        "rules/b/1",
        "--digits",
        "2",
        "--format",
        "json",
    ]);
    let json: serde_json::Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["facts"][1]["fact"], "model.age");
    assert_eq!(json["notes"].as_array().unwrap().len(), 1);
}

#[test]
fn out_and_in_again() {
    let place = Place::new();
    let card = sample("card/1");
    let ran = place.run(&["export", &card, "--to", "pmml", "--out", "card.pmml"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(ran.err.contains("note: sections: "), "{}", ran.err);
    let ran = place.run(&["import", "card.pmml", "--out", "rules/card/2"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(place.run(&["test", "rules/card/2"]).code, 0);
    let sql = place.run(&["export", &card, "--to", "sql"]);
    assert_eq!(sql.code, 0, "{}", sql.err);
    assert!(sql.out.contains("WITH facts AS ("), "{}", sql.out);
    for file in ["t.csv", "t.xlsx"] {
        let ran = place.run(&["export", "rules/county/2026.1", "--to", "table", "--out", file]);
        assert_eq!(ran.code, 2, "{}", ran.out);
        let ran = place.run(&["import", &sample("samples/ftc.csv"), "--out", "rules/ftc/1"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let ran = place.run(&["export", "rules/ftc/1", "--to", "table", "--out", file]);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let ran = place.run(&["import", file, "--out", "rules/again/1"]);
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    assert!(place.read("t.csv").starts_with("characteristic,fact,from,from_edge,"));
}

#[test]
fn what_cannot_be_carried() {
    let place = Place::new();
    let ran = place.run(&["export", "rules/county/2026.1", "--to", "pmml", "--out", "x.pmml"]);
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
    assert!(ran.err.contains("`rules/county/2026.1`: some things cannot be carried:\n"), "{}", ran.err);
    assert!(ran.err.contains("\n  override `court.dishonest`: overrides are not carried"), "{}", ran.err);
    assert!(!place.path("x.pmml").exists());
    place.run(&["import", "nothing.pmml", "--out", "rules/x/1"]).refused(&["`nothing.pmml`"]);
    place.write("x.pmml", "<PMML version=\"4.4\"/>");
    place.run(&["import", "x.pmml", "--out", "rules/x/1"]).refused(&["the document has no model"]);
    place.run(&["import", "x.txt", "--out", "rules/x/1"]).refused(&["say what it is with --from"]);
    place.run(&["import", "x.pmml", "--out", "rules/X/1"]).refused(&["`X` is not an id"]);
    assert!(!place.path("rules/x").exists());
    let released = place.run(&["import", &sample("samples/sample-a.pmml"), "--out", "rules/county/2026.1"]);
    released.refused(&["which is not of this rulebook"]);
}
