//! Stage 3, compile: [`crate::check::typed::Typed`] → [`program::Program`], scoring included.

mod card;
mod codes;
mod graph;
mod listing;
pub mod program;
pub mod sandbox;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::check::typed::Typed;
use crate::column::Dictionary;
use program::{Kept, Program, Slot};

/// Compiles a checked rulebook: scoring becomes nodes like every expression, nodes that no output
/// needs are dropped, and each of the rest gets a place for its values.
#[must_use]
pub fn compile(typed: Typed) -> Program {
    let typed = Arc::new(typed);
    let mut graph = graph::Graph::new(typed.arena.clone());
    let outputs = card::build(&mut graph, &typed);
    let arena = graph.arena;
    let live = live(&arena, &outputs);
    let (slots, registers) = slots(&arena, &live, &outputs.all());
    let steps = live.iter().copied().filter(|id| matches!(slots.get(*id as usize), Some(Slot::Register(_)))).collect();
    let mut used: Vec<u32> = Vec::new();
    for id in &live {
        used.extend(program::facts_of(&arena.node(*id).op));
    }
    used.sort_unstable();
    used.dedup();
    let dictionary = Dictionary::new(&typed.facts, &typed.categories, typed.manifest.uscc);
    let sandbox = program::Sandbox::new(&typed.script, &typed.opaque);
    let codes = program::Codes::new(&typed);
    let full = Kept::new(outputs.all(), &arena);
    let summary = Kept::new(outputs.brief(), &arena);
    static SERIAL: AtomicU64 = AtomicU64::new(1);
    let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
    Program { serial, typed, dictionary, codes, full, summary, arena, slots, registers, steps, outputs, used, sandbox }
}

/// Nodes that an output needs, operands before their users.
fn live(arena: &crate::check::typed::Arena, outputs: &program::Outputs) -> Vec<u32> {
    let mut needed = vec![false; arena.len()];
    let mut work = outputs.all();
    while let Some(id) = work.pop() {
        if let Some(flag) = needed.get_mut(id as usize)
            && !*flag
        {
            *flag = true;
            work.extend(arena.operands(id));
        }
    }
    // INVARIANT: a node is added after its operands, so rising ids are an order of evaluation.
    needed.iter().zip(0_u32..).filter(|(n, _)| **n).map(|(_, id)| id).collect()
}

/// A place for the values of each live node; a register is used again when its values are no
/// longer needed. Values that an output keeps stay until the end of the chunk.
fn slots(arena: &crate::check::typed::Arena, live: &[u32], kept: &[u32]) -> (Vec<Slot>, usize) {
    use crate::check::typed::Op;
    let mut last = vec![0_u32; arena.len()];
    for id in live {
        for operand in arena.operands(*id) {
            if let Some(slot) = last.get_mut(operand as usize) {
                *slot = *id;
            }
        }
    }
    for id in kept {
        if let Some(slot) = last.get_mut(*id as usize) {
            *slot = u32::MAX;
        }
    }
    let mut slots = vec![Slot::Unused; arena.len()];
    let mut free: Vec<u32> = Vec::new();
    let mut registers = 0;
    let mut constants = 0;
    for id in live {
        let slot = match &arena.node(*id).op {
            Op::Fact(fact) => Slot::Fact(*fact),
            Op::Field(fact, field) => Slot::Field(*fact, *field),
            Op::Const(_) | Op::Missing | Op::AsOf => {
                constants += 1;
                Slot::Constant(constants - 1)
            }
            Op::Spread(inner, _) if matches!(arena.node(*inner).op, Op::Const(_) | Op::Missing | Op::AsOf) => {
                slots.get(*inner as usize).copied().unwrap_or(Slot::Unused)
            }
            _ => Slot::Register(free.pop().unwrap_or_else(|| {
                registers += 1;
                registers - 1
            })),
        };
        if let Some(place) = slots.get_mut(*id as usize) {
            *place = slot;
        }
        let mut operands = arena.operands(*id);
        operands.sort_unstable();
        operands.dedup();
        for operand in operands {
            if last.get(operand as usize) == Some(id)
                && let Some(Slot::Register(register)) = slots.get(operand as usize)
            {
                free.push(*register);
            }
        }
    }
    (slots, registers as usize)
}
