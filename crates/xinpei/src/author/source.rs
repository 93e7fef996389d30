//! The hand-off of stage 1: a rulebook as its authors wrote it, every value with its place.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::shape;
pub use super::shape::{duration_help, is_amount_of_time, parse_duration};
pub use super::yaml::{Kind, Node};
use crate::date::Date;
use crate::decimal::Rounding;
use crate::diagnostic::{Files, Span};
use crate::label::Label;

/// The version of the rule language that this engine reads.
pub const LANGUAGE: u32 = 1;

/// Whether a text is an id of one or two words.
#[must_use]
pub fn is_id(text: &str) -> bool {
    shape::is_word(text) || shape::is_dotted(text)
}

/// A text and its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The text.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// A number and its place.
#[derive(Clone, Copy, Debug)]
pub struct Number {
    /// The number, exact.
    pub value: Decimal,
    /// Where it stands.
    pub span: Span,
}

/// Everything that a rulebook's files say.
#[derive(Clone, Debug)]
pub struct Source {
    /// The texts, for the pictures of diagnostics.
    pub files: Arc<Files>,
    /// `rulebook.yaml`.
    pub manifest: Manifest,
    /// The departments that deliver facts, in the order of their files.
    pub departments: Vec<Department>,
    /// The dictionary, in the order of files and lines.
    pub facts: Vec<Fact>,
    /// The scorecard, in the order of the file names.
    pub sections: Vec<Section>,
    /// Grades, best first.
    pub grades: Vec<Grade>,
    /// Overrides, in document order.
    pub overrides: Vec<Override>,
    /// Outcomes, in the order of files and lines.
    pub outcomes: Vec<Outcome>,
    /// Products of lenders, in the order of files and lines.
    pub products: Vec<Product>,
    /// `tiers.yaml`.
    pub tiers: Option<Tiers>,
    /// Measures, in the order of files and lines.
    pub measures: Vec<Measure>,
    /// Indices of the script files.
    pub scripts: Vec<u32>,
    /// What the scripts promise.
    pub functions: Vec<Function>,
    /// Ids of facts and rules that could not be read: they were reported, their uses are not.
    pub unread: BTreeSet<String>,
    /// Kinds of file of which one could not be read: it may have held any name.
    pub lost: BTreeSet<&'static str>,
    /// The roots of the files of cases.
    pub cases: Vec<Node>,
    /// SHA-256 over the canonical content, cases left out, in hexadecimal.
    pub digest: String,
}

/// `rulebook.yaml`.
#[derive(Clone, Debug)]
pub struct Manifest {
    /// The id.
    pub id: Text,
    /// The version.
    pub version: Text,
    /// The name people use.
    pub title: Label,
    /// Who issued it.
    pub authority: Label,
    /// First day in force.
    pub from: Date,
    /// Last day in force, if it ends.
    pub to: Option<Date>,
    /// Where the window stands.
    pub window: Span,
    /// The languages of every label.
    pub languages: Vec<String>,
    /// Whether enterprises are named by their unified social credit code.
    pub uscc: bool,
    /// What the rulebook leaves out.
    pub partial: Option<Label>,
    /// Digits of the score.
    pub digits: u32,
    /// How the score is rounded.
    pub rounding: Rounding,
    /// How many reasons a decision tells.
    pub reasons: usize,
    /// Whether characteristics carry a baseline of their own.
    pub own_baseline: bool,
    /// The coverage under which an enterprise is unrated.
    pub unrated_below: Option<Number>,
}

/// A department.
#[derive(Clone, Debug)]
pub struct Department {
    /// Its id.
    pub id: Text,
    /// Its name.
    pub label: Label,
    /// How often it delivers: days and months, one of them zero.
    pub refresh: Option<(u16, u16)>,
}

/// A member of a category and its label, if it has one.
pub type Member = (Text, Option<Label>);

/// A fact of the dictionary, or a field of its events.
#[derive(Clone, Debug)]
pub struct Fact {
    /// The id.
    pub id: Text,
    /// The name people use.
    pub label: Label,
    /// Index of the department.
    pub department: usize,
    /// The word for the type.
    pub kind: Text,
    /// The unit.
    pub unit: Option<Text>,
    /// Digits after the point.
    pub digits: Option<Number>,
    /// The range with its edges.
    pub range: Option<(Option<Node>, Option<Node>, Span)>,
    /// Members with their labels.
    pub members: Option<(Vec<Member>, Span)>,
    /// What an absent value means.
    pub missing: Missing,
    /// Fields of events.
    pub fields: Vec<Fact>,
    /// The field that orders the records.
    pub order: Option<Text>,
    /// One record for each month.
    pub monthly: Option<Span>,
    /// How it may change.
    pub mutability: Option<Text>,
    /// Advice that must never be given about it, and where that stands.
    pub forbidden: Option<(Label, Span)>,
}

