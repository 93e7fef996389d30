//! Why points were lost: shortfalls against the baseline, the largest first.

use crate::evaluate::outcome::{CODE_BITS, Outcome, Summary};

/// Points lost under one code, in units of `10^-digits`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loss {
    /// Index of the code, in the order in which codes first appear in the rulebook.
    pub code: usize,
    /// What was lost; more than zero.
    pub lost: i128,
}

/// The largest losses of a row, at most `count`; ties in document order, never padded.
#[must_use]
pub fn losses(outcome: &Outcome<'_>, row: usize, count: usize) -> Vec<Loss> {
    let program = outcome.program;
    let codes = &program.codes;
    let mut lost = vec![0_i128; codes.first.len()];
    for (((code, baseline), factor), id) in codes.of.iter().zip(&codes.factors).zip(&program.outputs.points) {
        let points = outcome.value(*id, row).unwrap_or(0) * factor;
        if points < *baseline
            && let Some(sum) = lost.get_mut(*code)
        {
            *sum += baseline - points;
        }
    }
    let mut list: Vec<Loss> =
        lost.into_iter().enumerate().filter(|(_, lost)| *lost > 0).map(|(code, lost)| Loss { code, lost }).collect();
    // A stable sort keeps ties in document order.
    list.sort_by_key(|loss| std::cmp::Reverse(loss.lost));
    list.truncate(count);
    list
}

/// The largest losses of every row, as columns: see [`top_losses`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopLosses {
    /// How many losses a row has room for.
    pub count: usize,
    /// Codes by rank: `count` columns one after the other; `u16::MAX` where a row lost nothing more.
    pub codes: Vec<u16>,
    /// What was lost under each code, in units of the program's losses; 0 where nothing was.
    pub lost: Vec<i64>,
}

/// Rows whose losses are ranked together.
const BLOCK: usize = 256;

/// Ranks the losses of all rows at once, with the same result as [`losses`] row by row.
///
/// Each loss and its code become one number, greater for a greater loss and, among equals, for the
/// code that stands first; the largest few are kept by running maxima, which needs no branch.
#[must_use]
pub fn top_losses(summary: &Summary<'_>, count: usize) -> TopLosses {
    let outcome = &summary.0;
    let codes = &outcome.program.codes;
    let rows = outcome.rows();
    let mut top = TopLosses { count, codes: vec![u16::MAX; count * rows], lost: vec![0; count * rows] };
    let Some(columns) = narrow_columns(outcome).filter(|_| codes.fit_keys) else {
        slow(outcome, &mut top);
        return top;
    };
    let one_each = codes.first.len() == columns.len();
    let mut sums = vec![[0_i64; BLOCK]; if one_each { 1 } else { codes.first.len() }];
    let mut best = vec![[0_i64; BLOCK]; count];
    for start in (0..rows).step_by(BLOCK) {
        let end = rows.min(start + BLOCK);
        best.iter_mut().for_each(|b| b.fill(0));
        sums.iter_mut().for_each(|s| s.fill(0));
        for (column, (code, baseline, factor)) in columns.iter().zip(&codes.narrow) {
            let points = column.get(start..end).unwrap_or_default();
            let Some(sum) = sums.get_mut(if one_each { 0 } else { *code }) else { continue };
            for (sum, points) in sum.iter_mut().zip(points) {
                let lost = (baseline - points * factor).max(0);
                *sum = if one_each { lost } else { *sum + lost };
            }
            if one_each {
                rank(&mut best, sum, *code);
            }
        }
        if !one_each {
            for (code, sum) in sums.iter_mut().enumerate() {
                rank(&mut best, sum, code);
            }
        }
        write(&mut top, &best, start..end, rows);
    }
    top
}

/// Lets the losses of one code take their rank.
fn rank(best: &mut [[i64; BLOCK]], lost: &mut [i64; BLOCK], code: usize) {
    let code = (1_i64 << CODE_BITS) - 1 - i64::try_from(code).unwrap_or(0);
    for v in lost.iter_mut() {
        *v = if *v > 0 { (*v << CODE_BITS) | code } else { 0 };
    }
    for place in best {
        for (kept, v) in place.iter_mut().zip(lost.iter_mut()) {
            let (high, low) = ((*kept).max(*v), (*kept).min(*v));
            *kept = high;
            *v = low;
        }
    }
}

fn write(top: &mut TopLosses, best: &[[i64; BLOCK]], range: std::ops::Range<usize>, rows: usize) {
    for (place, keys) in best.iter().enumerate() {
        let at = place * rows + range.start..place * rows + range.end;
        let (Some(codes), Some(lost)) = (top.codes.get_mut(at.clone()), top.lost.get_mut(at)) else { continue };
        for ((code, lost), key) in codes.iter_mut().zip(lost).zip(keys) {
            let rank = (1 << CODE_BITS) - 1 - (key & ((1 << CODE_BITS) - 1));
            *code = if *key > 0 { u16::try_from(rank).unwrap_or(u16::MAX) } else { u16::MAX };
            *lost = key >> CODE_BITS;
        }
    }
}

/// The points of every characteristic, if all are 64 bits wide and kept.
fn narrow_columns<'o>(outcome: &'o Outcome<'_>) -> Option<Vec<&'o [i64]>> {
    outcome.program.outputs.points.iter().map(|id| outcome.narrow(*id)).collect()
}

fn slow(outcome: &Outcome<'_>, top: &mut TopLosses) {
    let rows = outcome.rows();
    for row in 0..rows {
        for (place, loss) in losses(outcome, row, top.count).into_iter().enumerate() {
            if let (Some(code), Some(lost)) =
                (top.codes.get_mut(place * rows + row), top.lost.get_mut(place * rows + row))
            {
                *code = u16::try_from(loss.code).unwrap_or(u16::MAX);
                *lost = i64::try_from(loss.lost).unwrap_or(i64::MAX);
            }
        }
    }
}
