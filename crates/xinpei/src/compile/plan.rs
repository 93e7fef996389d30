//! What is evaluated for the results that somebody wants: which steps, in which order, and where
//! each value lives.

use std::sync::atomic::{AtomicU64, Ordering};

use super::lines::Lines;
use super::program::{Kept, Outputs, Slot, Step};
use crate::check::typed::{Arena, NodeId, Op};

/// Steps in order. Nodes that no result needs have none.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// Tells this plan from every other of the process; it enters no result.
    pub(crate) serial: u64,
    /// What is done, in order.
    pub(crate) steps: Vec<Step>,
    /// Where the values of each node live.
    pub(crate) slots: Vec<Slot>,
    /// By node: whether its value is known in every row.
    pub(crate) always: Vec<bool>,
    /// How many registers a chunk needs.
    pub(crate) registers: usize,
    /// By node: the register that a fact or a field is loaded into.
    pub(crate) loads: Vec<u32>,
    /// The constants, by their index.
    pub(crate) constants: Vec<NodeId>,
    /// The nodes that an outcome keeps.
    pub(crate) kept: Kept,
    /// Lines whose points other nodes read, and where they go.
    pub(crate) exports: Vec<(usize, NodeId)>,
    /// Where the points that rest on present facts are summed up, if somebody wants to know.
    pub(crate) present: Option<NodeId>,
    /// Whether an outcome keeps the points of every line, and where each is missing.
    pub(crate) points: bool,
    /// How many of the largest losses an outcome keeps for each row.
    pub(crate) reasons: usize,
    /// Nodes whose values an outcome records row by row, in front of the largest losses.
    pub(crate) recorded: Vec<NodeId>,
    /// Whether all that is recorded fits 16 bits.
    pub(crate) short: bool,
}

/// What a plan is made for.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Nodes whose values are kept.
    pub(crate) nodes: Vec<NodeId>,
    /// Whether the points of every characteristic are kept.
    pub(crate) points: bool,
    /// How many losses are ranked for each row.
    pub(crate) reasons: usize,
    /// Nodes whose values are recorded row by row.
    pub(crate) recorded: Vec<NodeId>,
    /// Nodes whose values whoever evaluates the plan puts into their registers.
    pub(crate) given: Vec<NodeId>,
}

impl Plan {
    pub(crate) fn new(arena: &Arena, lines: Option<&Lines>, outputs: &Outputs, mut wanted: Wanted) -> Self {
        if lines.is_none() && wanted.points {
            wanted.nodes.extend(outputs.points.iter().chain(&outputs.known));
        }
        static SERIAL: AtomicU64 = AtomicU64::new(1);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let mut order = Order { arena, done: vec![false; arena.len()], steps: Vec::new(), leaves: Vec::new() };
        let mut given = vec![false; arena.len()];
        if let Some(lines) = lines {
            for (index, group) in lines.groups.iter().enumerate() {
                for line in lines.list.get(group.lines.clone()).unwrap_or_default() {
                    order.visit(line.of, &[]);
                }
                order.steps.push(Step::Group(index));
            }
            let sums = lines.groups.iter().filter_map(|g| g.sum);
            for id in sums.chain([outputs.present]).chain(outputs.points.iter().copied()) {
                if let Some(flag) = given.get_mut(id as usize) {
                    *flag = true;
                }
            }
        }
        for id in &wanted.given {
            order.steps.push(Step::Given(*id));
            if let Some(flag) = given.get_mut(*id as usize) {
                *flag = true;
            }
        }
        for id in wanted.nodes.iter().chain(&wanted.recorded) {
            order.visit(*id, &given);
        }
        let Order { steps, leaves, .. } = order;
        let mut computed = vec![false; arena.len()];
        let mut read = vec![false; arena.len()];
        let mark = |flags: &mut Vec<bool>, id: NodeId| {
            if let Some(flag) = flags.get_mut(id as usize) {
                *flag = true;
            }
        };
        wanted.nodes.iter().chain(&wanted.recorded).for_each(|id| mark(&mut read, *id));
        for step in &steps {
            let Step::Node(id) = step else { continue };
            mark(&mut computed, *id);
            arena.operands(*id).into_iter().for_each(|id| mark(&mut read, id));
        }
        // A given node that was an operand of a line was computed like any other.
        let needed = |id: NodeId| read.get(id as usize) == Some(&true) && computed.get(id as usize) == Some(&false);
        let mut exports = Vec::new();
        let mut present = None;
        if lines.is_some() {
            present = Some(outputs.present).filter(|id| needed(*id));
            let points = outputs.points.iter().copied().enumerate();
            exports.extend(points.filter(|(_, id)| needed(*id)));
        }
        let mut plan = Self {
            serial,
            steps,
            slots: vec![Slot::Unused; arena.len()],
            always: always(arena),
            registers: 0,
            loads: vec![u32::MAX; arena.len()],
            constants: Vec::new(),
            kept: Kept::new(wanted.nodes, arena),
            exports,
            present,
            points: wanted.points && lines.is_some(),
            reasons: wanted.reasons,
            recorded: wanted.recorded,
            short: false,
        };
        plan.leaves(arena, &leaves);
        plan.places(arena, lines);
        plan
    }

