//! Evaluates the nodes of a program over one chunk of rows.

use std::ops::Range;

use super::outcome::Outcome;
use super::register::{Data, Register, View};
use super::{Scratch, aggregate, dates, kernels, opaque};
use crate::column::{Batch, Column};
use crate::compile::program::{NodeId, Op, Plan, Program, Slot, Step, UNKNOWN};
use crate::fault::Fault;

/// One chunk of a batch.
pub(super) struct Chunk<'c> {
    pub(super) program: &'c Program,
    pub(super) plan: &'c Plan,
    pub(super) batch: &'c Batch,
    pub(super) rows: Range<usize>,
    pub(super) scratch: &'c mut Scratch,
    pub(super) faults: &'c mut Vec<(usize, Fault)>,
}

impl Chunk<'_> {
    /// Room for as many values as a node of this chunk has.
    fn begin(&mut self) {
        let longest = self.longest();
        if self.scratch.filled < longest {
            for constant in &mut self.scratch.constants {
                constant.fill(longest);
            }
            self.scratch.filled = longest;
        }
        if self.scratch.ones.len() < longest {
            self.scratch.ones.resize(longest, 1);
        }
    }

    /// Evaluates the nodes of a plan that scores no lines.
    #[inline(always)]
    pub(super) fn run_nodes(&mut self) {
        self.begin();
        for step in &self.plan.steps {
            match step {
                Step::Given(_) | Step::Group(_) => {}
                Step::Load(id) => self.load(*id),
                Step::Node(id) => self.step(*id),
            }
        }
    }

    #[inline(always)]
    pub(super) fn run(&mut self, outcome: &mut Outcome<'_>) {
        self.begin();
        let grouped = self.plan.steps.iter().any(|step| matches!(step, Step::Group(_)));
        if let Some(lines) = self.program.lines.as_ref().filter(|_| grouped) {
            self.scratch.lines.start(lines, self.plan.reasons);
        }
        for step in &self.plan.steps {
            match step {
                Step::Given(_) => {}
                Step::Load(id) => self.load(*id),
                Step::Node(id) => self.step(*id),
                Step::Group(group) => self.group(*group, outcome),
            }
        }
    }

    /// Scores a group of lines.
    #[inline(always)]
    fn group(&mut self, index: usize, outcome: &mut Outcome<'_>) {
        let plan = self.plan;
        let Some(lines) = &self.program.lines else { return };
        let Some(group) = lines.groups.get(index) else { return };
        let Some(list) = lines.list.get(group.lines.clone()) else { return };
        // The memory for lines is taken out while their values, which live elsewhere, are read.
        let mut scratch = std::mem::take(&mut self.scratch.lines);
        scratch.room(list.len());
        if group.first {
            scratch.sum.fill(0);
        }
        for (at, line) in list.iter().enumerate() {
            let view = self.view(line.of);
            scratch.line(at, line, &view, plan.present.is_some());
            if plan.points {
                let points = scratch.points(at).get(..self.rows.len()).unwrap_or_default();
                outcome.write_line(group.lines.start + at, self.rows.start, points, view.valid);
            }
        }
        scratch.sum_up(lines, list, self.rows.len(), plan.reasons);
        for (at, id) in &plan.exports {
            if let (true, Some(line)) = (group.lines.contains(at), lines.list.get(*at)) {
                self.publish(*id, scratch.points(at - group.lines.start), line.scale);
            }
        }
        if let Some(id) = group.sum {
            self.publish(id, &scratch.sum, 1);
        }
        if index + 1 == lines.groups.len() {
            if let Some(id) = plan.present {
                self.publish(id, &scratch.present, 1);
            }
            scratch.rank_shared(lines);
            for (rank, keys) in scratch.best.iter().enumerate() {
                outcome.write_keys(rank, self.rows.start, keys.get(..self.rows.len()).unwrap_or_default());
            }
            for (rank, keys) in scratch.best.iter().enumerate().filter(|_| !plan.recorded.is_empty()) {
                let keys = keys.get(..self.rows.len()).unwrap_or_default();
                outcome.record(plan.recorded.len() + rank, self.rows.start, keys.iter().copied());
            }
        }
        self.scratch.lines = scratch;
    }

    /// Makes a result of lines the value of a node, in units that are `scale` times as large.
    #[inline(always)]
    fn publish(&mut self, id: NodeId, values: &[i32], scale: i64) {
        let Some(Slot::Register(register)) = self.plan.slots.get(id as usize).copied() else { return };
        let wide = self.program.arena.node(id).ty.is_wide();
        let Some(Some(out)) = self.scratch.registers.get_mut(register as usize) else { return };
        out.reset(self.rows.len(), wide, true);
        for (v, x) in out.narrow.iter_mut().zip(values) {
            *v = (*x).into();
        }
        if scale > 1 {
            for v in &mut out.narrow {
                *v = v.checked_div(scale).unwrap_or(0);
            }
        }
    }

    /// The most values that a node of this chunk has.
    fn longest(&self) -> usize {
        let events = self.program.tables.iter().map(|fact| self.events(*fact).len());
        events.chain([self.rows.len()]).max().unwrap_or(0)
    }

    /// Loads a column that is not stored as units, into a register that its readers share.
    #[inline(always)]
    fn load(&mut self, id: NodeId) {
        let Some((column, range)) = column(self.program, self.batch, self.rows.clone(), id) else { return };
        let register = self.plan.loads.get(id as usize).and_then(|at| self.scratch.registers.get_mut(*at as usize));
        if let (None, Some(Some(register))) = (column.plain(), register) {
            register.reset(range.len(), false, false);
            column.load(range, &mut register.narrow, &mut register.valid);
        }
    }

    /// The events of a table that belong to the rows of this chunk.
    pub(super) fn events(&self, fact: u32) -> Range<usize> {
        self.batch.table(fact).map_or(0..0, |table| table.events_of(self.rows.clone()))
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
        match self.plan.slots.get(id as usize) {
            Some(Slot::Register(register)) => self.register(*register).map_or(NOTHING, |r| r.view(&self.scratch.ones)),
            Some(Slot::Constant(constant)) => {
                self.scratch.constants.get(*constant as usize).map_or(NOTHING, |r| r.first(self.len(id)))
            }
            Some(Slot::Fact(_) | Slot::Field(..)) => self.input(id).unwrap_or(NOTHING),
            _ => NOTHING,
        }
    }

    fn register(&self, at: u32) -> Option<&Register> {
        self.scratch.registers.get(at as usize)?.as_deref()
    }

    /// The values of a fact or a field.
    fn input(&self, id: NodeId) -> Option<View<'_>> {
        let (column, range) = column(self.program, self.batch, self.rows.clone(), id)?;
        match column.plain() {
            Some((data, valid)) => {
                Some(View { data: Data::Narrow(data.get(range.clone())?), valid: valid.get(range)? })
            }
            None => {
                let at = *self.plan.loads.get(id as usize)?;
                self.register(at).map(|register| register.view(&self.scratch.ones))
            }
        }
    }

    /// Whether a node is known in every row.
    fn always(&self, id: NodeId) -> bool {
        self.plan.always.get(id as usize) == Some(&true)
    }

    #[inline(always)]
    fn step(&mut self, id: NodeId) {
        let Some(Slot::Register(register)) = self.plan.slots.get(id as usize).copied() else { return };
        // The register is taken out while its operands, which live elsewhere, are read.
        let Some(mut target) = self.scratch.registers.get_mut(register as usize).and_then(Option::take) else { return };
        let node = self.program.arena.node(id);
        target.reset(self.len(id), node.ty.is_wide(), self.always(id));
        self.compute(id, &mut target);
        if let Some(slot) = self.scratch.registers.get_mut(register as usize) {
            *slot = Some(target);
        }
    }

    #[inline(always)]
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
            Op::Round(a, mode) => {
                // Both numbers below 2^31 and none below zero, whatever is added for rounding.
                let number = program.arena.node(*a).ty.number();
                let small = number.is_some_and(|n| n.low >= 0 && n.high < 1 << 30) && self.always(*a);
                let digits = self.digits(*a) - self.digits(id);
                kernels::round(out, &self.view(*a), digits, *mode, small && digits < 9);
            }
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
            Op::Bands(a, edges, points) => kernels::banded(out, &self.view(*a), edges, points),
            Op::Members(a, points) => kernels::looked_up(out, &self.view(*a), points),
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
                let mut calls = std::mem::take(&mut self.scratch.calls);
                let faults = opaque::call(self, out, *function, arguments, &mut calls);
                self.scratch.calls = calls;
                self.faults.extend(faults);
            }
        }
    }

    fn digits(&self, id: NodeId) -> i64 {
        self.program.arena.node(id).ty.number().map_or(0, |n| n.digits.into())
    }

    /// Where the events of each row of the chunk start, counted over the whole batch.
    fn offsets(&self, fact: u32) -> &[i32] {
        self.batch.table(fact).and_then(|t| t.offsets().get(self.rows.start..=self.rows.end)).unwrap_or_default()
    }

    /// Appends the values of the outputs to the outcome.
    pub(super) fn keep(&self, outcome: &mut Outcome<'_>) {
        let kept = &self.plan.kept;
        for (place, id) in kept.nodes.iter().enumerate() {
            outcome.write(place, self.rows.start, &self.view(*id));
        }
        for (place, id) in self.plan.recorded.iter().enumerate() {
            let view = self.view(*id);
            if let Data::Narrow(data) = view.data {
                // INVARIANT: values were proved to fit when the plan was made.
                let known = |(v, known): (&i64, &u8)| if *known == 1 { *v as i32 } else { UNKNOWN };
                outcome.record(place, self.rows.start, data.iter().zip(view.valid).map(known));
            }
        }
    }
}

/// The column that a fact or a field is read from, and its range that belongs to some rows.
fn column<'b>(
    program: &Program,
    batch: &'b Batch,
    rows: Range<usize>,
    id: NodeId,
) -> Option<(&'b Column, Range<usize>)> {
    match &program.arena.node(id).op {
        Op::Fact(fact) => Some((batch.value(*fact)?, rows)),
        Op::Field(fact, field) => {
            let table = batch.table(*fact)?;
            Some((table.fields.get(*field as usize)?, table.events_of(rows)))
        }
        _ => None,
    }
}
