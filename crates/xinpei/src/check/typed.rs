//! The hand-off of stage 2: a rulebook whose every name is resolved and whose every type fits.

use std::collections::HashMap;
use std::sync::Arc;

use rust_decimal::Decimal;

pub use super::measure::{Change, Duration, Measure, Mutability, Way};
pub use super::types::{Members, Numeric, Type, Unit};
pub use super::zone::{Condition, Product, Rule, Tier, Tiers};
pub use crate::author::source::{LANGUAGE, Manifest, Per};
use crate::date::Date;
use crate::decimal::Rounding;
use crate::id::Id;
use crate::label::Label;

/// Index of a node in [`Arena`].
pub type NodeId = u32;

/// A checked rulebook.
#[derive(Clone, Debug)]
pub struct Typed {
    /// `rulebook.yaml`.
    pub manifest: Manifest,
    /// Digest of the canonical content.
    pub digest: String,
    /// Departments: id, name, and how often they deliver (days and months, one of them zero).
    pub departments: Vec<Department>,
    /// The dictionary.
    pub facts: Vec<Fact>,
    /// The lists of members of all categories.
    pub categories: Vec<Arc<Members>>,
    /// Every expression of the rulebook, shared parts once.
    pub arena: Arena,
    /// The scorecard.
    pub sections: Vec<Section>,
    /// All characteristics, in document order.
    pub characteristics: Vec<Characteristic>,
    /// Digits and range of the rounded score.
    pub score: Numeric,
    /// Grades, best first.
    pub grades: Vec<Grade>,
    /// Overrides, in document order.
    pub overrides: Vec<Override>,
    /// Outcomes, in document order; those of products last.
    pub outcomes: Vec<Outcome>,
    /// What lenders offer, in document order.
    pub products: Vec<Product>,
    /// The ladder of cultivation.
    pub tiers: Option<Tiers>,
    /// What an enterprise can do, in document order.
    pub measures: Vec<Measure>,
    /// Opaque functions.
    pub opaque: Vec<Opaque>,
    /// The scripts, joined, for the sandbox.
    pub script: String,
}

/// A department.
#[derive(Clone, Debug)]
pub struct Department {
    /// Its id.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// How often it delivers: days and months, one of them zero.
    pub refresh: Option<(u16, u16)>,
}

/// A fact of the dictionary.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The id.
    pub id: String,
    /// The name people use.
    pub label: Label,
    /// Index of the department.
    pub department: usize,
    /// What it holds.
    pub kind: FactKind,
    /// What an absent value means.
    pub missing: Missing,
    /// How it may change.
    pub mutability: Mutability,
    /// How each field of its events may change.
    pub fields: Vec<Mutability>,
    /// Advice that must never be given about it.
    pub forbidden: Option<Label>,
}

/// What a fact holds.
#[derive(Clone, Debug)]
pub enum FactKind {
    /// One value.
    Value(ValueType),
    /// A table of events.
    Events(Events),
}

/// The values of a fact or a field.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueType {
    /// Type, unit and range.
    pub ty: Type,
    /// First and last date allowed; only for dates.
    pub dates: (Date, Date),
    /// Whether it is money.
    pub money: bool,
    /// Labels of the members of a category, in their order; empty without labels.
    pub labels: Vec<Label>,
}

/// A table of events.
#[derive(Clone, Debug)]
pub struct Events {
    /// The fields.
    pub fields: Vec<EventField>,
    /// Index of the date field that orders the records.
    pub order: Option<usize>,
    /// Whether there is one record for each month.
    pub monthly: bool,
}

/// A field of an event.
#[derive(Clone, Debug)]
pub struct EventField {
    /// The name.
    pub id: String,
    /// Whether an absent value is a fault.
    pub required: bool,
    /// The name people use.
    pub label: Label,
    /// Its values.
    pub value: ValueType,
}

/// What an absent value means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing is known.
    Unknown,
    /// A fault.
    Required,
    /// This value, in units of the type (a date in days, a member by index, a flag as 0 or 1).
    Means(i64),
    /// A table without records.
    Empty,
}

