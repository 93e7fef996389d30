//! What follows from one changed line, evaluated from records.

use super::super::chunk::Chunk;
use super::super::outcome::{Outcome, Summary};
use super::super::register::{Data, View};
use super::super::{Scratch, prepare};
use super::moved::{Moved, line, lost};
use super::records::Records;
use super::{AgainScratch, Held, detached};
use crate::compile::program::{Alike, Likeness, Op, Plan, Program, Slot, Step, UNKNOWN, Wanted, facts_of};
use crate::limits::{CHUNK_ROWS, RANKED};

/// How score and grade follow from records when one line changed.
#[derive(Debug)]
pub(super) struct Rest {
    line: usize,
    plan: Plan,
    given: Vec<Given>,
}

/// A value that is put into a register.
#[derive(Debug)]
struct Given {
    register: usize,
    /// Its place in a record.
    place: usize,
    /// Whether it is known in every row.
    always: bool,
    /// Whether it is the sum that the changed line is part of.
    shifted: bool,
}

impl Rest {
    pub(super) fn new(index: usize, alike: &mut Alike<'_>, before: &Program, after: &Program) -> Option<Self> {
        let held = before.held()?;
        // Without these the card could not have been compared; the same value must be scored, for it
        // is what was kept of the rows that moved.
        let (old, new) = (line(before, index)?, line(after, index)?);
        after.held().filter(|plan| plan.reasons == held.reasons)?;
        if alike.of(new.of, old.of) != Likeness::Same {
            return None;
        }
        let section = after.typed.characteristics.get(index)?.section;
        let (sum, past) = (*after.outputs.sums.get(section)?, *before.outputs.sums.get(section)?);
        let place = |id| held.recorded.iter().position(|recorded| *recorded == id);
        let mut places = vec![(sum, place(past)?)];
        for (new, old) in alike.same() {
            if let Some(place) = place(old)
                && places.iter().all(|(id, _)| *id != new)
            {
                places.push((new, place));
            }
        }
        let wanted = Wanted {
            nodes: vec![after.outputs.score, after.outputs.grade],
            reasons: after.typed.manifest.reasons,
            given: places.iter().map(|(id, _)| *id).collect(),
            ..Wanted::default()
        };
        let plan = Plan::new(&after.arena, None, &after.outputs, wanted);
        // Facts are not in a record.
        let recorded = |step: &Step| match step {
            Step::Given(id) => !after.arena.node(*id).ty.is_wide(),
            Step::Node(id) => {
                let op = &after.arena.node(*id).op;
                facts_of(op).is_empty() && !matches!(op, Op::Opaque(..))
            }
            Step::Load(_) | Step::Group(_) => false,
        };
        if !plan.steps.iter().all(recorded) {
            return None;
        }
        let given = |(id, place): &(u32, usize)| {
            let Slot::Register(register) = *plan.slots.get(*id as usize)? else { return None };
            let always = plan.always.get(*id as usize) == Some(&true);
            Some(Given { register: register as usize, place: *place, always, shifted: *id == sum })
        };
        let given = places.iter().map(given).collect::<Option<Vec<_>>>()?;
        Some(Self { line: index, plan, given })
    }

    /// The results of the rows that moved.
    pub(super) fn patch<'r>(
        &'r self,
        held: &Held<'_>,
        moved: &Moved,
        before: &Program,
        after: &'r Program,
        scratch: &mut Scratch,
    ) -> Summary<'r> {
        let as_of = held.summary.0.as_of;
        let mut again = std::mem::take(&mut scratch.again);
        let mut other = again.other.take().unwrap_or_default();
        prepare(after, &self.plan, as_of, &mut other);
        let mut outcome = detached(after, &self.plan, moved.rows.len(), as_of);
        let batch = outcome.batch.clone();
        let mut faults = Vec::new();
        let mut start = 0;
        while start < moved.rows.len() {
            let end = moved.rows.len().min(start + CHUNK_ROWS);
            let arch = scratch.arch;
            let rows = start..end;
            let chunk = Chunk {
                program: after,
                plan: &self.plan,
                batch: &batch,
                rows,
                scratch: &mut other,
                faults: &mut faults,
            };
            arch.dispatch(Follow {
                rest: self,
                before,
                held: &held.summary.0,
                moved,
                again: &mut again,
                chunk,
                outcome: &mut outcome,
            });
            start = end;
        }
        again.other = Some(other);
        scratch.again = again;
        Summary(outcome)
    }
}

