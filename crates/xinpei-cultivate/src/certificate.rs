//! Why there is no plan: the best of every line against the target, the overrides in the way, and what
//! would have to be different.

use std::collections::BTreeSet;

use xinpei::check::typed::{Effect, FactKind};
use xinpei::{Date, decimal};

use crate::answer::{Blocked, Certificate, Line, Requirement};
use crate::bounds::{Goal, Need};
use crate::case::{Case, Limit};
use crate::desk::Desk;
use crate::groups::Groups;
use crate::planner::Request;
use crate::reading::Reading;
use crate::search::most;
use crate::state::{State, spelt};
use crate::tables::Tables;

struct Evidence<'a> {
    reading: &'a Reading<'a>,
    groups: &'a Groups,
    tables: &'a Tables,
    needs: &'a [Need],
    start: &'a State,
    goal: Goal,
    waiting: Option<Date>,
}

/// The longest that waiting alone is looked at, in months.
const WAITING: u32 = 120;

/// Why nothing reaches a goal.
pub(crate) fn certificate<'r>(
    reading: &Reading<'r>,
    case: &Case,
    goal: Goal,
    limit: &Limit,
    request: &Request,
    desk: &mut Desk<'r>,
) -> Certificate {
    let needs = case.needs(reading, goal);
    let waiting = waiting(reading, case, goal, desk);
    let Case { start, groups, tables, .. } = case;
    let evidence = Evidence { reading, groups, tables, needs: &needs, start, goal, waiting };
    evidence.certificate()
}

/// The first review day on which waiting alone reaches the goal.
fn waiting(reading: &Reading<'_>, case: &Case, goal: Goal, desk: &mut Desk<'_>) -> Option<Date> {
    (1..=WAITING).find_map(|months| {
        let day = case.as_of.add_months(i32::try_from(months).unwrap_or(i32::MAX));
        let mut state = case.start.clone();
        reading.applier.pass(&mut state, case.as_of, day);
        let (score, rank) = desk.score(&state, day)?;
        goal.reached(score, rank).then_some(day)
    })
}

