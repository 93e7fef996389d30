//! Scoring as nodes: characteristics, sections, score, grade, overrides, outcomes.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;

use super::graph::Graph;
use super::program::{Outputs, Placed};
use crate::check::typed::{
    Aggregate, Band, Characteristic, Comparison, Each, Edge, Effect, Node, NodeId, Numeric, Op, OpaqueArgument, Per,
    ResultRef, Scoring, Type, Typed,
};
use crate::decimal;

/// Builds all nodes of scoring and says which hold the results.
pub(super) fn build(graph: &mut Graph, typed: &Typed) -> Outputs {
    let mut out = Outputs::default();
    for characteristic in &typed.characteristics {
        let known = known(graph, characteristic);
        let known = graph.rescale(known, characteristic.points.digits);
        let missing = graph.decimal(characteristic.missing, characteristic.points.digits);
        out.known.push(known);
        out.points.push(graph.otherwise(known, missing));
        out.values.push(characteristic.values.clone());
    }
    for section in &typed.sections {
        let points = out.points.get(section.characteristics.clone()).unwrap_or_default().to_vec();
        let mut total = total(graph, &points, section.points.digits);
        out.sums.push(total);
        if let Some(floor) = section.floor {
            let floor = graph.decimal(floor, section.points.digits);
            total = graph.greatest(total, floor);
        }
        if let Some(max) = section.max {
            let max = graph.decimal(max, section.points.digits);
            total = graph.least(total, max);
        }
        out.sections.push(total);
    }
    let sections = out.sections.clone();
    out.total = total(graph, &sections, 0);
    out.score = round(graph, out.total, typed);
    coverage(graph, typed, &mut out);
    let mut substitute = Substitute { results: results(&out, typed), known: BTreeMap::new() };
    for rule in &typed.overrides {
        let when = substitute.apply(graph, rule.when);
        let no = graph.flag(false);
        out.overrides.push(graph.otherwise(when, no));
    }
    rated(graph, typed, &mut out);
    grade(graph, typed, &mut out);
    let mut substitute = Substitute { results: results(&out, typed), known: BTreeMap::new() };
    for rule in &typed.outcomes {
        let when = substitute.apply(graph, rule.when);
        let no = graph.flag(false);
        out.outcomes.push(graph.otherwise(when, no));
        let mut detail = |id: Option<NodeId>| id.map(|id| substitute.apply(graph, id));
        let details = (detail(rule.until), detail(rule.amount));
        out.details.push(details);
        out.rates.push(detail(rule.rate));
    }
    out.placed = placed(graph, typed, &mut substitute);
    out
}

/// The conditions of products, of tiers and of the rules of cultivation.
fn placed(graph: &mut Graph, typed: &Typed, substitute: &mut Substitute) -> Placed {
    let mut out = Placed::default();
    for product in &typed.products {
        out.products.push(product.conditions.iter().map(|c| substitute.apply(graph, c.when)).collect());
    }
    let Some(tiers) = &typed.tiers else { return out };
    for tier in &tiers.tiers {
        out.tiers.push(tier.conditions.iter().map(|when| substitute.apply(graph, *when)).collect());
    }
    for (list, rules) in out.rules.iter_mut().zip(tiers.lists()) {
        *list = rules.iter().map(|rule| substitute.apply(graph, rule.when)).collect();
    }
    out
}

/// The sum of points, with at least so many digits.
fn total(graph: &mut Graph, parts: &[NodeId], digits: u32) -> NodeId {
    let mut sum = None;
    for part in parts {
        sum = Some(match sum {
            None => *part,
            Some(before) => graph.sum(before, *part),
        });
    }
    let sum = sum.unwrap_or_else(|| graph.whole(0, digits));
    graph.rescale(sum, digits)
}

fn round(graph: &mut Graph, total: NodeId, typed: &Typed) -> NodeId {
    if graph.numeric(total).digits <= typed.score.digits {
        return graph.rescale(total, typed.score.digits);
    }
    graph.add(Op::Round(total, typed.manifest.rounding), Type::Number(typed.score.clone()))
}

