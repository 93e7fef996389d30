//! The points of every option of every group on every review day, as the engine scores them.

use std::collections::BTreeSet;
use std::rc::Rc;

use xinpei::check::typed::NodeId;
use xinpei::{Date, Outcome, Rulebook};

use crate::desk::Desk;
use crate::groups::{Group, Groups};
use crate::items::{Item, Slot, schedule};
use crate::reading::Reading;
use crate::state::{Held, State};

/// What an option makes of the lines and overrides of its group.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Points of the lines of the group, in their order.
    pub(crate) points: Vec<i64>,
    /// The sum of these points in each section.
    pub(crate) sections: Vec<i64>,
    /// By how much that is more than without any measure.
    pub(crate) change: Vec<i64>,
    /// Which overrides of the group fire, in their order.
    pub(crate) fired: Vec<bool>,
}

/// One review day.
#[derive(Clone, Debug)]
pub(crate) struct Review {
    pub(crate) date: Date,
    /// Months after the as-of date.
    pub(crate) months: u32,
    /// Points of all lines without any measure.
    pub(crate) lines: Vec<i64>,
    /// Points of the lines that no group can change, by section.
    pub(crate) base: Vec<i64>,
    /// All overrides: whether they fire without any measure.
    pub(crate) fired: Vec<bool>,
    /// For each group and option its row; `None` where it takes longer than until this day.
    pub(crate) rows: Vec<Vec<Option<Rc<Row>>>>,
    /// Conditions for a better grade that do not hold on this day, whatever is done.
    pub(crate) never: Vec<NodeId>,
    /// Whether everything is as on the review day before: no plan is new, and none is sooner.
    pub(crate) repeats: bool,
}

/// Everything that a search reads.
pub(crate) struct Tables {
    /// Digits of all points.
    pub(crate) digits: u32,
    pub(crate) reviews: Vec<Review>,
    /// For each group and option its cost in fen.
    pub(crate) costs: Vec<Vec<i64>>,
}

/// An option with its schedule, and the facts that it makes if the day changes nothing.
struct Ready {
    slots: Vec<Slot>,
    end: Date,
    lasting: Option<Vec<(u32, Held)>>,
}

/// One enterprise and what it can do.
pub(crate) struct Context<'a, 'r> {
    pub(crate) reading: &'a Reading<'r>,
    pub(crate) start: &'a State,
    pub(crate) items: &'a [Item],
    pub(crate) groups: &'a Groups,
    pub(crate) as_of: Date,
}

/// Digits that hold the points of every line and section.
pub(crate) fn digits(rulebook: &Rulebook) -> u32 {
    let typed = rulebook.typed();
    let lines = typed.characteristics.iter().map(|c| c.points.digits);
    let limits = typed.sections.iter().flat_map(|s| [s.max, s.floor]).flatten().map(|d| d.normalize().scale());
    lines.chain(typed.sections.iter().map(|s| s.points.digits)).chain(limits).max().unwrap_or(0)
}

/// Scores every option on every review day up to so many months.
pub(crate) fn tables(context: &Context<'_, '_>, horizon: u32, desk: &mut Desk<'_>) -> Tables {
    let groups = &context.groups.groups;
    let digits = digits(context.reading.rulebook);
    let cost = |set: &Vec<usize>| {
        set.iter().filter_map(|at| context.items.get(*at)).fold(0_i64, |sum, i| sum.saturating_add(i.cost))
    };
    let costs = groups.iter().map(|g| g.options.iter().map(cost).collect()).collect();
    let ready: Vec<Vec<Ready>> = groups.iter().map(|group| context.ready(group, desk)).collect();
    let all: Vec<Vec<usize>> = ready.iter().map(|options| (0..options.len()).collect()).collect();
    // What the calendar does not change is scored once, everything else on every review day.
    let lasting = context.side_by_side(context.as_of, false, &ready, &all, desk);
    let scored = lasting.outcome(context, desk, digits);
    let still = !context.reading.calendar && groups.iter().all(|group| !group.timed);
    let conditions = context.conditions();
    let lifted = context.lifted(&conditions, &ready, context.as_of, false, desk);
    let date = |months: u32| context.as_of.add_months(i32::try_from(months).unwrap_or(i32::MAX));
    let review = |months| {
        let day = date(months);
        let today = if still {
            None
        } else {
            let options = |options: &Vec<Ready>| (0..options.len()).filter(|at| done(options, *at, day)).collect();
            let possible: Vec<Vec<usize>> = ready.iter().map(options).collect();
            Some(context.side_by_side(day, true, &ready, &possible, desk).outcome(context, desk, digits))
        };
        let today = today.as_ref().unwrap_or(&scored);
        let rows = groups.iter().zip(&ready).enumerate().map(|(at, (group, options))| {
            let known = if group.timed { today.rows.get(at) } else { scored.rows.get(at) };
            (0..options.len()).map(|o| known?.get(o)?.clone().filter(|_| done(options, o, day))).collect()
        });
        let rows = rows.collect();
        let held = context.lifted(&conditions, &ready, day, true, desk);
        let never = conditions.iter().zip(lifted.iter().zip(&held)).filter(|(_, (a, b))| !**a && !**b);
        let ends = || ready.iter().flatten().map(|option| option.end);
        Review {
            date: day,
            months,
            base: today.base.clone(),
            fired: today.fired.clone(),
            rows,
            never: never.map(|((node, ..), _)| *node).collect(),
            lines: today.lines.clone(),
            repeats: still && months > 0 && !ends().any(|end| end > date(months - 1) && end <= day),
        }
    };
    let reviews = (0..=horizon).map(review).collect();
    Tables { digits, reviews, costs }
}

