//! Brute force: every set of measures on every review day, applied to dossiers by code of its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xinpei::{Date, Decision, Dossier, Rulebook, Value};
use xinpei_cultivate::Wanted;

use crate::world::{Effect, MOST, Measure, World, count};

/// A measure of a plan with its days.
#[derive(Clone, Debug)]
pub(crate) struct Step {
    pub(crate) measure: usize,
    pub(crate) start: Date,
    pub(crate) end: Date,
    rank: usize,
}

/// Score and rank.
type Rated = (Option<Decimal>, Option<usize>);

/// One set of measures on one review day.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    pub(crate) cost: i64,
    pub(crate) months: u32,
    pub(crate) steps: Vec<Step>,
    /// The measures in document order, each time they are taken.
    pub(crate) named: Vec<(usize, i64)>,
    pub(crate) score: Option<Decimal>,
    pub(crate) rank: Option<usize>,
    /// Whether some step is a step back.
    dips: bool,
}

/// What a plan must reach: rank, score, and from where the margin counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Goal {
    rank: Option<usize>,
    score: Option<Decimal>,
    edge: Decimal,
}

/// How good a plan is: cost, months, measures, margin, measures in document order; less is better.
type Key<'t> = (i64, u32, usize, Reverse<Decimal>, &'t [(usize, i64)]);

pub(crate) struct Force {
    /// Every set of measures on every review day.
    tried: Vec<Tried>,
    /// By day where the enterprise stands if nothing is done.
    idle: BTreeMap<Date, Rated>,
    pub(crate) start: Rated,
    /// Overrides that fire for every set on every day.
    pub(crate) always: BTreeSet<String>,
}

fn number(dossier: &Dossier, at: usize) -> Option<i64> {
    match dossier.facts.get(&count(at)) {
        Some(Value::Number(n)) => Some(n.to_string().parse().unwrap()),
        _ => None,
    }
}

fn cases(dossier: &mut Dossier) -> Option<&mut Vec<BTreeMap<String, Value>>> {
    match dossier.facts.get_mut("t.cases") {
        Some(Value::Events(events)) => Some(events),
        _ => None,
    }
}

fn due(case: &BTreeMap<String, Value>) -> i64 {
    match &case["due"] {
        Value::Number(n) => n.to_string().parse().unwrap(),
        _ => unreachable!(),
    }
}

fn made(case: &BTreeMap<String, Value>) -> Date {
    match &case["made"] {
        Value::Date(date) => *date,
        _ => unreachable!(),
    }
}

fn open(case: &BTreeMap<String, Value>) -> bool {
    case["status"] == Value::Text("open".into())
}

fn event(made: Date, status: &str, due: i64) -> BTreeMap<String, Value> {
    BTreeMap::from([
        ("made".to_owned(), Value::Date(made)),
        ("status".to_owned(), Value::Text(status.into())),
        ("due".to_owned(), Value::Number(Decimal::from(due))),
    ])
}

