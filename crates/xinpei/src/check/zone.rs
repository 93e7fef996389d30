//! Products and tiers as they are checked: conditions by their nodes, grades by their place.

use super::typed::NodeId;
use crate::label::Label;

/// What a lender offers. Whether an enterprise is admitted, its limit and the last day are those of an
/// outcome of kind `product`.
#[derive(Clone, Debug)]
pub struct Product {
    /// Index of the outcome.
    pub outcome: usize,
    /// The least grade that is admitted, by its place: best first.
    pub floor: Option<usize>,
    /// What is asked, the least grade first.
    pub conditions: Vec<Condition>,
    /// What secures it.
    pub collateral: Option<Label>,
}

/// Something that is asked of an enterprise.
#[derive(Clone, Debug)]
pub struct Condition {
    /// What is asked.
    pub label: Label,
    /// The condition.
    pub when: NodeId,
}

/// The ladder of cultivation.
#[derive(Clone, Debug)]
pub struct Tiers {
    /// The tiers, best first; the last takes the rest.
    pub tiers: Vec<Tier>,
    /// The tier that cultivation leads to, by its place.
    pub line: usize,
    /// Who is taken in: all must hold.
    pub selection: Vec<Rule>,
    /// Who is kept out: one is enough.
    pub bars: Vec<Rule>,
    /// When cultivation has succeeded: one is enough.
    pub success: Vec<Rule>,
    /// When an enterprise leaves without success: one is enough.
    pub removal: Vec<Rule>,
}

/// A tier. It holds where no better one does, its least grade is reached and its condition is known to
/// be true.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Its name.
    pub id: String,
    /// What it means.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The least grade that is in it, by its place: best first.
    pub floor: Option<usize>,
    /// What is asked, the least grade first; nothing of the last tier.
    pub conditions: Vec<NodeId>,
}

/// A rule of cultivation.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The id.
    pub id: String,
    /// The name people use.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The condition.
    pub when: NodeId,
}

impl Tiers {
    /// Its four lists of rules: selection, bars, success, removal.
    #[must_use]
    pub fn lists(&self) -> [&[Rule]; 4] {
        [&self.selection, &self.bars, &self.success, &self.removal]
    }
}
