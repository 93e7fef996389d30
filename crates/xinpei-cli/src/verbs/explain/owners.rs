//! Which facts a characteristic rests on, and which of them are missing.

use std::collections::BTreeSet;

use xinpei::Batch;
use xinpei::check::typed::{Arena, Characteristic, NodeId, Op, OpaqueArgument, Scoring, Typed};
use xinpei::column::FactColumn;

/// Indices of the facts that a characteristic rests on, in the order of the dictionary.
pub(super) fn facts_of(typed: &Typed, characteristic: &Characteristic) -> BTreeSet<usize> {
    let mut facts = BTreeSet::new();
    let mut open = roots(&characteristic.scoring, &mut facts);
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        if seen.insert(id) {
            read(&typed.arena, id, &mut facts);
            open.extend(typed.arena.operands(id));
        }
    }
    facts
}

fn roots(scoring: &Scoring, facts: &mut BTreeSet<usize>) -> Vec<NodeId> {
    match scoring {
        Scoring::Bands(id, _) | Scoring::Members(id, _) | Scoring::Formula(id, ..) => vec![*id],
        Scoring::Grid(a, b, _) => vec![*a, *b],
        Scoring::First(lines) => {
            lines.iter().flat_map(|(when, points)| when.iter().copied().chain([*points])).collect()
        }
        Scoring::Each(each) => {
            add(each.table, facts);
            each.mask.iter().copied().chain([each.cost]).collect()
        }
    }
}

fn read(arena: &Arena, id: NodeId, facts: &mut BTreeSet<usize>) {
    match &arena.node(id).op {
        Op::Fact(fact) | Op::Field(fact, _) | Op::Spread(_, fact) => add(*fact, facts),
        Op::Aggregate { table, .. } => add(*table, facts),
        Op::Opaque(_, arguments) => {
            for argument in arguments {
                if let OpaqueArgument::Table(table, _) = argument {
                    add(*table, facts);
                }
            }
        }
        _ => {}
    }
}

fn add(fact: u32, facts: &mut BTreeSet<usize>) {
    facts.extend(usize::try_from(fact));
}

/// Whether a fact of a row is not known.
pub(super) fn is_missing(batch: &Batch, fact: usize, row: usize) -> bool {
    match batch.facts.get(fact) {
        Some(FactColumn::Value(column)) => column.get(row).is_none(),
        Some(FactColumn::Events(table)) => !table.known(row),
        None => true,
    }
}
