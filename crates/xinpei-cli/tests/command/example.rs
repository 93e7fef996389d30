//! The verbs of the zone on the example archive: what they add up to, against the decisions themselves.

#![expect(clippy::unwrap_used, reason = "a test without its result has failed")]

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::Value;

use crate::place::Place;
use crate::zone::json;

const ARCHIVE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/yuanhe");
const DAY: &str = "2026-06-30";

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}

fn sum(list: &[Value]) -> u64 {
    list.iter().filter_map(|one| one["count"].as_u64()).sum()
}

/// The decisions on all enterprises.
fn decisions(place: &Place) -> Vec<Value> {
    let ran = place.run(&["score", ARCHIVE, "--as-of", DAY, "--format", "json"]);
    ran.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn products_admit_whom_decisions_say() {
    let place = Place::new();
    let mut expected: BTreeMap<String, (u64, Decimal)> = BTreeMap::new();
    for decision in decisions(&place) {
        for outcome in list(&decision, "outcomes").iter().filter(|o| o["kind"] == "product") {
            let entry = expected.entry(text(outcome, "id").to_owned()).or_default();
            entry.0 += 1;
            entry.1 += text(outcome, "amount").parse::<Decimal>().unwrap_or_default();
        }
    }
    let matched = json(&place.run(&["match", ARCHIVE, "--as-of", DAY, "--format", "json"]));
    let got: BTreeMap<String, (u64, Decimal)> = list(&matched, "products")
        .iter()
        .map(|p| (text(p, "id").to_owned(), (p["admitted"].as_u64().unwrap(), text(p, "limits").parse().unwrap())))
        .collect();
    assert_eq!(got.len(), 7);
    assert_eq!(got, expected);
    // Whoever is not admitted is told at least one condition, and whoever is none.
    for entry in list(&matched, "enterprises") {
        for offer in list(entry, "offers") {
            assert_eq!(offer["admitted"] == true, list(offer, "unmet").is_empty(), "{entry}");
        }
    }
}

#[test]
fn the_report_counts_everybody_once() {
    let place = Place::new();
    let report = json(&place.run(&["report", ARCHIVE, "--as-of", DAY, "--format", "json"]));
    let count = |key: &str| report[key].as_u64().unwrap();
    assert_eq!((count("enterprises"), sum(list(&report, "tiers"))), (500, 500));
    assert_eq!(sum(list(&report, "grades")) + count("unrated"), 500);
    assert_eq!(count("archived") + list(&report, "tiers").last().unwrap()["count"].as_u64().unwrap(), 500);
    let decisions = decisions(&place);
    let refer = decisions.iter().filter(|d| d["status"] == "refer").count();
    assert_eq!(count("refer"), u64::try_from(refer).unwrap());
    let mut on: [BTreeSet<&str>; 2] = Default::default();
    for listing in list(&report, "publicity") {
        let side = &mut on[usize::from(listing["publicity"] == "dishonest")];
        for entry in list(listing, "entries") {
            side.insert(text(entry, "enterprise"));
            assert!(text(entry, "until").is_empty() || text(entry, "until") >= DAY, "{entry}");
        }
        // Everybody of whom a decision says so is told: listed, past the last day, or on faulty data.
        let told = ["entries", "over", "withheld"].iter().map(|key| list(listing, key).len()).sum::<usize>();
        let says = |d: &&Value| list(d, "outcomes").iter().any(|o| o["id"] == listing["id"]);
        assert_eq!(told, decisions.iter().filter(says).count(), "{}", listing["id"]);
    }
    assert!(on[0].len() > 100 && on[1].len() > 50);
    assert_eq!(on[0].intersection(&on[1]).collect::<Vec<_>>(), Vec::<&&str>::new());
}

#[test]
fn nothing_becomes_of_anybody_in_no_time() {
    let place = Place::new();
    let watched = json(&place.run(&["watch", ARCHIVE, "--since", DAY, "--as-of", DAY, "--format", "json"]));
    assert_eq!((watched["watched"].as_u64(), list(&watched, "enterprises").len()), (Some(500), 0));
    assert_eq!(list(&watched, "come").len() + list(&watched, "gone").len(), 0);
    assert_eq!(list(&watched, "stale").len(), 2);
}
