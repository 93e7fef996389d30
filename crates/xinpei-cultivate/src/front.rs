//! The front of cost and time alone: what a plan would cost by when, without its steps in words.

use rust_decimal::Decimal;
use xinpei::{Batch, BatchBuilder, Date, Dossier, Error};

use crate::answer::{Answer, Plan, SearchLimit, Status, Step};
use crate::bounds::Goal;
use crate::case::{Case, Limit};
use crate::describe::yuan;
use crate::desk::Desk;
use crate::items::schedule;
use crate::planner::{Planner, goal};
use crate::request::{Request, Wanted};
use crate::search::{Found, Worth};

/// A plan as its price and its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it costs, in yuan.
    pub cost: Decimal,
    /// How many months it takes.
    pub months: u32,
    /// The review day on which the target is reached.
    pub review: Date,
    /// The measures, by their place in the rulebook, in the order in which they take effect.
    pub measures: Vec<usize>,
}

/// What can be had for how much by when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Front {
    /// What came of planning, as an [`Answer`](crate::Answer) says it.
    pub status: Status,
    /// Plans that are cheaper than all that are sooner, the soonest first; the last one is the best.
    pub offers: Vec<Offer>,
    /// How much cheaper a plan might be, in yuan, where the search was stopped at its limit.
    pub gap: Option<Decimal>,
    /// The limit that was met, where one was.
    pub limit: Option<SearchLimit>,
    /// Nodes that were looked at.
    pub nodes: u64,
}

/// What a search found, before anything is told of it.
pub(crate) struct Looked<'r> {
    pub(crate) desk: Desk<'r>,
    pub(crate) status: Status,
    /// What was searched; `None` where nothing was.
    pub(crate) search: Option<(Case, Goal, Found)>,
}

impl<'r> Planner<'r> {
    /// The front for one enterprise: costs and months of the plan of [`Planner::plan`] and of those that
    /// are sooner, in a fraction of the time that telling them takes.
    ///
    /// # Errors
    /// When the target names a grade or a product that the rulebook does not have.
    pub fn front(&self, dossier: &Dossier, as_of: Date, request: &Request) -> Result<Front, Error> {
        let mut builder = BatchBuilder::new(self.reading.rulebook.dictionary());
        builder.dossier(dossier);
        self.front_row(&builder.finish(), 0, as_of, request)
    }

    /// The front for the enterprise of a row of a batch.
    ///
    /// # Errors
    /// When the target names a grade or a product that the rulebook does not have.
    pub fn front_row(&self, batch: &Batch, row: usize, as_of: Date, request: &Request) -> Result<Front, Error> {
        if let Wanted::Product(_) = request.target {
            // The rules that it is searched by are made for each product anew.
            return Ok(self.front_of(&self.plan_row(batch, row, as_of, request)?));
        }
        let Looked { status, search, .. } = self.look(batch, row, as_of, request)?;
        let Some((case, _, found)) = search else {
            return Ok(Front { status, offers: Vec::new(), gap: None, limit: None, nodes: 0 });
        };
        Ok(Front {
            status,
            offers: found.front.iter().map(|worth| case.offer(worth)).collect(),
            gap: found.gap(),
            limit: found.hit,
            nodes: found.nodes,
        })
    }

    /// The front in an answer.
    fn front_of(&self, answer: &Answer) -> Front {
        let measures = &self.reading.rulebook.typed().measures;
        let place = |step: &Step| measures.iter().position(|m| m.id == step.measure);
        let offer = |plan: &Plan| Offer {
            cost: plan.cost,
            months: plan.months,
            review: plan.review,
            measures: plan.steps.iter().filter_map(place).collect(),
        };
        let offers = answer.sooner.iter().chain(&answer.plan).map(offer).collect();
        Front { status: answer.status, offers, gap: answer.gap, limit: answer.limit, nodes: answer.nodes }
    }

    /// Searches for the enterprise of a row.
    pub(crate) fn look(&self, batch: &Batch, row: usize, as_of: Date, request: &Request) -> Result<Looked<'r>, Error> {
        let rulebook = self.reading.rulebook;
        let mut desk = Desk::new(rulebook, batch, row);
        let limit = Limit::of(request)?;
        let start = desk.start().clone();
        let rated = desk.score(&start, as_of);
        let (Some(rated), true) = (rated, desk.faults().is_empty()) else {
            return Ok(Looked { desk, status: Status::Refer, search: None });
        };
        let Some((aim, _)) = goal(rulebook, &request.target, rated)? else {
            return Ok(Looked { desk, status: Status::AtTop, search: None });
        };
        if aim.reached(rated.0, rated.1) {
            return Ok(Looked { desk, status: Status::Reached, search: None });
        }
        let months = request.months.min(self.reading.months_in_force(as_of));
        let case = Case::new(&self.reading, &mut desk, as_of, months, request.options);
        let (aim, found) = case.front(&self.reading, &request.target, (aim, rated), &limit, &mut desk);
        Ok(Looked { desk, status: found.status(), search: Some((case, aim, found)) })
    }
}

impl Case {
    /// A plan as its price and its last day.
    pub(crate) fn offer(&self, worth: &Worth) -> Offer {
        let slots = schedule(&self.items, &worth.items, self.as_of);
        Offer {
            cost: yuan(worth.cost),
            months: worth.months,
            review: self.as_of.add_months(i32::try_from(worth.months).unwrap_or(i32::MAX)),
            measures: slots.iter().filter_map(|slot| Some(self.items.get(slot.item)?.measure)).collect(),
        }
    }
}

impl Found {
    /// What an answer says of it.
    pub(crate) fn status(&self) -> Status {
        match (self.front.is_empty(), self.hit.is_none()) {
            (false, true) => Status::Optimal,
            (false, false) => Status::BestFound,
            (true, true) => Status::Infeasible,
            (true, false) => Status::Undecided,
        }
    }

    /// How much cheaper the best plan might be, where that is not proved.
    pub(crate) fn gap(&self) -> Option<Decimal> {
        let best = self.front.last().filter(|_| self.hit.is_some())?;
        Some(yuan(best.cost.saturating_sub(self.least).max(0)))
    }
}
