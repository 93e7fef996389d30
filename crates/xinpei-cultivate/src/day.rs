//! One review day, prepared for the search: what each option brings, and the least cost with which the
//! groups still open can bring what is missing.
//!
//! Groups that change the points of one section alone are pooled by section, so that a cap is counted
//! once for all of them; every other group is a part of its own, whose gain in a capped section is what
//! it brings there alone. Whole points are counted, gains rounded up: no plan that works is excluded.

use xinpei::check::typed::Section;
use xinpei::decimal;

use crate::bounds::Need;
use crate::groups::Groups;
use crate::prices::{
    Choice, NEVER, NONE, Packed, Price, add, ceil, highest, joined, look, most_for, pack, spread, steps, unpack,
};
use crate::tables::{Review, Tables};

/// The most whole points that are counted.
const WIDEST: usize = 100_000;

/// Floor and cap of each section, in the units of the tables.
pub(crate) struct Limits(Vec<(i64, i64)>);

impl Limits {
    pub(crate) fn new(sections: &[Section], digits: u32) -> Self {
        let unit = |d: rust_decimal::Decimal| decimal::to_units(d, digits).and_then(|u| i64::try_from(u).ok());
        let limit = |s: &Section| {
            (s.floor.and_then(unit).unwrap_or(i64::MIN / 4), s.max.and_then(unit).unwrap_or(i64::MAX / 4))
        };
        Self(sections.iter().map(limit).collect())
    }

    fn of(&self, section: usize) -> (i64, i64) {
        self.0.get(section).copied().unwrap_or((i64::MIN / 4, i64::MAX / 4))
    }

    pub(crate) fn clamp(&self, section: usize, sum: i64) -> i64 {
        let (floor, cap) = self.of(section);
        sum.max(floor).min(cap)
    }

    pub(crate) fn total(&self, sums: impl Iterator<Item = i64>) -> i64 {
        sums.enumerate().map(|(at, sum)| self.clamp(at, sum)).sum()
    }
}

/// Some groups whose gains are counted together.
#[derive(Debug)]
struct Part {
    /// For a pool: what its section has at least, the floor and the cap in which the sum counts, and
    /// what that counts at least.
    pool: Option<Pool>,
    /// Behind this part: the least price for so many whole points.
    behind: Vec<Packed>,
}

#[derive(Clone, Copy, Debug)]
struct Pool {
    start: i64,
    floor: i64,
    cap: i64,
    least: i64,
}

impl Pool {
    /// What counts of a sum above the start, never below zero.
    fn counted(&self, sum: i64) -> i64 {
        (self.start + sum).max(self.floor).min(self.cap) - self.least
    }
}

/// One group in the order of the search.
#[derive(Debug)]
struct Place {
    group: usize,
    part: usize,
    choices: Vec<Choice>,
    /// Behind this place and within its part: the most whole points for each price, as [`steps`] has them.
    within: Vec<(i64, Packed)>,
    /// Whether it is the last one of its part.
    last: bool,
}

/// How far a search has come on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress {
    /// What must still be brought by this part and those behind it, in the units of the tables.
    missing: i64,
    /// What the groups of this part have brought to its sum.
    sum: i64,
}

/// One review day, prepared.
pub(crate) struct Day<'d> {
    pub(crate) review: &'d Review,
    pub(crate) need: &'d Need,
    /// Points by section of all lines that no option of this day can change.
    pub(crate) base: Vec<i64>,
    places: Vec<Place>,
    parts: Vec<Part>,
    /// From each place on: the most that groups can bring to each section.
    pub(crate) most: Vec<Vec<i64>>,
    missing: i64,
    whole: i64,
    /// More than all groups together can bring, and more than is missing.
    worst: i64,
    /// Whether points or prices are too large to be counted, and nothing is known of prices.
    uncounted: bool,
}

/// A group before it has a place.
struct Open<'r> {
    group: usize,
    /// Its options, the change of each section, and the penalty.
    choices: Vec<(usize, &'r [i64], i64)>,
    /// The one section that it changes, if there is one.
    section: Option<usize>,
}

