//! Which rows the changed lines score otherwise.

use std::collections::BTreeSet;

use super::super::bands::bands;
use super::super::chunk::Chunk;
use super::super::lines::LineScratch;
use super::super::register::{Data, View};
use super::super::{Scratch, prepare};
use super::AgainScratch;
use crate::column::Batch;
use crate::compile::program::{Alike, Likeness, Line, NodeId, Op, Plan, Points, Program, Wanted};
use crate::date::Date;
use crate::limits::CHUNK_ROWS;

/// Rows of one word of the bitmap.
const WORD: usize = 64;

/// Rows that moved, and how to find one among them.
#[derive(Debug, Default)]
pub(super) struct Moved {
    /// The rows, rising.
    pub(super) rows: Vec<u32>,
    /// A bit for each row of the batch.
    words: Vec<u64>,
    /// How many rows moved before each word.
    before: Vec<u32>,
}

impl Moved {
    /// The place of a row among those that moved.
    pub(super) fn place(&self, row: usize) -> Option<usize> {
        let word = *self.words.get(row / WORD)?;
        let bit = row % WORD;
        if (word >> bit) & 1 == 0 {
            return None;
        }
        let below = (word & ((1 << bit) - 1)).count_ones();
        self.before.get(row / WORD).map(|before| (before + below) as usize)
    }

    /// Adds the rows of a chunk that have a mark, and what a view has at them.
    #[inline(always)]
    fn add(&mut self, start: usize, marks: &[u8; CHUNK_ROWS], view: Option<&View<'_>>, scratch: &mut AgainScratch) {
        for (at, marks) in marks.as_chunks::<WORD>().0.iter().enumerate() {
            let mut word = 0_u64;
            for (at, eight) in marks.as_chunks::<8>().0.iter().enumerate() {
                // Eight bytes of 0 or 1 become eight bits.
                let bits = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
                word |= bits << (8 * at);
            }
            self.words.push(word);
            self.before.push(u32::try_from(self.rows.len()).unwrap_or(u32::MAX));
            while word != 0 {
                let row = at * WORD + word.trailing_zeros() as usize;
                word &= word - 1;
                self.rows.push(u32::try_from(start + row).unwrap_or(u32::MAX));
                if let Some(View { data: Data::Narrow(data), valid }) = view {
                    scratch.values.push(data.get(row).copied().unwrap_or(0));
                    scratch.known.push(valid.get(row).copied().unwrap_or(0));
                }
            }
        }
    }
}

/// How the changed lines are looked at.
#[derive(Debug)]
pub(super) struct Look {
    lines: Vec<Changed>,
    /// What the lines score, by the rules before: only where that changed too.
    before: Option<Plan>,
    /// What they score by the changed rules.
    after: Plan,
}

#[derive(Debug)]
struct Changed {
    line: usize,
    /// Values that are scored otherwise, where the line scores the same value as before.
    marks: Option<Marks>,
}

/// Bands of a value that hold 1 where it is scored otherwise.
#[derive(Debug)]
struct Marks {
    first: u8,
    edges: Vec<i64>,
    next: Vec<u8>,
    missing: u8,
}

impl Look {
    pub(super) fn new(changed: &[usize], alike: &mut Alike<'_>, before: &Program, after: &Program) -> Self {
        let mut lines = Vec::new();
        let mut wanted = (Vec::new(), Vec::new());
        let mut both = false;
        for index in changed {
            let (Some(old), Some(new)) = (line(before, *index), line(after, *index)) else { continue };
            wanted.0.push(old.of);
            wanted.1.push(new.of);
            let same = alike.of(new.of, old.of) == Likeness::Same;
            both |= !same;
            lines.push(Changed { line: *index, marks: if same { Marks::new(old, new) } else { None } });
        }
        let plan = |program: &Program, nodes| {
            Plan::new(&program.arena, None, &program.outputs, Wanted { nodes, ..Wanted::default() })
        };
        Self { lines, before: both.then(|| plan(before, wanted.0)), after: plan(after, wanted.1) }
    }

