//! Searches that are stopped at a limit say so, and what they say is true.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei_cultivate::{Answer, Request, SearchLimit, Status, Wanted};

use crate::Trial;
use crate::force::Goal;
use crate::world::World;

/// A stopped search says so; its plan is one that works, and no plan is cheaper by more than the gap. The
/// limits are changed by `limited`; the answer names the one that was met.
fn stopped(
    seed: u64,
    hit: SearchLimit,
    limited: &dyn Fn(&Request) -> Vec<Request>,
    seen: &mut BTreeMap<&'static str, usize>,
) {
    let trial = Trial::new(World::new(seed).hurried());
    let Trial { world, rulebook, force } = &trial;
    let (Some(start), Some(most)) = (force.start.0, force.most()) else { return };
    if most <= start {
        return;
    }
    for asked in limited(&Request { target: Wanted::Best, unlock: 0, further: 0, ..world.request.clone() }) {
        let answer = trial.ask(&asked);
        let best = force.within(world, i64::MAX);
        let shown = || format!("{asked:?}\n{}\n{best:#?}", trial.shown(&answer));
        match answer.status {
            Status::Optimal => assert!(trial.same(answer.plan.as_ref().unwrap(), best.unwrap()), "{}", shown()),
            Status::Infeasible => assert!(best.is_none(), "{}", shown()),
            _ => {}
        }
    }
    // Little of what can be had can be had sooner and dearer; for most of it several measures are needed.
    let score = |share: i64| Wanted::Score(start + ((most - start) * Decimal::new(share, 1)).round_dp(1));
    let part = |share| Request { target: score(share), unlock: 0, further: 0, ..world.request.clone() };
    for asked in [world.request.clone(), part(10), part(3), part(6)] {
        let Some(goal) = force.goal(rulebook, &asked.target) else { continue };
        let (whole, plans) = (trial.ask(&asked), force.plans(world, goal, None));
        for request in limited(&asked) {
            let answer = trial.ask(&request);
            *seen.entry(answer.status.word()).or_default() += 1;
            holds(&trial, (goal, &request), &answer, &whole);
            let met = matches!(answer.status, Status::BestFound | Status::Undecided);
            assert_eq!(answer.limit, met.then_some(hit), "{request:?}\n{}", trial.shown(&answer));
            if let (Some(plan), Some(best)) = (&answer.plan, plans.first()) {
                let open = plan.cost - crate::yuan(best.cost);
                *seen.entry("dearer").or_default() += usize::from(!open.is_zero());
            }
        }
    }
}

fn holds(trial: &Trial, (goal, request): (Goal, &Request), answer: &Answer, whole: &Answer) {
    let Trial { world, force, .. } = trial;
    let plans = force.plans(world, goal, None);
    let shown = || format!("{request:?}\n{}", trial.shown(answer));
    // What is being looked at when the limit is met is still judged.
    assert!(answer.nodes <= request.nodes + 51, "{}", shown());
    match answer.status {
        Status::BestFound => {
            let plan = answer.plan.as_ref().unwrap();
            let mine = plans.iter().find(|t| trial.same(plan, t));
            assert!(mine.is_some(), "no plan of brute force: {}", shown());
            let least = crate::yuan(plans[0].cost);
            assert!(least <= plan.cost && plan.cost - least <= answer.gap.unwrap(), "{least}: {}", shown());
            assert!(answer.sooner.iter().all(|p| plans.iter().any(|t| trial.same(p, t))), "{}", shown());
        }
        Status::Undecided => {
            assert!(answer.plan.is_none() && answer.certificate.is_none() && answer.gap.is_none(), "{}", shown());
        }
        status => {
            assert_eq!((status, answer.gap), (whole.status, None), "{}", shown());
            assert_eq!(
                answer.plan.is_some(),
                plans.first().is_some_and(|t| trial.same(answer.plan.as_ref().unwrap(), t)),
                "{}",
                shown()
            );
        }
    }
}

#[test]
fn a_search_that_met_its_nodes_says_so() {
    let mut seen = BTreeMap::new();
    for seed in 50_000..50_030 {
        let of =
            |request: &Request| [1, 4, 52, 60, 90, 110, 160].map(|nodes| Request { nodes, ..request.clone() }).to_vec();
        stopped(seed, SearchLimit::Nodes, &of, &mut seen);
    }
    println!("{seen:?}");
    assert!(
        ["best_found", "undecided", "dearer"].iter().all(|word| seen.get(word).is_some_and(|n| *n > 3)),
        "{seen:?}"
    );
}

/// Where not all sets of measures that belong together were listed, nothing is said of those that were not.
#[test]
fn sets_that_were_not_listed_are_not_excluded() {
    let mut seen = BTreeMap::new();
    for seed in 51_000..51_030 {
        let of = |request: &Request| [1, 2, 4].map(|options| Request { options, ..request.clone() }).to_vec();
        stopped(seed, SearchLimit::Options, &of, &mut seen);
    }
    println!("{seen:?}");
    assert!(
        ["best_found", "undecided", "dearer"].iter().all(|word| seen.get(word).is_some_and(|n| *n > 3)),
        "{seen:?}"
    );
}
