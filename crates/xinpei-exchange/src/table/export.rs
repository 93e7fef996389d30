//! The scorecard of a rulebook as a points table.

use rust_decimal::Decimal;
use xinpei::check::typed::{FactKind, Missing, NodeId, Op, Type, Typed};
use xinpei::{Rulebook, decimal};

use super::{COLUMNS, Table};
use crate::card::Edge;
use crate::failure::{Failure, Findings, Item};
use crate::read::{Way, refuse_rest, rows};

/// The scorecard of a rulebook as a points table, and what reads otherwise than in the rules.
///
/// # Errors
/// [`Failure::Refused`] with everything that is not a band, a member, or points for everybody.
pub fn export(rulebook: &Rulebook) -> Result<(Table, Vec<Item>), Failure> {
    let mut out = Findings::default();
    let typed = rulebook.typed();
    refuse_rest(rulebook, &mut out);
    if typed.grades.len() > 1 {
        out.note(0, "grades.yaml", "grades are left out");
    }
    if rulebook.source().facts.iter().any(|f| f.range.is_some()) {
        out.note(0, "facts", "ranges are left out: a value that is a fault in the rules finds its points in the table");
    }
    for fact in typed.facts.iter().filter(|f| matches!(f.missing, Missing::Means(_))) {
        out.refuse(0, format!("fact `{}`", fact.id), "what its absence means is not carried");
    }
    let mut table = Table::default();
    for row in rows(rulebook, &mut out) {
        let c = row.characteristic;
        let place = format!("characteristic `{}`", c.id);
        let mut put = |fact: Option<usize>, pairs: &[(&str, String)]| {
            let fact = fact.and_then(|at| typed.facts.get(at));
            let mut cells: [String; 12] = Default::default();
            let own = typed.manifest.own_baseline.then(|| c.baseline.normalize().to_string());
            let digits = fact.and_then(|f| match &f.kind {
                FactKind::Value(value) => value.ty.number().map(|n| n.digits.to_string()),
                FactKind::Events(_) => None,
            });
            let always = [
                ("characteristic", c.id.to_string()),
                ("fact", fact.map_or_else(String::new, |f| f.id.clone())),
                ("digits", digits.unwrap_or_default()),
                ("code", if c.code == c.id { String::new() } else { c.code.clone() }),
                ("baseline", own.unwrap_or_default()),
            ];
            for (column, text) in always.iter().chain(pairs) {
                let slot = COLUMNS.iter().position(|c| c == column).and_then(|at| cells.get_mut(at));
                slot.into_iter().for_each(|slot| slot.clone_from(text));
            }
            table.rows.push((0, cells));
        };
        let points = |points: Decimal| ("points", points.normalize().to_string());
        let fact = match &row.way {
            Way::Bands(fact, bands) => {
                let mut lower: Option<Edge> = None;
                for (edge, earned) in bands {
                    let mut pairs = vec![points(*earned)];
                    let word = |inclusive: bool| (if inclusive { "inclusive" } else { "exclusive" }).to_owned();
                    if let Some(lower) = lower {
                        pairs.extend([("from", lower.text()), ("from_edge", word(!lower.inclusive))]);
                    }
                    if let Some(edge) = edge {
                        pairs.extend([("to", edge.text()), ("to_edge", word(edge.inclusive))]);
                    }
                    put(Some(*fact), &pairs);
                    lower = *edge;
                }
                Some(*fact)
            }
            Way::Members(fact, members) => {
                for (member, earned) in members {
                    put(Some(*fact), &[points(*earned), ("value", member.clone())]);
                }
                Some(*fact)
            }
            Way::First(None, list) => {
                match list.first().and_then(|(_, id)| constant(typed, *id)) {
                    Some(earned) => put(None, &[points(earned)]),
                    None => out.refuse(0, place, "its points are computed"),
                }
                None
            }
            Way::First(..) => {
                out.refuse(0, place, "a list of conditions is not carried");
                None
            }
            Way::Formula(..) => {
                out.refuse(0, place, "a formula is not carried");
                None
            }
        };
        // Without this row the fact is required, as it is in the rules.
        let known = |fact: &usize| typed.facts.get(*fact).is_some_and(|f| f.missing == Missing::Unknown);
        if fact.as_ref().is_some_and(known) {
            put(fact, &[points(c.missing), ("missing", "true".to_owned())]);
        }
    }
    out.settle()?;
    Ok((table, out.notes))
}

fn constant(typed: &Typed, id: NodeId) -> Option<Decimal> {
    let node = typed.arena.node(id);
    match (&node.op, &node.ty) {
        (Op::Const(units), Type::Number(n)) => Some(decimal::from_units(*units, n.digits)),
        (Op::Rescale(inner), _) => constant(typed, *inner),
        _ => None,
    }
}
