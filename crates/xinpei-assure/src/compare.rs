//! Two rulebooks over one portfolio: who moves, why, and what follows.

mod again;
mod moved;
pub mod page;
mod read;
mod report;
mod sum;
mod ties;

use std::collections::BTreeMap;
use std::sync::Arc;

use xinpei::evaluate::outcome::Outcome;
use xinpei::{Error, Rulebook, decimal};

pub use self::again::{Again, Census};
pub use self::moved::{Moved, OutcomeChange, Shift, ShiftKind, Standing};
use self::read::{Flags, Points, level};
pub use self::report::{Bar, Count, Matrix, PointShift, Quantile, Report, ScoreShift};
use self::sum::{Holds, Shifts};
use self::ties::{Tie, Ties};
use crate::diff::Side;

/// The shares of which a report has the quantiles, in per cent.
const PERCENTS: [u32; 9] = [0, 1, 5, 25, 50, 75, 95, 99, 100];

/// A comparison on its way: batches are added one by one, in any number, and only counts and sums are
/// kept. What comes out is the same however the rows were batched.
#[derive(Clone, Debug)]
pub struct Comparison {
    ties: Arc<Ties>,
    rows: u64,
    changed: u64,
    moved: u64,
    better: u64,
    worse: u64,
    matrix: Vec<Vec<u64>>,
    /// Shifts of the score in units of its finest digit, and how often each occurs.
    scores: BTreeMap<i128, u64>,
    sums: (i128, i128),
    /// How many had a score before, whatever came of it, and the sum of those scores.
    before: (u64, i128),
    sections: Vec<Shifts>,
    characteristics: Vec<Shifts>,
    overrides: Vec<Holds>,
    outcomes: Vec<Holds>,
}

/// The rows of a batch in which something changed, rising.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Rows with anything changed: points, score, grade, status, overrides, outcomes.
    pub changed: Vec<usize>,
    /// Those of them with another grade or status.
    pub moved: Vec<usize>,
}

impl Comparison {
    /// Begins a comparison of two rulebooks. They may have different rules, grades and facts.
    #[must_use]
    pub fn new(old: &Rulebook, new: &Rulebook) -> Self {
        let ties = Ties::new(old, new);
        Self {
            rows: 0,
            changed: 0,
            moved: 0,
            better: 0,
            worse: 0,
            matrix: vec![vec![0; ties.grades.1.len() + 2]; ties.grades.0.len() + 2],
            scores: BTreeMap::new(),
            sums: (0, 0),
            before: (0, 0),
            sections: vec![Shifts::default(); ties.sections.len()],
            characteristics: vec![Shifts::default(); ties.characteristics.len()],
            overrides: vec![Holds::default(); ties.overrides.len()],
            outcomes: vec![Holds::default(); ties.outcomes.len()],
            ties: Arc::new(ties),
        }
    }

