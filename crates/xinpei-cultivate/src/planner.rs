//! From a dossier and a request to an answer.

use xinpei::check::typed::Grade;
use xinpei::{Batch, BatchBuilder, Date, Decision, Dossier, Error, Rulebook, decimal};

use crate::answer::{Answer, Status, Target};
use crate::bounds::{Goal, edge_of, rank_of};
use crate::case::{Case, Limit};
use crate::certificate::{WAITING, certificate};
use crate::court::Rated;
use crate::describe::{standing, yuan};
use crate::desk::Desk;
use crate::gradient::gradient;
use crate::reading::Reading;
use crate::request::{Request, Wanted};
use crate::search::{Found, Mode};

/// Plans for one enterprise.
///
/// # Errors
/// When the target names a grade that the rulebook does not have.
pub fn plan(rulebook: &Rulebook, dossier: &Dossier, as_of: Date, request: &Request) -> Result<Answer, Error> {
    Planner::new(rulebook).plan(dossier, as_of, request)
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
    Planner::new(rulebook).plan_row(batch, row, as_of, request)
}

/// A rulebook made ready to plan for one enterprise after another.
pub struct Planner<'r> {
    reading: Reading<'r>,
}

impl<'r> Planner<'r> {
    /// Reads what the measures of a rulebook are about.
    #[must_use]
    pub fn new(rulebook: &'r Rulebook) -> Self {
        Self { reading: Reading::new(rulebook) }
    }

    /// Plans for one enterprise.
    ///
    /// # Errors
    /// When the target names a grade that the rulebook does not have.
    pub fn plan(&self, dossier: &Dossier, as_of: Date, request: &Request) -> Result<Answer, Error> {
        let mut builder = BatchBuilder::new(self.reading.rulebook.dictionary());
        builder.dossier(dossier);
        self.plan_row(&builder.finish(), 0, as_of, request)
    }

    /// Plans for the enterprise of a row of a batch.
    ///
    /// # Errors
    /// When the target names a grade that the rulebook does not have.
    pub fn plan_row(&self, batch: &Batch, row: usize, as_of: Date, request: &Request) -> Result<Answer, Error> {
        let rulebook = self.reading.rulebook;
        let mut desk = Desk::new(rulebook, batch, row);
        let decision = desk.today(as_of);
        let rated = rated(rulebook, &decision);
        let target = goal(rulebook, &request.target, rated)?;
        let limit = Limit::of(request)?;
        let mut answer = Answer {
            enterprise: decision.enterprise.clone(),
            rulebook: decision.rulebook.clone(),
            as_of,
            status: Status::AtTop,
            start: standing(&decision),
            target: target.as_ref().map(|(_, target)| target.clone()),
            request: request.clone(),
            rules_until: None,
            facts: decision.facts.clone(),
            plan: None,
            sooner: Vec::new(),
            others: Vec::new(),
            gap: None,
            certificate: None,
            gradient: Vec::new(),
            cliffs: Vec::new(),
            faults: decision.faults.clone(),
            measures: 0,
            nodes: 0,
        };
        answer.faults.extend(desk.faults().iter().filter(|f| !decision.faults.contains(f)).cloned());
        if !answer.faults.is_empty() {
            answer.status = Status::Refer;
            return Ok(answer);
        }
        let in_force = self.reading.months_in_force(as_of);
        let until = |months: u32| rulebook.typed().manifest.to.filter(|_| in_force < months);
        answer.rules_until = until(request.months);
        // Nothing looks behind the last day of the rules.
        let request =
            &Request { months: request.months.min(in_force), further: request.further.min(in_force), ..request.clone() };
        let case = Case::new(&self.reading, &mut desk, as_of, request.months, request.options);
        answer.measures = case.items.len();
        (answer.gradient, answer.cliffs) = gradient(&case.context(&self.reading), &case.tables, &mut desk);
        let Some((goal, _)) = target else { return Ok(answer) };
        if goal.reached(rated.0, rated.1) {
            answer.status = Status::Reached;
            return Ok(answer);
        }
        let (goal, found) = match request.target {
            Wanted::Best => case.best(&self.reading, rated, &limit, &mut desk),
            _ => (goal, case.search(&self.reading, goal, &limit, Mode::Front, &[], &mut desk)),
        };
        answer.target = Some(self.named(goal, &request.target));
        answer.nodes = found.nodes;
        self.tell(&case, goal, &limit, request, found, &mut desk, &mut answer);
        if answer.certificate.is_some() {
            // A certificate looks further than a plan.
            answer.rules_until = until(WAITING.max(answer.request.further));
        }
        Ok(answer)
    }

