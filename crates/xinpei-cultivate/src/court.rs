//! The engine's judgement on a set of measures.

use rust_decimal::Decimal;
use xinpei::{Date, decimal};

use crate::bounds::Goal;
use crate::desk::Desk;
use crate::items::{Slot, schedule};
use crate::tables::{Context, Review};

/// Score and rank; absent when unrated.
pub(crate) type Rated = (Option<i128>, Option<i128>);

pub(crate) struct Court<'a, 'c, 'r> {
    pub(crate) context: &'a Context<'c, 'r>,
    pub(crate) goal: Goal,
    /// From where the margin counts.
    pub(crate) edge: Decimal,
    /// Score and rank that no step may fall below, unless time alone leads there.
    pub(crate) floor: Option<Rated>,
    pub(crate) desk: &'a mut Desk<'r>,
}

impl Court<'_, '_, '_> {
    /// The margin, if the set reaches the goal on the review day and no step is a step back.
    pub(crate) fn judge(&mut self, set: &[usize], review: &Review) -> Option<i128> {
        let slots = schedule(self.context.items, set, self.context.as_of);
        let (score, rank) = self.scored(&slots, review.date)?;
        if !self.goal.reached(score, rank) {
            return None;
        }
        if let Some(floor) = self.floor {
            for (day, now) in self.steps(&slots) {
                if self.dips(floor, now?, day)? {
                    return None;
                }
            }
            if self.dips(floor, (score, rank), review.date)? {
                return None;
            }
        }
        let digits = self.context.reading.rulebook.typed().score.digits;
        let score = decimal::from_units(score.unwrap_or(0), digits);
        decimal::to_units((score - self.edge).round_dp(digits), digits)
    }

    /// Score and rank on the last day of each slot.
    fn steps(&mut self, slots: &[Slot]) -> Vec<(Date, Option<Rated>)> {
        let Context { reading, start, items, as_of, .. } = *self.context;
        let states = reading.applier.walk(start, items, slots, as_of, self.desk);
        if reading.calendar {
            let each = slots.iter().zip(&states);
            return each.map(|(slot, state)| (slot.end, self.desk.score(state, slot.end))).collect();
        }
        // Where the calendar changes nothing, they are all scored as of the first day.
        slots.iter().map(|slot| slot.end).zip(self.desk.scores(&states, as_of)).collect()
    }

    /// Whether the enterprise falls below the floor and, on the same day, below where it would stand if
    /// nothing were done.
    fn dips(&mut self, floor: Rated, now: Rated, day: Date) -> Option<bool> {
        if now.0 >= floor.0 && now.1 >= floor.1 {
            return Some(false);
        }
        let waiting = self.scored(&[], day)?;
        Some(now.0 < floor.0.min(waiting.0) || now.1 < floor.1.min(waiting.1))
    }

    /// Score and rank on a day; `None` where the facts have a fault.
    fn scored(&mut self, slots: &[Slot], day: Date) -> Option<Rated> {
        let Context { reading, start, items, as_of, .. } = *self.context;
        let state = reading.applier.on(start, items, slots, as_of, day, self.desk);
        self.desk.score(&state, day)
    }
}
