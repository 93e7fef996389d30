//! What this enterprise can do: the measures that apply to it, with what they cost and how long they take.

use xinpei::Date;
use xinpei::check::typed::{Duration, Measure, NodeId};

use crate::desk::Desk;
use crate::reading::Reading;
use crate::state::day;

/// A measure that can be taken once more.
#[derive(Clone, Debug)]
pub(crate) struct Item {
    /// Index of the measure.
    pub(crate) measure: usize,
    /// What it costs, in fen.
    pub(crate) cost: i64,
    /// How long it takes: days and months, one of them zero.
    duration: (i32, i32),
    /// The first day on which it can start.
    earliest: Date,
    /// Items that must be done before, by their place.
    pub(crate) requires: Vec<usize>,
    /// Items that cannot be in the same plan.
    pub(crate) excludes: Vec<usize>,
    /// Whether it is kept up until the end.
    pub(crate) continuing: bool,
    /// Its place in an order in which every item stands behind those that it requires.
    pub(crate) rank: usize,
}

/// When an item of a plan starts and ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) item: usize,
    pub(crate) start: Date,
    pub(crate) end: Date,
}

/// The items of an enterprise, in document order.
///
/// A measure applies when its `when` is known to be true and its cost, duration and first day are
/// known. All of these are taken from the facts on the as-of date. A required measure that does not
/// apply needs not be taken.
pub(crate) fn items(reading: &Reading<'_>, desk: &mut Desk<'_>, as_of: Date) -> Vec<Item> {
    let measures = &reading.rulebook.typed().measures;
    let start = desk.start().clone();
    let mut values = desk.values(&reading.items_probe, &start, as_of).into_iter();
    let mut next = || values.next().and_then(|v| v.first().copied().flatten()).and_then(|v| i64::try_from(v).ok());
    let mut list: Vec<Item> = Vec::new();
    let mut firsts: Vec<Option<usize>> = vec![None; measures.len()];
    let mut lasts = firsts.clone();
    for (at, measure) in measures.iter().enumerate() {
        let applies = measure.when.is_none_or(|_| next() == Some(1));
        let (cost, length) = (next(), next());
        let earliest = match measure.earliest {
            Some(_) => next().map(day),
            None => Some(as_of),
        };
        let (true, Some(cost), Some(length), Some(earliest)) = (applies, cost, length, earliest) else { continue };
        // More than a century is never within a plan.
        let length = i32::try_from(length.min(40_000)).unwrap_or(40_000);
        let duration = match measure.duration {
            Duration::Days(_) => (length, 0),
            Duration::Months(_) => (0, length),
        };
        let earliest = earliest.max(as_of);
        for copy in 0..measure.times {
            let item = Item {
                measure: at,
                cost,
                duration,
                earliest,
                requires: Vec::new(),
                excludes: Vec::new(),
                continuing: measure.continuing,
                rank: 0,
            };
            let place = list.len();
            if copy == 0 {
                set(&mut firsts, at, place);
            }
            set(&mut lasts, at, place);
            list.push(item);
        }
    }
    link(measures, &firsts, &lasts, &mut list);
    list
}

fn set(list: &mut [Option<usize>], at: usize, value: usize) {
    if let Some(slot) = list.get_mut(at) {
        *slot = Some(value);
    }
}

pub(crate) const fn length(measure: &Measure) -> NodeId {
    match measure.duration {
        Duration::Days(id) | Duration::Months(id) => id,
    }
}

/// Prerequisites and exclusions among the items, and an order that respects them.
fn link(measures: &[Measure], firsts: &[Option<usize>], lasts: &[Option<usize>], list: &mut [Item]) {
    let first = |measure: &usize| firsts.get(*measure).copied().flatten();
    let copies = |measure: usize| match (first(&measure), lasts.get(measure).copied().flatten()) {
        (Some(a), Some(b)) => a..b + 1,
        _ => 0..0,
    };
    let mut excluded: Vec<(usize, usize)> = Vec::new();
    for (at, item) in list.iter_mut().enumerate() {
        let Some(measure) = measures.get(item.measure) else { continue };
        item.requires = measure.requires.iter().filter_map(first).collect();
        // A second time starts when the first has ended.
        if first(&item.measure) != Some(at) {
            item.requires.push(at - 1);
        }
        for other in &measure.excludes {
            excluded.extend(copies(*other).map(|o| (at, o)));
        }
    }
    for (a, b) in excluded {
        for (x, y) in [(a, b), (b, a)] {
            if let Some(item) = list.get_mut(x).filter(|i| !i.excludes.contains(&y)) {
                item.excludes.push(y);
            }
        }
    }
    let mut done = vec![false; list.len()];
    let is_done = |done: &[bool], at: &usize| done.get(*at) == Some(&true);
    for rank in 0..list.len() {
        // INVARIANT: the checker refused circles, so one item is always free.
        let free = list
            .iter()
            .enumerate()
            .position(|(at, item)| !is_done(&done, &at) && item.requires.iter().all(|r| is_done(&done, r)));
        let Some(free) = free else { break };
        if let (Some(flag), Some(item)) = (done.get_mut(free), list.get_mut(free)) {
            *flag = true;
            item.rank = rank;
        }
    }
}

/// Whether every item of a set has its prerequisites in it and none that it excludes.
pub(crate) fn allowed(items: &[Item], set: &[usize]) -> bool {
    set.iter()
        .filter_map(|at| items.get(*at))
        .all(|item| item.requires.iter().all(|r| set.contains(r)) && !item.excludes.iter().any(|e| set.contains(e)))
}

/// When the items of an allowed set start and end, in the order in which they take effect: by their
/// last day, then in the order of prerequisites and of the documents.
pub(crate) fn schedule(items: &[Item], set: &[usize], as_of: Date) -> Vec<Slot> {
    let mut order: Vec<usize> = set.to_vec();
    order.sort_by_key(|at| items.get(*at).map_or(0, |i| i.rank));
    let mut slots: Vec<Slot> = Vec::with_capacity(order.len());
    for at in order {
        let Some(item) = items.get(at) else { continue };
        let before = slots.iter().filter(|s| item.requires.contains(&s.item)).map(|s| s.end);
        let start = before.fold(item.earliest.max(as_of), Date::max);
        let end = Date::from_days(start.days().saturating_add(item.duration.0)).add_months(item.duration.1);
        slots.push(Slot { item: at, start, end });
    }
    let rank = |slot: &Slot| items.get(slot.item).map_or(0, |i| i.rank);
    slots.sort_by_key(|slot| (slot.end, rank(slot)));
    slots
}