impl<'r> Open<'r> {
    fn new(group: usize, choices: Vec<(usize, &'r [i64], i64)>) -> Self {
        let count = choices.first().map_or(0, |(_, change, _)| change.len());
        let mut touched = (0..count).filter(|s| choices.iter().any(|(_, c, _)| at(c, *s) != 0));
        let one = touched.next().filter(|_| touched.next().is_none());
        let section = one.filter(|_| choices.iter().all(|(_, _, penalty)| *penalty <= 0));
        Self { group, choices, section }
    }
}

fn at(list: &[i64], place: usize) -> i64 {
    list.get(place).copied().unwrap_or(0)
}

impl<'d> Day<'d> {
    /// Prepares a review day; `None` where nothing reaches the goal on it. Plans that cost more than so much
    /// need not be found.
    pub(crate) fn new(
        limits: &Limits,
        groups: &Groups,
        tables: &Tables,
        (review, need): (&'d Review, &'d Need),
        dearest: i64,
    ) -> Option<Self> {
        if !need.blocked.is_empty() {
            return None;
        }
        let count = review.base.len();
        let whole = i64::try_from(decimal::pow10(tables.digits)?).ok()?;
        let (mut open, mut start, mut base) = (Vec::new(), review.base.clone(), review.base.clone());
        for (group, rows) in review.rows.iter().enumerate() {
            let first = rows.first().and_then(Option::as_ref)?;
            start.iter_mut().zip(&first.sections).for_each(|(s, f)| *s += f);
            let barred = |option: usize| need.barred.get(group).and_then(|b| b.get(option)) == Some(&true);
            let choice = |(option, row): (usize, &'d Option<std::rc::Rc<crate::tables::Row>>)| {
                let row = row.as_ref().filter(|_| !barred(option))?;
                let penalty = need.penalty.get(group).and_then(|p| p.get(option)).copied().unwrap_or(0);
                Some((option, row.change.as_slice(), penalty))
            };
            let choices: Vec<_> = rows.iter().enumerate().filter_map(choice).collect();
            match choices.as_slice() {
                [] => return None,
                // Nothing can be done here on this day.
                [(0, _, penalty)] if *penalty <= 0 => base.iter_mut().zip(&first.sections).for_each(|(s, f)| *s += f),
                _ => open.push(Open::new(group, choices)),
            }
        }
        let mut day = Self {
            review,
            need,
            base,
            places: Vec::new(),
            parts: Vec::new(),
            most: Vec::new(),
            missing: need.total.map_or(i64::MIN / 4, |total| total.saturating_sub(limits.total(start.iter().copied()))),
            whole,
            worst: 0,
            uncounted: false,
        };
        // Between which limits each section can move.
        let range = |section: usize| {
            let mut range = (at(&start, section), at(&start, section));
            for group in &open {
                let changes = || group.choices.iter().map(|(_, change, _)| at(change, section));
                range.0 += changes().min().unwrap_or(0).min(0);
                range.1 += changes().max().unwrap_or(0).max(0);
            }
            range
        };
        let ranges: Vec<(i64, i64)> = (0..count).map(range).collect();
        let price = |group: usize, option: usize| {
            let cost = tables.costs.get(group).and_then(|c| c.get(option)).copied().unwrap_or(0);
            (cost, groups.groups.get(group).and_then(|g| g.options.get(option)).map_or(0, Vec::len))
        };
        // An option that loses more than all others together can bring back loses enough.
        let gains = open.iter().map(|group| {
            let gains = group.choices.iter().map(|(_, change, _)| change.iter().map(|c| (*c).max(0)).sum::<i64>());
            gains.max().unwrap_or(0)
        });
        day.worst = gains.fold(day.missing.clamp(0, i64::MAX / 16), i64::saturating_add).saturating_add(whole);
        let (pooled, alone): (Vec<&Open<'_>>, Vec<&Open<'_>>) = open.iter().partition(|group| group.section.is_some());
        for group in &alone {
            day.alone(group, limits, &start, &ranges, &price);
        }
        for section in 0..count {
            let members: Vec<&Open<'_>> = pooled.iter().copied().filter(|g| g.section == Some(section)).collect();
            if !members.is_empty() {
                let shared = alone.iter().any(|g| g.choices.iter().any(|(_, c, _)| at(c, section) != 0));
                let range = ranges.get(section).copied().unwrap_or_default();
                day.pool(&members, shared, limits.of(section), range, at(&start, section), &price);
            }
        }
        day.most(count);
        let most = day.base.iter().zip(day.most.first()?).map(|(a, b)| a + b);
        if need.total.is_some_and(|total| limits.total(most) < total) {
            return None;
        }
        day.behind(dearest);
        Some(day)
    }

