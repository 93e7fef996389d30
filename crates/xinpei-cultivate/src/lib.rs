//! Credit cultivation: what an enterprise should do to reach the next grade, at the least cost, or a
//! certificate that nothing it can do is enough.
//!
//! ```no_run
//! # fn main() -> Result<(), xinpei::Error> {
//! use xinpei::{Date, Dossier, Rulebook};
//! use xinpei_cultivate::{Request, plan};
//!
//! let rulebook = Rulebook::load("rules/yuanhe/2026.1")?;
//! let dossier = Dossier::from_json(r#"{"enterprise": "91000000MA00000157", "facts": {"tax.arrears": 1250.00}}"#)?;
//! let answer = plan(&rulebook, &dossier, Date::parse("2026-06-30").unwrap(), &Request::default())?;
//! println!("{}", answer.to_json());
//! # Ok(()) }
//! ```
//!
//! The measures of a rulebook (`measures/*.yaml`) say what can be done. A plan is a set of them. Its
//! measures run side by side, each as early as its prerequisites and its first day allow; the plan
//! ends on a review day, a whole number of months after the as-of date, and is scored by the engine on
//! that day. Waiting is nothing but a later review day. Unless it is asked for, no step is a step back:
//! after none of them do score or grade lie both below those of the start and below those of an
//! enterprise that did nothing.
//!
//! Among all plans that reach the target the answer is the least by cost, then months, number of
//! measures, greatest margin, and document order: there is one, and it is the same on every machine.
//! Beside it stand all plans that are sooner and dearer (the exact front of cost and time), and the next
//! best with other measures. Where there is no plan, a [`Certificate`] says why: the best points of every
//! line, the overrides that nothing lifts, the first day with a plan, and the fewest facts that would
//! have to be different.
//!
//! A product of a lender can be the target too ([`Wanted::Product`]): the plan is the cheapest with which the
//! product admits the enterprise, the least grade and all conditions together.
//!
//! No plan ends behind the last day of a rulebook: whose rules hold then is not known, and the answer says
//! so (`rules_until`).
//!
//! For a portfolio, [`Admission`] says how far each enterprise is from a line (a grade, the line of the
//! rulebook's tiers, or a lender's product): it has reached it, is not taken in, has no plan, or has one at
//! a cost. Conditions beside the grade are planned for too. [`shortlist`] then chooses within a budget and
//! a number of hands, exactly.
//!
//! ```
//! use xinpei_cultivate::{Aim, Candidate, Means, NODES, shortlist};
//!
//! let of = |cost: i64, credit: i64| Candidate { cost: cost.into(), months: 3, credit: credit.into() };
//! let candidates = [of(9_000, 50_000), of(4_000, 20_000), of(5_000, 20_000)];
//! let means = Means { budget: Some(10_000.into()), capacity: None };
//! assert_eq!(shortlist(&candidates, means, Aim::Enterprises, NODES).chosen, [1, 2]);
//! assert_eq!(shortlist(&candidates, means, Aim::Credit, NODES).chosen, [0]);
//! ```
//!
//! What plans cost by when, without their steps in words, is [`Planner::front`]: for a portfolio, where nobody
//! reads them.
//!
//! The crate knows no clock: how long it searches is bounded by a number of nodes. Whoever plans for many
//! enterprises keeps one [`Planner`].

mod admission;
mod answer;
mod apply;
mod bounds;
mod case;
mod certificate;
mod chart;
mod court;
mod coverage;
mod day;
mod describe;
mod desk;
mod front;
mod gate;
mod gradient;
mod groups;
mod html;
mod items;
mod moves;
mod nearest;
mod planner;
mod prices;
mod reading;
mod request;
mod screen;
mod search;
mod shortlist;
mod state;
mod tables;
mod unlock;
mod values;
mod words;

pub use admission::{Admission, Prospect, Way};
pub use answer::{
    Answer, Blocked, Certificate, Cliff, FactChange, Gradient, Known, Line, Plan, Requirement, SearchLimit, Standing,
    Status, Step, Target,
};
pub use front::{Front, Offer};
pub use html::page;
pub use planner::{Planner, plan, plan_row};
pub use request::{Request, Wanted};
pub use screen::is_untouched;
pub use shortlist::{Aim, Candidate, Choice, Means, NODES, shortlist};
pub use state::State;
pub use words::{known_too_little, money, until, verdict};