    /// How many numbers a record has: values, then losses.
    pub(crate) const fn record(&self) -> usize {
        self.recorded.len() + self.reasons
    }

    /// Places of what needs no step.
    fn leaves(&mut self, arena: &Arena, leaves: &[NodeId]) {
        for id in leaves {
            let slot = match &arena.node(*id).op {
                Op::Fact(fact) => Slot::Fact(*fact),
                Op::Field(fact, field) => Slot::Field(*fact, *field),
                Op::Spread(inner, _) => self.slots.get(*inner as usize).copied().unwrap_or(Slot::Unused),
                _ => {
                    self.constants.push(*id);
                    Slot::Constant(u32::try_from(self.constants.len() - 1).unwrap_or(u32::MAX))
                }
            };
            if let Some(place) = self.slots.get_mut(*id as usize) {
                *place = slot;
            }
        }
    }

    /// A register for each step; one is used again when its values are no longer needed. Values
    /// that an outcome keeps stay until the end of the chunk.
    fn places(&mut self, arena: &Arena, lines: Option<&Lines>) {
        let mut last = vec![0_usize; arena.len()];
        let mut reads: Vec<Vec<NodeId>> = Vec::with_capacity(self.steps.len());
        let mut writes: Vec<Vec<NodeId>> = Vec::with_capacity(self.steps.len());
        for step in &self.steps {
            let (read, write) = match step {
                Step::Given(id) | Step::Load(id) => (Vec::new(), vec![*id]),
                Step::Node(id) => (arena.operands(*id), vec![*id]),
                Step::Group(index) => self.group(*index, lines),
            };
            for id in &read {
                if let Some(at) = last.get_mut(*id as usize) {
                    *at = reads.len();
                }
            }
            reads.push(read);
            writes.push(write);
        }
        for id in self.kept.nodes.iter().chain(&self.recorded) {
            if let Some(at) = last.get_mut(*id as usize) {
                *at = usize::MAX;
            }
        }
        let mut free: Vec<u32> = Vec::new();
        let mut registers = 0_u32;
        for (at, (mut read, write)) in reads.into_iter().zip(writes).enumerate() {
            for id in write {
                let (Some(slot), Some(load)) = (self.slots.get_mut(id as usize), self.loads.get_mut(id as usize))
                else {
                    continue;
                };
                let mut register = || {
                    free.pop().unwrap_or_else(|| {
                        registers += 1;
                        registers - 1
                    })
                };
                match slot {
                    Slot::Unused => *slot = Slot::Register(register()),
                    Slot::Fact(_) | Slot::Field(..) => *load = register(),
                    _ => {}
                }
            }
            read.sort_unstable();
            read.dedup();
            for id in read {
                if last.get(id as usize) == Some(&at) {
                    match self.slots.get(id as usize) {
                        Some(Slot::Register(register)) => free.push(*register),
                        Some(Slot::Fact(_) | Slot::Field(..)) => free.extend(self.loads.get(id as usize)),
                        _ => {}
                    }
                }
            }
        }
        self.registers = registers as usize;
    }

