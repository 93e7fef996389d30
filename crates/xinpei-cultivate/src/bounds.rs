//! How many points a target needs, and which overrides stand in its way: bounds that never exclude a
//! plan that works.

use std::rc::Rc;

use rust_decimal::Decimal;
use xinpei::Rulebook;
use xinpei::check::typed::{Comparison, Effect, NodeId, Op};
use xinpei::decimal;

use crate::groups::Groups;
use crate::tables::{Review, Row, Tables};

/// What a plan must reach.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Goal {
    /// This rank or better; 0 is the last grade.
    pub(crate) rank: Option<i128>,
    /// This score or more, in units of the score.
    pub(crate) score: Option<i128>,
}

impl Goal {
    /// Whether score and rank reach it.
    pub(crate) fn reached(self, score: Option<i128>, rank: Option<i128>) -> bool {
        self.rank.is_none_or(|least| rank.is_some_and(|r| r >= least))
            && self.score.is_none_or(|least| score.is_some_and(|s| s >= least))
    }
}

/// What no plan can do without on one review day.
#[derive(Clone, Debug)]
pub(crate) struct Need {
    /// The least total of points, in the units of the tables; `None` where any total may do.
    pub(crate) total: Option<i64>,
    /// Fixed overrides that make the target impossible on this day.
    pub(crate) blocked: Vec<usize>,
    /// For each group and option: whether one of its overrides makes the target impossible.
    pub(crate) barred: Vec<Vec<bool>>,
    /// For each group and option: points that its downward notches cost at least.
    pub(crate) penalty: Vec<Vec<i64>>,
}

/// The grades that a score can reach, from the last to the best: rank and lower edge.
fn banded(rulebook: &Rulebook) -> Vec<(i128, Option<Decimal>)> {
    let grades = &rulebook.typed().grades;
    let mut list = Vec::new();
    for (rank, grade) in (0_i128..).zip(grades.iter().rev()) {
        if !grade.by_override {
            list.push((rank, grade.from));
        }
    }
    list
}

/// The rank of a grade by its place in the file.
pub(crate) fn rank_of(rulebook: &Rulebook, index: usize) -> i128 {
    let count = rulebook.typed().grades.len();
    i128::try_from(count.saturating_sub(index + 1)).unwrap_or(0)
}

/// The lower edge of the grade of a rank, if a score can reach it.
pub(crate) fn edge_of(rulebook: &Rulebook, rank: i128) -> Option<Decimal> {
    banded(rulebook).into_iter().find(|(r, _)| *r == rank).and_then(|(_, edge)| edge)
}

/// The parts of an override's condition that must all be known to be true for it to fire.
pub(crate) fn conjuncts(rulebook: &Rulebook, rule: usize) -> Vec<NodeId> {
    let program = rulebook.program();
    let mut parts = Vec::new();
    let mut open: Vec<NodeId> = program.outputs.overrides.get(rule).copied().into_iter().collect();
    while let Some(id) = open.pop() {
        match &program.arena.node(id).op {
            Op::And(a, b) => open.extend([*a, *b]),
            // What is not known does not fire.
            Op::Otherwise(when, no) if program.arena.node(*no).op == Op::Const(0) => open.push(*when),
            _ => parts.push(id),
        }
    }
    parts
}

/// The least score that a condition asks for: one of its conjuncts is `score >= N`.
pub(crate) fn guard(rulebook: &Rulebook, rule: usize) -> Option<Decimal> {
    let arena = &rulebook.program().arena;
    let score = rulebook.program().outputs.score;
    let limit = |id: NodeId| {
        let Op::Compare(Comparison::Ge | Comparison::Gt, a, b) = &arena.node(id).op else { return None };
        let left = match arena.node(*a).op {
            Op::Rescale(inner) => inner,
            _ => *a,
        };
        // The score of a rated enterprise is a choice between the rounded total and nothing.
        let is_score = left == score || matches!(arena.node(score).op, Op::Choose(_, yes, _) if yes == left);
        match (is_score, &arena.node(*b).op, arena.node(*b).ty.number()) {
            (true, Op::Const(units), Some(number)) => Some(decimal::from_units(*units, number.digits)),
            _ => None,
        }
    };
    conjuncts(rulebook, rule).into_iter().filter_map(limit).max()
}

