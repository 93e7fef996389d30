//! The points of every option of every group on every review day, as the engine scores them.

use xinpei::check::typed::NodeId;
use xinpei::{BatchBuilder, Date, Outcome, Probe, Rulebook, Scratch};

use crate::apply::Applier;
use crate::groups::{Group, Groups};
use crate::items::{Item, Slot, schedule};
use crate::state::{Held, State};

/// What an option makes of the lines and overrides of its group.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// Points of the lines of the group, in their order.
    pub(crate) points: Vec<i64>,
    /// The sum of these points in each section.
    pub(crate) sections: Vec<i64>,
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
    pub(crate) rows: Vec<Vec<Option<Row>>>,
    /// Conditions for a better grade that do not hold on this day, whatever is done.
    pub(crate) never: Vec<NodeId>,
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

pub(crate) struct Context<'a, 'r> {
    pub(crate) rulebook: &'r Rulebook,
    pub(crate) applier: &'a Applier<'r>,
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
pub(crate) fn tables(context: &Context<'_, '_>, horizon: u32, scratch: &mut Scratch) -> Tables {
    let digits = digits(context.rulebook);
    let cost = |set: &Vec<usize>| {
        set.iter().filter_map(|at| context.items.get(*at)).fold(0_i64, |sum, i| sum.saturating_add(i.cost))
    };
    let costs = context.groups.groups.iter().map(|g| g.options.iter().map(cost).collect()).collect();
    let ready: Vec<Vec<Ready>> = context.groups.groups.iter().map(|group| context.ready(group, scratch)).collect();
    let conditions = crate::bounds::conditions(context.rulebook, context.groups);
    let nodes: Vec<NodeId> = conditions.iter().map(|(id, _)| *id).collect();
    let probe = context.rulebook.probe(nodes);
    let review = |months| {
        let mut review = context.review(months, digits, &ready, scratch);
        review.never = context.never(&conditions, &probe, &ready, review.date, scratch);
        review
    };
    let reviews = (0..=horizon).map(review).collect();
    Tables { digits, reviews, costs }
}

impl Context<'_, '_> {
    fn ready(&self, group: &Group, scratch: &mut Scratch) -> Vec<Ready> {
        let ready = |set: &Vec<usize>| {
            let slots = schedule(self.items, set, self.as_of);
            let end = slots.iter().map(|s| s.end).fold(self.as_of, Date::max);
            let continuing = slots.iter().any(|s| self.items.get(s.item).is_some_and(|i| i.continuing));
            let lasting = (!continuing).then(|| self.made(group, &slots, end, scratch));
            Ready { slots, end, lasting }
        };
        group.options.iter().map(ready).collect()
    }

    /// The facts of a group on a day.
    fn made(&self, group: &Group, slots: &[Slot], day: Date, scratch: &mut Scratch) -> Vec<(u32, Held)> {
        let state = self.applier.on(self.start, self.items, slots, self.as_of, day, scratch);
        let held = |fact: &u32| Some((*fact, state.facts.get(usize::try_from(*fact).ok()?)?.clone()));
        group.facts.iter().filter_map(held).collect()
    }

    /// The conditions that hold on a day for no option of the group that can touch them.
    fn never(
        &self,
        conditions: &[(NodeId, Option<usize>)],
        probe: &Probe,
        ready: &[Vec<Ready>],
        date: Date,
        scratch: &mut Scratch,
    ) -> Vec<NodeId> {
        if conditions.is_empty() {
            return Vec::new();
        }
        let mut holds = vec![false; conditions.len()];
        let waiting = self.applier.on(self.start, self.items, &[], self.as_of, date, scratch);
        let mut owners: Vec<usize> = conditions.iter().filter_map(|(_, owner)| *owner).collect();
        owners.sort_unstable();
        owners.dedup();
        let mut states = vec![waiting.clone()];
        for owner in owners {
            let (Some(group), Some(options)) = (self.groups.groups.get(owner), ready.get(owner)) else { continue };
            for option in options.iter().skip(1).filter(|option| option.end <= date) {
                let mut state = waiting.clone();
                for (fact, held) in self.made(group, &option.slots, date, scratch) {
                    if let Some(slot) = state.held_mut(fact) {
                        *slot = held;
                    }
                }
                states.push(state);
            }
            // Of options that were not listed nothing is known.
            if group.cut {
                for (flag, (_, of)) in holds.iter_mut().zip(conditions) {
                    *flag |= *of == Some(owner);
                }
            }
        }
        for state in states {
            let batch = state.batch(self.rulebook.dictionary());
            let values = self.rulebook.values(probe, &batch, date, scratch);
            for (flag, value) in holds.iter_mut().zip(&values) {
                *flag |= value.first() == Some(&Some(1));
            }
        }
        conditions.iter().zip(holds).filter(|(_, holds)| !holds).map(|((id, _), _)| *id).collect()
    }

