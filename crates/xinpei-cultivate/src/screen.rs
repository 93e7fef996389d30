//! Who need not be planned for: enterprises that no plan leads to a grade, seen without a search.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use xinpei::check::typed::{Change, Effect, FactKind, Mutability, NodeId, Type};
use xinpei::{Outcome, Rulebook, decimal};

use crate::reading::read;

/// What no plan can change, for any enterprise.
#[derive(Clone, Debug)]
pub(crate) struct Screen {
    /// For each characteristic the most points that any plan brings; `None` where it stays as it is.
    most: Vec<Option<Decimal>>,
    /// The least score that can have the grade; `None` where any score can.
    needed: Option<Decimal>,
    /// Overrides that no plan touches and that make the grade impossible.
    barring: Vec<usize>,
}

/// Why no plan leads to the grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Hopeless {
    /// Too few points: those needed and those attainable at most.
    Points(Decimal, Decimal),
    /// Overrides that no measure and no waiting lifts.
    Overrides(Vec<usize>),
}

/// The facts that measures or the calendar change.
fn moved(rulebook: &Rulebook) -> BTreeSet<u32> {
    let typed = rulebook.typed();
    let mut moved: BTreeSet<u32> = typed.measures.iter().flat_map(|m| m.effects.iter().map(Change::fact)).collect();
    let driven = typed.facts.iter().zip(0_u32..).filter(|(f, _)| f.mutability == Mutability::TimeDriven);
    moved.extend(driven.map(|(_, at)| at));
    moved
}

/// Whether no measure of a rulebook touches what an expression rests on. Dates in it stay what they are, so
/// that the calendar alone can change what it is.
#[must_use]
pub fn is_untouched(rulebook: &Rulebook, node: NodeId) -> bool {
    let typed = rulebook.typed();
    let is_date = |fact: &u32| {
        let fact = typed.facts.get(usize::try_from(*fact).unwrap_or(usize::MAX));
        fact.is_some_and(|f| {
            f.mutability == Mutability::TimeDriven && matches!(&f.kind, FactKind::Value(v) if v.ty == Type::Date)
        })
    };
    let moved: BTreeSet<u32> = moved(rulebook).into_iter().filter(|fact| !is_date(fact)).collect();
    read(&rulebook.program().arena, &[node]).facts.is_disjoint(&moved)
}

impl Screen {
    /// What stands in the way of a grade, by its place.
    pub(crate) fn new(rulebook: &Rulebook, floor: usize) -> Self {
        let (typed, program) = (rulebook.typed(), rulebook.program());
        let moved = moved(rulebook);
        let arena = &program.arena;
        let stays = |root: NodeId| {
            let below = read(arena, &[root]);
            below.facts.is_disjoint(&moved) && !below.timed
        };
        let most = typed
            .characteristics
            .iter()
            .zip(&program.outputs.points)
            .map(|(line, id)| (!stays(*id)).then(|| line.max.max(line.missing)))
            .collect();
        // A veto may set a good grade whatever the score is and whatever caps say.
        let lifted = typed.overrides.iter().any(|o| matches!(o.effect, Effect::Veto(grade) if grade <= floor));
        let bars = |effect: &Effect| match effect {
            Effect::Unrated => true,
            Effect::Cap(grade) | Effect::Veto(grade) => *grade > floor && !lifted,
            Effect::Notch(_) => false,
        };
        let overrides = typed.overrides.iter().zip(&program.outputs.overrides).enumerate();
        let barring = overrides.filter(|(_, (o, id))| bars(&o.effect) && stays(**id)).map(|(at, _)| at).collect();
        let needed = if lifted { None } else { needed(rulebook, floor) };
        Self { most, needed, barring }
    }

    /// Why no plan leads the enterprise of a row to the grade, where that is seen at once.
    pub(crate) fn hopeless(&self, outcome: &Outcome<'_>, row: usize) -> Option<Hopeless> {
        let overrides = &outcome.program.outputs.overrides;
        let fired = |at: &usize| overrides.get(*at).is_some_and(|id| outcome.value(*id, row) == Some(1));
        let fired: Vec<usize> = self.barring.iter().copied().filter(fired).collect();
        if !fired.is_empty() {
            return Some(Hopeless::Overrides(fired));
        }
        let needed = self.needed?;
        let mut total = Decimal::ZERO;
        for section in &outcome.program.typed.sections {
            let points = |line: usize| match self.most.get(line) {
                Some(Some(most)) => *most,
                _ => outcome
                    .points(line, row)
                    .map_or(Decimal::ZERO, |(units, digits)| decimal::from_units(units, digits)),
            };
            let mut sum: Decimal = section.characteristics.clone().map(points).sum();
            sum = section.floor.map_or(sum, |floor| sum.max(floor));
            total += section.max.map_or(sum, |max| sum.min(max));
        }
        (total < needed).then_some(Hopeless::Points(needed, total))
    }
}

/// The least total that can have a grade: all notches upwards and the rounding taken off.
fn needed(rulebook: &Rulebook, floor: usize) -> Option<Decimal> {
    let typed = rulebook.typed();
    let up: i64 =
        typed.overrides.iter().map(|o| if let Effect::Notch(n) = o.effect { i64::from(n.max(0)) } else { 0 }).sum();
    // Grades that a score reaches, from the one asked for downwards; one that only overrides reach counts as
    // the next better one.
    let below = typed.grades.iter().enumerate().filter(|(_, g)| !g.by_override);
    let banded: Vec<(usize, Option<Decimal>)> = below.map(|(at, g)| (at, g.from)).collect();
    let asked = banded.iter().rposition(|(at, _)| *at <= floor)?;
    let edge = banded.get(asked.saturating_add(usize::try_from(up).unwrap_or(usize::MAX)))?.1?;
    Some(edge - Decimal::new(1, typed.score.digits))
}
