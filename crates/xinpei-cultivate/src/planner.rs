//! From a dossier and a target to an answer.

use rust_decimal::Decimal;
use xinpei::{Batch, BatchBuilder, Date, Dossier, Error, Rulebook, Scratch, decimal};

use crate::answer::{Answer, Status, Target};
use crate::apply::Applier;
use crate::bounds::{Goal, Need, edge_of, rank_of};
use crate::certificate::Evidence;
use crate::describe::{Scene, decide, standing, yuan};
use crate::gradient::gradient;
use crate::groups::groups;
use crate::items::{Item, items, schedule};
use crate::search::search;
use crate::state::State;
use crate::tables::{Context, Review, tables};

/// What is asked of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// What is to be reached: the next better grade by default.
    pub target: Wanted,
    /// How many months a plan may take.
    pub months: u32,
    /// Whether score and grade may fall below those of the start after a step.
    pub allow_dips: bool,
    /// How many nodes the search may look at; the answer says whether that was enough.
    pub nodes: u64,
    /// How many sets of measures that belong together may be listed.
    pub options: usize,
}

/// What is to be reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    /// The next better grade that a score can reach.
    #[default]
    NextGrade,
    /// This grade or better.
    Grade(String),
    /// This score or more.
    Score(Decimal),
}

impl Default for Request {
    fn default() -> Self {
        Self { target: Wanted::NextGrade, months: 24, allow_dips: false, nodes: 2_000_000, options: 4_096 }
    }
}

/// The longest that waiting alone is looked at, in months.
const WAITING: u32 = 120;

/// Plans for one enterprise.
///
/// # Errors
/// When the target names a grade that the rulebook does not have.
pub fn plan(rulebook: &Rulebook, dossier: &Dossier, as_of: Date, request: &Request) -> Result<Answer, Error> {
    let mut builder = BatchBuilder::new(rulebook.dictionary());
    builder.dossier(dossier);
    plan_row(rulebook, &builder.finish(), 0, as_of, request)
}

/// Plans for the enterprise of a row of a batch.
///
/// # Errors
/// When the target names a grade that the rulebook does not have.
pub fn plan_row(
    rulebook: &Rulebook,
    batch: &Batch,
    row: usize,
    as_of: Date,
    request: &Request,
) -> Result<Answer, Error> {
    let mut scratch = Scratch::default();
    let typed = rulebook.typed();
    let one = batch.slice(row..row + 1);
    let decision = rulebook.score_with(&one, as_of, &mut scratch).decision(0);
    let rank = decision.grade.as_ref().and_then(|g| typed.grades.iter().position(|x| x.id == *g));
    let rank = rank.map(|index| rank_of(rulebook, index));
    let target = goal(rulebook, request, rank)?;
    let mut answer = Answer {
        enterprise: decision.enterprise.clone(),
        rulebook: decision.rulebook.clone(),
        as_of,
        status: Status::AtTop,
        start: standing(&decision),
        target: target.as_ref().map(|(_, target)| target.clone()),
        plan: None,
        gap: None,
        certificate: None,
        gradient: Vec::new(),
        cliffs: Vec::new(),
        faults: decision.faults.clone(),
        measures: 0,
        nodes: 0,
    };
    if !decision.faults.is_empty() {
        answer.status = Status::Refer;
        return Ok(answer);
    }
    let start = State::of(&one, 0);
    let list = items(rulebook, &start, as_of, &mut scratch);
    let applier = Applier::new(rulebook);
    let groups = groups(rulebook, &list, request.options.max(1));
    let context = Context { rulebook, applier: &applier, start: &start, items: &list, groups: &groups, as_of };
    let tables = tables(&context, request.months, &mut scratch);
    answer.measures = list.len();
    (answer.gradient, answer.cliffs) = gradient(rulebook, &one, as_of, &list, &groups, &tables, &mut scratch);
    let Some((goal, _)) = target else { return Ok(answer) };
    let score = decision.score.and_then(|s| decimal::to_units(s, typed.score.digits));
    if goal.reached(score, rank) {
        answer.status = Status::Reached;
        return Ok(answer);
    }
    let needs: Vec<Need> =
        tables.reviews.iter().map(|review| Need::new(rulebook, &groups, &tables, review, goal)).collect();
    let floor = if request.allow_dips { None } else { Some((score, rank)) };
    let edge = match goal {
        Goal::Rank(least) => edge_of(rulebook, least).unwrap_or(Decimal::ZERO),
        Goal::Score(score) => decimal::from_units(score, typed.score.digits),
    };
    let found = {
        let mut court = Court { context: &context, goal, edge, floor, scratch: &mut scratch };
        let mut judge = |set: &[usize], review: &Review| court.judge(set, review);
        search(&typed.sections, &groups, &tables, &needs, request.nodes, &mut judge)
    };
    answer.nodes = found.nodes;
    if let Some(best) = &found.best {
        let scene = Scene { rulebook, applier: &applier, start: &start, items: &list, as_of };
        answer.status = if found.proved { Status::Optimal } else { Status::BestFound };
        answer.gap = (!found.proved).then(|| yuan(best.cost.saturating_sub(found.least).max(0)));
        answer.plan = Some(scene.plan(best, &mut scratch));
        return Ok(answer);
    }
    if !found.proved {
        answer.status = Status::Undecided;
        return Ok(answer);
    }
    answer.status = Status::Infeasible;
    let waiting = waiting(&context, goal, &mut scratch);
    let evidence = Evidence { rulebook, groups: &groups, tables: &tables, needs: &needs, start: &start, goal, waiting };
    answer.certificate = Some(evidence.certificate());
    Ok(answer)
}

