//! Reads what an enterprise can do.

use super::{Reader, maps, noted, number, one_of, text};
use crate::author::source::{Change, Measure, Text, Way};
use crate::author::yaml::{Kind, Node};
use crate::diagnostic::Code;

/// The ways to change a fact.
const WAYS: &[(&str, Way)] =
    &[("set", Way::Set), ("add", Way::Add), ("reduce_to", Way::ReduceTo), ("raise_to", Way::RaiseTo)];

impl Reader<'_> {
    pub(super) fn measures(&mut self, root: &Node) -> Vec<Measure> {
        let Some(department) = text(root, "department") else { return Vec::new() };
        let department = (department.text, self.label(root, "label"));
        let mut measures = Vec::new();
        for node in maps(root, "measures") {
            let measure = self.measure(node, &department);
            measures.extend(noted(measure, node, &mut self.unread));
        }
        measures
    }

    fn measure(&mut self, node: &Node, department: &(String, crate::label::Label)) -> Option<Measure> {
        let names = |key: &str| -> Vec<Text> {
            let list = node.get(key).and_then(Node::list).unwrap_or_default().iter();
            list.filter_map(|n| Some(Text { text: n.text()?.to_owned(), span: n.span })).collect()
        };
        let times = match number(node, "times") {
            None => 1,
            Some(times) => match u32::try_from(times.value).ok().filter(|n| (1..=100).contains(n)) {
                Some(n) => n,
                None => {
                    self.out
                        .error(Code::TooManyDigits, times.span, "`times` lies between 1 and 100")
                        .help("say how often the measure can be taken in one plan");
                    1
                }
            },
        };
        Some(Measure {
            id: text(node, "id")?,
            label: self.label(node, "label"),
            department: department.clone(),
            basis: text(node, "basis").map_or_else(String::new, |t| t.text),
            actor: node.get("actor").map(|n| self.label_of(n)),
            evidence: self.label(node, "evidence"),
            when: node.get("when").cloned(),
            effects: maps(node, "effects").filter_map(|effect| self.effect(effect)).collect(),
            cost: node.get("cost")?.clone(),
            duration: node.get("duration")?.clone(),
            earliest: node.get("earliest").cloned(),
            requires: names("requires"),
            excludes: names("excludes"),
            times,
            continuing: node.get("continuing").and_then(Node::text) == Some("true"),
        })
    }

    fn effect(&mut self, node: &Node) -> Option<Change> {
        let fact = text(node, "fact");
        let table = text(node, "events");
        let ways: &[&str] =
            if fact.is_some() { &["set", "add", "reduce_to", "raise_to"] } else { &["set", "add", "remove"] };
        let all: Vec<&str> = WAYS.iter().map(|(key, _)| *key).chain(["remove"]).collect();
        let found = one_of(node, &all);
        if found.len() != 1 || !found.iter().all(|(key, _)| ways.contains(key)) || fact.is_some() == table.is_some() {
            self.out
                .error(Code::NotOneOf, node.span.part(0, 1), "this is not one effect on one fact or table")
                .help("`fact` with one of `set`, `add`, `reduce_to`, `raise_to`; or `events` with one of `set`, `add`, `remove`");
            return None;
        }
        let (key, _) = *found.first()?;
        let value = node.get(key)?;
        if let Some(fact) = fact {
            for extra in one_of(node, &["where", "every"]) {
                self.out
                    .error(Code::KeyForOtherType, extra.1, format!("`{}` goes with events", extra.0))
                    .help("remove it; `when` of the measure says whether it applies");
            }
            let way = WAYS.iter().find(|(k, _)| *k == key).map(|(_, way)| *way)?;
            return self.is_single(value).then(|| Change::Fact(fact, way, value.clone()));
        }
        let table = table?;
        let filter = node.get("where").cloned();
        let monthly = node.get("every").map(|n| n.span);
        if key != "add" {
            if let Some(span) = monthly {
                self.out.error(Code::KeyForOtherType, span, "`every` goes with `add`").help("remove it");
            }
        } else if let Some(filter) = &filter {
            self.out.error(Code::KeyForOtherType, filter.span, "a new event needs no `where`").help("remove it");
        }
        if key == "remove" {
            if value.text() == Some("false") {
                self.unknown_word(value.span, "remove: false", &["remove: true"]);
            }
            return Some(Change::Remove(table, filter));
        }
        let Kind::Map(map) = &value.kind else {
            self.out
                .error(Code::WrongShape, value.span, "this should be a map of fields")
                .help("write `{field: value, …}`");
            return None;
        };
        let fields = map.iter().map(|(k, n)| (Text { text: k.text.clone(), span: k.span }, n.clone())).collect();
        Some(if key == "add" { Change::Add { table, fields, monthly } } else { Change::Set { table, filter, fields } })
    }

    /// Whether a value is a scalar; a map is refused.
    fn is_single(&mut self, value: &Node) -> bool {
        let single = matches!(value.kind, Kind::Scalar { .. });
        if !single && matches!(value.kind, Kind::Map(_)) {
            self.out
                .error(Code::WrongShape, value.span, "this should be an expression")
                .help("fields belong to `events`; a fact takes one value");
        }
        single
    }
}
