//! Which facts would have to be different for a plan to exist: the fewest, with values that are shown to
//! be enough.
//!
//! A set of facts is left aside where even with every line that it reaches at its best, and every
//! override that it reaches away, the points are short, too little is known for a rating, or another override
//! bars the target: whatever the values, they are not enough. For the others values are tried, and the planner is asked.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use xinpei::check::typed::{Characteristic, Effect, FactKind, NodeId, Op};
use xinpei::decimal;

use crate::answer::Requirement;
use crate::bounds::{Goal, conjuncts, guard, rank_of};
use crate::case::{Case, Limit};
use crate::day::Limits;
use crate::desk::Desk;
use crate::reading::{Below, Reading};
use crate::request::Request;
use crate::search::Mode;
use crate::state::{Held, State, spelt};
use crate::values::values;

/// Most facts that a set has.
const LARGEST: usize = 3;
/// Most facts that are looked at.
const FACTS: usize = 60;

pub(crate) struct Unlock<'a, 'r> {
    pub(crate) reading: &'a Reading<'r>,
    pub(crate) case: &'a Case,
    pub(crate) goal: Goal,
    pub(crate) limit: &'a Limit,
    pub(crate) request: &'a Request,
    /// The least total that the target needs; `None` where any may do.
    pub(crate) needed: Option<i64>,
    /// The most points of each line, whatever is done.
    pub(crate) best: Vec<i64>,
    /// Overrides that stand in the way, whatever is done.
    pub(crate) blocked: Vec<usize>,
}

/// A fact, and what another value of it can change.
struct Lever {
    fact: u32,
    /// For each line whether it does.
    lines: Vec<bool>,
    /// For each override whether it does.
    overrides: Vec<bool>,
    /// The fact itself, and what measures change that look at it.
    free: BTreeSet<u32>,
    /// The value that is tried.
    value: Option<Held>,
}

/// Points line by line, in the units of the tables.
struct Points {
    limits: Limits,
    /// For each line its section, the most points whatever is done, and the most that it has.
    lines: Vec<(usize, i64, i64)>,
    sections: usize,
    /// Overrides with which the target may need fewer points, each with the facts of its conditions that
    /// do not hold whatever is done.
    lifting: Vec<(usize, Vec<BTreeSet<u32>>)>,
}

impl Unlock<'_, '_> {
    /// The facts with their values, and whether fewer are proved not to be enough.
    pub(crate) fn find(&self, desk: &mut Desk<'_>) -> (Vec<Requirement>, bool) {
        let count = u32::try_from(self.reading.rulebook.typed().facts.len()).unwrap_or(0);
        let mut levers: Vec<Lever> = (0..count).filter_map(|fact| self.lever(fact)).collect();
        // What must never be advised is named only where nothing else will do.
        let facts = &self.reading.rulebook.typed().facts;
        levers.sort_by_key(|l| usize::try_from(l.fact).ok().and_then(|f| facts.get(f)?.forbidden.as_ref()).is_some());
        let mut levers: Vec<Lever> = levers.into_iter().take(FACTS).collect();
        let (mut tries, mut smallest) = (self.request.unlock, levers.len() < FACTS);
        let mut valued = false;
        for size in 1..=LARGEST {
            let sets = self.sets(&levers, size);
            if !sets.is_empty() && !valued {
                self.value(&mut levers, desk);
                valued = true;
            }
            for set in &sets {
                let Some(left) = tries.checked_sub(1) else { return (Vec::new(), false) };
                tries = left;
                let value = |at: &usize| levers.get(*at).and_then(|l| Some((l.fact, l.value.clone()?)));
                let Some(found) = set.iter().map(value).collect::<Option<Vec<_>>>() else { continue };
                if self.opens(&found) {
                    let told = self.nearer(&found, desk);
                    return (told.iter().filter_map(|(fact, held)| self.requirement(*fact, held)).collect(), smallest);
                }
            }
            smallest &= sets.is_empty();
        }
        (Vec::new(), false)
    }

