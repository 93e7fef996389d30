//! Scores one dossier, as a service does for one request.

use std::error::Error;

use xinpei::{Date, Dossier, Versions};

fn main() -> Result<(), Box<dyn Error>> {
    // Once, when the service starts: the version in force on the day.
    let as_of = Date::parse("2026-06-30").ok_or("not a date")?;
    let rules = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/yuanhe");
    let rulebook = Versions::open(rules)?.in_force(as_of)?;

    // For each request: JSON in, a decision out.
    let dossier = Dossier::from_json(include_str!("../dossier.json"))?;
    let decision = rulebook.decide(&dossier, as_of);

    let score = decision.score.map_or_else(|| "none".to_owned(), |score| score.to_string());
    println!("{}: grade {}, score {score}", decision.enterprise, decision.grade.as_deref().unwrap_or("none"));
    for reason in &decision.reasons {
        println!(
            "  {} ({})",
            reason.text.text("en"),
            reason.lost.map_or_else(|| "override".to_owned(), |lost| format!("−{lost}"))
        );
    }
    Ok(())
}
