//! The line that cultivation leads to, and how far an enterprise is from it.

use rust_decimal::Decimal;
use xinpei::{Batch, Cultivation, Date, Error, Placement, Rulebook, Scratch};

use crate::answer::Status;
use crate::case::Case;
use crate::certificate::shortfall;
use crate::desk::Desk;
use crate::front::{Looked, Offer};
use crate::gate::Gate;
use crate::planner::Planner;
use crate::request::{Request, Wanted};
use crate::screen::{Hopeless, Screen};
use crate::search::Worth;

/// What an enterprise is led to: a grade, and conditions besides.
#[derive(Debug)]
pub struct Admission<'r> {
    rulebook: &'r Rulebook,
    gate: Gate,
    what: What,
    request: Request,
    screen: Screen,
}

/// What is reached when the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Grade,
    Tier(usize),
    Product(usize),
}

/// How far an enterprise is from the line.
#[derive(Clone, Debug, PartialEq)]
pub enum Prospect {
    /// It has reached the line.
    Reached,
    /// Something is wrong with its data; a person must look first.
    Refer,
    /// The rules of cultivation do not take it in.
    Refused {
        /// Rules of selection that are not known to hold, by their place.
        unmet: Vec<usize>,
        /// Bars that hold, by their place.
        barred: Vec<usize>,
    },
    /// No plan leads to the line.
    None {
        /// The points that the grade needs and those attainable at most, where these decide.
        points: Option<(Decimal, Decimal)>,
        /// Ids of overrides that no measure and no waiting lifts.
        blocked: Vec<String>,
    },
    /// The search was stopped at its limit.
    Undecided,
    /// A plan leads to the line.
    Ready(Box<Way>),
}

/// A way to the line.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// What it costs, in yuan.
    pub cost: Decimal,
    /// How many months it takes.
    pub months: u32,
    /// The review day on which the line is reached.
    pub review: Date,
    /// The measures, by their place in the rulebook, in the order in which they take effect.
    pub measures: Vec<usize>,
    /// The score on the review day.
    pub score: Option<Decimal>,
    /// The grade on the review day.
    pub grade: Option<String>,
    /// The greatest limit of a product that admits it then, in yuan.
    pub credit: Decimal,
    /// Whether no cheaper way exists.
    pub proved: bool,
}

impl<'r> Admission<'r> {
    /// The line that the rulebook names in `tiers.yaml`.
    ///
    /// # Errors
    /// When it has none, or no grade belongs to it.
    pub fn of_tiers(rulebook: &'r Rulebook, request: Request) -> Result<Self, Error> {
        let none = || {
            Error::input(format!(
                "the rulebook `{} {}` has no tiers.yaml, which names the line; say a grade",
                rulebook.id(),
                rulebook.version()
            ))
        };
        let tiers = rulebook.typed().tiers.as_ref().ok_or_else(none)?;
        let tier = tiers.tiers.get(tiers.line).ok_or_else(none)?;
        let Some(floor) = tier.floor else {
            return Err(Error::input(format!("the tier `{}` has no `floor`, so no plan can lead to it", tier.id)));
        };
        let conditions = tier.conditions.get(1..).unwrap_or_default();
        Ok(Self::new(rulebook, What::Tier(tiers.line), Gate::new(rulebook, floor, conditions), request))
    }

    /// A grade as the line.
    ///
    /// # Errors
    /// When the rulebook has no such grade.
    pub fn of_grade(rulebook: &'r Rulebook, grade: &str, request: Request) -> Result<Self, Error> {
        let grades = &rulebook.typed().grades;
        match grades.iter().position(|g| g.id == grade) {
            Some(floor) => Ok(Self::new(rulebook, What::Grade, Gate::new(rulebook, floor, &[]), request)),
            None => {
                let known: Vec<String> = grades.iter().map(|g| format!("`{}`", g.id)).collect();
                Err(Error::input(format!("there is no grade `{grade}`; known here: {}", known.join(", "))))
            }
        }
    }

    /// The admission to a product, by its place, as the line.
    ///
    /// # Errors
    /// When there is no such product.
    pub fn of_product(rulebook: &'r Rulebook, product: usize, request: Request) -> Result<Self, Error> {
        let Some(rule) = rulebook.typed().products.get(product) else {
            return Err(Error::input(format!("there is no product number {product}")));
        };
        Ok(Self::new(rulebook, What::Product(product), Gate::of_product(rulebook, rule), request))
    }

    fn new(rulebook: &'r Rulebook, what: What, gate: Gate, request: Request) -> Self {
        let target = rulebook.typed().grades.get(gate.floor).map_or_else(String::new, |g| g.id.clone());
        let screen = Screen::new(rulebook, gate.floor);
        Self {
            rulebook,
            gate,
            what,
            // What is told beside the plan itself would be made for nobody.
            request: Request { target: Wanted::Grade(target), others: 0, further: 0, unlock: 0, ..request },
            screen,
        }
    }

