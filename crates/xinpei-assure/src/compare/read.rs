//! What an outcome says of a row, in the words of a comparison.

use xinpei::check::typed::{NodeId, Type};
use xinpei::evaluate::outcome::Outcome;

/// The points of one characteristic at all rows.
pub(super) enum Points<'a> {
    /// The characteristic is not in this rulebook.
    None,
    /// Side by side, and their digits.
    Column(&'a [i32], u32),
    /// One by one.
    Rows(&'a Outcome<'a>, usize),
}

impl<'a> Points<'a> {
    pub(super) fn of(outcome: &'a Outcome<'a>, characteristic: Option<usize>) -> Self {
        match characteristic {
            None => Self::None,
            Some(at) => match outcome.points_column(at) {
                Some((column, digits)) => Self::Column(column, digits),
                None => Self::Rows(outcome, at),
            },
        }
    }

    /// Units and digits; no points where the rulebook lacks the characteristic.
    pub(super) fn at(&self, row: usize) -> (i128, u32) {
        match self {
            Self::None => (0, 0),
            Self::Column(column, digits) => (column.get(row).copied().unwrap_or(0).into(), *digits),
            Self::Rows(outcome, at) => outcome.points(*at, row).unwrap_or((0, 0)),
        }
    }

    /// Whether both are the same at all rows, so far as that can be seen at once.
    pub(super) fn equal(&self, other: &Self) -> bool {
        matches!((self, other), (Self::Column(a, d), Self::Column(b, e)) if d == e && a == b)
    }
}

/// The number of a node at a row, and its digits.
pub(super) fn number(outcome: &Outcome<'_>, id: Option<NodeId>, row: usize) -> Option<(i128, u32)> {
    let id = id?;
    let digits = match &outcome.program.arena.node(id).ty {
        Type::Number(numeric) => numeric.digits,
        _ => 0,
    };
    Some((outcome.value(id, row)?, digits))
}

/// Whether two nodes have the same value at all rows, so far as that can be seen at once.
pub(super) fn equal((old, a): (&Outcome<'_>, Option<NodeId>), (new, b): (&Outcome<'_>, Option<NodeId>)) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    let digits = |outcome: &Outcome<'_>, id| outcome.program.arena.node(id).ty.number().map(|numeric| numeric.digits);
    digits(old, a) == digits(new, b) && old.column(a).is_some_and(|column| Some(column) == new.column(b))
}

/// Rows of a node that is true or false, or of none.
pub(super) struct Flags<'a>(Option<(&'a [i64], &'a [u8])>);

impl<'a> Flags<'a> {
    pub(super) fn of(outcome: &'a Outcome<'_>, id: Option<NodeId>) -> Self {
        Self(id.and_then(|id| outcome.column(id)))
    }

    pub(super) fn at(&self, row: usize) -> bool {
        self.0.is_some_and(|(values, known)| known.get(row) == Some(&1) && values.get(row) == Some(&1))
    }
}

/// Where an enterprise stands: by index in a list of all grades, then unrated, then referred.
pub(super) fn standing(outcome: &Outcome<'_>, grades: usize, row: usize) -> usize {
    let outputs = &outcome.program.outputs;
    if !outcome.faults(row).is_empty() {
        return grades + 1;
    }
    let rated = outcome.value(outputs.rated, row) == Some(1);
    grade(outcome, grades, row).filter(|_| rated).unwrap_or(grades)
}

/// The index of the grade, best first; also of one that is provisional.
pub(super) fn grade(outcome: &Outcome<'_>, grades: usize, row: usize) -> Option<usize> {
    let rank = usize::try_from(outcome.value(outcome.program.outputs.grade, row)?).ok()?;
    grades.checked_sub(1)?.checked_sub(rank)
}

/// Two numbers of units in the finer of their digits.
pub(super) fn level(a: (i128, u32), b: (i128, u32)) -> (i128, i128, u32) {
    let digits = a.1.max(b.1);
    let scale = |(units, d): (i128, u32)| units.saturating_mul(xinpei::decimal::pow10(digits - d).unwrap_or(1));
    (scale(a), scale(b), digits)
}
