//! Plans beside the best one: what is sooner, what is next best, and what a budget buys.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei_cultivate::{Answer, Plan, Planner, Request, Wanted};

use crate::force::{Force, Tried};
use crate::world::World;
use crate::{Trial, yuan};

/// The plan and those that are sooner are the whole front of cost and time.
fn fronts(trial: &Trial, answer: &Answer, plans: &[&Tried]) -> usize {
    let front = Force::front(plans);
    let told: Vec<&Plan> = answer.sooner.iter().chain(&answer.plan).collect();
    assert_eq!(told.len(), front.len(), "{}\n{front:#?}", trial.shown(answer));
    assert!(told.iter().zip(&front).all(|(a, b)| trial.same(a, b)), "{}\n{front:#?}", trial.shown(answer));
    front.len()
}

/// A score some tenths of the way from what there is to what can be had.
fn check(trial: &Trial, score: Decimal, seen: &mut BTreeMap<&str, usize>) {
    let Trial { world, rulebook, force } = trial;
    let request = Request { target: Wanted::Score(score), others: 3, unlock: 0, further: 0, ..world.request.clone() };
    let goal = force.goal(rulebook, &request.target).unwrap();
    let plans = force.plans(world, goal, None);
    let answer = trial.ask(&request);
    // The front alone says what the plans say.
    let alone = Planner::new(rulebook).front(&world.dossier, world.as_of, &request).unwrap();
    let offers = alone.offers.iter().map(|offer| (offer.cost, offer.months, offer.review, offer.measures.len()));
    let plans_of = answer.sooner.iter().chain(&answer.plan);
    assert!(offers.eq(plans_of.map(|p| (p.cost, p.months, p.review, p.steps.len()))), "{}", trial.shown(&answer));
    assert_eq!((alone.status, alone.gap), (answer.status, answer.gap), "{}", trial.shown(&answer));
    *seen.entry("fronts").or_default() += usize::from(fronts(trial, &answer, &plans) > 1);
    let different = Force::different(&plans, 4);
    let told: Vec<&Plan> = answer.plan.iter().chain(&answer.others).collect();
    assert_eq!(told.len(), different.len(), "{}\n{different:#?}", trial.shown(&answer));
    assert!(told.iter().zip(&different).all(|(a, b)| trial.same(a, b)), "{}\n{different:#?}", trial.shown(&answer));
    *seen.entry("different").or_default() += usize::from(different.len() > 2);
    // The same target for less than the soonest and the best plan cost, and for enough.
    let dearest = plans.iter().map(|t| t.cost).max().unwrap_or(0);
    let soonest = Force::front(&plans).first().map_or(0, |t| t.cost);
    for budget in [dearest, soonest, soonest - 1, plans.first().map_or(0, |t| t.cost - 1)] {
        let budget = budget.max(0);
        let request = Request { budget: Some(yuan(budget)), others: 0, ..request.clone() };
        let (answer, within) = (trial.ask(&request), force.plans(world, goal, Some(budget)));
        fronts(trial, &answer, &within);
        // What it would take, where only the budget is in the way.
        let cheapest = answer.certificate.as_ref().and_then(|c| c.cheapest);
        let dearer = plans.first().filter(|_| within.is_empty());
        assert_eq!(cheapest, dearer.map(|t| yuan(t.cost)), "{}", trial.shown(&answer));
        *seen.entry("short").or_default() += usize::from(dearer.is_some());
    }
}

/// The best that a budget buys.
fn buy(trial: &Trial, budget: i64, seen: &mut BTreeMap<&str, usize>) {
    let Trial { world, force, .. } = trial;
    let request =
        Request { target: Wanted::Best, budget: Some(yuan(budget)), unlock: 0, further: 0, ..world.request.clone() };
    let (answer, best) = (trial.ask(&request), force.within(world, budget));
    assert_eq!(answer.plan.is_some(), best.is_some(), "{}\n{best:#?}", trial.shown(&answer));
    if let (Some(plan), Some(best)) = (&answer.plan, best) {
        assert!(trial.same(plan, best), "{}\n{best:#?}", trial.shown(&answer));
        *seen.entry("bought").or_default() += 1;
    }
}

/// What is sooner, what is next best with other measures, and what a budget buys, is what brute force finds.
#[test]
fn alternatives_are_those_of_brute_force() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for seed in 60_000..60_060 {
        let trial = Trial::new(World::new(seed).hurried());
        let (Some(start), Some(most)) = (trial.force.start.0, trial.force.most()) else { continue };
        for share in [1, 3, 5] {
            let score = start + ((most - start) * Decimal::new(share, 1)).round_dp(1);
            check(&trial, score.max(start + Decimal::new(1, 1)), &mut seen);
        }
        for budget in [0, 4_000, 12_000, 24_000] {
            buy(&trial, budget + i64::try_from(seed % 10).unwrap() * 300, &mut seen);
        }
    }
    println!("{seen:?}");
    let least = [("fronts", 10), ("different", 5), ("bought", 60), ("short", 60)];
    assert!(least.iter().all(|(word, n)| seen.get(word).is_some_and(|seen| seen > n)), "{seen:?}");
}
