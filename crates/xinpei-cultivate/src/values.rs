//! Values that a fact could have: around every edge and every number that a rule which reads it knows.

use std::collections::BTreeSet;

use xinpei::check::typed::{Arena, FactKind, NodeId, Op, Type};
use xinpei::{Date, Rulebook, decimal};

use crate::state::Held;

/// Most values of one fact.
const MOST: usize = 48;

/// Numbers below some nodes, each with its digits.
fn numbers(arena: &Arena, roots: &[NodeId]) -> BTreeSet<(i128, u32)> {
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    let mut open: Vec<NodeId> = roots.to_vec();
    while let Some(id) = open.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = arena.node(id);
        match &node.op {
            Op::Const(units) => {
                let digits = if node.ty == Type::Date { Some(0) } else { node.ty.number().map(|n| n.digits) };
                found.extend(digits.map(|digits| (*units, digits)));
            }
            Op::Bands(of, edges, _) => {
                let digits = arena.node(*of).ty.number().map_or(0, |n| n.digits);
                found.extend(edges.iter().map(|edge| (edge.at, digits)));
            }
            _ => {}
        }
        open.extend(arena.operands(id));
    }
    found
}

/// Values of a fact other than its own, the nearest first: all members of a category; of a number or a
/// date those around what the nodes that read it compare it with; of a table that it is empty.
pub(crate) fn values(rulebook: &Rulebook, fact: u32, held: &Held, readers: &[NodeId], as_of: Date) -> Vec<Held> {
    let program = rulebook.program();
    let kind = usize::try_from(fact).ok().and_then(|f| program.typed.facts.get(f)).map(|f| &f.kind);
    let (Some(FactKind::Value(value)), Held::Value(own)) = (kind, held) else {
        let empty = Held::Events(Some(std::sync::Arc::default()));
        return if *held == empty { Vec::new() } else { vec![empty] };
    };
    let numbers = || numbers(&program.arena, readers);
    let mut list: BTreeSet<i64> = BTreeSet::new();
    match &value.ty {
        Type::Flag => list.extend([0, 1]),
        Type::Category(category) => list.extend(0..members(rulebook, *category)),
        Type::Number(number) => {
            let (low, high) = (number.low, number.high);
            let at = |(units, digits): (i128, u32)| {
                let units =
                    decimal::to_units(decimal::from_units(units, digits).round_dp(number.digits), number.digits)?;
                Some([units - 1, units, units + 1])
            };
            let around = numbers().into_iter().filter_map(at).flatten().chain([low, 0, high]);
            list.extend(around.map(|v| v.clamp(low, high)).filter_map(|v| i64::try_from(v).ok()));
        }
        Type::Date => {
            let (first, last) = (i64::from(value.dates.0.days()), i64::from(value.dates.1.days()));
            let today = i64::from(as_of.days());
            list.extend([first, last, today]);
            for (units, digits) in numbers() {
                let Some(count) = decimal::from_units(units, digits).trunc().mantissa().try_into().ok() else {
                    continue;
                };
                let months = |n: i32| as_of.add_months(n.saturating_neg()).days();
                let count: i32 = count;
                let mut put = |day: i32| list.extend([-1, 0, 1].map(|by| (i64::from(day) + by).clamp(first, last)));
                put(count);
                if (0..=1_200).contains(&count) {
                    for n in [count, count + 1] {
                        put(months(n));
                        put(months(n.saturating_mul(12)));
                    }
                }
                if (0..=40_000).contains(&count) {
                    put(as_of.days() - count);
                }
            }
        }
        Type::Grade => {}
    }
    let far = |v: &i64| own.map_or(0, |own| v.abs_diff(own));
    let mut list: Vec<i64> = list.into_iter().filter(|v| Some(*v) != *own).collect();
    list.sort_by_key(|v| (far(v), *v));
    // The farthest of them may be the only ones that matter.
    if list.len() > MOST {
        let last = list.split_off(list.len() - 2);
        list.truncate(MOST - 2);
        list.extend(last);
    }
    list.into_iter().map(|v| Held::Value(Some(v))).collect()
}

fn members(rulebook: &Rulebook, category: u32) -> i64 {
    let members = rulebook.dictionary().members(category);
    (0..).find(|at| members.is_none_or(|m| m.name(*at).is_none())).unwrap_or(0)
}
