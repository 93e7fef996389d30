//! Out and in again: ten thousand seeded rows score the same, by the rulebook and by what came back.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on stops")]

mod random;

use std::path::Path;

use xinpei::author::folder::RuleFiles;
use xinpei::{BatchBuilder, Date, Rulebook};
use xinpei_exchange::Heading;
use xinpei_exchange::pmml::{self, Options};

fn card() -> RuleFiles {
    let files = RuleFiles::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/card/1")).unwrap();
    RuleFiles { id: None, version: None, ..files }
}

/// Status, score, grade and reason codes of a row.
type Result = (String, Option<String>, Option<String>, Vec<String>);

/// What every row comes to.
fn results(rulebook: &Rulebook, rows: &[xinpei::Dossier]) -> Vec<Result> {
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    rows.iter().for_each(|row| builder.dossier(row));
    let batch = builder.finish();
    let outcome = rulebook.score(&batch, Date::parse("2026-06-30").unwrap());
    outcome
        .decisions()
        .map(|d| {
            let codes = d.reasons.iter().map(|r| r.code.clone()).collect();
            // What the engine says where it refers is provisional; the other side has no result there.
            let rated = d.status.word() == "rated";
            let score = d.score.filter(|_| rated).map(|s| s.normalize().to_string());
            (d.status.word().to_owned(), score, d.grade.filter(|_| rated), codes)
        })
        .collect()
}

#[test]
fn ten_thousand_rows_through_pmml() {
    let rulebook = Rulebook::from_files(&card()).unwrap();
    let (text, notes) = pmml::export(&rulebook).unwrap_or_else(|failure| panic!("{failure}"));
    assert_eq!(notes.len(), 1, "{notes:?}");
    let back = pmml::import(&text, &Options::new(Heading::new("card", "2"))).unwrap_or_else(|f| panic!("{f}\n{text}"));
    assert_eq!(back.notes, []);
    let again = Rulebook::from_files(&back.files).unwrap();
    let cases = xinpei::cases::run(&again);
    assert!(cases.len() > 40, "{}", cases.len());
    assert!(cases.iter().all(|c| c.failures.is_empty()));
    let rows = random::dossiers(&rulebook, 10_000);
    let (ours, theirs) = (results(&rulebook, &rows), results(&again, &rows));
    let rated = ours.iter().filter(|r| r.0 == "rated").count();
    assert!(rated > 5_000, "{rated}");
    for (at, (a, b)) in ours.iter().zip(&theirs).enumerate() {
        assert_eq!(a, b, "row {at}: {:?}", rows.get(at));
    }
    let scores: std::collections::BTreeSet<_> = ours.iter().map(|r| &r.1).collect();
    assert!(scores.len() > 1_000, "{}", scores.len());
    // A second round changes nothing more.
    let (second, _) = pmml::export(&again).unwrap_or_else(|failure| panic!("{failure}"));
    let third = pmml::import(&second, &Options::new(Heading::new("card", "2"))).unwrap_or_else(|f| panic!("{f}"));
    assert_eq!(results(&Rulebook::from_files(&third.files).unwrap(), &rows), ours);
}

#[test]
fn what_pmml_does_not_know_is_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../rules");
    let said = |folder: &str| match pmml::export(&Rulebook::load(root.join(folder)).unwrap()) {
        Err(failure) => failure.to_string(),
        Ok(_) => panic!("{folder} was carried"),
    };
    let yuanhe = said("yuanhe/2026.1");
    for part in [
        "override `court.dishonest`",
        "a least coverage",
        "it rounds",
        "it looks at events",
        "deductions for each event",
    ] {
        assert!(yuanhe.contains(part), "{part}: {yuanhe}");
    }
    assert!(said("sme-size/2011.1").contains("its conditions look at several facts"));
}
