//! From a dossier and a request to an answer.

use xinpei::check::typed::Grade;
use xinpei::{Batch, BatchBuilder, Date, Decision, Dossier, Error, Rulebook, decimal};

use crate::answer::{Answer, Status, Target};
use crate::bounds::{Goal, edge_of, rank_of};
use crate::case::{Case, Limit};
use crate::certificate::{WAITING, certificate};
use crate::court::Rated;
use crate::describe::standing;
use crate::desk::Desk;
use crate::gate::{Opening, unknown};
use crate::gradient::gradient;
use crate::reading::Reading;
use crate::request::{Request, Wanted};
use crate::search::{Found, Mode};

/// Plans for one enterprise.
///
/// # Errors
/// When the target names a grade or a product that the rulebook does not have.
pub fn plan(rulebook: &Rulebook, dossier: &Dossier, as_of: Date, request: &Request) -> Result<Answer, Error> {
    Planner::new(rulebook).plan(dossier, as_of, request)
}

/// Plans for the enterprise of a row of a batch.
///
/// # Errors
/// When the target names a grade or a product that the rulebook does not have.
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
    pub(crate) reading: Reading<'r>,
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
    /// When the target names a grade or a product that the rulebook does not have.
    pub fn plan(&self, dossier: &Dossier, as_of: Date, request: &Request) -> Result<Answer, Error> {
        let mut builder = BatchBuilder::new(self.reading.rulebook.dictionary());
        builder.dossier(dossier);
        self.plan_row(&builder.finish(), 0, as_of, request)
    }

    /// Plans for the enterprise of a row of a batch.
    ///
    /// # Errors
    /// When the target names a grade or a product that the rulebook does not have.
    pub fn plan_row(&self, batch: &Batch, row: usize, as_of: Date, request: &Request) -> Result<Answer, Error> {
        let Wanted::Product(id) = &request.target else {
            return self.answer(&self.reading, None, (batch, row), as_of, request);
        };
        let opening = Opening::new(self.reading.rulebook, id)?;
        match &opening.gate.rules {
            Some(rules) => self.answer(&Reading::new(rules), Some(&opening), (batch, row), as_of, request),
            None => self.answer(&self.reading, Some(&opening), (batch, row), as_of, request),
        }
    }

    /// Plans by some rules, and tells the plan by those of the planner: they differ where a gate stands
    /// before a grade.
    fn answer<'g>(
        &self,
        rules: &Reading<'g>,
        opening: Option<&Opening<'_>>,
        (batch, row): (&Batch, usize),
        as_of: Date,
        request: &Request,
    ) -> Result<Answer, Error>
    where
        'r: 'g,
    {
        let rulebook = self.reading.rulebook;
        let mut desks = Desks {
            told: Desk::new(rulebook, batch, row),
            searched: opening.map(|_| Desk::new(rules.rulebook, batch, row)),
        };
        let decision = desks.told.today(as_of);
        let rated = rated(rulebook, &decision);
        let wanted = opening.map_or_else(|| request.target.clone(), |opening| Wanted::Grade(opening.grade()));
        let target = goal(rulebook, &wanted, rated)?;
        let named = |target| opening.map_or_else(|| Target::clone(target), |opening| opening.named(target.clone()));
        let limit = Limit::of(request)?;
        let mut answer = Answer {
            enterprise: decision.enterprise.clone(),
            rulebook: decision.rulebook.clone(),
            as_of,
            status: Status::AtTop,
            start: standing(&decision),
            target: target.as_ref().map(|(_, target)| named(target)),
            request: request.clone(),
            rules_until: None,
            facts: decision.facts.clone(),
            plan: None,
            sooner: Vec::new(),
            others: Vec::new(),
            gap: None,
            limit: None,
            certificate: None,
            gradient: Vec::new(),
            cliffs: Vec::new(),
            faults: decision.faults.clone(),
            measures: 0,
            nodes: 0,
        };
        answer.faults.extend(desks.told.faults().iter().filter(|f| !decision.faults.contains(f)).cloned());
        if !answer.faults.is_empty() {
            answer.status = Status::Refer;
            return Ok(answer);
        }
        let in_force = self.reading.months_in_force(as_of);
        let until = |months: u32| rulebook.typed().manifest.to.filter(|_| in_force < months);
        answer.rules_until = until(request.months);
        // Nothing looks behind the last day of the rules.
        let request = &Request {
            months: request.months.min(in_force),
            further: request.further.min(in_force),
            ..request.clone()
        };
        let desk = desks.search();
        let case = Case::new(rules, desk, as_of, request.months, request.options);
        answer.measures = case.items.len();
        (answer.gradient, answer.cliffs) = gradient(&case.context(rules), &case.tables, desk);
        let Some((goal, _)) = target else { return Ok(answer) };
        let reached = match opening {
            Some(opening) => opening.admits(&case.start.dossier(rulebook.dictionary()), as_of),
            None => goal.reached(rated.0, rated.1),
        };
        if reached {
            answer.status = Status::Reached;
            return Ok(answer);
        }
        let (goal, found) = case.front(rules, &wanted, (goal, rated), &limit, desk);
        answer.target = Some(named(&self.named(goal, &wanted)));
        answer.nodes = found.nodes;
        Task { rules, case: &case, goal, limit: &limit, request }.tell(&self.reading, found, &mut desks, &mut answer);
        if answer.certificate.is_some() {
            // A certificate looks further than a plan.
            answer.rules_until = until(WAITING.max(answer.request.further));
        }
        if let Some(opening) = opening {
            opening.look(&mut answer)?;
            opening.explain(&self.reading, &case, &mut answer);
        }
        Ok(answer)
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
        Target { product: None, grade, score }
    }
}