/// Whether an option has been carried out by a day.
fn done(options: &[Ready], option: usize, day: Date) -> bool {
    options.get(option).is_some_and(|ready| ready.end <= day)
}

/// States of one day, each with an option of every group; the first without any measure.
struct Sides {
    states: Vec<State>,
    day: Date,
    /// For each group the options that the states have, in their order; empty where it takes no part.
    options: Vec<Vec<usize>>,
}

/// What the engine says about some states of a day.
struct Scored {
    lines: Vec<i64>,
    base: Vec<i64>,
    fired: Vec<bool>,
    rows: Vec<Vec<Option<Rc<Row>>>>,
}

impl Context<'_, '_> {
    fn ready(&self, group: &Group, desk: &mut Desk<'_>) -> Vec<Ready> {
        let ready = |set: &Vec<usize>| {
            let slots = schedule(self.items, set, self.as_of);
            let end = slots.iter().map(|s| s.end).fold(self.as_of, Date::max);
            let continuing = slots.iter().any(|s| self.items.get(s.item).is_some_and(|i| i.continuing));
            let lasting = (!continuing).then(|| self.made(group, &slots, end, desk));
            Ready { slots, end, lasting }
        };
        group.options.iter().map(ready).collect()
    }

    /// The facts of a group on a day.
    fn made(&self, group: &Group, slots: &[Slot], day: Date, desk: &mut Desk<'_>) -> Vec<(u32, Held)> {
        let state = self.reading.applier.on(self.start, self.items, slots, self.as_of, day, desk);
        group.facts.iter().filter_map(|fact| Some((*fact, state.held(*fact)?.clone()))).collect()
    }

    fn made_by(&self, group: &Group, option: &Ready, day: Date, desk: &mut Desk<'_>) -> Vec<(u32, Held)> {
        match &option.lasting {
            Some(made) => made.clone(),
            None => self.made(group, &option.slots, day, desk),
        }
    }

    /// The facts on a day without any measure.
    fn waiting(&self, day: Date) -> State {
        let mut state = self.start.clone();
        self.reading.applier.pass(&mut state, self.as_of, day);
        state
    }

    /// Options side by side. Groups have nothing to do with each other, so one state tries an option of
    /// each group that is timed, or of each that is not.
    fn side_by_side(
        &self,
        day: Date,
        timed: bool,
        ready: &[Vec<Ready>],
        possible: &[Vec<usize>],
        desk: &mut Desk<'_>,
    ) -> Sides {
        let waiting = self.waiting(day);
        let takes_part = |at: usize| self.groups.groups.get(at).is_some_and(|g| g.timed == timed);
        let options: Vec<Vec<usize>> = possible
            .iter()
            .enumerate()
            .map(|(at, options)| if takes_part(at) { options.clone() } else { Vec::new() })
            .collect();
        let count = options.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let mut states = vec![waiting; count];
        for ((group, ready), options) in self.groups.groups.iter().zip(ready).zip(&options) {
            for (state, option) in states.iter_mut().zip(options).skip(1) {
                if let Some(option) = ready.get(*option) {
                    state.put(&self.made_by(group, option, day, desk));
                }
            }
        }
        Sides { states, day, options }
    }

    /// The conditions for a better grade which items of one group at most can touch: the node, that group,
    /// and whether the calendar can change it.
    fn conditions(&self) -> Vec<(NodeId, Option<usize>, bool)> {
        let mut list = Vec::new();
        for condition in &self.reading.conditions {
            let touches = |group: &Group| group.facts.iter().any(|f| condition.below.facts.contains(f));
            let mut owners = self.groups.groups.iter().enumerate().filter(|(_, g)| touches(g));
            if let (owner, None) = (owners.next(), owners.next()) {
                let timed = condition.below.timed || owner.is_some_and(|(_, g)| g.timed);
                list.push((condition.node, owner.map(|(at, _)| at), timed));
            }
        }
        list
    }