    /// Adds the outcomes of one batch, with full detail ([`Rulebook::score`]), and says which rows
    /// changed. The new one may have come about in any way, so long as it is what the new rulebook says.
    ///
    /// # Errors
    /// When the outcomes are not of the two rulebooks, or not of the same enterprises in the same order
    /// on the same date; nothing is counted then.
    pub fn add(&mut self, old: &Outcome<'_>, new: &Outcome<'_>) -> Result<Rows, Error> {
        self.fits(old, new)?;
        let ties = Arc::clone(&self.ties);
        let rows = old.rows();
        let mut changed = vec![false; rows];
        let mut mark = |row: usize| {
            if let Some(flag) = changed.get_mut(row) {
                *flag = true;
            }
        };
        for (tie, shifts) in ties.characteristics.iter().zip(&mut self.characteristics) {
            let (a, b) = (Points::of(old, tie.old), Points::of(new, tie.new));
            if a.equal(&b) {
                continue;
            }
            (0..rows).filter(|row| shifts.add(level(a.at(*row), b.at(*row)))).for_each(&mut mark);
        }
        for (tie, shifts) in ties.sections.iter().zip(&mut self.sections) {
            let id = |outcome: &Outcome<'_>, at: Option<usize>| {
                at.and_then(|i| outcome.program.outputs.sections.get(i).copied())
            };
            let (a, b) = (id(old, tie.old), id(new, tie.new));
            if read::equal((old, a), (new, b)) {
                continue;
            }
            let none = (0, 0);
            let value = |row: usize| {
                let before = read::number(old, a, row).unwrap_or(none);
                level(before, read::number(new, b, row).unwrap_or(none))
            };
            (0..rows).filter(|row| shifts.add(value(*row))).for_each(&mut mark);
        }
        for (tie, holds) in ties.overrides.iter().zip(&mut self.overrides) {
            let flags = |outcome, at: Option<usize>| {
                let outcome: &Outcome<'_> = outcome;
                at.and_then(|i| outcome.program.outputs.overrides.get(i).copied())
            };
            let (a, b) = (Flags::of(old, flags(old, tie.old)), Flags::of(new, flags(new, tie.new)));
            (0..rows).filter(|row| holds.add(a.at(*row), b.at(*row))).for_each(&mut mark);
        }
        for (tie, holds) in ties.outcomes.iter().zip(&mut self.outcomes) {
            outcome(tie, holds, old, new, &mut mark);
        }
        let mut moved = Vec::new();
        for row in 0..rows {
            if self.stand(&ties, old, new, row, &mut mark) {
                moved.push(row);
            }
        }
        let changed: Vec<usize> = changed.iter().enumerate().filter(|(_, flag)| **flag).map(|(row, _)| row).collect();
        self.rows += count(rows);
        self.changed += count(changed.len());
        self.moved += count(moved.len());
        Ok(Rows { changed, moved })
    }

    /// Counts score and standing of a row; `true` where the standing is another.
    fn stand(
        &mut self,
        ties: &Ties,
        old: &Outcome<'_>,
        new: &Outcome<'_>,
        row: usize,
        mark: &mut impl FnMut(usize),
    ) -> bool {
        let before = old.score(row).map(|score| score.saturating_mul(ties.factors.0));
        let after = new.score(row).map(|score| score.saturating_mul(ties.factors.1));
        if let Some(before) = before {
            self.before = (self.before.0 + 1, self.before.1.saturating_add(before));
        }
        if let (Some(before), Some(after)) = (before, after) {
            *self.scores.entry(after - before).or_default() += 1;
            self.sums = (self.sums.0.saturating_add(before), self.sums.1.saturating_add(after));
        }
        if before != after {
            mark(row);
        }
        let (olds, news) = (&ties.grades.0, &ties.grades.1);
        let (from, to) = (read::standing(old, olds.len(), row), read::standing(new, news.len(), row));
        if let Some(cell) = self.matrix.get_mut(from).and_then(|cells| cells.get_mut(to)) {
            *cell += 1;
        }
        let same = match (olds.get(from), news.get(to)) {
            (Some(a), Some(b)) => {
                if let Some(before) = news.iter().position(|grade| grade == a) {
                    self.better += u64::from(to < before);
                    self.worse += u64::from(to > before);
                }
                a == b
            }
            (None, None) => from - olds.len() == to - news.len(),
            _ => false,
        };
        if !same {
            mark(row);
        }
        !same
    }

    /// Explains one row of a batch that was, or might be, added.
    #[must_use]
    pub fn explain(&self, old: &Outcome<'_>, new: &Outcome<'_>, row: usize) -> Moved {
        moved::moved(&self.ties, old, new, row)
    }

    /// Takes in what another comparison of the same rulebooks has counted, as when several threads
    /// share a portfolio.
    ///
    /// # Errors
    /// When it compares other rulebooks.
    pub fn absorb(&mut self, other: Self) -> Result<(), Error> {
        if (&self.ties.old, &self.ties.new) != (&other.ties.old, &other.ties.new) {
            return Err(Error::input("the comparisons are of different rulebooks"));
        }
        self.rows += other.rows;
        self.changed += other.changed;
        self.moved += other.moved;
        self.better += other.better;
        self.worse += other.worse;
        for (cells, more) in self.matrix.iter_mut().zip(other.matrix) {
            cells.iter_mut().zip(more).for_each(|(cell, more)| *cell += more);
        }
        other.scores.into_iter().for_each(|(shift, rows)| *self.scores.entry(shift).or_default() += rows);
        self.sums = (self.sums.0.saturating_add(other.sums.0), self.sums.1.saturating_add(other.sums.1));
        self.before = (self.before.0 + other.before.0, self.before.1.saturating_add(other.before.1));
        self.sections.iter_mut().zip(other.sections).for_each(|(a, b)| a.absorb(b));
        self.characteristics.iter_mut().zip(other.characteristics).for_each(|(a, b)| a.absorb(b));
        self.overrides.iter_mut().zip(other.overrides).for_each(|(a, b)| a.absorb(b));
        self.outcomes.iter_mut().zip(other.outcomes).for_each(|(a, b)| a.absorb(b));
        Ok(())
    }

    /// What was counted.
    #[must_use]
    pub fn finish(self) -> Report {
        let ties = &self.ties;
        let names =
            |grades: &[String]| grades.iter().cloned().chain(["unrated".to_owned(), "refer".to_owned()]).collect();
        let score = |units: i128| decimal::from_units(units, ties.digits).normalize();
        let rows: u64 = self.scores.values().sum();
        let signed = |wanted: fn(&i128) -> bool| self.scores.iter().filter(|(s, _)| wanted(s)).map(|(_, n)| n).sum();
        let quantiles = PERCENTS
            .into_iter()
            .filter_map(|percent| Some(Quantile { percent, shift: score(quantile(&self.scores, rows, percent)?) }));
        let score = ScoreShift {
            rows,
            up: signed(|s| *s > 0),
            down: signed(|s| *s < 0),
            old_sum: score(self.sums.0),
            new_sum: score(self.sums.1),
            sum: score(self.sums.1 - self.sums.0),
            quantiles: quantiles.collect(),
            histogram: self.scores.iter().map(|(shift, rows)| Bar { shift: score(*shift), rows: *rows }).collect(),
        };
        let shift = |(tie, shifts): (&Tie, &Shifts)| PointShift {
            id: tie.id.clone(),
            label: tie.label.clone(),
            up: shifts.up,
            down: shifts.down,
            sum: shifts.sum.total(),
        };
        let holds = |(tie, holds): (&Tie, &Holds)| Count {
            id: tie.id.clone(),
            label: tie.label.clone(),
            old: holds.old,
            new: holds.new,
            gained: holds.gained,
            lost: holds.lost,
            changed: holds.changed,
            old_amount: holds.amounts.0.total(),
            new_amount: holds.amounts.1.total(),
        };
        Report {
            rows: self.rows,
            changed: self.changed,
            moved: self.moved,
            better: self.better,
            worse: self.worse,
            matrix: Matrix { old: names(&ties.grades.0), new: names(&ties.grades.1), counts: self.matrix.clone() },
            score,
            sections: ties.sections.iter().zip(&self.sections).map(shift).collect(),
            characteristics: ties.characteristics.iter().zip(&self.characteristics).map(shift).collect(),
            overrides: ties.overrides.iter().zip(&self.overrides).map(holds).collect(),
            outcomes: ties.outcomes.iter().zip(&self.outcomes).map(holds).collect(),
            old: ties.old.clone(),
            new: ties.new.clone(),
        }
    }

    fn fits(&self, old: &Outcome<'_>, new: &Outcome<'_>) -> Result<(), Error> {
        for (side, outcome) in [(&self.ties.old, old), (&self.ties.new, new)] {
            of_side(side, outcome)?;
        }
        if old.as_of != new.as_of {
            return Err(Error::input(format!("the outcomes are of different dates: {} and {}", old.as_of, new.as_of)));
        }
        let one = std::ptr::eq(old.batch.as_ref(), new.batch.as_ref());
        if !one && old.batch.enterprises != new.batch.enterprises {
            return Err(Error::input("the outcomes are not of the same enterprises in the same order"));
        }
        Ok(())
    }
}

