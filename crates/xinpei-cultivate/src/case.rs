//! One enterprise, what it can do, and the tables of what that brings: everything a search reads.

use rust_decimal::Decimal;
use xinpei::{Date, Error, decimal};

use crate::bounds::{Goal, Need, edge_of};
use crate::court::{Court, Rated};
use crate::coverage::Short;
use crate::desk::Desk;
use crate::groups::{Groups, groups};
use crate::items::{Item, items};
use crate::reading::Reading;
use crate::request::{Request, Wanted};
use crate::search::{Asked, Found, Mode, Worth, most, search};
use crate::state::State;
use crate::tables::{Context, Review, Tables, tables};

pub(crate) struct Case {
    pub(crate) start: State,
    pub(crate) items: Vec<Item>,
    pub(crate) groups: Groups,
    pub(crate) tables: Tables,
    pub(crate) as_of: Date,
    /// That too little is known for a rating, whatever is done.
    pub(crate) short: Option<Short>,
}

/// What a plan may take, and what it may not fall below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) nodes: u64,
    /// In fen.
    pub(crate) budget: i64,
    pub(crate) dips: bool,
}

impl Limit {
    pub(crate) fn of(request: &Request) -> Result<Self, Error> {
        let fen = |budget: Decimal| {
            // A fraction of a fen buys nothing.
            let units = decimal::to_units(budget.round_dp_with_strategy(2, rust_decimal::RoundingStrategy::ToZero), 2);
            units.and_then(|u| i64::try_from(u).ok()).filter(|u| *u >= 0)
        };
        let budget = match request.budget {
            None => i64::MAX - 1,
            Some(budget) => fen(budget)
                .ok_or_else(|| Error::input(format!("`{budget}` is no budget: an amount of yuan, 0 or more")))?,
        };
        Ok(Self { nodes: request.nodes, budget, dips: request.allow_dips })
    }
}

impl Case {
    /// The enterprise of a desk, for so many months.
    pub(crate) fn new(reading: &Reading<'_>, desk: &mut Desk<'_>, as_of: Date, months: u32, options: usize) -> Self {
        let start = desk.start().clone();
        let items = items(reading, desk, as_of);
        let groups = groups(reading, &items, options.max(1));
        let context = Context { reading, start: &start, items: &items, groups: &groups, as_of };
        let tables = tables(&context, months, desk);
        let short = reading.coverage.as_ref().and_then(|c| c.short(reading, &groups, (as_of, months), desk));
        Self { start, items, groups, tables, as_of, short }
    }

    pub(crate) fn context<'a, 'r>(&'a self, reading: &'a Reading<'r>) -> Context<'a, 'r> {
        let Self { start, items, groups, as_of, .. } = self;
        Context { reading, start, items, groups, as_of: *as_of }
    }

    /// What a goal needs on each review day.
    pub(crate) fn needs(&self, reading: &Reading<'_>, goal: Goal) -> Vec<Need> {
        let need = |review| Need::new(reading.rulebook, &self.groups, &self.tables, review, goal);
        self.tables.reviews.iter().map(need).collect()
    }

    /// Searches for plans that reach a goal.
    pub(crate) fn search<'r>(
        &self,
        reading: &Reading<'r>,
        goal: Goal,
        limit: &Limit,
        mode: Mode,
        known: &[Worth],
        desk: &mut Desk<'r>,
    ) -> Found {
        if self.short.is_some() {
            return Found { front: Vec::new(), hit: None, least: i64::MAX, nodes: 0 };
        }
        let typed = reading.rulebook.typed();
        let edge = match goal {
            Goal { score: Some(score), .. } => decimal::from_units(score, typed.score.digits),
            Goal { rank, .. } => rank.and_then(|rank| edge_of(reading.rulebook, rank)).unwrap_or(Decimal::ZERO),
        };
        let needs = self.needs(reading, goal);
        let floor = if limit.dips { None } else { desk.score(&self.start, self.as_of) };
        let context = self.context(reading);
        let mut court = Court { context: &context, goal, edge, floor, desk };
        let mut judge = |set: &[usize], review: &Review| court.judge(set, review);
        let asked = Asked { budget: limit.budget, known, mode, limit: limit.nodes };
        search(&typed.sections, &self.groups, &self.tables, &needs, asked, &mut judge)
    }

    /// The front of a goal; where the best is wanted, the goal is found too.
    pub(crate) fn front<'r>(
        &self,
        reading: &Reading<'r>,
        wanted: &Wanted,
        (goal, rated): (Goal, Rated),
        limit: &Limit,
        desk: &mut Desk<'r>,
    ) -> (Goal, Found) {
        match wanted {
            Wanted::Best => self.best(reading, rated, limit, desk),
            _ => (goal, self.search(reading, goal, limit, Mode::Front, &[], desk)),
        }
    }

    /// The best grade and in it the best score within the limits, and the plans that lead there; a
    /// better score than today's, and none, where there is nothing better.
    fn best<'r>(
        &self,
        reading: &Reading<'r>,
        (score, rank): Rated,
        limit: &Limit,
        desk: &mut Desk<'r>,
    ) -> (Goal, Found) {
        let typed = reading.rulebook.typed();
        let units = |d: Decimal| decimal::to_units(d, typed.score.digits);
        let (mut nodes, mut hit) = (0, None);
        // The score of some plan that reaches a goal.
        let mut any = |goal: Goal, desk: &mut Desk<'r>| {
            let found = self.search(reading, goal, limit, Mode::Any, &[], desk);
            nodes += found.nodes;
            hit = hit.or(found.hit);
            let edge = goal.score.or_else(|| units(edge_of(reading.rulebook, goal.rank?)?)).unwrap_or(0);
            found.front.last().map(|worth| edge + worth.margin.0)
        };
        let grades = i128::try_from(typed.grades.len()).unwrap_or(0);
        let better = (rank.map_or(0, |r| r + 1)..grades).rev().filter(|r| edge_of(reading.rulebook, *r).is_some());
        let better = better.map(|rank| Goal { rank: Some(rank), score: None });
        let lifted = better.into_iter().find_map(|goal| Some((goal, any(goal, desk)?)));
        let (rank, mut low) = match lifted {
            Some((goal, score)) => (goal.rank, score),
            None => (rank, score.unwrap_or(-1)),
        };
        // Between a score that is reached and one that nothing reaches.
        let most = decimal::from_units(most(&typed.sections, &self.tables).into(), self.tables.digits) + Decimal::ONE;
        let mut high = units(most.round_dp(typed.score.digits)).unwrap_or(low).max(low) + 1;
        while high - low > 1 {
            let middle = low + (high - low) / 2;
            match any(Goal { rank, score: Some(middle) }, desk) {
                Some(score) => low = score,
                None => high = middle,
            }
        }
        let nothing = lifted.is_none() && score.is_none_or(|score| low <= score);
        let goal = Goal { rank, score: Some(if nothing { low + 1 } else { low }) };
        let mut found = self.search(reading, goal, limit, Mode::Front, &[], desk);
        found.nodes += nodes;
        found.hit = hit.or(found.hit);
        (goal, found)
    }
}
