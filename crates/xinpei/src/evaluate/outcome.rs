//! The hand-off of stage 4: the results of a batch, as columns.

use std::borrow::Cow;
use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::again::records::Records;
use super::lines;
use super::register::{Data, View};
use crate::column::Batch;
pub(crate) use crate::compile::program::Plan;
pub use crate::compile::program::{
    Characteristic, Effect, FactKind, LANGUAGE, NodeId, Op, Program, Scoring, Section, Type, Typed,
};
use crate::date::Date;
use crate::decimal;
use crate::fault::Fault;

/// The results of a batch. [`Outcome::decision`] explains a row.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The program that was evaluated.
    pub program: &'a Program,
    /// The batch it was evaluated on; its enterprises alone if it was built over another dictionary.
    pub batch: Cow<'a, Batch>,
    /// The as-of date.
    pub as_of: Date,
    pub(crate) plan: &'a Plan,
    /// All columns of one width one after the other: three allocations whatever the rulebook.
    narrow: Vec<i64>,
    wide: Vec<i128>,
    valid: Vec<u8>,
    /// Points of the card's lines, one line after the other; in the units of their sections.
    points: Vec<i32>,
    /// 1 where a line was answered, 0 where its missing points count.
    answered: Vec<u8>,
    /// Ranking keys of the largest losses, one rank after the other.
    keys: Vec<i32>,
    /// What a later run starts from: a record for each row, its largest losses at the end.
    records: Records,
    pub(crate) script_faults: BTreeMap<usize, Vec<Fault>>,
}

impl<'a> Outcome<'a> {
    pub(super) fn new(program: &'a Program, plan: &'a Plan, batch: Cow<'a, Batch>, as_of: Date) -> Self {
        let rows = batch.rows();
        let lines = program.lines.as_ref().map_or(0, |lines| if plan.points { lines.list.len() } else { 0 });
        let kept = &plan.kept;
        Self {
            program,
            batch,
            as_of,
            plan,
            narrow: vec![0; kept.widths.0 * rows],
            wide: vec![0; kept.widths.1 * rows],
            valid: vec![0; kept.nodes.len() * rows],
            points: vec![0; lines * rows],
            answered: vec![0; lines * rows],
            keys: vec![0; plan.reasons * rows],
            records: Records::new(plan, rows),
            script_faults: BTreeMap::new(),
        }
    }

    /// Writes points and answers of a line from a row on.
    pub(super) fn write_line(&mut self, line: usize, start: usize, points: &[i32], answered: &[u8]) {
        let from = line * self.batch.rows() + start;
        copy(&mut self.points, from, points);
        copy(&mut self.answered, from, answered);
    }

    /// Writes the ranking keys of one rank from a row on.
    pub(super) fn write_keys(&mut self, rank: usize, start: usize, keys: &[i32]) {
        let from = rank * self.batch.rows() + start;
        copy(&mut self.keys, from, keys);
    }

    /// Writes one number of the records from a row on.
    #[inline(always)]
    pub(super) fn record(&mut self, place: usize, start: usize, values: impl Iterator<Item = i32>) {
        self.records.write(self.plan, place, start, values);
    }

    /// The records of all rows, if they were kept.
    pub(super) const fn records(&self) -> &Records {
        &self.records
    }

    /// Writes the values of a kept node from a row on.
    pub(super) fn write(&mut self, place: usize, start: usize, view: &View<'_>) {
        let rows = self.batch.rows();
        let Some((_, column)) = self.plan.kept.columns.get(place) else { return };
        let from = column * rows + start;
        match view.data {
            Data::Narrow(data) => copy(&mut self.narrow, from, data),
            Data::Wide(data) => copy(&mut self.wide, from, data),
        }
        copy(&mut self.valid, place * rows + start, view.valid);
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batch.rows()
    }

    /// The value of a node at a row, in units of its type, if it was kept and is known.
    #[must_use]
    pub fn value(&self, id: NodeId, row: usize) -> Option<i128> {
        let place = self.place(id)?;
        let rows = self.batch.rows();
        if row >= rows || self.valid.get(place * rows + row) != Some(&1) {
            return None;
        }
        let (wide, column) = self.plan.kept.columns.get(place)?;
        let at = column * rows + row;
        if *wide { self.wide.get(at).copied() } else { self.narrow.get(at).map(|v| i128::from(*v)) }
    }

    fn place(&self, id: NodeId) -> Option<usize> {
        let place = self.plan.kept.places.get(usize::try_from(id).ok()?)?;
        usize::try_from(*place).ok().filter(|p| *p < self.plan.kept.nodes.len())
    }

