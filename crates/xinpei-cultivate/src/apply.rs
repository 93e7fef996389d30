//! What measures make of the facts, and what mere time makes of them.

use std::sync::Arc;

use xinpei::check::typed::{Change, FactKind, Mutability, NodeId, Op, Type, Unit, Way};
use xinpei::{Date, Probe, Rulebook};

use crate::desk::Desk;
use crate::items::{Item, Slot};
use crate::reading::read;
use crate::state::{Held, State};

/// Applies the measures of a rulebook.
pub(crate) struct Applier<'r> {
    pub(crate) rulebook: &'r Rulebook,
    /// For each measure its expressions that are more than constants, and whether they read what the calendar
    /// moves.
    probes: Vec<(Option<Probe>, Vec<NodeId>, bool)>,
    /// Facts that move with the calendar: the place, and which unit they count.
    timed: Vec<(u32, Step)>,
}

#[derive(Clone, Copy)]
enum Step {
    Day,
    Month,
    Year,
}

/// The values of the expressions of a measure on a day.
struct Values {
    nodes: Vec<NodeId>,
    values: Vec<Vec<Option<i128>>>,
}

impl Values {
    /// The value of an expression for the enterprise, or for an event of a table.
    fn at(&self, id: NodeId, event: usize) -> Option<i64> {
        let place = self.nodes.iter().position(|n| *n == id)?;
        let values = self.values.get(place)?;
        i64::try_from(values.get(event.min(values.len().saturating_sub(1))).copied()??).ok()
    }
}

impl<'r> Applier<'r> {
    pub(crate) fn new(rulebook: &'r Rulebook) -> Self {
        let typed = rulebook.typed();
        let timed = typed.facts.iter().zip(0_u32..).filter(|(f, _)| f.mutability == Mutability::TimeDriven);
        let timed = timed.filter_map(|(fact, at)| match &fact.kind {
            FactKind::Value(value) => {
                let unit = &value.ty.number()?.unit;
                let steps = [("day", Step::Day), ("month", Step::Month), ("year", Step::Year)];
                steps.iter().find(|(name, _)| *unit == Unit::base(name)).map(|(_, step)| (at, *step))
            }
            FactKind::Events(_) => None,
        });
        let timed: Vec<(u32, Step)> = timed.collect();
        let probe = |measure: &xinpei::check::typed::Measure| {
            let mut nodes: Vec<NodeId> = measure.effects.iter().flat_map(Change::nodes).collect();
            nodes.sort_unstable();
            nodes.dedup();
            let constant = nodes.iter().all(|id| matches!(typed.arena.node(*id).op, Op::Const(_) | Op::AsOf));
            let facts = read(&typed.arena, &nodes).facts;
            let moved = timed.iter().any(|(fact, _)| facts.contains(fact));
            ((!constant).then(|| rulebook.probe(nodes.clone())), nodes, moved)
        };
        let probes = typed.measures.iter().map(probe).collect();
        Self { rulebook, probes, timed }
    }

    /// The facts on a day when those items of a schedule that have ended have taken effect: single
    /// measures on their last day each, continuing ones on the day itself.
    pub(crate) fn on(
        &self,
        start: &State,
        items: &[Item],
        slots: &[Slot],
        as_of: Date,
        day: Date,
        desk: &mut Desk<'_>,
    ) -> State {
        let mut state = start.clone();
        for slot in slots.iter().filter(|slot| slot.end <= day) {
            self.single(&mut state, items, slot, as_of, desk);
        }
        self.meanwhile(state, items, slots, as_of, day, desk)
    }

    /// The facts on the last day of each slot of a schedule, when it and those before it have taken effect;
    /// each is [`Applier::on`] of the slots up to there.
    pub(crate) fn walk(
        &self,
        start: &State,
        items: &[Item],
        slots: &[Slot],
        as_of: Date,
        desk: &mut Desk<'_>,
    ) -> Vec<State> {
        let mut made = start.clone();
        let mut states = Vec::with_capacity(slots.len());
        for (at, slot) in slots.iter().enumerate() {
            self.single(&mut made, items, slot, as_of, desk);
            let upto = slots.get(..=at).unwrap_or_default();
            states.push(self.meanwhile(made.clone(), items, upto, as_of, slot.end, desk));
        }
        states
    }