impl Need {
    /// What the target needs on a review day.
    pub(crate) fn new(rulebook: &Rulebook, groups: &Groups, tables: &Tables, review: &Review, goal: Goal) -> Self {
        let overrides = &rulebook.typed().overrides;
        let effect = |rule: usize| overrides.get(rule).map(|o| &o.effect);
        let rank = |index: usize| rank_of(rulebook, index);
        let target = goal.rank;
        // Whether an override can fire on this day at all, and whether it always does.
        let may = |rule: usize| {
            if groups.fixed.contains(&rule) {
                return review.fired.get(rule) == Some(&true);
            }
            let of_group = groups.groups.iter().zip(&review.rows).find_map(|(group, rows)| {
                let at = group.overrides.iter().position(|o| *o == rule)?;
                Some(rows.iter().flatten().any(|row| row.fired.get(at) == Some(&true)))
            });
            of_group.unwrap_or(true)
        };
        // A veto may set a good grade whatever the score is and whatever caps say.
        let lifted = target.is_some_and(|least| {
            (0..overrides.len()).any(|o| matches!(effect(o), Some(Effect::Veto(g)) if rank(*g) >= least) && may(o))
        });
        let bars = |rule: usize| match (effect(rule), target) {
            (Some(Effect::Unrated), _) => true,
            (Some(Effect::Veto(grade)), Some(least)) => rank(*grade) < least,
            (Some(Effect::Cap(grade)), Some(least)) => rank(*grade) < least && !lifted,
            _ => false,
        };
        let blocked =
            groups.fixed.iter().copied().filter(|o| bars(*o) && review.fired.get(*o) == Some(&true)).collect();
        let fires = |row: &Row, at: usize| row.fired.get(at) == Some(&true);
        let of_options = |value: &dyn Fn(&[usize], &Row) -> bool| -> Vec<Vec<bool>> {
            let options = |(group, rows): (&crate::groups::Group, &Vec<Option<Rc<Row>>>)| {
                rows.iter().map(|row| row.as_ref().is_some_and(|row| value(&group.overrides, row))).collect()
            };
            groups.groups.iter().zip(&review.rows).map(options).collect()
        };
        let barred = of_options(&|list, row| list.iter().enumerate().any(|(at, rule)| bars(*rule) && fires(row, at)));
        // How many notches downwards the options of the groups bring.
        let down = |group: &crate::groups::Group, row: &Row| -> i64 {
            let fired = group.overrides.iter().enumerate().filter(|(at, _)| fires(row, *at));
            let notches = fired.filter_map(|(_, rule)| match effect(*rule) {
                Some(Effect::Notch(n)) if *n < 0 => Some(-i64::from(*n)),
                _ => None,
            });
            notches.sum()
        };
        let downs: Vec<Vec<i64>> = groups
            .groups
            .iter()
            .zip(&review.rows)
            .map(|(group, rows)| rows.iter().map(|row| row.as_ref().map_or(0, |row| down(group, row))).collect())
            .collect();
        let most = downs.iter().filter_map(|options| options.iter().max()).sum();
        let (graded, step) = match goal.rank {
            Some(least) if !lifted => Self::points(rulebook, groups, tables, review, least, most, &may),
            _ => (None, 0),
        };
        let scored = goal.score.and_then(|score| threshold(rulebook, tables, score_decimal(rulebook, score)));
        let total = graded.max(scored);
        // A notch downwards makes a grade dearer, not a score.
        let step = if goal.score.is_some() { 0 } else { step };
        let penalty = downs.iter().map(|list| list.iter().map(|n| n.saturating_mul(step)).collect()).collect();
        Self { total, blocked, barred, penalty }
    }