    /// Writes what a search found into the answer.
    #[expect(clippy::too_many_arguments, reason = "the parts of one answer")]
    fn tell(
        &self,
        case: &Case,
        goal: Goal,
        limit: &Limit,
        request: &Request,
        mut found: Found,
        desk: &mut Desk<'r>,
        answer: &mut Answer,
    ) {
        let context = case.context(&self.reading);
        if let Some(best) = found.front.pop() {
            answer.status = if found.proved { Status::Optimal } else { Status::BestFound };
            answer.gap = (!found.proved).then(|| yuan(best.cost.saturating_sub(found.least).max(0)));
            answer.plan = Some(context.plan(&best, desk));
            answer.sooner = found.front.iter().map(|worth| context.plan(worth, desk)).collect();
            let mut known = vec![best];
            while answer.others.len() < request.others {
                let next = case.search(&self.reading, goal, limit, Mode::Front, &known, desk);
                answer.nodes += next.nodes;
                let Some(worth) = next.front.last().filter(|_| next.proved) else { break };
                answer.others.push(context.plan(worth, desk));
                known.push(worth.clone());
            }
            return;
        }
        if !found.proved {
            answer.status = Status::Undecided;
            return;
        }
        answer.status = Status::Infeasible;
        answer.certificate = Some(certificate(&self.reading, case, goal, limit, request, desk));
    }

    /// The target in words.
    fn named(&self, goal: Goal, wanted: &Wanted) -> Target {
        let typed = self.reading.rulebook.typed();
        let digits = typed.score.digits;
        let score = goal.score.map(|s| decimal::from_units(s, digits));
        let grade = goal.rank.and_then(|rank| {
            let index = (0..typed.grades.len()).find(|at| rank_of(self.reading.rulebook, *at) == rank)?;
            typed.grades.get(index).map(|g| g.id.clone())
        });
        let score = match wanted {
            Wanted::Score(score) => Some(*score),
            _ => score.or_else(|| goal.rank.and_then(|rank| edge_of(self.reading.rulebook, rank))),
        };
        Target { grade, score }
    }
}

/// Score and rank of a decision, in units.
pub(crate) fn rated(rulebook: &Rulebook, decision: &Decision) -> Rated {
    let typed = rulebook.typed();
    let rank = decision.grade.as_ref().and_then(|g| typed.grades.iter().position(|x| x.id == *g));
    let score = decision.score.and_then(|s| decimal::to_units(s, typed.score.digits));
    (score, rank.map(|index| rank_of(rulebook, index)))
}

/// What is to be reached; `None` at the best grade.
fn goal(rulebook: &Rulebook, wanted: &Wanted, (score, rank): Rated) -> Result<Option<(Goal, Target)>, Error> {
    let typed = rulebook.typed();
    let named = |index: usize| {
        let rank = rank_of(rulebook, index);
        let id = typed.grades.get(index).map(|g| g.id.clone());
        (Goal { rank: Some(rank), score: None }, Target { grade: id, score: edge_of(rulebook, rank) })
    };
    match wanted {
        Wanted::NextGrade => {
            let better = |(index, grade): (usize, &Grade)| {
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
                Some(units) => {
                    let goal = Goal { rank: None, score: Some(units) };
                    Ok(Some((goal, Target { grade: None, score: Some(*score) })))
                }
                None => Err(Error::input(format!("`{score}` is no score of this rulebook"))),
            }
        }
        // Anything better than today, to begin with.
        Wanted::Best => Ok(Some((Goal { rank, score: score.map(|s| s + 1) }, Target { grade: None, score: None }))),
    }
}
