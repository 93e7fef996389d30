//! Data dictionary and mining schema: what is known about whoever is scored.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::Node;
use rust_decimal::Decimal;
use xinpei::{Date, decimal};

use super::Options;
use super::document::{child, children, elements};
use crate::card::{Field, FieldKind, Missing};
use crate::cells::{Constant, Operand};
use crate::failure::Findings;
use crate::names::Names;
use crate::numbers::number;

/// The fields of a model.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    /// Facts of the rulebook.
    pub(crate) facts: Vec<Field>,
    /// What predicates look at: the facts first, then derived fields.
    pub(crate) operands: Vec<Operand>,
    /// Operand by the name that the document uses.
    pub(crate) by_name: BTreeMap<String, usize>,
    /// The facts behind each operand.
    pub(crate) behind: Vec<BTreeSet<usize>>,
    /// Operands of text whose values nobody lists.
    pub(crate) open: BTreeSet<usize>,
    /// Names that the model predicts.
    pub(crate) targets: BTreeSet<String>,
}

const FIELD: &[&str] = &["name", "displayName", "optype", "dataType", "taxonomy", "isCyclic"];
const MINED: &[&str] = &[
    "name",
    "usageType",
    "optype",
    "importance",
    "outliers",
    "lowValue",
    "highValue",
    "missingValueReplacement",
    "missingValueTreatment",
    "invalidValueTreatment",
    "invalidValueReplacement",
];

impl Fields {
    /// Reads the fields that the model looks at. What an attribute of a field asks that the rules do not know is
    /// refused.
    pub(crate) fn read(root: Node<'_, '_>, model: Node<'_, '_>, options: &Options, out: &mut Findings) -> Self {
        let mut fields = Self::default();
        let mut names = Names::default();
        let dictionary: BTreeMap<&str, Node<'_, '_>> = child(root, "DataDictionary")
            .into_iter()
            .flat_map(|d| children(d, "DataField"))
            .filter_map(|f| Some((f.attribute("name")?, f)))
            .collect();
        let Some(schema) = child(model, "MiningSchema") else {
            out.refuse_node(model, "it has no MiningSchema");
            return fields;
        };
        for mined in children(schema, "MiningField") {
            out.only(mined, MINED, &[]);
            let Some(name) = mined.attribute("name") else { continue };
            match mined.attribute("usageType").unwrap_or("active") {
                "active" => {}
                "predicted" | "target" => {
                    fields.targets.insert(name.to_owned());
                    continue;
                }
                "supplementary" => continue,
                other => {
                    out.refuse_node(mined, format!("fields of the usage `{other}` are not carried"));
                    continue;
                }
            }
            let Some(field) = dictionary.get(name).copied() else {
                out.refuse_node(mined, "the data dictionary has no such field");
                continue;
            };
            fields.add(name, field, mined, model, options, &mut names, out);
        }
        let given = options.field_digits.keys().chain(options.members.keys());
        out.strangers(given, fields.facts.iter().map(|f| f.name.as_str()));
        fields
    }

