//! A portfolio compared with one trial after another: what the rules before say is counted once, and then
//! only enterprises are decided on again that a trial can touch.

use xinpei::evaluate::outcome::Outcome;
use xinpei::{Batch, Date, Error, Revision, Rulebook, Scratch};

use super::read::{self, Flags};
use super::sum::Sum;
use super::ties::{Tie, Ties};
use super::{Comparison, Report, Rows, count};
use crate::diff::Side;

/// What one rulebook says of a portfolio, counted.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/yuanhe/2026.1");
/// use xinpei::author::edit::{Change, Tree};
/// use xinpei::{BatchBuilder, Dossier, Rulebook};
/// use xinpei_assure::{Again, Census};
///
/// let rulebook = Rulebook::load(folder)?;
/// # let as_of = "2026-06-30".parse().map_err(|()| "a date")?;
/// let mut batch = BatchBuilder::new(rulebook.dictionary());
/// batch.dossier(&Dossier::from_json(r#"{"enterprise": "91000000MA00000157", "facts": {"tax.grade": "A"}}"#)?);
/// let batch = batch.finish();
/// let mut census = Census::new(&rulebook);
/// census.add(&rulebook.score(&batch, as_of))?;
///
/// let trial = rulebook.with_changes(&[Change::set("tax.grade", "points.B", Tree::number("35"))])?;
/// let mut again = Again::new(&rulebook, &trial);
/// again.add(&batch, as_of)?;
/// let report = again.finish(&census)?;
/// assert_eq!((report.rows, report.changed), (1, 0));
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Census {
    side: Side,
    rows: u64,
    /// Enterprises by standing: grades, best first, then unrated, then referred.
    standings: Vec<u64>,
    /// How many have a score, and the sum of the scores in units of the last digit.
    scored: u64,
    sum: i128,
    overrides: Vec<u64>,
    outcomes: Vec<(u64, Sum)>,
}

impl Census {
    /// Nobody is counted yet.
    #[must_use]
    pub fn new(rulebook: &Rulebook) -> Self {
        let typed = rulebook.typed();
        Self {
            side: Side::of(rulebook),
            rows: 0,
            standings: vec![0; typed.grades.len() + 2],
            scored: 0,
            sum: 0,
            overrides: vec![0; typed.overrides.len()],
            outcomes: vec![(0, Sum::default()); typed.outcomes.len()],
        }
    }

    /// Counts the enterprises of a batch, by its outcome with full detail ([`Rulebook::score`]).
    ///
    /// # Errors
    /// When the outcome is not of the rulebook; nothing is counted then.
    pub fn add(&mut self, outcome: &Outcome<'_>) -> Result<(), Error> {
        super::of_side(&self.side, outcome)?;
        let (rows, grades) = (outcome.rows(), self.standings.len() - 2);
        self.rows += count(rows);
        for row in 0..rows {
            if let Some(cell) = self.standings.get_mut(read::standing(outcome, grades, row)) {
                *cell += 1;
            }
            if let Some(score) = outcome.score(row) {
                self.scored += 1;
                self.sum = self.sum.saturating_add(score);
            }
        }
        let outputs = &outcome.program.outputs;
        for (id, fired) in outputs.overrides.iter().zip(&mut self.overrides) {
            let flags = Flags::of(outcome, Some(*id));
            *fired += count((0..rows).filter(|row| flags.at(*row)).count());
        }
        for ((id, (_, amount)), (follow, sum)) in outputs.outcomes.iter().zip(&outputs.details).zip(&mut self.outcomes)
        {
            let flags = Flags::of(outcome, Some(*id));
            for row in (0..rows).filter(|row| flags.at(*row)) {
                *follow += 1;
                if let Some((units, digits)) = read::number(outcome, *amount, row) {
                    sum.add(units, digits);
                }
            }
        }
        Ok(())
    }

    /// Takes in what another count by the same rulebook has, as when several threads share a portfolio.
    ///
    /// # Errors
    /// When it is by another rulebook.
    pub fn absorb(&mut self, other: Self) -> Result<(), Error> {
        if self.side != other.side {
            return Err(Error::input("the counts are by different rulebooks"));
        }
        self.rows += other.rows;
        self.scored += other.scored;
        self.sum = self.sum.saturating_add(other.sum);
        self.standings.iter_mut().zip(other.standings).for_each(|(a, b)| *a += b);
        self.overrides.iter_mut().zip(other.overrides).for_each(|(a, b)| *a += b);
        for ((follow, sum), (more, add)) in self.outcomes.iter_mut().zip(other.outcomes) {
            *follow += more;
            sum.absorb(add);
        }
        Ok(())
    }
}