    /// What another value of a fact can change; `None` where that is nothing that matters.
    fn lever(&self, fact: u32) -> Option<Lever> {
        let Reading { reads, writes, asks, .. } = self.reading;
        let measures = &self.reading.rulebook.typed().measures;
        let mut free = BTreeSet::from([fact]);
        let mut moved = vec![false; measures.len()];
        loop {
            let before = (free.len(), moved.iter().filter(|m| **m).count());
            for (at, measure) in measures.iter().enumerate() {
                let asked = asks.get(at).is_some_and(|a| a.contains(&fact));
                let read = reads.get(at).is_some_and(|r| r.iter().any(|f| free.contains(f)));
                let linked = measure.requires.iter().chain(&measure.excludes).any(|o| moved.get(*o) == Some(&true));
                let named = measures.iter().enumerate().any(|(other, m)| {
                    moved.get(other) == Some(&true) && (m.requires.contains(&at) || m.excludes.contains(&at))
                });
                if asked || read || linked || named {
                    free.extend(writes.get(at).into_iter().flatten());
                    if let Some(flag) = moved.get_mut(at) {
                        *flag = true;
                    }
                }
            }
            if before == (free.len(), moved.iter().filter(|m| **m).count()) {
                break;
            }
        }
        let hit = |list: &[Below]| -> Vec<bool> {
            list.iter().map(|below| below.facts.iter().any(|f| free.contains(f))).collect()
        };
        let (lines, overrides) = (hit(&self.reading.lines), hit(&self.reading.overrides));
        let places = |flags: &[bool]| -> Vec<usize> {
            flags.iter().enumerate().filter(|(_, flag)| **flag).map(|(at, _)| at).collect()
        };
        let better = places(&lines).into_iter().any(|line| self.best.get(line).copied().unwrap_or(0) < self.full(line));
        let matters = better
            || places(&overrides).iter().any(|rule| self.blocked.contains(rule) || self.lifting(*rule).is_some());
        matters.then_some(Lever { fact, lines, overrides, free, value: None })
    }

    /// The most points of a line, in the units of the tables.
    fn full(&self, line: usize) -> i64 {
        let max =
            self.reading.rulebook.typed().characteristics.get(line).map_or(Decimal::ZERO, |c| c.max.max(c.missing));
        decimal::to_units(max, self.case.tables.digits).and_then(|u| i64::try_from(u).ok()).unwrap_or(i64::MAX / 1024)
    }

    /// Whether an override can make the target need fewer points, if some facts were different: the facts of
    /// each of its conditions that does not hold whatever is done.
    fn lifting(&self, rule: usize) -> Option<Vec<BTreeSet<u32>>> {
        let rulebook = self.reading.rulebook;
        let reviews = || self.case.tables.reviews.iter();
        match &rulebook.typed().overrides.get(rule)?.effect {
            Effect::Notch(n) if *n > 0 => {
                // One that asks for as many points as the target does is of no use.
                let needed = self.needed.map(|n| decimal::from_units(n.into(), self.case.tables.digits));
                if guard(rulebook, rule).is_some_and(|least| needed.is_some_and(|needed| least >= needed)) {
                    return None;
                }
                let parts = conjuncts(rulebook, rule);
                let never = self.reading.conditions.iter().filter(|condition| {
                    parts.contains(&condition.node) && reviews().all(|review| review.never.contains(&condition.node))
                });
                Some(never.map(|condition| condition.below.facts.clone()).collect())
            }
            // One that takes a grade away now.
            Effect::Notch(_) => {
                let fires = reviews().any(|review| review.fired.get(rule) == Some(&true));
                (self.case.groups.fixed.contains(&rule) && fires).then(Vec::new)
            }
            Effect::Veto(grade) => {
                self.goal.rank.is_some_and(|least| rank_of(rulebook, *grade) >= least).then(Vec::new)
            }
            _ => None,
        }
    }

    /// The sets of so many levers that nothing excludes, in document order.
    fn sets(&self, levers: &[Lever], size: usize) -> Vec<Vec<usize>> {
        let mut sets: Vec<Vec<usize>> = vec![Vec::new()];
        for _ in 0..size {
            let grow = |set: &Vec<usize>| {
                let from = set.last().map_or(0, |last| last + 1);
                let set = set.clone();
                (from..levers.len()).map(move |at| set.iter().copied().chain([at]).collect::<Vec<usize>>())
            };
            sets = sets.iter().flat_map(grow).collect();
        }
        let points = self.points();
        sets.retain(|set| self.possible(&points, &set.iter().filter_map(|at| levers.get(*at)).collect::<Vec<_>>()));
        sets
    }