    /// A single measure takes effect on its last day.
    fn single(&self, state: &mut State, items: &[Item], slot: &Slot, as_of: Date, desk: &mut Desk<'_>) {
        if let Some(item) = items.get(slot.item).filter(|i| !i.continuing) {
            self.apply(state, item.measure, (as_of, slot.start, slot.end), desk);
        }
    }

    /// What continuing measures and the calendar have done to facts by a day.
    fn meanwhile(
        &self,
        mut state: State,
        items: &[Item],
        slots: &[Slot],
        as_of: Date,
        day: Date,
        desk: &mut Desk<'_>,
    ) -> State {
        for slot in slots.iter().filter(|slot| slot.end <= day) {
            if let Some(item) = items.get(slot.item).filter(|i| i.continuing) {
                self.apply(&mut state, item.measure, (as_of, slot.start, day), desk);
            }
        }
        self.pass(&mut state, as_of, day);
        state
    }

    /// What the calendar does to the facts that it moves.
    pub(crate) fn pass(&self, state: &mut State, from: Date, to: Date) {
        for (fact, step) in &self.timed {
            let passed = match step {
                Step::Day => to.days() - from.days(),
                Step::Month => from.months_until(to),
                Step::Year => from.months_until(to) / 12,
            };
            let most = self.range(*fact).map_or(i64::MAX, |(_, high)| high);
            if let Some(Held::Value(Some(units))) = state.held_mut(*fact) {
                *units = units.saturating_add(passed.into()).min(most);
            }
        }
    }

    /// Whether a fact moves with the calendar.
    pub(crate) fn moves(&self, fact: u32) -> bool {
        self.timed.iter().any(|(timed, _)| *timed == fact)
    }

    /// The least and the greatest value of a fact.
    fn range(&self, fact: u32) -> Option<(i64, i64)> {
        match &self.rulebook.typed().facts.get(usize::try_from(fact).ok()?)?.kind {
            FactKind::Value(value) => match &value.ty {
                Type::Number(n) => Some((i64::try_from(n.low).ok()?, i64::try_from(n.high).ok()?)),
                Type::Date => Some((value.dates.0.days().into(), value.dates.1.days().into())),
                _ => None,
            },
            FactKind::Events(_) => None,
        }
    }

    /// What a measure reads on a day, when the calendar has moved on from the as-of date.
    fn values(&self, state: &State, measure: usize, as_of: Date, day: Date, desk: &mut Desk<'_>) -> Values {
        let Some((probe, nodes, moved)) = self.probes.get(measure) else {
            return Values { nodes: Vec::new(), values: Vec::new() };
        };
        let values = match probe {
            Some(probe) if *moved => {
                let mut state = state.clone();
                self.pass(&mut state, as_of, day);
                desk.values(probe, &state, day)
            }
            Some(probe) => desk.values(probe, state, day),
            None => {
                let value = |id: &NodeId| match self.rulebook.typed().arena.node(*id).op {
                    Op::Const(units) => vec![Some(units)],
                    _ => vec![Some(day.days().into())],
                };
                nodes.iter().map(value).collect()
            }
        };
        Values { nodes: nodes.clone(), values }
    }

