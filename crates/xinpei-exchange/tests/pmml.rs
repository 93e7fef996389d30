//! PMML in and out. What is expected of the sample scorecard is told by its specification and by the tests
//! of JPMML and PMML4S (domain facts), everything else is reckoned by hand.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

use std::path::Path;

use xinpei::author::folder::RuleFiles;
use xinpei::{Date, Decision, Dossier, Rulebook};
use xinpei_exchange::pmml::{self, Options};
use xinpei_exchange::{Failure, Heading, Imported};

fn sample(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn options() -> Options {
    Options::new(Heading::new("sample", "1"))
}

fn import(text: &str) -> Imported {
    pmml::import(text, &options()).unwrap_or_else(|failure| panic!("{failure}"))
}

/// The rulebook, whose check is clean and whose cases pass.
fn rulebook(files: &RuleFiles) -> Rulebook {
    let (rulebook, diagnostics) = Rulebook::check(files);
    assert_eq!(diagnostics.sorted(), Vec::<&xinpei::diagnostic::Diagnostic>::new());
    let rulebook = rulebook.unwrap();
    for case in xinpei::cases::run(&rulebook) {
        assert_eq!(case.failures, Vec::<String>::new(), "{}", case.id);
    }
    rulebook
}

fn decide(rulebook: &Rulebook, facts: &str) -> Decision {
    let dossier = Dossier::from_json(&format!("{{\"enterprise\": \"a\", \"facts\": {{{facts}}}}}")).unwrap();
    rulebook.decide(&dossier, Date::parse("2026-06-30").unwrap())
}

fn score(decision: &Decision) -> String {
    decision.score.unwrap().normalize().to_string()
}

fn codes(decision: &Decision) -> Vec<&str> {
    decision.reasons.iter().map(|r| r.code.as_str()).collect()
}

fn refused(text: &str) -> String {
    match pmml::import(text, &options()) {
        Err(failure) => failure.to_string(),
        Ok(_) => panic!("it was read"),
    }
}

#[test]
fn the_sample_of_the_specification() {
    let imported = import(&sample("sample-a.pmml"));
    let rulebook = rulebook(&imported.files);
    assert_eq!(xinpei::cases::run(&rulebook).len(), 1);
    let names: Vec<(&str, &str)> = imported.names.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(names, [("department", "model.department"), ("age", "model.age"), ("income", "model.income")]);
    let decision = decide(&rulebook, r#""model.department": "engineering", "model.age": 25, "model.income": 500"#);
    // 3 + 0 + 26, below the baselines by 16, 18 and −16.
    assert_eq!((score(&decision).as_str(), codes(&decision)), ("29", vec!["RC2", "RC1"]));
    // −9 − 1 + 5, below by 28, 19 and 5.
    let nothing = decide(&rulebook, "");
    assert_eq!((score(&nothing).as_str(), codes(&nothing)), ("-5", vec!["RC1", "RC2", "RC3"]));
    // 6 + 12 − 3, below by 13, 6 and 13: a tie keeps the order of the document.
    let tie = decide(&rulebook, r#""model.department": "business", "model.age": 30, "model.income": 3000"#);
    assert_eq!((score(&tie).as_str(), codes(&tie)), ("15", vec!["RC1", "RC3", "RC2"]));
    // No attribute holds for another department: there is no result there, and a fault here.
    assert_eq!(decide(&rulebook, r#""model.department": "sales""#).status.word(), "refer");
    let edges = [("18", "-3"), ("19", "0"), ("29", "0"), ("30", "12"), ("39", "12"), ("40", "18")];
    for (age, points) in edges {
        let decision = decide(&rulebook, &format!("\"model.age\": {age}"));
        let line = decision.characteristics.iter().find(|c| c.id == "score.age_score").unwrap();
        assert_eq!(line.points.normalize().to_string(), points, "age {age}");
    }
}

#[test]
fn codes_of_attributes_become_lines() {
    let imported = import(&sample("sample-b.pmml"));
    let rulebook = rulebook(&imported.files);
    let decision = decide(&rulebook, r#""model.department": "engineering", "model.age": 25, "model.income": 500"#);
    assert_eq!((score(&decision).as_str(), codes(&decision)), ("29", vec!["RC2_3", "RC1"]));
    for (age, code, score_) in [("null", "RC2_1", "28"), ("18", "RC2_2", "26"), ("39", "RC2_4", "41")] {
        // 3 for engineering, 26 for the income, and the age's own points: −1, −3, 12.
        let facts = format!(r#""model.department": "engineering", "model.age": {age}, "model.income": 500"#);
        let decision = decide(&rulebook, &facts);
        assert_eq!(score(&decision), score_, "age {age}");
        assert!(codes(&decision).contains(&code), "{:?}", codes(&decision));
        assert_eq!(codes(&decision).len(), 2);
    }
    // 18 points at 40 are the baseline itself: no code of the age.
    let decision = decide(&rulebook, r#""model.department": "engineering", "model.age": 40, "model.income": 500"#);
    assert_eq!((score(&decision).as_str(), codes(&decision)), ("47", vec!["RC1"]));
}

#[test]
fn partial_scores_by_formula() {
    let rulebook = rulebook(&import(&sample("sample-c.pmml")).files);
    assert_eq!(xinpei::cases::run(&rulebook).len(), 4);
    // Department and age missing: −10, and the formulae of the specification's example.
    for (income, expected) in [("null", "-7"), ("1000", "31"), ("1500", "-5"), ("3000", "2"), ("1500.01", "-12.9999")] {
        assert_eq!(score(&decide(&rulebook, &format!("\"model.income\": {income}"))), expected, "income {income}");
    }
    // 0 for another department, 18 for the age, 41 for the income.
    let other = decide(&rulebook, r#""model.department": "other", "model.age": 40, "model.income": 1000"#);
    assert_eq!((score(&other).as_str(), codes(&other)), ("59", vec!["RC1"]));
}

/// Sets, `xor`, `surrogate`, several fields, derived fields, values that count as missing, replacements, grades:
/// the rows of verification are reckoned by hand, and importing tries each of them.
#[test]
fn everything_else_that_is_carried() {
    let imported = import(&sample("features.pmml"));
    let rulebook = rulebook(&imported.files);
    assert_eq!(xinpei::cases::run(&rulebook).len(), 8);
    let notes: Vec<String> = imported.notes.iter().map(ToString::to_string).collect();
    assert_eq!(notes, ["line 6: DataField `a`: its values are read with 4 digits after the point"]);
    // 100.5, and the baseline of `kind`, whose reasons are told by attribute.
    let first = rulebook.typed().characteristics.first().unwrap();
    assert_eq!((first.id.as_str(), first.missing.normalize().to_string().as_str()), ("score.initial", "110.5"));
    for (old, new, expected) in [
        ("<score>125.5</score>", "<score>125.4</score>", "expects the score 125.4, and the rules give 125.5"),
        ("<grade>poor</grade>", "<grade>good</grade>", "expects the grade good, and the rules give poor"),
        ("<a>10</a>", "<a>9</a>", "expects no result, and the rules give one"),
        (
            "closure=\"closedOpen\" leftMargin=\"110\"",
            "closure=\"openOpen\" leftMargin=\"110\"",
            "grades include their lower edge",
        ),
        ("rightMargin=\"110\"", "rightMargin=\"109\"", "its bins have gaps or overlap"),
        ("<FieldRef field=\"a\"/>", "<FieldRef field=\"b\"/>", "some of its values count as missing"),
        (
            "field=\"a\" operator=\"lessThan\" value=\"5\"",
            "field=\"b\" operator=\"lessThan\" value=\"5\"",
            "it looks at several fields, of which one has values that count as missing",
        ),
        ("missingValueReplacement=\"2.5\"", "missingValueReplacement=\"many\"", "`many` is no value of the field"),
    ] {
        let text = sample("features.pmml");
        assert!(text.contains(old), "{old}");
        let said = refused(&text.replacen(old, new, 1));
        assert!(said.contains(expected), "{new}: {said}");
    }
}

#[test]
fn rows_that_the_rules_contradict() {
    let text = sample("sample-a.pmml").replace("<score>29</score>", "<score>30</score>");
    let said = refused(&text);
    assert!(said.contains("example row-1: it expects the score 30, and the rules give 29"), "{said}");
    let text = sample("sample-a.pmml").replace("<reason1>RC2</reason1>", "<reason1>RC3</reason1>");
    assert!(refused(&text).contains("expects the reasons [RC3, RC1], and the rules give [RC2, RC1]"));
    // A float wrote the expectation, within the precision that the document declares.
    import(&sample("sample-a.pmml").replace("<score>29</score>", "<score>29.000000001</score>"));
}

#[test]
fn what_cannot_be_carried_is_listed() {
    let text = sample("sample-c.pmml");
    let changes = [
        ("function=\"+\"", "function=\"/\"", "a quotient is not exact"),
        ("pointsBelow", "pointsAbove", "reasons by `pointsAbove` are not carried"),
        (
            "<MiningField name=\"age\" usageType=\"active\"",
            "<MiningField name=\"age\" usageType=\"active\" outliers=\"asExtremeValues\" lowValue=\"0\" highValue=\"9\"",
            "line 19: MiningField `age`: outliers are moved",
        ),
        (
            "operator=\"greaterThan\" value=\"39\"",
            "operator=\"greaterThan\" value=\"45\"",
            "no attribute holds for values between 39 and 45",
        ),
        (
            "dataType=\"integer\"",
            "dataType=\"dateTime\"",
            "a field of the type dateTime that is continuous is not carried",
        ),
        ("feature=\"reasonCode\"", "feature=\"probability\"", "outputs of the feature `probability` are not carried"),
        ("partialScore=\"12\"", "partialScore=\"1e-12\"", "`1e-12` is no number of points"),
    ];
    for (old, new, expected) in changes {
        let text = text.replace(old, new);
        let said = refused(&text);
        assert!(said.contains(expected), "{new}: {said}");
    }
    // Both are told at once.
    let both = text.replace("function=\"+\"", "function=\"/\"").replace("pointsBelow", "pointsAbove");
    assert_eq!(refused(&both).lines().count(), 3);
    let open = text
        .replace("<Value value=\"other\"/>", "")
        .replace("<Value value=\"marketing\"/>", "")
        .replace("<Value value=\"engineering\"/>", "")
        .replace("<Value value=\"business\"/>", "");
    assert!(refused(&open).contains("the document does not list its values"), "{}", refused(&open));
    let mut given = options();
    given.field_digits.insert("incme".to_owned(), 2);
    let Err(failure) = pmml::import(&text, &given) else { panic!("it was read") };
    assert!(failure.to_string().contains("`incme`: there is no such field; did you mean `income`?"), "{failure}");
    let mut given = options();
    given.members.insert("department".to_owned(), vec!["sales".to_owned()]);
    let files = pmml::import(&open.replace("invalidValueTreatment=\"returnInvalid\"", ""), &given).unwrap().files;
    let sales = decide(&rulebook(&files), r#""model.department": "sales", "model.age": 40, "model.income": 1000"#);
    assert_eq!(score(&sales), "59");
}

#[test]
fn what_is_no_scorecard() {
    let text = sample("sample-a.pmml");
    assert!(refused("<a").contains("the document is not XML"));
    assert!(refused("<a/>").contains("the document is no PMML"));
    assert!(refused(&text.replace("version=\"4.1\"", "version=\"3.2\"")).contains("PMML 3.2 is not read"));
    let bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"x\">]><a>&b;</a>";
    assert!(refused(bomb).contains("not XML"), "{}", refused(bomb));
    let tree = text.replace("<Scorecard", "<TreeModel").replace("</Scorecard", "</TreeModel");
    assert!(refused(&tree).contains("the document has TreeModel"));
    assert!(matches!(pmml::import("", &options()), Err(Failure::Error(_))));
}
