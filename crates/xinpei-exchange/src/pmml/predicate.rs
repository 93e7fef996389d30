//! Predicates of attributes.

use roxmltree::Node;

use super::document::elements;
use super::fields::{Fields, constant, items};
use crate::card::FieldKind;
use crate::cells::{Comparison, Predicate};
use crate::failure::Findings;

/// Deepest nesting of predicates.
const DEPTH: usize = 40;

/// The elements that are predicates.
pub(crate) const PREDICATES: &[&str] = &["SimplePredicate", "SimpleSetPredicate", "CompoundPredicate", "True", "False"];

impl Fields {
    /// Reads a predicate; what cannot be read is refused.
    pub(crate) fn predicate(&self, node: Node<'_, '_>, depth: usize, out: &mut Findings) -> Option<Predicate> {
        if depth > DEPTH {
            out.refuse_node(node, "predicates are nested too deeply");
            return None;
        }
        match node.tag_name().name() {
            "True" => Some(Predicate::True),
            "False" => Some(Predicate::False),
            "SimplePredicate" => self.simple(node, out),
            "SimpleSetPredicate" => self.set(node, out),
            "CompoundPredicate" => {
                let list: Vec<Option<Predicate>> = elements(node).map(|n| self.predicate(n, depth + 1, out)).collect();
                let list: Vec<Predicate> = list.into_iter().collect::<Option<_>>()?;
                match node.attribute("booleanOperator").unwrap_or_default() {
                    "and" => Some(Predicate::And(list)),
                    "or" => Some(Predicate::Or(list)),
                    "xor" => Some(Predicate::Xor(list)),
                    "surrogate" => Some(Predicate::Surrogate(list)),
                    other => {
                        out.refuse_node(node, format!("the operator `{other}` is not carried"));
                        None
                    }
                }
            }
            _ => {
                out.refuse_node(node, "it is no predicate");
                None
            }
        }
    }

    fn operand(&self, node: Node<'_, '_>, out: &mut Findings) -> Option<usize> {
        let name = node.attribute("field").unwrap_or_default();
        let found = self.by_name.get(name).copied();
        if found.is_none() {
            out.refuse_node(node, format!("there is no field `{name}` that can be carried"));
        }
        found
    }

    fn simple(&self, node: Node<'_, '_>, out: &mut Findings) -> Option<Predicate> {
        out.only(node, &["field", "operator", "value"], &[]);
        let at = self.operand(node, out)?;
        let comparison = match node.attribute("operator").unwrap_or_default() {
            "isMissing" => return Some(Predicate::Missing(at, false)),
            "isNotMissing" => return Some(Predicate::Missing(at, true)),
            "equal" => Comparison::Equal,
            "notEqual" => Comparison::NotEqual,
            "lessThan" => Comparison::Less,
            "lessOrEqual" => Comparison::LessOrEqual,
            "greaterThan" => Comparison::Greater,
            "greaterOrEqual" => Comparison::GreaterOrEqual,
            other => {
                out.refuse_node(node, format!("the operator `{other}` is not carried"));
                return None;
            }
        };
        let kind = &self.operands.get(at)?.kind;
        let ordered = matches!(kind, FieldKind::Number { .. } | FieldKind::Date);
        if !ordered && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            out.refuse_node(node, "values without an order are compared by size");
            return None;
        }
        let text = node.attribute("value").unwrap_or_default();
        let Some(value) = constant(text, kind) else {
            out.refuse_node(node, format!("`{text}` is no value of the field that can be kept exactly"));
            return None;
        };
        Some(Predicate::Compare(at, comparison, value))
    }

    fn set(&self, node: Node<'_, '_>, out: &mut Findings) -> Option<Predicate> {
        out.only(node, &["field", "booleanOperator"], &["Array"]);
        let at = self.operand(node, out)?;
        let negated = match node.attribute("booleanOperator").unwrap_or_default() {
            "isIn" => false,
            "isNotIn" => true,
            other => {
                out.refuse_node(node, format!("the operator `{other}` is not carried"));
                return None;
            }
        };
        let kind = &self.operands.get(at)?.kind;
        let mut list = Vec::new();
        for text in elements(node).flat_map(|array| items(array.text().unwrap_or_default())) {
            match constant(&text, kind) {
                Some(value) => list.push(value),
                None => {
                    out.refuse_node(node, format!("`{text}` is no value of the field that can be kept exactly"));
                    return None;
                }
            }
        }
        Some(Predicate::In(at, list, negated))
    }
}
