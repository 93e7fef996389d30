//! Expressions of derived fields and of partial scores, as far as they are exact.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::document::{child, children, elements};
use super::fields::Fields;
use crate::card::FieldKind;
use crate::cells::Operand;
use crate::failure::Findings;
use crate::numbers::number;

/// Deepest nesting of expressions.
const DEPTH: usize = 30;

/// An expression in the rule language.
#[derive(Clone, Debug)]
pub(crate) struct Expression {
    pub(crate) text: String,
    /// Digits after the point; `None` where it is no number.
    pub(crate) digits: Option<u32>,
    pub(crate) operands: BTreeSet<usize>,
    /// Whether it may be missing.
    pub(crate) may_miss: bool,
}

impl Fields {
    /// Reads the fields that the document derives, in its order.
    pub(crate) fn derive(&mut self, root: Node<'_, '_>, model: Node<'_, '_>, out: &mut Findings) {
        let parents = [child(root, "TransformationDictionary"), child(model, "LocalTransformations")];
        for parent in parents.into_iter().flatten() {
            for function in children(parent, "DefineFunction") {
                out.refuse_node(function, "functions are not carried");
            }
            for field in children(parent, "DerivedField") {
                out.only(field, &["name", "displayName", "optype", "dataType"], &["FieldRef", "Constant", "Apply"]);
                let (Some(name), Some(body)) = (field.attribute("name"), elements(field).next()) else { continue };
                if body.tag_name().name() == "FieldRef" && body.attribute("mapMissingTo").is_none() {
                    let target = body.attribute("field").and_then(|f| self.by_name.get(f)).copied();
                    match target {
                        Some(at) => drop(self.by_name.insert(name.to_owned(), at)),
                        None => out.refuse_node(body, "there is no such field that can be carried"),
                    }
                    continue;
                }
                let Some(expression) = self.expression(body, 0, out) else { continue };
                let Some(digits) = expression.digits else {
                    out.refuse_node(field, "only numbers are derived");
                    continue;
                };
                let behind = expression.operands.iter().filter_map(|at| self.behind.get(*at)).flatten().copied();
                let behind = behind.collect();
                let kind = FieldKind::Number { digits, from: None, to: None };
                let may_miss = expression.may_miss;
                self.by_name.insert(name.to_owned(), self.operands.len());
                self.operands.push(Operand { text: expression.text, kind, may_miss, as_missing: Vec::new() });
                self.behind.push(behind);
            }
        }
    }

    /// Reads an expression; what is not exact is refused.
    pub(crate) fn expression(&self, node: Node<'_, '_>, depth: usize, out: &mut Findings) -> Option<Expression> {
        if depth > DEPTH {
            out.refuse_node(node, "expressions are nested too deeply");
            return None;
        }
        match node.tag_name().name() {
            "Constant" => {
                let text = node.text().unwrap_or_default();
                let Some(value) = number(text) else {
                    out.refuse_node(node, format!("`{}` is no number that can be kept exactly", text.trim()));
                    return None;
                };
                let text = if value.is_sign_negative() { format!("({value})") } else { value.to_string() };
                Some(Expression { text, digits: Some(value.scale()), operands: BTreeSet::new(), may_miss: false })
            }
            "FieldRef" => {
                let name = node.attribute("field").unwrap_or_default();
                let Some((at, operand)) = self.by_name.get(name).and_then(|at| Some((*at, self.operands.get(*at)?)))
                else {
                    out.refuse_node(node, format!("there is no field `{name}` that can be carried"));
                    return None;
                };
                if !operand.as_missing.is_empty() {
                    out.refuse_node(node, "some of its values count as missing, which is not carried here");
                    return None;
                }
                let text = &operand.text;
                let text = if text.contains(' ') { format!("({text})") } else { text.clone() };
                let digits = match operand.kind {
                    FieldKind::Number { digits, .. } => Some(digits),
                    _ => None,
                };
                let expression =
                    Expression { text, digits, operands: BTreeSet::from([at]), may_miss: operand.may_miss };
                otherwise(node, expression, &["mapMissingTo"], out)
            }
            "Apply" => self.apply(node, depth, out),
            _ => {
                out.refuse_node(
                    node,
                    "only `+`, `-`, `*`, `abs`, `floor` and `ceil` of fields and constants are carried",
                );
                None
            }
        }
    }

    fn apply(&self, node: Node<'_, '_>, depth: usize, out: &mut Findings) -> Option<Expression> {
        let parts: Vec<Option<Expression>> = elements(node).map(|n| self.expression(n, depth + 1, out)).collect();
        let parts: Vec<Expression> = parts.into_iter().collect::<Option<_>>()?;
        let function = node.attribute("function").unwrap_or_default();
        let digits: Option<Vec<u32>> = parts.iter().map(|p| p.digits).collect();
        let Some(digits) = digits else {
            out.refuse_node(node, "only numbers are added and multiplied");
            return None;
        };
        let side = |e: &Expression| {
            if e.text.contains(' ') && !e.text.starts_with('(') { format!("({})", e.text) } else { e.text.clone() }
        };
        let (text, digits) = match (function, parts.as_slice(), digits.as_slice()) {
            ("+", [a, b], [x, y]) => (format!("{} + {}", side(a), side(b)), *x.max(y)),
            ("-", [a, b], [x, y]) => (format!("{} - {}", side(a), side(b)), *x.max(y)),
            ("*", [a, b], [x, y]) => (format!("{} * {}", side(a), side(b)), x + y),
            ("abs", [a], [x]) => (format!("abs({})", a.text), *x),
            ("floor", [a], [_]) => (format!("round({}, 0, \"floor\")", a.text), 0),
            ("ceil", [a], [_]) => (format!("round({}, 0, \"ceiling\")", a.text), 0),
            ("/", ..) => {
                out.refuse_node(node, "a quotient is not exact; multiply by a decimal instead");
                return None;
            }
            ("round" | "rint", ..) => {
                out.refuse_node(node, "it does not say how ties are rounded");
                return None;
            }
            _ => {
                out.refuse_node(node, format!("the function `{function}` of {} arguments is not carried", parts.len()));
                return None;
            }
        };
        let operands = parts.iter().flat_map(|p| p.operands.iter().copied()).collect();
        let may_miss = parts.iter().any(|p| p.may_miss);
        let expression = Expression { text, digits: Some(digits), operands, may_miss };
        otherwise(node, expression, &["mapMissingTo", "defaultValue"], out)
    }
}

/// An expression with what stands for it where it is missing.
fn otherwise(node: Node<'_, '_>, of: Expression, keys: &[&str], out: &mut Findings) -> Option<Expression> {
    let Some(text) = keys.iter().find_map(|key| node.attribute(*key)) else { return Some(of) };
    let Some(value) = number(text).filter(|_| of.digits.is_some()) else {
        out.refuse_node(node, format!("`{text}` is no number that can be kept exactly"));
        return None;
    };
    Some(Expression {
        text: format!("otherwise({}, {value})", of.text),
        digits: of.digits.max(Some(value.scale())),
        may_miss: false,
        ..of
    })
}