impl Evidence<'_> {
    fn certificate(&self) -> Certificate {
        let typed = self.reading.rulebook.typed();
        let number = |units: i64| decimal::from_units(units.into(), self.tables.digits).normalize();
        let best = self.best();
        let now = |line: usize| self.tables.reviews.first().and_then(|r| r.lines.get(line)).copied().unwrap_or(0);
        let lines = typed.characteristics.iter().enumerate().map(|(at, c)| Line {
            id: c.id.clone(),
            label: c.label.clone(),
            now: number(now(at)),
            best: number(best.get(at).copied().unwrap_or(0)),
            max: c.max.normalize(),
        });
        let needed = self.needed();
        let attainable = most(&typed.sections, self.tables);
        let blocked = self.blocked();
        let named = blocked.iter().filter_map(|rule| {
            let checked = typed.overrides.get(*rule)?;
            let facts = &self.reading.overrides.get(*rule)?.facts;
            let id = |fact: &u32| Some(typed.facts.get(usize::try_from(*fact).ok()?)?.id.clone());
            Some(Blocked {
                id: checked.id.clone(),
                label: checked.label.clone(),
                basis: checked.basis.clone(),
                facts: facts.iter().filter_map(id).collect(),
            })
        });
        Certificate {
            needed: needed.map(number),
            attainable: number(attainable),
            points_short: needed.is_some_and(|n| attainable < n),
            lines: lines.collect(),
            blocked: named.collect(),
            months: u32::try_from(self.tables.reviews.len().saturating_sub(1)).unwrap_or(u32::MAX),
            unlock: self.unlock(&best, &blocked).into_iter().filter_map(|fact| self.requirement(fact)).collect(),
            waiting: self.waiting,
        }
    }

    /// The least total on the review day that asks for least; `None` where a day asks for none.
    fn needed(&self) -> Option<i64> {
        let all: Option<Vec<i64>> = self.needs.iter().map(|n| n.total).collect();
        all.and_then(|list| list.into_iter().min())
    }

    /// The most points of each line on any review day, whatever is done.
    fn best(&self) -> Vec<i64> {
        let count = self.reading.rulebook.typed().characteristics.len();
        let mut best = vec![i64::MIN; count];
        let mut put = |line: usize, points: i64| {
            if let Some(slot) = best.get_mut(line) {
                *slot = (*slot).max(points);
            }
        };
        for review in &self.tables.reviews {
            review.lines.iter().enumerate().for_each(|(line, points)| put(line, *points));
            for (group, rows) in self.groups.groups.iter().zip(&review.rows) {
                for row in rows.iter().flatten() {
                    group.lines.iter().zip(&row.points).for_each(|(line, points)| put(*line, *points));
                }
            }
        }
        best
    }

    /// Overrides that stand in the way on every review day, whatever is done.
    fn blocked(&self) -> Vec<usize> {
        let typed = self.reading.rulebook.typed();
        let every = |rule: usize| {
            let bars = |(review, need): (&crate::tables::Review, &Need)| {
                if need.blocked.contains(&rule) {
                    return true;
                }
                self.groups.groups.iter().zip(&review.rows).any(|(group, rows)| {
                    let Some(at) = group.overrides.iter().position(|o| *o == rule) else { return false };
                    rows.iter().flatten().all(|row| row.fired.get(at) == Some(&true))
                })
            };
            self.tables.reviews.iter().zip(self.needs).all(bars)
        };
        let bars = |rule: &usize| match (typed.overrides.get(*rule).map(|o| &o.effect), self.goal.rank) {
            (Some(Effect::Unrated), _) => true,
            (Some(Effect::Cap(grade) | Effect::Veto(grade)), Some(least)) => {
                crate::bounds::rank_of(self.reading.rulebook, *grade) < least
            }
            _ => false,
        };
        (0..typed.overrides.len()).filter(bars).filter(|rule| every(*rule)).collect()
    }

    /// The smallest set of facts, of three at most, without which neither points nor overrides exclude
    /// a plan: lines that read one of them are given all their points, overrides are taken away.
    fn unlock(&self, best: &[i64], blocked: &[usize]) -> Vec<u32> {
        let typed = self.reading.rulebook.typed();
        let whole = |d: rust_decimal::Decimal| {
            decimal::to_units(d, self.tables.digits).and_then(|u| i64::try_from(u).ok()).unwrap_or(0)
        };
        let max: Vec<i64> = typed.characteristics.iter().map(|c| whole(c.max)).collect();
        let changed: BTreeSet<u32> = self.groups.groups.iter().flat_map(|g| g.facts.iter().copied()).collect();
        let mut candidates: BTreeSet<u32> = BTreeSet::new();
        for ((facts, best), max) in self.reading.lines.iter().map(|l| &l.facts).zip(best).zip(&max) {
            if best < max {
                candidates.extend(facts.difference(&changed));
            }
        }
        for rule in blocked {
            candidates.extend(self.reading.overrides.get(*rule).iter().flat_map(|o| &o.facts));
        }
        let candidates: Vec<u32> = candidates.into_iter().collect();
        let needed = self.needed();
        let opens = |set: &[u32]| {
            let reads = |facts: &BTreeSet<u32>| set.iter().any(|f| facts.contains(f));
            if blocked.iter().any(|rule| !self.reading.overrides.get(*rule).is_some_and(|o| reads(&o.facts))) {
                return false;
            }
            let Some(needed) = needed else { return true };
            let mut sums = vec![0_i64; typed.sections.len()];
            for (at, c) in typed.characteristics.iter().enumerate() {
                let free = self.reading.lines.get(at).is_some_and(|l| reads(&l.facts));
                let own = best.get(at).copied().unwrap_or(0);
                let points = if free { own.max(max.get(at).copied().unwrap_or(0)) } else { own };
                if let Some(sum) = sums.get_mut(c.section) {
                    *sum += points;
                }
            }
            let total = typed.sections.iter().zip(sums).map(|(section, sum)| {
                let sum = section.floor.map_or(sum, |f| sum.max(whole(f)));
                section.max.map_or(sum, |m| sum.min(whole(m)))
            });
            total.sum::<i64>() >= needed
        };
        if let Some(one) = candidates.iter().find(|fact| opens(&[**fact])) {
            return vec![*one];
        }
        for (at, a) in candidates.iter().enumerate() {
            for b in candidates.iter().skip(at + 1) {
                if opens(&[*a, *b]) {
                    return vec![*a, *b];
                }
            }
        }
        for (at, a) in candidates.iter().enumerate() {
            for (next, b) in candidates.iter().enumerate().skip(at + 1) {
                for c in candidates.iter().skip(next + 1) {
                    if opens(&[*a, *b, *c]) {
                        return vec![*a, *b, *c];
                    }
                }
            }
        }
        Vec::new()
    }

    fn requirement(&self, fact: u32) -> Option<Requirement> {
        let definition = self.reading.rulebook.typed().facts.get(usize::try_from(fact).ok()?)?;
        let value = match &definition.kind {
            FactKind::Value(value) => spelt(self.start.value(fact), value, self.reading.rulebook.dictionary()),
            FactKind::Events(_) => None,
        };
        Some(Requirement {
            fact: definition.id.clone(),
            label: definition.label.clone(),
            value,
            forbidden: definition.forbidden.clone(),
        })
    }
}
