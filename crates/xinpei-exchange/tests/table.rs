//! Points tables in and out. The points of the first are those of the leaflet of the US Federal Trade
//! Commission; it is compared with the rulebook that was written from the leaflet by hand.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod random;

use std::path::{Path, PathBuf};

use xinpei::{Date, Dossier, Rulebook, Value};
use xinpei_exchange::table::{self, Options, Table};
use xinpei_exchange::{Failure, Heading};
use xinpei_tables::Encoding;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn options() -> Options {
    Options::new(Heading::new("points", "1"))
}

fn read(text: &str) -> Result<Rulebook, Failure> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("points.csv");
    std::fs::write(&path, text).unwrap();
    let table = Table::read(&path, Encoding::Utf8)?;
    let imported = table::import(&table, &options())?;
    let (rulebook, diagnostics) = Rulebook::check(&imported.files);
    assert!(diagnostics.sorted().is_empty());
    Ok(rulebook.unwrap())
}

fn refused(text: &str) -> String {
    match read(text) {
        Err(failure) => failure.to_string(),
        Ok(_) => panic!("it was read"),
    }
}

fn score(rulebook: &Rulebook, dossier: &Dossier) -> Option<String> {
    let decision = rulebook.decide(dossier, Date::parse("2026-06-30").unwrap());
    assert_eq!(decision.faults, []);
    decision.score.map(|s| s.normalize().to_string())
}

#[test]
fn the_table_of_the_leaflet() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples/ftc.csv");
    let table = Table::read(&path, Encoding::Utf8).unwrap();
    let imported = table::import(&table, &options()).unwrap_or_else(|failure| panic!("{failure}"));
    let ours = Rulebook::from_files(&imported.files).unwrap();
    let hand = Rulebook::load(root().join("tests/rulesets/ftc-1980s/1")).unwrap();
    let mut scored = 0;
    for mut dossier in random::dossiers(&hand, 4_000) {
        // Outside what the leaflet speaks of: who pays no rent has no cost of it, who has no car no age of one.
        let is = |key: &str, text: &str| dossier.facts.get(key) == Some(&Value::Text(text.to_owned()));
        let (pays, owned) = (is("home.kind", "pays"), dossier.facts.get("auto.owned") == Some(&Value::Flag(true)));
        let negative = |v: &Value| matches!(v, Value::Number(n) if n.is_sign_negative() || n.normalize().scale() > 2);
        if dossier.facts.len() < 10 || dossier.facts.values().any(negative) {
            continue;
        }
        if !pays {
            dossier.facts.remove("home.cost");
        }
        if !owned {
            dossier.facts.remove("auto.years");
        }
        let expected = hand.decide(&dossier, Date::parse("2026-06-30").unwrap());
        if !expected.faults.is_empty() {
            continue;
        }
        dossier.facts.remove("auto.owned");
        scored += 1;
        assert_eq!(score(&ours, &dossier), expected.score.map(|s| s.normalize().to_string()), "{dossier:?}");
    }
    assert!(scored > 500, "{scored}");
    // 31 + 21 + 16 + 18 + 24 + 15 + 15 + 15 + 41 = 196, as the leaflet's best applicant has.
    let best = r#"{"enterprise": "a", "facts": {"person.age": 62, "person.address_years": 20, "auto.years": 2,
        "auto.payment": 0, "home.kind": "relatives", "bank.accounts": "both", "bank.finance_company": false,
        "bank.cards": 2, "bank.debt_share": 0}}"#;
    assert_eq!(score(&ours, &Dossier::from_json(best).unwrap()).as_deref(), Some("196"));
}

/// The example of EXCHANGE.md.
#[test]
fn the_example_of_the_description() {
    let text = include_str!("../EXCHANGE.md");
    let rulebook = read(text.split("```csv\n").nth(1).unwrap().split("```").next().unwrap()).unwrap();
    let row = r#"{"enterprise": "a", "facts": {"model.age": 24, "model.accounts": "both"}}"#;
    // 12 below 25, and 15 for both accounts.
    assert_eq!(score(&rulebook, &Dossier::from_json(row).unwrap()).as_deref(), Some("27"));
}

