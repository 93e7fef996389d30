//! A Scorecard as a card.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;
use rust_decimal::Decimal;
use xinpei::{Error, limits};

use super::document::{child, children, elements, line, parse, place};
use super::fields::Fields;
use super::output::Results;
use super::predicate::PREDICATES;
use super::{Options, verification};
use crate::card::{Baseline, Card, Line, Points, Scored};
use crate::cells::{Attribute, Outcome, Solved, solve, takes_others};
use crate::failure::{Failure, Findings, Imported};
use crate::names::Names;
use crate::numbers::points as points_of;
use crate::write::finish;

/// The versions that are read.
const VERSIONS: &[&str] = &["4.1", "4.2", "4.2.1", "4.3", "4.4", "4.4.1"];

const MODEL: &[&str] = &[
    "modelName",
    "functionName",
    "algorithmName",
    "initialScore",
    "useReasonCodes",
    "reasonCodeAlgorithm",
    "baselineScore",
    "baselineMethod",
    "isScorable",
];
const INSIDE: &[&str] = &[
    "MiningSchema",
    "Output",
    "ModelStats",
    "ModelExplanation",
    "Targets",
    "LocalTransformations",
    "Characteristics",
    "ModelVerification",
];

/// Reads a PMML document with one Scorecard into rule files.
///
/// # Errors
/// [`Failure::Error`] when the text is no PMML document of version 4.1 to 4.4 with one Scorecard;
/// [`Failure::Refused`] with everything that cannot be carried exactly, and with the rows of verification
/// that the rules contradict.
pub fn import(text: &str, options: &Options) -> Result<Imported, Failure> {
    let document = parse(text)?;
    let root = document.root_element();
    let model = model(root)?;
    let mut out = Findings::default();
    let card = card(root, model, options, &mut out);
    finish(&card, &options.heading, out)
}

/// The only model of a document.
fn model<'a, 'd: 'a>(root: Node<'a, 'd>) -> Result<Node<'a, 'd>, Error> {
    let version = root.attribute("version").unwrap_or_default();
    if root.tag_name().name() != "PMML" {
        return Err(Error::input(format!("the document is no PMML: it starts with `{}`", root.tag_name().name())));
    }
    if !VERSIONS.contains(&version) {
        return Err(Error::input(format!("PMML {version} is not read; 4.1, 4.2, 4.3 and 4.4 are")));
    }
    let beside = ["Header", "MiningBuildTask", "DataDictionary", "TransformationDictionary"];
    let models: Vec<Node<'_, '_>> = elements(root).filter(|n| !beside.contains(&n.tag_name().name())).collect();
    match models.as_slice() {
        [only] if only.tag_name().name() == "Scorecard" => Ok(*only),
        [] => Err(Error::input("the document has no model; a `Scorecard` is read")),
        models => {
            let names: Vec<&str> = models.iter().map(|n| n.tag_name().name()).collect();
            Err(Error::input(format!(
                "the document has {}; one `Scorecard` and nothing else is read",
                names.join(", ")
            )))
        }
    }
}

/// How reasons are told.
struct Reasons {
    used: bool,
    baseline: Option<Decimal>,
}

