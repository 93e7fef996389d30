//! The card as somebody would write it by hand for speed: over columns, in whole tenths of a point.

use crate::workload::{Line, cap, edge};

/// What one row comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The rounded score.
    pub score: i64,
    /// The grade, 9 is the best.
    pub grade: i64,
    /// Points lost and characteristic of the four largest losses; 0 and `u16::MAX` where none.
    pub reasons: [(i64, u16); 4],
}

/// Columns: values and 1 where known.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    /// By attribute: values in units.
    pub data: Vec<Vec<i64>>,
    /// By attribute: 1 where known.
    pub valid: Vec<Vec<u8>>,
}

impl Columns {
    /// Columns of rows.
    #[must_use]
    pub fn new(rows: &[Vec<Option<i64>>]) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        let column = |i: usize| rows.iter().map(move |r| r.get(i).copied().flatten());
        Self {
            data: (0..width).map(|i| column(i).map(|v| v.unwrap_or(0)).collect()).collect(),
            valid: (0..width).map(|i| column(i).map(|v| u8::from(v.is_some())).collect()).collect(),
        }
    }
}

const BLOCK: usize = 512;

/// Scores all rows.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "hand-tuned loops over columns of one length")]
pub fn score(lines: &[Line], columns: &Columns, today: i64) -> Vec<Row> {
    let rows = columns.data.first().map_or(0, Vec::len);
    let size = lines.len();
    let mut out = vec![Row::default(); rows];
    let mut sections = [[0_i64; BLOCK]; 4];
    let mut best = [[0_i64; BLOCK]; 4];
    let mut points = [0_i64; BLOCK];
    for start in (0..rows).step_by(BLOCK) {
        let end = rows.min(start + BLOCK);
        let n = end - start;
        sections = sections.map(|_| [0; BLOCK]);
        best = best.map(|_| [0; BLOCK]);
        for (i, line) in lines.iter().enumerate() {
            let (data, valid) = (&columns.data[i][start..end], &columns.valid[i][start..end]);
            let points = &mut points[..n];
            match line.kind {
                2 | 5 => {
                    for (p, x) in points.iter_mut().zip(data) {
                        *p = line.points[usize::try_from(*x).unwrap_or(0) % line.points.len()];
                    }
                }
                kind => {
                    points.fill(line.points[0]);
                    for (edge, next) in line.edges.iter().zip(&line.points[1..]) {
                        if kind == 4 {
                            for (p, x) in points.iter_mut().zip(data) {
                                *p = if today - *x > *edge { *next } else { *p };
                            }
                        } else {
                            for (p, x) in points.iter_mut().zip(data) {
                                *p = if *x > *edge { *next } else { *p };
                            }
                        }
                    }
                }
            }
            for (p, v) in points.iter_mut().zip(valid) {
                *p = if *v == 1 { *p } else { line.missing };
            }
            for (s, p) in sections[i % 4].iter_mut().zip(points.iter()) {
                *s += *p;
            }
            let top = line.points.iter().copied().max().unwrap_or(0);
            // Sections come one after the other, so the order of reasons is by section first.
            let rank = 16_383 - order(i, size);
            for p in points.iter_mut() {
                let lost = top - *p;
                *p = if lost > 0 { (lost << 14) | rank } else { 0 };
            }
            for place in &mut best {
                for (kept, v) in place.iter_mut().zip(points.iter_mut()) {
                    let (high, low) = ((*kept).max(*v), (*kept).min(*v));
                    *kept = high;
                    *v = low;
                }
            }
        }
        let cap = cap(size);
        for r in 0..n {
            let total: i64 = sections.iter().map(|s| s[r].clamp(0, cap)).sum();
            let score = (total + 5) / 10;
            let mut grade = (0..9).map(|g| i64::from(score >= edge(size, 8 - g))).sum::<i64>();
            let flag = |k: usize| columns.data[size + k][start + r];
            grade = (grade - flag(2) + flag(4)).clamp(0, 9);
            grade = if flag(0) == 1 { grade.min(1) } else { grade };
            grade = if flag(3) == 1 { grade.min(5) } else { grade };
            grade = if flag(5) == 1 { 2 } else { grade };
            grade = if flag(1) == 1 { 0 } else { grade };
            let reasons = [0, 1, 2, 3].map(|k: usize| {
                let key = best[k][r];
                if key == 0 { (0, u16::MAX) } else { (key >> 14, u16::try_from(16_383 - (key & 16_383)).unwrap_or(0)) }
            });
            out[start + r] = Row { score, grade, reasons };
        }
    }
    out
}

/// Place of a characteristic in document order: section by section.
#[must_use]
pub fn order(i: usize, size: usize) -> i64 {
    let before: usize = (0..i % 4).map(|s| (size + 3 - s) / 4).sum();
    i64::try_from(before + i / 4).unwrap_or(0)
}
