//! Scores the lines of a card: bands, missing points, sums, coverage and the largest losses.
//!
//! Loops over whole rows of 32-bit numbers without a branch, so that the compiler makes them as
//! wide as the machine. INVARIANT: the compiler of rulebooks proved that no number of this file
//! overflows 32 bits for known values; what stands at unknown places wraps and is not used.

use super::bands::{bands, members};
use super::register::{Data, View};
use crate::compile::program::{Line, Lines, Points};
use crate::limits::{CHUNK_ROWS, RANKED};

/// Rows that are ranked together in registers.
const LANES: usize = 16;
/// One number for each row of a chunk.
type Row = [i32; CHUNK_ROWS];

/// Memory for the lines of a chunk.
#[derive(Debug, Default)]
pub(super) struct LineScratch {
    /// Points by line of the group and by row.
    matrix: Vec<Row>,
    /// The sum of the section so far.
    pub(super) sum: Vec<i32>,
    /// What rests on present facts so far.
    pub(super) present: Vec<i32>,
    /// The largest keys of each row so far, by rank.
    pub(super) best: Vec<Row>,
    /// Losses by code, where characteristics share codes.
    lost: Vec<Row>,
}

impl LineScratch {
    /// Starts a chunk.
    pub(super) fn start(&mut self, lines: &Lines, reasons: usize) {
        self.sum.resize(CHUNK_ROWS, 0);
        self.present.clear();
        self.present.resize(CHUNK_ROWS, 0);
        self.best.clear();
        self.best.resize(reasons, [0; CHUNK_ROWS]);
        self.lost.clear();
        if lines.shared_codes && reasons > 0 {
            self.lost.resize(lines.codes, [0; CHUNK_ROWS]);
        }
    }

    /// Room for the points of a group.
    pub(super) fn room(&mut self, lines: usize) {
        if self.matrix.len() < lines {
            self.matrix.resize(lines, [0; CHUNK_ROWS]);
        }
    }

    /// The points of a line of the group.
    pub(super) fn points(&self, at: usize) -> &[i32] {
        self.matrix.get(at).map_or(&[], |row| row.as_slice())
    }

    /// Scores one line; `at` is its place in the group.
    #[inline(always)]
    pub(super) fn line(&mut self, at: usize, line: &Line, view: &View<'_>, covered: bool) {
        let Some(row) = self.matrix.get_mut(at) else { return };
        let Some(out) = row.get_mut(..view.valid.len()) else { return };
        let Data::Narrow(data) = view.data else { return };
        match &line.points {
            Points::Bands(first, edges, next) => bands(out, data, view.valid, *first, edges, next, line.missing),
            Points::Members(points) => members(out, data, view.valid, points, line.missing),
            Points::Given(factor) => {
                for ((p, x), v) in out.iter_mut().zip(data).zip(view.valid) {
                    *p = if *v == 1 { (*x as i32).wrapping_mul(*factor) } else { line.missing };
                }
            }
        }
        if covered {
            for (present, v) in self.present.iter_mut().zip(view.valid) {
                *present = present.wrapping_add(i32::from(*v).wrapping_mul(line.weight));
            }
        }
    }

    /// Adds the points of a group to the sum of its section, and ranks its losses.
    #[inline(always)]
    pub(super) fn sum_up(&mut self, lines: &Lines, group: &[Line], rows: usize, reasons: usize) {
        let Self { matrix, sum, best, lost, .. } = self;
        if lines.shared_codes && reasons > 0 {
            for (line, points) in group.iter().zip(matrix.iter()) {
                let Some(lost) = lost.get_mut(line.code) else { continue };
                for (lost, p) in lost.iter_mut().zip(points).take(rows) {
                    *lost = lost.wrapping_add(line.baseline.wrapping_sub(p.wrapping_mul(line.factor)).max(0));
                }
            }
            return pass::<0>(lines, group, matrix, sum, &mut [], rows);
        }
        match reasons {
            0 => pass::<0>(lines, group, matrix, sum, best, rows),
            1 => pass::<1>(lines, group, matrix, sum, best, rows),
            2 => pass::<2>(lines, group, matrix, sum, best, rows),
            3 => pass::<3>(lines, group, matrix, sum, best, rows),
            4 => pass::<4>(lines, group, matrix, sum, best, rows),
            _ => pass::<RANKED>(lines, group, matrix, sum, best, rows),
        }
    }

    /// Ranks the losses of codes that several lines share, when all lines are scored.
    #[inline(always)]
    pub(super) fn rank_shared(&mut self, lines: &Lines) {
        for (code, lost) in self.lost.iter_mut().enumerate() {
            let code = rank_of(lines, code);
            for v in lost.iter_mut() {
                *v = if *v > 0 { v.wrapping_shl(lines.code_bits) | code } else { 0 };
            }
            for place in &mut self.best {
                for (kept, v) in place.iter_mut().zip(lost.iter_mut()) {
                    let (high, low) = ((*kept).max(*v), (*kept).min(*v));
                    *kept = high;
                    *v = low;
                }
            }
        }
    }
}

/// A code in a ranking key: among equal losses the code that stands first is greatest.
fn rank_of(lines: &Lines, code: usize) -> i32 {
    (1 << lines.code_bits) - 1 - i32::try_from(code).unwrap_or(0)
}

impl Lines {
    /// The ranking key of a loss.
    #[inline(always)]
    pub(super) fn key(&self, code: usize, lost: i32) -> i32 {
        if lost > 0 { lost.wrapping_shl(self.code_bits) | rank_of(self, code) } else { 0 }
    }
}

/// The code and the loss in a ranking key; `None` where nothing was lost.
pub(super) fn unpack(key: i32, code_bits: u32) -> Option<(usize, i32)> {
    let code = (1 << code_bits) - 1 - (key & ((1 << code_bits) - 1));
    Some((usize::try_from(code).ok()?, key >> code_bits)).filter(|_| key > 0)
}

/// Sums and ranks block by block: what is kept of a block stays in registers over all lines.
#[inline(always)]
fn pass<const K: usize>(lines: &Lines, group: &[Line], matrix: &[Row], sum: &mut [i32], best: &mut [Row], rows: usize) {
    for at in 0..rows.div_ceil(LANES) {
        let Some(sums) = sum.as_chunks_mut::<LANES>().0.get_mut(at) else { continue };
        let mut total = *sums;
        let mut top = [[0_i32; LANES]; K];
        for (top, best) in top.iter_mut().zip(best.iter()) {
            *top = best.as_chunks::<LANES>().0.get(at).copied().unwrap_or_default();
        }
        for (line, row) in group.iter().zip(matrix) {
            let Some(points) = row.as_chunks::<LANES>().0.get(at) else { continue };
            for (total, p) in total.iter_mut().zip(points) {
                *total = total.wrapping_add(*p);
            }
            if K == 0 {
                continue;
            }
            let code = rank_of(lines, line.code);
            let mut keys = [0_i32; LANES];
            for (key, p) in keys.iter_mut().zip(points) {
                let lost = line.baseline.wrapping_sub(p.wrapping_mul(line.factor));
                *key = if lost > 0 { lost.wrapping_shl(lines.code_bits) | code } else { 0 };
            }
            for top in &mut top {
                for (kept, key) in top.iter_mut().zip(&mut keys) {
                    let (high, low) = ((*kept).max(*key), (*kept).min(*key));
                    *kept = high;
                    *key = low;
                }
            }
        }
        *sums = total;
        for (top, best) in top.iter().zip(best.iter_mut()) {
            if let Some(best) = best.as_chunks_mut::<LANES>().0.get_mut(at) {
                *best = *top;
            }
        }
    }
}
