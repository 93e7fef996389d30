//! The card as most people would write it by hand: one enterprise after the other, in 64-bit whole
//! numbers or in `rust_decimal`.

use std::cmp::Reverse;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::hand::order;
use crate::workload::{Line, cap, edge};

/// What one row comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The rounded score.
    pub score: i32,
    /// The grade, 9 is the best.
    pub grade: u8,
    /// Points lost in tenths, and the characteristic by its place in document order; 0 and
    /// `u16::MAX` where none.
    pub reasons: [(i32, u16); 4],
}

/// A value as a programmer would hold it.
#[derive(Clone, Copy, Debug)]
pub enum Field {
    /// Nothing is known.
    Missing,
    /// Money in yuan, or a ratio.
    Exact(Decimal),
    /// A count, a date in days, a member by index, a flag.
    Whole(i64),
}

/// The values of a row as fields.
#[must_use]
pub fn fields(lines: &[Line], row: &[Option<i64>]) -> Vec<Field> {
    let field = |(i, value): (usize, &Option<i64>)| match (value, lines.get(i).map(|l| l.kind)) {
        (None, _) => Field::Missing,
        (Some(v), Some(0)) => Field::Exact(Decimal::new(*v, 2)),
        (Some(v), Some(1)) => Field::Exact(Decimal::new(*v, 4)),
        (Some(v), _) => Field::Whole(*v),
    };
    row.iter().enumerate().map(field).collect()
}

/// Scores one row in whole tenths of a point.
#[must_use]
pub fn score(lines: &[Line], row: &[Option<i64>], today: i64) -> Answer {
    let mut sections = [0_i64; 4];
    let mut best = [(Reverse(0), u16::MAX); 4];
    for (i, (line, value)) in lines.iter().zip(row).enumerate() {
        let points = match value {
            None => line.missing,
            Some(value) => match line.kind {
                2 | 5 => usize::try_from(*value).ok().and_then(|m| line.points.get(m)).copied().unwrap_or(0),
                4 => banded(line, today - value),
                _ => banded(line, *value),
            },
        };
        if let Some(section) = sections.get_mut(i % 4) {
            *section += points;
        }
        keep(&mut best, line.points.iter().copied().max().unwrap_or(0) - points, order(i, lines.len()));
    }
    let total: i64 = sections.iter().map(|s| (*s).clamp(0, cap(lines.len()))).sum();
    answer(lines.len(), (total + 5) / 10, row.get(lines.len()..).unwrap_or_default(), best)
}

fn banded(line: &Line, value: i64) -> i64 {
    let band = line.edges.iter().position(|edge| value <= *edge).unwrap_or(line.edges.len());
    line.points.get(band).copied().unwrap_or(0)
}

/// Puts a loss among the four largest; of equal ones the first in document order.
fn keep(best: &mut [(Reverse<i64>, u16); 4], lost: i64, order: i64) {
    let mut one = (Reverse(lost), u16::try_from(order).unwrap_or(u16::MAX));
    if lost > 0 && best.last().is_some_and(|last| one < *last) {
        for place in best {
            if one < *place {
                std::mem::swap(place, &mut one);
            }
        }
    }
}

fn answer(size: usize, score: i64, flags: &[Option<i64>], best: [(Reverse<i64>, u16); 4]) -> Answer {
    let on = |k: usize| flags.get(k) == Some(&Some(1));
    let mut grade = (0..9).rev().filter(|g| score >= edge(size, *g)).count();
    grade = (grade + usize::from(on(4)) + usize::from(!on(2))).saturating_sub(1).min(9);
    for (k, most) in [(0, 1), (3, 5)] {
        if on(k) {
            grade = grade.min(most);
        }
    }
    for (k, set) in [(5, 2), (1, 0)] {
        if on(k) {
            grade = set;
        }
    }
    let reasons = best.map(|(lost, code)| (i32::try_from(lost.0).unwrap_or(i32::MAX), code));
    Answer { score: i32::try_from(score).unwrap_or(i32::MAX), grade: u8::try_from(grade).unwrap_or(0), reasons }
}

/// The card with its numbers as decimals.
#[derive(Clone, Debug)]
pub struct Exact {
    lines: Vec<ExactLine>,
    cap: Decimal,
}

#[derive(Clone, Debug)]
struct ExactLine {
    kind: u64,
    edges: Vec<Decimal>,
    points: Vec<Decimal>,
    missing: Decimal,
    top: Decimal,
    order: i64,
}

impl Exact {
    /// Makes the card ready.
    #[must_use]
    pub fn new(lines: &[Line]) -> Self {
        let tenths = |n: &i64| Decimal::new(*n, 1);
        let line = |(i, line): (usize, &Line)| {
            let digits = match line.kind {
                0 => 2,
                1 => 4,
                _ => 0,
            };
            let points: Vec<Decimal> = line.points.iter().map(tenths).collect();
            ExactLine {
                kind: line.kind,
                edges: line.edges.iter().map(|e| Decimal::new(*e, digits)).collect(),
                top: points.iter().copied().max().unwrap_or_default(),
                points,
                missing: tenths(&line.missing),
                order: order(i, lines.len()),
            }
        };
        Self { lines: lines.iter().enumerate().map(line).collect(), cap: tenths(&cap(lines.len())) }
    }

    /// Scores one row in decimals.
    #[must_use]
    pub fn score(&self, row: &[Field], flags: &[Option<i64>], today: i64) -> Answer {
        let mut sections = [Decimal::ZERO; 4];
        let mut best = [(Reverse(0), u16::MAX); 4];
        for (i, (line, field)) in self.lines.iter().zip(row).enumerate() {
            let points = match field {
                Field::Missing => line.missing,
                Field::Whole(m) if matches!(line.kind, 2 | 5) => {
                    usize::try_from(*m).ok().and_then(|m| line.points.get(m)).copied().unwrap_or_default()
                }
                Field::Whole(date) if line.kind == 4 => line.banded(Decimal::from(today - date)),
                Field::Whole(count) => line.banded(Decimal::from(*count)),
                Field::Exact(value) => line.banded(*value),
            };
            if let Some(section) = sections.get_mut(i % 4) {
                *section += points;
            }
            let lost = (line.top - points) * Decimal::TEN;
            keep(&mut best, i64::try_from(lost).unwrap_or(0), line.order);
        }
        let total: Decimal = sections.iter().map(|s| (*s).clamp(Decimal::ZERO, self.cap)).sum();
        let score = total.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        answer(self.lines.len(), i64::try_from(score).unwrap_or(0), flags, best)
    }
}

impl ExactLine {
    fn banded(&self, value: Decimal) -> Decimal {
        let band = self.edges.iter().position(|edge| value <= *edge).unwrap_or(self.edges.len());
        self.points.get(band).copied().unwrap_or_default()
    }
}