    fn review(&self, months: u32, digits: u32, ready: &[Vec<Ready>], scratch: &mut Scratch) -> Review {
        let date = self.as_of.add_months(i32::try_from(months).unwrap_or(i32::MAX));
        let possible: Vec<Vec<usize>> = ready
            .iter()
            .map(|options| options.iter().enumerate().filter(|(_, r)| r.end <= date).map(|(at, _)| at).collect())
            .collect();
        // Groups have nothing to do with each other, so one row tries an option of each.
        let count = possible.iter().map(Vec::len).max().unwrap_or(0).max(1);
        let waiting = self.applier.on(self.start, self.items, &[], self.as_of, date, scratch);
        let dictionary = self.rulebook.dictionary();
        let mut builder = BatchBuilder::new(dictionary);
        for row in 0..count {
            let mut state = waiting.clone();
            for ((group, options), possible) in self.groups.groups.iter().zip(ready).zip(&possible) {
                let Some(option) = possible.get(row).and_then(|at| options.get(*at)).filter(|_| row > 0) else {
                    continue;
                };
                let made = match &option.lasting {
                    Some(made) => made.clone(),
                    None => self.made(group, &option.slots, date, scratch),
                };
                for (fact, held) in made {
                    if let Some(slot) = state.held_mut(fact) {
                        *slot = held;
                    }
                }
            }
            state.push(&mut builder, dictionary);
        }
        let batch = builder.finish();
        let outcome = self.rulebook.score_with(&batch, date, scratch);
        let typed = self.rulebook.typed();
        let points = |line: usize, row: usize| units(&outcome, line, row, digits);
        let fired = |rule: usize, row: usize| {
            let id = self.rulebook.program().outputs.overrides.get(rule);
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
        let owned: std::collections::BTreeSet<usize> =
            self.groups.groups.iter().flat_map(|g| g.lines.iter().copied()).collect();
        let base = sums(&mut lines.iter().copied().enumerate().filter(|(line, _)| !owned.contains(line)));
        let table = |(group, (options, possible)): (&Group, (&Vec<Ready>, &Vec<usize>))| {
            let row = |option: usize| {
                let row = possible.iter().position(|p| *p == option)?;
                let points: Vec<i64> = group.lines.iter().map(|line| points(*line, row)).collect();
                let sections = sums(&mut group.lines.iter().copied().zip(points.iter().copied()));
                let fired = group.overrides.iter().map(|rule| fired(*rule, row)).collect();
                Some(Row { points, sections, fired })
            };
            (0..options.len()).map(row).collect()
        };
        let rows = self.groups.groups.iter().zip(ready.iter().zip(&possible)).map(table).collect();
        Review {
            date,
            months,
            base,
            fired: (0..typed.overrides.len()).map(|rule| fired(rule, 0)).collect(),
            rows,
            never: Vec::new(),
            lines,
        }
    }
}

/// The points of a line in units of so many digits.
fn units(outcome: &Outcome<'_>, line: usize, row: usize, digits: u32) -> i64 {
    let Some((units, own)) = outcome.points(line, row) else { return 0 };
    let factor = xinpei::decimal::pow10(digits.saturating_sub(own)).unwrap_or(1);
    i64::try_from(units.saturating_mul(factor)).unwrap_or(i64::MAX / 1024)
}
