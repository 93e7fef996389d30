//! `xinpei replay`.

use crate::place::{CODES, Place};

fn recorded() -> Place {
    let place = Place::new();
    assert_eq!(place.run(&["score", "data", "--as-of", "2026-06-15", "--format", "json", "--out", "d.jsonl"]).code, 0);
    place
}

#[test]
fn the_same_facts_give_the_same_decisions() {
    let ran = recorded().run(&["replay", "d.jsonl", "data"]);
    assert_eq!((ran.code, ran.out.as_str(), ran.err.as_str()), (0, "3 same, 0 differ\n", ""));
}

#[test]
fn nothing_recorded_is_no_success() {
    let place = recorded();
    place.write("empty.jsonl", "");
    place.run(&["replay", "empty.jsonl", "data"]).refused(&["holds no decision"]);
}

#[test]
fn the_first_difference_is_named() {
    let place = recorded();
    place.change("data/arrears.csv", "9,999.99", "10,000.00");
    let ran = place.run(&["replay", "d.jsonl", "data"]);
    assert_eq!(ran.code, 1);
    let expected =
        format!("d.jsonl:2: {}  characteristics[1].points (tax.arrears): 12 → 0  [facts changed]\n", CODES[1]);
    assert_eq!(ran.out, format!("{expected}2 same, 1 differ\n"));
    let json: serde_json::Value =
        serde_json::from_str(&place.run(&["replay", "d.jsonl", "data", "--format", "json"]).out).unwrap();
    assert_eq!((json["same"].as_u64(), json["differences"][0]["line"].as_u64()), (Some(2), Some(2)));
}

#[test]
fn changed_rules_are_told_as_the_cause() {
    let place = recorded();
    place.change("rules/county/2026.1/sections/2-court.yaml", "deduct: 15", "deduct: 20");
    let ran = place.run(&["replay", "d.jsonl", "data"]);
    assert!(ran.out.contains("characteristics[2].points (court.cases): 25 → 20  [rulebook changed]"), "{}", ran.out);
    // The digest of the rules is part of every decision.
    assert!(ran.out.ends_with("0 same, 3 differ\n"), "{}", ran.out);
}

#[test]
fn a_decision_that_was_touched() {
    let place = recorded();
    place.change("d.jsonl", "\"score\":\"100\"", "\"score\":\"101\"");
    let ran = place.run(&["replay", "d.jsonl", "data"]);
    assert!(ran.out.contains("score: 101 → 100"), "{}", ran.out);
    place.change("d.jsonl", "\"score\":\"101\"", "\"score\": \"100\"");
    assert!(place.run(&["replay", "d.jsonl", "data"]).out.contains("spelling"));
    place.change("data/register.csv", CODES[2], CODES[3]);
    assert!(place.run(&["replay", "d.jsonl", "data"]).out.contains("not in the input"));
}

#[test]
fn what_cannot_be_replayed_is_refused() {
    let place = recorded();
    place.run(&["replay", "nowhere.jsonl", "data"]).refused(&["cannot read `nowhere.jsonl`"]);
    place.run(&["replay", "data/register.csv", "data"]).refused(&["line 1 is not a recorded decision"]);
    place.run(&["replay", "d.jsonl", "rules"]).refused(&["mapping.yaml"]);
    place.change("d.jsonl", "\"version\":\"2026.1\"", "\"version\":\"2024.1\"");
    place.run(&["replay", "d.jsonl", "data"]).refused(&["no version `2024.1`"]);
}