    /// Whether a row in which no changed line is scored otherwise has the same faults: a function of the
    /// sandbox that fails leaves one, which values do not show.
    pub(super) fn tells_all(&self, before: &Program, after: &Program) -> bool {
        let of = |program: &Program, changed: &Changed| line(program, changed.line).map(|line| line.of);
        let calls = |program| self.lines.iter().filter_map(|c| of(program, c)).any(|id| calls(program, id));
        self.before.is_none() || !(calls(before) || calls(after))
    }

    /// Finds the rows that moved.
    pub(super) fn moved(
        &self,
        batch: &Batch,
        as_of: Date,
        before: &Program,
        after: &Program,
        scratch: &mut Scratch,
    ) -> Moved {
        let rows = batch.rows();
        let mut moved = Moved::default();
        // The other rules have registers of their own.
        let mut other = Scratch::default();
        prepare(after, &self.after, as_of, scratch);
        if let Some(plan) = &self.before {
            prepare(before, plan, as_of, &mut other);
        }
        let mut lines = std::mem::take(&mut scratch.lines);
        lines.room(2);
        let mut again = std::mem::take(&mut scratch.again);
        again.values.clear();
        again.known.clear();
        moved.words.reserve(rows.div_ceil(WORD));
        moved.before.reserve(rows.div_ceil(WORD));
        let mut faults = Vec::new();
        let mut start = 0;
        while start < rows {
            let end = rows.min(start + CHUNK_ROWS);
            let arch = scratch.arch;
            let range = start..end;
            let now =
                Chunk { program: after, plan: &self.after, batch, rows: range.clone(), scratch, faults: &mut faults };
            arch.dispatch(Compare {
                look: self,
                now,
                before,
                other: &mut other,
                lines: &mut lines,
                again: &mut again,
                moved: &mut moved,
            });
            faults.clear();
            start = end;
        }
        scratch.lines = lines;
        scratch.again = again;
        moved
    }
}

/// The comparison of a chunk, compiled once for each set of vector instructions.
struct Compare<'r, 'c> {
    look: &'r Look,
    now: Chunk<'c>,
    before: &'r Program,
    other: &'r mut Scratch,
    lines: &'r mut LineScratch,
    again: &'r mut AgainScratch,
    moved: &'r mut Moved,
}

impl pulp::NullaryFnOnce for Compare<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let Self { look, mut now, before, other, lines, again, moved } = self;
        let (rows, batch) = (now.rows.clone(), now.batch);
        now.run_nodes();
        let mut faults = Vec::new();
        let past = look.before.as_ref().map(|plan| {
            let mut past =
                Chunk { program: before, plan, batch, rows: rows.clone(), scratch: other, faults: &mut faults };
            past.run_nodes();
            past
        });
        let mut all = [0_u8; CHUNK_ROWS];
        let Some(marks) = all.get_mut(..rows.len()) else { return };
        let mut single = None;
        for changed in &look.lines {
            let (Some(old), Some(new)) = (line(before, changed.line), line(now.program, changed.line)) else {
                continue;
            };
            let view = now.view(new.of);
            match &changed.marks {
                Some(found) => found.mark(marks, &view),
                None => {
                    let was = past.as_ref().map_or(view, |past| past.view(old.of));
                    compare(marks, lines, (old, &was), (new, &view));
                }
            }
            single = Some(view);
        }
        moved.add(rows.start, &all, single.as_ref().filter(|_| look.lines.len() == 1), again);
    }
}