    /// One measure that was begun on a day takes effect on another. All its expressions are read before any
    /// of its effects.
    fn apply(&self, state: &mut State, measure: usize, (as_of, start, day): (Date, Date, Date), desk: &mut Desk<'_>) {
        let Some(effects) = self.rulebook.typed().measures.get(measure).map(|m| &m.effects) else { return };
        let values = self.values(state, measure, as_of, day, desk);
        // Events keep their places until every expression over them was used.
        let mut removed: Vec<(u32, Vec<usize>)> = Vec::new();
        let mut added: Vec<(u32, Vec<Option<i64>>)> = Vec::new();
        for effect in effects {
            match effect {
                Change::Fact { fact, way, value } => self.fact(state, *fact, *way, values.at(*value, 0)),
                Change::Set { table, mask, fields } => {
                    let Some(events) = state.events_mut(*table) else { continue };
                    for (at, event) in events.iter_mut().enumerate() {
                        if mask.is_some_and(|m| values.at(m, at) != Some(1)) {
                            continue;
                        }
                        for (field, value) in fields {
                            if let Some(slot) = usize::try_from(*field).ok().and_then(|f| event.get_mut(f)) {
                                *slot = values.at(*value, at);
                            }
                        }
                    }
                }
                Change::Remove { table, mask } => {
                    let Some(Held::Events(Some(events))) = state.held(*table) else { continue };
                    let gone = (0..events.len()).filter(|at| mask.is_none_or(|m| values.at(m, *at) == Some(1)));
                    removed.push((*table, gone.collect()));
                }
                Change::Add { table, fields, monthly } => {
                    let count = self.fields(*table);
                    let mut event = vec![None; count];
                    for (field, value) in fields {
                        if let Some(slot) = usize::try_from(*field).ok().and_then(|f| event.get_mut(f)) {
                            *slot = values.at(*value, 0);
                        }
                    }
                    let Some(order) = monthly.and_then(|m| usize::try_from(m).ok()) else {
                        added.push((*table, event));
                        continue;
                    };
                    for first in months(start, day) {
                        let dated = |e: &Vec<Option<i64>>| e.get(order).copied().flatten() == Some(first);
                        let there = match state.held(*table) {
                            Some(Held::Events(Some(events))) => events.iter().any(dated),
                            _ => true,
                        };
                        if !there {
                            let mut event = event.clone();
                            if let Some(slot) = event.get_mut(order) {
                                *slot = Some(first);
                            }
                            added.push((*table, event));
                        }
                    }
                }
            }
        }
        for (table, gone) in &removed {
            if let Some(events) = state.events_mut(*table) {
                let mut at = 0;
                events.retain(|_| {
                    at += 1;
                    !gone.contains(&(at - 1))
                });
            }
        }
        for (table, event) in added {
            if let Some(Held::Events(events)) = state.held_mut(table) {
                Arc::make_mut(events.get_or_insert_with(Arc::default)).push(event);
            }
        }
        for effect in effects.iter().filter(|e| !matches!(e, Change::Fact { .. })) {
            self.sort(state, effect.fact());
        }
    }

    fn fact(&self, state: &mut State, fact: u32, way: Way, value: Option<i64>) {
        let range = self.range(fact);
        let Some(Held::Value(held)) = state.held_mut(fact) else { return };
        let new = match (way, *held, value) {
            (Way::Set, _, Some(value)) => value,
            (Way::Add, Some(old), Some(value)) => old.saturating_add(value),
            (Way::ReduceTo, Some(old), Some(value)) => old.min(value),
            (Way::RaiseTo, Some(old), Some(value)) => old.max(value),
            (Way::ReduceTo | Way::RaiseTo, None, Some(value)) => value,
            // What is not known adds nothing; a value that is not known changes nothing.
            _ => return,
        };
        *held = Some(range.map_or(new, |(low, high)| new.clamp(low, high)));
    }

    fn fields(&self, table: u32) -> usize {
        let fact = usize::try_from(table).ok().and_then(|t| self.rulebook.typed().facts.get(t));
        match fact.map(|f| &f.kind) {
            Some(FactKind::Events(events)) => events.fields.len(),
            _ => 0,
        }
    }

    /// Puts events into the order in which a batch holds them: by the order field, then by all fields.
    fn sort(&self, state: &mut State, table: u32) {
        let fact = usize::try_from(table).ok().and_then(|t| self.rulebook.typed().facts.get(t));
        let Some(FactKind::Events(definition)) = fact.map(|f| &f.kind) else { return };
        let order = definition.order;
        if let Some(events) = state.events_mut(table) {
            let at = |event: &[Option<i64>]| order.and_then(|o| event.get(o).copied().flatten());
            events.sort_by(|a, b| at(a).cmp(&at(b)).then_with(|| a.cmp(b)));
        }
    }
}

/// The first days of months after one day and up to another, in days since 1970-01-01.
fn months(after: Date, upto: Date) -> Vec<i64> {
    let (year, month, _) = after.parts();
    let Some(first) = Date::new(year, month, 1) else { return Vec::new() };
    let days = (1..=first.months_until(upto).max(0)).map(|n| first.add_months(n));
    days.map(|d| d.days().into()).collect()
}
