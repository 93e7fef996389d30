//! Plans in the course of days, worked out by hand: a step is judged on its day, and what is later and a little
//! cheaper is found.

use rust_decimal::Decimal;
use xinpei_cultivate::{Request, Status, Wanted};

use super::{Town, day};

/// Whoever builds must move first, which takes two months; the plant takes one more.
const BUILD: &str =
    "  - {id: m.move, label: {en: move}, basis: pilot, evidence: {en: proof}, effects: [{fact: firm.moved, set: true}], cost: 100, duration: 2 months}
  - {id: m.build, label: {en: build}, basis: pilot, evidence: {en: proof}, effects: [{fact: firm.plant, set: true}], cost: 100, duration: 1 months, requires: [m.move]}
";
const FACTS: &str = "  - {id: firm.founded, label: {en: founded}, type: date, mutability: time_driven}
  - {id: firm.moved, label: {en: moved}, type: flag, mutability: free}
  - {id: firm.plant, label: {en: plant}, type: flag, mutability: free}
";
/// On 30 June 2026 one year old; the second birthday is on 15 August.
const FIRM: &str = r#"{"firm.founded": "2024-08-15", "firm.moved": false, "firm.plant": false}"#;

/// Lines of the age, with its points below two years and from then on; of the old site and the new one; and of
/// the plant.
fn lines(age: (u32, u32), site: (u32, u32), plant: u32) -> String {
    let line = |id: &str, of: &str, points: String| {
        format!(
            "  - id: {id}\n    label: {{en: line}}\n    basis: pilot\n    of: {of}\n    points: {points}\n    missing: 0\n"
        )
    };
    let flag = |yes: u32, no: u32| format!("{{true: {yes}, false: {no}}}");
    [
        line("l.age", "years_since(firm.founded)", format!("[{{below: 2, points: {}}}, {{points: {}}}]", age.0, age.1)),
        line("l.site", "firm.moved", flag(site.1, site.0)),
        line("l.plant", "firm.plant", flag(plant, 0)),
    ]
    .concat()
}

/// Grade A, without looking further where there is no plan.
fn best() -> Request {
    Request { target: Wanted::Grade("A".into()), unlock: 0, further: 0, ..Request::default() }
}

/// The firm has 0 + 20 + 0 = 20 points. On 30 August, when it has moved, they are 20 + 0 + 0 = 20, for the birthday
/// was before: no step back, though on 30 June the move alone would leave nothing. On 30 September the plant makes
/// them 20 + 0 + 40 = 60, which is A; waiting alone ends at 40.
#[test]
fn what_a_birthday_makes_up_for_is_no_step_back() {
    let lines = lines((0, 20), (20, 0), 40);
    let answer = Town { facts: FACTS, lines: &lines, measures: BUILD, ..Town::default() }.ask(FIRM, &best());
    assert_eq!((answer.start.score, answer.status), (Some(Decimal::from(20)), Status::Optimal));
    let plan = answer.plan.unwrap();
    let steps: Vec<_> = plan.steps.iter().map(|s| (s.measure.as_str(), s.end, s.after.score)).collect();
    assert_eq!(
        steps,
        [
            ("m.move", day("2026-08-30"), Some(Decimal::from(20))),
            ("m.build", day("2026-09-30"), Some(Decimal::from(60)))
        ]
    );
    assert_eq!((plan.months, plan.review), (3, day("2026-09-30")));
}

/// The firm has 20 + 20 + 0 = 40 points, and waiting leaves 20 of them on 30 August. Who has moved by then has
/// 0 + 15 + 0 = 15, less than both: a step back, though on 30 June the move alone would leave 35, more than
/// waiting does later. The plant would make them 0 + 15 + 60 = 75.
#[test]
fn what_a_birthday_takes_hides_no_step_back() {
    let lines = lines((20, 0), (20, 15), 60);
    let town = Town { facts: FACTS, lines: &lines, measures: BUILD, ..Town::default() };
    assert_eq!(town.ask(FIRM, &best()).status, Status::Infeasible);
    let answer = town.ask(FIRM, &Request { allow_dips: true, ..best() });
    let plan = answer.plan.unwrap();
    let scores: Vec<_> = plan.steps.iter().map(|s| s.after.score).collect();
    assert_eq!(scores, [15, 75].map(|n| Some(Decimal::from(n))));
}

/// The firm has 20 + 20 + 0 = 40 points, and waiting leaves 20 of them on 30 August. Who has moved by then has as
/// many, so the move is no step back; with the plant they are 0 + 20 + 40 = 60, which is A.
#[test]
fn what_waiting_takes_too_is_no_step_back() {
    let lines = lines((20, 0), (20, 20), 40);
    let answer = Town { facts: FACTS, lines: &lines, measures: BUILD, ..Town::default() }.ask(FIRM, &best());
    assert_eq!(answer.start.score, Some(Decimal::from(40)));
    let scores: Vec<_> = answer.plan.unwrap().steps.iter().map(|s| s.after.score).collect();
    assert_eq!(scores, [20, 60].map(|n| Some(Decimal::from(n))));
}