/// Where plans are searched for, if that is not where they are told.
struct Desks<'g> {
    told: Desk<'g>,
    searched: Option<Desk<'g>>,
}

impl<'g> Desks<'g> {
    fn search(&mut self) -> &mut Desk<'g> {
        self.searched.as_mut().unwrap_or(&mut self.told)
    }
}

/// What is searched for.
struct Task<'a, 'g> {
    rules: &'a Reading<'g>,
    case: &'a Case,
    goal: Goal,
    limit: &'a Limit,
    request: &'a Request,
}

impl<'g> Task<'_, 'g> {
    /// Writes what a search found into the answer, by the rules as they are.
    fn tell(&self, reading: &Reading<'g>, mut found: Found, desks: &mut Desks<'g>, answer: &mut Answer) {
        let Self { rules, case, goal, limit, request } = *self;
        let context = case.context(reading);
        (answer.status, answer.gap, answer.limit) = (found.status(), found.gap(), found.hit);
        if let Some(best) = found.front.pop() {
            answer.plan = Some(context.plan(&best, &mut desks.told));
            answer.sooner = found.front.iter().map(|worth| context.plan(worth, &mut desks.told)).collect();
            let mut known = vec![best];
            while answer.others.len() < request.others {
                let next = case.search(rules, goal, limit, Mode::Front, &known, desks.search());
                answer.nodes += next.nodes;
                let Some(worth) = next.front.last().filter(|_| next.hit.is_none()) else { break };
                answer.others.push(context.plan(worth, &mut desks.told));
                known.push(worth.clone());
            }
            return;
        }
        if found.hit.is_some() {
            return;
        }
        answer.certificate = Some(certificate(rules, case, goal, limit, request, desks.search()));
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
pub(crate) fn goal(
    rulebook: &Rulebook,
    wanted: &Wanted,
    (score, rank): Rated,
) -> Result<Option<(Goal, Target)>, Error> {
    let typed = rulebook.typed();
    let named = |index: usize| {
        let rank = rank_of(rulebook, index);
        let id = typed.grades.get(index).map(|g| g.id.clone());
        (Goal { rank: Some(rank), score: None }, Target { product: None, grade: id, score: edge_of(rulebook, rank) })
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
            None => Err(unknown(rulebook, "grade", id)),
        },
        Wanted::Product(id) => Err(unknown(rulebook, "product", id)),
        Wanted::Score(score) => {
            // A score between two of the rulebook's digits is reached by the one above.
            let digits = typed.score.digits;
            let up = score.round_dp_with_strategy(digits, rust_decimal::RoundingStrategy::ToPositiveInfinity);
            match decimal::to_units(up, digits) {
                Some(units) => {
                    let goal = Goal { rank: None, score: Some(units) };
                    Ok(Some((goal, Target { product: None, grade: None, score: Some(*score) })))
                }
                None => Err(Error::input(format!("`{score}` is no score of this rulebook"))),
            }
        }
        // Anything better than today, to begin with.
        Wanted::Best => {
            let target = Target { product: None, grade: None, score: None };
            Ok(Some((Goal { rank, score: score.map(|s| s + 1) }, target)))
        }
    }
}