/// One measure takes effect; what it reads is what was there before any of its effects.
fn apply(dossier: &mut Dossier, measure: &Measure, start: Date, day: Date) {
    let before = dossier.clone();
    let mut added = Vec::new();
    let mut removed: BTreeSet<usize> = BTreeSet::new();
    // Places of cases are those of before; cases are looked at as they were.
    let old: Vec<_> = cases(&mut before.clone()).cloned().unwrap_or_default();
    for effect in &measure.effects {
        match effect {
            Effect::Count(c, way, amount, other) => {
                let amount = match other {
                    None => Some(*amount),
                    Some(o) if *way == "add" => number(&before, *o).map(|n| n - MOST + amount),
                    Some(o) => number(&before, *o).map(|n| (n + amount).clamp(0, MOST)),
                };
                let now = number(dossier, *c);
                let new = match (*way, now, amount) {
                    ("set", _, Some(a)) => Some(a),
                    ("add", Some(n), Some(a)) => Some(n + a),
                    ("reduce_to", Some(n), Some(a)) => Some(n.min(a)),
                    ("raise_to", Some(n), Some(a)) => Some(n.max(a)),
                    ("reduce_to" | "raise_to", None, Some(a)) => Some(a),
                    _ => now,
                };
                if let Some(new) = new {
                    dossier.facts.insert(count(*c), Value::Number(Decimal::from(new.clamp(0, MOST))));
                }
            }
            Effect::Flag(x, value) => {
                dossier.facts.insert(format!("f.x{x}"), Value::Flag(*value));
            }
            Effect::Category(member) => {
                dossier.facts.insert("k.class".into(), Value::Text((*member).into()));
            }
            Effect::Close(less) => {
                for (at, case) in cases(dossier).into_iter().flatten().enumerate() {
                    if open(&old[at]) && made(&old[at]) <= day {
                        case.insert("status".into(), Value::Text("done".into()));
                        case.insert("due".into(), Value::Number(Decimal::from((due(&old[at]) - less).max(0))));
                    }
                }
            }
            Effect::Remove(limit) => {
                removed.extend((0..old.len()).filter(|at| due(&old[*at]) < *limit && made(&old[*at]) <= day));
            }
            Effect::Add(status, amount) => added.push(event(day, status, *amount)),
            Effect::Monthly(amount) => {
                let Some(now) = cases(dossier) else { continue };
                let (year, month, _) = start.parts();
                let mut first = Date::new(year, month, 1).unwrap().add_months(1);
                while first <= day {
                    if !now.iter().any(|c| made(c) == first) {
                        added.push(event(first, "done", *amount));
                    }
                    first = first.add_months(1);
                }
            }
        }
    }
    if let Some(now) = cases(dossier) {
        let mut at = 0;
        now.retain(|_| {
            at += 1;
            !removed.contains(&(at - 1))
        });
    }
    if !added.is_empty() {
        let known = dossier.facts.entry("t.cases".into()).or_insert(Value::Events(Vec::new()));
        if let Value::Events(list) = known {
            list.extend(added);
        }
    }
}