/// One operation on values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Op {
    /// A value that is never known.
    Missing,
    /// A constant, in units of the type.
    Const(i128),
    /// The value of a fact.
    Fact(u32),
    /// A field of the events of a table: fact, field.
    Field(u32, u32),
    /// The as-of date.
    AsOf,
    /// A value of the enterprise beside each event of a table.
    Spread(NodeId, u32),
    /// A result of scoring.
    Result(ResultRef),
    /// `a + b`, same digits.
    Add(NodeId, NodeId),
    /// `a - b`, same digits.
    Sub(NodeId, NodeId),
    /// `a * b`, digits added up.
    Mul(NodeId, NodeId),
    /// `-a`.
    Neg(NodeId),
    /// The amount of `a`.
    Abs(NodeId),
    /// The lesser, same digits.
    Min(NodeId, NodeId),
    /// The greater, same digits.
    Max(NodeId, NodeId),
    /// The same number with the digits (at least as many) and the unit of the node's type.
    Rescale(NodeId),
    /// Rounded to the fewer digits of the node's type.
    Round(NodeId, Rounding),
    /// `a / b` rounded to the digits of the node's type; missing for a zero divisor.
    Divide(NodeId, NodeId, Rounding),
    /// A comparison of two values of the same type (numbers: same digits).
    Compare(Comparison, NodeId, NodeId),
    /// Whether a category is one of these members, rising.
    In(NodeId, Vec<u32>),
    /// Kleene and.
    And(NodeId, NodeId),
    /// Kleene or.
    Or(NodeId, NodeId),
    /// Not.
    Not(NodeId),
    /// Whether the value is known.
    Present(NodeId),
    /// The first value, or the second where the first is missing.
    Otherwise(NodeId, NodeId),
    /// The second value where the first is true, the third where it is false.
    Choose(NodeId, NodeId, NodeId),
    /// Days from the first date to the second.
    DaysBetween(NodeId, NodeId),
    /// Completed months from the first date to the second.
    MonthsBetween(NodeId, NodeId),
    /// Completed years from the first date to the second.
    YearsBetween(NodeId, NodeId),
    /// A date so many days later; missing outside the calendar of facts.
    AddDays(NodeId, NodeId),
    /// A date so many months later; missing outside the calendar of facts.
    AddMonths(NodeId, NodeId),
    /// The year of a date.
    Year(NodeId),
    /// The month of a date.
    Month(NodeId),
    /// A table summed up for each enterprise.
    Aggregate {
        /// How.
        kind: Aggregate,
        /// The table's fact.
        table: u32,
        /// Which events take part.
        mask: Option<NodeId>,
        /// What is summed up; for `Any`, `All` and `Run` the condition.
        value: Option<NodeId>,
    },
    /// An opaque function of the scripts.
    Opaque(u32, Vec<OpaqueArgument>),
    /// Points by band of a number or date.
    Bands(NodeId, Arc<[Edge]>, Arc<[i64]>),
    /// Points by member of a category or flag.
    Members(NodeId, Arc<[i64]>),
}

/// What an opaque function is given.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum OpaqueArgument {
    /// One value.
    Value(NodeId),
    /// A table: the fact, and which events take part.
    Table(u32, Option<NodeId>),
}

/// A result of scoring that conditions may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResultRef {
    /// The rounded score.
    Score,
    /// The final grade.
    Grade,
    /// The points of a section.
    Section(u32),
    /// The points of a characteristic.
    Points(u32),
    /// Whether an override fired.
    Fired(u32),
    /// Whether the enterprise is rated.
    Rated,
}

/// A comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Comparison {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// How a table is summed up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregate {
    /// How many events.
    Count,
    /// The sum of a value.
    Sum,
    /// The least value.
    Min,
    /// The greatest value.
    Max,
    /// Whether a condition holds for one.
    Any,
    /// Whether it holds for all.
    All,
    /// The longest run of consecutive events for which it holds.
    Run,
    /// The greatest value of each civil month, summed up.
    MonthlyMax,
}

/// The upper edge of a band, in units of what is banded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Edge {
    /// The edge.
    pub at: i128,
    /// Whether the edge itself belongs to the band.
    pub inclusive: bool,
}

impl Edge {
    /// The greatest value that belongs to the band below the edge, as far as 64 bits go.
    #[must_use]
    pub fn last(&self) -> i64 {
        let last = if self.inclusive { self.at } else { self.at - 1 };
        i64::try_from(last.clamp(i64::MIN.into(), i64::MAX.into())).unwrap_or(i64::MAX)
    }
}

/// An operation, its type, and the table whose events it has a value for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// The operation.
    pub op: Op,
    /// The type of its value.
    pub ty: Type,
    /// The table, or `None` for one value an enterprise.
    pub table: Option<u32>,
}

/// Expressions as a graph without repetition: the same operation on the same operands is one node.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    nodes: Vec<Node>,
    known: HashMap<Node, NodeId>,
}

impl Arena {
    /// The node for an operation; operands must be in the arena already.
    pub fn add(&mut self, node: Node) -> NodeId {
        if let Some(id) = self.known.get(&node) {
            return *id;
        }
        let id = NodeId::try_from(self.nodes.len()).unwrap_or(NodeId::MAX);
        self.nodes.push(node.clone());
        self.known.insert(node, id);
        id
    }