    #[expect(clippy::too_many_arguments, reason = "both descriptions of one field, and where it goes")]
    fn add(
        &mut self,
        name: &str,
        field: Node<'_, '_>,
        mined: Node<'_, '_>,
        model: Node<'_, '_>,
        options: &Options,
        names: &mut Names,
        out: &mut Findings,
    ) {
        out.only(field, FIELD, &["Interval", "Value"]);
        if field.attribute("isCyclic").is_some_and(|c| c != "0") {
            out.refuse_node(field, "cyclic values are not carried");
        }
        if !matches!(mined.attribute("outliers"), None | Some("asIs")) {
            out.refuse_node(mined, "outliers are moved, which is not carried");
        }
        let optype = mined.attribute("optype").or(field.attribute("optype")).unwrap_or("continuous");
        let kind = match (field.attribute("dataType").unwrap_or("string"), optype) {
            ("boolean", _) => Some(FieldKind::Flag),
            ("date", _) => Some(FieldKind::Date),
            ("integer", "continuous") => interval(field, 0, out),
            ("double" | "float", "continuous") => {
                let digits = options.field_digits.get(name).copied().or_else(|| declared(field));
                if digits.is_none() {
                    let what = format!("its values are read with {} digits after the point", options.digits);
                    out.note(super::document::line(field), super::document::place(field), what);
                }
                interval(field, digits.unwrap_or(options.digits), out)
            }
            ("string" | "integer" | "double" | "float", "categorical" | "ordinal") => {
                Some(FieldKind::Category(Vec::new()))
            }
            (data, optype) => {
                out.refuse_node(field, format!("a field of the type {data} that is {optype} is not carried"));
                None
            }
        };
        let Some(mut kind) = kind else { return };
        let mut as_missing_texts = Vec::new();
        let mut open = false;
        if let FieldKind::Category(members) = &mut kind {
            for value in children(field, "Value") {
                let text = value.attribute("value").unwrap_or_default();
                match value.attribute("property").unwrap_or("valid") {
                    "invalid" => continue,
                    "missing" => as_missing_texts.push(text.to_owned()),
                    _ => {}
                }
                members.push(text.to_owned());
            }
            let listed = !members.is_empty();
            let more = options.members.get(name);
            members.extend(more.into_iter().flatten().cloned());
            if !listed {
                named(model, name, members);
                open = more.is_none();
            }
            once(members);
        } else {
            for value in children(field, "Value") {
                match value.attribute("property") {
                    Some("missing") => as_missing_texts.extend(value.attribute("value").map(str::to_owned)),
                    _ if kind == FieldKind::Flag => {}
                    _ => out.refuse_node(field, "single values of a number or a date are not carried"),
                }
            }
        }
        let ranged = matches!(&kind, FieldKind::Number { from, to, .. } if from.is_some() || to.is_some());
        let closed = matches!(kind, FieldKind::Category(_)) && !open;
        match mined.attribute("invalidValueTreatment").unwrap_or("returnInvalid") {
            "returnInvalid" => {}
            "asIs" if ranged => {
                if let FieldKind::Number { from, to, .. } = &mut kind {
                    (*from, *to) = (None, None);
                }
            }
            "asIs" | "asMissing" if !ranged && !closed => {}
            other => out.refuse_node(mined, format!("invalid values are taken `{other}`, which is not carried")),
        }
        let missing = match (mined.attribute("missingValueReplacement"), mined.attribute("missingValueTreatment")) {
            (Some(text), _) => match constant(text, &kind) {
                Some(Constant::Number(n)) if kind != FieldKind::Date => Missing::Means(n.to_string()),
                Some(_) => Missing::Means(text.to_owned()),
                None => {
                    out.refuse_node(mined, format!("`{text}` is no value of the field"));
                    Missing::Unknown
                }
            },
            (None, Some("returnInvalid")) => Missing::Required,
            _ => Missing::Unknown,
        };
        let as_missing: Vec<Constant> = as_missing_texts.iter().filter_map(|text| constant(text, &kind)).collect();
        if let FieldKind::Number { from, to, .. } = &kind {
            let outside = |n: Decimal| from.is_some_and(|f| n < f) || to.is_some_and(|t| n > t);
            if as_missing.iter().any(|c| matches!(c, Constant::Number(n) if outside(*n))) {
                out.refuse_node(field, "a value outside its interval counts as missing; widen the interval");
            }
        }
        if !as_missing.is_empty() && missing != Missing::Unknown {
            out.refuse_node(mined, "values count as missing and missing values are treated, which is not carried");
        }
        let id = names.id("model", name, "field");
        let at = self.operands.len();
        if open {
            self.open.insert(at);
        }
        let may_miss = missing == Missing::Unknown;
        self.operands.push(Operand { text: id.clone(), kind: kind.clone(), may_miss, as_missing });
        self.behind.push(BTreeSet::from([self.facts.len()]));
        self.by_name.insert(name.to_owned(), at);
        self.facts.push(Field { id, name: name.to_owned(), kind, missing });
    }

