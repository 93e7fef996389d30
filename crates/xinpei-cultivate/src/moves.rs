//! Which way a value can move, by what the dictionary says of the facts below it and by the calendar.

use xinpei::Rulebook;
use xinpei::check::typed::{FactKind, Mutability, NodeId, Op, Type};

/// Whether a value can rise and whether it can fall.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Moves {
    pub(crate) rises: bool,
    pub(crate) falls: bool,
}

const BOTH: Moves = Moves { rises: true, falls: true };
const UP: Moves = Moves { rises: true, falls: false };
const DOWN: Moves = Moves { rises: false, falls: true };
const NEVER: Moves = Moves { rises: false, falls: false };

impl Moves {
    const fn turned(self) -> Self {
        Self { rises: self.falls, falls: self.rises }
    }

    const fn or(self, other: Self) -> Self {
        Self { rises: self.rises || other.rises, falls: self.falls || other.falls }
    }

    /// What a factor makes of it.
    const fn times(self, factor: i128) -> Self {
        match factor {
            1.. => self,
            0 => NEVER,
            _ => self.turned(),
        }
    }
}

/// What moves a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// Measures and the calendar: where a plan can lead.
    Measures,
    /// Anything: arrears that measures only pay off can rise again, but a day that was does not change.
    Anything,
}

/// How a fact moves: as a measure may change it, with the calendar, or as it likes.
fn fact(rulebook: &Rulebook, at: u32, by: By, ticks: &dyn Fn(u32) -> bool) -> Moves {
    let fact = usize::try_from(at).ok().and_then(|at| rulebook.typed().facts.get(at));
    let is_date = |kind: &FactKind| matches!(kind, FactKind::Value(value) if value.ty == Type::Date);
    match fact.map(|f| (f.mutability, &f.kind)) {
        Some((Mutability::Immutable, kind)) if by == By::Measures || is_date(kind) => NEVER,
        Some((Mutability::OnlyUp, _)) if by == By::Measures => UP,
        Some((Mutability::OnlyDown, _)) if by == By::Measures => DOWN,
        // A date stays what it is; a count of days, months or years grows.
        Some((Mutability::TimeDriven, kind)) if is_date(kind) => NEVER,
        Some((Mutability::TimeDriven, _)) if ticks(at) => UP,
        _ => BOTH,
    }
}

/// How each of some nodes can move; `ticks` says of a fact whether it counts what passes. Of an operation that
/// is not looked into both are said, so that nothing possible is ever left out.
pub(crate) fn moves(rulebook: &Rulebook, nodes: &[NodeId], by: By, ticks: &dyn Fn(u32) -> bool) -> Vec<Moves> {
    let arena = &rulebook.typed().arena;
    let count = nodes.iter().max().map_or(0, |last| last + 1);
    let mut known: Vec<Moves> = Vec::new();
    // INVARIANT: operands stand before what is made of them.
    for id in 0..count {
        let of = |id: &NodeId| usize::try_from(*id).ok().and_then(|at| known.get(at)).copied().unwrap_or(BOTH);
        let constant = |id: &NodeId| match &arena.node(*id).op {
            Op::Const(units) => Some(*units),
            Op::Rescale(inner) => match &arena.node(*inner).op {
                Op::Const(units) => Some(*units),
                _ => None,
            },
            _ => None,
        };
        let moves = match &arena.node(id).op {
            Op::Missing | Op::Const(_) => NEVER,
            Op::Fact(at) => fact(rulebook, *at, by, ticks),
            Op::AsOf => UP,
            Op::Add(a, b) | Op::Min(a, b) | Op::Max(a, b) | Op::AddDays(a, b) | Op::AddMonths(a, b) => of(a).or(of(b)),
            Op::Sub(a, b) => of(a).or(of(b).turned()),
            // From the first to the second.
            Op::DaysBetween(a, b) | Op::MonthsBetween(a, b) | Op::YearsBetween(a, b) => of(b).or(of(a).turned()),
            Op::Neg(a) => of(a).turned(),
            Op::Rescale(a) | Op::Round(a, _) | Op::Year(a) => of(a),
            Op::Mul(a, b) => match (constant(a), constant(b)) {
                (_, Some(factor)) => of(a).times(factor),
                (Some(factor), _) => of(b).times(factor),
                _ => BOTH,
            },
            Op::Divide(a, b, _) => constant(b).map_or(BOTH, |divisor| of(a).times(divisor)),
            _ => BOTH,
        };
        known.push(moves);
    }
    let of = |id: &NodeId| usize::try_from(*id).ok().and_then(|at| known.get(at)).copied().unwrap_or(BOTH);
    nodes.iter().map(of).collect()
}
