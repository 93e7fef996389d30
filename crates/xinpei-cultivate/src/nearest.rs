//! Of the values with which a set of facts opens a plan, those nearest to today's: a certificate tells a value
//! that somebody can imagine, and none from the end of a range.

use xinpei::check::typed::{Effect, FactKind, NodeId, Override, Type};
use xinpei::decimal;

use crate::desk::Desk;
use crate::state::{Held, State};
use crate::tables::units;
use crate::unlock::{Unlock, wrong};
use crate::values::values;

/// How many values are scored at once.
const AT_ONCE: i128 = 48;
/// How often the space between two values is divided: enough for any money.
const ROUNDS: usize = 16;
/// How often a set is tried farther away, where the nearest values bring as many points but no plan.
const FARTHER: u32 = 4;

/// Most members of a category that are tried.
const MEMBERS: usize = 8;

/// A fact and a value of it.
type Valued = (u32, Held);

/// What a state brings, as far as a plan may rest on it.
struct Deed {
    points: i64,
    /// For each override whether it fires.
    fires: Vec<bool>,
    /// For each part of an override in the way whether it is.
    wrong: Vec<bool>,
    /// For each measure that asks for a fact of the set whether it applies.
    applies: Vec<bool>,
}

/// A number or a date between two of its values, in units.
#[derive(Clone, Copy)]
struct Stretch {
    /// Today's value; for what is not known zero, or the as-of date.
    own: i128,
    /// The value that was found.
    found: i128,
    low: i128,
    high: i128,
    /// Whether a rounder value is better.
    rounds: bool,
}

impl Stretch {
    /// A value in the same direction, not farther than the one that was found.
    fn clamped(self, value: i128) -> i128 {
        value.clamp(self.own.min(self.found), self.own.max(self.found))
    }

    /// Rounder values behind one, the roundest first: the way from today's value grows by a tenth at most.
    fn rounder(self, value: i128) -> Vec<i128> {
        let away = |step: i128| {
            let down = value.div_euclid(step) * step;
            if value < self.own || down == value { down } else { down + step }
        };
        let fits = |rounded: &i128| {
            (self.low..=self.high).contains(rounded) && (rounded - value).abs() <= (value - self.own).abs() / 10
        };
        let steps = (1..=18).rev().filter_map(decimal::pow10);
        if self.rounds { steps.map(away).filter(fits).collect() } else { Vec::new() }
    }
}