    /// A field without which there is no result.
    pub(crate) fn require(&mut self, operand: usize) {
        for fact in self.behind.get(operand).cloned().unwrap_or_default() {
            if let Some(fact) = self.facts.get_mut(fact)
                && fact.missing == Missing::Unknown
            {
                fact.missing = Missing::Required;
            }
        }
    }
}

/// Each text once, where it stood first.
fn once(members: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    members.retain(|m| seen.insert(m.clone()));
}

/// The digits that our own documents declare.
fn declared(field: Node<'_, '_>) -> Option<u32> {
    let own = |n: &Node<'_, '_>| n.tag_name().name() == "Extension" && n.attribute("extender") == Some("xinpei");
    let digits = field.children().find(|n| own(n) && n.attribute("name") == Some("digits"))?;
    digits.attribute("value")?.parse().ok().filter(|d| *d <= 9)
}

/// The values that predicates name for a field.
fn named(model: Node<'_, '_>, name: &str, members: &mut Vec<String>) {
    for predicate in model.descendants().filter(|n| n.attribute("field") == Some(name)) {
        match predicate.tag_name().name() {
            "SimplePredicate" => {
                members.extend(predicate.attribute("value").map(str::to_owned));
            }
            "SimpleSetPredicate" => {
                members.extend(elements(predicate).flat_map(|array| items(array.text().unwrap_or_default())));
            }
            _ => {}
        }
    }
}

/// The items of an array: words, or texts in quotes.
pub(crate) fn items(text: &str) -> Vec<String> {
    let mut list = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        if c.is_whitespace() {
            continue;
        }
        let mut item = String::new();
        if c == '"' {
            while let Some(c) = letters.next() {
                match c {
                    '\\' if letters.peek() == Some(&'"') => item.extend(letters.next()),
                    '"' => break,
                    c => item.push(c),
                }
            }
        } else {
            item.push(c);
            while let Some(c) = letters.next_if(|c| !c.is_whitespace()) {
                item.push(c);
            }
        }
        list.push(item);
    }
    list
}

/// A number between the edges of its interval.
fn interval(field: Node<'_, '_>, digits: u32, out: &mut Findings) -> Option<FieldKind> {
    let mut intervals = children(field, "Interval");
    let Some(interval) = intervals.next() else { return Some(FieldKind::Number { digits, from: None, to: None }) };
    if intervals.next().is_some() {
        out.refuse_node(field, "more than one interval is not carried");
        return None;
    }
    let closure = interval.attribute("closure").unwrap_or_default();
    let step = decimal::from_units(1, digits);
    let edge = |key: &str, open: bool, sign: Decimal| match interval.attribute(key).map(number) {
        None => Some(None),
        Some(Some(at)) if decimal::to_units(at, digits).is_some() => {
            if open {
                at.checked_add(sign * step).map(Some)
            } else {
                Some(Some(at))
            }
        }
        Some(_) => None,
    };
    let from = edge("leftMargin", closure.starts_with("open"), Decimal::ONE);
    let to = edge("rightMargin", closure.ends_with("Open"), -Decimal::ONE);
    match (from, to) {
        (Some(from), Some(to)) => Some(FieldKind::Number { digits, from, to }),
        _ => {
            out.refuse_node(interval, format!("its margins are no numbers with {digits} digits after the point"));
            None
        }
    }
}

/// A constant that a field is compared with.
pub(crate) fn constant(text: &str, kind: &FieldKind) -> Option<Constant> {
    match kind {
        FieldKind::Number { .. } => number(text).map(Constant::Number),
        FieldKind::Date => Date::parse(text.trim()).map(|d| Constant::Number(Decimal::from(d.days()))),
        FieldKind::Flag => match text.trim() {
            "false" | "0" => Some(Constant::Member(0)),
            "true" | "1" => Some(Constant::Member(1)),
            _ => None,
        },
        FieldKind::Category(members) => members.iter().position(|m| m == text).map(Constant::Member),
    }
}