/// A move that costs the grade is a step back, though it brings points: 20 + 10 + 0 = 30 make B, and after the move
/// 20 + 20 + 0 = 40 would, but a rule holds whoever has moved and has no plant down to C.
#[test]
fn a_lower_grade_is_a_step_back() {
    let lines = lines((20, 20), (10, 20), 40);
    let overrides = "overrides:\n  - {id: o.empty, label: {en: no plant}, basis: pilot, when: 'firm.moved && !firm.plant', cap: C}\n";
    let town = Town { facts: FACTS, lines: &lines, overrides, measures: BUILD, ..Town::default() };
    assert_eq!(town.ask(FIRM, &best()).status, Status::Infeasible);
    let answer = town.ask(FIRM, &Request { allow_dips: true, ..best() });
    let after: Vec<_> =
        answer.plan.unwrap().steps.into_iter().map(|s| (s.after.score, s.after.grade.unwrap())).collect();
    assert_eq!(after, [(Some(Decimal::from(40)), "C".into()), (Some(Decimal::from(80)), "A".into())]);
}

/// A move that costs points is a step back, though the grade stays: 20 + 20 + 0 = 40 and 20 + 15 + 0 = 35 are B both.
#[test]
fn fewer_points_are_a_step_back() {
    let lines = lines((20, 20), (20, 15), 40);
    let town = Town { facts: FACTS, lines: &lines, measures: BUILD, ..Town::default() };
    assert_eq!(town.ask(FIRM, &best()).status, Status::Infeasible);
    assert_eq!(town.ask(FIRM, &Request { allow_dips: true, ..best() }).status, Status::Optimal);
}

/// Whoever has not moved is held down to C, with 50 + 20 = 70 points. The move is done on 1 July and changes none of
/// them, but ten days later it leaves 50 + 10 = 60: enough for A on 30 July, and a step back all the same.
#[test]
fn points_that_go_later_are_a_step_back() {
    let facts = "  - {id: firm.since, label: {en: since}, type: date, mutability: free}
  - {id: firm.moved, label: {en: moved}, type: flag, mutability: free}
";
    let lines = "  - id: l.moved\n    label: {en: line}\n    basis: pilot\n    of: firm.moved\n    points: {true: 50, false: 50}\n    missing: 0
  - id: l.since\n    label: {en: line}\n    basis: pilot\n    of: days_since(firm.since)\n    points: [{below: 10, points: 20}, {points: 10}]\n    missing: 20
";
    let town = Town {
        facts,
        lines,
        overrides: "overrides:\n  - {id: o.old, label: {en: old}, basis: pilot, when: '!firm.moved', cap: C}\n",
        measures: "  - {id: m.move, label: {en: move}, basis: pilot, evidence: {en: proof}, effects: [{fact: firm.moved, set: true}, {fact: firm.since, set: as_of}], cost: 100, duration: 1 days}\n",
        ..Town::default()
    };
    let values = r#"{"firm.moved": false}"#;
    assert_eq!(town.ask(values, &best()).status, Status::Infeasible);
    let plan = town.ask(values, &Request { allow_dips: true, ..best() }).plan.unwrap();
    let scores: Vec<_> = plan.steps.iter().map(|s| s.after.score).chain([plan.result.score]).collect();
    assert_eq!((scores, plan.review), ([70, 60].map(|n| Some(Decimal::from(n))).to_vec(), day("2026-07-30")));
}

/// Two ways to the same points: one is a month sooner, the other a fen cheaper. Both are told; and a budget buys
/// what costs as much as it is.
#[test]
fn a_fen_cheaper_is_cheaper() {
    let flag = |id: &str| format!("  - {{id: {id}, label: {{en: flag}}, type: flag, mutability: free}}\n");
    let line = |id: &str, of: &str| {
        format!(
            "  - id: {id}\n    label: {{en: line}}\n    basis: pilot\n    of: {of}\n    points: {{true: 60, false: 0}}\n    missing: 0\n"
        )
    };
    let measure = |id: &str, fact: &str, cost: &str, months: u32| {
        format!(
            "  - {{id: {id}, label: {{en: measure}}, basis: pilot, evidence: {{en: proof}}, effects: [{{fact: {fact}, set: true}}], cost: {cost}, duration: {months} months}}\n"
        )
    };
    let facts = [flag("f.soon"), flag("f.late")].concat();
    let lines = [line("l.soon", "f.soon"), line("l.late", "f.late")].concat();
    let measures = [measure("m.soon", "f.soon", "5.00", 1), measure("m.late", "f.late", "4.99", 2)].concat();
    let town = Town { facts: &facts, lines: &lines, measures: &measures, ..Town::default() };
    let fen = |fen: i64| Decimal::new(fen, 2);
    let told = |budget: Option<Decimal>| {
        let answer = town.ask(r#"{"f.soon": false, "f.late": false}"#, &Request { budget, ..best() });
        let plans = answer.sooner.iter().chain(&answer.plan);
        let plans: Vec<_> = plans.map(|p| (p.steps.first().unwrap().measure.clone(), p.cost, p.months)).collect();
        (plans, answer.certificate.and_then(|c| c.cheapest))
    };
    let (soon, late) = (("m.soon".to_owned(), fen(500), 1), ("m.late".to_owned(), fen(499), 2));
    assert_eq!(told(None), (vec![soon.clone(), late.clone()], None));
    assert_eq!(told(Some(fen(500))), (vec![soon, late.clone()], None));
    assert_eq!(told(Some(fen(499))), (vec![late], None));
    assert_eq!(told(Some(fen(498))), (Vec::new(), Some(fen(499))));
}
