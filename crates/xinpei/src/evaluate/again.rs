//! Scores a batch again by changed rules, from what an earlier run held.
//!
//! A run by rules that differ in a few lines of the card can differ only in rows that those lines
//! score otherwise. So the lines that changed are found once, by what they compute
//! ([`crate::compile::program::Alike`]); then only the values that they score are read, and compared
//! with the bands before and after. Rows that did not move keep what they had, which is neither read
//! nor copied. For those that moved there are two ways:
//!
//! * One line changed: the sum of its section is shifted by the difference in points, and what
//!   follows from it is evaluated from the record that the earlier run left of the row. Its loss is
//!   taken out of the ranking and put in again; one loss more than are shown was kept, so that the
//!   next one can move up.
//! * Otherwise the rows are taken out of the batch and scored like any other batch.
//!
//! Where too many rows moved, or the change is not in lines alone, everything is scored anew by the
//! changed rules. Whichever way is taken, the results are those of [`Rulebook::summarise`] by the
//! changed rules, for the values of every row come from the same operations.
//!
//! [`Rulebook::summarise`]: crate::Rulebook::summarise

mod moved;
pub(super) mod records;
mod rest;

use std::borrow::Cow;

use super::outcome::{NodeId, Outcome, Summary};
use super::{Scratch, evaluate};
use crate::column::Batch;
use crate::compile::program::{Alike, Likeness, Program};
use crate::date::Date;
use moved::{Look, Moved};
use records::Records;
use rest::Rest;

/// Of so many rows one may move before everything is scored anew: from records, and from facts.
const SHARES: (usize, usize) = (2, 4);

/// The score, grade and losses of a batch, and what a run by changed rules starts from: about
/// eighty bytes a row for a card of 25 lines and four reasons.
#[derive(Debug)]
pub struct Held<'a> {
    pub(super) summary: Summary<'a>,
    pub(super) batch: &'a Batch,
}

impl<'a> Held<'a> {
    pub(crate) fn new(program: &'a Program, batch: &'a Batch, as_of: Date, scratch: &mut Scratch) -> Self {
        let plan = program.held().unwrap_or(&program.summary);
        let summary = Summary(evaluate(program, plan, Cow::Borrowed(batch), as_of, scratch));
        Self { summary, batch }
    }

    /// The results by the rules before the change.
    #[must_use]
    pub const fn summary(&self) -> &Summary<'a> {
        &self.summary
    }
}

/// What differs between two rulebooks, found once and used for every batch.
#[derive(Debug)]
pub struct Revision<'a> {
    before: &'a Program,
    after: &'a Program,
    change: Change,
    /// Whether everything else that is decided can differ only where score and grade can.
    beside: bool,
}

#[derive(Debug)]
enum Change {
    /// Scores, grades and losses are always the same.
    Nothing,
    /// Rows can differ only where these lines do; the rest of the program where one line changed.
    Lines(Box<Look>, Option<Box<Rest>>),
    /// More than lines changed.
    All,
}

impl<'a> Revision<'a> {
    pub(crate) fn new(before: &'a Program, after: &'a Program) -> Self {
        let mut alike = Alike::new(before, after);
        let (old, new) = (&before.outputs, &after.outputs);
        let follows = [(new.score, old.score), (new.grade, old.grade)]
            .into_iter()
            .all(|(new, old)| alike.of(new, old) >= Likeness::Follows);
        let reasons = before.typed.manifest.reasons == after.typed.manifest.reasons;
        let ranked =
            before.summary.reasons == before.typed.manifest.reasons && before.summary.reasons == after.summary.reasons;
        let beside = beside(&mut alike, before, after);
        let change = match alike.changed.clone() {
            Some(changed) if follows && reasons && ranked => match changed.as_slice() {
                [] => Change::Nothing,
                _ => {
                    let rest = match changed.as_slice() {
                        [line] => Rest::new(*line, &mut alike, before, after).map(Box::new),
                        _ => None,
                    };
                    Change::Lines(Box::new(Look::new(&changed, &mut alike, before, after)), rest)
                }
            },
            _ => Change::All,
        };
        Self { before, after, change, beside }
    }

