//! Where the enterprises of a batch stand beside their decisions: which products admit them and why
//! others do not, which tier they are in, and what the rules of cultivation say.

use rust_decimal::Decimal;

use super::outcome::{NodeId, Outcome};
use crate::date::Date;
use crate::decimal;

/// The outcome of a batch with what products, tiers and the rules of cultivation say.
#[derive(Debug)]
pub struct Placement<'a>(pub(crate) Outcome<'a>);

/// The four lists of rules of cultivation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cultivation {
    /// Who is taken in: all must hold.
    Selection,
    /// Who is kept out: one is enough.
    Bars,
    /// When cultivation has succeeded: one is enough.
    Success,
    /// When an enterprise leaves without success: one is enough.
    Removal,
}

impl<'a> Placement<'a> {
    /// The outcome, for decisions.
    #[must_use]
    pub const fn outcome(&self) -> &Outcome<'a> {
        &self.0
    }

    /// The grade of a row by its place, best first; `None` when unrated.
    #[must_use]
    pub fn grade(&self, row: usize) -> Option<usize> {
        let rank = usize::try_from(self.0.value(self.0.program.outputs.grade, row)?).ok()?;
        self.0.program.typed.grades.len().checked_sub(rank + 1)
    }

    /// The rounded score of a row; `None` when unrated.
    #[must_use]
    pub fn score(&self, row: usize) -> Option<Decimal> {
        self.0.number(self.0.program.outputs.score, row)
    }

    /// Whether an override fired for the enterprise of a row.
    #[must_use]
    pub fn fired(&self, rule: usize, row: usize) -> bool {
        self.flag(self.0.program.outputs.overrides.get(rule), row)
    }

    /// Whether an outcome follows for the enterprise of a row.
    #[must_use]
    pub fn follows(&self, outcome: usize, row: usize) -> bool {
        self.flag(self.0.program.outputs.outcomes.get(outcome), row)
    }

    /// The last day of an outcome at a row, whether it follows or not; `None` where it has none or it is not
    /// known.
    #[must_use]
    pub fn until(&self, outcome: usize, row: usize) -> Option<Date> {
        let (until, _) = self.0.program.outputs.details.get(outcome)?;
        Some(Date::from_days(i32::try_from(self.0.value((*until)?, row)?).ok()?))
    }

    /// The amount of an outcome at a row, whether it follows or not; of a product its limit.
    #[must_use]
    pub fn amount(&self, outcome: usize, row: usize) -> Option<Decimal> {
        let (_, amount) = self.0.program.outputs.details.get(outcome)?;
        self.0.number((*amount)?, row)
    }

    /// The yearly rate of a product's outcome at a row, in per cent, whether it follows or not.
    #[must_use]
    pub fn rate(&self, outcome: usize, row: usize) -> Option<Decimal> {
        self.0.number((*self.0.program.outputs.rates.get(outcome)?)?, row)
    }

    /// The points that a characteristic lost at a row against its baseline; none where it lost nothing.
    #[must_use]
    pub fn lost(&self, characteristic: usize, row: usize) -> Option<Decimal> {
        let (units, digits) = self.0.points(characteristic, row)?;
        let baseline = self.0.program.typed.characteristics.get(characteristic)?.baseline;
        Some(baseline - decimal::from_units(units, digits)).filter(|lost| *lost > Decimal::ZERO)
    }

    fn flag(&self, id: Option<&NodeId>, row: usize) -> bool {
        id.is_some_and(|id| self.0.value(*id, row) == Some(1))
    }

    /// Whether each condition of a product holds for the enterprise of a row, in their order; `None`
    /// where that is not known.
    #[must_use]
    pub fn conditions(&self, product: usize, row: usize) -> Vec<Option<bool>> {
        let nodes = self.0.program.outputs.placed.products.get(product).map(Vec::as_slice).unwrap_or_default();
        nodes.iter().map(|id| self.0.value(*id, row).map(|value| value == 1)).collect()
    }

    /// Whether a product admits the enterprise of a row: each of its conditions is known to hold.
    #[must_use]
    pub fn admits(&self, product: usize, row: usize) -> bool {
        self.0.program.typed.products.get(product).is_some_and(|product| self.follows(product.outcome, row))
    }

    /// The tier of a row by its place, best first; `None` where the rulebook has no tiers.
    #[must_use]
    pub fn tier(&self, row: usize) -> Option<usize> {
        let holds = |nodes: &Vec<NodeId>| nodes.iter().all(|id| self.0.value(*id, row) == Some(1));
        self.0.program.outputs.placed.tiers.iter().position(holds)
    }

    /// Whether each rule of a list holds for the enterprise of a row, in their order; `None` where that
    /// is not known.
    #[must_use]
    pub fn rules(&self, list: Cultivation, row: usize) -> Vec<Option<bool>> {
        let nodes = self.0.program.outputs.placed.rules.get(list as usize).map(Vec::as_slice).unwrap_or_default();
        nodes.iter().map(|id| self.0.value(*id, row).map(|value| value == 1)).collect()
    }

    /// Whether cultivation takes the enterprise of a row in: every rule of selection is known to hold,
    /// and no bar does.
    #[must_use]
    pub fn selected(&self, row: usize) -> bool {
        self.rules(Cultivation::Selection, row).into_iter().all(|holds| holds == Some(true))
            && self.rules(Cultivation::Bars, row).into_iter().all(|holds| holds != Some(true))
    }
}