/// Points of a characteristic while its answer is known.
fn known(graph: &mut Graph, characteristic: &Characteristic) -> NodeId {
    match &characteristic.scoring {
        Scoring::Bands(of, bands) => bands_node(graph, *of, bands),
        Scoring::Members(of, points) => {
            let (units, ty) = units(points);
            graph.add(Op::Members(*of, units), Type::Number(ty))
        }
        Scoring::Grid(of, second, rows) => grid(graph, *of, *second, rows),
        Scoring::First(rows) => {
            let mut chain = None;
            for (when, points) in rows.iter().rev() {
                chain = Some(match (when, chain) {
                    (Some(when), Some(rest)) => graph.choose(*when, *points, rest),
                    _ => *points,
                });
            }
            chain.unwrap_or_else(|| graph.whole(0, 0))
        }
        Scoring::Each(each) => deductions(graph, each),
        Scoring::Formula(of, at_least, at_most) => {
            let digits = graph.numeric(*of).digits.max(at_least.scale()).max(at_most.scale());
            let (low, high) = (graph.decimal(*at_least, digits), graph.decimal(*at_most, digits));
            let value = graph.greatest(*of, low);
            graph.least(value, high)
        }
    }
}

/// Points as whole numbers of one unit.
fn units(points: &[Decimal]) -> (Arc<[i64]>, Numeric) {
    let digits = points.iter().map(|p| p.normalize().scale()).max().unwrap_or(0);
    // The checker proved that points fit in 64 bits.
    let units: Vec<i64> =
        points.iter().map(|p| decimal::to_units(*p, digits).and_then(|u| i64::try_from(u).ok()).unwrap_or(0)).collect();
    let low = units.iter().copied().min().unwrap_or(0);
    let high = units.iter().copied().max().unwrap_or(0);
    (units.into(), Numeric::plain(digits, low.into(), high.into()))
}

fn bands_node(graph: &mut Graph, of: NodeId, bands: &[Band]) -> NodeId {
    let (units, ty) = units(&bands.iter().map(|b| b.points).collect::<Vec<_>>());
    let edges: Arc<[Edge]> = bands.iter().filter_map(|b| b.edge).collect();
    graph.add(Op::Bands(of, edges, units), Type::Number(ty))
}

/// Bands of the second value, chosen by the band of the first.
fn grid(graph: &mut Graph, of: NodeId, second: NodeId, rows: &[(Option<Edge>, Vec<Band>)]) -> NodeId {
    let edges: Arc<[Edge]> = rows.iter().filter_map(|(edge, _)| *edge).collect();
    let count = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let index =
        graph.add(Op::Bands(of, edges, (0..count).collect()), Type::Number(Numeric::plain(0, 0, (count - 1).into())));
    let mut chain = None;
    for (index_of_row, (_, bands)) in rows.iter().enumerate().rev() {
        let row = i128::try_from(index_of_row).unwrap_or(0);
        let points = bands_node(graph, second, bands);
        // The last row takes the rest, but only of a first value that is known.
        let rest = chain.unwrap_or(points);
        let row = graph.whole(row, 0);
        let here = graph.compare(Comparison::Eq, index, row);
        chain = Some(graph.choose(here, points, rest));
    }
    chain.unwrap_or_else(|| graph.whole(0, 0))
}

fn deductions(graph: &mut Graph, each: &Each) -> NodeId {
    let kind = match each.per {
        Per::Event => Aggregate::Sum,
        Per::Month => Aggregate::MonthlyMax,
        Per::Once => Aggregate::Max,
    };
    let cost = graph.numeric(each.cost);
    let most = i128::try_from(crate::limits::EVENTS_PER_ENTERPRISE).unwrap_or(i128::MAX);
    let high = if each.per == Per::Once { cost.high } else { cost.high.saturating_mul(most) };
    let ty = Type::Number(Numeric::plain(cost.digits, 0, high));
    let op = |value| Op::Aggregate { kind, table: each.table, mask: each.mask, value };
    let mut deducted = graph.add(op(Some(each.cost)), ty);
    if each.per == Per::Once {
        // The dearest of no event is missing; it costs nothing, provided that there is no event.
        let count = graph.add(
            Op::Aggregate { kind: Aggregate::Count, table: each.table, mask: each.mask, value: None },
            Type::Number(Numeric::plain(0, 0, most)),
        );
        let zero = graph.whole(0, 0);
        let none = graph.compare(Comparison::Eq, count, zero);
        deducted = graph.choose(none, zero, deducted);
    }
    let ceiling = graph.decimal(each.at_most, each.at_most.scale());
    let deducted = graph.least(deducted, ceiling);
    let start = graph.decimal(each.start, each.start.scale());
    graph.difference(start, deducted)
}

