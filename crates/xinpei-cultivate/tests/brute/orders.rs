//! What must not matter: the order in which rules are written, and measures that nobody needs.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xinpei_cultivate::{Answer, Certificate, Plan, Request, Wanted, plan};

use crate::force::sets;
use crate::world::{Length, World};

fn ask(world: &World) -> Answer {
    plan(&world.rulebook(), &world.dossier, world.as_of, &world.request).unwrap()
}

/// How good a plan is but for the order of the documents; less is better.
type Key = (Decimal, u32, usize, Reverse<Decimal>);

fn key(plan: &Plan) -> Key {
    (plan.cost, plan.months, plan.steps.len(), Reverse(plan.margin))
}

fn keys(answer: &Answer) -> Vec<Key> {
    answer.sooner.iter().chain(&answer.plan).map(key).collect()
}

/// The measures of a plan by their places in a world, rising: of plans that are as good the least is told.
fn places(world: &World, plan: &Plan) -> Vec<usize> {
    let place = |id: &str| world.measures.iter().position(|m| m.id == id).unwrap();
    let mut list: Vec<usize> = plan.steps.iter().map(|s| place(&s.measure)).collect();
    list.sort_unstable();
    list
}

/// What a certificate says, but for the order in which it does.
fn reasons(c: &Certificate) -> impl PartialEq + std::fmt::Debug {
    let lines: BTreeMap<String, [Decimal; 3]> =
        c.lines.iter().map(|l| (l.id.clone(), [l.now, l.best, l.max])).collect();
    let blocked: BTreeSet<(String, BTreeSet<String>)> =
        c.blocked.iter().map(|b| (b.id.clone(), b.facts.iter().cloned().collect())).collect();
    ((c.needed, c.attainable, c.points_short), lines, blocked, (c.months, c.cheapest, c.waiting, c.earliest))
}

/// What is told of the lines, but for the order and for which of equally cheap measures is named.
fn told(answer: &Answer) -> impl PartialEq + std::fmt::Debug {
    let lines: BTreeMap<String, _> = answer
        .gradient
        .iter()
        .map(|g| (g.id.clone(), (g.points, g.gain, g.value.clone(), g.distance, g.cost)))
        .collect();
    let cliffs: BTreeMap<String, _> =
        answer.cliffs.iter().map(|c| (c.id.clone(), (c.value.clone(), c.edge.clone(), c.distance, c.loss))).collect();
    (lines, cliffs, answer.measures, answer.start.clone(), answer.target.clone())
}

/// The same world with a twin of a measure, of which a plan has one at most.
fn twins(mut world: World) -> World {
    let at = world.seed as usize % world.measures.len();
    let mut twin = world.measures[at].clone();
    twin.excludes = vec![twin.id];
    twin.requires.clear();
    twin.id = "m.twin".into();
    world.measures.insert(at + 1, twin);
    world
}

/// The same world with measures that take days of their own; `None` where two that meet still end on one day,
/// for then the first in the document goes first.
fn apart(mut world: World) -> Option<World> {
    let ids: Vec<String> = world.measures.iter().filter(|m| m.id != "m.twin").map(|m| m.id.clone()).collect();
    for measure in &mut world.measures {
        let own = if measure.id == "m.twin" { &measure.excludes[0] } else { &measure.id };
        let at = ids.iter().position(|id| id == own).unwrap();
        measure.length = Length::Days([3, 8, 17, 26, 35, 46][at]);
    }
    let meets = |a: usize, b: usize| a != b && world.measures[a].meets(&world.measures[b]);
    let fine = sets(&world).iter().all(|(_, steps, _)| {
        let mut pairs = steps.iter().enumerate().flat_map(|(at, a)| steps[at + 1..].iter().map(move |b| (a, b)));
        pairs.all(|(a, b)| a.end != b.end || !meets(a.measure, b.measure))
    });
    fine.then_some(world)
}