fn card(root: Node<'_, '_>, model: Node<'_, '_>, options: &Options, out: &mut Findings) -> Card {
    out.only(model, MODEL, INSIDE);
    if model.attribute("isScorable") == Some("false") {
        out.refuse_node(model, "it is marked as not scorable");
    }
    let mut fields = Fields::read(root, model, options, out);
    fields.derive(root, model, out);
    let results = Results::read(model, out);
    let initial = decimal(model, "initialScore", out).unwrap_or_default();
    let reasons = reasons(model, options, out);
    let mut names = Names::default();
    let mut lines = Vec::new();
    let mut start = initial;
    let start_id = names.id("score", "initial", "initial");
    let mut codes: BTreeMap<String, String> = BTreeMap::new();
    for node in child(model, "Characteristics").into_iter().flat_map(|c| children(c, "Characteristic")) {
        let Some(found) = characteristic(node, &fields, out) else { continue };
        found.solved.required.iter().for_each(|at| fields.require(*at));
        let baseline = if reasons.used {
            let own = decimal(node, "baselineScore", out).or(reasons.baseline);
            if own.is_none() {
                out.refuse_node(node, "reasons are asked and it has no baselineScore");
            }
            own
        } else {
            None
        };
        let id = names.id("score", &found.name, "line");
        let new = split(&found, id, baseline, &fields, &mut names, &mut start);
        for part in &new {
            if let Some(code) = part.code.as_ref().filter(|_| reasons.used)
                && let Some(other) = codes.insert(code.clone(), found.name.clone())
                && other != found.name
            {
                let what = format!("the code {code} also stands at `{other}`; what both lost is added up");
                out.note(line(node), place(node), what);
            }
        }
        lines.extend(new);
    }
    if !start.is_zero() {
        let scored = Scored::First(vec![(None, Points::Number(start))]);
        let baseline = reasons.used.then_some(start);
        let initial =
            Line { id: start_id, name: "initialScore".to_owned(), scored, missing: start, baseline, code: None };
        lines.insert(0, initial);
    }
    if lines.is_empty() {
        out.refuse_node(model, "it has no characteristics");
    }
    let count = results.codes.keys().max().copied().unwrap_or(4);
    let method = match model.attribute("baselineMethod").unwrap_or("other") {
        "mean" => Baseline::Mean,
        "neutral" => Baseline::Neutral,
        _ => Baseline::Custom,
    };
    let name = model.attribute("modelName").unwrap_or("Scorecard");
    let count = count.min(lines.len().max(1));
    let cases = verification::read(model, &fields, &results, results.codes.len(), reasons.used, out);
    Card {
        title: name.to_owned(),
        basis: format!("PMML {name}"),
        note: header(root),
        fields: fields.facts,
        lines,
        reasons: count,
        baseline: if reasons.used { method } else { Baseline::Max },
        grades: results.grades,
        cases,
    }
}