    /// The rows of a batch, rising, in which the changed rules can decide otherwise: points, losses,
    /// score, grade, status, overrides, outcomes. All other rows are decided alike; only the coverage
    /// and the digests in a decision are not looked at. `None` where that is not known without
    /// evaluating every row by both rulebooks.
    ///
    /// Overrides and outcomes are told apart by their place in the rules and not by their names.
    ///
    /// ```
    /// use xinpei::author::edit::{Change, Tree};
    /// use xinpei::{BatchBuilder, Date, Dossier, Rulebook, Scratch};
    ///
    /// # fn main() -> Result<(), xinpei::Error> {
    /// # let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/yuanhe/2026.1");
    /// let rulebook = Rulebook::load(folder)?;
    /// let trial = rulebook.with_changes(&[Change::set("tax.grade", "points.B", Tree::number("35"))])?;
    /// let mut builder = BatchBuilder::new(rulebook.dictionary());
    /// for dossier in [
    ///     r#"{"enterprise": "91000000MA00000157", "facts": {"tax.grade": "A"}}"#,
    ///     r#"{"enterprise": "91110000600037341L", "facts": {"tax.grade": "B"}}"#,
    /// ] {
    ///     builder.dossier(&Dossier::from_json(dossier)?);
    /// }
    /// let as_of = Date::parse("2026-06-30").unwrap();
    /// let touched = trial.revision_of(&rulebook).touched(&builder.finish(), as_of, &mut Scratch::default());
    /// assert_eq!(touched, Some(vec![1]));
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn touched(&self, batch: &Batch, as_of: Date, scratch: &mut Scratch) -> Option<Vec<usize>> {
        if !self.beside || !batch.fits(&self.before.dictionary) {
            return None;
        }
        match &self.change {
            Change::Nothing => Some(Vec::new()),
            Change::Lines(look, _) if look.tells_all(self.before, self.after) => {
                let moved = look.moved(batch, as_of, self.before, self.after, scratch);
                Some(moved.rows.iter().map(|row| *row as usize).collect())
            }
            Change::Lines(..) | Change::All => None,
        }
    }

    /// Scores a batch by the changed rules, starting from the results by those before.
    ///
    /// The results are the same as those of [`crate::Rulebook::summarise`] by the changed rules; what
    /// was held by another rulebook than the one before is no start, and everything is scored anew.
    #[must_use]
    pub fn rescore<'r>(&'r self, held: &'r Held<'_>, scratch: &mut Scratch) -> Rescored<'r> {
        let outcome = &held.summary.0;
        let start = std::ptr::eq(outcome.program, self.before) && held.batch.fits(&self.before.dictionary);
        let rows = outcome.rows();
        match &self.change {
            Change::Nothing if start => Rescored { held, moved: Some(Moved::default()), patch: None },
            Change::Lines(look, rest) if start => {
                let moved = look.moved(held.batch, outcome.as_of, self.before, self.after, scratch);
                let most = |share: usize| moved.rows.len().saturating_mul(share) <= rows;
                match rest {
                    Some(rest) if most(SHARES.0) => {
                        let patch = rest.patch(held, &moved, self.before, self.after, scratch);
                        Rescored { held, moved: Some(moved), patch: Some(patch) }
                    }
                    None if most(SHARES.1) => {
                        let taken: Vec<usize> = moved.rows.iter().map(|row| *row as usize).collect();
                        let batch = Cow::Owned(held.batch.take(&taken));
                        let patch = self.full(batch, outcome.as_of, scratch);
                        Rescored { held, moved: Some(moved), patch: Some(patch) }
                    }
                    _ => self.anew(held, scratch),
                }
            }
            _ => self.anew(held, scratch),
        }
    }

    fn anew<'r>(&'r self, held: &'r Held<'_>, scratch: &mut Scratch) -> Rescored<'r> {
        let patch = self.full(Cow::Borrowed(held.batch), held.summary.0.as_of, scratch);
        Rescored { held, moved: None, patch: Some(patch) }
    }

    fn full<'r>(&'r self, batch: Cow<'r, Batch>, as_of: Date, scratch: &mut Scratch) -> Summary<'r> {
        Summary(evaluate(self.after, &self.after.summary, batch, as_of, scratch))
    }
}

