//! Branch and bound over the options of the groups: the cheapest plan that reaches a goal.
//!
//! On each review day an integer dynamic program over whole points gives the least cost with which the
//! groups still open can bring what is missing, where no cap is in the way; the sum of what each group
//! can bring at best to each section, capped, says whether the goal can be reached at all. Neither
//! excludes a plan that works. Whatever is left is decided by the engine.

use std::cmp::Reverse;

use xinpei::check::typed::Section;

use crate::bounds::Need;
use crate::groups::Groups;
use crate::tables::{Review, Tables};

/// How good a plan is; less is better.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Worth {
    /// In fen.
    pub(crate) cost: i64,
    pub(crate) months: u32,
    pub(crate) count: usize,
    /// By how much the target is passed, in units of the score.
    pub(crate) margin: Reverse<i128>,
    /// The items, rising.
    pub(crate) items: Vec<usize>,
}

/// What the engine says about a set of items on a review day: the margin if it reaches the goal.
pub(crate) type Judge<'j> = dyn FnMut(&[usize], &Review) -> Option<i128> + 'j;

/// What came of a search.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) best: Option<Worth>,
    /// Whether every other plan was excluded.
    pub(crate) proved: bool,
    /// The least cost that any plan can have, as far as it was proved; in fen.
    pub(crate) least: i64,
    /// Nodes that were looked at.
    pub(crate) nodes: u64,
}

/// What an engine's judgement counts, in nodes.
const JUDGEMENT: u64 = 50;

struct Search<'s> {
    groups: &'s Groups,
    tables: &'s Tables,
    sections: &'s [Section],
    limits: Vec<(i64, i64)>,
    best: Option<Worth>,
    nodes: u64,
    limit: u64,
    stopped: bool,
}

/// One review day, prepared.
struct Day<'d> {
    review: &'d Review,
    need: &'d Need,
    /// For each group the options that may be taken: index, and gain over the least of them in whole
    /// points, rounded up.
    open: Vec<Vec<(usize, i64)>>,
    /// From each group on: the least cost and number of items for so many whole points. Empty where
    /// there are too many points to count, and nothing is known.
    least: Vec<Vec<(i64, usize)>>,
    /// From each group on: the most that groups can bring to each section.
    most: Vec<Vec<i64>>,
    /// Whole points that the gains must bring together.
    missing: i64,
}

/// The most whole points that the dynamic program counts.
const WIDEST: usize = 1_000_000;

/// A cost that nothing reaches.
const NEVER: (i64, usize) = (i64::MAX, usize::MAX);

pub(crate) fn search(
    sections: &[Section],
    groups: &Groups,
    tables: &Tables,
    needs: &[Need],
    limit: u64,
    judge: &mut Judge<'_>,
) -> Found {
    let unit =
        |d: rust_decimal::Decimal| xinpei::decimal::to_units(d, tables.digits).and_then(|u| i64::try_from(u).ok());
    let limits = sections
        .iter()
        .map(|s| (s.floor.and_then(unit).unwrap_or(i64::MIN / 4), s.max.and_then(unit).unwrap_or(i64::MAX / 4)))
        .collect();
    let mut search = Search { groups, tables, sections, limits, best: None, nodes: 0, limit, stopped: false };
    let days: Vec<Option<Day<'_>>> =
        tables.reviews.iter().zip(needs).map(|(review, need)| search.day(review, need)).collect();
    let root = |day: &Day<'_>| day.cost(0, day.missing).0;
    let least = days.iter().flatten().map(root).min().unwrap_or(i64::MAX);
    for day in days.iter().flatten() {
        let mut chosen = Vec::with_capacity(groups.groups.len());
        let sums = day.review.base.clone();
        search.descend(day, 0, &sums, day.missing, 0, 0, &mut chosen, judge);
    }
    let cut = groups.groups.iter().any(|g| g.cut);
    Found { best: search.best, proved: !search.stopped && !cut, least, nodes: search.nodes }
}

impl Day<'_> {
    /// The least cost and count from a group on that brings so many whole points.
    fn cost(&self, group: usize, missing: i64) -> (i64, usize) {
        if self.least.is_empty() {
            return (0, 0);
        }
        let table = self.least.get(group).map(Vec::as_slice).unwrap_or_default();
        usize::try_from(missing.max(0)).ok().and_then(|m| table.get(m)).copied().unwrap_or(NEVER)
    }
}

