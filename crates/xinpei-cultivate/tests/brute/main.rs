//! Plans against brute force: thousands of small random rulebooks, every set of measures tried on every
//! review day by an implementation of its own, scored by the engine.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]

mod force;
mod halves;
mod population;
mod world;

use std::collections::BTreeSet;

use force::{Force, Tried, decision_on};
use rust_decimal::Decimal;
use world::{COUNTS, MOST, World, count};
use xinpei::{Date, Rulebook, Value};
use xinpei_cultivate::{Answer, Plan, Request, Requirement, Status, Wanted, plan};

/// The world of a seed, with its rules and everything that can be done in it.
struct Trial {
    world: World,
    rulebook: Rulebook,
    force: Force,
}

impl Trial {
    fn new(world: World) -> Self {
        let rulebook = world.rulebook();
        let force = Force::new(&rulebook, &world);
        Self { world, rulebook, force }
    }

    fn ask(&self, request: &Request) -> Answer {
        plan(&self.rulebook, &self.world.dossier, self.world.as_of, request).unwrap()
    }

    fn shown(&self, answer: &Answer) -> String {
        format!("seed {}\n{}\n{:?}\n{}", self.world.seed, self.world.text(), self.world.dossier.facts, answer.to_json())
    }

    /// A plan is the one that brute force found: the same measures on the same days, and every step replays.
    fn same(&self, plan: &Plan, tried: &Tried) -> bool {
        let World { measures, as_of, .. } = &self.world;
        let steps: Vec<(&str, Date, Date)> = plan.steps.iter().map(|s| (s.measure.as_str(), s.start, s.end)).collect();
        let theirs: Vec<(&str, Date, Date)> =
            tried.steps.iter().map(|s| (measures[s.measure].id.as_str(), s.start, s.end)).collect();
        let receipts = plan.steps.iter().enumerate().all(|(i, step)| {
            decision_on(&self.rulebook, &self.world, &tried.steps[..=i], step.end).receipt == step.receipt
        });
        let review = as_of.add_months(tried.months as i32);
        let end = decision_on(&self.rulebook, &self.world, &tried.steps, review);
        let fed_back = self.rulebook.decide(&plan.facts, plan.review);
        (plan.cost, plan.months, plan.review) == (Decimal::from(tried.cost), tried.months, review)
            && steps == theirs
            && receipts
            && end.receipt == plan.receipt
            && fed_back.receipt == plan.receipt
            && (end.score, &end.grade) == (plan.result.score, &plan.result.grade)
            && plan.changes.iter().all(|c| {
                let fact = c.fact.split(['[', '(']).next().unwrap().trim_end_matches(".count");
                self.world.mutable(fact)
            })
    }
}

/// The target of a seed; then scores up to the most that any set of measures brings, which take several
/// measures to reach, and one that nothing reaches.
fn check_all(seed: u64, steps: &mut usize) -> Vec<Status> {
    let mut trial = Trial::new(World::new(seed));
    let mut seen = vec![check(&trial, steps)];
    if let (Some(most), Some(start)) = (trial.force.most(), trial.force.start.0)
        && most > start
    {
        let tenth = Decimal::new(1, 1);
        for score in [most, most - tenth * Decimal::from(seed % 60), start + tenth, most + tenth] {
            trial.world.request.target = Wanted::Score(score.max(start + tenth));
            seen.push(check(&trial, steps));
        }
    }
    seen
}

