//! Plans in words: dated steps, facts before and after, and where the enterprise stands.

use rust_decimal::Decimal;
use xinpei::check::typed::{Change, FactKind, ValueType};
use xinpei::{Decision, Label, decimal};

use crate::answer::{FactChange, Plan, Standing, Step};
use crate::desk::Desk;
use crate::items::schedule;
use crate::search::Worth;
use crate::state::{Held, State, named, spelt};
use crate::tables::Context;

pub(crate) fn standing(decision: &Decision) -> Standing {
    Standing { status: decision.status.word(), score: decision.score, grade: decision.grade.clone() }
}

/// Yuan from fen.
pub(crate) fn yuan(fen: i64) -> Decimal {
    decimal::from_units(fen.into(), 2)
}

impl Context<'_, '_> {
    /// The plan of a set of items, every step scored again.
    pub(crate) fn plan(&self, worth: &Worth, desk: &mut Desk<'_>) -> Plan {
        let (applier, typed) = (&self.reading.applier, self.reading.rulebook.typed());
        let slots = schedule(self.items, &worth.items, self.as_of);
        let review = self.as_of.add_months(i32::try_from(worth.months).unwrap_or(i32::MAX));
        let mut before = self.start.clone();
        let mut steps = Vec::with_capacity(slots.len());
        let states = applier.walk(self.start, self.items, &slots, self.as_of, desk);
        for (slot, state) in slots.iter().zip(states) {
            let decision = desk.decide(&state, slot.end);
            let Some(item) = self.items.get(slot.item) else { continue };
            let Some(measure) = typed.measures.get(item.measure) else { continue };
            // What continuing measures and the calendar do meanwhile is told at the end.
            let own: Vec<u32> = measure.effects.iter().map(Change::fact).collect();
            let changes = self.changes(&before, &state, Some(&own));
            before = state;
            steps.push(Step {
                measure: measure.id.clone(),
                text: measure.label.clone(),
                actor: measure.actor.clone(),
                department: measure.department.clone(),
                basis: measure.basis.clone(),
                evidence: measure.evidence.clone(),
                start: slot.start,
                end: slot.end,
                continuing: item.continuing,
                cost: yuan(item.cost),
                changes,
                after: standing(&decision),
                receipt: decision.receipt,
            });
        }
        let last = self.last(worth, desk);
        let decision = desk.decide(&last, review);
        Plan {
            steps,
            review,
            months: worth.months,
            cost: yuan(worth.cost),
            result: standing(&decision),
            margin: decimal::from_units(worth.margin.0, typed.score.digits),
            changes: self.changes(self.start, &last, None),
            receipt: decision.receipt,
            facts: last.dossier(self.reading.rulebook.dictionary()),
        }
    }

    /// The facts on the review day of a set of items.
    pub(crate) fn last(&self, worth: &Worth, desk: &mut Desk<'_>) -> State {
        let slots = schedule(self.items, &worth.items, self.as_of);
        let review = self.as_of.add_months(i32::try_from(worth.months).unwrap_or(i32::MAX));
        self.reading.applier.on(self.start, self.items, &slots, self.as_of, review, desk)
    }

    /// Facts that differ, of some or of all. Events that changed are told field by field where none came or
    /// went, and else by their number.
    fn changes(&self, before: &State, after: &State, only: Option<&[u32]>) -> Vec<FactChange> {
        let dictionary = self.reading.rulebook.dictionary();
        let mut list = Vec::new();
        for (at, ((a, b), fact)) in (0_u32..).zip(before.facts.iter().zip(&after.facts).zip(dictionary.facts())) {
            if a == b || only.is_some_and(|only| !only.contains(&at)) {
                continue;
            }
            let change = |name: String, of: &ValueType, label: &Label, (a, b): (Option<i64>, Option<i64>)| FactChange {
                fact: name,
                label: label.clone(),
                before: spelt(a, of, dictionary),
                after: spelt(b, of, dictionary),
                before_text: named(a, of),
                after_text: named(b, of),
            };
            match (a, b, &fact.kind) {
                (Held::Value(a), Held::Value(b), FactKind::Value(value)) => {
                    list.push(change(fact.id.clone(), value, &fact.label, (*a, *b)));
                }
                (Held::Events(a), Held::Events(b), FactKind::Events(table)) => {
                    let (a, b) = (a.clone().unwrap_or_default(), b.clone().unwrap_or_default());
                    if a.len() != b.len() {
                        list.push(FactChange {
                            fact: format!("{}.count()", fact.id),
                            label: fact.label.clone(),
                            before: Some(a.len().to_string()),
                            after: Some(b.len().to_string()),
                            before_text: None,
                            after_text: None,
                        });
                        continue;
                    }
                    for (at, (x, y)) in a.iter().zip(b.iter()).enumerate() {
                        for ((x, y), field) in x.iter().zip(y).zip(&table.fields).filter(|((x, y), _)| x != y) {
                            let name = format!("{}[{}].{}", fact.id, at + 1, field.id);
                            list.push(change(name, &field.value, &field.label, (*x, *y)));
                        }
                    }
                }
                _ => {}
            }
        }
        list
    }
}