impl Force {
    pub(crate) fn new(rulebook: &Rulebook, world: &World) -> Self {
        let measures = &world.measures;
        let start = rated(rulebook, &rulebook.decide(&world.dossier, world.as_of));
        // Which measures apply, and how often.
        let applies = |m: &Measure| m.when.is_none_or(|(c, n)| number(&world.dossier, c).is_some_and(|v| v >= n));
        let cost = |m: &Measure| match m.cost_per {
            None => Some(m.cost),
            Some((c, n)) => number(&world.dossier, c).map(|v| m.cost + v * n),
        };
        let usable: Vec<bool> = measures.iter().map(|m| applies(m) && cost(m).is_some()).collect();
        let at = |id: &String| measures.iter().position(|m| m.id == *id).unwrap();
        let always = rulebook.typed().overrides.iter().map(|o| o.id.clone()).collect();
        let mut force = Self { tried: Vec::new(), idle: BTreeMap::new(), start, always };
        let mut counts = vec![0_i64; measures.len()];
        'sets: loop {
            // This set, then the next one.
            let taken = counts.clone();
            let valid = measures.iter().enumerate().all(|(i, m)| {
                taken[i] == 0
                    || usable[i]
                        && m.requires.iter().all(|r| taken[at(r)] > 0 || !usable[at(r)])
                        && !m.excludes.iter().any(|e| taken[at(e)] > 0)
            });
            if valid {
                let (steps, price) = schedule(world, &taken, &cost, &at, &usable);
                force.try_set(rulebook, world, &taken, &steps, price);
            }
            for i in 0..measures.len() {
                if counts[i] < measures[i].times {
                    counts[i] += 1;
                    continue 'sets;
                }
                counts[i] = 0;
            }
            break;
        }
        force
    }

    /// One set on every review day.
    fn try_set(&mut self, rulebook: &Rulebook, world: &World, taken: &[i64], steps: &[Step], cost: i64) {
        let start = self.start;
        let idle = &mut self.idle;
        let mut dip = |steps: &[Step], day: Date| {
            let now = rated(rulebook, &decision_on(rulebook, world, steps, day));
            let idle = idle.entry(day).or_insert_with(|| rated(rulebook, &decision_on(rulebook, world, &[], day)));
            now.0 < start.0.min(idle.0) || now.1 < start.1.min(idle.1)
        };
        let early = steps.iter().enumerate().any(|(i, step)| dip(&steps[..=i], step.end));
        for months in 0..=world.request.months {
            let review = world.as_of.add_months(months as i32);
            if steps.iter().any(|s| s.end > review) {
                continue;
            }
            let end = decision_on(rulebook, world, steps, review);
            let fired: BTreeSet<String> = end.overrides.iter().map(|o| o.id.clone()).collect();
            self.always.retain(|o| fired.contains(o));
            let (score, rank) = rated(rulebook, &end);
            self.tried.push(Tried {
                cost,
                months,
                steps: steps.to_vec(),
                named: taken.iter().enumerate().flat_map(|(i, n)| (0..*n).map(move |c| (i, c))).collect(),
                score,
                rank,
                dips: early || dip(steps, review),
            });
        }
    }

    /// The best score of any set on any day.
    pub(crate) fn most(&self) -> Option<Decimal> {
        self.tried.iter().filter_map(|t| t.score).max()
    }

    /// What a target asks for; `None` where nothing is left to reach.
    pub(crate) fn goal(&self, rulebook: &Rulebook, wanted: &Wanted) -> Option<Goal> {
        let grades = &rulebook.typed().grades;
        let of = |at: usize| Goal {
            rank: Some(grades.len() - 1 - at),
            score: None,
            edge: grades[at].from.unwrap_or_default(),
        };
        match wanted {
            Wanted::NextGrade => {
                let better =
                    |at: &usize| !grades[*at].by_override && self.start.1.is_none_or(|f| grades.len() - 1 - at > f);
                (0..grades.len()).rev().find(better).map(of)
            }
            Wanted::Grade(id) => grades.iter().position(|g| g.id == *id).map(of),
            Wanted::Score(score) => Some(Goal { rank: None, score: Some(*score), edge: *score }),
            Wanted::Best | Wanted::Product(_) => unreachable!(),
        }
    }

    pub(crate) fn reached(goal: Goal, (score, rank): (Option<Decimal>, Option<usize>)) -> bool {
        goal.rank.is_none_or(|least| rank.is_some_and(|r| r >= least))
            && goal.score.is_none_or(|least| score.is_some_and(|s| s >= least))
    }

    /// All plans that reach a goal within a budget, the best first.
    pub(crate) fn plans(&self, world: &World, goal: Goal, budget: Option<i64>) -> Vec<&Tried> {
        if Self::reached(goal, self.start) {
            return Vec::new();
        }
        let fits = |t: &&Tried| {
            Self::reached(goal, (t.score, t.rank))
                && (world.request.allow_dips || !t.dips)
                && budget.is_none_or(|most| t.cost <= most)
        };
        let mut plans: Vec<&Tried> = self.tried.iter().filter(fits).collect();
        plans.sort_by(|a, b| key(a, goal).cmp(&key(b, goal)));
        plans
    }

    /// The plans of which none is both as cheap and as soon as another, the soonest first.
    pub(crate) fn front<'t>(plans: &[&'t Tried]) -> Vec<&'t Tried> {
        let mut front: Vec<&Tried> = Vec::new();
        let months: BTreeSet<u32> = plans.iter().map(|t| t.months).collect();
        for month in months {
            let best = plans.iter().find(|t| t.months == month).unwrap();
            if front.iter().all(|t| best.cost < t.cost) {
                front.push(best);
            }
        }
        front
    }

    /// The best plans, none of which takes all measures of a better one without being sooner.
    pub(crate) fn different<'t>(plans: &[&'t Tried], count: usize) -> Vec<&'t Tried> {
        let mut list: Vec<&Tried> = Vec::new();
        for plan in plans {
            let more = |t: &&Tried| plan.months >= t.months && t.named.iter().all(|m| plan.named.contains(m));
            if list.len() < count && !list.iter().any(more) {
                list.push(plan);
            }
        }
        list
    }

    /// The best that can be had within a budget: the best rank, then the best score, then the best plan.
    pub(crate) fn within<'t>(&'t self, world: &World, budget: i64) -> Option<&'t Tried> {
        let anything = Goal { rank: None, score: None, edge: Decimal::ZERO };
        let better = |t: &&Tried| {
            t.cost <= budget
                && (world.request.allow_dips || !t.dips)
                && (t.rank, t.score) > (self.start.1, self.start.0)
                && t.rank >= self.start.1
        };
        let plans = self.tried.iter().filter(better);
        plans.min_by(|a, b| {
            (Reverse((a.rank, a.score)), key(a, anything)).cmp(&(Reverse((b.rank, b.score)), key(b, anything)))
        })
    }
}