impl Search<'_> {
    fn clamp(&self, section: usize, sum: i64) -> i64 {
        let (floor, cap) = self.limits.get(section).copied().unwrap_or((i64::MIN / 4, i64::MAX / 4));
        sum.max(floor).min(cap)
    }

    fn total(&self, sums: &[i64]) -> i64 {
        sums.iter().enumerate().map(|(at, sum)| self.clamp(at, *sum)).sum()
    }

    /// Prepares a review day; `None` where nothing reaches the goal on it.
    fn day<'d>(&self, review: &'d Review, need: &'d Need) -> Option<Day<'d>> {
        if !need.blocked.is_empty() {
            return None;
        }
        let count = self.sections.len();
        let whole = i64::try_from(xinpei::decimal::pow10(self.tables.digits)?).ok()?;
        let at = |list: &[i64], i: usize| list.get(i).copied().unwrap_or(0);
        // Without any measure, and between which limits each section can move.
        let mut start = review.base.clone();
        let mut lows = review.base.clone();
        let mut highs = review.base.clone();
        for rows in &review.rows {
            let known = || rows.iter().flatten();
            for section in 0..count {
                let values = || known().map(|row| at(&row.sections, section));
                let first = rows.first().and_then(Option::as_ref).map_or(0, |row| at(&row.sections, section));
                if let (Some(s), Some(l), Some(h)) =
                    (start.get_mut(section), lows.get_mut(section), highs.get_mut(section))
                {
                    *s += first;
                    *l += values().min().unwrap_or(0);
                    *h += values().max().unwrap_or(0);
                }
            }
        }
        let gain = |section: usize, change: i64| {
            let (floor, cap) = self.limits.get(section).copied().unwrap_or_default();
            let (start, low, high) = (at(&start, section), at(&lows, section), at(&highs, section));
            if floor <= low && high <= cap {
                return change;
            }
            if change <= 0 {
                return 0;
            }
            // Below a cap what many bring together is at most what each brings alone; below a floor
            // it may be more, so there the cap is left out of account.
            if floor <= low { self.clamp(section, start + change) - self.clamp(section, start) } else { change }
        };
        let mut open = Vec::with_capacity(review.rows.len());
        for (group, rows) in review.rows.iter().enumerate() {
            let first = rows.first().and_then(Option::as_ref)?;
            let barred = |option: usize| need.barred.get(group).and_then(|b| b.get(option)) == Some(&true);
            let options: Vec<(usize, i64)> = rows
                .iter()
                .enumerate()
                .filter(|(option, _)| !barred(*option))
                .filter_map(|(option, row)| {
                    let row = row.as_ref()?;
                    let change = |s: usize| gain(s, at(&row.sections, s) - at(&first.sections, s));
                    let penalty = need.penalty.get(group).and_then(|p| p.get(option)).copied().unwrap_or(0);
                    let units = (0..count).map(change).sum::<i64>().saturating_sub(penalty);
                    Some((option, ceil(units, whole)))
                })
                .collect();
            if options.is_empty() {
                return None;
            }
            open.push(options);
        }
        let missing = match need.total {
            Some(total) => ceil(total.saturating_sub(self.total(&start)), whole),
            None => i64::MIN / 4,
        };
        // An option that loses more than all others together can bring back loses enough.
        let gains = open.iter().map(|o: &Vec<(usize, i64)>| o.iter().map(|(_, g)| *g).max().unwrap_or(0).max(0));
        let worst = gains.sum::<i64>().saturating_add(missing.clamp(-1_000_000_000, 1_000_000_000).abs() + 1);
        // What a group loses at least is missing from the start, so that no option falls behind it.
        let mut missing = missing;
        for options in &mut open {
            let least = options.iter().map(|(_, g)| (*g).max(-worst)).min().unwrap_or(0);
            for (_, gain) in options {
                *gain = (*gain).max(-worst) - least;
            }
            missing = missing.saturating_sub(least);
        }
        let mut most = vec![vec![0_i64; count]];
        for (rows, options) in review.rows.iter().zip(&open).rev() {
            let behind = most.last().cloned().unwrap_or_default();
            let best = |section: usize| {
                let values = options.iter().filter_map(|(o, _)| rows.get(*o)?.as_ref());
                values.map(|row| at(&row.sections, section)).max().unwrap_or(0)
            };
            most.push(behind.iter().enumerate().map(|(s, b)| b + best(s)).collect());
        }
        most.reverse();
        let least = self.least(&open, missing);
        Some(Day { review, need, open, least, most, missing })
    }

    /// The least cost and count for every number of whole points, from each group on.
    fn least(&self, open: &[Vec<(usize, i64)>], missing: i64) -> Vec<Vec<(i64, usize)>> {
        let width = usize::try_from(missing.max(0)).unwrap_or(usize::MAX).saturating_add(1);
        if width > WIDEST {
            return Vec::new();
        }
        let mut tables = vec![vec![NEVER; width]];
        if let Some(none) = tables.last_mut().and_then(|t| t.first_mut()) {
            *none = (0, 0);
        }
        for (group, options) in open.iter().enumerate().rev() {
            let behind = tables.last().cloned().unwrap_or_default();
            let mut here = vec![NEVER; width];
            for (option, gain) in options {
                let cost = self.cost(group, *option);
                let count = self.count(group, *option);
                for (points, slot) in here.iter_mut().enumerate() {
                    let rest = i64::try_from(points).unwrap_or(i64::MAX).saturating_sub(*gain).max(0);
                    let rest = usize::try_from(rest).ok().and_then(|r| behind.get(r)).copied().unwrap_or(NEVER);
                    if rest != NEVER {
                        *slot = (*slot).min((rest.0.saturating_add(cost), rest.1 + count));
                    }
                }
            }
            tables.push(here);
        }
        tables.reverse();
        tables
    }

    fn cost(&self, group: usize, option: usize) -> i64 {
        self.tables.costs.get(group).and_then(|c| c.get(option)).copied().unwrap_or(0)
    }

    fn count(&self, group: usize, option: usize) -> usize {
        self.groups.groups.get(group).and_then(|g| g.options.get(option)).map_or(0, Vec::len)
    }

    /// Whether nothing of that cost and count on that day can beat the best plan.
    fn beaten(&self, cost: i64, months: u32, count: usize) -> bool {
        let Some(best) = &self.best else { return cost == i64::MAX };
        (cost, months, count) > (best.cost, best.months, best.count)
    }

    #[expect(clippy::too_many_arguments, reason = "the state of one step of the search, on the stack")]
    fn descend(
        &mut self,
        day: &Day<'_>,
        group: usize,
        sums: &[i64],
        missing: i64,
        cost: i64,
        count: usize,
        chosen: &mut Vec<usize>,
        judge: &mut Judge<'_>,
    ) {
        self.nodes += 1;
        if self.nodes > self.limit {
            self.stopped = true;
        }
        let (more, items) = day.cost(group, missing);
        let least = cost.saturating_add(more);
        if self.stopped || more == i64::MAX || self.beaten(least, day.review.months, count.saturating_add(items)) {
            return;
        }
        if let (Some(total), Some(most)) = (day.need.total, day.most.get(group)) {
            let best: Vec<i64> = sums.iter().zip(most).map(|(a, b)| a + b).collect();
            if self.total(&best) < total {
                return;
            }
        }
        let Some(options) = day.open.get(group) else {
            self.leaf(day, cost, count, chosen, judge);
            return;
        };
        for (option, gain) in options {
            let Some(row) = day.review.rows.get(group).and_then(|r| r.get(*option)).and_then(Option::as_ref) else {
                continue;
            };
            let sums: Vec<i64> = sums.iter().zip(&row.sections).map(|(a, b)| a + b).collect();
            chosen.push(*option);
            let cost = cost.saturating_add(self.cost(group, *option));
            let count = count + self.count(group, *option);
            self.descend(day, group + 1, &sums, missing.saturating_sub(*gain), cost, count, chosen, judge);
            chosen.pop();
        }
    }

    fn leaf(&mut self, day: &Day<'_>, cost: i64, count: usize, chosen: &[usize], judge: &mut Judge<'_>) {
        let mut items: Vec<usize> = Vec::with_capacity(count);
        for (group, option) in self.groups.groups.iter().zip(chosen) {
            items.extend(group.options.get(*option).into_iter().flatten());
        }
        items.sort_unstable();
        self.nodes += JUDGEMENT;
        let Some(margin) = judge(&items, day.review) else { return };
        let worth = Worth { cost, months: day.review.months, count, margin: Reverse(margin), items };
        if self.best.as_ref().is_none_or(|best| worth < *best) {
            self.best = Some(worth);
        }
    }

    /// The most that plans can score on a day, in the units of the tables, whatever they cost.
    fn bound(&self, review: &Review) -> i64 {
        let mut sums = review.base.clone();
        for rows in &review.rows {
            for (section, sum) in sums.iter_mut().enumerate() {
                let values = rows.iter().flatten().filter_map(|row| row.sections.get(section));
                *sum += values.max().copied().unwrap_or(0);
            }
        }
        self.total(&sums)
    }
}