fn check(trial: &Trial, steps_seen: &mut usize) -> Status {
    let Trial { world, rulebook, force } = trial;
    let answer = trial.ask(&world.request);
    let goal = force.goal(rulebook, &world.request.target);
    let plans = goal.map(|goal| force.plans(world, goal, None)).unwrap_or_default();
    let fail = |why: &str| panic!("{why}: {}\nbrute force: {:#?}", trial.shown(&answer), plans.first());
    match answer.status {
        Status::Optimal => {
            let Some(best) = plans.first() else { return fail("a plan that brute force does not find") };
            let plan = answer.plan.as_ref().unwrap();
            *steps_seen += usize::from(plan.steps.len() > 1);
            if !trial.same(plan, best) {
                fail("another plan");
            }
        }
        Status::Infeasible => {
            if !plans.is_empty() {
                fail("brute force finds a plan");
            }
            let certificate = answer.certificate.as_ref().unwrap();
            if force.most().is_some_and(|most| most > certificate.attainable) {
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
    answer.status
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
    run(0..100);
}

#[test]
fn plans_are_those_of_brute_force_b() {
    run(10_000..10_100);
}

#[test]
fn plans_are_those_of_brute_force_c() {
    run(20_000..20_100);
}

fn ask(world: &World) -> Answer {
    plan(&world.rulebook(), &world.dossier, world.as_of, &world.request).unwrap()
}

/// What is sooner, what is next best with other measures, and what a budget buys, is what brute force finds.
#[test]
fn alternatives_are_those_of_brute_force() {
    let (mut fronts, mut differents, mut bought) = (0, 0, 0);
    for seed in 60_000..60_110 {
        let trial = Trial::new(World::new(seed));
        let Trial { world, rulebook, force } = &trial;
        let (Some(start), Some(most)) = (force.start.0, force.most()) else { continue };
        let score = start + (most - start) * Decimal::new(1 + i64::try_from(seed % 3).unwrap(), 1).round_dp(1);
        let target = Wanted::Score(score.round_dp(1).max(start + Decimal::new(1, 1)));
        let request = Request { target, others: 3, unlock: 0, further: 0, ..world.request.clone() };
        let goal = force.goal(rulebook, &request.target).unwrap();
        let plans = force.plans(world, goal, None);
        let answer = trial.ask(&request);
        let front = Force::front(&plans);
        let told: Vec<&Plan> = answer.sooner.iter().chain(&answer.plan).collect();
        assert_eq!(told.len(), front.len(), "{}", trial.shown(&answer));
        assert!(told.iter().zip(&front).all(|(a, b)| trial.same(a, b)), "{}\n{front:#?}", trial.shown(&answer));
        fronts += usize::from(front.len() > 1);
        let different = Force::different(&plans, 4);
        let told: Vec<&Plan> = answer.plan.iter().chain(&answer.others).collect();
        assert_eq!(told.len(), different.len(), "{}\n{different:#?}", trial.shown(&answer));
        assert!(told.iter().zip(&different).all(|(a, b)| trial.same(a, b)), "{}\n{different:#?}", trial.shown(&answer));
        differents += usize::from(different.len() > 2);
        // The same target for less than the best plan costs, and for enough.
        let dearest = front.first().map_or(0, |t| t.cost);
        for budget in [dearest, dearest - 1, plans.first().map_or(0, |t| t.cost - 1)] {
            let request = Request { budget: Some(Decimal::from(budget.max(0))), others: 0, ..request.clone() };
            let (answer, plans) = (trial.ask(&request), force.plans(world, goal, Some(budget.max(0))));
            assert_eq!(answer.plan.is_some(), !plans.is_empty(), "{}", trial.shown(&answer));
            let told: Vec<&Plan> = answer.sooner.iter().chain(&answer.plan).collect();
            let front = Force::front(&plans);
            assert_eq!(told.len(), front.len());
            assert!(told.iter().zip(&front).all(|(a, b)| trial.same(a, b)), "{}", trial.shown(&answer));
        }
        // As much as a budget buys.
        let budget = i64::try_from(seed % 7).unwrap() * 40;
        let request = Request { target: Wanted::Best, budget: Some(Decimal::from(budget)), ..request };
        let (answer, best) = (trial.ask(&request), force.within(world, budget));
        assert_eq!(answer.plan.is_some(), best.is_some(), "{}\n{best:#?}", trial.shown(&answer));
        if let (Some(plan), Some(best)) = (&answer.plan, best) {
            assert!(trial.same(plan, best), "{}\n{best:#?}", trial.shown(&answer));
            bought += 1;
        }
    }
    assert!(fronts > 3 && differents > 1 && bought > 25, "{fronts} {differents} {bought}");
}

/// The order of facts, lines and measures in the files decides nothing but ties.
#[test]
fn order_changes_nothing() {
    let mut plans = 0;
    for seed in 30_000..30_100 {
        let world = World::new(seed);
        let turned = world.turned();
        let (a, b) = (ask(&world), ask(&turned));
        assert_eq!(a.status, b.status, "{}", a.to_json());
        if let (Some(a), Some(b)) = (&a.plan, &b.plan) {
            assert_eq!((a.cost, a.months, a.steps.len(), a.margin), (b.cost, b.months, b.steps.len(), b.margin));
            plans += 1;
        }
    }
    assert!(plans > 15, "{plans}");
}

/// One more measure never makes the best plan dearer, later or impossible.
#[test]
fn another_measure_never_hurts() {
    let mut better = 0;
    for seed in 40_000..40_120 {
        let world = World::new(seed);
        let more = ask(&world);
        let steps = more.plan.iter().flat_map(|p| &p.steps);
        let used: Vec<&str> = steps.map(|s| s.measure.as_str()).collect();
        // One that the plan needs is taken away, where there is such a one.
        let Some(fewer) = world.without_one(&used) else { continue };
        let less = ask(&fewer);
        match (&more.plan, &less.plan) {
            (None, Some(_)) => panic!("{}", more.to_json()),
            (Some(a), Some(b)) => {
                assert!((a.cost, a.months) <= (b.cost, b.months), "{}", more.to_json());
                better += usize::from((a.cost, a.months) < (b.cost, b.months));
            }
            (Some(_), None) => better += 1,
            (None, None) => {}
        }
    }
    assert!(better > 2, "{better}");
}

/// A search that is stopped says so, and its plan is one that works.
#[test]
fn a_stopped_search_says_so() {
    let mut seen = BTreeSet::new();
    for seed in 50_000..50_050 {
        let mut world = World::new(seed);
        let whole = ask(&world);
        for nodes in [1, 52, 56, 60, 110, 130] {
            world.request = Request { nodes, ..world.request };
            let answer = ask(&world);
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

/// What a certificate says must be different is enough, and where it says that less is not, nothing less is.
#[test]
fn what_unlocks_a_plan() {
    let (mut told, mut single, mut pairs, mut later) = (0, 0, 0, 0);
    for seed in 70_000..70_110 {
        let mut world = World::new(seed);
        world.request = Request { unlock: 12, further: 18, ..world.request };
        if let (Wanted::Score(score), 0) = (&mut world.request.target, seed % 3) {
            *score += Decimal::from(40);
        }
        let rulebook = world.rulebook();
        let answer = plan(&rulebook, &world.dossier, world.as_of, &world.request).unwrap();
        let Some(certificate) = &answer.certificate else { continue };
        let there = |answer: &Answer| answer.plan.is_some() || answer.status == Status::Reached;
        // The target is that of the enterprise as it is: the next grade of another may be another.
        let target = answer.target.as_ref().unwrap();
        let wanted = target.grade.clone().map_or_else(|| Wanted::Score(target.score.unwrap()), Wanted::Grade);
        let ask = |facts: &[(&str, Value)], months: u32| {
            let mut dossier = world.dossier.clone();
            dossier.facts.extend(facts.iter().map(|(id, value)| ((*id).to_owned(), value.clone())));
            let request = Request { unlock: 0, further: 0, months, target: wanted.clone(), ..world.request.clone() };
            plan(&rulebook, &dossier, world.as_of, &request).unwrap()
        };
        // The first day on which there is a plan.
        let first = (world.request.months + 1..=18).find(|months| there(&ask(&[], *months)));
        let day = first.map(|months| world.as_of.add_months(months as i32));
        assert_eq!(certificate.earliest, day, "{}\n{}", world.text(), answer.to_json());
        later += usize::from(day.is_some());
        if certificate.unlock.is_empty() {
            continue;
        }
        told += 1;
        let value = |r: &Requirement| match r.fact.as_str() {
            "t.cases" => Value::Events(Vec::new()),
            "k.class" => Value::Text(r.needed.clone()),
            "d.founded" => Value::Date(Date::parse(&r.needed).unwrap()),
            fact if fact.starts_with("f.") => Value::Flag(r.needed == "true"),
            _ => Value::Number(r.needed.parse().unwrap()),
        };
        let facts: Vec<(&str, Value)> = certificate.unlock.iter().map(|r| (r.fact.as_str(), value(r))).collect();
        assert!(there(&ask(&facts, world.request.months)), "{}\n{}", world.text(), answer.to_json());
        single += usize::from(facts.len() == 1);
        if facts.len() < 2 || !certificate.smallest {
            continue;
        }
        pairs += 1;
        // No value of any one fact is enough.
        for (fact, value) in every_value(&world) {
            let other = ask(&[(fact.as_str(), value.clone())], world.request.months);
            assert!(!there(&other), "{fact} {value:?} is enough\n{}\n{}", world.text(), answer.to_json());
        }
    }
    assert!(told > 10 && single > 5 && pairs > 0 && later > 0, "{told} {single} {pairs} {later}");
}

/// Every fact with every value, or so many of a date and a table that all that matters is among them.
fn every_value(world: &World) -> Vec<(String, Value)> {
    let mut list: Vec<(String, Value)> = Vec::new();
    for at in 0..COUNTS {
        list.extend((0..=MOST).map(|n| (count(at), Value::Number(Decimal::from(n)))));
    }
    for at in 0..2 {
        list.extend([false, true].map(|flag| (format!("f.x{at}"), Value::Flag(flag))));
    }
    list.extend(["A", "B", "C"].map(|member| ("k.class".to_owned(), Value::Text(member.into()))));
    list.extend((0..30).map(|n| ("d.founded".to_owned(), Value::Date(world.as_of.add_months(-n)))));
    list.push(("t.cases".to_owned(), Value::Events(Vec::new())));
    list
}
