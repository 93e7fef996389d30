//! What a run keeps of every row so that a later one, by changed rules, can start from it.
//!
//! Score and grade follow from what the lines of the card produce (sums of sections, above all) and
//! from values that no line has a part in, such as what an override does where it fired. Both are
//! recorded; then the points of a line can change, and nothing below it is evaluated again.

use super::plan::{Plan, Wanted};
use super::program::{NodeId, Op, Program, Type};
use crate::limits;

/// What stands in a record for a value that is not known.
pub(crate) const UNKNOWN: i32 = i32::MIN;

impl Program {
    /// How score, grade, losses and records are evaluated; `None` where the card has no lines, or a
    /// value does not fit a record.
    pub(crate) fn held(&self) -> Option<&Plan> {
        self.held.get_or_init(|| self.hold()).as_ref()
    }

    fn hold(&self) -> Option<Plan> {
        let lines = self.lines.as_ref()?;
        let reasons = self.typed.manifest.reasons;
        // One loss more than are shown: it moves up when a line among the shown ones loses less.
        if lines.ranked(reasons + 1) <= reasons || lines.shared_codes {
            return None;
        }
        let outputs = &self.outputs;
        let recorded = self.recorded();
        let fit = |least: i32, most: i32| {
            let fits = |id: &NodeId| match &self.arena.node(*id).ty {
                Type::Number(n) => n.low > least.into() && n.high <= most.into(),
                Type::Flag | Type::Grade => true,
                Type::Category(_) | Type::Date => most == i32::MAX,
            };
            recorded.iter().all(fits)
        };
        if recorded.len() > limits::RECORDED || !fit(UNKNOWN, i32::MAX) {
            return None;
        }
        let short = fit(i16::MIN.into(), i16::MAX.into()) && lines.most < i16::MAX.into();
        let nodes = vec![outputs.score, outputs.grade, outputs.rated];
        let wanted = Wanted { nodes, reasons: reasons + 1, recorded, ..Wanted::default() };
        Some(Plan { short, ..Plan::new(&self.arena, self.lines.as_ref(), outputs, wanted) })
    }

    /// What the lines produce and score or grade read, and the other operands of what follows from it.
    fn recorded(&self) -> Vec<NodeId> {
        let outputs = &self.outputs;
        // Rising ids are an order of evaluation: whether lines have a part in a node is known from
        // its operands.
        let mut follows = vec![false; self.arena.len()];
        let produced: Vec<NodeId> =
            outputs.sums.iter().chain(&outputs.points).chain([&outputs.present]).copied().collect();
        for id in &produced {
            if let Some(flag) = follows.get_mut(*id as usize) {
                *flag = true;
            }
        }
        for id in 0..u32::try_from(self.arena.len()).unwrap_or(0) {
            let known = |id: &NodeId| follows.get(*id as usize) == Some(&true);
            if self.arena.operands(id).iter().any(known)
                && let Some(flag) = follows.get_mut(id as usize)
            {
                *flag = true;
            }
        }
        let mut recorded = Vec::new();
        let mut seen = vec![false; self.arena.len()];
        let mut work = vec![outputs.score, outputs.grade];
        while let Some(id) = work.pop() {
            if seen.get_mut(id as usize).is_none_or(|seen| std::mem::replace(seen, true)) {
                continue;
            }
            let constant = matches!(self.arena.node(id).op, Op::Const(_) | Op::Missing | Op::AsOf);
            if produced.contains(&id) || (follows.get(id as usize) == Some(&false) && !constant) {
                recorded.push(id);
            } else if !constant {
                work.extend(self.arena.operands(id));
            }
        }
        recorded.sort_unstable();
        recorded
    }
}