/// An error unless an outcome is by this rulebook.
fn of_side(side: &Side, outcome: &Outcome<'_>) -> Result<(), Error> {
    if side.digest.strip_prefix("sha256:") != Some(outcome.program.typed.digest.as_str()) {
        return Err(Error::input(format!("an outcome is not of {} {}", side.id, side.version)));
    }
    Ok(())
}

/// Counts where an outcome follows, until when, and its amounts.
fn outcome(tie: &Tie, holds: &mut Holds, old: &Outcome<'_>, new: &Outcome<'_>, mark: &mut impl FnMut(usize)) {
    let node =
        |outcome: &Outcome<'_>, at: Option<usize>| at.and_then(|i| outcome.program.outputs.outcomes.get(i).copied());
    let detail = |outcome: &Outcome<'_>, at: Option<usize>| {
        at.and_then(|i| outcome.program.outputs.details.get(i).copied()).unwrap_or_default()
    };
    let (a, b) = (Flags::of(old, node(old, tie.old)), Flags::of(new, node(new, tie.new)));
    let ((until, amount), (until_now, amount_now)) = (detail(old, tie.old), detail(new, tie.new));
    let plain = [until, amount, until_now, amount_now].iter().all(Option::is_none);
    for row in 0..old.rows() {
        let (before, after) = (a.at(row), b.at(row));
        if holds.add(before, after) {
            mark(row);
        }
        if plain || !(before || after) {
            continue;
        }
        let (x, y) = (read::number(old, amount, row), read::number(new, amount_now, row));
        if let (true, Some((units, digits))) = (before, x) {
            holds.amounts.0.add(units, digits);
        }
        if let (true, Some((units, digits))) = (after, y) {
            holds.amounts.1.add(units, digits);
        }
        if before && after {
            let sums = x.zip(y).map(|(x, y)| level(x, y));
            let other = sums.map_or(x.is_some() != y.is_some(), |(x, y, _)| x != y);
            if other || read::number(old, until, row) != read::number(new, until_now, row) {
                holds.changed += 1;
                mark(row);
            }
        }
    }
}

/// The value of the smallest rank that at least this share of all do not exceed.
fn quantile(scores: &BTreeMap<i128, u64>, rows: u64, percent: u32) -> Option<i128> {
    let rank = u128::from(rows).saturating_mul(percent.into()).div_ceil(100).max(1);
    let mut seen = 0_u128;
    scores.iter().find_map(|(shift, rows)| {
        seen += u128::from(*rows);
        (seen >= rank).then_some(*shift)
    })
}

fn count(rows: usize) -> u64 {
    u64::try_from(rows).unwrap_or(u64::MAX)
}
