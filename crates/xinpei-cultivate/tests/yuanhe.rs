//! The example archive: a plan, a certificate or "already at the top" for every enterprise, and every plan
//! scores as promised.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use xinpei::{Date, Dossier, Rulebook, Versions};
use xinpei_cultivate::{Answer, Plan, Planner, Request, State, Status, Wanted, plan_row};
use xinpei_tables::{Delivery, Mapping};

fn archive() -> (Rulebook, Delivery, Date) {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/yuanhe"));
    let as_of = Date::parse("2026-06-30").unwrap();
    let mapping = Mapping::read(&folder).unwrap();
    let rulebook = Versions::open(&mapping.rules).unwrap().in_force(as_of).unwrap();
    let delivery = Delivery::read(&mapping, &rulebook, as_of).unwrap();
    (rulebook, delivery, as_of)
}

/// The rank of a grade: 0 is the last one.
fn rank(rulebook: &Rulebook, grade: Option<&String>) -> Option<usize> {
    grade.and_then(|g| rulebook.typed().grades.iter().rev().position(|x| x.id == *g))
}

fn check(rulebook: &Rulebook, answer: &Answer, facts: &Dossier) {
    let of = &answer.enterprise;
    match answer.status {
        Status::Optimal | Status::BestFound => {
            let plan = answer.plan.as_ref().unwrap();
            let target = answer.target.as_ref().unwrap();
            // The facts at the end, read by the engine as any dossier, give what was promised.
            let decision = rulebook.decide(&plan.facts, plan.review);
            assert_eq!((&decision.receipt, decision.score), (&plan.receipt, plan.result.score), "{of}");
            assert_eq!(decision.grade, plan.result.grade, "{of}");
            assert!(rank(rulebook, decision.grade.as_ref()) >= rank(rulebook, target.grade.as_ref()), "{of}");
            // No step is a step back: neither from the start, nor from where time alone leads.
            for step in &plan.steps {
                let idle = rulebook.decide(facts, step.end);
                assert!(step.after.score >= answer.start.score.min(idle.score), "{of}: {}", step.measure);
                let least = rank(rulebook, answer.start.grade.as_ref()).min(rank(rulebook, idle.grade.as_ref()));
                assert!(rank(rulebook, step.after.grade.as_ref()) >= least, "{of}: {}", step.measure);
            }
            // What is sooner costs more, and every one of these plans does what it promises.
            let all: Vec<&Plan> = answer.sooner.iter().chain([plan]).collect();
            for pair in all.windows(2) {
                assert!(pair[0].months < pair[1].months && pair[0].cost > pair[1].cost, "{of}");
            }
            for other in answer.sooner.iter().chain(&answer.others) {
                assert_eq!(rulebook.decide(&other.facts, other.review).receipt, other.receipt, "{of}");
            }
            let costs: rust_decimal::Decimal = plan.steps.iter().map(|s| s.cost).sum();
            assert_eq!(costs, plan.cost, "{of}");
        }
        Status::Infeasible => {
            let certificate = answer.certificate.as_ref().unwrap();
            let sound = certificate.points_short || !certificate.blocked.is_empty();
            assert!(sound || certificate.needed <= Some(certificate.attainable), "{of}");
            assert!(certificate.earliest.is_none_or(|day| day > answer.as_of.add_months(12)), "{of}");
            for line in &certificate.lines {
                assert!(line.now <= line.best && line.best <= line.max.max(line.now), "{of}: {}", line.id);
            }
        }
        Status::AtTop => assert_eq!(answer.start.grade.as_deref(), Some("AAA"), "{of}"),
        Status::Refer => assert!(!answer.faults.is_empty(), "{of}"),
        other => panic!("{of}: {}", other.word()),
    }
}

/// Every twentieth enterprise in a quick run; all of them with `--ignored`.
fn run(step: usize) -> BTreeMap<&'static str, usize> {
    let (rulebook, delivery, as_of) = archive();
    let mut seen: BTreeMap<&'static str, usize> = BTreeMap::new();
    let mut times = Vec::new();
    let planner = Planner::new(&rulebook);
    let request = Request { others: 1, ..Request::default() };
    for row in (0..delivery.batch.rows()).step_by(step) {
        let started = Instant::now();
        let answer = planner.plan_row(&delivery.batch, row, as_of, &request).unwrap();
        times.push((started.elapsed(), answer.nodes, answer.enterprise.clone()));
        check(&rulebook, &answer, &State::of(&delivery.batch, row).dossier(rulebook.dictionary()));
        *seen.entry(answer.status.word()).or_default() += 1;
    }
    times.sort();
    let at = |share: usize| &times[(times.len() - 1) * share / 100];
    println!("{seen:?}; p50 {:?}, p90 {:?}, max {:?}", at(50), at(90), at(100));
    seen
}

#[test]
fn some_enterprises() {
    let seen = run(20);
    assert!(seen.get("optimal").is_some_and(|n| *n > 10), "{seen:?}");
}

#[test]
#[ignore = "takes minutes without optimisation: cargo test --release -p xinpei-cultivate --test yuanhe -- --ignored --nocapture"]
fn every_enterprise() {
    let seen = run(1);
    assert_eq!(seen.values().sum::<usize>(), 500);
    assert!(seen.get("optimal").is_some_and(|n| *n > 200) && seen.contains_key("at_top"), "{seen:?}");
}

/// A better target is never cheaper, and a target that is there already is not planned for.
#[test]
fn targets_of_one_enterprise() {
    let (rulebook, delivery, as_of) = archive();
    let row = (0..500).find(|row| delivery.batch.enterprises.get(*row) == "91000000MA0000242C").unwrap();
    let facts = State::of(&delivery.batch, row).dossier(rulebook.dictionary());
    let ask = |target: Wanted| {
        let request = Request { target, ..Request::default() };
        plan_row(&rulebook, &delivery.batch, row, as_of, &request)
    };
    let mut before = rust_decimal::Decimal::ZERO;
    for grade in ["BBB", "A"] {
        let answer = ask(Wanted::Grade(grade.into())).unwrap();
        check(&rulebook, &answer, &facts);
        let Some(plan) = answer.plan else { continue };
        assert!(plan.cost >= before);
        before = plan.cost;
    }
    assert_eq!(ask(Wanted::Grade("B".into())).unwrap().status, Status::Reached);
    assert!(ask(Wanted::Grade("E".into())).unwrap_err().to_string().contains("there is no grade `E`"));
    let score = ask(Wanted::Score(rust_decimal::Decimal::from(730))).unwrap();
    assert!(score.plan.unwrap().result.score >= Some(rust_decimal::Decimal::from(730)));
}
