//! Plans against brute force: thousands of small random rulebooks, every set of measures tried on every
//! review day by an implementation of its own, scored by the engine.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]

mod force;
mod population;
mod world;

use std::collections::BTreeSet;

use force::{Best, Force};
use rust_decimal::Decimal;
use world::World;
use xinpei::{Date, Rulebook};
use xinpei_cultivate::{Answer, Request, Status, Wanted, plan};

/// Plans for the enterprise of a seed, and the answer of brute force beside it.
fn both(world: &World) -> (Rulebook, Answer, Force) {
    let rulebook = world.rulebook();
    let answer = plan(&rulebook, &world.dossier, world.as_of, &world.request).unwrap();
    let force = Force::new(&rulebook, world);
    (rulebook, answer, force)
}

fn shown(world: &World, answer: &Answer, best: Option<&Best>) -> String {
    format!(
        "seed {}\n{}\n{:?}\n{}\nbrute force: {best:#?}",
        world.seed,
        world.text(),
        world.dossier.facts,
        answer.to_json()
    )
}

/// The target of a seed; then scores up to the most that any set of measures brings, which take several
/// measures to reach, and one that nothing reaches.
fn check_all(seed: u64, steps: &mut usize) -> Vec<Status> {
    let mut world = World::new(seed);
    let (status, most, start) = check(&world, steps);
    let mut seen = vec![status];
    if let (Some(most), Some(start)) = (most, start)
        && most > start
    {
        let tenth = Decimal::new(1, 1);
        for score in [most, most - tenth * Decimal::from(seed % 60), start + tenth, most + tenth] {
            world.request.target = Wanted::Score(score.max(start + tenth));
            seen.push(check(&world, steps).0);
        }
    }
    seen
}

fn check(world: &World, steps_seen: &mut usize) -> (Status, Option<Decimal>, Option<Decimal>) {
    let (rulebook, answer, force) = both(world);
    let fail = |why: &str| panic!("{why}: {}", shown(world, &answer, force.best.as_ref()));
    match answer.status {
        Status::Optimal => {
            let Some(best) = &force.best else { return fail("a plan that brute force does not find") };
            let plan = answer.plan.as_ref().unwrap();
            let same = plan.cost == best.cost && plan.months == best.months && plan.margin == best.margin;
            let steps: Vec<(&str, Date)> = plan.steps.iter().map(|s| (s.measure.as_str(), s.end)).collect();
            let theirs: Vec<(&str, Date)> =
                best.steps.iter().map(|s| (world.measures[s.measure].id.as_str(), s.end)).collect();
            *steps_seen += usize::from(steps.len() > 1);
            if !same || steps != theirs {
                fail("another plan");
            }
            // Every step replays, and the facts at the end score as promised.
            for (step, other) in plan.steps.iter().zip(&best.steps) {
                if step.receipt != other.receipt {
                    fail("a step that does not replay");
                }
            }
            let end = rulebook.decide(&plan.facts, plan.review);
            if end.receipt != plan.receipt || end.receipt != best.receipt || end.grade != plan.result.grade {
                fail("facts that do not score as promised");
            }
            // What may not change has not changed.
            for change in &plan.changes {
                let fact = change.fact.split(['[', '(']).next().unwrap().trim_end_matches(".count");
                if !world.mutable(fact) {
                    fail("an immutable fact changed");
                }
            }
        }
        Status::Infeasible => {
            if force.best.is_some() {
                fail("brute force finds a plan");
            }
            let certificate = answer.certificate.as_ref().unwrap();
            if force.most.is_some_and(|most| most > certificate.attainable) {
                fail("more points than the certificate says");
            }
            for blocked in &certificate.blocked {
                if !force.always.contains(&blocked.id) {
                    fail("an override is said to stand in the way, but does not always fire");
                }
            }
            if certificate.points_short && certificate.needed.is_none_or(|n| n <= certificate.attainable) {
                fail("points are said to be short");
            }
        }
        Status::AtTop => {
            let best = rulebook.typed().grades.iter().find(|g| !g.by_override).unwrap();
            if answer.start.grade.as_ref() != Some(&best.id) {
                fail("not at the top");
            }
        }
        Status::Reached => {
            if world.request.target == Wanted::NextGrade {
                fail("the next grade is never reached already");
            }
        }
        other => drop(fail(other.word())),
    }
    (answer.status, force.most, answer.start.score)
}