    fn points(&self) -> Points {
        let typed = self.reading.rulebook.typed();
        let line = |(at, c): (usize, &Characteristic)| {
            let own = self.best.get(at).copied().unwrap_or(0);
            (c.section, own, own.max(self.full(at)))
        };
        Points {
            limits: Limits::new(&typed.sections, self.case.tables.digits),
            lines: typed.characteristics.iter().enumerate().map(line).collect(),
            sections: typed.sections.len(),
            lifting: (0..typed.overrides.len()).filter_map(|rule| Some((rule, self.lifting(rule)?))).collect(),
        }
    }

    /// Whether points and overrides leave room for a plan, if these facts had any value.
    fn possible(&self, points: &Points, set: &[&Lever]) -> bool {
        let frees = |rule: &usize| set.iter().any(|lever| lever.overrides.get(*rule) == Some(&true));
        if !self.blocked.iter().all(frees) {
            return false;
        }
        if let (Some(coverage), Some(short)) = (&self.reading.coverage, &self.case.short)
            && !coverage.mends(short, &|line| set.iter().any(|lever| lever.lines.get(line) == Some(&true)))
        {
            return false;
        }
        let Some(needed) = self.needed else { return true };
        let touched = |facts: &BTreeSet<u32>| set.iter().any(|lever| !lever.free.is_disjoint(facts));
        if points.lifting.iter().any(|(rule, never)| frees(rule) && never.iter().all(touched)) {
            return true;
        }
        let mut sums = vec![0_i64; points.sections];
        for (at, (section, own, full)) in points.lines.iter().enumerate() {
            let free = set.iter().any(|lever| lever.lines.get(at) == Some(&true));
            if let Some(sum) = sums.get_mut(*section) {
                *sum += if free { *full } else { *own };
            }
        }
        points.limits.total(sums.into_iter()) >= needed
    }

    /// The parts of the overrides in the way, each with whether it is for firing that it holds: with one fact
    /// alone a part may be put right, though the whole is not.
    pub(crate) fn parts(&self) -> Vec<(NodeId, bool)> {
        let program = self.reading.rulebook.program();
        let roots = self.blocked.iter().filter_map(|rule| program.outputs.overrides.get(*rule));
        let mut open: Vec<(NodeId, bool)> = roots.map(|id| (*id, true)).collect();
        let mut parts = BTreeSet::new();
        let mut seen = BTreeSet::new();
        while let Some((id, fires)) = open.pop() {
            if !seen.insert((id, fires)) {
                continue;
            }
            match &program.arena.node(id).op {
                Op::And(a, b) | Op::Or(a, b) => open.extend([(*a, fires), (*b, fires)]),
                Op::Not(a) => open.push((*a, !fires)),
                Op::Otherwise(a, b) if matches!(program.arena.node(*b).op, Op::Const(_)) => open.push((*a, fires)),
                _ => drop(parts.insert((id, fires))),
            }
        }
        parts.into_iter().collect()
    }