/// What the header says about the document.
fn header(root: Node<'_, '_>) -> Option<String> {
    let header = child(root, "Header")?;
    let application = child(header, "Application").and_then(|a| {
        Some(format!("{} {}", a.attribute("name")?, a.attribute("version").unwrap_or_default()).trim().to_owned())
    });
    let parts = [
        header.attribute("description").map(str::to_owned),
        header.attribute("copyright").map(str::to_owned),
        application,
    ];
    let parts: Vec<String> = parts.into_iter().flatten().filter(|p| !p.trim().is_empty()).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn reasons(model: Node<'_, '_>, options: &Options, out: &mut Findings) -> Reasons {
    let asked = model.attribute("useReasonCodes").unwrap_or("true") != "false";
    let below = match model.attribute("reasonCodeAlgorithm").unwrap_or("pointsBelow") {
        "pointsBelow" => true,
        other => {
            if asked && !options.drop_reasons {
                let what = format!("reasons by `{other}` are not carried; ask for points alone to leave reasons out");
                out.refuse_node(model, what);
            }
            false
        }
    };
    let used = asked && below && !options.drop_reasons;
    if !used {
        let why = if asked { "reasons are left out" } else { "it asks for no reasons" };
        out.note(line(model), place(model), format!("{why}; the rules tell what was lost against the most points"));
    }
    Reasons { used, baseline: decimal(model, "baselineScore", out) }
}

/// An attribute of an element as a number.
fn decimal(node: Node<'_, '_>, key: &str, out: &mut Findings) -> Option<Decimal> {
    let text = node.attribute(key)?;
    let value = points_of(text);
    if value.is_none() {
        let most = limits::POINT_DIGITS;
        out.refuse_node(node, format!("`{text}` is no number of points with at most {most} digits after the point"));
    }
    value
}

/// A characteristic, solved.
struct Found {
    name: String,
    solved: Solved,
}

fn characteristic(node: Node<'_, '_>, fields: &Fields, out: &mut Findings) -> Option<Found> {
    out.only(node, &["name", "reasonCode", "baselineScore"], &["Attribute"]);
    let code = node.attribute("reasonCode");
    let mut attributes = Vec::new();
    let mut needed = BTreeSet::new();
    let before = out.refused.len();
    for attribute in children(node, "Attribute") {
        out.only(attribute, &["reasonCode", "partialScore"], &[PREDICATES, &["ComplexPartialScore"]].concat());
        let predicate = elements(attribute).find(|n| PREDICATES.contains(&n.tag_name().name()));
        let Some(predicate) = predicate else {
            out.refuse_node(attribute, "it has no predicate that can be carried");
            continue;
        };
        let predicate = fields.predicate(predicate, 0, out);
        let points = points(attribute, fields, &mut needed, out);
        if let (Some(predicate), Some(points)) = (predicate, points) {
            let code = attribute.attribute("reasonCode").or(code).map(str::to_owned);
            attributes.push(Attribute { predicate, outcome: Outcome { points, code } });
        }
    }
    if out.refused.len() > before {
        return None;
    }
    let mut used = BTreeSet::new();
    attributes.iter().for_each(|a| a.predicate.operands(&mut used));
    let counted = |at: &&usize| fields.operands.get(**at).is_some_and(|o| !o.as_missing.is_empty());
    if used.len() > 1 && used.iter().any(|at| counted(&at)) {
        out.refuse_node(node, "it looks at several fields, of which one has values that count as missing");
    }
    for open in used.iter().filter(|at| fields.open.contains(at)) {
        if used.len() > 1 || takes_others(&attributes) {
            let name = fields.operands.get(*open).map_or("", |o| o.text.as_str());
            out.refuse_node(
                node,
                format!("any value of `{name}` finds points, and the document does not list its values; list them as `Value` of its DataField, or give them beside the document"),
            );
        }
    }
    // Bands of one field leave its missing value aside; anything else that is missing has no points at all.
    let aside = |at: &&usize| used.len() == 1 && used.contains(*at);
    let may_miss = |at: &&usize| fields.operands.get(**at).is_some_and(|o| o.may_miss);
    if needed.iter().filter(may_miss).any(|at| !aside(&at)) {
        out.refuse_node(
            node,
            "its points are computed from a field that may be missing, which leaves the model without a result",
        );
        return None;
    }
    let name = node.attribute("name").map_or_else(|| format!("characteristic at line {}", line(node)), str::to_owned);
    match solve(&attributes, &fields.operands, false) {
        Ok(solved) => Some(Found { name, solved }),
        Err(sentences) => {
            sentences.into_iter().for_each(|what| out.refuse_node(node, what));
            None
        }
    }
}

/// The points of an attribute, and the operands that they are computed from.
fn points(
    attribute: Node<'_, '_>,
    fields: &Fields,
    needed: &mut BTreeSet<usize>,
    out: &mut Findings,
) -> Option<Points> {
    if let Some(complex) = child(attribute, "ComplexPartialScore") {
        let Some(body) = elements(complex).next() else {
            out.refuse_node(complex, "it is empty");
            return None;
        };
        let expression = fields.expression(body, 0, out)?;
        let Some(digits) = expression.digits else {
            out.refuse_node(complex, "its points are no number");
            return None;
        };
        if digits > limits::POINT_DIGITS {
            let most = limits::POINT_DIGITS;
            let what = format!(
                "its points have {digits} digits after the point, and {most} are carried; read its fields with fewer digits"
            );
            out.refuse_node(complex, what);
            return None;
        }
        needed.extend(expression.operands.iter().filter(|_| expression.may_miss));
        return Some(Points::Expression(expression.text, digits));
    }
    match decimal(attribute, "partialScore", out) {
        Some(points) => Some(Points::Number(points)),
        None => {
            if attribute.attribute("partialScore").is_none() {
                out.refuse_node(attribute, "it has no partialScore");
            }
            None
        }
    }
}

/// The lines of a characteristic: one, or one for each code of its attributes. Those hold what was lost
/// against the baseline, which joins the initial score instead.
fn split(
    found: &Found,
    id: String,
    baseline: Option<Decimal>,
    fields: &Fields,
    names: &mut Names,
    start: &mut Decimal,
) -> Vec<Line> {
    let codes = found.solved.codes();
    let name = found.name.clone();
    let (Some(against), true) = (baseline, codes.len() > 1) else {
        let (scored, missing) = found.solved.scored(&fields.operands, &|o| o.points.clone());
        let code = codes.first().cloned().flatten().filter(|_| baseline.is_some());
        return vec![Line { id, name, scored, missing, baseline, code }];
    };
    *start += against;
    let line = |code: Option<String>| {
        let change = |o: &Outcome| {
            if o.code == code { o.points.less(against) } else { Points::Number(Decimal::ZERO) }
        };
        let (scored, missing) = found.solved.scored(&fields.operands, &change);
        let label = code.as_ref().map_or_else(|| name.clone(), |code| format!("{name}: {code}"));
        let id = names.id("score", &label, "line");
        Line { id, name: label, scored, missing, baseline: Some(Decimal::ZERO), code }
    };
    codes.into_iter().map(line).collect()
}