    /// The rulebook whose line it is.
    #[must_use]
    pub const fn rulebook(&self) -> &'r Rulebook {
        self.rulebook
    }

    /// The name of the line: of a grade, a tier or a product.
    #[must_use]
    pub fn id(&self) -> &str {
        let typed = self.rulebook.typed();
        let id = match self.what {
            What::Grade => typed.grades.get(self.gate.floor).map(|g| &g.id),
            What::Tier(at) => typed.tiers.as_ref().and_then(|t| t.tiers.get(at)).map(|t| &t.id),
            What::Product(at) => {
                typed.products.get(at).and_then(|p| typed.outcomes.get(p.outcome)).map(|outcome| &outcome.id)
            }
        };
        id.map_or("", String::as_str)
    }

    /// The grade that belongs to it.
    #[must_use]
    pub fn grade(&self) -> &str {
        self.rulebook.typed().grades.get(self.gate.floor).map_or("", |g| &g.id)
    }

    /// Whether the enterprise of a row has reached the line.
    #[must_use]
    pub fn reached(&self, placement: &Placement<'_>, row: usize) -> bool {
        match self.what {
            What::Grade => placement.grade(row).is_some_and(|grade| grade <= self.gate.floor),
            What::Tier(line) => placement.tier(row).is_some_and(|tier| tier <= line),
            What::Product(at) => placement.admits(at, row),
        }
    }

    /// What makes plans to the line, for [`Admission::prospect`]; one serves many enterprises.
    #[must_use]
    pub fn planner(&self) -> Planner<'_> {
        Planner::new(self.gate.rules.as_ref().unwrap_or(self.rulebook))
    }

    /// How far the enterprise of a row of a placed batch is from the line, by the line's own planner. Where
    /// `selected` is asked for, those that the rules of cultivation do not take in are not planned for.
    ///
    /// # Errors
    /// When the planner refuses the line.
    pub fn prospect(
        &self,
        planner: &Planner<'_>,
        (placement, batch): (&Placement<'_>, &Batch),
        row: usize,
        selected: bool,
        scratch: &mut Scratch,
    ) -> Result<Prospect, Error> {
        let outcome = placement.outcome();
        if !outcome.faults(row).is_empty() {
            return Ok(Prospect::Refer);
        }
        if self.reached(placement, row) {
            return Ok(Prospect::Reached);
        }
        if selected && !placement.selected(row) {
            let places = |list: Cultivation, keep: fn(&Option<bool>) -> bool| -> Vec<usize> {
                let rules = placement.rules(list, row);
                rules.iter().enumerate().filter(|(_, holds)| keep(holds)).map(|(at, _)| at).collect()
            };
            return Ok(Prospect::Refused {
                unmet: places(Cultivation::Selection, |holds| *holds != Some(true)),
                barred: places(Cultivation::Bars, |holds| *holds == Some(true)),
            });
        }
        match self.screen.hopeless(outcome, row) {
            Some(Hopeless::Points(needed, attainable)) => {
                return Ok(Prospect::None { points: Some((needed, attainable)), blocked: Vec::new() });
            }
            Some(Hopeless::Overrides(fired)) => {
                let overrides = &self.rulebook.typed().overrides;
                let blocked = fired.iter().filter_map(|at| overrides.get(*at)).map(|o| o.id.clone()).collect();
                return Ok(Prospect::None { points: None, blocked });
            }
            None => {}
        }
        let looked = planner.look(batch, row, outcome.as_of, &self.request)?;
        Ok(self.judge(planner, looked, scratch))
    }

    fn judge(&self, planner: &Planner<'_>, mut looked: Looked<'_>, scratch: &mut Scratch) -> Prospect {
        match (looked.status, &looked.search) {
            (Status::Refer, _) => Prospect::Refer,
            (Status::Undecided, _) => Prospect::Undecided,
            // A grade that is there already, but not all else that the line asks, and no plan can ask it.
            (_, None) => Prospect::None { points: None, blocked: Vec::new() },
            (_, Some((case, goal, found))) => match found.front.last() {
                Some(best) => self.way(planner, case, best, found.hit.is_none(), &mut looked.desk, scratch),
                None => {
                    let (points, blocked) = shortfall(&planner.reading, case, *goal);
                    Prospect::None { points, blocked }
                }
            },
        }
    }

    /// The way that a plan is, looked at by the rules without a gate.
    fn way(
        &self,
        planner: &Planner<'_>,
        case: &Case,
        best: &Worth,
        proved: bool,
        desk: &mut Desk<'_>,
        scratch: &mut Scratch,
    ) -> Prospect {
        let Offer { cost, months, review, measures } = case.offer(best);
        let batch = case.context(&planner.reading).last(best, desk).batch(self.rulebook.dictionary());
        let placement = self.rulebook.place(&batch, review, scratch);
        if !self.reached(&placement, 0) && self.gate.loose {
            return Prospect::None { points: None, blocked: Vec::new() };
        }
        let typed = self.rulebook.typed();
        let limit = |at: usize| {
            let product = typed.products.get(at).filter(|_| placement.admits(at, 0))?;
            placement.amount(product.outcome, 0)
        };
        let credit = (0..typed.products.len()).filter_map(limit).max().unwrap_or_default();
        Prospect::Ready(Box::new(Way {
            cost,
            months,
            review,
            measures,
            score: placement.score(0),
            grade: placement.grade(0).and_then(|at| typed.grades.get(at)).map(|g| g.id.clone()),
            credit,
            proved,
        }))
    }
}