/// What is to be reached; `None` at the best grade.
fn goal(rulebook: &Rulebook, request: &Request, rank: Option<i128>) -> Result<Option<(Goal, Target)>, Error> {
    let typed = rulebook.typed();
    let named = |index: usize| {
        let rank = rank_of(rulebook, index);
        let id = typed.grades.get(index).map(|g| g.id.clone());
        (Goal::Rank(rank), Target { grade: id, score: edge_of(rulebook, rank) })
    };
    match &request.target {
        Wanted::NextGrade => {
            let better = |(index, grade): (usize, &xinpei::check::typed::Grade)| {
                let above = rank.is_none_or(|rank| rank_of(rulebook, index) > rank);
                (!grade.by_override && above).then_some(index)
            };
            Ok(typed.grades.iter().enumerate().rev().find_map(better).map(named))
        }
        Wanted::Grade(id) => match typed.grades.iter().position(|g| g.id == *id) {
            Some(index) => Ok(Some(named(index))),
            None => {
                let known: Vec<String> = typed.grades.iter().map(|g| format!("`{}`", g.id)).collect();
                Err(Error::input(format!("there is no grade `{id}`; known here: {}", known.join(", "))))
            }
        },
        Wanted::Score(score) => {
            // A score between two of the rulebook's digits is reached by the one above.
            let digits = typed.score.digits;
            let up = score.round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::ToPositiveInfinity);
            match decimal::to_units(up, digits) {
                Some(units) => Ok(Some((Goal::Score(units), Target { grade: None, score: Some(*score) }))),
                None => Err(Error::input(format!("`{score}` is no score of this rulebook"))),
            }
        }
    }
}

/// The engine's judgement on a set of items.
struct Court<'a, 'c, 'r> {
    context: &'a Context<'c, 'r>,
    goal: Goal,
    edge: Decimal,
    /// Score and rank that no step may fall below.
    floor: Option<(Option<i128>, Option<i128>)>,
    scratch: &'a mut Scratch,
}

impl Court<'_, '_, '_> {
    /// The margin, if the set reaches the goal on the review day and no step falls below the floor.
    fn judge(&mut self, set: &[usize], review: &Review) -> Option<i128> {
        let slots = schedule(self.context.items, set, self.context.as_of);
        let (score, rank) = self.scored(&slots, review.date)?;
        if !self.goal.reached(score, rank) {
            return None;
        }
        if let Some((least_score, least_rank)) = self.floor {
            if score < least_score || rank < least_rank {
                return None;
            }
            for (at, slot) in slots.iter().enumerate() {
                let (score, rank) = self.scored(slots.get(..=at).unwrap_or_default(), slot.end)?;
                if score < least_score || rank < least_rank {
                    return None;
                }
            }
        }
        let digits = self.context.rulebook.typed().score.digits;
        let score = decimal::from_units(score.unwrap_or(0), digits);
        decimal::to_units((score - self.edge).round_dp(digits), digits)
    }

    /// Score and rank on a day; `None` where the facts have a fault.
    fn scored(&mut self, slots: &[crate::items::Slot], day: Date) -> Option<(Option<i128>, Option<i128>)> {
        let Context { rulebook, applier, start, items, as_of, .. } = *self.context;
        let state = applier.on(start, items, slots, as_of, day, self.scratch);
        let batch = state.batch(rulebook.dictionary());
        let outcome = rulebook.score_with(&batch, day, self.scratch);
        let rank = outcome.value(rulebook.program().outputs.grade, 0);
        outcome.faults(0).is_empty().then(|| (outcome.score(0), rank))
    }
}

/// The first review day on which waiting alone reaches the goal.
fn waiting(context: &Context<'_, '_>, goal: Goal, scratch: &mut Scratch) -> Option<Date> {
    (1..=WAITING).find_map(|months| {
        let day = context.as_of.add_months(i32::try_from(months).unwrap_or(i32::MAX));
        let none: &[Item] = &[];
        let state = context.applier.on(context.start, none, &[], context.as_of, day, scratch);
        let decision = decide(context.rulebook, &state, day, scratch);
        let typed = context.rulebook.typed();
        let rank = decision.grade.as_ref().and_then(|g| typed.grades.iter().position(|x| x.id == *g));
        let rank = rank.map(|index| rank_of(context.rulebook, index));
        let score = decision.score.and_then(|s| decimal::to_units(s, typed.score.digits));
        goal.reached(score, rank).then_some(day)
    })
}
