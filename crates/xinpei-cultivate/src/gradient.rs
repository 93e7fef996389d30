//! What the next band of each line is worth, how far it is and what it costs; and how near the edges
//! are behind which points are lost. A band on a side to which the value never moves is neither.

use rust_decimal::Decimal;
use xinpei::check::typed::{Band, NodeId, Scoring, Type};
use xinpei::decimal;

use crate::answer::{Cliff, Gradient};
use crate::describe::yuan;
use crate::desk::Desk;
use crate::groups::Groups;
use crate::moves::Moves;
use crate::state::day;
use crate::tables::{Context, Tables};

/// One band as the values that belong to it, first and last, and its points.
struct Reach {
    first: Option<i128>,
    last: Option<i128>,
    points: Decimal,
}

fn reaches(bands: &[Band]) -> Vec<Reach> {
    let mut first = None;
    let mut list = Vec::new();
    for band in bands {
        let last = band.edge.map(|e| if e.inclusive { e.at } else { e.at - 1 });
        list.push(Reach { first, last, points: band.points });
        first = last.map(|l| l + 1);
    }
    list
}

/// A value of a banded expression in its plain spelling, and a distance between two.
fn shown(ty: &Type, units: i128) -> String {
    match ty {
        Type::Date => i64::try_from(units).map_or_else(|_| String::new(), |u| day(u).to_string()),
        Type::Number(number) => decimal::from_units(units, number.digits).to_string(),
        _ => units.to_string(),
    }
}

fn distance(ty: &Type, units: i128) -> Decimal {
    decimal::from_units(units, ty.number().map_or(0, |n| n.digits))
}

/// The gradient table, in document order, and the cliffs, the greatest losses last where they are as near.
pub(crate) fn gradient(context: &Context<'_, '_>, tables: &Tables, desk: &mut Desk<'_>) -> (Vec<Gradient>, Vec<Cliff>) {
    let Context { reading, items, groups, .. } = *context;
    let rulebook = reading.rulebook;
    let typed = rulebook.typed();
    let nodes = &reading.scored;
    let values = desk.values(&reading.scored_probe, context.start, context.as_of);
    let place = |id: &NodeId| nodes.iter().position(|n| n == id);
    let value = |id: &NodeId| place(id).and_then(|at| *values.get(at)?.first()?);
    let of = |list: &[Moves], id: &NodeId| place(id).and_then(|at| list.get(at)).copied().unwrap_or_default();
    let now = |line: usize| {
        let units = tables.reviews.first().and_then(|r| r.lines.get(line)).copied().unwrap_or(0);
        decimal::from_units(units.into(), tables.digits).normalize()
    };
    let (mut gradient, mut cliffs) = (Vec::new(), Vec::new());
    for (line, c) in typed.characteristics.iter().enumerate() {
        let points = now(line);
        let (mut next, mut far, mut spelling) = (None, None, None);
        if let [id] = c.values.as_slice() {
            let ty = &typed.arena.node(*id).ty;
            let units = value(id);
            spelling = units.map(|u| match ty {
                Type::Category(category) => {
                    let members = rulebook.dictionary().members(*category);
                    let name = i64::try_from(u).ok().and_then(|u| members?.name(u));
                    name.unwrap_or_default().to_owned()
                }
                Type::Flag => (u == 1).to_string(),
                _ => shown(ty, u),
            });
            match (&c.scoring, units) {
                (Scoring::Bands(_, bands), Some(units)) => {
                    let gap = |r: &Reach| {
                        let below = r.first.map_or(0, |f| (f - units).max(0));
                        below.max(r.last.map_or(0, |l| (units - l).max(0)))
                    };
                    // A better band is one that a plan can lead to, a worse one any that can come about.
                    let can = |better: bool, r: &Reach| {
                        let moves = of(if better { &reading.moves } else { &reading.drifts }, id);
                        let (above, below) = (r.first.is_some_and(|f| f > units), r.last.is_some_and(|l| l < units));
                        (moves.rises || !above) && (moves.falls || !below)
                    };
                    let list = reaches(bands);
                    let nearest = |better: bool| {
                        let other = list.iter().filter(|r| if better { r.points > points } else { r.points < points });
                        other.filter(|r| can(better, r)).min_by_key(|r| gap(r))
                    };
                    if let Some(better) = nearest(true) {
                        next = Some(better.points - points);
                        far = Some(distance(ty, gap(better)));
                    }
                    if let Some(worse) = nearest(false) {
                        let edge = if worse.first.is_some_and(|f| f > units) { worse.first } else { worse.last };
                        cliffs.push(Cliff {
                            id: c.id.to_string(),
                            label: c.label.clone(),
                            value: shown(ty, units),
                            edge: edge.map_or_else(String::new, |e| shown(ty, e)),
                            distance: distance(ty, gap(worse)),
                            loss: points - worse.points,
                        });
                    }
                }
                (Scoring::Members(_, list), Some(_)) => {
                    next = list.iter().filter(|p| **p > points).min().map(|p| *p - points);
                }
                _ => {}
            }
        }
        if points >= c.max {
            continue;
        }
        let cheapest = cheapest(groups, tables, line);
        gradient.push(Gradient {
            id: c.id.to_string(),
            label: c.label.clone(),
            points,
            gain: next.unwrap_or(c.max - points).normalize(),
            value: spelling,
            distance: far,
            measures: cheapest.as_ref().map_or_else(Vec::new, |(set, _, _)| {
                let id = |at: &usize| Some(typed.measures.get(items.get(*at)?.measure)?.id.clone());
                set.iter().filter_map(id).collect()
            }),
            cost: cheapest.as_ref().map(|(_, cost, _)| yuan(*cost)),
            adds: cheapest.map(|(_, _, units)| decimal::from_units(units.into(), tables.digits).normalize()),
        });
    }
    (gradient, cliffs)
}

/// The cheapest option that adds points to a line: its items, its cost, and the points; of equally
/// cheap ones that which is listed first, on the first review day on which it can be done.
fn cheapest(groups: &Groups, tables: &Tables, line: usize) -> Option<(Vec<usize>, i64, i64)> {
    let (at, group) = groups.groups.iter().enumerate().find(|(_, g)| g.lines.contains(&line))?;
    let place = group.lines.iter().position(|l| *l == line)?;
    let mut best: Option<(i64, usize, i64)> = None;
    for review in &tables.reviews {
        let Some(rows) = review.rows.get(at) else { continue };
        let points = |option: usize| rows.get(option)?.as_ref()?.points.get(place).copied();
        let Some(without) = points(0) else { continue };
        for option in 1..rows.len() {
            let Some(cost) = tables.costs.get(at).and_then(|c| c.get(option)) else { continue };
            if let Some(with) = points(option).filter(|with| *with > without)
                && best.is_none_or(|(c, _, _)| *cost < c)
            {
                best = Some((*cost, option, with - without));
            }
        }
    }
    best.and_then(|(cost, option, adds)| Some((group.options.get(option)?.clone(), cost, adds)))
}
