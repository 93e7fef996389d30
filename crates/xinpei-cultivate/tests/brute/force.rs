//! Brute force: every set of measures on every review day, applied to dossiers by code of its own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use xinpei::{Date, Decision, Rulebook, Value};
use xinpei_cultivate::Wanted;

use crate::effects::{day_of, facts_on, number, waiting};
use crate::world::{Earliest, Extra, Length, Measure, World};

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
    /// Line by line on the review day.
    pub(crate) points: Vec<Decimal>,
    /// Of the sections together.
    pub(crate) total: Decimal,
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
    pub(crate) tried: Vec<Tried>,
    /// By day where the enterprise stands if nothing is done.
    pub(crate) idle: BTreeMap<Date, (Rated, Vec<Decimal>)>,
    pub(crate) start: Rated,
    /// Overrides that fire for every set on every day.
    pub(crate) always: BTreeSet<String>,
}

impl Force {
    pub(crate) fn new(rulebook: &Rulebook, world: &World) -> Self {
        let start = rated(rulebook, &rulebook.decide(&world.dossier, world.as_of));
        let always = rulebook.typed().overrides.iter().map(|o| o.id.clone()).collect();
        let mut force = Self { tried: Vec::new(), idle: BTreeMap::new(), start, always };
        for (taken, steps, price) in sets(world) {
            force.try_set(rulebook, world, &taken, &steps, price);
        }
        force
    }

    /// One set on every review day.
    fn try_set(&mut self, rulebook: &Rulebook, world: &World, taken: &[i64], steps: &[Step], cost: i64) {
        let start = self.start;
        let idle = &mut self.idle;
        let mut dip = |steps: &[Step], day: Date| {
            let now = rated(rulebook, &decision_on(rulebook, world, steps, day));
            let (idle, _) = idle.entry(day).or_insert_with(|| {
                let alone = decision_on(rulebook, world, &[], day);
                (rated(rulebook, &alone), points(&alone))
            });
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
                points: points(&end),
                total: end.sections.iter().map(|s| s.points).sum(),
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

/// The points of each line.
fn points(decision: &Decision) -> Vec<Decimal> {
    decision.characteristics.iter().map(|c| c.points).collect()
}

pub(crate) fn rated(rulebook: &Rulebook, decision: &Decision) -> (Option<Decimal>, Option<usize>) {
    let grades = &rulebook.typed().grades;
    let at = decision.grade.as_ref().map(|g| grades.iter().position(|x| x.id == *g).unwrap());
    (decision.score, at.map(|at| grades.len() - 1 - at))
}

/// What a measure costs in fen, and its days or months; `None` where it does not apply.
fn usable(world: &World, m: &Measure) -> Option<(i64, (i64, i64))> {
    let dossier = &world.dossier;
    let applies = m.when.is_none_or(|(c, n)| number(dossier, c).is_some_and(|v| v >= n));
    let extra = match m.extra {
        None => 0,
        Some(Extra::Count(c, n)) => number(dossier, c)? * n,
        Some(Extra::Waiting(n)) => waiting(dossier)? * n,
    };
    let length = match m.length {
        Length::Days(n) => (n, 0),
        Length::Months(n) => (0, n),
        Length::Fact(n) => match dossier.facts.get("w.days")? {
            Value::Number(days) => (days.to_string().parse::<i64>().unwrap() + n, 0),
            _ => unreachable!(),
        },
    };
    applies.then_some((m.cost + extra * 100, length))
}

/// Every set of measures that may be taken: how often each is, the steps, and what they cost in fen.
pub(crate) fn sets(world: &World) -> Vec<(Vec<i64>, Vec<Step>, i64)> {
    let measures = &world.measures;
    let usable: Vec<_> = measures.iter().map(|m| usable(world, m)).collect();
    let at = |id: &String| measures.iter().position(|m| m.id == *id).unwrap();
    let mut list = Vec::new();
    let mut counts = vec![0_i64; measures.len()];
    'sets: loop {
        // This set, then the next one.
        let taken = counts.clone();
        let valid = measures.iter().enumerate().all(|(i, m)| {
            taken[i] == 0
                || usable[i].is_some()
                    && m.requires.iter().all(|r| taken[at(r)] > 0 || usable[at(r)].is_none())
                    && !m.excludes.iter().any(|e| taken[at(e)] > 0)
        });
        if valid {
            let (steps, price) = schedule(world, &taken, &at, &usable);
            list.push((taken, steps, price));
        }
        for i in 0..measures.len() {
            if counts[i] < measures[i].times {
                counts[i] += 1;
                continue 'sets;
            }
            counts[i] = 0;
        }
        return list;
    }
}

/// When the measures of a set start and end, and what they cost in fen.
fn schedule(
    world: &World,
    taken: &[i64],
    at: &dyn Fn(&String) -> usize,
    usable: &[Option<(i64, (i64, i64))>],
) -> (Vec<Step>, i64) {
    let measures = &world.measures;
    // The order of prerequisites: always the first measure in document order that is free.
    let mut order: Vec<usize> = Vec::new();
    while order.len() < measures.len() {
        let free = (0..measures.len())
            .find(|i| {
                let ready = |r: &String| usable[at(r)].is_none() || order.contains(&at(r));
                !order.contains(i) && measures[*i].requires.iter().all(ready)
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
        start = match m.earliest {
            Some(Earliest::Today(n)) => start.max(world.as_of.add_months(n as i32)),
            Some(Earliest::Founded(n)) => start.max(day_of(&world.dossier, "d.founded").add_months(n as i32)),
            None => start,
        };
        for r in &m.requires {
            start = start.max(ends.get(&at(r)).copied().unwrap_or(start));
        }
        for copy in 0..taken[*i] {
            let (cost, (days, months)) = usable[*i].unwrap();
            let end = Date::from_days(start.days() + days as i32).add_months(months as i32);
            if copy == 0 {
                ends.insert(*i, end);
            }
            price += cost;
            steps.push(Step { measure: *i, start, end, rank });
            start = end;
        }
    }
    steps.sort_by_key(|s| (s.end, s.rank));
    (steps, price)
}

/// The decision on the facts of a day.
pub(crate) fn decision_on(rulebook: &Rulebook, world: &World, steps: &[Step], day: Date) -> Decision {
    rulebook.decide(&facts_on(world, steps, day), day)
}
