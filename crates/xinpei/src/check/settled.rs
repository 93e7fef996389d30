//! Conditions of rules that the declared ranges and members settle: one that never holds, or always does,
//! tells nothing apart.

use std::collections::BTreeMap;

use super::lower::{Lowered, Lowerer};
use super::typed::{Aggregate, Comparison, NodeId, Op, Type};
use crate::author::source;
use crate::decimal;
use crate::diagnostic::Code;

/// What is known of conditions so far.
type Known = BTreeMap<NodeId, Option<bool>>;

impl Lowerer<'_> {
    /// Lowers the condition under which a rule applies. What never holds is noted, and what always does
    /// unless `true` is all that stands there. A note and no error: a version that was released stays
    /// loadable.
    pub(super) fn lower_rule(&mut self, value: &source::Node) -> Lowered<NodeId> {
        let id = self.lower_condition(value, None)?;
        let written = matches!(self.arena.node(id).op, Op::Const(1));
        // Where something is wrong, ranges are not what their authors meant.
        if written || self.out.has_errors() {
            return Ok(id);
        }
        let mut known = Known::new();
        let Some(holds) = self.settled(id, &mut known) else { return Ok(id) };
        let reason = self.reason(id, holds, &mut known);
        let reason = reason.map_or_else(String::new, |reason| format!("{reason}; "));
        if holds {
            let help = format!("{reason}write `true` if it is for everybody, or `present(…)` if being known is meant");
            self.out.note(Code::AlwaysHolds, value.span, "this condition holds wherever it is known").help(help);
        } else {
            let help = format!("{reason}turn the comparison, correct the `range` of its facts, or remove the rule");
            self.out.note(Code::NeverHolds, value.span, "this condition never holds").help(help);
        }
        Ok(id)
    }

    /// What a condition comes to wherever it is known, if ranges, grades and members settle it.
    fn settled(&self, id: NodeId, known: &mut Known) -> Option<bool> {
        if let Some(found) = known.get(&id) {
            return *found;
        }
        let found = match &self.arena.node(id).op {
            Op::Not(a) => self.settled(*a, known).map(|holds| !holds),
            Op::And(a, b) => match (self.settled(*a, known), self.settled(*b, known)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Op::Or(a, b) => match (self.settled(*a, known), self.settled(*b, known)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Op::Otherwise(a, b) | Op::Choose(_, a, b) => {
                let first = self.settled(*a, known);
                first.filter(|_| first == self.settled(*b, known))
            }
            Op::Spread(a, _) => self.settled(*a, known),
            // Of no event nothing holds for one, and everything for all.
            Op::Aggregate { kind: Aggregate::Any, value: Some(value), .. } => {
                self.settled(*value, known).filter(|holds| !holds)
            }
            Op::Aggregate { kind: Aggregate::All, value: Some(value), .. } => {
                self.settled(*value, known).filter(|holds| *holds)
            }
            Op::In(a, members) => match self.ty(*a) {
                Type::Category(category) => {
                    let all = self.dictionary.members(category).names().count();
                    (members.len() >= all).then_some(true)
                }
                _ => None,
            },
            Op::Compare(comparison, a, b) => self.compared(*comparison, *a, *b),
            _ => self.decided(id),
        };
        known.insert(id, found);
        found
    }

    fn compared(&self, comparison: Comparison, a: NodeId, b: NodeId) -> Option<bool> {
        let ((low, high), (least, most)) = (self.extent(a)?, self.extent(b)?);
        let same = low == high && least == most && low == least;
        match comparison {
            Comparison::Lt if high < least => Some(true),
            Comparison::Lt if low >= most => Some(false),
            Comparison::Le if high <= least => Some(true),
            Comparison::Le if low > most => Some(false),
            Comparison::Gt if low > most => Some(true),
            Comparison::Gt if high <= least => Some(false),
            Comparison::Ge if low >= most => Some(true),
            Comparison::Ge if high < least => Some(false),
            Comparison::Eq if high < least || low > most => Some(false),
            Comparison::Ne if high < least || low > most => Some(true),
            Comparison::Eq if same => Some(true),
            Comparison::Ne if same => Some(false),
            _ => None,
        }
    }

    /// The least and the greatest of a number or a grade, in units or in ranks from the worst up.
    fn extent(&self, id: NodeId) -> Option<(i128, i128)> {
        let node = self.arena.node(id);
        match (&node.ty, &node.op) {
            (Type::Number(numeric), _) => Some((numeric.low, numeric.high)),
            (Type::Grade, Op::Const(rank)) => Some((*rank, *rank)),
            (Type::Grade, _) => Some((0, i128::try_from(self.results.grades.len()).ok()?.checked_sub(1)?)),
            _ => None,
        }
    }

    /// What settles a condition, in words.
    fn reason(&self, id: NodeId, holds: bool, known: &mut Known) -> Option<String> {
        match &self.arena.node(id).op {
            Op::Not(a) => self.reason(*a, !holds, known),
            Op::And(a, b) | Op::Or(a, b) => {
                let first = self.settled(*a, known) == Some(holds);
                self.reason(if first { *a } else { *b }, holds, known)
            }
            Op::Spread(a, _) | Op::Aggregate { value: Some(a), .. } | Op::Otherwise(a, _) | Op::Choose(_, a, _) => {
                self.reason(*a, holds, known)
            }
            Op::Compare(_, a, b) => {
                // Beside a constant, the other side is what is compared.
                let constant = self.extent(*a).is_some_and(|(low, high)| low == high);
                let value = if constant { *b } else { *a };
                let (low, high) = self.extent(value)?;
                match self.ty(value) {
                    Type::Number(numeric) => {
                        let end = |units: i128| decimal::from_units(units, numeric.digits).normalize();
                        Some(format!("what it compares lies between {} and {}", end(low), end(high)))
                    }
                    _ => {
                        let (best, worst) = (self.results.grades.first()?, self.results.grades.last()?);
                        Some(format!("every grade lies between `{worst}` and `{best}`"))
                    }
                }
            }
            _ => None,
        }
    }
}
