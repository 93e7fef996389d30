//! Measures as they are checked: which facts change, and by which nodes.

use super::typed::NodeId;
pub use crate::author::source::Way;
use crate::label::Label;

/// How a fact may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mutability {
    /// No measure changes it.
    #[default]
    Immutable,
    /// It may rise, become true or later; records may be added.
    OnlyUp,
    /// It may fall, become false or earlier; records may be removed.
    OnlyDown,
    /// It may become any value of its range.
    Free,
    /// It moves with the calendar, and no measure changes it.
    TimeDriven,
}

/// What an enterprise can do.
#[derive(Clone, Debug)]
pub struct Measure {
    /// The id.
    pub id: String,
    /// What is done.
    pub label: Label,
    /// Who certifies it: id and name.
    pub department: (String, Label),
    /// The clause it rests on.
    pub basis: String,
    /// Who acts, if it is not the enterprise.
    pub actor: Option<Label>,
    /// What is filed to show that it is done.
    pub evidence: Label,
    /// Whether there is something to do.
    pub when: Option<NodeId>,
    /// What changes in the facts, in document order.
    pub effects: Vec<Change>,
    /// What it costs: money, never below zero.
    pub cost: NodeId,
    /// How long it takes.
    pub duration: Duration,
    /// The first day on which it can start.
    pub earliest: Option<NodeId>,
    /// Measures that must be done before, rising.
    pub requires: Vec<usize>,
    /// Measures that cannot be in the same plan, rising.
    pub excludes: Vec<usize>,
    /// How often it can be taken.
    pub times: u32,
    /// Whether it is kept up until the end of the plan.
    pub continuing: bool,
}

/// How long a measure takes: a number that is never below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duration {
    /// So many days.
    Days(NodeId),
    /// So many civil months.
    Months(NodeId),
}

/// One effect of a measure.
#[derive(Clone, Debug)]
pub enum Change {
    /// A fact changes.
    Fact {
        /// The fact.
        fact: u32,
        /// How.
        way: Way,
        /// The value or the amount, in the units of the fact.
        value: NodeId,
    },
    /// The events for which the mask is known to be true change in some fields.
    Set {
        /// The table's fact.
        table: u32,
        /// Which events; all of them without a mask.
        mask: Option<NodeId>,
        /// Fields and their values, one for each event.
        fields: Vec<(u32, NodeId)>,
    },
    /// The events for which the mask is known to be true leave the table.
    Remove {
        /// The table's fact.
        table: u32,
        /// Which events; all of them without a mask.
        mask: Option<NodeId>,
    },
    /// A new event.
    Add {
        /// The table's fact.
        table: u32,
        /// Fields and their values; the rest is not known.
        fields: Vec<(u32, NodeId)>,
        /// The field that takes the first day of each month of the plan, if there is one a month.
        monthly: Option<u32>,
    },
}

impl Change {
    /// The fact that changes.
    #[must_use]
    pub const fn fact(&self) -> u32 {
        match self {
            Self::Fact { fact, .. } => *fact,
            Self::Set { table, .. } | Self::Remove { table, .. } | Self::Add { table, .. } => *table,
        }
    }

    /// The nodes that it reads.
    #[must_use]
    pub fn nodes(&self) -> Vec<NodeId> {
        match self {
            Self::Fact { value, .. } => vec![*value],
            Self::Set { mask, fields, .. } => mask.iter().copied().chain(fields.iter().map(|f| f.1)).collect(),
            Self::Remove { mask, .. } => mask.iter().copied().collect(),
            Self::Add { fields, .. } => fields.iter().map(|f| f.1).collect(),
        }
    }
}
