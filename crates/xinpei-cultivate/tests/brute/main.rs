//! Plans against brute force: thousands of small random rulebooks, every set of measures tried on every
//! review day by an implementation of its own, scored by the engine.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot go on says so")]

mod certificates;
mod draw;
mod effects;
mod force;
mod fronts;
mod halves;
mod kept;
mod orders;
mod population;
mod stops;
mod texts;
mod three;
mod unlocks;
mod world;

use std::collections::{BTreeMap, BTreeSet};

use effects::facts_on;
use force::{Force, Step, Tried, decision_on};
use rust_decimal::Decimal;
use world::World;
use xinpei::{Date, Dossier, Rulebook, Value};
use xinpei_cultivate::{Answer, FactChange, Plan, Request, Status, Wanted, plan};

/// The world of a seed, with its rules and everything that can be done in it.
struct Trial {
    world: World,
    rulebook: Rulebook,
    force: Force,
}

/// Yuan from fen.
fn yuan(fen: i64) -> Decimal {
    Decimal::new(fen, 2)
}

/// How a value is told.
fn told(value: &Value) -> Option<String> {
    match value {
        Value::Number(n) => Some(n.normalize().to_string()),
        Value::Flag(flag) => Some(flag.to_string()),
        Value::Date(date) => Some(date.to_string()),
        Value::Text(text) => Some(text.clone()),
        Value::Events(events) => Some(events.len().to_string()),
        Value::Missing => None,
    }
}

type Changes = BTreeSet<(String, Option<String>, Option<String>)>;

/// Facts that differ, of tables the number of events.
fn differences(before: &Dossier, after: &Dossier) -> Changes {
    let ids: BTreeSet<&String> = before.facts.keys().chain(after.facts.keys()).collect();
    let of = |dossier: &Dossier, id: &String| dossier.facts.get(id).and_then(told);
    let counted = |dossier: &Dossier| of(dossier, &"t.cases".to_owned()).or(Some("0".into()));
    let mut list: Changes = ids
        .into_iter()
        .filter(|id| *id != "t.cases")
        .map(|id| (id.clone(), of(before, id), of(after, id)))
        .filter(|(_, a, b)| a != b)
        .collect();
    if counted(before) != counted(after) {
        list.insert(("t.cases.count()".into(), counted(before), counted(after)));
    }
    list
}

/// The same as a plan tells it, without the fields of single events.
fn spoken(changes: &[FactChange]) -> Changes {
    let whole = changes.iter().filter(|c| !c.fact.contains('['));
    whole.map(|c| (c.fact.clone(), c.before.clone(), c.after.clone())).collect()
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

    /// A plan is the one that brute force found: the same measures on the same days for the same cost, every
    /// step replays, and what it says of facts, scores and grades is so.
    fn same(&self, plan: &Plan, tried: &Tried) -> bool {
        let World { measures, as_of, .. } = &self.world;
        let steps: Vec<(&str, Date, Date)> = plan.steps.iter().map(|s| (s.measure.as_str(), s.start, s.end)).collect();
        let theirs: Vec<(&str, Date, Date)> =
            tried.steps.iter().map(|s| (measures[s.measure].id.as_str(), s.start, s.end)).collect();
        let review = as_of.add_months(tried.months as i32);
        let end = decision_on(&self.rulebook, &self.world, &tried.steps, review);
        let fed_back = self.rulebook.decide(&plan.facts, plan.review);
        let costs: Decimal = plan.steps.iter().map(|s| s.cost).sum();
        (plan.cost, plan.months, plan.review) == (yuan(tried.cost), tried.months, review)
            && costs == plan.cost
            && steps == theirs
            && (0..steps.len()).all(|at| self.replays(plan, &tried.steps, at))
            && end.receipt == plan.receipt
            && fed_back.receipt == plan.receipt
            && (end.score, &end.grade) == (plan.result.score, &plan.result.grade)
            && spoken(&plan.changes) == differences(&self.world.dossier, &facts_on(&self.world, &tried.steps, review))
    }

    /// Whether a step of a plan does what it says.
    fn replays(&self, plan: &Plan, steps: &[Step], at: usize) -> bool {
        let (step, measure) = (&plan.steps[at], &self.world.measures[steps[at].measure]);
        let on = |upto: usize, day: Date| facts_on(&self.world, &steps[..upto], day);
        let after = on(at + 1, step.end);
        let before = if at == 0 { self.world.dossier.clone() } else { on(at, steps[at - 1].end) };
        let decision = self.rulebook.decide(&after, step.end);
        let own = measure.writes();
        let mut changes = differences(&before, &after);
        changes.retain(|(fact, ..)| own.contains(fact.trim_end_matches(".count()")));
        decision.receipt == step.receipt
            && (decision.score, &decision.grade) == (step.after.score, &step.after.grade)
            && step.continuing == measure.continuing
            && spoken(&step.changes) == changes
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
    certificates::gradient(trial, &answer);
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
            certificates::holds(trial, goal, &answer);
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
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
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
