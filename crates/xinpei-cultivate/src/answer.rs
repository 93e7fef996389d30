//! What the planner answers: a plan, a certificate, or that nothing is left to reach.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};
use xinpei::explain::decision::RulebookRef;
use xinpei::{Date, Fault, Label};

use crate::request::Request;

/// What came of planning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// A plan, and none is better.
    Optimal,
    /// A plan, but the search was stopped at its limit: there may be a better one, cheaper by at most
    /// the gap.
    BestFound,
    /// No plan reaches the target; the certificate says why.
    Infeasible,
    /// The search was stopped at its limit before any plan was found or excluded.
    Undecided,
    /// The enterprise has the best grade that a score can reach.
    AtTop,
    /// The enterprise has reached the named target already.
    Reached,
    /// Something is wrong with the data; a person must look at it before anything is planned.
    Refer,
}

impl Status {
    /// The word in an answer.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Optimal => "optimal",
            Self::BestFound => "best_found",
            Self::Infeasible => "infeasible",
            Self::Undecided => "undecided",
            Self::AtTop => "at_top",
            Self::Reached => "reached",
            Self::Refer => "refer",
        }
    }
}

/// A limit that a search can meet; a [`Request`] sets both.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchLimit {
    /// So many nodes were looked at.
    Nodes,
    /// There are more sets of measures that belong together than were listed.
    Options,
}

/// Where an enterprise stands on a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// `rated`, `unrated` or `refer`.
    pub status: &'static str,
    /// The score; absent when unrated.
    #[serde(serialize_with = "option")]
    pub score: Option<Decimal>,
    /// The grade; absent when unrated.
    pub grade: Option<String>,
}

/// What the plan is to reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Target {
    /// The product that is to admit the enterprise, by its id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// The grade, unless a score is asked for; of a product the least that it admits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// The score that is asked for, or the lower edge of the grade.
    #[serde(serialize_with = "option")]
    pub score: Option<Decimal>,
}

/// Everything the planner says about one enterprise.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// The key of the enterprise.
    pub enterprise: String,
    /// The rulebook that was applied.
    pub rulebook: RulebookRef,
    /// The day on which the plan starts.
    #[serde(serialize_with = "display")]
    pub as_of: Date,
    /// What was asked: with the rulebook, the facts and the day, it is all that an answer rests on.
    pub request: Request,
    /// The last day on which the rules are in force, where days behind it would have been looked at: what
    /// holds then is not known, and nothing is said about it.
    #[serde(serialize_with = "option", skip_serializing_if = "Option::is_none")]
    pub rules_until: Option<Date>,
    /// The digest of the facts on that day.
    pub facts: String,
    /// What came of planning.
    pub status: Status,
    /// Where the enterprise stands on that day.
    pub start: Standing,
    /// What the plan is to reach; absent where nothing is left to reach.
    pub target: Option<Target>,
    /// The plan: the cheapest, then the soonest.
    pub plan: Option<Plan>,
    /// Plans that reach the target sooner and cost more, the soonest first: with the plan itself, the
    /// whole of what cannot be had both cheaper and sooner. Where the search was stopped some may be
    /// missing.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sooner: Vec<Plan>,
    /// The next best plans with other measures, as many as were asked for: none takes all the measures
    /// of a better one without being sooner.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<Plan>,
    /// For a plan that was found at the limit: by how much a better one may be cheaper, in yuan.
    #[serde(serialize_with = "option", skip_serializing_if = "Option::is_none")]
    pub gap: Option<Decimal>,
    /// The limit that was met before the search could prove its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<SearchLimit>,
    /// Why there is no plan.
    pub certificate: Option<Certificate>,
    /// For each line that has not all its points: what the next step is worth.
    pub gradient: Vec<Gradient>,
    /// How near the lower edges are, the nearest losses first.
    pub cliffs: Vec<Cliff>,
    /// What is wrong with the data.
    pub faults: Vec<Fault>,
    /// How many measures apply to the enterprise.
    pub measures: usize,
    /// Nodes that the search looked at.
    pub nodes: u64,
}

impl Answer {
    /// The canonical bytes of the answer: one line of JSON, numbers as text.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// A plan whose every step was scored by the engine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Plan {
    /// The measures, in the order in which they take effect.
    pub steps: Vec<Step>,
    /// The review day on which the target is reached.
    #[serde(serialize_with = "display")]
    pub review: Date,
    /// Months from the as-of date to the review day.
    pub months: u32,
    /// What all measures cost, in yuan.
    #[serde(serialize_with = "display")]
    pub cost: Decimal,
    /// Where the enterprise stands on the review day.
    pub result: Standing,
    /// By how much the lower edge of the target is passed.
    #[serde(serialize_with = "display")]
    pub margin: Decimal,
    /// Facts that differ on the review day.
    pub changes: Vec<FactChange>,
    /// The receipt of the decision on the review day: scoring `facts` again gives the same.
    pub receipt: String,
    /// All facts on the review day, as a dossier.
    #[serde(skip)]
    pub facts: xinpei::Dossier,
}

/// One measure of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    /// The id of the measure.
    pub measure: String,
    /// What is done.
    pub text: Label,
    /// Who acts, if it is not the enterprise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<Label>,
    /// The department that certifies it: id and name.
    pub department: (String, Label),
    /// The clause it rests on.
    pub basis: String,
    /// What is filed to show that it is done.
    pub evidence: Label,
    /// The first day.
    #[serde(serialize_with = "display")]
    pub start: Date,
    /// The last day, on which it takes effect; a continuing measure goes on until the review day.
    #[serde(serialize_with = "display")]
    pub end: Date,
    /// Whether it is kept up until the review day.
    pub continuing: bool,
    /// What it costs, in yuan.
    #[serde(serialize_with = "display")]
    pub cost: Decimal,
    /// Facts of this measure that differ from those after the step before.
    pub changes: Vec<FactChange>,
    /// Where the enterprise stands on the last day.
    pub after: Standing,
    /// The receipt of the decision on the last day.
    pub receipt: String,
}

