//! Rows of verification as examples.

use std::collections::BTreeMap;

use roxmltree::Node;
use rust_decimal::Decimal;

use super::document::{child, children, elements, line};
use super::fields::Fields;
use super::output::Results;
use crate::card::{Case, FieldKind};
use crate::failure::Findings;
use crate::numbers::number;

/// What a column of the rows holds.
enum Column {
    Fact(usize),
    Score(Decimal, Decimal),
    Grade,
    Code(usize),
}

/// Reads the rows.
pub(crate) fn read(
    model: Node<'_, '_>,
    fields: &Fields,
    results: &Results,
    count: usize,
    reasons: bool,
    out: &mut Findings,
) -> Vec<Case> {
    let Some(verification) = child(model, "ModelVerification") else { return Vec::new() };
    let mut columns = BTreeMap::new();
    for field in child(verification, "VerificationFields").into_iter().flat_map(|v| children(v, "VerificationField")) {
        let name = field.attribute("field").unwrap_or_default();
        let column = field.attribute("column").unwrap_or(name);
        let column = column.rsplit(':').next().unwrap_or(column).to_owned();
        let what = if let Some(fact) = fields.facts.iter().position(|f| f.name == name) {
            Column::Fact(fact)
        } else if results.scores.iter().any(|s| s == name) || fields.targets.contains(name) {
            let limit = |key: &str, default: &str| number(field.attribute(key).unwrap_or(default)).unwrap_or_default();
            Column::Score(limit("precision", "1E-6"), limit("zeroThreshold", "1E-16"))
        } else if results.grade.as_deref() == Some(name) {
            Column::Grade
        } else if let Some((rank, _)) = results.codes.iter().find(|(_, n)| n.as_str() == name) {
            Column::Code(*rank)
        } else {
            out.note(
                line(field),
                format!("VerificationField `{name}`"),
                "it is no field, score, grade or reason code; left out",
            );
            continue;
        };
        columns.insert(column, what);
    }
    let Some(table) = child(verification, "InlineTable") else {
        out.refuse_node(verification, "its rows stand elsewhere");
        return Vec::new();
    };
    let ranks = columns.values().filter(|c| matches!(c, Column::Code(_))).count();
    let rows: Vec<Node<'_, '_>> = children(table, "row").collect();
    let width = rows.len().to_string().len();
    let mut cases = Vec::new();
    for (at, row) in rows.into_iter().enumerate() {
        let mut facts = Vec::new();
        let mut codes = BTreeMap::new();
        let (mut score, mut grade, mut tolerance) = (None, None, Decimal::ZERO);
        for cell in elements(row) {
            let text = cell.text().unwrap_or_default();
            if text.trim().is_empty() {
                continue;
            }
            match columns.get(cell.tag_name().name()) {
                Some(Column::Fact(fact)) => {
                    let Some(fact) = fields.facts.get(*fact) else { continue };
                    let exact = matches!(fact.kind, FieldKind::Number { .. });
                    let text = number(text).filter(|_| exact).map_or_else(|| text.to_owned(), |n| n.to_string());
                    facts.push((fact.id.clone(), text));
                }
                Some(Column::Score(precision, zero)) => match number(text) {
                    Some(expected) => {
                        tolerance = precision.checked_mul(expected.abs()).unwrap_or(*precision).max(*zero);
                        score = Some(expected);
                    }
                    None => out.refuse_node(cell, format!("`{}` is no number that can be kept exactly", text.trim())),
                },
                Some(Column::Grade) => grade = Some(text.to_owned()),
                Some(Column::Code(rank)) => drop(codes.insert(*rank, text.to_owned())),
                None => {}
            }
        }
        // Other programs fill up the list; what is said twice was filled.
        let mut told: Vec<String> = Vec::new();
        for code in codes.into_values() {
            if !told.contains(&code) {
                told.push(code);
            }
        }
        cases.push(Case {
            id: format!("row-{:0width$}", at + 1),
            note: format!("row {} of the model's verification, line {} of the document", at + 1, line(row)),
            facts,
            score,
            tolerance,
            grade,
            reasons: (reasons && ranks == count && score.is_some()).then_some(told),
        });
    }
    cases
}
