//! Reads the dictionary of facts and the declarations of functions.

use super::{Reader, maps, noted, number, range, text};
use crate::author::shape;
use crate::author::source::{Department, Fact, Function, Missing, Source, Text};
use crate::author::yaml::{Kind, Node};
use crate::label::Label;

impl Reader<'_> {
    pub(super) fn facts(&mut self, root: &Node, source: &mut Source) {
        let Some(id) = text(root, "department") else {
            source.lost.insert("facts/");
            return;
        };
        let refresh = root.get("refresh").and_then(Node::text).and_then(shape::parse_duration);
        let department = match source.departments.iter().position(|d| d.id.text == id.text) {
            Some(known) => known,
            None => {
                source.departments.push(Department { id, label: self.label(root, "label"), refresh });
                source.departments.len() - 1
            }
        };
        for node in maps(root, "facts") {
            let fact = self.fact(node, department);
            source.facts.extend(noted(fact, node, &mut self.unread));
        }
    }

    fn fact(&mut self, node: &Node, department: usize) -> Option<Fact> {
        let missing = match node.get("missing") {
            Some(m) if m.text() == Some("required") => Missing::Required,
            Some(m) => m.get("means").map_or(Missing::Unknown, |n| Missing::Means(n.clone())),
            None => Missing::Unknown,
        };
        Some(Fact {
            missing,
            fields: maps(node, "fields").filter_map(|field| self.fact(field, department)).collect(),
            order: text(node, "order"),
            monthly: node.get("every").map(|n| n.span),
            mutability: text(node, "mutability"),
            forbidden: node.get("forbidden").map(|n| (self.label_of(n), n.span)),
            ..self.value_type(node, text(node, "id")?, department)?
        })
    }

    /// What a fact, a field and a function's result have in common.
    fn value_type(&mut self, node: &Node, id: Text, department: usize) -> Option<Fact> {
        Some(Fact {
            id,
            label: self.label(node, "label"),
            department,
            kind: text(node, "type")?,
            unit: text(node, "unit"),
            digits: number(node, "digits"),
            range: range(node),
            members: node.get("members").map(|n| (self.members(n), n.span)),
            missing: Missing::Unknown,
            fields: Vec::new(),
            order: None,
            monthly: None,
            mutability: None,
            forbidden: None,
        })
    }

    fn members(&self, node: &Node) -> Vec<(Text, Option<Label>)> {
        match &node.kind {
            Kind::List(list) => {
                list.iter().filter_map(|n| Some((Text { text: n.text()?.to_owned(), span: n.span }, None))).collect()
            }
            Kind::Map(map) => {
                map.iter().map(|(k, n)| (Text { text: k.text.clone(), span: k.span }, Some(self.label_of(n)))).collect()
            }
            Kind::Scalar { .. } => Vec::new(),
        }
    }

    pub(super) fn functions(&mut self, root: &Node) -> Vec<Function> {
        let functions = maps(root, "functions").filter_map(|node| {
            let id = text(node, "id")?;
            let returns = node.get("returns").and_then(|r| self.value_type(r, id.clone(), 0));
            let opaque = node.get("opaque").and_then(Node::text) == Some("true");
            Some(Function { id, label: self.label(node, "label"), opaque, returns })
        });
        functions.collect()
    }
}
