//! Rows made up from the edges of a card, the same every time, and decided by its rulebook.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use xinpei::check::typed::{Op, Type};
use xinpei::{Date, Dossier, Rulebook, Value, decimal};

use crate::card::{Field, FieldKind, Missing, text};
use crate::read::{Row, Way};

/// A row and its decision.
#[derive(Debug)]
pub(crate) struct Sample {
    /// Values by field; `None` is missing.
    pub(crate) values: Vec<Option<String>>,
    pub(crate) score: Decimal,
    pub(crate) codes: Vec<String>,
}

/// Rows at the edges of bands, one step beside them, of every member, and with missing values.
pub(crate) fn decided(rulebook: &Rulebook, rows: &[Row<'_>], fields: &[(usize, Field)], count: usize) -> Vec<Sample> {
    let values: Vec<Vec<String>> = fields.iter().map(|(at, field)| candidates(rulebook, rows, *at, field)).collect();
    let mut state: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below.max(1)).unwrap_or(1)).unwrap_or(0)
    };
    let as_of = rulebook.typed().manifest.from;
    let mut samples = Vec::new();
    for row in 0..count {
        let picked: Vec<Option<String>> = fields
            .iter()
            .zip(&values)
            .map(|((_, field), values)| {
                let missing = field.missing != Missing::Required && (row == 0 || next(9) == 0);
                if missing { None } else { values.get(next(values.len())).cloned() }
            })
            .collect();
        let facts: BTreeMap<String, Value> = fields
            .iter()
            .zip(&picked)
            .filter_map(|((_, field), value)| Some((field.id.clone(), Value::Text(value.clone()?))))
            .collect();
        let decision = rulebook.decide(&Dossier { enterprise: xinpei::cases::ENTERPRISE.to_owned(), facts }, as_of);
        let (Some(score), true) = (decision.score, decision.faults.is_empty()) else { continue };
        let codes = decision.reasons.into_iter().map(|r| r.code).collect();
        samples.push(Sample { values: picked, score, codes });
    }
    samples
}

/// Values of a field that matter.
fn candidates(rulebook: &Rulebook, rows: &[Row<'_>], at: usize, field: &Field) -> Vec<String> {
    let (digits, from, to, date) = match &field.kind {
        FieldKind::Flag => return vec!["false".to_owned(), "true".to_owned()],
        FieldKind::Category(members) => return members.clone(),
        FieldKind::Number { digits, from, to } => (*digits, *from, *to, false),
        FieldKind::Date => (0, None, None, true),
    };
    let typed = rulebook.typed();
    let mut edges: Vec<Decimal> = Vec::new();
    for row in rows {
        match &row.way {
            Way::Bands(fact, bands) if *fact == at => edges.extend(bands.iter().filter_map(|(e, _)| Some((*e)?.at))),
            Way::First(Some(fact), list) if *fact == at => {
                let mut open: Vec<_> = list.iter().filter_map(|(when, _)| *when).collect();
                while let Some(id) = open.pop() {
                    let node = typed.arena.node(id);
                    match (&node.op, &node.ty) {
                        (Op::Const(units), Type::Number(n)) => edges.push(decimal::from_units(*units, n.digits)),
                        (Op::Const(days), Type::Date) => edges.push(decimal::from_units(*days, 0)),
                        _ => open.extend(typed.arena.operands(id)),
                    }
                }
            }
            _ => {}
        }
    }
    if edges.is_empty() {
        edges.push(if date { Decimal::from(Date::from_days(20_000).days()) } else { Decimal::ONE });
    }
    let step = decimal::from_units(1, digits);
    let mut list: Vec<Decimal> = edges
        .into_iter()
        .map(|e| e.round_dp_with_strategy(digits, decimal::Rounding::Floor.strategy()))
        .flat_map(|e| [e - step, e, e + step])
        .filter(|v| from.is_none_or(|f| *v >= f) && to.is_none_or(|t| *v <= t))
        .collect();
    list.sort();
    list.dedup();
    list.into_iter().map(|v| text(v, date)).collect()
}