/// A comparison with a trial that decides only on enterprises which the trial can touch. The report is the
/// one that [`Comparison`] makes.
#[derive(Debug)]
pub struct Again<'a> {
    old: &'a Rulebook,
    new: &'a Rulebook,
    /// What the trial changes; `None` where the rules do not match one by one, and every enterprise is
    /// decided on by both.
    revision: Option<Revision<'a>>,
    comparison: Comparison,
    /// Memory for finding rows, and for deciding by the rules before and after.
    scratch: [Scratch; 3],
}

impl<'a> Again<'a> {
    /// Begins a comparison of two rulebooks.
    #[must_use]
    pub fn new(old: &'a Rulebook, new: &'a Rulebook) -> Self {
        let comparison = Comparison::new(old, new);
        let revision = parallel(&comparison.ties).then(|| new.revision_of(old));
        Self { old, new, revision, comparison, scratch: Default::default() }
    }

    /// Adds a batch, and says which rows changed. Each must have been counted in the census that
    /// [`Again::finish`] is given.
    ///
    /// # Errors
    /// As [`Comparison::add`] has them.
    pub fn add(&mut self, batch: &Batch, as_of: Date) -> Result<Rows, Error> {
        let [look, before, after] = &mut self.scratch;
        let touched = self.revision.as_ref().and_then(|revision| revision.touched(batch, as_of, look));
        let Some(touched) = touched.filter(|rows| rows.len() < batch.rows()) else {
            let (old, new) = (self.old.score_with(batch, as_of, before), self.new.score_with(batch, as_of, after));
            return self.comparison.add(&old, &new);
        };
        if touched.is_empty() {
            return Ok(Rows::default());
        }
        let part = batch.take(&touched);
        let (old, new) = (self.old.score_with(&part, as_of, before), self.new.score_with(&part, as_of, after));
        let rows = self.comparison.add(&old, &new)?;
        let place = |rows: Vec<usize>| rows.into_iter().filter_map(|row| touched.get(row).copied()).collect();
        Ok(Rows { changed: place(rows.changed), moved: place(rows.moved) })
    }

    /// Takes in another comparison of the same rulebooks, as when several threads share a portfolio.
    ///
    /// # Errors
    /// When it compares other rulebooks.
    pub fn absorb(&mut self, other: Self) -> Result<(), Error> {
        self.comparison.absorb(other.comparison)
    }

    /// What was counted: enterprises of the census that no trial could touch are unchanged.
    ///
    /// # Errors
    /// When the census is by another rulebook than the one before, or lacks enterprises that were added.
    pub fn finish(mut self, census: &Census) -> Result<Report, Error> {
        self.comparison.fill(census)?;
        Ok(self.comparison.finish())
    }
}

/// Whether the rules of both match one by one: then what is not touched is the same under the same name.
fn parallel(ties: &Ties) -> bool {
    let pairs = |list: &[Tie]| list.iter().enumerate().all(|(at, tie)| tie.old == Some(at) && tie.new == Some(at));
    ties.grades.0 == ties.grades.1
        && ties.factors.0 == ties.factors.1
        && [&ties.sections, &ties.characteristics, &ties.overrides, &ties.outcomes].into_iter().all(|list| pairs(list))
}

impl Comparison {
    /// Counts everybody of a census who was not added as unchanged.
    fn fill(&mut self, census: &Census) -> Result<(), Error> {
        if census.side != self.ties.old {
            return Err(Error::input("the census is by another rulebook than the one before"));
        }
        let short = || Error::input("the census lacks enterprises that were compared");
        let rest = census.rows.checked_sub(self.rows).ok_or_else(short)?;
        if rest == 0 {
            return Ok(());
        }
        self.rows = census.rows;
        for (at, (cells, all)) in self.matrix.iter_mut().zip(&census.standings).enumerate() {
            let rest = all.checked_sub(cells.iter().sum()).ok_or_else(short)?;
            if let Some(cell) = cells.get_mut(at) {
                *cell += rest;
            }
        }
        let factor = self.ties.factors.0;
        // Whoever has a score before or after only is counted neither here nor there.
        let (scored, sum) = self.before;
        let rest = census.scored.checked_sub(scored).ok_or_else(short)?;
        if rest > 0 {
            *self.scores.entry(0).or_default() += rest;
        }
        let sum = census.sum.saturating_mul(factor).saturating_sub(sum);
        self.sums = (self.sums.0.saturating_add(sum), self.sums.1.saturating_add(sum));
        for (holds, all) in self.overrides.iter_mut().zip(&census.overrides) {
            let rest = all.checked_sub(holds.old).ok_or_else(short)?;
            (holds.old, holds.new) = (holds.old + rest, holds.new + rest);
        }
        for (holds, (all, amount)) in self.outcomes.iter_mut().zip(&census.outcomes) {
            let rest = all.checked_sub(holds.old).ok_or_else(short)?;
            (holds.old, holds.new) = (holds.old + rest, holds.new + rest);
            let rest = amount.less(&holds.amounts.0);
            holds.amounts.0.absorb(rest.clone());
            holds.amounts.1.absorb(rest);
        }
        Ok(())
    }
}