impl Marks {
    /// The values that two lines over the same value score otherwise; `None` where that is not told by
    /// bands.
    fn new(old: &Line, new: &Line) -> Option<Self> {
        let (a, b) = (steps(&old.points)?, steps(&new.points)?);
        let differ = |x: i32, y: i32| u8::from(differ(old, x, new, y));
        let mut edges: Vec<i64> = a.iter().chain(&b).filter_map(|(edge, _)| *edge).collect();
        edges.sort_unstable();
        edges.dedup();
        let at = |steps: &[(Option<i64>, i32)], x: i64| {
            let band = steps.iter().find(|(edge, _)| edge.is_none_or(|edge| x <= edge));
            band.map_or(0, |(_, points)| *points)
        };
        let last = (a.last()?.1, b.last()?.1);
        // An edge is itself the greatest value of the band before it.
        let flags = edges.iter().map(|edge| differ(at(&a, *edge), at(&b, *edge)));
        let flags: Vec<u8> = flags.chain([differ(last.0, last.1)]).collect();
        let mut marks = Self {
            first: *flags.first()?,
            edges: Vec::new(),
            next: Vec::new(),
            missing: differ(old.missing, new.missing),
        };
        let mut here = marks.first;
        for (edge, flag) in edges.iter().zip(flags.iter().skip(1)) {
            if *flag != here {
                marks.edges.push(*edge);
                marks.next.push(*flag);
                here = *flag;
            }
        }
        Some(marks)
    }

    #[inline(always)]
    fn mark(&self, marks: &mut [u8], view: &View<'_>) {
        let Data::Narrow(data) = view.data else { return marks.fill(1) };
        let mut own = [0_u8; CHUNK_ROWS];
        let Some(own) = own.get_mut(..marks.len()) else { return };
        bands(own, data, view.valid, self.first, &self.edges, &self.next, self.missing);
        for (mark, own) in marks.iter_mut().zip(own) {
            *mark |= *own;
        }
    }
}

/// Points by rising edge, the last band without one; members are bands of their index.
fn steps(points: &Points) -> Option<Vec<(Option<i64>, i32)>> {
    match points {
        Points::Bands(first, edges, next) => {
            let all = [*first].into_iter().chain(next.iter().copied());
            Some(edges.iter().map(|edge| Some(*edge)).chain([None]).zip(all).collect())
        }
        Points::Members(points) => {
            let last = points.len().checked_sub(1)?;
            Some((0_i64..).zip(points).map(|(at, p)| (Some(at).filter(|at| *at != last as i64), *p)).collect())
        }
        Points::Given(_) => None,
    }
}

/// Whether points differ, or what is lost by them.
#[inline(always)]
fn differ(old: &Line, was: i32, new: &Line, is: i32) -> bool {
    was != is || lost(old, was) != lost(new, is)
}

/// What a line loses by points.
#[inline(always)]
pub(super) fn lost(line: &Line, points: i32) -> i32 {
    line.baseline.wrapping_sub(points.wrapping_mul(line.factor)).max(0)
}

/// Marks the rows that two lines score otherwise, or that only one of them could answer.
#[inline(always)]
fn compare(marks: &mut [u8], lines: &mut LineScratch, old: (&Line, &View<'_>), new: (&Line, &View<'_>)) {
    lines.line(0, old.0, old.1, false);
    lines.line(1, new.0, new.1, false);
    let points = lines.points(0).iter().zip(lines.points(1));
    for ((mark, (was, is)), (knew, knows)) in marks.iter_mut().zip(points).zip(old.1.valid.iter().zip(new.1.valid)) {
        *mark |= u8::from(differ(old.0, *was, new.0, *is) || knew != knows);
    }
}

/// Whether a function of the sandbox has a part in a value.
fn calls(program: &Program, id: NodeId) -> bool {
    let mut seen = BTreeSet::new();
    let mut work = vec![id];
    while let Some(id) = work.pop() {
        if matches!(program.arena.node(id).op, Op::Opaque(..)) {
            return true;
        }
        work.extend(program.arena.operands(id).into_iter().filter(|id| seen.insert(*id)));
    }
    false
}

/// A line of a program.
pub(super) fn line(program: &Program, index: usize) -> Option<&Line> {
    program.lines.as_ref()?.list.get(index)
}
