//! The hand-off of stage 3: what is evaluated, in which order, and where each value lives.

use std::sync::{Arc, OnceLock};

pub(crate) use super::alike::{Alike, Likeness};
pub(crate) use super::codes::Codes;
pub(crate) use super::held::UNKNOWN;
pub(crate) use super::lines::{Line, Lines, Points};
pub(crate) use super::plan::{Plan, Wanted};
pub use super::sandbox::Sandbox;
pub use crate::check::typed::{
    Aggregate, Arena, Characteristic, Comparison, Edge, Effect, Fact, FactKind, LANGUAGE, NodeId, Op, OpaqueArgument,
    Scoring, Section, Type, Typed,
};
use crate::column::Dictionary;

/// A compiled rulebook. [`Program::listing`] prints it.
#[derive(Debug)]
pub struct Program {
    /// The checked rulebook it came from.
    pub typed: Arc<Typed>,
    /// The dictionary that batches are built over.
    pub dictionary: Dictionary,
    /// All nodes: expressions and scoring.
    pub arena: Arena,
    /// Which nodes hold the results.
    pub outputs: Outputs,
    /// The card in lines, if its numbers are small enough.
    pub(crate) lines: Option<Lines>,
    /// How everything that a decision says is evaluated.
    pub(crate) full: Plan,
    /// How score, grade and losses are evaluated.
    pub(crate) summary: Plan,
    /// How what a later run starts from is evaluated, once somebody asks; `None` if there is no such way.
    pub(crate) held: OnceLock<Option<Plan>>,
    /// How a placement is evaluated beside everything that a decision says, once somebody asks.
    pub(crate) placed: OnceLock<Plan>,
    /// The facts that the rules use, rising.
    pub used: Vec<u32>,
    /// The facts that are tables, rising.
    pub(crate) tables: Vec<u32>,
    /// Reason codes and baselines.
    pub(crate) codes: Codes,
    /// The interpreter of opaque functions.
    pub sandbox: Sandbox,
}

/// Plans for single expressions.
pub(crate) struct Lens;

impl Lens {
    /// A plan that evaluates these nodes and nothing else.
    pub(crate) fn plan(program: &Program, nodes: Vec<NodeId>) -> Plan {
        Plan::new(&program.arena, None, &program.outputs, Wanted { nodes, ..Wanted::default() })
    }
}

/// What is done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The values of a node were put into its register from elsewhere.
    Given(NodeId),
    /// A fact or a field is loaded, if the batch does not store it as units.
    Load(NodeId),
    /// A node is evaluated.
    Node(NodeId),
    /// A group of the card's lines is scored.
    Group(usize),
}

/// Where the values of a node live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Nowhere: nothing needs them.
    Unused,
    /// In a register of the chunk.
    Register(u32),
    /// In a constant, filled once.
    Constant(u32),
    /// In the batch: a fact.
    Fact(u32),
    /// In the batch: a field of a table.
    Field(u32, u32),
}

/// Nodes whose values an outcome keeps, and where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Kept {
    /// The nodes, rising.
    pub(crate) nodes: Vec<NodeId>,
    /// By node: its place among the kept ones, or `u32::MAX`.
    pub(crate) places: Vec<u32>,
    /// By place: whether the values are 128 bits wide, and their column among those of that width.
    pub(crate) columns: Vec<(bool, usize)>,
    /// How many columns of 64 and of 128 bits there are.
    pub(crate) widths: (usize, usize),
}

impl Kept {
    pub(crate) fn new(mut nodes: Vec<NodeId>, arena: &Arena) -> Self {
        nodes.sort_unstable();
        nodes.dedup();
        let mut places = vec![u32::MAX; arena.len()];
        for (node, place) in nodes.iter().zip(0_u32..) {
            if let Some(slot) = places.get_mut(*node as usize) {
                *slot = place;
            }
        }
        let mut widths = (0, 0);
        let mut columns = Vec::with_capacity(nodes.len());
        for node in &nodes {
            let wide = arena.node(*node).ty.is_wide();
            let count = if wide { &mut widths.1 } else { &mut widths.0 };
            columns.push((wide, *count));
            *count += 1;
        }
        Self { nodes, places, columns, widths }
    }
}

/// Which nodes hold the results of scoring.
#[derive(Clone, Debug, Default)]
pub struct Outputs {
    /// For each characteristic: points before the missing ones are put in.
    pub known: Vec<NodeId>,
    /// For each characteristic: its points.
    pub points: Vec<NodeId>,
    /// For each characteristic: what a decision shows as its value.
    pub values: Vec<Vec<NodeId>>,
    /// For each section: the sum of its characteristics.
    pub sums: Vec<NodeId>,
    /// For each section: its points after floor and cap.
    pub sections: Vec<NodeId>,
    /// The score before rounding.
    pub total: NodeId,
    /// The rounded score.
    pub score: NodeId,
    /// The rank of the grade, greater is better.
    pub grade: NodeId,
    /// Whether the enterprise is rated.
    pub rated: NodeId,
    /// Attainable points that rest on present facts.
    pub present: NodeId,
    /// All attainable points, in the units of `present`.
    pub attainable: i128,
    /// For each override: whether it fired.
    pub overrides: Vec<NodeId>,
    /// For each outcome: whether it follows.
    pub outcomes: Vec<NodeId>,
    /// For each outcome: its last day and its amount.
    pub details: Vec<(Option<NodeId>, Option<NodeId>)>,
    /// For each outcome: its yearly rate.
    pub rates: Vec<Option<NodeId>>,
    /// What a placement says beside a decision.
    pub placed: Placed,
}

/// Which nodes hold the conditions of products, of tiers and of the rules of cultivation. None of them
/// is part of a decision.
#[derive(Clone, Debug, Default)]
pub struct Placed {
    /// For each product: each of its conditions.
    pub products: Vec<Vec<NodeId>>,
    /// For each tier, best first: all of its conditions, which must hold together.
    pub tiers: Vec<Vec<NodeId>>,
    /// For each rule of selection, bars, success and removal: its condition.
    pub rules: [Vec<NodeId>; 4],
}

impl Placed {
    /// All of its nodes.
    pub(crate) fn nodes(&self) -> Vec<NodeId> {
        let lists = self.products.iter().chain(&self.tiers).chain(&self.rules);
        lists.flatten().copied().collect()
    }
}

impl Outputs {
    /// Every node that holds a result, but points of characteristics.
    pub(crate) fn beside_points(&self) -> Vec<NodeId> {
        let mut all: Vec<NodeId> = self.values.iter().flatten().copied().collect();
        all.extend(&self.sections);
        all.extend([self.total, self.score, self.grade, self.rated, self.present]);
        all.extend(&self.overrides);
        all.extend(&self.outcomes);
        all.extend(self.details.iter().flat_map(|(until, amount)| until.iter().chain(amount)));
        all.extend(self.rates.iter().flatten());
        all
    }
}

/// The facts that an operation reads itself.
pub(crate) fn facts_of(op: &Op) -> Vec<u32> {
    match op {
        Op::Fact(fact) | Op::Field(fact, _) | Op::Spread(_, fact) => vec![*fact],
        Op::Aggregate { table, .. } => vec![*table],
        Op::Opaque(_, arguments) => {
            let tables = arguments.iter().filter_map(|a| match a {
                OpaqueArgument::Table(table, _) => Some(*table),
                OpaqueArgument::Value(_) => None,
            });
            tables.collect()
        }
        _ => Vec::new(),
    }
}