    /// A group that is a part of its own.
    fn alone(
        &mut self,
        group: &Open<'_>,
        limits: &Limits,
        start: &[i64],
        ranges: &[(i64, i64)],
        price: &dyn Fn(usize, usize) -> Price,
    ) {
        let gain = |section: usize, change: i64| {
            let (floor, cap) = limits.of(section);
            let (low, high) = ranges.get(section).copied().unwrap_or_default();
            if floor <= low && high <= cap {
                return change;
            }
            if change <= 0 {
                return 0;
            }
            // Below a cap what many bring together is at most what each brings alone; below a floor
            // it may be more, so there the cap is left out of account.
            let own = at(start, section);
            if floor <= low { limits.clamp(section, own + change) - limits.clamp(section, own) } else { change }
        };
        let gains = group.choices.iter().map(|(option, change, penalty)| {
            let sum: i64 = change.iter().enumerate().map(|(section, change)| gain(section, *change)).sum();
            (*option, sum.saturating_sub(*penalty).max(-self.worst))
        });
        let gains: Vec<(usize, i64)> = gains.collect();
        self.place(group.group, self.parts.len(), &gains, price);
        if let Some(place) = self.places.last_mut() {
            place.last = true;
        }
        let least = gains.iter().map(|(_, gain)| *gain).min().unwrap_or(0);
        self.missing = self.missing.saturating_sub(least);
        self.parts.push(Part { pool: None, behind: Vec::new() });
    }

