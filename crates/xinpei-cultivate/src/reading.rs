//! What the rules and measures of a rulebook read: found once, and the same for every enterprise.

use std::collections::BTreeSet;

use xinpei::check::typed::{Arena, Change, Effect, Measure, NodeId, Op, OpaqueArgument};
use xinpei::{Date, Probe, Rulebook};

use crate::apply::Applier;
use crate::bounds::conjuncts;
use crate::coverage::Coverage;
use crate::items::length;
use crate::moves::{By, Moves, moves};

/// What some nodes rest on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Below {
    pub(crate) facts: BTreeSet<u32>,
    /// Whether the calendar alone can change them.
    pub(crate) timed: bool,
}

/// A part of the condition of an override that lifts a grade.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) node: NodeId,
    pub(crate) below: Below,
}

/// Everything that is known of a rulebook before any enterprise is looked at.
pub(crate) struct Reading<'r> {
    pub(crate) rulebook: &'r Rulebook,
    pub(crate) applier: Applier<'r>,
    pub(crate) lines: Vec<Below>,
    pub(crate) overrides: Vec<Below>,
    /// Whether the calendar alone can change any of them.
    pub(crate) calendar: bool,
    /// For each measure the facts that it changes.
    pub(crate) writes: Vec<BTreeSet<u32>>,
    /// For each measure the facts that its effects read.
    pub(crate) reads: Vec<BTreeSet<u32>>,
    /// For each measure the facts that say whether, when and for how much it can be taken.
    pub(crate) asks: Vec<BTreeSet<u32>>,
    pub(crate) conditions: Vec<Condition>,
    /// The conditions.
    pub(crate) conditions_probe: Probe,
    /// Of each measure what `items` asks.
    pub(crate) items_probe: Probe,
    /// What each characteristic scores.
    pub(crate) scored: Vec<NodeId>,
    /// Which way each of these can move.
    pub(crate) moves: Vec<Moves>,
    /// How it can move whatever happens.
    pub(crate) drifts: Vec<Moves>,
    pub(crate) scored_probe: Probe,
    /// How much must be known for a rating.
    pub(crate) coverage: Option<Coverage>,
}

impl<'r> Reading<'r> {
    pub(crate) fn new(rulebook: &'r Rulebook) -> Self {
        let program = rulebook.program();
        let (arena, typed) = (&program.arena, &program.typed);
        let applier = Applier::new(rulebook);
        let below = |roots: &[NodeId]| below(arena, &applier, roots);
        let each = |ids: &[NodeId]| -> Vec<Below> { ids.iter().map(|id| below(&[*id])).collect() };
        let mut lifting: Vec<NodeId> = Vec::new();
        for (at, rule) in typed.overrides.iter().enumerate() {
            if matches!(rule.effect, Effect::Notch(n) if n > 0) {
                lifting.extend(conjuncts(rulebook, at));
            }
        }
        lifting.sort_unstable();
        lifting.dedup();
        let reads = |measure: &Measure| {
            let nodes: Vec<NodeId> = measure.effects.iter().flat_map(Change::nodes).collect();
            below(&nodes).facts
        };
        let asked = |m: &Measure| m.when.into_iter().chain([m.cost, length(m)]).chain(m.earliest).collect::<Vec<_>>();
        let scored: Vec<NodeId> = typed.characteristics.iter().flat_map(|c| c.values.clone()).collect();
        let (lines, overrides) = (each(&program.outputs.points), each(&program.outputs.overrides));
        Self {
            rulebook,
            calendar: lines.iter().chain(&overrides).any(|below| below.timed),
            lines,
            overrides,
            writes: typed.measures.iter().map(|m| m.effects.iter().map(Change::fact).collect()).collect(),
            reads: typed.measures.iter().map(reads).collect(),
            asks: typed.measures.iter().map(|m| below(&asked(m)).facts).collect(),
            conditions: lifting.iter().map(|id| Condition { node: *id, below: below(&[*id]) }).collect(),
            conditions_probe: rulebook.probe(lifting.clone()),
            items_probe: rulebook.probe(typed.measures.iter().flat_map(asked).collect()),
            coverage: Coverage::new(rulebook),
            scored_probe: rulebook.probe(scored.clone()),
            moves: moves(rulebook, &scored, By::Measures, &|fact| applier.moves(fact)),
            drifts: moves(rulebook, &scored, By::Anything, &|fact| applier.moves(fact)),
            scored,
            applier,
        }
    }

    /// How many whole months after a day the rules are in force; the greatest number where they do not end.
    /// The day itself is always looked at: whoever asks chose the rules for it.
    pub(crate) fn months_in_force(&self, from: Date) -> u32 {
        let to = self.rulebook.typed().manifest.to;
        to.map_or(u32::MAX, |to| u32::try_from(from.months_until(to)).unwrap_or(0))
    }
}

fn below(arena: &Arena, applier: &Applier<'_>, roots: &[NodeId]) -> Below {
    let mut found = read(arena, roots);
    found.timed |= found.facts.iter().any(|fact| applier.moves(*fact));
    found
}

/// What some nodes read; they are `timed` here where they read the as-of date.
pub(crate) fn read(arena: &Arena, roots: &[NodeId]) -> Below {
    let mut seen = BTreeSet::new();
    let mut found = Below::default();
    let mut open: Vec<NodeId> = roots.to_vec();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        match &arena.node(id).op {
            Op::Fact(fact) | Op::Field(fact, _) | Op::Spread(_, fact) => drop(found.facts.insert(*fact)),
            Op::Aggregate { table, .. } => drop(found.facts.insert(*table)),
            Op::Opaque(_, arguments) => found.facts.extend(arguments.iter().filter_map(|a| match a {
                OpaqueArgument::Table(table, _) => Some(*table),
                OpaqueArgument::Value(_) => None,
            })),
            Op::AsOf => found.timed = true,
            _ => {}
        }
        open.extend(arena.operands(id));
    }
    found
}
