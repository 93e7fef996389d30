//! Which measures meet in some line, and so must be looked at together; the rest add up.

use std::collections::BTreeSet;

use xinpei::Rulebook;
use xinpei::check::typed::{Arena, Change, NodeId, Op, OpaqueArgument};

use crate::items::{Item, allowed};

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
}

/// How the rules hang together for one enterprise.
#[derive(Clone, Debug)]
pub(crate) struct Groups {
    pub(crate) groups: Vec<Group>,
    /// Overrides that no item can touch.
    pub(crate) fixed: Vec<usize>,
    /// For each characteristic the facts that it reads.
    pub(crate) line_facts: Vec<BTreeSet<u32>>,
    /// For each override the facts that it reads.
    pub(crate) override_facts: Vec<BTreeSet<u32>>,
}

/// The facts that some nodes rest on.
pub(crate) fn facts_below(arena: &Arena, roots: &[NodeId]) -> BTreeSet<u32> {
    let mut seen = BTreeSet::new();
    let mut facts = BTreeSet::new();
    let mut open: Vec<NodeId> = roots.to_vec();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &arena.node(id).op {
            Op::Fact(fact) | Op::Field(fact, _) | Op::Spread(_, fact) => drop(facts.insert(*fact)),
            Op::Aggregate { table, .. } => drop(facts.insert(*table)),
            Op::Opaque(_, arguments) => facts.extend(arguments.iter().filter_map(|a| match a {
                OpaqueArgument::Table(table, _) => Some(*table),
                OpaqueArgument::Value(_) => None,
            })),
            _ => {}
        }
        open.extend(arena.operands(id));
    }
    facts
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
pub(crate) fn groups(rulebook: &Rulebook, items: &[Item], most: usize) -> Groups {
    let program = rulebook.program();
    let (arena, typed) = (&program.arena, &program.typed);
    let effects = |item: &Item| typed.measures.get(item.measure).map(|m| m.effects.as_slice()).unwrap_or_default();
    let writes: Vec<BTreeSet<u32>> =
        items.iter().map(|item| effects(item).iter().map(Change::fact).collect()).collect();
    let reads: Vec<BTreeSet<u32>> = items
        .iter()
        .map(|item| facts_below(arena, &effects(item).iter().flat_map(Change::nodes).collect::<Vec<_>>()))
        .collect();
    let below = |ids: &[NodeId]| -> Vec<BTreeSet<u32>> { ids.iter().map(|id| facts_below(arena, &[*id])).collect() };
    let line_facts = below(&program.outputs.points);
    let override_facts = below(&program.outputs.overrides);
    let touching = |facts: &BTreeSet<u32>| -> Vec<usize> {
        let hit = |(at, written): (usize, &BTreeSet<u32>)| written.iter().any(|f| facts.contains(f)).then_some(at);
        writes.iter().enumerate().filter_map(hit).collect()
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
    for facts in &line_facts {
        joined.join_all(&touching(facts));
    }
    let touched: Vec<Vec<usize>> = override_facts.iter().map(touching).collect();
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
            let facts: BTreeSet<u32> = mine.iter().filter_map(|at| writes.get(*at)).flatten().copied().collect();
            let (options, cut) = options(items, &mine, most);
            let hit = |(at, read): (usize, &BTreeSet<u32>)| read.iter().any(|f| facts.contains(f)).then_some(at);
            let lines = line_facts.iter().enumerate().filter_map(hit).collect();
            Group { lines, overrides: Vec::new(), facts: facts.into_iter().collect(), options, cut }
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
                }
            }
            // What depends on several groups, only the engine can tell.
            _ => {}
        }
    }
    Groups { groups: list, fixed, line_facts, override_facts }
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