    /// Of the conditions that are timed, or of those that are not, which may hold on a day.
    fn lifted(
        &self,
        conditions: &[(NodeId, Option<usize>, bool)],
        ready: &[Vec<Ready>],
        date: Date,
        timed: bool,
        desk: &mut Desk<'_>,
    ) -> Vec<bool> {
        let mut holds = vec![false; conditions.len()];
        if !conditions.iter().any(|(_, _, t)| *t == timed) {
            return holds;
        }
        let waiting = self.waiting(date);
        let owners: BTreeSet<usize> =
            conditions.iter().filter(|(_, _, t)| *t == timed).filter_map(|(_, owner, _)| *owner).collect();
        let mut states = vec![waiting.clone()];
        for owner in owners {
            let (Some(group), Some(options)) = (self.groups.groups.get(owner), ready.get(owner)) else { continue };
            for option in options.iter().skip(1).filter(|option| !timed || option.end <= date) {
                let mut state = waiting.clone();
                state.put(&self.made_by(group, option, date, desk));
                states.push(state);
            }
            // Of options that were not listed nothing is known.
            if group.cut {
                for (flag, (_, of, _)) in holds.iter_mut().zip(conditions) {
                    *flag |= *of == Some(owner);
                }
            }
        }
        let rows = desk.rows(&states);
        let values = desk.values_of(&self.reading.conditions_probe, &rows, date);
        for (flag, (node, _, t)) in holds.iter_mut().zip(conditions) {
            let place = self.reading.conditions.iter().position(|c| c.node == *node);
            let held = place.and_then(|at| values.get(at));
            *flag |= *t == timed && held.is_some_and(|rows| rows.contains(&Some(1)));
        }
        holds
    }
}

impl Sides {
    fn outcome(&self, context: &Context<'_, '_>, desk: &mut Desk<'_>, digits: u32) -> Scored {
        let groups = &context.groups.groups;
        let rulebook = context.reading.rulebook;
        let typed = rulebook.typed();
        let batch = desk.rows(&self.states);
        let outcome = desk.outcome(&batch, self.day);
        let points = |line: usize, row: usize| units(&outcome, line, row, digits);
        let fired = |rule: usize, row: usize| {
            let id = rulebook.program().outputs.overrides.get(rule);
            id.is_some_and(|id| outcome.value(*id, row) == Some(1))
        };
        let section = |line: usize| typed.characteristics.get(line).map_or(0, |c| c.section);
        let sums = |lines: &mut dyn Iterator<Item = (usize, i64)>| {
            let mut sums = vec![0_i64; typed.sections.len()];
            for (line, points) in lines {
                if let Some(sum) = sums.get_mut(section(line)) {
                    *sum += points;
                }
            }
            sums
        };
        let lines: Vec<i64> = (0..typed.characteristics.len()).map(|line| points(line, 0)).collect();
        let owned: BTreeSet<usize> = groups.iter().flat_map(|g| g.lines.iter().copied()).collect();
        let base = sums(&mut lines.iter().copied().enumerate().filter(|(line, _)| !owned.contains(line)));
        let table = |(group, options): (&Group, &Vec<usize>)| {
            let mut rows = vec![None; if options.is_empty() { 0 } else { group.options.len() }];
            // The first option is to do nothing.
            let mut without: Option<Vec<i64>> = None;
            for (row, option) in options.iter().enumerate() {
                let points: Vec<i64> = group.lines.iter().map(|line| points(*line, row)).collect();
                let sections = sums(&mut group.lines.iter().copied().zip(points.iter().copied()));
                let first = without.get_or_insert_with(|| sections.clone());
                let change = sections.iter().zip(first.iter()).map(|(with, without)| with - without).collect();
                let fired = group.overrides.iter().map(|rule| fired(*rule, row)).collect();
                if let Some(slot) = rows.get_mut(*option) {
                    *slot = Some(Rc::new(Row { points, sections, change, fired }));
                }
            }
            rows
        };
        Scored {
            base,
            fired: (0..typed.overrides.len()).map(|rule| fired(rule, 0)).collect(),
            rows: groups.iter().zip(&self.options).map(table).collect(),
            lines,
        }
    }
}

/// The points of a line in units of so many digits.
pub(crate) fn units(outcome: &Outcome<'_>, line: usize, row: usize, digits: u32) -> i64 {
    let Some((units, own)) = outcome.points(line, row) else { return 0 };
    let factor = xinpei::decimal::pow10(digits.saturating_sub(own)).unwrap_or(1);
    i64::try_from(units.saturating_mul(factor)).unwrap_or(i64::MAX / 1024)
}