/// The evaluation of a chunk of rows that moved, compiled once for each set of vector instructions.
struct Follow<'r, 'c, 'a> {
    rest: &'r Rest,
    before: &'r Program,
    held: &'r Outcome<'r>,
    moved: &'r Moved,
    again: &'r mut AgainScratch,
    chunk: Chunk<'c>,
    outcome: &'r mut Outcome<'a>,
}

impl pulp::NullaryFnOnce for Follow<'_, '_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.run();
    }
}

impl Follow<'_, '_, '_> {
    #[inline(always)]
    fn run(mut self) -> Option<()> {
        let range = self.chunk.rows.clone();
        let (old, new) = (line(self.before, self.rest.line)?, line(self.chunk.program, self.rest.line)?);
        let (data, valid) = (self.again.values.get(range.clone())?, self.again.known.get(range.clone())?);
        let view = View { data: Data::Narrow(data), valid };
        let mut lines = std::mem::take(&mut self.chunk.scratch.lines);
        lines.room(2);
        lines.line(0, old, &view, false);
        lines.line(1, new, &view, false);
        let (was, is) = (lines.points(0), lines.points(1));
        let rows = self.moved.rows.get(range.clone())?;
        let mut records = std::mem::take(&mut self.again.records);
        self.held.records().gather(self.held.plan, rows, &mut records);
        for given in &self.rest.given {
            let register = self.chunk.scratch.registers.get_mut(given.register)?.as_mut()?;
            register.reset(rows.len(), false, given.always);
            records.read(self.held.plan, given.place, &mut register.narrow);
            for (known, value) in register.valid.iter_mut().zip(&register.narrow) {
                *known = u8::from(*value != i64::from(UNKNOWN));
            }
            if given.shifted {
                for ((value, was), is) in register.narrow.iter_mut().zip(was).zip(is) {
                    *value = value.wrapping_add(is.wrapping_sub(*was).into());
                }
            }
        }
        self.rank(&records, (was, is))?;
        self.again.records = records;
        self.chunk.scratch.lines = lines;
        self.chunk.run_nodes();
        self.chunk.keep(self.outcome);
        Some(())
    }

    /// Takes the loss of the line out of the ranking and puts the new one in.
    #[inline(always)]
    fn rank(&mut self, records: &Records, points: (&[i32], &[i32])) -> Option<()> {
        let range = self.chunk.rows.clone();
        let rows = self.moved.rows.get(range.clone())?;
        let (old, new) = (line(self.before, self.rest.line)?, line(self.chunk.program, self.rest.line)?);
        let lines = self.chunk.program.lines.as_ref()?;
        let first = self.held.plan.recorded.len();
        let wanted = self.rest.plan.reasons;
        let mut keys = [[0_i32; CHUNK_ROWS]; RANKED];
        for (rank, keys) in keys.iter_mut().enumerate().take(wanted + 1) {
            records.read(self.held.plan, first + rank, keys.get_mut(..rows.len())?);
        }
        let mut next = [0_i32; CHUNK_ROWS];
        let mut gone = [0_i32; CHUNK_ROWS];
        for ((next, gone), (was, is)) in next.iter_mut().zip(&mut gone).zip(points.0.iter().zip(points.1)) {
            *gone = lines.key(old.code, lost(old, *was));
            *next = lines.key(new.code, lost(new, *is));
        }
        for rank in 0..wanted {
            let [keys, after] = keys.get_mut(rank..rank + 2)? else { return None };
            for (((key, after), gone), next) in keys.iter_mut().zip(after).zip(&gone).zip(&mut next) {
                // Keys fall, and no two are alike: those from the loss that is gone on move up.
                let here = if *key <= *gone { *after } else { *key };
                *key = here.max(*next);
                *next = here.min(*next);
            }
            self.outcome.write_keys(rank, range.start, keys.get(..rows.len())?);
        }
        Some(())
    }
}
