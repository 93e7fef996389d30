//! Stage 4, evaluate: [`crate::compile::program::Program`] × [`crate::Batch`] → [`outcome::Outcome`].

pub mod again;
mod aggregate;
mod bands;
mod chunk;
mod dates;
mod kernels;
mod lines;
mod opaque;
pub mod outcome;
pub mod placement;
pub mod probe;
pub mod register;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::column::Batch;
use crate::compile::program::{Op, Plan, Program};
use crate::date::Date;
use crate::limits;
use chunk::Chunk;
use outcome::Outcome;
use register::Register;

/// Memory that evaluation reuses: registers and constants. Keep one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    /// Boxed, so that one is taken out and put back without being moved.
    registers: Vec<Option<Box<Register>>>,
    constants: Vec<Register>,
    /// How many values each constant has.
    filled: usize,
    ones: Vec<u8>,
    lines: lines::LineScratch,
    /// The last calls of opaque functions.
    calls: opaque::Calls,
    /// What scoring again uses of its own.
    again: again::AgainScratch,
    /// The vector instructions of this machine.
    arch: pulp::Arch,
    /// For which plan and date the constants are filled.
    stamp: Option<(u64, Date)>,
    /// The batch of an earlier single decision.
    pub(crate) spare: Option<Batch>,
}

/// Evaluates a batch on an as-of date, in chunks that stay in cache.
pub(crate) fn evaluate<'a>(
    program: &'a Program,
    plan: &'a Plan,
    batch: Cow<'a, Batch>,
    as_of: Date,
    scratch: &mut Scratch,
) -> Outcome<'a> {
    prepare(program, plan, as_of, scratch);
    let batch = match batch.fits(&program.dictionary) {
        true => batch,
        false => Cow::Owned(batch.estranged(&program.dictionary)),
    };
    let mut outcome = Outcome::new(program, plan, batch.clone(), as_of);
    let batch = &*batch;
    let mut faults = Vec::new();
    let rows = batch.rows();
    let mut start = 0;
    while start < rows {
        let end = rows.min(start + limits::CHUNK_ROWS);
        let arch = scratch.arch;
        let chunk = Chunk { program, plan, batch, rows: start..end, scratch, faults: &mut faults };
        arch.dispatch(Run { chunk, outcome: &mut outcome });
        start = end;
    }
    let mut by_row: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (row, fault) in faults {
        by_row.entry(row).or_default().push(fault);
    }
    outcome.script_faults = by_row;
    outcome
}

/// The evaluation of a chunk, compiled once for each set of vector instructions.
struct Run<'r, 'c, 'a> {
    chunk: Chunk<'c>,
    outcome: &'r mut Outcome<'a>,
}

impl pulp::NullaryFnOnce for Run<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(mut self) {
        self.chunk.run(self.outcome);
        self.chunk.keep(self.outcome);
    }
}

/// Fills the constants of a plan, once for each plan and date.
fn prepare(program: &Program, plan: &Plan, as_of: Date, scratch: &mut Scratch) {
    let stamp = Some((plan.serial, as_of));
    if scratch.stamp == stamp {
        return;
    }
    if scratch.stamp.is_some_and(|(serial, _)| serial == plan.serial) {
        // Another day: what is constant stays, but for the day itself.
        for (register, id) in scratch.constants.iter_mut().zip(&plan.constants) {
            if program.arena.node(*id).op == Op::AsOf {
                *register = Register::constant(program, *id, as_of);
            }
        }
        scratch.filled = 0;
        scratch.stamp = stamp;
        return;
    }
    scratch.stamp = stamp;
    scratch.registers.resize_with(plan.registers, || Some(Box::default()));
    scratch.constants.clear();
    scratch.calls.clear();
    scratch.filled = 0;
    scratch.constants.extend(plan.constants.iter().map(|id| Register::constant(program, *id, as_of)));
}