/// The share of attainable points that rests on present facts.
fn coverage(graph: &mut Graph, typed: &Typed, out: &mut Outputs) {
    let digits = typed.characteristics.iter().map(|c| c.points.digits).max().unwrap_or(0);
    let mut parts = Vec::new();
    for (characteristic, known) in typed.characteristics.iter().zip(&out.known) {
        let weight = characteristic.max - characteristic.min;
        out.attainable += decimal::to_units(weight, digits).unwrap_or(0);
        let weight = graph.decimal(weight, digits);
        let present = graph.present(*known);
        let nothing = graph.whole(0, digits);
        parts.push(graph.choose(present, weight, nothing));
    }
    out.present = total(graph, &parts, digits);
}

fn rated(graph: &mut Graph, typed: &Typed, out: &mut Outputs) {
    let mut unrated = graph.flag(false);
    for (rule, fired) in typed.overrides.iter().zip(&out.overrides) {
        if rule.effect == Effect::Unrated {
            unrated = graph.or(unrated, *fired);
        }
    }
    let mut rated = graph.not(unrated);
    if let Some(floor) = typed.manifest.unrated_below {
        let digits = graph.numeric(out.present).digits;
        // present >= floor · attainable, in units: the least whole number that is not below.
        let scale = decimal::pow10(floor.value.scale()).unwrap_or(1);
        let least =
            decimal::divide(out.attainable.saturating_mul(floor.value.mantissa()), scale, decimal::Rounding::Ceiling)
                .unwrap_or(0);
        let least = graph.whole(least, digits);
        let enough = graph.compare(Comparison::Ge, out.present, least);
        rated = graph.and(rated, enough);
    }
    out.rated = rated;
}

/// Notches add up, then the lowest cap holds, then the lowest veto sets.
fn grade(graph: &mut Graph, typed: &Typed, out: &mut Outputs) {
    let count = i128::try_from(typed.grades.len()).unwrap_or(0);
    let rank = |index: usize| count - 1 - i128::try_from(index).unwrap_or(0);
    // Bands by rising lower edge; positions count the grades that a score can reach.
    let mut banded: Vec<(usize, Option<Decimal>)> = Vec::new();
    for (index, grade) in typed.grades.iter().enumerate().rev().filter(|(_, g)| !g.by_override) {
        banded.push((index, grade.from));
    }
    let digits = typed.score.digits;
    let edges: Arc<[Edge]> = banded.iter().filter_map(|(_, from)| Some(below((*from)?, digits))).collect();
    let last = i64::try_from(banded.len()).unwrap_or(1) - 1;
    let mut position =
        graph.add(Op::Bands(out.score, edges, (0..=last).collect()), Type::Number(Numeric::plain(0, 0, last.into())));
    for (rule, fired) in typed.overrides.iter().zip(&out.overrides) {
        if let Effect::Notch(notches) = rule.effect {
            let (notches, zero) = (graph.whole(notches.into(), 0), graph.whole(0, 0));
            let moved = graph.choose(*fired, notches, zero);
            position = graph.sum(position, moved);
        }
    }
    let (low, high) = (graph.whole(0, 0), graph.whole(last.into(), 0));
    let position = graph.greatest(position, low);
    let position = graph.least(position, high);
    let ranks: Vec<i64> = banded.iter().map(|(index, _)| i64::try_from(rank(*index)).unwrap_or(0)).collect();
    let mut grade = graph.add(Op::Members(position, ranks.into()), Type::Number(Numeric::plain(0, 0, count)));
    let mut veto = graph.whole(count, 0);
    for (rule, fired) in typed.overrides.iter().zip(&out.overrides) {
        match rule.effect {
            Effect::Cap(index) => {
                let (cap, best) = (graph.whole(rank(index), 0), graph.whole(count, 0));
                let cap = graph.choose(*fired, cap, best);
                grade = graph.least(grade, cap);
            }
            Effect::Veto(index) => {
                let (set, none) = (graph.whole(rank(index), 0), graph.whole(count, 0));
                let set = graph.choose(*fired, set, none);
                veto = graph.least(veto, set);
            }
            _ => {}
        }
    }
    let none = graph.whole(count, 0);
    let vetoed = graph.compare(Comparison::Lt, veto, none);
    let grade = graph.choose(vetoed, veto, grade);
    let missing = graph.missing(Type::Number(Numeric::plain(0, 0, count)));
    out.grade = graph.choose(out.rated, grade, missing);
    let unscored = graph.missing(Type::Number(typed.score.clone()));
    out.score = graph.choose(out.rated, out.score, unscored);
}

