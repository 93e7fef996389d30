//! Where the enterprises of a batch stand beside their decisions: which products admit them and why
//! others do not, which tier they are in, and what the rules of cultivation say.

use super::outcome::Outcome;

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
        self.0.program.typed.products.get(product).is_some_and(|product| {
            let outcomes = &self.0.program.outputs.outcomes;
            outcomes.get(product.outcome).is_some_and(|id| self.0.value(*id, row) == Some(1))
        })
    }

    /// The tier of a row by its place, best first; `None` where the rulebook has no tiers.
    #[must_use]
    pub fn tier(&self, row: usize) -> Option<usize> {
        let holds = |nodes: &Vec<u32>| nodes.iter().all(|id| self.0.value(*id, row) == Some(1));
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