/// The most that any plan can score on any review day, by what each group brings at best to each
/// section; in the units of the tables, with the sums of sections on the best day.
pub(crate) fn most(sections: &[Section], groups: &Groups, tables: &Tables) -> i64 {
    let unit =
        |d: rust_decimal::Decimal| xinpei::decimal::to_units(d, tables.digits).and_then(|u| i64::try_from(u).ok());
    let limits = sections
        .iter()
        .map(|s| (s.floor.and_then(unit).unwrap_or(i64::MIN / 4), s.max.and_then(unit).unwrap_or(i64::MAX / 4)))
        .collect();
    let search = Search { groups, tables, sections, limits, best: None, nodes: 0, limit: 0, stopped: false };
    tables.reviews.iter().map(|review| search.bound(review)).max().unwrap_or(0)
}

/// A quotient rounded up.
fn ceil(a: i64, b: i64) -> i64 {
    let b = b.max(1);
    a.div_euclid(b) + i64::from(a.rem_euclid(b) > 0)
}

#[cfg(test)]
mod tests {
    use super::ceil;

    #[test]
    fn rounds_towards_more() {
        assert_eq!([ceil(0, 10), ceil(1, 10), ceil(10, 10), ceil(-1, 10), ceil(-10, 10)], [0, 1, 1, 0, -1]);
    }
}
