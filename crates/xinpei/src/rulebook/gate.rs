//! A gate before a grade: conditions that must hold for it, as one more override.

use crate::check::typed::{Arena, Effect, Node, NodeId, Op, Override, ResultRef, Type, Typed};

/// The id of the override that a gate is.
const ID: &str = "gate";

/// The checked rules with a gate before a grade.
pub(super) fn gated(typed: &Typed, floor: usize, conditions: &[NodeId]) -> Option<Typed> {
    if floor >= typed.grades.len() || conditions.iter().any(|id| reads_grade(&typed.arena, *id)) {
        return None;
    }
    let mut typed = typed.clone();
    let mut flag = |op| typed.arena.add(Node { op, ty: Type::Flag, table: None });
    let (mut all, no) = (flag(Op::Const(1)), flag(Op::Const(0)));
    for condition in conditions {
        all = flag(Op::And(all, *condition));
    }
    // What is not known does not open the gate.
    let known = flag(Op::Otherwise(all, no));
    let when = flag(Op::Not(known));
    // The next grade below that a score can reach; below the last one there is no rating at all.
    let below = (floor + 1..typed.grades.len()).find(|at| typed.grades.get(*at).is_some_and(|g| !g.by_override));
    let effect = below.map_or(Effect::Unrated, Effect::Cap);
    let name = typed.grades.get(floor)?.label.clone();
    typed.overrides.push(Override { id: ID.to_owned(), label: name, basis: String::new(), when, effect });
    Some(typed)
}

/// Whether a condition reads the grade or what follows from it.
fn reads_grade(arena: &Arena, id: NodeId) -> bool {
    let late =
        |id: NodeId| matches!(arena.node(id).op, Op::Result(ResultRef::Grade | ResultRef::Rated | ResultRef::Fired(_)));
    let mut open = vec![id];
    while let Some(id) = open.pop() {
        if late(id) {
            return true;
        }
        open.extend(arena.operands(id));
    }
    false
}
