//! Which measures meet in some line, and so must be looked at together; the rest add up.

use std::collections::{BTreeMap, BTreeSet};

use crate::items::{Item, allowed};
use crate::reading::{Below, Reading};

/// Most items that an override alone may bring together.
const MERGED: usize = 8;

/// Items that have nothing to do with those outside: no line, no prerequisite, no fact in common.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// The characteristics that they can change.
    pub(crate) lines: Vec<usize>,
    /// The overrides that depend on them and on no other group.
    pub(crate) overrides: Vec<usize>,
    /// The facts that they change.
    pub(crate) facts: Vec<u32>,
    /// The sets of its items that can be in a plan; the first is empty.
    pub(crate) options: Vec<Vec<usize>>,
    /// Whether there are more of them than were listed.
    pub(crate) cut: bool,
    /// Whether what its options make of lines and overrides can change from day to day.
    pub(crate) timed: bool,
}

/// How the rules hang together for one enterprise.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    pub(crate) groups: Vec<Group>,
    /// Overrides that no item can touch.
    pub(crate) fixed: Vec<usize>,
}

/// Sets that are joined step by step.
struct Joined(Vec<usize>);

impl Joined {
    fn root(&self, mut at: usize) -> usize {
        while let Some(up) = self.0.get(at).copied().filter(|up| *up != at) {
            at = up;
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        if let Some(slot) = self.0.get_mut(a.max(b)) {
            *slot = a.min(b);
        }
    }

    fn join_all(&mut self, members: &[usize]) {
        for pair in members.windows(2) {
            if let [a, b] = pair {
                self.join(*a, *b);
            }
        }
    }

    fn size(&self, members: &[usize]) -> usize {
        let roots: BTreeSet<usize> = members.iter().map(|m| self.root(*m)).collect();
        (0..self.0.len()).filter(|at| roots.contains(&self.root(*at))).count()
    }
}

/// Puts items into groups; lists at most `most` options of each.
pub(crate) fn groups(reading: &Reading<'_>, items: &[Item], most: usize) -> Groups {
    let none = BTreeSet::new();
    let writes: Vec<&BTreeSet<u32>> = items.iter().map(|i| reading.writes.get(i.measure).unwrap_or(&none)).collect();
    let reads: Vec<&BTreeSet<u32>> = items.iter().map(|i| reading.reads.get(i.measure).unwrap_or(&none)).collect();
    let mut writers: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, written) in writes.iter().enumerate() {
        written.iter().for_each(|fact| writers.entry(*fact).or_default().push(at));
    }
    let touching = |facts: &BTreeSet<u32>| -> Vec<usize> {
        let mut list: Vec<usize> = facts.iter().filter_map(|fact| writers.get(fact)).flatten().copied().collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let mut joined = Joined((0..items.len()).collect());
    for (at, (item, read)) in items.iter().zip(&reads).enumerate() {
        for other in item.requires.iter().chain(&item.excludes).copied().chain(touching(read)) {
            joined.join(at, other);
        }
    }
    for written in &writes {
        joined.join_all(&touching(written));
    }
    for line in &reading.lines {
        joined.join_all(&touching(&line.facts));
    }
    let touched: Vec<Vec<usize>> = reading.overrides.iter().map(|rule| touching(&rule.facts)).collect();
    for members in &touched {
        if joined.size(members) <= MERGED {
            joined.join_all(members);
        }
    }
    let mut roots: Vec<usize> = (0..items.len()).map(|at| joined.root(at)).collect();
    let of_item = roots.clone();
    roots.sort_unstable();
    roots.dedup();
    let mut list: Vec<Group> = roots
        .iter()
        .map(|root| {
            let mine: Vec<usize> = of_item.iter().enumerate().filter(|(_, r)| *r == root).map(|(at, _)| at).collect();
            let facts: BTreeSet<u32> =
                mine.iter().filter_map(|at| writes.get(*at)).copied().flatten().copied().collect();
            let (options, cut) = options(items, &mine, most);
            let reads = |line: &Below| line.facts.iter().any(|f| facts.contains(f));
            let lines: Vec<usize> =
                reading.lines.iter().enumerate().filter(|(_, line)| reads(line)).map(|(at, _)| at).collect();
            let timed = lines.iter().any(|line| reading.lines.get(*line).is_some_and(|l| l.timed))
                || mine.iter().any(|at| items.get(*at).is_some_and(|i| i.continuing));
            Group { lines, overrides: Vec::new(), facts: facts.into_iter().collect(), options, cut, timed }
        })
        .collect();
    let mut fixed = Vec::new();
    for (rule, members) in touched.iter().enumerate() {
        let owners: BTreeSet<usize> = members.iter().filter_map(|m| of_item.get(*m)).copied().collect();
        match (owners.len(), owners.first().and_then(|root| roots.iter().position(|r| r == root))) {
            (0, _) => fixed.push(rule),
            (1, Some(group)) => {
                if let Some(group) = list.get_mut(group) {
                    group.overrides.push(rule);
                    group.timed |= reading.overrides.get(rule).is_some_and(|o| o.timed);
                }
            }
            // What depends on several groups, only the engine can tell.
            _ => {}
        }
    }
    Groups { groups: list, fixed }
}

/// The allowed sets of some items, the smaller ones first, then in document order.
fn options(items: &[Item], mine: &[usize], most: usize) -> (Vec<Vec<usize>>, bool) {
    let mut all: Vec<Vec<usize>> = vec![Vec::new()];
    // Sets of one size grow out of those of the size before by items behind their last one; whether a
    // set is allowed is seen only when it is whole, for a prerequisite may stand behind.
    let mut last: Vec<Vec<usize>> = vec![Vec::new()];
    let mut tried = 0_usize;
    for _ in 0..mine.len() {
        let mut next = Vec::new();
        for set in &last {
            let clash = |at: usize| items.get(at).is_some_and(|i| i.excludes.iter().any(|e| set.contains(e)));
            for at in mine.iter().filter(|at| set.last().is_none_or(|l| *at > l) && !clash(**at)) {
                tried += 1;
                if tried > most.saturating_mul(16) {
                    return (all, true);
                }
                let mut grown = set.clone();
                grown.push(*at);
                if allowed(items, &grown) {
                    if all.len() >= most {
                        return (all, true);
                    }
                    all.push(grown.clone());
                }
                next.push(grown);
            }
        }
        last = next;
    }
    (all, false)
}