/// The edge between a grade and the one below: scores below `from`.
fn below(from: Decimal, digits: u32) -> Edge {
    match decimal::to_units(from, digits) {
        Some(at) => Edge { at, inclusive: false },
        None => {
            let factor = decimal::pow10(from.scale().saturating_sub(digits)).unwrap_or(1);
            Edge {
                at: decimal::divide(from.mantissa(), factor, decimal::Rounding::Floor).unwrap_or(0),
                inclusive: true,
            }
        }
    }
}

fn results(out: &Outputs, typed: &Typed) -> BTreeMap<String, NodeId> {
    let mut results = BTreeMap::new();
    let mut put = |result: ResultRef, id: NodeId| results.insert(format!("{result:?}"), id);
    put(ResultRef::Score, out.score);
    put(ResultRef::Grade, out.grade);
    put(ResultRef::Rated, out.rated);
    for (i, id) in (0_u32..).zip(&out.sections) {
        put(ResultRef::Section(i), *id);
    }
    for (i, id) in (0_u32..).zip(&out.points) {
        put(ResultRef::Points(i), *id);
    }
    for (i, id) in (0_u32..).zip(&out.overrides) {
        put(ResultRef::Fired(i), *id);
    }
    debug_assert_eq!(typed.sections.len(), out.sections.len());
    results
}

/// Puts the nodes of scoring in the place of the results that conditions name.
struct Substitute {
    results: BTreeMap<String, NodeId>,
    known: BTreeMap<NodeId, NodeId>,
}

impl Substitute {
    fn apply(&mut self, graph: &mut Graph, id: NodeId) -> NodeId {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let node = graph.arena.node(id).clone();
        let replaced = match &node.op {
            Op::Result(result) => self.results.get(&format!("{result:?}")).copied().unwrap_or(id),
            op => {
                let op = self.operands(graph, op.clone());
                if op == node.op { id } else { graph.arena.add(Node { op, ..node }) }
            }
        };
        self.known.insert(id, replaced);
        replaced
    }

    fn operands(&mut self, graph: &mut Graph, mut op: Op) -> Op {
        let mut swap = |slot: &mut NodeId| *slot = self.apply(graph, *slot);
        match &mut op {
            Op::Missing | Op::Const(_) | Op::Fact(_) | Op::Field(..) | Op::AsOf | Op::Result(_) => {}
            Op::Spread(a, _) | Op::Neg(a) | Op::Abs(a) | Op::Rescale(a) | Op::Round(a, _) | Op::In(a, _) => swap(a),
            Op::Not(a) | Op::Present(a) | Op::Year(a) | Op::Month(a) | Op::Bands(a, ..) | Op::Members(a, _) => swap(a),
            Op::Add(a, b) | Op::Sub(a, b) | Op::Mul(a, b) | Op::Min(a, b) | Op::Max(a, b) => {
                swap(a);
                swap(b);
            }
            Op::Divide(a, b, _) | Op::Compare(_, a, b) | Op::And(a, b) | Op::Or(a, b) => {
                swap(a);
                swap(b);
            }
            Op::Otherwise(a, b) | Op::DaysBetween(a, b) | Op::MonthsBetween(a, b) | Op::YearsBetween(a, b) => {
                swap(a);
                swap(b);
            }
            Op::AddDays(a, b) | Op::AddMonths(a, b) => {
                swap(a);
                swap(b);
            }
            Op::Choose(a, b, c) => {
                swap(a);
                swap(b);
                swap(c);
            }
            Op::Aggregate { mask, value, .. } => {
                mask.as_mut().map(&mut swap);
                value.as_mut().map(&mut swap);
            }
            Op::Opaque(_, arguments) => {
                for argument in arguments {
                    match argument {
                        OpaqueArgument::Value(id) => swap(id),
                        OpaqueArgument::Table(_, mask) => {
                            mask.as_mut().map(&mut swap);
                        }
                    }
                }
            }
        }
        op
    }
}
