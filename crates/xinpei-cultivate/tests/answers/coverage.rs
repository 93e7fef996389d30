//! Too little that is known is told at once, and a plan that makes more known is still found.

use rust_decimal::Decimal;
use xinpei_cultivate::{Request, Status, Wanted};

use super::{Town, day};

/// Three lines of 30, 20 and 10 points, of which 0.5 must be known: one measure makes the second known.
const TOWN: Town<'_> = Town {
    to: None,
    edges: Some((40, 20)),
    unrated_below: Some("0.5"),
    facts: "  - {id: firm.a, label: {en: a}, type: count, range: {from: 0, to: 9}}
  - {id: firm.b, label: {en: b}, type: count, range: {from: 0, to: 9}, mutability: only_up}
  - {id: firm.c, label: {en: c}, type: count, range: {from: 0, to: 9}}
",
    lines: "  - {id: l.a, label: {en: a}, basis: pilot, of: firm.a, points: [{below: 1, points: 0}, {points: 30}], missing: 0}
  - {id: l.b, label: {en: b}, basis: pilot, of: firm.b, points: [{below: 1, points: 0}, {points: 20}], missing: 0}
  - {id: l.c, label: {en: c}, basis: pilot, of: firm.c, points: [{below: 1, points: 0}, {points: 10}], missing: 0}
",
    overrides: "",
    measures: "  - id: m.b
    label: {en: make b known}
    basis: pilot
    evidence: {en: letter}
    effects: [{fact: firm.b, raise_to: 1}]
    cost: 100
    duration: 1 months
",
    products: "",
};

fn to(grade: &str) -> Request {
    Request { target: Wanted::Grade(grade.into()), ..Request::default() }
}

#[test]
fn too_little_whatever_is_done() {
    // Nothing is known; with b it would be 20 of 60, which is 0.33, and 0.5 is asked for.
    let answer = TOWN.ask("{}", &to("B"));
    let certificate = answer.certificate.unwrap();
    assert_eq!((answer.status, answer.nodes), (Status::Infeasible, 0));
    let known = certificate.coverage.unwrap();
    assert_eq!((known.attainable, known.needed), (Decimal::new(33, 2), Decimal::new(5, 1)));
    // With a known 50 of 60 are, and b has its 20 points already or gets them: one fact is enough.
    let unlock: Vec<_> = certificate.unlock.iter().map(|r| (r.fact.as_str(), r.needed.as_str())).collect();
    assert_eq!((unlock, certificate.smallest), (vec![("firm.a", "1")], true));
}

#[test]
fn a_plan_makes_enough_known() {
    // c is 10 of 60, b 20: together 0.5, and 30 points.
    let answer = TOWN.ask(r#"{"firm.c": 1}"#, &to("B"));
    assert_eq!((answer.status, answer.start.status), (Status::Optimal, "unrated"));
    let plan = answer.plan.unwrap();
    assert_eq!((plan.result.score, plan.review), (Some(Decimal::from(30)), day("2026-07-30")));
    // Enough is known, but 30 points are not 40: that is told of points, not of what is known.
    let certificate = TOWN.ask(r#"{"firm.c": 1}"#, &to("A")).certificate.unwrap();
    assert!(certificate.points_short && certificate.coverage.is_none());
}
