//! Branch and bound over the options of the groups: the cheapest plan that reaches a goal, and on the
//! way to it every plan that is cheaper than all that are sooner.
//!
//! Review days are searched from the first to the last. On each an integer dynamic program over whole
//! points (`day.rs`) gives the least price with which the groups still open can bring what is missing;
//! the sum of what each group can bring at best to each section, capped, says whether the goal can be
//! reached at all. Neither excludes a plan that works. Whatever is left is decided by the engine.

use std::cmp::Reverse;

use xinpei::check::typed::Section;

use crate::answer::SearchLimit;
use crate::bounds::Need;
use crate::day::{Day, Limits, Progress};
use crate::groups::Groups;
use crate::prices::{Choice, NEVER, Price, add};
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

/// When a search may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// When every plan that is cheaper than all sooner ones was found.
    Front,
    /// With the first plan; the last review day is searched first.
    Any,
    /// With a plan on the first review day that has one.
    Soonest,
}

/// What is asked of a search.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked<'a> {
    /// The most that a plan may cost, in fen.
    pub(crate) budget: i64,
    /// Plans that are known: one that takes the same measures or more, and is no sooner, is passed over.
    pub(crate) known: &'a [Worth],
    pub(crate) mode: Mode,
    /// How many nodes may be looked at.
    pub(crate) limit: u64,
}

/// What came of a search.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// Plans that are cheaper than all that are sooner, the soonest first; the last one is the best.
    pub(crate) front: Vec<Worth>,
    /// The limit that was met before every other plan was excluded.
    pub(crate) hit: Option<SearchLimit>,
    /// The least cost that any plan can have, as far as it was proved; in fen.
    pub(crate) least: i64,
    /// Nodes that were looked at.
    pub(crate) nodes: u64,
}

/// What an engine's judgement counts, in nodes.
const JUDGEMENT: u64 = 50;

struct Search<'s, 'j> {
    groups: &'s Groups,
    limits: &'s Limits,
    asked: Asked<'s>,
    judge: &'s mut Judge<'j>,
    best: Option<Worth>,
    /// For each group the option that is taken.
    chosen: Vec<usize>,
    /// For each place the points by section of everything before it.
    sums: Vec<i64>,
    nodes: u64,
    stopped: bool,
}

/// Where a search stands on a day.
#[derive(Clone, Copy)]
struct Node {
    place: usize,
    progress: Progress,
    price: Price,
}

pub(crate) fn search(
    sections: &[Section],
    groups: &Groups,
    tables: &Tables,
    needs: &[Need],
    asked: Asked<'_>,
    judge: &mut Judge<'_>,
) -> Found {
    let limits = Limits::new(sections, tables.digits);
    let days = tables.reviews.iter().zip(needs).filter(|(review, _)| !review.repeats);
    let mut days: Vec<(&Review, &Need)> = days.collect();
    if asked.mode == Mode::Any {
        days.reverse();
    }
    let sums = vec![0; (groups.groups.len() + 1) * sections.len()];
    let chosen = vec![0; groups.groups.len()];
    let mut search =
        Search { groups, limits: &limits, asked, judge, best: None, chosen, sums, nodes: 0, stopped: false };
    let mut front: Vec<Worth> = Vec::new();
    let mut least = i64::MAX;
    for day in days {
        // What is later and not cheaper than the best need not be found.
        let dearest = search.best.as_ref().map_or(asked.budget, |best| asked.budget.min(best.cost - 1));
        if dearest < 0 {
            break;
        }
        let Some(day) = Day::new(&limits, groups, tables, day, dearest) else { continue };
        let root = day.root();
        least = least.min(root.0);
        if root != NEVER {
            search.begin(&day);
        }
        if let Some(best) = search.best.clone().filter(|best| front.last() != Some(best)) {
            front.push(best);
            if asked.mode != Mode::Front {
                break;
            }
        }
    }
    let cut = groups.groups.iter().any(|g| g.cut);
    // Of sets that were not listed nothing is known but that none earns money.
    let least = if cut { 0 } else { least };
    let done = asked.mode == Mode::Any && !front.is_empty();
    let hit = if search.stopped { Some(SearchLimit::Nodes) } else { (cut && !done).then_some(SearchLimit::Options) };
    Found { front, hit, least, nodes: search.nodes }
}

impl Search<'_, '_> {
    /// Whether nothing of that price on that day can beat the best plan.
    fn beaten(&self, price: Price, months: u32) -> bool {
        if price == NEVER || price.0 > self.asked.budget {
            return true;
        }
        let Some(best) = &self.best else { return false };
        self.asked.mode == Mode::Any || (price.0, months, price.1) > (best.cost, best.months, best.count)
    }