fn run(seeds: std::ops::Range<u64>) {
    let mut seen: std::collections::BTreeMap<&str, usize> = std::collections::BTreeMap::new();
    let (mut count, mut several) = (0, 0);
    for seed in seeds {
        for status in check_all(seed, &mut several) {
            *seen.entry(status.word()).or_default() += 1;
            count += 1;
        }
    }
    // The worlds are of every kind: a test that only ever sees one answer tests nothing.
    assert!(seen.get("optimal").is_some_and(|n| *n * 4 > count), "{seen:?}");
    assert!(seen.get("infeasible").is_some_and(|n| *n * 6 > count), "{seen:?}");
    assert!(several * 16 > count, "too few plans of several measures: {several} of {count}");
    println!("{seen:?}, {several} of several measures");
}

#[test]
fn plans_are_those_of_brute_force_a() {
    run(0..500);
}

#[test]
fn plans_are_those_of_brute_force_b() {
    run(10_000..10_500);
}

#[test]
fn plans_are_those_of_brute_force_c() {
    run(20_000..20_500);
}

/// The order of facts, lines and measures in the files decides nothing but ties.
#[test]
fn order_changes_nothing() {
    let mut plans = 0;
    for seed in 30_000..30_200 {
        let world = World::new(seed);
        let turned = world.turned();
        let (a, b) = (both(&world).1, both(&turned).1);
        assert_eq!(a.status, b.status, "{}", shown(&world, &a, None));
        if let (Some(a), Some(b)) = (&a.plan, &b.plan) {
            assert_eq!((a.cost, a.months, a.steps.len(), a.margin), (b.cost, b.months, b.steps.len(), b.margin));
            plans += 1;
        }
    }
    assert!(plans > 30, "{plans}");
}

/// One more measure never makes the best plan dearer, later or impossible.
#[test]
fn another_measure_never_hurts() {
    let mut better = 0;
    for seed in 40_000..40_250 {
        let world = World::new(seed);
        let more = both(&world).1;
        let steps = more.plan.iter().flat_map(|p| &p.steps);
        let used: Vec<&str> = steps.map(|s| s.measure.as_str()).collect();
        // One that the plan needs is taken away, where there is such a one.
        let Some(fewer) = world.without_one(&used) else { continue };
        let less = both(&fewer).1;
        match (&more.plan, &less.plan) {
            (None, Some(_)) => panic!("{}", shown(&world, &more, None)),
            (Some(a), Some(b)) => {
                assert!((a.cost, a.months) <= (b.cost, b.months), "{}", shown(&world, &more, None));
                better += usize::from((a.cost, a.months) < (b.cost, b.months));
            }
            (Some(_), None) => better += 1,
            (None, None) => {}
        }
    }
    assert!(better > 5, "{better}");
}

/// A search that is stopped says so, and its plan is one that works.
#[test]
fn a_stopped_search_says_so() {
    let mut seen = BTreeSet::new();
    for seed in 50_000..50_080 {
        let mut world = World::new(seed);
        let whole = both(&world).1;
        for nodes in [1, 60, 130] {
            world.request = Request { nodes, ..world.request };
            let answer = both(&world).1;
            seen.insert(answer.status.word());
            match answer.status {
                Status::BestFound => {
                    let (plan, best) = (answer.plan.as_ref().unwrap(), whole.plan.as_ref().unwrap());
                    assert!(plan.cost >= best.cost && plan.cost - best.cost <= answer.gap.unwrap());
                }
                Status::Undecided => assert!(answer.plan.is_none() && answer.certificate.is_none()),
                status => assert_eq!(status, whole.status),
            }
        }
    }
    assert!(seen.contains("best_found") && seen.contains("undecided"), "{seen:?}");
}
