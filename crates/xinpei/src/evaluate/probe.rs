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
        self.values(program, (batch, batch.rows().min(1)), as_of, scratch, |chunk, id| {
            program.arena.node(id).table.map_or(1, |table| chunk.events(table).len())
        })
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
        self.values(program, (batch, batch.rows()), as_of, scratch, |chunk, id| {
            program.arena.node(id).table.map_or(chunk.rows.len(), |_| 0)
        })
    }

    /// For each expression so many of its values in each chunk of the first rows as `count` says.
    fn values(
        &self,
        program: &Program,
        (batch, rows): (&Batch, usize),
        as_of: Date,
        scratch: &mut Scratch,
        count: impl Fn(&Chunk<'_>, NodeId) -> usize,
    ) -> Vec<Vec<Option<i128>>> {
        let mut values = vec![Vec::new(); self.nodes.len()];
        if rows == 0 || !batch.fits(&program.dictionary) {
            return values;
        }
        prepare(program, &self.plan, as_of, scratch);
        let mut outcome = Outcome::new(program, &self.plan, std::borrow::Cow::Borrowed(batch), as_of);
        let mut faults = Vec::new();
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + limits::CHUNK_ROWS);
            let mut chunk = Chunk { program, plan: &self.plan, batch, rows: start..end, scratch, faults: &mut faults };
            chunk.run(&mut outcome);
            for (id, list) in self.nodes.iter().zip(&mut values) {
                let view = chunk.view(*id);
                list.extend((0..count(&chunk, *id)).map(|at| view.get(at)));
            }
            start = end;
        }
        values
    }
}