/// Score, grade and losses of a batch by changed rules: see [`Revision::rescore`].
#[derive(Debug)]
pub struct Rescored<'r> {
    held: &'r Held<'r>,
    /// The rows that were scored again; `None` where all were.
    moved: Option<Moved>,
    /// Their results, in their order.
    patch: Option<Summary<'r>>,
}

impl Rescored<'_> {
    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.held.summary.rows()
    }

    /// The rounded score of a row, in units of its last digit; `None` when unrated.
    #[must_use]
    pub fn score(&self, row: usize) -> Option<i128> {
        let (summary, row) = self.place(row);
        summary.score(row)
    }

    /// The rank of the grade of a row: 0 is the last one; `None` when unrated.
    #[must_use]
    pub fn rank(&self, row: usize) -> Option<i128> {
        let (summary, row) = self.place(row);
        summary.rank(row)
    }

    /// The summary that has the results of a row, and the row in it; see [`Summary::losses`].
    #[must_use]
    pub fn place(&self, row: usize) -> (&Summary<'_>, usize) {
        match (&self.patch, &self.moved) {
            (Some(patch), None) => (patch, row),
            (Some(patch), Some(moved)) => match moved.place(row) {
                Some(place) => (patch, place),
                None => (&self.held.summary, row),
            },
            (None, _) => (&self.held.summary, row),
        }
    }

    /// The rows that were scored again, rising: no other row can differ from what was held.
    pub fn moved(&self) -> impl ExactSizeIterator<Item = usize> {
        let (all, some) = match &self.moved {
            None => (self.rows(), &[][..]),
            Some(moved) => (moved.rows.len(), moved.rows.as_slice()),
        };
        (0..all).map(move |at| some.get(at).map_or(at, |row| *row as usize))
    }
}

/// Whether sections, overrides and outcomes are the same in every row in which the lines of the card are.
fn beside(alike: &mut Alike<'_>, before: &Program, after: &Program) -> bool {
    let (old, new) = (&before.outputs, &after.outputs);
    let mut follows = |new: NodeId, old: NodeId| alike.of(new, old) >= Likeness::Follows;
    let mut all = |new: &[NodeId], old: &[NodeId]| {
        new.len() == old.len() && new.iter().zip(old).all(|(new, old)| follows(*new, *old))
    };
    let details = |list: &[(Option<NodeId>, Option<NodeId>)]| -> (Vec<NodeId>, Vec<bool>) {
        let each = || list.iter().flat_map(|(until, amount)| [*until, *amount]);
        (each().flatten().collect(), each().map(|id| id.is_some()).collect())
    };
    let ((details_new, which_new), (details_old, which_old)) = (details(&new.details), details(&old.details));
    which_new == which_old
        && all(&[new.rated], &[old.rated])
        && all(&new.sections, &old.sections)
        && all(&new.overrides, &old.overrides)
        && all(&new.outcomes, &old.outcomes)
        && all(&details_new, &details_old)
}

/// Memory that scoring again uses.
#[derive(Debug, Default)]
pub(super) struct AgainScratch {
    /// What the changed line scores in each row that moved, where one line changed.
    values: Vec<i64>,
    /// 1 where that is known.
    known: Vec<u8>,
    /// Records of rows that moved.
    records: Records,
    /// Registers of another plan, so that the constants of neither are filled for every batch.
    other: Option<Box<Scratch>>,
}

/// An outcome over rows that have no batch.
fn detached<'a>(program: &'a Program, plan: &'a super::outcome::Plan, rows: usize, as_of: Date) -> Outcome<'a> {
    Outcome::new(program, plan, Cow::Owned(program.dictionary.blank_batch(rows)), as_of)
}
