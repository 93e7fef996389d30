//! Why points were lost: shortfalls against the baseline, the largest first.

use rust_decimal::Decimal;

use crate::decimal;
use crate::evaluate::outcome::{Outcome, Summary};

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
    let codes = &outcome.program.codes;
    let mut lost = vec![0_i128; codes.first.len()];
    for (index, (code, baseline)) in codes.of.iter().enumerate() {
        let (points, digits) = outcome.points(index, row).unwrap_or_default();
        let points = points * decimal::pow10(codes.digits.saturating_sub(digits)).unwrap_or(1);
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

impl Summary<'_> {
    /// The largest losses of a row, as many as the rulebook gives reasons; ties in document order,
    /// never padded.
    pub fn losses(&self, row: usize) -> impl Iterator<Item = Loss> {
        let outcome = &self.0;
        let wanted = outcome.program.typed.manifest.reasons;
        let ranked = (0..outcome.plan.reasons.min(wanted)).map_while(move |rank| {
            let (code, lost) = outcome.ranked(rank, row)?;
            Some(Loss { code, lost: lost.into() })
        });
        // Where losses are too large or too many to be ranked for whole batches, points were kept.
        let unranked = if outcome.plan.reasons < wanted { losses(outcome, row, wanted) } else { Vec::new() };
        ranked.chain(unranked)
    }

    /// What was lost, as a number.
    #[must_use]
    pub fn amount(&self, loss: &Loss) -> Decimal {
        decimal::from_units(loss.lost, self.0.program.codes.digits)
    }
}
