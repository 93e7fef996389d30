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

#[test]
fn a_count_moves_as_its_fact_may() {
    let of = |mutability: &str| cliff(&format!("{COUNT}, mutability: {mutability}"), "f.x", r#"{"f.x": 3}"#);
    // At 3 the lower edge is one step away, and the upper one two steps.
    assert_eq!(of("free"), Some(("2".into(), "1".into())));
    assert_eq!(of("only_down"), Some(("2".into(), "1".into())));
    assert_eq!(of("only_up"), Some(("5".into(), "2".into())));
    assert_eq!(of("immutable"), None);
    assert_eq!(cliff(COUNT, "f.x", r#"{"f.x": 3}"#), None);
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

#[test]
fn sums_and_differences_combine() {
    let down = format!("{COUNT}, mutability: only_down");
    let both = r#"{"f.x": 4, "f.y": 1}"#;
    // 4 − 1 is 3: what falls less what rises falls; 3 can not reach 5.
    assert_eq!(cliff(&down, "f.x - f.y", both), Some(("2".into(), "1".into())));
    // 1 + 10 − 8 is 3, and only rises.
    assert_eq!(cliff(&down, "f.y + 10 - f.x * 2", both), Some(("5".into(), "2".into())));
    // What may do both, and what is not looked into, keeps the nearer edge.
    assert_eq!(cliff(&down, "f.x + f.y - 2", both), Some(("2".into(), "1".into())));
    assert_eq!(cliff(COUNT, "choose(f.x > 9, 7, f.x - 1)", both), Some(("2".into(), "1".into())));
}