/// The order of facts, sections, lines, overrides and measures in the files decides nothing but ties: of plans
/// that are as cheap, as soon, as short and as good, that of the first measures is told.
#[test]
fn order_decides_ties_and_nothing_else() {
    let (mut plans, mut ties, mut none) = (0, 0, 0);
    for seed in 30_000..30_160 {
        let Some(mut world) = apart(twins(World::new(seed))) else { continue };
        world.request = Request { others: 1, ..world.request };
        let other = world.shuffled(seed);
        let (a, b) = (ask(&world), ask(&other));
        let shown = || format!("seed {seed}\n{}\n{}\n{}", world.text(), a.to_json(), b.to_json());
        assert_eq!(a.status, b.status, "{}", shown());
        assert_eq!(told(&a), told(&b), "{}", shown());
        assert_eq!(keys(&a), keys(&b), "{}", shown());
        if let (Some(a), Some(b)) = (&a.certificate, &b.certificate) {
            assert_eq!(reasons(a), reasons(b), "{}", shown());
            // Both tell the fewest facts that they find; how many sets they try is limited.
            if !a.unlock.is_empty() && !b.unlock.is_empty() {
                assert_eq!((a.unlock.len(), a.smallest), (b.unlock.len(), b.smallest), "{}", shown());
            }
            none += 1;
        }
        let pairs = a.sooner.iter().chain(&a.plan).zip(b.sooner.iter().chain(&b.plan));
        for (a, b) in pairs {
            assert!(places(&world, a) <= places(&world, b), "{}", shown());
            assert!(places(&other, b) <= places(&other, a), "{}", shown());
            plans += 1;
            let named = |p: &Plan| p.steps.iter().map(|s| s.measure.clone()).collect::<BTreeSet<_>>();
            ties += usize::from(named(a) != named(b));
        }
        // Which one is next best depends on which of two that are as good is the best.
        let others = |answer: &Answer| answer.others.iter().map(key).collect::<Vec<_>>();
        if a.plan.as_ref().map(|p| p.facts.clone()) == b.plan.as_ref().map(|p| p.facts.clone()) {
            assert_eq!(others(&a), others(&b), "{}", shown());
        }
    }
    println!("{plans} plans, {ties} ties, {none} certificates");
    assert!(plans > 40 && ties > 0 && none > 20, "{plans} {ties} {none}");
}

/// One more measure never makes the best plan worse or impossible, nor what a budget buys.
#[test]
fn another_measure_never_hurts() {
    let (mut better, mut more_for_it) = (0, 0);
    for seed in 40_000..40_120 {
        let mut world = World::new(seed);
        let budget = Some(Decimal::from(30 + seed % 90));
        for best in [false, true] {
            if best {
                world.request = Request { target: Wanted::Best, budget, ..world.request };
            }
            let more = ask(&world);
            let steps = more.plan.iter().flat_map(|p| &p.steps);
            let used: Vec<&str> = steps.map(|s| s.measure.as_str()).collect();
            // One that the plan needs is taken away, where there is such a one.
            let Some(fewer) = world.without_one(&used) else { continue };
            let less = ask(&fewer);
            let shown = || format!("{}\n{}\n{}", world.text(), more.to_json(), less.to_json());
            let (Some(a), Some(b)) = (&more.plan, &less.plan) else {
                assert!(less.plan.is_none(), "{}", shown());
                better += usize::from(more.plan.is_some());
                continue;
            };
            // Of the best that a budget buys: the better grade, then the better score, then the better plan.
            let grades = world.grades.as_str();
            let rank = |p: &Plan| p.result.grade.as_ref().map(|g| Reverse(grades.find(&format!("id: {g},")).unwrap()));
            let bought = |p: &Plan| {
                if best { (Reverse(rank(p)), Reverse(p.result.score)) } else { (Reverse(None), Reverse(None)) }
            };
            let worth = |p: &Plan| {
                (bought(p), (p.cost, p.months, p.steps.len(), if best { Reverse(Decimal::ZERO) } else { key(p).3 }))
            };
            assert!(worth(a) <= worth(b), "{}", shown());
            *(if best { &mut more_for_it } else { &mut better }) += usize::from(worth(a) < worth(b));
        }
    }
    println!("{better} {more_for_it}");
    assert!(better > 8 && more_for_it > 8, "{better} {more_for_it}");
}