    /// What a group of lines reads and writes.
    fn group(&self, index: usize, lines: Option<&Lines>) -> (Vec<NodeId>, Vec<NodeId>) {
        let Some((lines, group)) = lines.and_then(|lines| Some((lines, lines.groups.get(index)?))) else {
            return (Vec::new(), Vec::new());
        };
        let list = lines.list.get(group.lines.clone()).unwrap_or_default();
        let mut write: Vec<NodeId> = group.sum.into_iter().collect();
        write.extend(self.exports.iter().filter(|(line, _)| group.lines.contains(line)).map(|(_, id)| *id));
        if index + 1 == lines.groups.len() {
            write.extend(self.present);
        }
        (list.iter().map(|line| line.of).collect(), write)
    }
}

/// Finds an order in which operands stand before their users.
struct Order<'a> {
    arena: &'a Arena,
    done: Vec<bool>,
    steps: Vec<Step>,
    leaves: Vec<NodeId>,
}

impl Order<'_> {
    /// Adds a node and what it needs; `given` nodes come from elsewhere.
    fn visit(&mut self, id: NodeId, given: &[bool]) {
        let mut work = vec![(id, false)];
        while let Some((id, ready)) = work.pop() {
            if self.done.get(id as usize) != Some(&false) || given.get(id as usize) == Some(&true) {
                continue;
            }
            if ready {
                if let Some(flag) = self.done.get_mut(id as usize) {
                    *flag = true;
                }
                if self.is_leaf(id) {
                    self.leaves.push(id);
                    let read = matches!(self.arena.node(id).op, Op::Fact(_) | Op::Field(..));
                    self.steps.extend(read.then_some(Step::Load(id)));
                } else {
                    self.steps.push(Step::Node(id));
                }
                continue;
            }
            work.push((id, true));
            work.extend(self.arena.operands(id).into_iter().rev().map(|operand| (operand, false)));
        }
    }

    fn is_leaf(&self, id: NodeId) -> bool {
        match &self.arena.node(id).op {
            Op::Fact(_) | Op::Field(..) | Op::Const(_) | Op::Missing | Op::AsOf => true,
            Op::Spread(inner, _) => matches!(self.arena.node(*inner).op, Op::Const(_) | Op::Missing | Op::AsOf),
            _ => false,
        }
    }
}

/// Which nodes are known in every row.
fn always(arena: &Arena) -> Vec<bool> {
    let mut always = vec![false; arena.len()];
    for id in 0..u32::try_from(arena.len()).unwrap_or(u32::MAX) {
        let known = |id: &NodeId| always.get(*id as usize) == Some(&true);
        let node = arena.node(id);
        let is = match &node.op {
            _ if node.table.is_some() => false,
            Op::Const(_) | Op::Present(_) => true,
            Op::Otherwise(a, b) => known(a) || known(b),
            // A fault leaves a fact unknown, whatever an absent value means.
            Op::Fact(_) | Op::Missing | Op::AsOf | Op::Field(..) | Op::Spread(..) | Op::Result(_) | Op::Divide(..) => {
                false
            }
            Op::AddDays(..) | Op::AddMonths(..) | Op::Aggregate { .. } | Op::Opaque(..) => false,
            _ => arena.operands(id).iter().all(known),
        };
        if let Some(flag) = always.get_mut(id as usize) {
            *flag = is;
        }
    }
    always
}