    /// Whether the options taken at the places before this one have a known plan in them.
    fn repeats(&self, day: &Day<'_>, place: usize) -> bool {
        let taken = |item: &usize| {
            (0..place).filter_map(|p| day.at(p)).any(|(group, _)| {
                let option = self.chosen.get(group).and_then(|o| self.groups.groups.get(group)?.options.get(*o));
                option.is_some_and(|set| set.contains(item))
            })
        };
        self.asked.known.iter().any(|known| day.review.months >= known.months && known.items.iter().all(taken))
    }

    fn begin(&mut self, day: &Day<'_>) {
        self.chosen.fill(0);
        self.sums.iter_mut().zip(&day.base).for_each(|(to, from)| *to = *from);
        self.descend(day, Node { place: 0, progress: day.first(), price: (0, 0) });
    }

    /// The sums behind a place, when an option was taken there.
    fn add(&mut self, place: usize, sections: &[i64]) {
        let count = sections.len();
        let (before, behind) = self.sums.split_at_mut((place + 1) * count);
        let from = before.get(place * count..).unwrap_or_default();
        for ((to, from), more) in behind.iter_mut().zip(from).zip(sections) {
            *to = from + more;
        }
    }

    fn descend(&mut self, day: &Day<'_>, node: Node) {
        if self.stopped {
            return;
        }
        self.nodes += 1;
        if self.nodes > self.asked.limit {
            self.stopped = true;
            return;
        }
        if let (Some(total), Some(most)) = (day.need.total, day.most.get(node.place)) {
            let sums = self.sums.get(node.place * most.len()..).unwrap_or_default();
            if self.limits.total(sums.iter().zip(most).map(|(a, b)| a + b)) < total {
                return;
            }
        }
        if !self.asked.known.is_empty() && self.repeats(day, node.place) {
            return;
        }
        let Some((group, choices)) = day.at(node.place) else {
            self.leaf(day, node.price);
            return;
        };
        let mut next: Vec<(Price, usize, &Choice, Progress)> = Vec::with_capacity(choices.len());
        for (at, choice) in choices.iter().enumerate() {
            let (progress, rest) = day.after(node.place, node.progress, choice);
            next.push((add(add(node.price, choice.price), rest), at, choice, progress));
        }
        // The cheapest first, so that the others are soon beaten.
        next.sort_unstable_by_key(|(bound, at, ..)| (*bound, *at));
        for (bound, _, choice, progress) in next {
            if self.beaten(bound, day.review.months) {
                return;
            }
            let row = day.review.rows.get(group).and_then(|r| r.get(choice.option)).and_then(Option::as_ref);
            let Some(row) = row else { continue };
            self.add(node.place, &row.sections);
            if let Some(slot) = self.chosen.get_mut(group) {
                *slot = choice.option;
            }
            let price = add(node.price, choice.price);
            self.descend(day, Node { place: node.place + 1, progress, price });
        }
    }

    fn leaf(&mut self, day: &Day<'_>, (cost, count): Price) {
        let mut items: Vec<usize> = Vec::with_capacity(count);
        for (group, option) in self.groups.groups.iter().zip(&self.chosen) {
            items.extend(group.options.get(*option).into_iter().flatten());
        }
        items.sort_unstable();
        self.nodes += JUDGEMENT;
        let Some(margin) = (self.judge)(&items, day.review) else { return };
        let worth = Worth { cost, months: day.review.months, count, margin: Reverse(margin), items };
        if self.best.as_ref().is_none_or(|best| worth < *best) {
            self.best = Some(worth);
        }
    }
}

/// The most that plans can score on a day, in the units of the tables, whatever they cost.
fn bound(limits: &Limits, review: &Review) -> i64 {
    let mut sums = review.base.clone();
    for rows in &review.rows {
        for (section, sum) in sums.iter_mut().enumerate() {
            let values = rows.iter().flatten().filter_map(|row| row.sections.get(section));
            *sum += values.max().copied().unwrap_or(0);
        }
    }
    limits.total(sums.into_iter())
}

/// The most that any plan can score on any review day, by what each group brings at best to each
/// section; in the units of the tables, with the sums of sections on the best day.
pub(crate) fn most(sections: &[Section], tables: &Tables) -> i64 {
    let limits = Limits::new(sections, tables.digits);
    tables.reviews.iter().map(|review| bound(&limits, review)).max().unwrap_or(0)
}