impl Unlock<'_, '_> {
    /// The facts of a set that opens a plan, with the values nearest to today's that were seen to open one.
    pub(crate) fn nearer(&self, found: &[Valued], desk: &mut Desk<'_>) -> Vec<Valued> {
        let found = &self.humbler(found, desk);
        let stretches: Vec<Option<Stretch>> = found.iter().map(|valued| self.stretch(valued)).collect();
        let put = |values: &[i128]| -> Vec<Valued> {
            let one = |(((fact, held), stretch), value): ((&Valued, &Option<Stretch>), &i128)| {
                let near = stretch.and_then(|_| i64::try_from(*value).ok()).map(|units| Held::Value(Some(units)));
                (*fact, near.unwrap_or_else(|| held.clone()))
            };
            found.iter().zip(&stretches).zip(values).map(one).collect()
        };
        let mut values: Vec<i128> = stretches.iter().map(|s| s.map_or(0, |s| s.found)).collect();
        let Some(goal) = self.deeds(found, &[put(&values)], desk).pop() else { return found.to_vec() };
        for (at, stretch) in stretches.iter().enumerate() {
            let Some(stretch) = stretch else { continue };
            // The first of some values with which the others may stay as they are.
            let first = |list: &[i128], values: &[i128], desk: &mut Desk<'_>| {
                let with = |value: &i128| {
                    let mut values = values.to_vec();
                    if let Some(slot) = values.get_mut(at) {
                        *slot = *value;
                    }
                    put(&values)
                };
                let sets: Vec<Vec<Valued>> = list.iter().map(with).collect();
                self.deeds(found, &sets, desk).iter().position(|deed| self.does(deed, &goal))
            };
            let (mut near, mut far) = (stretch.own, stretch.found);
            for _ in 0..ROUNDS {
                let mut list: Vec<i128> = (1..=AT_ONCE).map(|part| near + (far - near) * part / AT_ONCE).collect();
                list.retain(|value| *value != near);
                list.dedup();
                let Some(place) = first(&list, &values, desk) else { break };
                let before = place.checked_sub(1).and_then(|before| list.get(before));
                near = before.copied().unwrap_or(near);
                far = list.get(place).copied().unwrap_or(far);
                if (far - near).abs() <= 1 {
                    break;
                }
            }
            let rounder = stretch.rounder(far);
            let round = first(&rounder, &values, desk).and_then(|place| rounder.get(place)).copied();
            if let Some(slot) = values.get_mut(at) {
                *slot = round.unwrap_or(far);
            }
        }
        let mut told = put(&values);
        for farther in 1..=FARTHER {
            if told == *found || self.opens(&told) {
                return told;
            }
            // As many points today are not as many on another day.
            let far = |(value, stretch): (&i128, &Option<Stretch>)| {
                let Some(stretch) = stretch else { return *value };
                let way = (value - stretch.own) * decimal::pow10(farther).unwrap_or(1);
                let value = stretch.clamped(stretch.own + way);
                stretch.rounder(value).first().copied().unwrap_or(value)
            };
            told = put(&values.iter().zip(&stretches).map(far).collect::<Vec<_>>());
        }
        found.to_vec()
    }

    /// Of the members of a category that open a plan too, the one that brings the fewest points: nobody is asked
    /// for more than is enough.
    fn humbler(&self, found: &[Valued], desk: &mut Desk<'_>) -> Vec<Valued> {
        let mut told = found.to_vec();
        for at in 0..told.len() {
            let with = |member: &Held| {
                let mut set = told.clone();
                if let Some((_, held)) = set.get_mut(at) {
                    held.clone_from(member);
                }
                set
            };
            let members = told.get(at).map_or_else(Vec::new, |(fact, held)| self.members(*fact, held));
            let sets: Vec<Vec<Valued>> = members.iter().map(with).chain([told.clone()]).collect();
            let points: Vec<i64> = self.deeds(found, &sets, desk).iter().map(|deed| deed.points).collect();
            let mut fewer: Vec<(i64, Vec<Valued>)> =
                points.iter().copied().zip(sets).filter(|(p, _)| points.last().is_some_and(|most| p < most)).collect();
            // Of those with as many points the nearest to today's goes first.
            fewer.sort_by_key(|(points, _)| *points);
            if let Some((_, set)) = fewer.into_iter().take(MEMBERS).find(|(_, set)| self.opens(set)) {
                told = set;
            }
        }
        told
    }

    /// The other members of a category, but for today's.
    fn members(&self, fact: u32, held: &Held) -> Vec<Held> {
        let rulebook = self.reading.rulebook;
        let definition = usize::try_from(fact).ok().and_then(|at| rulebook.typed().facts.get(at));
        match (definition.map(|d| &d.kind), self.case.start.held(fact)) {
            (Some(FactKind::Value(value)), Some(now)) if matches!(value.ty, Type::Category(_)) => {
                let mut members = values(rulebook, fact, now, &[], self.case.as_of);
                members.retain(|member| member != held);
                members
            }
            _ => Vec::new(),
        }
    }

    /// The way from today's value to one that was found; `None` for what is neither a number nor a date.
    fn stretch(&self, (fact, held): &Valued) -> Option<Stretch> {
        let definition = self.reading.rulebook.typed().facts.get(usize::try_from(*fact).ok()?)?;
        let (FactKind::Value(value), Held::Value(Some(found))) = (&definition.kind, held) else { return None };
        let (low, high, zero, rounds) = match &value.ty {
            Type::Number(number) => (number.low, number.high, 0, true),
            Type::Date => {
                let (first, last) = value.dates;
                (first.days().into(), last.days().into(), i128::from(self.case.as_of.days()), false)
            }
            _ => return None,
        };
        let own = match self.case.start.held(*fact) {
            Some(Held::Value(Some(own))) => i128::from(*own),
            _ => zero.clamp(low, high),
        };
        Some(Stretch { own, found: (*found).into(), low, high, rounds })
    }

    /// What each of some sets of values brings on the as-of date.
    fn deeds(&self, of: &[Valued], sets: &[Vec<Valued>], desk: &mut Desk<'_>) -> Vec<Deed> {
        if sets.is_empty() {
            return Vec::new();
        }
        let rulebook = self.reading.rulebook;
        let state = |set: &Vec<Valued>| {
            let mut state = self.case.start.clone();
            state.put(set);
            state
        };
        let states: Vec<State> = sets.iter().map(state).collect();
        let measures = rulebook.typed().measures.iter().zip(&self.reading.asks);
        let asked = measures.filter(|(_, asks)| of.iter().any(|(fact, _)| asks.contains(fact)));
        let whens: Vec<NodeId> = asked.filter_map(|(measure, _)| measure.when).collect();
        let parts = self.parts();
        let probe = rulebook.probe(whens.iter().copied().chain(parts.iter().map(|(id, _)| *id)).collect());
        let batch = desk.rows(&states);
        let values = desk.values_of(&probe, &batch, self.case.as_of);
        let (asked, held) = values.split_at_checked(whens.len()).unwrap_or_default();
        let outcome = desk.outcome(&batch, self.case.as_of);
        let fires = |id: &NodeId, row: usize| outcome.value(*id, row) == Some(1);
        let lines = 0..rulebook.typed().characteristics.len();
        let digits = self.case.tables.digits;
        let deed = |row: usize| Deed {
            points: lines.clone().map(|line| units(&outcome, line, row, digits)).sum(),
            fires: rulebook.program().outputs.overrides.iter().map(|id| fires(id, row)).collect(),
            wrong: wrong(&parts, held, row).collect(),
            applies: asked.iter().map(|rows| rows.get(row) == Some(&Some(1))).collect(),
        };
        (0..states.len()).map(deed).collect()
    }

    /// Whether a deed does as much as another: as many points, the same measures, no other override in the
    /// way, and none away that helps.
    fn does(&self, deed: &Deed, goal: &Deed) -> bool {
        let overrides = &self.reading.rulebook.typed().overrides;
        let kept = |((rule, now), then): ((&Override, &bool), &bool)| match rule.effect {
            Effect::Notch(n) if n > 0 => *now || !*then,
            Effect::Veto(_) => now == then,
            _ => *then || !*now,
        };
        deed.points >= goal.points
            && overrides.iter().zip(&deed.fires).zip(&goal.fires).all(kept)
            && deed.wrong.iter().zip(&goal.wrong).all(|(now, then)| *then || !*now)
            && deed.applies.iter().zip(&goal.applies).all(|(now, then)| *now || !*then)
    }
}