/// What an absent value means.
#[derive(Clone, Debug)]
pub enum Missing {
    /// Nothing is known.
    Unknown,
    /// A fault.
    Required,
    /// This value.
    Means(Node),
}

/// A section of the scorecard.
#[derive(Clone, Debug)]
pub struct Section {
    /// The id.
    pub id: Text,
    /// The name people use.
    pub label: Label,
    /// The cap.
    pub max: Option<Number>,
    /// The floor.
    pub floor: Option<Number>,
    /// Its lines.
    pub characteristics: Vec<Characteristic>,
}

/// One scored line.
#[derive(Clone, Debug)]
pub struct Characteristic {
    /// The id.
    pub id: Text,
    /// The name people use.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// How it is scored.
    pub scoring: Scoring,
    /// Points when the answer is not known.
    pub missing: Number,
    /// Points against which a shortfall counts.
    pub baseline: Option<Number>,
    /// The code of its reason.
    pub code: Option<String>,
    /// The text of its reason.
    pub reason: Option<Label>,
    /// The promise: the fact, and whether points rise with it.
    pub promise: Option<(Text, bool)>,
}

/// The five ways to score.
#[derive(Clone, Debug)]
pub enum Scoring {
    /// Bands or members of one or two expressions.
    Points {
        /// What is scored.
        of: Vec<Node>,
        /// The points.
        points: Points,
    },
    /// Conditions from top to bottom.
    First(Vec<FirstRow>),
    /// Deductions for each event.
    Each {
        /// The table.
        table: Node,
        /// Which events count.
        filter: Option<Node>,
        /// Points without any event.
        start: Number,
        /// What each event costs.
        deduct: Deduct,
        /// How often an event counts.
        per: Per,
        /// The ceiling of all deductions.
        at_most: Number,
    },
    /// A formula between two limits.
    Formula {
        /// The expression.
        formula: Node,
        /// The least points.
        at_least: Number,
        /// The most points.
        at_most: Number,
    },
}

/// A line of `first`.
#[derive(Clone, Debug)]
pub struct FirstRow {
    /// The condition, absent on the last line.
    pub when: Option<Node>,
    /// The points.
    pub points: Node,
    /// Where the line stands.
    pub span: Span,
}

/// Points by band or by member.
#[derive(Clone, Debug)]
pub enum Points {
    /// By upper edge.
    Bands(Vec<Band>, Span),
    /// By member; `else` takes the rest.
    Members(Vec<(Text, Number)>, Span),
}

/// One band.
#[derive(Clone, Debug)]
pub struct Band {
    /// The upper edge; `None` for the open band.
    pub edge: Option<Edge>,
    /// The points, unless bands by the second variable follow.
    pub points: Option<Number>,
    /// Bands by the second variable.
    pub by: Vec<Band>,
    /// Where it stands.
    pub span: Span,
}

/// An upper edge.
#[derive(Clone, Debug)]
pub struct Edge {
    /// The number or date.
    pub node: Node,
    /// Whether the edge itself belongs to the band.
    pub inclusive: bool,
}

/// What an event costs.
#[derive(Clone, Debug)]
pub enum Deduct {
    /// An expression over the event.
    Expression(Node),
    /// Bands or members of an expression over the event.
    Points(Node, Points),
}

/// How often an event counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Every event.
    Event,
    /// The dearest of each civil month.
    Month,
    /// The dearest of all.
    Once,
}

/// A grade.
#[derive(Clone, Debug)]
pub struct Grade {
    /// Its name.
    pub id: Text,
    /// What it means.
    pub label: Label,
    /// The lower edge.
    pub from: Option<Number>,
    /// Reached only by an override.
    pub by_override: bool,
}

/// An override.
#[derive(Clone, Debug)]
pub struct Override {
    /// The id.
    pub id: Text,
    /// The name people use.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The condition.
    pub when: Node,
    /// What it does.
    pub effect: Effect,
}

/// What an override does.
#[derive(Clone, Debug)]
pub enum Effect {
    /// The grade cannot be better.
    Cap(Text),
    /// The grade is this.
    Veto(Text),
    /// Grades up or down.
    Notch(Number),
    /// No rating.
    Unrated,
}