    /// A node.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "ids come from `add` of the same arena")]
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// How many nodes there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The operands of a node.
    #[must_use]
    pub fn operands(&self, id: NodeId) -> Vec<NodeId> {
        match &self.node(id).op {
            Op::Missing | Op::Const(_) | Op::Fact(_) | Op::Field(..) | Op::AsOf | Op::Result(_) => Vec::new(),
            Op::Spread(a, _) | Op::Neg(a) | Op::Abs(a) | Op::Rescale(a) | Op::Round(a, _) | Op::In(a, _) => vec![*a],
            Op::Not(a) | Op::Present(a) | Op::Year(a) | Op::Month(a) | Op::Bands(a, ..) | Op::Members(a, _) => vec![*a],
            Op::Add(a, b) | Op::Sub(a, b) | Op::Mul(a, b) | Op::Min(a, b) | Op::Max(a, b) => vec![*a, *b],
            Op::Divide(a, b, _) | Op::Compare(_, a, b) | Op::And(a, b) | Op::Or(a, b) => vec![*a, *b],
            Op::Otherwise(a, b) | Op::DaysBetween(a, b) | Op::MonthsBetween(a, b) => vec![*a, *b],
            Op::YearsBetween(a, b) | Op::AddDays(a, b) | Op::AddMonths(a, b) => vec![*a, *b],
            Op::Choose(a, b, c) => vec![*a, *b, *c],
            Op::Aggregate { mask, value, .. } => mask.iter().chain(value).copied().collect(),
            Op::Opaque(_, arguments) => {
                let ids = arguments.iter().filter_map(|a| match a {
                    OpaqueArgument::Value(id) => Some(*id),
                    OpaqueArgument::Table(_, mask) => *mask,
                });
                ids.collect()
            }
        }
    }
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// The id.
    pub id: Id,
    /// The name people use.
    pub label: Label,
    /// The cap.
    pub max: Option<Decimal>,
    /// The floor.
    pub floor: Option<Decimal>,
    /// Indices of its characteristics.
    pub characteristics: std::ops::Range<usize>,
    /// Digits and range of its points.
    pub points: Numeric,
}

/// A scored line.
#[derive(Clone, Debug)]
pub struct Characteristic {
    /// The id.
    pub id: Id,
    /// The name people use.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// Index of its section.
    pub section: usize,
    /// How it is scored.
    pub scoring: Scoring,
    /// Points when the answer is not known.
    pub missing: Decimal,
    /// The most points that a known answer can have.
    pub max: Decimal,
    /// The least points that a known answer can have.
    pub min: Decimal,
    /// Points against which a shortfall counts.
    pub baseline: Decimal,
    /// The code of its reason.
    pub code: String,
    /// The text of its reason.
    pub reason: Label,
    /// Digits and range of its points, the missing ones included.
    pub points: Numeric,
    /// What a decision shows as its value: what is scored, the number of events that count, or
    /// nothing for a list of conditions.
    pub values: Vec<NodeId>,
}

/// How a characteristic is scored.
#[derive(Clone, Debug)]
pub enum Scoring {
    /// Bands of a number or a date.
    Bands(NodeId, Vec<Band>),
    /// Points by member of a category or flag.
    Members(NodeId, Vec<Decimal>),
    /// Bands of a first value whose points are bands of a second.
    Grid(NodeId, NodeId, Vec<(Option<Edge>, Vec<Band>)>),
    /// Conditions from top to bottom; the last has none.
    First(Vec<(Option<NodeId>, NodeId)>),
    /// Deductions for each event.
    Each(Each),
    /// A formula between two limits.
    Formula(NodeId, Decimal, Decimal),
}

/// One band: its upper edge, `None` for the open one, and its points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// The upper edge.
    pub edge: Option<Edge>,
    /// The points.
    pub points: Decimal,
}

/// Deductions for each event.
#[derive(Clone, Debug)]
pub struct Each {
    /// The table's fact.
    pub table: u32,
    /// Which events count.
    pub mask: Option<NodeId>,
    /// Points without any event.
    pub start: Decimal,
    /// What an event costs: an expression over the event, not below zero.
    pub cost: NodeId,
    /// How often an event counts.
    pub per: Per,
    /// The ceiling of all deductions.
    pub at_most: Decimal,
}

/// A grade.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Its name.
    pub id: String,
    /// What it means.
    pub label: Label,
    /// The lower edge; `None` for the last one and for those reached by override only.
    pub from: Option<Decimal>,
    /// Reached only by an override.
    pub by_override: bool,
}

/// An override.
#[derive(Clone, Debug)]
pub struct Override {
    /// The id.
    pub id: String,
    /// The name people use.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The condition.
    pub when: NodeId,
    /// What it does.
    pub effect: Effect,
}

/// What an override does. Grades by index, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The grade cannot be better.
    Cap(usize),
    /// The grade is this.
    Veto(usize),
    /// Grades up or down.
    Notch(i32),
    /// No rating.
    Unrated,
}

/// An outcome.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The id.
    pub id: String,
    /// Its kind.
    pub kind: String,
    /// What follows.
    pub label: Label,
    /// Who owes it: id and name.
    pub department: (String, Label),
    /// The clause it rests on.
    pub basis: String,
    /// The condition.
    pub when: NodeId,
    /// The last day.
    pub until: Option<NodeId>,
    /// An amount.
    pub amount: Option<NodeId>,
    /// The yearly rate of a product, in per cent.
    pub rate: Option<NodeId>,
    /// How grave an alert is: `high`, `medium` or `low`.
    pub severity: Option<String>,
    /// The public list that a listing stands on: `honest` or `dishonest`.
    pub publicity: Option<String>,
}

/// An opaque function.
#[derive(Clone, Debug)]
pub struct Opaque {
    /// Its name.
    pub id: String,
    /// What it computes.
    pub label: Label,
    /// What it returns.
    pub returns: ValueType,
}
