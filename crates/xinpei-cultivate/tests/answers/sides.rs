//! Edges on a side to which a value never moves are no cliffs, and bands there are no next bands.

use rust_decimal::Decimal;
use xinpei_cultivate::{Answer, Request};

use super::Town;

const BANDS: &str = "points: [{below: 3, points: 10}, {below: 5, points: 20}, {points: 10}]";

/// One line over one fact, with 20 points from 3 to 5 and 10 on either side.
fn answer(fact: &str, of: &str, facts: &str) -> Answer {
    let facts_file = format!(
        "  - {{id: f.x, label: {{en: it}}, {fact}}}\n  - {{id: f.y, label: {{en: other}}, type: count, mutability: only_up}}\n"
    );
    let lines = format!(
        "  - id: l.x\n    label: {{en: line}}\n    basis: pilot\n    of: '{of}'\n    {BANDS}\n    missing: 0\n"
    );
    Town { edges: Some((20, 15)), facts: &facts_file, lines: &lines, ..Town::default() }
        .ask(facts, &Request { unlock: 0, ..Request::default() })
}

/// The edge of the cliff, if there is one, and how far it is.
fn cliff(fact: &str, of: &str, facts: &str) -> Option<(String, String)> {
    let answer = answer(fact, of, facts);
    answer.cliffs.first().map(|c| (c.edge.clone(), c.distance.to_string()))
}

/// How far the next band is, of a line with 10 points; `None` where there is none to move to.
fn next(fact: &str, of: &str, facts: &str) -> Option<String> {
    let answer = answer(fact, of, facts);
    let line = answer.gradient.first().unwrap();
    assert_eq!((line.points, line.gain), (Decimal::from(10), Decimal::from(10)));
    line.distance.map(|d| d.to_string())
}

const COUNT: &str = "type: count, range: {from: 0, to: 100}";

/// At 3 the lower edge is one step away, and the upper one two steps. What measures may not do can happen all the
/// same: arrears that they only pay off rise again, and a count that they leave alone changes.
#[test]
fn a_cliff_is_where_a_value_can_come_to() {
    for mutability in ["free", "only_up", "only_down", "immutable"] {
        let fact = format!("{COUNT}, mutability: {mutability}");
        assert_eq!(cliff(&fact, "f.x", r#"{"f.x": 3}"#), Some(("2".into(), "1".into())), "{mutability}");
    }
    let count = "type: count, range: {from: 0, to: 100}, unit: year, mutability: time_driven";
    assert_eq!(cliff(count, "bare(f.x)", r#"{"f.x": 3}"#), Some(("5".into(), "2".into())));
}

#[test]
fn a_next_band_is_one_to_move_to() {
    let of = |mutability: &str, value: &str| {
        next(&format!("{COUNT}, mutability: {mutability}"), "f.x", &format!("{{\"f.x\": {value}}}"))
    };
    assert_eq!((of("free", "2"), of("free", "6")), (Some("1".into()), Some("2".into())));
    assert_eq!((of("only_up", "2"), of("only_up", "6")), (Some("1".into()), None));
    assert_eq!((of("only_down", "2"), of("only_down", "6")), (None, Some("2".into())));
    assert_eq!((of("immutable", "2"), of("immutable", "6")), (None, None));
}

/// An age only rises: from 3 to 5 it is 1 or 2 years to the upper edge, never back below the lower one.
#[test]
fn an_age_only_rises() {
    for (date, mutability) in [("2023-06-30", "time_driven"), ("2023-06-30", "immutable")] {
        let fact = format!("type: date, mutability: {mutability}");
        let facts = format!("{{\"f.x\": \"{date}\"}}");
        assert_eq!(cliff(&fact, "years_since(f.x)", &facts), Some(("5".into(), "2".into())), "{mutability}");
    }
    let old = next("type: date, mutability: time_driven", "years_since(f.x)", r#"{"f.x": "2016-06-30"}"#);
    let young = next("type: date, mutability: time_driven", "years_since(f.x)", r#"{"f.x": "2025-06-30"}"#);
    assert_eq!((old, young), (None, Some("2".into())));
    // A date that may be made later brings the age down again.
    let renewed = cliff("type: date, mutability: only_up", "years_since(f.x)", r#"{"f.x": "2023-06-30"}"#);
    assert_eq!(renewed, Some(("2".into(), "1".into())));
    // Time that is left until a day only falls: three months until 30 September.
    let left = cliff("type: date", "months_between(as_of, f.x)", r#"{"f.x": "2026-09-30"}"#);
    assert_eq!(left, Some(("2".into(), "1".into())));
}

/// What only rises, taken from what stays, only falls, and so on.
#[test]
fn sums_and_differences_combine() {
    let fixed = "type: date, mutability: immutable";
    let facts = r#"{"f.x": "2022-06-30", "f.y": 1}"#;
    // 4 years − 1 is 3, and only rises: two years to 5.
    assert_eq!(cliff(fixed, "bare(years_since(f.x)) - 1", facts), Some(("5".into(), "2".into())));
    // 7 − 4 is 3, and only falls: one year to 2.
    assert_eq!(cliff(fixed, "7 - bare(years_since(f.x))", facts), Some(("2".into(), "1".into())));
    // 2 × 4 − 5 is 3, and only rises.
    assert_eq!(cliff(fixed, "bare(years_since(f.x)) * 2 - 5", facts), Some(("5".into(), "2".into())));
    // A count may do both, and what is not looked into keeps the nearer edge too.
    assert_eq!(cliff(fixed, "bare(years_since(f.x)) - bare(f.y)", facts), Some(("2".into(), "1".into())));
    assert_eq!(cliff(fixed, "choose(f.y > 9, 7, bare(years_since(f.x)) - 1)", facts), Some(("2".into(), "1".into())));
}
