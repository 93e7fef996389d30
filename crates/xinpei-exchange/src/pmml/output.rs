//! Outputs and targets: what the model calls its results.

use std::collections::BTreeMap;

use roxmltree::Node;
use rust_decimal::Decimal;

use super::document::{child, children, elements};
use crate::card::Grade;
use crate::failure::Findings;
use crate::numbers::number;

/// What the model calls its results.
#[derive(Debug, Default)]
pub(crate) struct Results {
    /// Names of the score.
    pub(crate) scores: Vec<String>,
    /// Names of the reason codes, by rank.
    pub(crate) codes: BTreeMap<usize, String>,
    /// The name of the grade.
    pub(crate) grade: Option<String>,
    /// The grades, best first.
    pub(crate) grades: Vec<Grade>,
}

const OUTPUT: &[&str] =
    &["name", "displayName", "optype", "dataType", "targetField", "feature", "rank", "isFinalResult"];

impl Results {
    /// Reads outputs and targets.
    pub(crate) fn read(model: Node<'_, '_>, out: &mut Findings) -> Self {
        let mut results = Self::default();
        for target in child(model, "Targets").into_iter().flat_map(|t| children(t, "Target")) {
            // Anything beyond the name changes the score.
            out.only(target, &["field", "optype"], &[]);
        }
        let fields: Vec<Node<'_, '_>> =
            child(model, "Output").into_iter().flat_map(|o| children(o, "OutputField")).collect();
        let predicted = |f: &&Node<'_, '_>| f.attribute("feature").is_none_or(|feature| feature == "predictedValue");
        results.scores =
            fields.iter().filter(predicted).filter_map(|f| f.attribute("name").map(str::to_owned)).collect();
        for field in fields {
            let name = field.attribute("name").unwrap_or_default().to_owned();
            match field.attribute("feature").unwrap_or("predictedValue") {
                "predictedValue" => out.only(field, OUTPUT, &[]),
                "reasonCode" => {
                    out.only(field, OUTPUT, &[]);
                    let rank = field.attribute("rank").unwrap_or("1").parse().ok().filter(|rank| *rank > 0);
                    match rank {
                        Some(rank) => drop(results.codes.insert(rank, name)),
                        None => out.refuse_node(field, "its rank is no whole number above 0"),
                    }
                }
                "transformedValue" => match child(field, "Discretize") {
                    Some(bins) if results.grade.is_none() => {
                        out.only(field, OUTPUT, &["Discretize"]);
                        results.grades = grades(bins, &results.scores, out);
                        results.grade = Some(name);
                    }
                    _ => out
                        .refuse_node(field, "only one output made of the score by `Discretize` is carried, as grades"),
                },
                other => out.refuse_node(field, format!("outputs of the feature `{other}` are not carried")),
            }
        }
        results
    }
}

/// Bins of the score as grades, best first.
fn grades(bins: Node<'_, '_>, scores: &[String], out: &mut Findings) -> Vec<Grade> {
    out.only(bins, &["field", "dataType"], &["DiscretizeBin"]);
    if !bins.attribute("field").is_some_and(|f| scores.iter().any(|s| s == f)) {
        out.refuse_node(bins, "it is not made of the score");
    }
    let mut list: Vec<(Option<Decimal>, Option<Decimal>, String)> = Vec::new();
    for bin in elements(bins) {
        let Some(interval) = child(bin, "Interval") else { continue };
        let margin = |key: &str| interval.attribute(key).map(number);
        let closure = interval.attribute("closure").unwrap_or_default();
        let (left, right) = (margin("leftMargin"), margin("rightMargin"));
        if left == Some(None) || right == Some(None) {
            out.refuse_node(interval, "its margins cannot be kept exactly");
            continue;
        }
        let (left, right) = (left.flatten(), right.flatten());
        if left.is_some() && !closure.starts_with("closed") || right.is_some() && !closure.ends_with("Open") {
            out.refuse_node(interval, "grades include their lower edge and exclude their upper one: `closedOpen`");
        }
        list.push((left, right, bin.attribute("binValue").unwrap_or_default().to_owned()));
    }
    list.sort_by_key(|bin| std::cmp::Reverse(bin.0));
    // `None` sorts first among options, so it is last here, where the lowest belongs.
    let joined = list.windows(2).all(|pair| matches!(pair, [a, b] if b.1 == a.0 && a.0.is_some()));
    let whole = list.first().is_some_and(|b| b.1.is_none()) && list.last().is_some_and(|b| b.0.is_none());
    if !(joined && whole) {
        out.refuse_node(bins, "its bins have gaps or overlap");
    }
    list.into_iter().map(|(from, _, id)| Grade { id, from }).collect()
}