/// A fact that a plan changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FactChange {
    /// The fact; a field of an event as `court.cases[1].status`, counted from 1.
    pub fact: String,
    /// The name people use.
    pub label: Label,
    /// The value before; absent where nothing was known.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
    /// What people call the value before, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before_text: Option<Label>,
    /// What people call the value after, if it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after_text: Option<Label>,
}

impl FactChange {
    /// Both values as people call them in a language; a dash for what is not known.
    #[must_use]
    pub fn told(&self, language: &str) -> (String, String) {
        let side = |value: &Option<String>, text: &Option<Label>| match (text, value) {
            (Some(text), _) => text.text(language).to_owned(),
            (None, Some(value)) => value.clone(),
            (None, None) => "—".to_owned(),
        };
        (side(&self.before, &self.before_text), side(&self.after, &self.after_text))
    }
}

/// Why no plan reaches the target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Certificate {
    /// The points that the target needs; absent where points do not matter.
    #[serde(serialize_with = "option")]
    pub needed: Option<Decimal>,
    /// More than these points no plan can bring: the sum of the best of each line, capped by section.
    #[serde(serialize_with = "display")]
    pub attainable: Decimal,
    /// Whether the attainable points alone show that there is no plan.
    pub points_short: bool,
    /// Where too little is known for a rating, whatever is done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coverage: Option<Known>,
    /// The points line by line.
    pub lines: Vec<Line>,
    /// Overrides that stand in the way whatever is done.
    pub blocked: Vec<Blocked>,
    /// How many months were looked ahead.
    pub months: u32,
    /// What the cheapest plan costs, in yuan, where only the budget stands in its way.
    #[serde(serialize_with = "option", skip_serializing_if = "Option::is_none")]
    pub cheapest: Option<Decimal>,
    /// The first review day, within ten years and while the rules are in force, on which waiting alone
    /// reaches the target.
    #[serde(serialize_with = "option")]
    pub waiting: Option<Date>,
    /// The first review day, within the months that were asked for, on which some plan does.
    #[serde(serialize_with = "option")]
    pub earliest: Option<Date>,
    /// Facts that would have to be different: with the values told here there is a plan, for one was
    /// found. Three facts at most; empty where none were found.
    pub unlock: Vec<Requirement>,
    /// Whether fewer facts are proved not to be enough, whatever their values.
    pub smallest: bool,
}

/// How much of the card is answered, and how much a rating needs; shares of its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Known {
    /// The most that can be answered on any review day, rounded down to two digits.
    #[serde(serialize_with = "display")]
    pub attainable: Decimal,
    /// What a rating needs.
    #[serde(serialize_with = "display")]
    pub needed: Decimal,
}

/// One line of the card in a certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// The characteristic.
    pub id: String,
    /// The name people use.
    pub label: Label,
    /// The points on the as-of date.
    #[serde(serialize_with = "display")]
    pub now: Decimal,
    /// The most points that any plan brings.
    #[serde(serialize_with = "display")]
    pub best: Decimal,
    /// The most points that the line has.
    #[serde(serialize_with = "display")]
    pub max: Decimal,
}

/// An override that stands in the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blocked {
    /// The override.
    pub id: String,
    /// The name people use.
    pub label: Label,
    /// The clause it rests on.
    pub basis: String,
    /// The facts that decide it.
    pub facts: Vec<String>,
}

/// A fact that would have to be different.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// The fact.
    pub fact: String,
    /// The name people use.
    pub label: Label,
    /// Its value; absent for what is not known, and for a table the number of its events.
    pub value: Option<String>,
    /// The value with which there is a plan.
    pub needed: String,
    /// Advice that must never be given about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forbidden: Option<Label>,
}

/// What the next step of a line is worth.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gradient {
    /// The characteristic.
    pub id: String,
    /// The name people use.
    pub label: Label,
    /// The points now.
    #[serde(serialize_with = "display")]
    pub points: Decimal,
    /// The points that the next better band or member adds; where the value can move to none, all that the
    /// line is short of.
    #[serde(serialize_with = "display")]
    pub gain: Decimal,
    /// What is scored, in its plain spelling.
    pub value: Option<String>,
    /// How far the next band is, in the unit of the value; absent where the value never moves to a better
    /// one, such as an age to a younger one.
    #[serde(serialize_with = "option")]
    pub distance: Option<Decimal>,
    /// The cheapest measures that add points here, if any do.
    pub measures: Vec<String>,
    /// What they cost, in yuan.
    #[serde(serialize_with = "option")]
    pub cost: Option<Decimal>,
    /// The points that they add here.
    #[serde(serialize_with = "option")]
    pub adds: Option<Decimal>,
}

/// How near an edge is behind which points are lost: one on a side to which the value can move.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Cliff {
    /// The characteristic.
    pub id: String,
    /// The name people use.
    pub label: Label,
    /// What is scored.
    pub value: String,
    /// The edge behind which points are lost.
    pub edge: String,
    /// How far it is, in the unit of the value.
    #[serde(serialize_with = "display")]
    pub distance: Decimal,
    /// The points that would be lost.
    #[serde(serialize_with = "display")]
    pub loss: Decimal,
}

pub(crate) fn display<T: std::fmt::Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

pub(crate) fn option<T: std::fmt::Display, S: Serializer>(value: &Option<T>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => serializer.collect_str(value),
        None => serializer.serialize_none(),
    }
}