const HEAD: &str = "characteristic,fact,from,from_edge,to,to_edge,value,points,missing,digits\n";

#[test]
fn gaps_overlaps_and_edges_without_words() {
    let good = format!(
        "{HEAD}Age,age,,,18,inclusive,,1,,0\nAge,age,18,exclusive,30,exclusive,,2,,\nAge,age,30,inclusive,,,,3,,\nAge,age,,,,,,9,true,\nBase,,,,,,,100,,\n"
    );
    let rulebook = read(&good).unwrap_or_else(|failure| panic!("{failure}"));
    for (age, expected) in [("18", "101"), ("19", "102"), ("29", "102"), ("30", "103"), ("null", "109")] {
        let text = format!("{{\"enterprise\": \"a\", \"facts\": {{\"model.age\": {age}}}}}");
        assert_eq!(score(&rulebook, &Dossier::from_json(&text).unwrap()).as_deref(), Some(expected), "{age}");
    }
    for (old, new, expected) in [
        ("18,exclusive", "20,exclusive", "line 2: characteristic `Age`: no row holds for values between 18 and 20"),
        ("18,exclusive", "18,inclusive", "line 2: characteristic `Age`: two rows hold for the value 18"),
        ("18,exclusive", "18,", "line 3: `Age`: `from_edge` says ``; write `inclusive` or `exclusive`"),
        ("18,inclusive", ",inclusive", "`to_edge` says `inclusive` and `to` is empty"),
        ("18,inclusive", "many,inclusive", "the edge `many` is no number"),
        ("9,true,", "9,yes,", "`missing` says `yes`"),
        (",1,,0", ",1,,", "say with how many digits"),
        (",2,,\n", ",2.1234567891,,\n", "is no number of points with at most 9 digits"),
        ("Base,,", "Base,,1", "without a fact its row has points and nothing else"),
    ] {
        assert!(good.contains(old), "{old}");
        let said = refused(&good.replacen(old, new, 1));
        assert!(said.contains(expected), "{new}: {said}");
    }
    assert!(refused("a,b\n").contains("has no column `characteristic`"));
    assert!(refused(&good.replace("digits", "digit")).contains("has the column `digit`"));
    assert!(refused(HEAD).contains("it has no rows"));
}

#[test]
fn out_and_in_again() {
    let rulebook = Rulebook::load(root().join("tests/rulesets/pmml-sample/1")).unwrap();
    let (table, notes) = table::export(&rulebook).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(notes, []);
    let folder = tempfile::tempdir().unwrap();
    let (csv, xlsx) = (folder.path().join("t.csv"), folder.path().join("t.xlsx"));
    std::fs::write(&csv, table.to_csv()).unwrap();
    std::fs::write(&xlsx, table.to_xlsx().unwrap()).unwrap();
    let rows = random::dossiers(&rulebook, 2_000);
    for path in [csv, xlsx] {
        let back = Table::read(&path, Encoding::Utf8).unwrap();
        let imported = table::import(&back, &options()).unwrap_or_else(|failure| panic!("{failure}"));
        let again = Rulebook::from_files(&imported.files).unwrap();
        let mut same = 0;
        for row in &rows {
            let day = Date::parse("2026-06-30").unwrap();
            let (a, b) = (rulebook.decide(row, day), again.decide(row, day));
            if a.faults.is_empty() {
                let codes = |d: &xinpei::Decision| d.reasons.iter().map(|r| r.code.clone()).collect::<Vec<_>>();
                assert_eq!((a.score, codes(&a)), (b.score, codes(&b)), "{row:?}");
                same += 1;
            }
        }
        assert!(same > 1_500, "{same}");
    }
    let complex = Rulebook::load(root().join("tests/rulesets/pmml-complex/1")).unwrap();
    let Err(failure) = table::export(&complex) else { panic!("it was carried") };
    assert!(failure.to_string().contains("`person.income`: a list of conditions is not carried"));
}