/// An outcome.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The id.
    pub id: Text,
    /// Its kind.
    pub kind: String,
    /// What follows.
    pub label: Label,
    /// Who owes it: id and label.
    pub department: (String, Label),
    /// The clause it rests on.
    pub basis: String,
    /// The condition.
    pub when: Node,
    /// The last day.
    pub until: Option<Node>,
    /// An amount.
    pub amount: Option<Node>,
    /// How grave an alert is.
    pub severity: Option<Text>,
    /// The public list that a listing stands on.
    pub publicity: Option<Text>,
}

/// What a lender offers.
#[derive(Clone, Debug)]
pub struct Product {
    /// The id.
    pub id: Text,
    /// The name people use.
    pub label: Label,
    /// Who offers it: id and label.
    pub lender: (String, Label),
    /// The clause it rests on.
    pub basis: String,
    /// The least grade that is admitted.
    pub floor: Option<Text>,
    /// What is asked besides, each with its label.
    pub conditions: Vec<(Label, Node)>,
    /// What secures it.
    pub collateral: Option<Label>,
    /// The most that is lent.
    pub limit: Node,
    /// The yearly rate.
    pub rate: Option<Node>,
    /// The last day on which the offer stands.
    pub until: Option<Node>,
}

/// The ladder of cultivation.
#[derive(Clone, Debug)]
pub struct Tiers {
    /// The tiers, best first.
    pub tiers: Vec<Tier>,
    /// The tier that cultivation leads to.
    pub line: Text,
    /// Who is taken in.
    pub selection: Vec<Rule>,
    /// Who is kept out.
    pub bars: Vec<Rule>,
    /// When cultivation has succeeded.
    pub success: Vec<Rule>,
    /// When an enterprise leaves without success.
    pub removal: Vec<Rule>,
}

/// A tier.
#[derive(Clone, Debug)]
pub struct Tier {
    /// Its name.
    pub id: Text,
    /// What it means.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The least grade that is in it.
    pub floor: Option<Text>,
    /// The condition.
    pub when: Option<Node>,
}

/// A rule of cultivation.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The id.
    pub id: Text,
    /// The name people use.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The condition.
    pub when: Node,
}

/// What an enterprise can do.
#[derive(Clone, Debug)]
pub struct Measure {
    /// The id.
    pub id: Text,
    /// What is done.
    pub label: Label,
    /// Who certifies it: id and label.
    pub department: (String, Label),
    /// The clause it rests on.
    pub basis: String,
    /// Who acts, if it is not the enterprise.
    pub actor: Option<Label>,
    /// What is filed to show that it is done.
    pub evidence: Label,
    /// Whether there is something to do.
    pub when: Option<Node>,
    /// What changes in the facts.
    pub effects: Vec<Change>,
    /// What it costs.
    pub cost: Node,
    /// How long it takes.
    pub duration: Node,
    /// The first day on which it can start.
    pub earliest: Option<Node>,
    /// Measures that must be done before.
    pub requires: Vec<Text>,
    /// Measures that cannot be in the same plan.
    pub excludes: Vec<Text>,
    /// How often it can be taken.
    pub times: u32,
    /// Whether it is kept up until the end of the plan.
    pub continuing: bool,
}

/// One effect of a measure.
#[derive(Clone, Debug)]
pub enum Change {
    /// A fact changes: how, and by which expression.
    Fact(Text, Way, Node),
    /// Events that match change in some fields.
    Set {
        /// The table.
        table: Text,
        /// Which events.
        filter: Option<Node>,
        /// Fields and their new values.
        fields: Vec<(Text, Node)>,
    },
    /// Events that match leave the table.
    Remove(Text, Option<Node>),
    /// A new event, once or in each month.
    Add {
        /// The table.
        table: Text,
        /// Fields and their values.
        fields: Vec<(Text, Node)>,
        /// In each month.
        monthly: Option<Span>,
    },
}

/// How a fact changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To a value.
    Set,
    /// By an amount.
    Add,
    /// To a value, unless it is lower already.
    ReduceTo,
    /// To a value, unless it is higher already.
    RaiseTo,
}

/// What a function of the scripts promises.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name.
    pub id: Text,
    /// What it computes.
    pub label: Label,
    /// Declared opaque.
    pub opaque: bool,
    /// What it returns, read like a fact.
    pub returns: Option<Fact>,
}
