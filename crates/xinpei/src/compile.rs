//! Stage 3, compile: [`crate::check::typed::Typed`] → [`program::Program`], scoring included.

mod alike;
mod card;
mod codes;
mod graph;
mod held;
mod lines;
mod listing;
mod plan;
pub mod program;
pub mod sandbox;

use std::sync::{Arc, OnceLock};

use crate::check::typed::{Arena, FactKind, NodeId, Typed};
use crate::column::Dictionary;
use plan::Wanted;
use program::{Lines, Plan, Program, Step};

/// Compiles a checked rulebook: scoring becomes nodes like every expression, nodes that no result
/// needs get no step, and each of the rest gets a place for its values.
#[must_use]
pub fn compile(typed: Typed) -> Program {
    let typed = Arc::new(typed);
    let mut graph = graph::Graph::new(typed.arena.clone());
    let outputs = card::build(&mut graph, &typed);
    let arena = graph.arena;
    let codes = program::Codes::new(&typed);
    let lines = Lines::new(&typed, &arena, &outputs, &codes);
    let plan = |wanted: Wanted| Plan::new(&arena, lines.as_ref(), &outputs, wanted);
    let reasons = typed.manifest.reasons;
    let full = plan(Wanted { nodes: outputs.beside_points(), points: true, ..Wanted::default() });
    let brief = vec![outputs.score, outputs.grade, outputs.rated];
    let ranked = lines.as_ref().map_or(0, |lines| lines.ranked(reasons));
    let summary = plan(Wanted { nodes: brief, points: ranked < reasons, reasons: ranked, ..Wanted::default() });
    let used = used(&arena, &full, lines.as_ref());
    let is_table = |at: &u32| typed.facts.get(*at as usize).is_some_and(|f| matches!(f.kind, FactKind::Events(_)));
    let tables = (0..u32::try_from(typed.facts.len()).unwrap_or(u32::MAX)).filter(is_table).collect();
    let dictionary = Dictionary::new(&typed.facts, &typed.categories, typed.manifest.uscc);
    let sandbox = program::Sandbox::new(&typed.script, &typed.opaque);
    let (held, placed) = (OnceLock::new(), OnceLock::new());
    Program { typed, dictionary, codes, lines, full, summary, held, placed, arena, outputs, used, tables, sandbox }
}

impl Program {
    /// How everything that a decision says is evaluated, and the placement beside it.
    pub(crate) fn placed(&self) -> &Plan {
        self.placed.get_or_init(|| {
            let mut nodes = self.outputs.beside_points();
            nodes.extend(self.outputs.placed.nodes());
            self.plan(nodes, true, false)
        })
    }

    /// The facts that a node rests on, rising.
    pub(crate) fn facts_below(&self, node: NodeId) -> Vec<u32> {
        let mut seen = vec![false; self.arena.len()];
        let mut facts = Vec::new();
        let mut open = vec![node];
        while let Some(id) = open.pop() {
            if seen.get_mut(id as usize).is_some_and(|seen| !std::mem::replace(seen, true)) {
                facts.extend(program::facts_of(&self.arena.node(id).op));
                open.extend(self.arena.operands(id));
            }
        }
        facts.sort_unstable();
        facts.dedup();
        facts
    }

    /// A plan for some results: nodes, points of all characteristics, largest losses. Score, grade
    /// and whether an enterprise is rated are always among them.
    pub(crate) fn plan(&self, mut nodes: Vec<NodeId>, points: bool, reasons: bool) -> Plan {
        let wanted = if reasons { self.typed.manifest.reasons } else { 0 };
        let ranked = self.lines.as_ref().map_or(0, |lines| lines.ranked(wanted));
        nodes.extend([self.outputs.score, self.outputs.grade, self.outputs.rated]);
        let wanted = Wanted { nodes, points: points || ranked < wanted, reasons: ranked, ..Wanted::default() };
        Plan::new(&self.arena, self.lines.as_ref(), &self.outputs, wanted)
    }
}

/// The facts that the rules use, rising.
fn used(arena: &Arena, plan: &Plan, lines: Option<&Lines>) -> Vec<u32> {
    let mut used: Vec<u32> = Vec::new();
    let mut add = |id: NodeId| used.extend(program::facts_of(&arena.node(id).op));
    for step in &plan.steps {
        if let Step::Load(id) | Step::Node(id) = step {
            add(*id);
            arena.operands(*id).into_iter().for_each(&mut add);
        }
    }
    plan.kept.nodes.iter().copied().for_each(&mut add);
    lines.into_iter().flat_map(|lines| &lines.list).for_each(|line| add(line.of));
    used.sort_unstable();
    used.dedup();
    used
}