fn key(t: &Tried, goal: Goal) -> Key<'_> {
    (t.cost, t.months, t.steps.len(), Reverse(t.score.unwrap_or_default() - goal.edge), &t.named)
}

fn rated(rulebook: &Rulebook, decision: &Decision) -> (Option<Decimal>, Option<usize>) {
    let grades = &rulebook.typed().grades;
    let at = decision.grade.as_ref().map(|g| grades.iter().position(|x| x.id == *g).unwrap());
    (decision.score, at.map(|at| grades.len() - 1 - at))
}

/// When the measures of a set start and end, and what they cost.
fn schedule(
    world: &World,
    taken: &[i64],
    cost: &dyn Fn(&Measure) -> Option<i64>,
    at: &dyn Fn(&String) -> usize,
    usable: &[bool],
) -> (Vec<Step>, i64) {
    let measures = &world.measures;
    // The order of prerequisites: always the first measure in document order that is free.
    let mut order: Vec<usize> = Vec::new();
    while order.len() < measures.len() {
        let free = (0..measures.len())
            .find(|i| {
                !order.contains(i) && measures[*i].requires.iter().all(|r| !usable[at(r)] || order.contains(&at(r)))
            })
            .unwrap();
        order.push(free);
    }
    let mut ends: BTreeMap<usize, Date> = BTreeMap::new();
    let mut steps = Vec::new();
    let mut price = 0;
    for (rank, i) in order.iter().enumerate() {
        let m = &measures[*i];
        let mut start = world.as_of;
        if let Some(n) = m.earliest {
            start = start.max(world.as_of.add_months(n as i32));
        }
        for r in &m.requires {
            start = start.max(ends.get(&at(r)).copied().unwrap_or(start));
        }
        for copy in 0..taken[*i] {
            let end = if m.months > 0 {
                start.add_months(m.months as i32)
            } else {
                Date::from_days(start.days() + m.days as i32)
            };
            if copy == 0 {
                ends.insert(*i, end);
            }
            price += cost(m).unwrap();
            steps.push(Step { measure: *i, start, end, rank });
            start = end;
        }
    }
    steps.sort_by_key(|s| (s.end, s.rank));
    (steps, price)
}

/// The decision on the facts of a day.
pub(crate) fn decision_on(rulebook: &Rulebook, world: &World, steps: &[Step], day: Date) -> Decision {
    let mut dossier = world.dossier.clone();
    for continuing in [false, true] {
        for step in steps.iter().filter(|s| s.end <= day) {
            let measure = &world.measures[step.measure];
            if measure.continuing == continuing {
                let when = if continuing { day } else { step.end };
                apply(&mut dossier, measure, step.start, when);
            }
        }
    }
    rulebook.decide(&dossier, day)
}
