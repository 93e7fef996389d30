//! Values of single expressions: what measures ask beside a decision.

use super::chunk::Chunk;
use super::outcome::{NodeId, Outcome, Program};
use super::{Scratch, prepare};
use crate::column::Batch;
use crate::compile::program::{Lens, Plan};
use crate::date::Date;
use crate::limits;

/// Expressions that are evaluated together, without the scorecard.
#[derive(Clone, Debug)]
pub struct Probe {
    pub(crate) plan: Plan,
    pub(crate) nodes: Vec<NodeId>,
}

impl Probe {
    pub(crate) fn new(program: &Program, nodes: Vec<NodeId>) -> Self {
        Self { plan: Lens::plan(program, nodes.clone()), nodes }
    }

    /// For each expression its value in the first row of a batch, in units of its type; an expression
    /// over the events of a table has a value for each event, in their order. `None` is missing.
    pub(crate) fn run(
        &self,
        program: &Program,
        batch: &Batch,
        as_of: Date,
        scratch: &mut Scratch,
    ) -> Vec<Vec<Option<i128>>> {
        if batch.rows() == 0 || !batch.fits(&program.dictionary) {
            return vec![Vec::new(); self.nodes.len()];
        }
        prepare(program, &self.plan, as_of, scratch);
        let mut outcome = Outcome::new(program, &self.plan, std::borrow::Cow::Borrowed(batch), as_of);
        let mut faults = Vec::new();
        let mut chunk = Chunk { program, plan: &self.plan, batch, rows: 0..1, scratch, faults: &mut faults };
        chunk.run(&mut outcome);
        let values = |id: &NodeId| {
            let len = program.arena.node(*id).table.map_or(1, |table| chunk.events(table).len());
            let view = chunk.view(*id);
            (0..len).map(|at| view.get(at)).collect()
        };
        self.nodes.iter().map(values).collect()
    }

    /// For each expression its value in every row of a batch, in units of its type; an expression over the
    /// events of a table has none.
    pub(crate) fn rows(
        &self,
        program: &Program,
        batch: &Batch,
        as_of: Date,
        scratch: &mut Scratch,
    ) -> Vec<Vec<Option<i128>>> {
        let mut values = vec![Vec::with_capacity(batch.rows()); self.nodes.len()];
        if batch.rows() == 0 || !batch.fits(&program.dictionary) {
            return values;
        }
        prepare(program, &self.plan, as_of, scratch);
        let mut outcome = Outcome::new(program, &self.plan, std::borrow::Cow::Borrowed(batch), as_of);
        let mut faults = Vec::new();
        let mut start = 0;
        while start < batch.rows() {
            let rows = start..batch.rows().min(start + limits::CHUNK_ROWS);
            let count = rows.len();
            start = rows.end;
            let mut chunk = Chunk { program, plan: &self.plan, batch, rows, scratch, faults: &mut faults };
            chunk.run(&mut outcome);
            for (id, list) in self.nodes.iter().zip(&mut values) {
                if program.arena.node(*id).table.is_none() {
                    let view = chunk.view(*id);
                    list.extend((0..count).map(|at| view.get(at)));
                }
            }
        }
        values
    }
}