    /// All values of a kept node that is 64 bits wide, in units of its type, and 1 where each is known.
    #[must_use]
    pub fn column(&self, id: NodeId) -> Option<(&[i64], &[u8])> {
        let place = self.place(id)?;
        let (wide, column) = self.plan.kept.columns.get(place)?;
        let rows = self.batch.rows();
        let range = |at: usize| at * rows..(at + 1) * rows;
        if *wide { None } else { Some((self.narrow.get(range(*column))?, self.valid.get(range(place))?)) }
    }

    /// The points of a characteristic at a row, the missing ones included: units and digits.
    #[must_use]
    pub fn points(&self, characteristic: usize, row: usize) -> Option<(i128, u32)> {
        let digits = |id: &NodeId| self.program.arena.node(*id).ty.number().map(|n| n.digits);
        if self.plan.points {
            let section = self.program.typed.characteristics.get(characteristic)?.section;
            let units = *self.points.get(self.line_at(characteristic, row)?)?;
            return Some((units.into(), digits(self.program.outputs.sums.get(section)?)?));
        }
        let id = self.program.outputs.points.get(characteristic)?;
        Some((self.value(*id, row)?, digits(id)?))
    }

    /// The points of a characteristic at all rows, the missing ones included, and their digits; `None`
    /// where they are not kept side by side, and [`Outcome::points`] has them one by one.
    #[must_use]
    pub fn points_column(&self, characteristic: usize) -> Option<(&[i32], u32)> {
        if !self.plan.points {
            return None;
        }
        let section = self.program.typed.characteristics.get(characteristic)?.section;
        let sum = self.program.outputs.sums.get(section)?;
        let digits = self.program.arena.node(*sum).ty.number()?.digits;
        let rows = self.batch.rows();
        Some((self.points.get(characteristic * rows..(characteristic + 1) * rows)?, digits))
    }

    /// Whether the answer of a characteristic is known at a row.
    #[must_use]
    pub fn answered(&self, characteristic: usize, row: usize) -> bool {
        if self.plan.points {
            let at = self.line_at(characteristic, row);
            return at.and_then(|at| self.answered.get(at)) == Some(&1);
        }
        self.program.outputs.known.get(characteristic).is_some_and(|id| self.value(*id, row).is_some())
    }

    fn line_at(&self, characteristic: usize, row: usize) -> Option<usize> {
        let rows = self.batch.rows();
        (row < rows).then(|| characteristic * rows + row)
    }

    /// The code and the amount of the loss of a rank, if losses were ranked.
    pub(crate) fn ranked(&self, rank: usize, row: usize) -> Option<(usize, i32)> {
        let rows = self.batch.rows();
        let bits = self.program.lines.as_ref()?.code_bits;
        let key = (row < rows).then(|| self.keys.get(rank * rows + row).copied())??;
        lines::unpack(key, bits)
    }

    /// The rounded score of a row, in units of its last digit.
    #[must_use]
    pub fn score(&self, row: usize) -> Option<i128> {
        self.value(self.program.outputs.score, row)
    }

    /// The number of a node at a row, with the digits of its type, if it was kept and is known.
    #[must_use]
    pub fn number(&self, id: NodeId, row: usize) -> Option<Decimal> {
        let digits = self.program.arena.node(id).ty.number()?.digits;
        Some(decimal::from_units(self.value(id, row)?, digits))
    }

    /// Everything that is wrong with the data of a row.
    #[must_use]
    pub fn faults(&self, row: usize) -> Vec<Fault> {
        let mut faults: Vec<Fault> =
            self.batch.faults_of(row).chain(self.script_faults.get(&row).into_iter().flatten()).cloned().collect();
        faults.sort();
        faults
    }
}

/// Score, grade and losses of a batch, without what else a decision says.
#[derive(Debug)]
pub struct Summary<'a>(pub(crate) Outcome<'a>);

impl Summary<'_> {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.0.rows()
    }

    /// The rounded score of a row, in units of its last digit; `None` when unrated.
    #[must_use]
    pub fn score(&self, row: usize) -> Option<i128> {
        self.0.score(row)
    }

    /// The rank of the grade of a row: 0 is the last one; `None` when unrated.
    #[must_use]
    pub fn rank(&self, row: usize) -> Option<i128> {
        self.0.value(self.0.program.outputs.grade, row)
    }
}

fn copy<T: Copy>(to: &mut [T], from: usize, data: &[T]) {
    if let Some(to) = to.get_mut(from..from + data.len()) {
        to.copy_from_slice(data);
    }
}
