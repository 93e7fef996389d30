//! Why there is no plan: the best of every line against the target, the overrides in the way, when there
//! will be one, and what would have to be different.

use rust_decimal::Decimal;
use xinpei::check::typed::Effect;
use xinpei::{Date, decimal};

use crate::answer::{Blocked, Certificate, Known, Line};
use crate::bounds::{Goal, Need, OUT_OF_REACH, slack};
use crate::case::{Case, Limit};
use crate::describe::yuan;
use crate::desk::Desk;
use crate::groups::Groups;
use crate::reading::Reading;
use crate::request::Request;
use crate::search::{Mode, most};
use crate::tables::{Review, Tables};
use crate::unlock::Unlock;

struct Evidence<'a> {
    reading: &'a Reading<'a>,
    groups: &'a Groups,
    tables: &'a Tables,
    needs: &'a [Need],
    goal: Goal,
    waiting: Option<Date>,
}

/// The longest that waiting alone is looked at, in months.
pub(crate) const WAITING: u32 = 120;

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
    let Case { groups, tables, .. } = case;
    let evidence = Evidence { reading, groups, tables, needs: &needs, goal, waiting };
    let mut certificate = evidence.certificate();
    if let (Some(coverage), Some(short)) = (&reading.coverage, &case.short) {
        let (attainable, needed) = coverage.told(short);
        certificate.coverage = Some(Known { attainable, needed });
    }
    if limit.budget < i64::MAX - 1 {
        let any = Limit { budget: i64::MAX - 1, ..*limit };
        let found = case.search(reading, goal, &any, Mode::Front, &[], desk);
        certificate.cheapest = found.front.last().map(|worth| yuan(worth.cost));
    }
    if request.further > request.months {
        let longer = Case::new(reading, desk, case.as_of, request.further, request.options);
        let found = longer.search(reading, goal, limit, Mode::Soonest, &[], desk);
        let months = found.front.last().and_then(|worth| i32::try_from(worth.months).ok());
        certificate.earliest = months.map(|months| case.as_of.add_months(months));
    }
    if request.unlock > 0 && certificate.cheapest.is_none() {
        let blocked = evidence.blocked();
        let key =
            Unlock { reading, case, goal, limit, request, needed: evidence.needed(), best: evidence.best(), blocked };
        (certificate.unlock, certificate.smallest) = key.find(desk);
    }
    certificate
}

/// The points that a goal needs and those attainable at most, where these are too few; and the overrides in
/// the way.
pub(crate) fn shortfall(reading: &Reading<'_>, case: &Case, goal: Goal) -> (Option<(Decimal, Decimal)>, Vec<String>) {
    let needs = case.needs(reading, goal);
    let Case { groups, tables, .. } = case;
    let evidence = Evidence { reading, groups, tables, needs: &needs, goal, waiting: None };
    let Certificate { points_short, needed, attainable, blocked, .. } = evidence.certificate();
    let points = needed.filter(|_| points_short).map(|needed| (needed, attainable));
    (points, blocked.into_iter().map(|b| b.id).collect())
}

/// The first review day behind those of the case, and not behind the rules, on which waiting alone reaches
/// the goal.
fn waiting(reading: &Reading<'_>, case: &Case, goal: Goal, desk: &mut Desk<'_>) -> Option<Date> {
    let first = u32::try_from(case.tables.reviews.len()).unwrap_or(u32::MAX);
    (first..=WAITING.min(reading.months_in_force(case.as_of))).find_map(|months| {
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
            id: c.id.to_string(),
            label: c.label.clone(),
            now: number(now(at)),
            best: number(best.get(at).copied().unwrap_or(0)),
            max: c.max.normalize(),
        });
        let needed = self.needed();
        let rounding = slack(self.tables, typed.score.digits);
        let attainable = most(&typed.sections, self.tables);
        let mut blocked = self.blocked();
        // Where no score has the grade, it is what is taken off it that stands in the way.
        if needed.is_some_and(|n| n.abs() >= OUT_OF_REACH) {
            blocked.extend((0..typed.overrides.len()).filter(|rule| self.lowers(*rule)));
            blocked.sort_unstable();
        }
        let short = needed.is_some_and(|n| attainable < n && (n < OUT_OF_REACH || blocked.is_empty()));
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
            // What rounding may add is the search's business: people are told the edge.
            needed: needed.filter(|n| n.abs() < OUT_OF_REACH).map(|n| number(n.saturating_add(rounding))),
            attainable: number(attainable),
            points_short: short,
            coverage: None,
            lines: lines.collect(),
            blocked: named.collect(),
            months: u32::try_from(self.tables.reviews.len().saturating_sub(1)).unwrap_or(u32::MAX),
            cheapest: None,
            waiting: self.waiting,
            earliest: None,
            unlock: Vec::new(),
            smallest: false,
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

    /// Whether an override takes notches off the grade on every review day, whatever is done.
    fn lowers(&self, rule: usize) -> bool {
        let overrides = &self.reading.rulebook.typed().overrides;
        let down = overrides.get(rule).is_some_and(|o| matches!(o.effect, Effect::Notch(n) if n < 0));
        let fixed = self.groups.fixed.contains(&rule);
        let fires = |review: &Review| fixed && review.fired.get(rule) == Some(&true) || self.stays(review, rule);
        down && self.tables.reviews.iter().all(fires)
    }

    /// Whether an override of a group fires with every option of a review day.
    fn stays(&self, review: &Review, rule: usize) -> bool {
        self.groups.groups.iter().zip(&review.rows).any(|(group, rows)| {
            let Some(at) = group.overrides.iter().position(|o| *o == rule) else { return false };
            rows.iter().flatten().all(|row| row.fired.get(at) == Some(&true))
        })
    }

    /// Overrides that stand in the way on every review day, whatever is done.
    fn blocked(&self) -> Vec<usize> {
        let typed = self.reading.rulebook.typed();
        let every = |rule: usize| {
            let bars = |(review, need): (&Review, &Need)| need.blocked.contains(&rule) || self.stays(review, rule);
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
}
