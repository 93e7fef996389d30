//! Values in a certificate are near today's, round, and true.

use rust_decimal::Decimal;
use xinpei::{Dossier, Value};
use xinpei_cultivate::{Answer, Request, Status, Wanted, plan};

use super::{Town, day, dossier};

/// One line: assets over debts. Nothing moves them by a measure.
fn ratio(facts: &'static str) -> Town<'static> {
    Town {
        facts,
        lines: "  - id: firm.cover\n    label: {en: cover}\n    basis: pilot\n    \
                of: 'round(firm.assets / firm.debts, 4)'\n    \
                points: [{below: 1, points: 0}, {below: 1.5, points: 20}, {below: 2, points: 40}, {points: 60}]\n    \
                missing: 0\n",
        ..Town::default()
    }
}

const ASSETS: &str = "  - {id: firm.assets, label: {en: assets}, type: money, range: {from: 0, to: 100_000_000_000}, mutability: only_up}
  - {id: firm.debts, label: {en: debts}, type: money, range: {from: 0, to: 100_000_000_000}, mutability: only_down}
";
const DEBTS: &str = "  - {id: firm.debts, label: {en: debts}, type: money, range: {from: 0, to: 100_000_000_000}, mutability: only_down}
  - {id: firm.assets, label: {en: assets}, type: money, range: {from: 0, to: 100_000_000_000}, mutability: only_up}
";

fn asked() -> Request {
    Request { target: Wanted::Grade("A".into()), further: 0, ..Request::default() }
}

/// The facts that a certificate names, each with its value.
fn named(answer: &Answer) -> Vec<(&str, &str)> {
    let unlock = &answer.certificate.as_ref().unwrap().unlock;
    unlock.iter().map(|r| (r.fact.as_str(), r.needed.as_str())).collect()
}

/// Whether there is a plan, or none is needed, if numbers have the values that were named.
fn opens(town: &Town<'_>, facts: &str, answer: &Answer) -> bool {
    let mut dossier: Dossier = dossier(facts);
    for (fact, needed) in named(answer) {
        dossier.facts.insert(fact.to_owned(), Value::Number(needed.parse::<Decimal>().unwrap()));
    }
    let answer = plan(&town.rulebook(), &dossier, day("2026-06-30"), &asked()).unwrap();
    answer.plan.is_some() || answer.status == Status::Reached
}

/// Grade A asks for a cover of 2, which 1,999,950.00 over 1,000,000 rounds to: 999,950 more than today. The
/// roundest number behind it, with which the way grows by a tenth at most, is 2,000,000; the next rounder one
/// would be 10,000,000.
#[test]
fn not_the_end_of_the_range() {
    let (town, facts) = (ratio(ASSETS), r#"{"firm.assets": 1000000, "firm.debts": 1000000}"#);
    let answer = town.ask(facts, &asked());
    assert_eq!(answer.status, Status::Infeasible);
    assert_eq!(named(&answer), [("firm.assets", "2000000.00")]);
    assert!(opens(&town, facts, &answer));
}

/// The same from above: debts of 500,012.50 or less have a cover that rounds to 2, and 500,000 is round.
#[test]
fn not_the_other_end_of_the_range() {
    let (town, facts) = (ratio(DEBTS), r#"{"firm.assets": 1000000, "firm.debts": 1000000}"#);
    let answer = town.ask(facts, &asked());
    assert_eq!(named(&answer), [("firm.debts", "500000.00")]);
    assert!(opens(&town, facts, &answer));
}

/// Where the way is short, the value is not rounded farther than a tenth of it: 1,999,950.00 − 1,999,900.00 is
/// 50 yuan, so 1,999,950 stays (54.99 would be too far, and no rounder number lies between).
#[test]
fn a_short_way_stays_short() {
    let (town, facts) = (ratio(ASSETS), r#"{"firm.assets": 1999900, "firm.debts": 1000000}"#);
    let answer = town.ask(facts, &asked());
    assert_eq!(named(&answer), [("firm.assets", "1999950.00")]);
    assert!(opens(&town, facts, &answer));
}

/// What is not known is thought of from zero: assets of 1,999,950 or more; 2,000,000 is round.
#[test]
fn what_is_not_known() {
    let (town, facts) = (ratio(ASSETS), r#"{"firm.debts": 1000000}"#);
    let answer = town.ask(facts, &asked());
    assert_eq!(named(&answer), [("firm.assets", "2000000.00")]);
    assert!(opens(&town, facts, &answer));
}

/// An edge that is exact is named exactly: the eighth patent, not the tenth.
#[test]
fn an_exact_edge_is_named() {
    let town = Town {
        facts: "  - {id: firm.patents, label: {en: patents}, type: count, range: {from: 0, to: 100_000}}\n",
        lines: "  - id: firm.patents\n    label: {en: patents}\n    basis: pilot\n    of: firm.patents\n    \
                points: [{below: 8, points: 0}, {points: 60}]\n    missing: 0\n",
        ..Town::default()
    };
    let facts = r#"{"firm.patents": 1}"#;
    let answer = town.ask(facts, &asked());
    assert_eq!(named(&answer), [("firm.patents", "8")]);
    assert!(opens(&town, facts, &answer));
}

/// A date is named to the day on which it does as much today.
#[test]
fn a_date_is_named() {
    let town = Town {
        facts: "  - {id: firm.founded, label: {en: founded}, type: date, mutability: time_driven}\n",
        lines: "  - id: firm.age\n    label: {en: age}\n    basis: pilot\n    of: days_since(firm.founded)\n    \
                points: [{below: 1_095, points: 0}, {points: 60}]\n    missing: 0\n",
        ..Town::default()
    };
    let answer = town.ask(r#"{"firm.founded": "2026-01-15"}"#, &asked());
    // 1,095 days before 30 June 2026: 366 of them from 2023-06-30 to 2024-06-30, then 365 twice, make 1,096.
    assert_eq!(named(&answer), [("firm.founded", "2023-07-01")]);
}

/// Grade A asks for 60 points: class B has them, so class A, which has more, is not asked for.
#[test]
fn no_better_member_than_is_enough() {
    let town = Town {
        facts: "  - {id: firm.class, label: {en: class}, type: category, members: [A, B, C, D], mutability: immutable}\n",
        lines: "  - id: firm.class\n    label: {en: class}\n    basis: pilot\n    of: firm.class\n    \
                points: {A: 80, B: 60, C: 20, D: 0}\n    missing: 0\n",
        ..Town::default()
    };
    let answer = town.ask(r#"{"firm.class": "D"}"#, &asked());
    assert_eq!(named(&answer), [("firm.class", "B")]);
}

/// Class A has 80 points, but without a permit it is held down to C; class B has the 60 that are asked for. Whatever
/// is named, it may not be called the fewest unless it is one fact: class B alone is enough.
#[test]
fn the_fewest_are_claimed_only_where_they_are() {
    let town = Town {
        facts: "  - {id: firm.class, label: {en: class}, type: category, members: [A, B, C, D], mutability: immutable}
  - {id: firm.permit, label: {en: permit}, type: flag, mutability: immutable}
",
        lines: "  - id: firm.class\n    label: {en: class}\n    basis: pilot\n    of: firm.class\n    \
                points: {A: 80, B: 60, C: 20, D: 0}\n    missing: 0\n  - id: firm.permit\n    label: {en: permit}\n    \
                basis: pilot\n    of: firm.permit\n    points: {true: 1, false: 0}\n    missing: 0\n",
        overrides: "overrides:\n  - {id: o.permit, label: {en: permit}, basis: pilot, when: 'firm.class == \"A\" && !firm.permit', cap: C}\n",
        ..Town::default()
    };
    let enough = town.ask(r#"{"firm.class": "B", "firm.permit": false}"#, &asked());
    assert_eq!(enough.status, Status::Reached);
    let answer = town.ask(r#"{"firm.class": "D", "firm.permit": false}"#, &asked());
    assert!(!named(&answer).is_empty());
    let certificate = answer.certificate.as_ref().unwrap();
    assert!(!certificate.smallest || certificate.unlock.len() == 1, "{}", answer.to_json());
}

/// A notch that is always there takes grade A out of the reach of every score: it is named, and points are not
/// blamed, for 60 of 60 are attainable.
#[test]
fn a_notch_and_no_points_stand_in_the_way() {
    let town = Town {
        facts: "  - {id: firm.years, label: {en: years}, type: count, range: {from: 0, to: 100}, mutability: immutable}\n",
        lines: "  - id: firm.years\n    label: {en: years}\n    basis: pilot\n    of: firm.years\n    \
                points: [{below: 8, points: 0}, {points: 60}]\n    missing: 0\n",
        overrides: "overrides:\n  - {id: firm.old, label: {en: old}, basis: pilot, when: firm.years >= 9, notch: -1}\n",
        ..Town::default()
    };
    let answer = town.ask(r#"{"firm.years": 9}"#, &asked());
    let certificate = answer.certificate.as_ref().unwrap();
    assert_eq!(certificate.blocked.iter().map(|b| b.id.as_str()).collect::<Vec<_>>(), ["firm.old"]);
    assert_eq!((certificate.points_short, certificate.needed), (false, None));
}
