//! Stage 4, evaluate: [`crate::compile::program::Program`] × [`crate::Batch`] → [`outcome::Outcome`].

mod aggregate;
mod chunk;
mod dates;
mod kernels;
mod opaque;
pub mod outcome;
pub mod register;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::column::Batch;
use crate::compile::program::{Program, Slot};
use crate::date::Date;
use crate::limits;
use chunk::Chunk;
use outcome::{Detail, Outcome};
use register::Register;

/// Memory that evaluation reuses: registers and constants. Keep one for each thread.
#[derive(Debug, Default)]
pub struct Scratch {
    registers: Vec<Register>,
    constants: Vec<Register>,
    ones: Vec<u8>,
    /// For which program and date the constants are filled.
    stamp: Option<(u64, Date)>,
    /// The batch of an earlier single decision.
    pub(crate) spare: Option<Batch>,
}

/// Evaluates a batch on an as-of date, in chunks that stay in cache.
pub(crate) fn evaluate<'a>(
    program: &'a Program,
    batch: &'a Batch,
    as_of: Date,
    detail: Detail,
    scratch: &mut Scratch,
) -> Outcome<'a> {
    prepare(program, as_of, scratch);
    let batch = match batch.fits(&program.dictionary) {
        true => Cow::Borrowed(batch),
        false => Cow::Owned(batch.estranged(&program.dictionary)),
    };
    let mut outcome = Outcome::new(program, batch.clone(), as_of, detail);
    let batch = &*batch;
    let mut faults = Vec::new();
    let rows = batch.rows();
    let mut start = 0;
    while start < rows {
        let end = rows.min(start + limits::CHUNK_ROWS);
        let mut chunk = Chunk { program, batch, rows: start..end, scratch, faults: &mut faults };
        chunk.run();
        chunk.keep(&mut outcome);
        start = end;
    }
    let mut by_row: BTreeMap<usize, Vec<_>> = BTreeMap::new();
    for (row, fault) in faults {
        by_row.entry(row).or_default().push(fault);
    }
    outcome.script_faults = by_row;
    outcome
}

/// Fills the constants of a program, once for each program and date.
fn prepare(program: &Program, as_of: Date, scratch: &mut Scratch) {
    let stamp = Some((program.serial, as_of));
    if scratch.stamp == stamp {
        return;
    }
    scratch.stamp = stamp;
    scratch.registers.resize_with(program.registers, Register::default);
    scratch.constants.clear();
    for (slot, id) in program.slots.iter().zip(0_u32..) {
        let Slot::Constant(index) = slot else { continue };
        if usize::try_from(*index) != Ok(scratch.constants.len()) {
            continue;
        }
        scratch.constants.push(Register::constant(program, id, as_of));
    }
}
