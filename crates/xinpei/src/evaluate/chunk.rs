//! Evaluates the nodes of a program over one chunk of rows.

use std::ops::Range;

use super::outcome::Outcome;
use super::register::{Data, Register, View};
use super::{Scratch, aggregate, dates, kernels, opaque};
use crate::column::{Batch, Column};
use crate::compile::program::{NodeId, Op, Program, Slot};
use crate::fault::Fault;

/// One chunk of a batch.
pub(super) struct Chunk<'c> {
    pub(super) program: &'c Program,
    pub(super) batch: &'c Batch,
    pub(super) rows: Range<usize>,
    pub(super) scratch: &'c mut Scratch,
    pub(super) faults: &'c mut Vec<(usize, Fault)>,
}

impl Chunk<'_> {
    pub(super) fn run(&mut self) {
        let longest = self.longest();
        for constant in &mut self.scratch.constants {
            constant.fill(longest);
        }
        if self.scratch.ones.len() < longest {
            self.scratch.ones.resize(longest, 1);
        }
        for id in &self.program.steps {
            self.step(*id);
        }
    }

    /// The most values that a node of this chunk has.
    fn longest(&self) -> usize {
        let events = self.program.used.iter().map(|fact| self.events(*fact).len());
        events.chain([self.rows.len()]).max().unwrap_or(0)
    }

    /// The events of a table that belong to the rows of this chunk.
    pub(super) fn events(&self, fact: u32) -> Range<usize> {
        let Some(table) = self.batch.table(fact) else { return 0..0 };
        let at = |row: usize| table.offsets.get(row).copied().map_or(0, |o| usize::try_from(o).unwrap_or(0));
        at(self.rows.start)..at(self.rows.end)
    }

    fn len(&self, id: NodeId) -> usize {
        match self.program.arena.node(id).table {
            None => self.rows.len(),
            Some(table) => self.events(table).len(),
        }
    }

    /// The values of a node that was evaluated before, or that the batch holds.
    pub(super) fn view(&self, id: NodeId) -> View<'_> {
        const NOTHING: View<'static> = View { data: Data::Narrow(&[]), valid: &[] };
        let len = self.len(id);
        match self.program.slots.get(id as usize) {
            Some(Slot::Register(register)) => {
                self.scratch.registers.get(*register as usize).map_or(NOTHING, |r| r.view(len))
            }
            Some(Slot::Constant(constant)) => {
                self.scratch.constants.get(*constant as usize).map_or(NOTHING, |r| r.view(len))
            }
            Some(Slot::Fact(fact)) => {
                self.batch.value(*fact).and_then(|column| part(column, self.rows.clone())).unwrap_or(NOTHING)
            }
            Some(Slot::Field(fact, field)) => {
                let column = self.batch.table(*fact).and_then(|table| table.fields.get(*field as usize));
                column.and_then(|column| part(column, self.events(*fact))).unwrap_or(NOTHING)
            }
            _ => NOTHING,
        }
    }

    fn step(&mut self, id: NodeId) {
        let Some(Slot::Register(register)) = self.program.slots.get(id as usize).copied() else { return };
        let Some(slot) = self.scratch.registers.get_mut(register as usize) else { return };
        // The register is taken out while its operands, which live elsewhere, are read.
        let mut target = std::mem::take(slot);
        let node = self.program.arena.node(id);
        target.reset(self.len(id), node.ty.is_wide());
        self.compute(id, &mut target);
        if let Some(slot) = self.scratch.registers.get_mut(register as usize) {
            *slot = target;
        }
    }

    fn compute(&mut self, id: NodeId, out: &mut Register) {
        let program = self.program;
        let node = program.arena.node(id);
        match &node.op {
            Op::Missing | Op::Const(_) | Op::AsOf | Op::Fact(_) | Op::Field(..) | Op::Result(_) => {}
            Op::Spread(a, table) => aggregate::spread(out, &self.view(*a), self.offsets(*table)),
            Op::Add(a, b) => {
                kernels::binary(out, &self.view(*a), &self.view(*b), i64::wrapping_add, i128::wrapping_add)
            }
            Op::Sub(a, b) => {
                kernels::binary(out, &self.view(*a), &self.view(*b), i64::wrapping_sub, i128::wrapping_sub)
            }
            Op::Mul(a, b) => {
                kernels::binary(out, &self.view(*a), &self.view(*b), i64::wrapping_mul, i128::wrapping_mul)
            }
            Op::Min(a, b) => kernels::binary(out, &self.view(*a), &self.view(*b), i64::min, i128::min),
            Op::Max(a, b) => kernels::binary(out, &self.view(*a), &self.view(*b), i64::max, i128::max),
            Op::Neg(a) => kernels::unary(out, &self.view(*a), i64::wrapping_neg, i128::wrapping_neg),
            Op::Abs(a) => kernels::unary(out, &self.view(*a), i64::wrapping_abs, i128::wrapping_abs),
            Op::Rescale(a) => kernels::rescale(out, &self.view(*a), self.digits(id) - self.digits(*a)),
            Op::Round(a, mode) => kernels::round(out, &self.view(*a), self.digits(*a) - self.digits(id), *mode),
            Op::Divide(a, b, mode) => {
                let shift = self.digits(id) + self.digits(*b) - self.digits(*a);
                kernels::divide(out, &self.view(*a), &self.view(*b), shift, *mode);
            }
            Op::Compare(comparison, a, b) => kernels::compare(out, &self.view(*a), &self.view(*b), *comparison),
            Op::In(a, members) => kernels::one_of(out, &self.view(*a), members),
            Op::And(a, b) => kernels::kleene(out, &self.view(*a), &self.view(*b), true),
            Op::Or(a, b) => kernels::kleene(out, &self.view(*a), &self.view(*b), false),
            Op::Not(a) => kernels::unary(out, &self.view(*a), |x| 1 - x, |x| 1 - x),
            Op::Present(a) => kernels::present(out, &self.view(*a)),
            Op::Otherwise(a, b) => kernels::otherwise(out, &self.view(*a), &self.view(*b)),
            Op::Choose(c, a, b) => kernels::choose(out, &self.view(*c), &self.view(*a), &self.view(*b)),
            Op::DaysBetween(a, b) => {
                kernels::binary(out, &self.view(*b), &self.view(*a), i64::wrapping_sub, i128::wrapping_sub)
            }
            Op::MonthsBetween(a, b) => dates::months(out, &self.view(*a), &self.view(*b), 1),
            Op::YearsBetween(a, b) => dates::months(out, &self.view(*a), &self.view(*b), 12),
            Op::AddDays(a, b) => dates::add_days(out, &self.view(*a), &self.view(*b)),
            Op::AddMonths(a, b) => dates::add_months(out, &self.view(*a), &self.view(*b)),
            Op::Year(a) => dates::part(out, &self.view(*a), |(year, _, _)| year.into()),
            Op::Month(a) => dates::part(out, &self.view(*a), |(_, month, _)| month.into()),
            Op::Bands(a, edges, points) => kernels::bands(out, &self.view(*a), edges, points),
            Op::Members(a, points) => kernels::members(out, &self.view(*a), points),
            Op::Aggregate { kind, table, mask, value } => {
                let sum = aggregate::Sum {
                    events: self.program.typed.facts.get(*table as usize),
                    table: self.batch.table(*table),
                    rows: self.rows.clone(),
                    mask: mask.map(|m| self.view(m)),
                    value: value.map(|v| self.view(v)),
                };
                sum.run(out, *kind);
            }
            Op::Opaque(function, arguments) => {
                let faults = opaque::call(self, out, *function, arguments);
                self.faults.extend(faults);
            }
        }
    }

    fn digits(&self, id: NodeId) -> i64 {
        self.program.arena.node(id).ty.number().map_or(0, |n| n.digits.into())
    }

    /// Where the events of each row of the chunk start, counted over the whole batch.
    fn offsets(&self, fact: u32) -> &[u32] {
        self.batch.table(fact).and_then(|t| t.offsets.get(self.rows.start..=self.rows.end)).unwrap_or_default()
    }

    /// Appends the values of the outputs to the outcome.
    pub(super) fn keep(&self, outcome: &mut Outcome<'_>) {
        let kept = outcome.kept;
        for (place, id) in kept.nodes.iter().enumerate() {
            outcome.write(place, self.rows.start, &self.view(*id));
        }
    }
}

/// A part of a column.
fn part(column: &Column, range: Range<usize>) -> Option<View<'_>> {
    Some(View { data: Data::Narrow(column.data.get(range.clone())?), valid: column.valid.get(range)? })
}