    /// The groups that change one section and no other: floor and cap of the section, and between which
    /// sums it can move.
    fn pool(
        &mut self,
        members: &[&Open<'_>],
        shared: bool,
        (floor, cap): (i64, i64),
        (low, high): (i64, i64),
        own: i64,
        price: &dyn Fn(usize, usize) -> Price,
    ) {
        let mut start = own;
        for group in members {
            let gains: Vec<(usize, i64)> =
                group.choices.iter().map(|(o, c, _)| (*o, group.section.map_or(0, |s| at(c, s)))).collect();
            self.place(group.group, self.parts.len(), &gains, price);
            start += gains.iter().map(|(_, gain)| *gain).min().unwrap_or(0);
        }
        if let Some(place) = self.places.last_mut() {
            place.last = true;
        }
        let free = (i64::MIN / 4, i64::MAX / 4);
        let (floor, cap) = match (floor <= low, high <= cap) {
            (true, true) => free,
            _ if !shared => (floor, cap),
            // Others change this section too: what is lost here they may bring back; and below a floor
            // what both bring together may count for more than what each brings alone.
            (true, false) => (own, cap.max(own)),
            (false, _) => (own, free.1),
        };
        let mut pool = Pool { start, floor, cap, least: 0 };
        let base = pool.counted(own - start);
        pool.least = pool.counted(0);
        self.missing = self.missing.saturating_sub(pool.least - base);
        self.parts.push(Part { pool: Some(pool), behind: Vec::new() });
    }

    fn place(&mut self, group: usize, part: usize, gains: &[(usize, i64)], price: &dyn Fn(usize, usize) -> Price) {
        let least = gains.iter().map(|(_, gain)| *gain).min().unwrap_or(0);
        let choices = gains.iter().map(|(option, gain)| Choice {
            option: *option,
            gain: gain.saturating_sub(least),
            price: price(group, *option),
        });
        self.places.push(Place { group, part, choices: choices.collect(), within: Vec::new(), last: false });
    }

    /// The tables of least prices, from the last part to the first; what costs more than so much may be left
    /// out.
    fn behind(&mut self, dearest: i64) {
        let most = self.places.iter().map(|p| p.choices.iter().map(|c| ceil(c.gain, self.whole)).max().unwrap_or(0));
        let most: i64 = most.fold(0_i64, i64::saturating_add);
        let wanted = ceil(self.missing, self.whole).max(0);
        let width = usize::try_from(wanted.min(most.saturating_add(1))).unwrap_or(usize::MAX).saturating_add(1);
        // What all groups cost together at most, so that no sum is too large.
        let highest = self.places.iter().map(|p| p.choices.iter().map(|c| c.price).fold((0, 0), highest));
        let sum = highest.fold((0_i64, 0_usize), |a, b| (a.0.saturating_add(b.0), a.1.saturating_add(b.1)));
        let mut prices = self.places.iter().flat_map(|p| &p.choices).map(|c| c.price).chain([sum]);
        let priced = prices.all(|price| pack(price) != NONE);
        if width > WIDEST || usize::try_from(most).map_or(true, |m| m > WIDEST) || !priced {
            self.uncounted = true;
            return;
        }
        let dearest = most_for(dearest);
        let mut behind = vec![NONE; width];
        if let Some(none) = behind.first_mut() {
            *none = 0;
        }
        for part in (0..self.parts.len()).rev() {
            let mut within = vec![0];
            for place in self.places.iter_mut().rev().filter(|p| p.part == part) {
                let here = joined(&within, &place.choices, self.whole);
                place.within = steps(&within, dearest).collect();
                within = here;
            }
            let Some(slot) = self.parts.get_mut(part) else { continue };
            let mut here = Vec::new();
            // Nobody asks what the first part and all behind it cost together.
            if part > 0 {
                here = vec![NONE; width];
                for (sum, price) in steps(&within, dearest) {
                    let gain = match slot.pool {
                        Some(pool) => ceil(pool.counted(sum.saturating_mul(self.whole)), self.whole),
                        None => sum,
                    };
                    spread(&mut here, gain, price, &behind);
                }
            }
            slot.behind = std::mem::replace(&mut behind, here);
        }
    }

    fn most(&mut self, count: usize) {
        let mut most = vec![vec![0_i64; count]];
        for place in self.places.iter().rev() {
            let rows = self.review.rows.get(place.group);
            let best = |section: usize| {
                let values = place.choices.iter().filter_map(|c| rows?.get(c.option)?.as_ref());
                values.map(|row| at(&row.sections, section)).max().unwrap_or(0)
            };
            let behind = most.last().cloned().unwrap_or_default();
            most.push(behind.iter().enumerate().map(|(s, b)| b + best(s)).collect());
        }
        most.reverse();
        self.most = most;
    }

    /// Where the search begins.
    pub(crate) const fn first(&self) -> Progress {
        Progress { missing: self.missing, sum: 0 }
    }

    /// The least price of any plan.
    pub(crate) fn root(&self) -> Price {
        match self.places.first() {
            Some(first) => {
                let choices =
                    first.choices.iter().map(|choice| add(choice.price, self.after(0, self.first(), choice).1));
                choices.min().unwrap_or(NEVER)
            }
            None if self.missing > 0 => NEVER,
            None => (0, 0),
        }
    }

    /// The group at a place and its options; `None` behind the last one.
    pub(crate) fn at(&self, place: usize) -> Option<(usize, &[Choice])> {
        self.places.get(place).map(|p| (p.group, p.choices.as_slice()))
    }

    /// How far an option leads, and the least price behind it.
    pub(crate) fn after(&self, place: usize, progress: Progress, choice: &Choice) -> (Progress, Price) {
        let Some(here) = self.places.get(place) else { return (progress, NEVER) };
        let Some(part) = self.parts.get(here.part) else { return (progress, NEVER) };
        let counted = |sum: i64| part.pool.map_or(sum, |pool| pool.counted(sum));
        let behind = |gain: i64| look(&part.behind, ceil(progress.missing.saturating_sub(gain), self.whole));
        let sum = progress.sum.saturating_add(choice.gain);
        if here.last {
            let gain = counted(sum);
            let next = Progress { missing: progress.missing.saturating_sub(gain), sum: 0 };
            return (next, if self.uncounted { (0, 0) } else { unpack(behind(gain)) });
        }
        let next = Progress { sum, ..progress };
        if self.uncounted {
            return (next, (0, 0));
        }
        let mut best = NONE;
        for (points, price) in &here.within {
            // Prices rise with the points: what costs as much alone is no better with something behind it.
            if *price >= best {
                break;
            }
            let gain = counted(sum.saturating_add(points.saturating_mul(self.whole)));
            best = best.min(price + behind(gain));
        }
        (next, unpack(best))
    }
}