    /// The least total that a grade needs, and what each of so many notches downwards costs on top of it.
    fn points(
        rulebook: &Rulebook,
        groups: &Groups,
        tables: &Tables,
        review: &Review,
        least: i128,
        down: i64,
        may: &dyn Fn(usize) -> bool,
    ) -> (Option<i64>, i64) {
        let grades = banded(rulebook);
        let Some(position) = grades.iter().position(|(rank, _)| *rank >= least) else { return (Some(i64::MAX / 4), 0) };
        let overrides = &rulebook.typed().overrides;
        let (mut sure, mut bare, mut guarded, mut floor) = (0_i64, 0_i64, 0_i64, None::<Decimal>);
        for (rule, checked) in overrides.iter().enumerate() {
            let Effect::Notch(n) = checked.effect else { continue };
            if groups.fixed.contains(&rule) {
                sure += if review.fired.get(rule) == Some(&true) { i64::from(n) } else { 0 };
            } else if n > 0 && may(rule) && could(rulebook, rule, tables, review) {
                match guard(rulebook, rule) {
                    Some(limit) => {
                        guarded += i64::from(n);
                        floor = Some(floor.map_or(limit, |f: Decimal| f.min(limit)));
                    }
                    None => bare += i64::from(n),
                }
            }
        }
        // The total is the least with which some notches lead to the grade.
        let edge = |up: i64| -> Option<Decimal> {
            let at = i64::try_from(position).unwrap_or(0) - up;
            let at = usize::try_from(at.max(0)).unwrap_or(0);
            if at >= grades.len() { Some(Decimal::MAX) } else { grades.get(at).and_then(|g| g.1) }
        };
        let plain = edge(sure + bare);
        let lifted = if guarded > 0 {
            match (edge(sure + bare + guarded), floor) {
                (Some(edge), Some(floor)) => Some(Some(edge.max(floor))),
                (None, floor) => Some(floor),
                (edge, None) => Some(edge),
            }
        } else {
            None
        };
        let needed = match (plain, lifted) {
            (None, _) | (_, Some(None)) => None,
            (Some(a), Some(Some(b))) => Some(a.min(b)),
            (a, None) => a,
        };
        // What each notch downwards costs on top: so much that no number of them is thought too dear.
        let units = |edge: Option<Decimal>| {
            edge.and_then(|e| if e == Decimal::MAX { Some(i64::MAX / 8) } else { to_units(e, tables.digits) })
        };
        let step = match units(plain) {
            Some(none) if bare + guarded == 0 => {
                let each = |n: i64| Some((units(edge(sure - n))? - none).max(0) / n);
                (1..=down).map(|n| each(n).unwrap_or(0)).min().unwrap_or(0)
            }
            _ => 0,
        };
        (needed.map_or(Some(None), |n| Some(threshold(rulebook, tables, n))).flatten(), step)
    }
}

/// Whether a condition may hold on a day: not where a part of it fails whatever is done, nor where it
/// asks for more points of a section than any plan brings.
fn could(rulebook: &Rulebook, rule: usize, tables: &Tables, review: &Review) -> bool {
    let program = rulebook.program();
    let short = |id: NodeId| {
        let Op::Compare(Comparison::Ge | Comparison::Gt, a, b) = &program.arena.node(id).op else { return false };
        let left = match program.arena.node(*a).op {
            Op::Rescale(inner) => inner,
            _ => *a,
        };
        let section = program.outputs.sections.iter().position(|s| *s == left);
        let (Some(section), Op::Const(asked)) = (section, &program.arena.node(*b).op) else { return false };
        let Some(number) = program.arena.node(*b).ty.number() else { return false };
        let best = |rows: &Vec<Option<Rc<Row>>>| {
            rows.iter().flatten().filter_map(|row| row.sections.get(section)).max().copied().unwrap_or(0)
        };
        let most = review.base.get(section).copied().unwrap_or(0) + review.rows.iter().map(best).sum::<i64>();
        let most = decimal::from_units(most.into(), tables.digits);
        let floor = program.typed.sections.get(section).and_then(|s| s.floor);
        floor.map_or(most, |f| most.max(f)) < decimal::from_units(*asked, number.digits)
    };
    !conjuncts(rulebook, rule).into_iter().any(|id| review.never.contains(&id) || short(id))
}

fn score_decimal(rulebook: &Rulebook, units: i128) -> Decimal {
    decimal::from_units(units, rulebook.typed().score.digits)
}

/// The least total, in units of the tables, that can round to a score: never too much.
fn threshold(rulebook: &Rulebook, tables: &Tables, score: Decimal) -> Option<i64> {
    let typed = rulebook.typed();
    if score == Decimal::MAX {
        return Some(OUT_OF_REACH);
    }
    // Where the total has more digits than the score, less than one unit of the score is lost or gained.
    let slack = number(slack(tables, typed.score.digits), tables.digits);
    // A score of more digits than units can hold is as far away as any.
    let units = score.checked_sub(slack).and_then(|least| to_units(least, tables.digits));
    Some(units.unwrap_or(if score.is_sign_negative() { -OUT_OF_REACH } else { OUT_OF_REACH }))
}

/// More than any total.
pub(crate) const OUT_OF_REACH: i64 = i64::MAX / 4;

/// What rounding a total to a score can lose or gain at most, in units of the total.
pub(crate) fn slack(tables: &Tables, digits: u32) -> i64 {
    let finer = tables.digits.checked_sub(digits).filter(|finer| *finer > 0);
    finer.and_then(decimal::pow10).and_then(|units| i64::try_from(units).ok()).unwrap_or(0)
}

fn number(units: i64, digits: u32) -> Decimal {
    decimal::from_units(units.into(), digits)
}

/// Whole units of so many digits, rounded down.
fn to_units(value: Decimal, digits: u32) -> Option<i64> {
    let value = value.normalize();
    let factor = decimal::pow10(digits)?;
    let scale = decimal::pow10(value.scale())?;
    i64::try_from(value.mantissa().checked_mul(factor)?.div_euclid(scale)).ok()
}