    /// Gives each lever the value with which the fewest overrides, and the fewest parts of these, stand in the
    /// way and the lines have most points; of equal ones the nearest.
    fn value(&self, levers: &mut [Lever], desk: &mut Desk<'_>) {
        let rulebook = self.reading.rulebook;
        let outputs = &rulebook.program().outputs;
        let mut states: Vec<State> = Vec::new();
        let mut tried: Vec<(usize, Held)> = Vec::new();
        for (at, lever) in levers.iter().enumerate() {
            let Some(held) = self.case.start.held(lever.fact) else { continue };
            let points = lever.lines.iter().zip(&outputs.points).filter(|(reads, _)| **reads).map(|(_, id)| id);
            let rules = lever.overrides.iter().zip(&outputs.overrides).filter(|(reads, _)| **reads).map(|(_, id)| id);
            let mut readers: Vec<NodeId> = points.chain(rules).copied().collect();
            let measures = rulebook.typed().measures.iter().zip(&self.reading.asks);
            readers.extend(measures.filter(|(_, asks)| asks.contains(&lever.fact)).filter_map(|(m, _)| m.when));
            for value in values(rulebook, lever.fact, held, &readers, self.case.as_of) {
                let mut state = self.case.start.clone();
                state.put(&[(lever.fact, value.clone())]);
                states.push(state);
                tried.push((at, value));
            }
        }
        let parts = self.parts();
        let probe = rulebook.probe(parts.iter().map(|(id, _)| *id).collect());
        let batch = desk.rows(&states);
        let held = desk.values_of(&probe, &batch, self.case.as_of);
        let wrong = |(row, (at, _)): (usize, &(usize, Held))| {
            let touches = |rule: &usize| levers.get(*at).is_some_and(|l| l.overrides.get(*rule) == Some(&true));
            // Where a fact touches nothing that is in the way, all its values leave it as it is.
            if !self.blocked.iter().any(touches) {
                return 0;
            }
            wrong(&parts, &held, row).filter(|wrong| *wrong).count()
        };
        let wrongs: Vec<usize> = tried.iter().enumerate().map(wrong).collect();
        let outcome = desk.outcome(&batch, self.case.as_of);
        let mut best: Vec<Option<(usize, usize, i64)>> = vec![None; levers.len()];
        for (row, (at, value)) in tried.iter().enumerate() {
            let fires =
                |rule: &usize| outputs.overrides.get(*rule).is_some_and(|id| outcome.value(*id, row) == Some(1));
            let bars = self.blocked.iter().filter(|rule| fires(rule)).count();
            let wrong = wrongs.get(row).copied().unwrap_or(0);
            let lines = 0..rulebook.typed().characteristics.len();
            let points: i64 =
                lines.map(|line| crate::tables::units(&outcome, line, row, self.case.tables.digits)).sum();
            let (Some(slot), Some(lever)) = (best.get_mut(*at), levers.get_mut(*at)) else { continue };
            if slot.is_none_or(|(b, w, p)| (bars, wrong, -points) < (b, w, -p)) {
                *slot = Some((bars, wrong, points));
                lever.value = Some(value.clone());
            }
        }
    }

    /// Whether there is a plan if some facts have these values.
    pub(crate) fn opens(&self, values: &[(u32, Held)]) -> bool {
        let mut state = self.case.start.clone();
        state.put(values);
        let rulebook = self.reading.rulebook;
        let batch = state.batch(rulebook.dictionary());
        let mut desk = Desk::new(rulebook, &batch, 0);
        if !desk.faults().is_empty() {
            return false;
        }
        let Request { months, options, .. } = *self.request;
        if desk.score(&state, self.case.as_of).is_some_and(|(score, rank)| self.goal.reached(score, rank)) {
            return true;
        }
        let case = Case::new(self.reading, &mut desk, self.case.as_of, months, options);
        !case.search(self.reading, self.goal, self.limit, Mode::Any, &[], &mut desk).front.is_empty()
    }

    fn requirement(&self, fact: u32, needed: &Held) -> Option<Requirement> {
        let rulebook = self.reading.rulebook;
        let definition = rulebook.typed().facts.get(usize::try_from(fact).ok()?)?;
        let spell = |held: &Held| match (held, &definition.kind) {
            (Held::Value(units), FactKind::Value(value)) => spelt(*units, value, rulebook.dictionary()),
            (Held::Events(events), _) => events.as_ref().map(|e| e.len().to_string()),
            _ => None,
        };
        Some(Requirement {
            fact: definition.id.clone(),
            label: definition.label.clone(),
            value: self.case.start.held(fact).and_then(spell),
            needed: spell(needed)?,
            forbidden: definition.forbidden.clone(),
        })
    }
}

/// For each part of an override, by its values in some rows, whether it is in the way in one of them.
pub(crate) fn wrong(parts: &[(NodeId, bool)], values: &[Vec<Option<i128>>], row: usize) -> impl Iterator<Item = bool> {
    values.iter().zip(parts).map(move |(rows, (_, fires))| (rows.get(row) == Some(&Some(1))) == *fires)
}
