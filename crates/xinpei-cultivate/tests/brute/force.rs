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
    pub(crate) receipt: String,
    rank: usize,
}

#[derive(Clone, Debug)]
pub(crate) struct Best {
    pub(crate) cost: Decimal,
    pub(crate) months: u32,
    pub(crate) margin: Decimal,
    pub(crate) steps: Vec<Step>,
    pub(crate) receipt: String,
}

/// How good a plan is: cost, months, measures, margin, measures in document order; less is better.
type Key = (i64, u32, usize, Reverse<Decimal>, Vec<(usize, i64)>);

/// The score of a set on a day, and the overrides that fire.
type Scored = (Option<Decimal>, BTreeSet<String>);

/// What comes of steps, months and cost: the score, and the plan if it works.
type Judge<'j> = dyn FnMut(Vec<Step>, u32, i64) -> (Option<Scored>, Option<(Key, Best)>) + 'j;

pub(crate) struct Force {
    pub(crate) best: Option<Best>,
    /// The best score of any set on any day.
    pub(crate) most: Option<Decimal>,
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
        let start = rulebook.decide(&world.dossier, world.as_of);
        let rank = |decision: &Decision| {
            let at = decision.grade.as_ref().map(|g| rulebook.typed().grades.iter().position(|x| x.id == *g).unwrap());
            at.map(|at| rulebook.typed().grades.len() - 1 - at)
        };
        let first = rank(&start);
        // Which measures apply, and how often.
        let applies = |m: &Measure| m.when.is_none_or(|(c, n)| number(&world.dossier, c).is_some_and(|v| v >= n));
        let cost = |m: &Measure| match m.cost_per {
            None => Some(m.cost),
            Some((c, n)) => number(&world.dossier, c).map(|v| m.cost + v * n),
        };
        let usable: Vec<bool> = measures.iter().map(|m| applies(m) && cost(m).is_some()).collect();
        let at = |id: &String| measures.iter().position(|m| m.id == *id).unwrap();
        let mut force = Self { best: None, most: None, always: BTreeSet::new() };
        force.always = rulebook.typed().overrides.iter().map(|o| o.id.clone()).collect();
        let (needed, edge): (Option<usize>, Decimal) = match &world.request.target {
            Wanted::NextGrade => match rulebook.typed().grades.iter().rev().position(|g| {
                let rank = rulebook.typed().grades.len()
                    - 1
                    - rulebook.typed().grades.iter().position(|x| x.id == g.id).unwrap();
                !g.by_override && first.is_none_or(|f| rank > f)
            }) {
                Some(rank) => {
                    let grade = &rulebook.typed().grades[rulebook.typed().grades.len() - 1 - rank];
                    (Some(rank), grade.from.unwrap_or_default())
                }
                None => return force,
            },
            Wanted::Grade(id) => {
                let at = rulebook.typed().grades.iter().position(|g| g.id == *id).unwrap();
                (Some(rulebook.typed().grades.len() - 1 - at), rulebook.typed().grades[at].from.unwrap_or_default())
            }
            Wanted::Score(score) => (None, *score),
            Wanted::Best => unreachable!(),
        };
        let reached = |decision: &Decision| match needed {
            Some(least) => rank(decision).is_some_and(|r| r >= least),
            None => decision.score.is_some_and(|s| s >= edge),
        };
        let mut best: Option<(Key, Best)> = None;
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
                force.try_set(
                    world,
                    &taken,
                    &cost,
                    &at,
                    &usable,
                    &mut |steps, months, price| {
                        let review = world.as_of.add_months(months as i32);
                        if steps.iter().any(|s| s.end > review) {
                            return (None, None);
                        }
                        let end = decision_on(rulebook, world, &steps, review);
                        let found = (end.score, end.overrides.iter().map(|o| o.id.clone()).collect::<BTreeSet<_>>());
                        let mut steps = steps;
                        let mut fine = reached(&end);
                        let low = |d: &Decision| d.score < start.score || rank(d) < first;
                        if !world.request.allow_dips && low(&end) {
                            fine = false;
                        }
                        for i in 0..steps.len() {
                            let upto = steps[..=i].to_vec();
                            let after = decision_on(rulebook, world, &upto, steps[i].end);
                            if !world.request.allow_dips && low(&after) {
                                fine = false;
                            }
                            steps[i].receipt = after.receipt;
                        }
                        if !fine {
                            return (Some(found), None);
                        }
                        let margin = end.score.unwrap_or_default() - edge;
                        let named: Vec<(usize, i64)> =
                            taken.iter().enumerate().flat_map(|(i, n)| (0..*n).map(move |c| (i, c))).collect();
                        let key = (price, months, steps.len(), Reverse(margin), named);
                        let best = Best { cost: Decimal::from(price), months, margin, steps, receipt: end.receipt };
                        (Some(found), Some((key, best)))
                    },
                    &mut best,
                );
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
        force.best = if reached(&start) { None } else { best.map(|(_, best)| best) };
        force
    }

    #[expect(clippy::too_many_arguments, reason = "one loop in two functions")]
    fn try_set(
        &mut self,
        world: &World,
        taken: &[i64],
        cost: &dyn Fn(&Measure) -> Option<i64>,
        at: &dyn Fn(&String) -> usize,
        usable: &[bool],
        judge: &mut Judge<'_>,
        best: &mut Option<(Key, Best)>,
    ) {
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
                steps.push(Step { measure: *i, start, end, receipt: String::new(), rank });
                start = end;
            }
        }
        steps.sort_by_key(|s| (s.end, s.rank));
        for months in 0..=world.request.months {
            let (found, candidate) = judge(steps.clone(), months, price);
            if let Some((score, fired)) = found {
                self.most = self.most.max(score);
                self.always.retain(|o| fired.contains(o));
            }
            if let Some(candidate) = candidate
                && best.as_ref().is_none_or(|(key, _)| candidate.0 < *key)
            {
                *best = Some(candidate);
            }
        }
    }
}

/// The decision on the facts of a day.
fn decision_on(rulebook: &Rulebook, world: &World, steps: &[Step], day: Date) -> Decision {
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
